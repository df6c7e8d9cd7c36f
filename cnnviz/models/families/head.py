"""What a network ends with: from feature maps to a number for each class."""

from __future__ import annotations

import copy

import torch
from torch import nn


def flat_features(body: nn.Module, c_in: int, size: tuple[int, int]) -> int:
    """How many numbers `body` makes of a (c_in, *size) input; the meta device only counts them.

    1 where the input does not even get through: its shape table says at which layer.
    """
    counter = copy.deepcopy(body).to("meta").eval()
    try:
        return counter(torch.empty(1, c_in, *size, device="meta")).numel()
    except RuntimeError:
        return 1


def dense_head(
    features: int, hidden: tuple[int, ...], dropout: float, classes: int
) -> nn.Sequential:
    """Dense layers with ReLU and dropout, as AlexNet and VGG have them."""
    layers: list[nn.Module] = [nn.Flatten()]
    for width in hidden:
        layers += [nn.Linear(features, width), nn.ReLU(), nn.Dropout(dropout)]
        features = width
    return nn.Sequential(*layers, nn.Linear(features, classes))


def average_head(channels: int, classes: int) -> nn.Sequential:
    """The mean of every channel, then one dense layer: global average pooling (Lin et al. 2013)."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes))
