"""Pooling, and the walk of its window (d2l 7.5).

The window reads every channel for itself and leaves its largest, smallest or mean value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import CONV, Step, Walk, around, check_finite
from cnnviz.ops.windows import Axis, Window
from cnnviz.problems import Problem

MODES = ("max", "avg", "min")
NEVER_WINS = {"max": -math.inf, "min": math.inf}
MAX_POOL: dict[int, Callable[..., Any]] = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
AVG_POOL: dict[int, Callable[..., Any]] = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}


@dataclass(frozen=True)
class Pooling(Walk):
    """A walk whose weights are found at each place instead of given.

    `kernel` holds ones, (C, 1, *kernel_size) or (*kernel_size): the shape of the window. `padded`
    holds NaN where a mean counts nothing.
    """

    mode: str = "max"
    count_include_pad: bool = True

    def step(self, i: int) -> Step:
        """The step with this number; its weights are 1 at the winner, or 1/n for a mean of n."""
        step = super().step(i)
        if self.mode == "avg":
            weights = (~step.cells.isnan()).to(step.cells) / self.counts[step.index]
        else:
            weights = torch.zeros_like(step.cells)
            weights.view(-1)[int(self.winners[step.index])] = 1
        # padding of −∞ or of nothing, with weight 0, adds nothing
        products = torch.where(weights == 0, weights, step.cells * weights)
        return replace(step, kernel=weights, products=products)

    @cached_property
    def winners(self) -> Tensor:
        """(*output) whole: which cell of its window each output took, row by row; ties: the first.

        Raises:
            Problem: (a `ValueError`) for a mean, where nobody wins.
        """
        if self.mode == "avg":
            raise Problem("pool_mode", mode=self.mode, allowed="max, min")
        x = self.input[None] if self.bare else self.input
        _, taken = _extreme(x, self.window.along(self.spatial), self.mode)
        places = torch.unravel_index(taken, self.spatial)  # per axis (C, *out), input coordinates
        tap = torch.zeros_like(taken)
        for dim, (axis, place) in enumerate(zip(self.axes, places, strict=True)):
            starts = torch.arange(taken.shape[1 + dim]) * axis.stride - axis.padding
            spread = starts.reshape(-1, *[1] * (len(self.axes) - 1 - dim))
            tap = tap * axis.kernel_size + (place - spread) // axis.dilation
        return tap[0] if self.bare else tap

    @cached_property
    def counts(self) -> Tensor:
        """(*output): how many cells each mean is divided by."""
        counted = (~self.padded.isnan()).to(self.padded.dtype)
        channels = counted[None] if self.bare else counted
        taps = torch.ones(len(channels), 1, *self.kernel.shape[-len(self.axes) :])
        stride = [axis.stride for axis in self.axes]
        found = CONV[len(self.axes)](channels, taps.to(channels), None, stride, groups=len(taps))
        return found.reshape(self.output.shape)


def pool(
    x: Tensor,
    window: Window,
    mode: str = "max",
    *,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Pooling:
    """Slide the window over each channel of `x`; keep its largest, mean or smallest value.

    Args:
        x: (C, *spatial) or (*spatial); one to three spatial axes. Where the window does not say
            how many axes it has, up to two are taken for (*spatial).
        window: kernel_size, stride, padding, dilation. PyTorch's own default for the stride is
            the kernel_size, here it is 1 as everywhere.
        mode: "max", "avg" or "min" (which is −max(−x)).
        ceil_mode: round the output's size up: the last window may reach past the padding.
        count_include_pad: whether a mean is divided by the padding's cells as well.

    Whole numbers are computed as float32. Equals `torch.nn.functional.max_pool1d/2d/3d` and
    `avg_pool1d/2d/3d`.

    Raises:
        Problem: (a `ValueError`) where shapes or settings do not fit.
    """
    if mode not in MODES:
        raise Problem("pool_mode", mode=mode, allowed=", ".join(MODES))
    window = replace(window, ceil_mode=ceil_mode)
    x = x if x.is_floating_point() else x.float()
    check_finite(x)
    channels, axes = _with_channels(x, window)
    for axis, n in zip(axes, channels.shape[1:], strict=True):
        _check_axis(axis, n, mode, three=len(axes) == 3)
    padded = _pad(channels, axes, mode, count_include_pad)  # says what does not fit
    if mode == "avg":
        settings = [list(values) for values in zip(*(axis[:3] for axis in axes), strict=True)]
        output = AVG_POOL[len(axes)](channels, *settings, ceil_mode, count_include_pad)
    else:
        output, _ = _extreme(channels, axes, mode)
        if torch.isinf(output).any():  # a dilated window can miss a small input
            raise Problem("pool_nothing")
    kernel = torch.ones(len(channels), 1, *(axis.kernel_size for axis in axes))
    if bare := x.ndim == len(axes):
        padded, output, kernel = padded[0], output[0], kernel[0, 0]
    groups = 1 if bare else len(channels)
    return Pooling(
        x,
        padded,
        kernel,
        output,
        window,
        groups=groups,
        mode=mode,
        count_include_pad=count_include_pad,
    )


def _with_channels(x: Tensor, window: Window) -> tuple[Tensor, list[Axis]]:
    """`x` as (C, *spatial), and the window along its spatial axes."""
    size = window.kernel_size
    axes = len(size) if isinstance(size, tuple) else min(x.ndim, 2)
    if x.ndim not in (axes, axes + 1) or not 1 <= axes <= 3:
        raise Problem("pool_axes", shape=tuple(x.shape), axes=axes)
    channels = x[None] if x.ndim == axes else x
    return channels, window.along(tuple(channels.shape[1:]))


def _pad(x: Tensor, axes: list[Axis], mode: str, count_include_pad: bool) -> Tensor:
    """What the windows read: past the padding, where one in ceil mode may reach, nothing counts."""
    sides = reversed(list(zip(axes, around(axes, tuple(x.shape[1:])), strict=True)))
    pads, overruns = [], []  # as F.pad counts: the last axis first
    for axis, (before, after) in sides:
        pads += [before, axis.padding]
        overruns += [0, after - axis.padding]
    nothing = NEVER_WINS.get(mode, math.nan)
    padding = 0.0 if mode == "avg" and count_include_pad else nothing
    return F.pad(F.pad(x, pads, value=padding), overruns, value=nothing)


def _check_axis(axis: Axis, n: int, mode: str, *, three: bool) -> None:
    """What PyTorch refuses, here with a sentence."""
    k = axis.kernel_size
    if mode == "avg" and axis.dilation != 1:
        raise Problem("pool_dilation", dilation=axis.dilation)
    if mode == "avg" and three and n < k:
        raise Problem("pool_small", kernel_size=k, n=n)
    if 2 * axis.padding > k:
        raise Problem("pool_padding", kernel_size=k, padding=axis.padding, most=k // 2)


def _extreme(x: Tensor, axes: list[Axis], mode: str) -> tuple[Tensor, Tensor]:
    """The largest or smallest values, and where in the plane each was found."""
    sign = -1 if mode == "min" else 1
    settings = [list(values) for values in zip(*(axis[:4] for axis in axes), strict=True)]
    ceil_mode = axes[0].ceil_mode
    found, at = MAX_POOL[len(axes)](sign * x, *settings, ceil_mode, return_indices=True)
    return sign * found, at
