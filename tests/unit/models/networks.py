"""Networks for the tests of what is drawn of them, as shape tables; built once, without weights."""

from __future__ import annotations

from functools import cache

import torch
from torch import nn

from cnnviz.models import registry
from cnnviz.models.blocks import Bottleneck, Inception, Residual
from cnnviz.models.summary import LayerRow, shape_table

Table = tuple[list[LayerRow], tuple[int, ...]]
DEEPER = ("vgg13", "vgg16", "vgg19", "resnet34", "resnet101", "resnet152")  # no other blocks
CATALOGUE = tuple(name for name in registry.catalogue() if name not in DEEPER)


def residuals() -> nn.Module:
    """A pair with a 1×1 on the shortcut and one without, then two alike."""
    return nn.Sequential(
        nn.Conv2d(1, 64, 7, stride=2, padding=3),
        Residual(64, 128, use_1x1conv=True, stride=2), Residual(128, 128),
        Bottleneck(128, 32, 256, use_1x1conv=True),
        Bottleneck(256, 32, 256), Bottleneck(256, 32, 256),
    )  # fmt: skip


def inceptions() -> nn.Module:
    """The course's first two (d2l 8.4)."""
    return nn.Sequential(
        Inception(192, 64, (96, 128), (16, 32), 32), Inception(256, 128, (128, 192), (32, 96), 64)
    )


class Plain(nn.Module):
    """A sum and a concatenation in no block, and what no other network has."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(self.norm2(x))
        z = y + self.norm(self.second(torch.relu(y)))
        return torch.cat([z * torch.sigmoid(y), x], dim=1).mean(dim=(2, 3))

    def norm2(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x)


MODELS = {
    "residuals": (residuals, (1, 96, 96)),
    "inceptions": (inceptions, (192, 28, 28)),
    "vector": (lambda: nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10)), (784,)),
    "signal": (lambda: nn.Sequential(nn.Conv1d(1, 4, 3), nn.MaxPool1d(2)), (1, 50)),
    "volume": (lambda: nn.Sequential(nn.Conv3d(1, 4, 3), nn.ReLU()), (1, 8, 16, 12)),
    "plain": (Plain, (3, 32, 32)),
}


NAMES = (*MODELS, *CATALOGUE)


@cache
def table(name: str, size: int = 0) -> Table:
    """The rows of a network and its input's shape; 0 is the size that it was made for."""
    if name in MODELS:
        build, shape = MODELS[name]
        with torch.device("meta"):
            return shape_table(build(), shape), shape
    shape = registry.network(name).input_shape
    if size:
        shape = (shape[0], size, size)
    return list(registry.table(name, (), shape)), shape
