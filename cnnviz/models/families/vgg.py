"""VGG: Simonyan and Zisserman, *Very Deep Convolutional Networks for Large-Scale Image
Recognition* (2014). The course's form is that of d2l 8.2: blocks by number and width.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.blocks import VGGBlock
from cnnviz.models.families.head import average_head, dense_head, flat_features


def vgg_d2l(
    c_in: int = 1,
    classes: int = 10,
    size: tuple[int, int] = (224, 224),
    convs: tuple[int, ...] = (1, 1, 2, 2, 2),
    channels: tuple[int, ...] = (64, 128, 256, 512, 512),
    head: str = "dense",
    hidden: tuple[int, ...] = (4096, 4096),
    dropout: float = 0.5,
) -> nn.Sequential:
    """VGG-11 with these numbers: blocks that halve the size, then dense layers."""
    blocks, width = [], c_in
    for count, wider in zip(convs, channels, strict=True):
        blocks.append(VGGBlock(width, wider, count))  # (64, 112, 112), (128, 56, 56), ...
        width = wider
    if head == "average":
        return nn.Sequential(*blocks, *average_head(width, classes))
    features = flat_features(nn.Sequential(*blocks), c_in, size)  # 25088
    return nn.Sequential(*blocks, *dense_head(features, hidden, dropout, classes))


def vgg(
    depth: int,
    c_in: int = 3,
    classes: int = 1000,
    batch_norm: bool = False,
    head: str = "dense",
    dropout: float = 0.5,
) -> nn.Module:
    """torchvision's, with 11, 13, 16 or 19 layers that have weights."""
    from torchvision import models

    builder = getattr(models, f"vgg{depth}_bn" if batch_norm else f"vgg{depth}")
    net = builder(num_classes=classes, dropout=dropout, init_weights=False)
    if c_in != 3:
        net.features[0] = nn.Conv2d(c_in, 64, kernel_size=3, padding=1)
    if head == "average":
        net.avgpool, net.classifier = nn.AdaptiveAvgPool2d(1), nn.Linear(512, classes)
    return net
