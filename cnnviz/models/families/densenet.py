"""DenseNet: Huang, Liu, van der Maaten and Weinberger, *Densely Connected Convolutional Networks*
(2017). The course's form is that of d2l 8.7.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.blocks import DenseBlock, Transition


def densenet_d2l(
    c_in: int = 1,
    classes: int = 10,
    convs: tuple[int, ...] = (4, 4, 4, 4),
    growth: int = 32,
    width: int = 64,
) -> nn.Sequential:
    """Dense blocks; what lies between them halves the channels and the size."""
    layers: list[nn.Module] = [
        nn.Conv2d(c_in, width, kernel_size=7, stride=2, padding=3),  # (64, 48, 48) of 96 × 96
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (64, 24, 24)
    ]
    for number, count in enumerate(convs):
        layers.append(DenseBlock(width, growth, count))
        width += count * growth
        if number < len(convs) - 1:
            layers.append(Transition(width, width // 2))  # (96, 12, 12), (112, 6, 6), (120, 3, 3)
            width //= 2
    layers += [nn.BatchNorm2d(width), nn.ReLU()]
    head = [nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(width, classes)]
    return nn.Sequential(*layers, *head)


def densenet121(
    c_in: int = 3, classes: int = 1000, growth: int = 32, dropout: float = 0.0
) -> nn.Module:
    """torchvision's."""
    from torchvision import models

    net = models.DenseNet(growth, (6, 12, 24, 16), drop_rate=dropout, num_classes=classes)
    if c_in != 3:
        net.features.conv0 = nn.Conv2d(c_in, 64, kernel_size=7, stride=2, padding=3, bias=False)
    return net
