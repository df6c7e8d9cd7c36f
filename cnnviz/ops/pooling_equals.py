"""Pooling said with other operations: a mean as a correlation, a maximum by ReLU (d2l 7.5)."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import Walk, correlate
from cnnviz.ops.pooling import Pooling
from cnnviz.ops.windows import Axis, Window
from cnnviz.problems import Problem


class MeanByCorrelation(NamedTuple):
    """`correlation.output` · `scale` = `output`, the mean."""

    correlation: Walk  # each channel by itself, every weight 1/|window|
    scale: Tensor  # |window| / (the cells that count), as the output; all 1 but at some borders
    output: Tensor


def mean_by_correlation(walk: Pooling) -> MeanByCorrelation:
    """The same mean by a depthwise cross-correlation whose weights are all 1/|window|.

    Zeros are put around the input first, as the window may reach past its padding in ceil mode.
    Where a mean counts fewer cells than the window has, the correlation has to be scaled.
    """
    if walk.mode != "avg":
        raise Problem("pool_mode", mode=walk.mode, allowed="avg")
    size = tuple(axis.kernel_size for axis in walk.axes)
    weights = torch.full_like(walk.kernel, 1 / math.prod(size))
    window = Window(size, tuple(axis.stride for axis in walk.axes))
    padded = walk.padded.nan_to_num(0)  # NaN is what a mean does not count
    correlation = correlate(padded, weights, window, groups=walk.groups)
    scale = math.prod(size) / walk.counts
    return MeanByCorrelation(correlation, scale, correlation.output * scale)


def extreme_by_relu(a: Tensor, b: Tensor, mode: str = "max") -> Tensor:
    """max(a, b) = ReLU(a − b) + b, and min(a, b) = b − ReLU(b − a)."""
    sign = -1 if mode == "min" else 1
    return sign * F.relu(sign * (a - b)) + b


class Round(NamedTuple):
    """One layer of comparisons: `won[..., i]` is the larger (smaller) of `a` and `b` there."""

    a: Tensor  # (..., pairs)
    b: Tensor  # (..., pairs)
    won: Tensor  # (..., pairs)
    spare: Tensor  # (..., 0 or 1): the odd one out, which goes on without a comparison


def tournament(cells: Tensor, mode: str = "max") -> list[Round]:
    """Compare neighbours two by two until one is left: ⌈log₂ n⌉ rounds for (..., n) cells."""
    rounds = []
    while (n := cells.shape[-1]) > 1:
        paired = n - n % 2
        a, b, spare = cells[..., 0:paired:2], cells[..., 1:paired:2], cells[..., paired:]
        won = extreme_by_relu(a, b, mode)
        rounds.append(Round(a, b, won, spare))
        cells = torch.cat((won, spare), -1)
    return rounds


def pool_by_relu(walk: Pooling) -> Tensor:
    """A maximum's (minimum's) whole output by nothing but differences, ReLU and sums: (*output).

    −∞ can't be subtracted from itself, so padding holds the input's smallest (largest) cell here.
    A window always has a cell of the input, so that never changes who wins.
    """
    if walk.mode == "avg":
        raise Problem("pool_mode", mode=walk.mode, allowed="max, min")
    tamest = walk.input.min() if walk.mode == "max" else walk.input.max()
    padded = torch.where(torch.isinf(walk.padded), tamest, walk.padded)
    cells = gather(padded, walk.axes, tuple(walk.output.shape[not walk.bare :]))
    rounds = tournament(cells, walk.mode)
    return rounds[-1].won[..., 0] if rounds else cells[..., 0]


def gather(padded: Tensor, axes: list[Axis], output: tuple[int, ...]) -> Tensor:
    """What every window reads, row by row: (..., *output, |window|) of (..., *padded)."""
    found, ahead = padded, padded.ndim - len(axes)
    for dim, (axis, size) in enumerate(zip(axes, output, strict=True)):
        starts = torch.arange(size)[:, None] * axis.stride
        taps = starts + torch.arange(axis.kernel_size) * axis.dilation
        # the taps of each axis go to the end, so that they come in the axes' order
        at = ahead + dim
        found = found.index_select(at, taps.flatten())
        found = found.reshape(*found.shape[:at], *taps.shape, *found.shape[at + 1 :])
        found = found.movedim(at + 1, -1)
    return found.flatten(-len(axes))
