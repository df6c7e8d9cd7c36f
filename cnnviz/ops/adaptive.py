"""Adaptive and global pooling: the output's size is given, and the windows follow from it.

Global pooling (Lin et al. 2014, *Network in Network*; d2l 8.3) is the case of one cell a channel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import check_finite
from cnnviz.ops.pooling import MODES
from cnnviz.problems import Problem

Span = tuple[int, int]  # the first cell, and the one after the last

ADAPTIVE: dict[str, dict[int, Callable[..., Any]]] = {
    "max": {1: F.adaptive_max_pool1d, 2: F.adaptive_max_pool2d, 3: F.adaptive_max_pool3d},
    "avg": {1: F.adaptive_avg_pool1d, 2: F.adaptive_avg_pool2d, 3: F.adaptive_avg_pool3d},
}


@dataclass(frozen=True)
class Adaptive:
    """`output[c, i, j]` is the largest, smallest or mean cell of `spans[0][i]` × `spans[1][j]`."""

    input: Tensor  # (C, *spatial)
    output: Tensor  # (C, *output_size)
    spans: tuple[tuple[Span, ...], ...]  # per axis, what each output cell reads
    mode: str

    @property
    def even(self) -> bool:
        """Whether all windows are equally large and none overlap: an ordinary pooling."""
        axes = zip(self.spans, self.input.shape[1:], strict=True)
        return all(n % len(spans) == 0 for spans, n in axes)


def spans(n: int, size: int) -> tuple[Span, ...]:
    """What each of `size` outputs reads of `n` cells: ⌊o·n/size⌋ up to, without, ⌈(o+1)·n/size⌉.

    Where `size` does not divide `n` they overlap, and may differ in length by one.
    """
    return tuple((o * n // size, -(-(o + 1) * n // size)) for o in range(size))


def adaptive_pool(x: Tensor, output_size: tuple[int, ...], mode: str = "max") -> Adaptive:
    """Pool each channel to a given size; (1, 1) is global pooling.

    Args:
        x: (C, *spatial), one to three spatial axes.
        output_size: cells along each spatial axis; more than the input has repeat cells.
        mode: "max", "avg" or "min" (which is −max(−x)).

    Equals `torch.nn.functional.adaptive_max_pool1d/2d/3d` and `adaptive_avg_pool1d/2d/3d`.

    Raises:
        Problem: (a `ValueError`) where shapes or settings do not fit.
    """
    if mode not in MODES:
        raise Problem("pool_mode", mode=mode, allowed=", ".join(MODES))
    axes = len(output_size)
    if x.ndim != axes + 1 or not 1 <= axes <= 3:
        raise Problem("pool_axes", shape=tuple(x.shape), axes=axes)
    if min(x.shape) < 1:
        raise Problem("window_input_empty", shape=tuple(x.shape))
    if min(output_size) < 1:
        raise Problem("window_low", name="output_size", low=1, value=output_size)
    x = x if x.is_floating_point() else x.float()
    check_finite(x)
    if mode == "min":
        output = -ADAPTIVE["max"][axes](-x, output_size)
    else:
        output = ADAPTIVE[mode][axes](x, output_size)
    along = tuple(spans(n, size) for n, size in zip(x.shape[1:], output_size, strict=True))
    return Adaptive(x, output, along, mode)


def links(found: Adaptive) -> tuple[Tensor, Tensor]:
    """Every pair of an input cell and an output cell that reads it, as flat cells: two (T,).

    Cells are counted row by row within a channel; it is the same for all channels.
    """
    reads, outputs = torch.zeros(1, dtype=torch.long), torch.zeros(1, dtype=torch.long)
    for along, n in zip(found.spans, found.input.shape[1:], strict=True):
        cell = torch.tensor([i for start, end in along for i in range(start, end)])
        output = torch.tensor([o for o, span in enumerate(along) for _ in range(*span)])
        reads = (reads[:, None] * n + cell).flatten()
        outputs = (outputs[:, None] * len(along) + output).flatten()
    return reads, outputs
