"""What pooling makes of an input that is shifted by a pixel or two.

Pooling is said to forgive small shifts (d2l 7.5). How far that goes was measured by Zhang (2019),
*Making Convolutional Networks Shift-Invariant Again*: a stride above 1 breaks it, and a blur
before the stride mends much of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.ops.correlation import Walk, correlate
from cnnviz.ops.pooling import pool
from cnnviz.ops.windows import Axis, Window
from cnnviz.problems import Problem

BORDERS = ("zeros", "circular")
BINOMIAL = torch.tensor([1.0, 2.0, 1.0])


def shifted(x: Tensor, by: tuple[int, int], border: str = "zeros") -> Tensor:
    """(..., rows, cols) moved `by` rows down and columns right.

    What comes in at the border is 0 ("zeros"), or what went out on the other side ("circular").
    """
    if border not in BORDERS:
        raise Problem("shift_border", border=border, allowed=", ".join(BORDERS))
    moved = x.roll(by, (-2, -1))
    if border == "circular":
        return moved
    inside = torch.ones(x.shape[-2:], dtype=torch.bool)
    for dim, distance in enumerate(by):
        n = inside.shape[dim]
        came = range(min(distance, n)) if distance > 0 else range(max(0, n + distance), n)
        inside.index_fill_(dim, torch.tensor(list(came), dtype=torch.long), False)
    return torch.where(inside, moved, torch.zeros(()))


class Stay(NamedTuple):
    """An output before and after its input was shifted."""

    before: Tensor
    after: Tensor
    stride: tuple[int, int]  # of the output's cells, in cells of the input
    by: tuple[int, int]

    @property
    def same(self) -> Tensor:
        """Which cells are as before, up to rounding: bool."""
        return _equal(self.before, self.after)

    @property
    def change(self) -> float:
        """How far a cell is from what it was, in the mean."""
        return float((self.after - self.before).abs().mean())

    @property
    def along(self) -> tuple[int, int] | None:
        """How many cells moved along with the input, and of how many that could.

        None where the shift is no multiple of the stride: there is no half step.
        """
        if any(distance % s for distance, s in zip(self.by, self.stride, strict=True)):
            return None
        old, new = self.before, self.after
        for dim, (distance, s) in enumerate(zip(self.by, self.stride, strict=True), -2):
            step, n = distance // s, old.shape[dim]
            length = max(0, n - abs(step))
            old = old.narrow(dim, min(n, max(0, -step)), length)
            new = new.narrow(dim, min(n, max(0, step)), length)
        return int(_equal(old, new).sum()), old.numel()


def _equal(a: Tensor, b: Tensor) -> Tensor:
    return torch.isclose(a, b, rtol=1e-5, atol=1e-6)


def stays(
    x: Tensor,
    walk_of: Callable[[Tensor], Walk],
    by: tuple[int, int],
    border: str = "zeros",
) -> Stay:
    """The output of `walk_of(x)`, and of `walk_of` of the shifted `x`: (..., rows, cols)."""
    before, after = walk_of(x), walk_of(shifted(x, by, border))
    rows, cols = (axis.stride for axis in before.axes)
    return Stay(before.output, after.output, (rows, cols), by)


def blur_pool(x: Tensor, window: Window, mode: str = "max") -> Walk:
    """Pool at every place, then blur, then keep every stride-th cell (Zhang 2019, MaxBlurPool).

    The blur is [1, 2, 1] ⊗ [1, 2, 1] / 16 on each channel; the border's cells are repeated. As
    large as `pool(x, window, mode)`: the walk is the blur's.

    Args:
        x: (rows, cols) or (C, rows, cols).
        window: its stride is taken after the blur; without ceil mode.
    """
    axes = window.along(tuple(x.shape[-2:]))
    dense = pool(x, Window(_each(axes, "kernel_size"), 1, window.padding, window.dilation), mode)
    blur = torch.outer(BINOMIAL, BINOMIAL) / 16
    after = Window(3, _each(axes, "stride"), 1)
    if dense.bare:
        return correlate(dense.output, blur, after, padding_mode="replicate")
    channels = len(dense.output)
    stack = blur.expand(channels, 1, 3, 3)
    return correlate(dense.output, stack, after, groups=channels, padding_mode="replicate")


def _each(axes: list[Axis], name: str) -> tuple[int, ...]:
    return tuple(getattr(axis, name) for axis in axes)
