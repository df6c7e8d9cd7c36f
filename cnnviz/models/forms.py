"""Small forms of the course's blocks, whole enough to be watched: as data, and built.

Channels are few, so that each can be seen. Weights are He's (2015), drawn by a seed, biases 0:
what a network starts from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.models import blocks
from cnnviz.problems import Problem

BLOCKS = ("vgg", "inception", "residual", "bottleneck", "resnext", "dense")
ADDS = ("residual", "bottleneck", "resnext")  # blocks with a shortcut
CLASSES: Mapping[str, type[nn.Module]] = {
    "vgg": blocks.VGGBlock,
    "inception": blocks.Inception,
    "residual": blocks.Residual,
    "bottleneck": blocks.Bottleneck,
    "resnext": blocks.ResNeXtBlock,
    "dense": blocks.DenseBlock,
}


@dataclass(frozen=True)
class Form:
    """A block and its options; those that the kind does not have count for nothing.

    Raises:
        Problem: (a `ValueError`) for groups that do not divide the channels, and for a shortcut
            without a convolution where stride or channels change.
    """

    kind: str
    c_in: int
    c_out: int = 3
    convs: int = 2  # of "vgg" and "dense"
    use_1x1conv: bool = False  # on the shortcut
    stride: int = 1
    c_mid: int = 2  # of "bottleneck"
    groups: int = 1  # of "resnext"
    growth: int = 2  # of "dense"
    widths: tuple[int, int, int, int, int, int] = (2, 2, 3, 1, 2, 2)  # of "inception"
    reduced: bool = True  # whether "inception" has its 1×1 reductions
    zero_init_residual: bool = False  # whether the last batch norm's scale starts from 0
    training: bool = True  # what batch norm normalises with: the picture's own statistics
    seed: int = 0

    def __post_init__(self) -> None:
        if self.kind not in BLOCKS:
            raise Problem("block_unknown", name=self.kind, allowed=", ".join(BLOCKS))
        if self.kind == "resnext" and self.c_out % self.groups:
            raise Problem("block_groups", groups=self.groups, channels=self.c_out)
        changes = self.stride > 1 or self.c_in != self.c_out
        if self.kind in ADDS and changes and not self.use_1x1conv:
            raise Problem("block_shortcut", c_in=self.c_in, c_out=self.c_out, stride=self.stride)

    @property
    def module(self) -> type[nn.Module]:
        if self.kind == "inception" and not self.reduced:
            return blocks.NaiveInception
        return CLASSES[self.kind]

    @property
    def arguments(self) -> tuple[object, ...]:
        """What the class is called with, by position."""
        c1, c2a, c2b, c3a, c3b, c4 = self.widths
        inception = (c1, (c2a, c2b), (c3a, c3b), c4) if self.reduced else (c1, c2b, c3b)
        return {
            "vgg": (self.c_in, self.c_out, self.convs),
            "inception": (self.c_in, *inception),
            "residual": (self.c_in, self.c_out),
            "bottleneck": (self.c_in, self.c_mid, self.c_out),
            "resnext": (self.c_in, self.c_out, self.groups),
            "dense": (self.c_in, self.growth, self.convs),
        }[self.kind]

    @property
    def options(self) -> dict[str, object]:
        """What the class is called with by name, where it is not the default."""
        if self.kind not in ADDS:
            return {}
        found: dict[str, object] = {"use_1x1conv": True} if self.use_1x1conv else {}
        return found | ({"stride": self.stride} if self.stride > 1 else {})

    @property
    def call(self) -> str:
        """The code that makes it: `Residual(3, 6, use_1x1conv=True, stride=2)`."""
        named = [f"{name}={value!r}" for name, value in self.options.items()]
        return f"{self.module.__name__}({', '.join([*map(repr, self.arguments), *named])})"


def build(form: Form) -> nn.Module:
    """The block with its seeded weights; the same form gives the same weights each time."""
    make: type[nn.Module] = form.module
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(form.seed)
        block: nn.Module = make(*form.arguments, **form.options)
        start(block)
    if form.zero_init_residual and form.kind in ADDS:
        last_norm(block).weight.data.zero_()
    return block.train(form.training)


def start(network: nn.Module) -> None:
    """He's normal weights (2015) and biases of 0, as ResNet's authors start."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def last_norm(block: nn.Module) -> nn.BatchNorm2d:
    """The batch norm right before the addition: what `zero_init_residual` is about."""
    name = "bn2" if isinstance(block, blocks.Residual) else "bn3"
    norm = getattr(block, name)
    assert isinstance(norm, nn.BatchNorm2d)
    return norm


def stem(picture: Tensor, channels: int, seed: int) -> Tensor:
    """Feature maps of a picture (C, H, W): a 3×3 convolution and ReLU, as a stage before has them.

    They have the variance 1, which is what a batch norm would give them; 0 channels leave the
    picture itself.
    """
    if not channels:
        return picture
    generator = torch.Generator().manual_seed(seed)
    kernel = torch.randn(channels, len(picture), 3, 3, generator=generator)
    kernel -= kernel.mean((1, 2, 3), keepdim=True)  # blind to even ground: edges and colours show
    maps = F.conv2d(picture[None], kernel, padding=1)[0]
    return F.relu(maps / maps.std((1, 2), keepdim=True).clamp_min(1e-6))
