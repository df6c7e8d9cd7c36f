"""Network in network: Lin, Chen and Yan (2013), as in d2l 8.3: 1×1 convolutions, no dense layer."""

from __future__ import annotations

from torch import nn

from cnnviz.models.blocks import NiNBlock


def nin(
    c_in: int = 1,
    classes: int = 10,
    channels: tuple[int, int, int] = (96, 256, 384),
    dropout: float = 0.5,
) -> nn.Sequential:
    """Four NiN blocks; the last has a channel for each class, whose mean is its score."""
    return nn.Sequential(
        NiNBlock(c_in, channels[0], kernel_size=11, stride=4, padding=0),  # (96, 54, 54)
        nn.MaxPool2d(3, stride=2),  # (96, 26, 26)
        NiNBlock(channels[0], channels[1], kernel_size=5, stride=1, padding=2),  # (256, 26, 26)
        nn.MaxPool2d(3, stride=2),  # (256, 12, 12)
        NiNBlock(channels[1], channels[2], kernel_size=3, stride=1, padding=1),  # (384, 12, 12)
        nn.MaxPool2d(3, stride=2),  # (384, 5, 5)
        nn.Dropout(dropout),
        NiNBlock(channels[2], classes, kernel_size=3, stride=1, padding=1),  # (10, 5, 5)
        nn.AdaptiveAvgPool2d((1, 1)),  # (10, 1, 1)
        nn.Flatten(),  # (10,)
    )
