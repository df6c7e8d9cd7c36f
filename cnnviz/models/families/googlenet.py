"""GoogLeNet: Szegedy et al., *Going Deeper with Convolutions* (2015).

The course's form is that of d2l 8.4. torchvision's has batch norms, and like the authors' own model
3×3 where the paper prints 5×5; its auxiliary classifiers serve training only and are left out.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.blocks import Inception


def googlenet_d2l(c_in: int = 1, classes: int = 10, reductions: bool = True) -> nn.Sequential:
    """A stem and nine Inception blocks; `reductions` are their 1×1 before 3×3 and 5×5."""

    def inception(
        c_in: int, c1: int, c2: tuple[int, int], c3: tuple[int, int], c4: int
    ) -> Inception:
        return Inception(c_in, c1, (c2[0] * reductions, c2[1]), (c3[0] * reductions, c3[1]), c4)

    return nn.Sequential(
        nn.Conv2d(c_in, 64, kernel_size=7, stride=2, padding=3),  # (64, 48, 48) of 96 × 96
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (64, 24, 24)
        nn.Conv2d(64, 64, kernel_size=1),
        nn.ReLU(),
        nn.Conv2d(64, 192, kernel_size=3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (192, 12, 12)
        inception(192, 64, (96, 128), (16, 32), 32),  # (256, 12, 12)
        inception(256, 128, (128, 192), (32, 96), 64),  # (480, 12, 12)
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (480, 6, 6)
        inception(480, 192, (96, 208), (16, 48), 64),  # (512, 6, 6)
        inception(512, 160, (112, 224), (24, 64), 64),
        inception(512, 128, (128, 256), (24, 64), 64),
        inception(512, 112, (144, 288), (32, 64), 64),  # (528, 6, 6)
        inception(528, 256, (160, 320), (32, 128), 128),  # (832, 6, 6)
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (832, 3, 3)
        inception(832, 256, (160, 320), (32, 128), 128),
        inception(832, 384, (192, 384), (48, 128), 128),  # (1024, 3, 3)
        nn.AdaptiveAvgPool2d((1, 1)),
        nn.Flatten(),  # (1024,)
        nn.Linear(1024, classes),
    )


def googlenet(c_in: int = 3, classes: int = 1000, dropout: float = 0.2) -> nn.Module:
    """torchvision's, as it answers once it is trained."""
    from torchvision import models

    net = models.googlenet(
        num_classes=classes, aux_logits=False, init_weights=False, dropout=dropout
    )
    if c_in != 3:
        net.conv1.conv = nn.Conv2d(c_in, 64, kernel_size=7, stride=2, padding=3, bias=False)
    return net
