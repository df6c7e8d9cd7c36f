"""Cross-correlation, and the walk of its window (d2l 7.2 to 7.4).

What deep learning calls a convolution is a cross-correlation: the kernel is not flipped.
`flip=True` gives the convolution of mathematics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.windows import Axis, Window
from cnnviz.problems import Problem

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


@dataclass(frozen=True)
class Step:
    """One place of the window: `total` = sum of `cells` · `kernel`, plus the bias."""

    index: tuple[int, ...]  # the output cell, in the walk's own form: (o, *spatial) or (*spatial)
    cells: Tensor  # what the window covers: (C/groups, *kernel_size) or (*kernel_size)
    kernel: Tensor  # the weights it is multiplied with, same shape
    products: Tensor  # same shape
    bias: float
    total: float  # as the output holds it


@dataclass(frozen=True)
class Walk:
    """All places of the window, row by row, one output channel after the other.

    A walk keeps the form it was asked in. With channels: input (C, *spatial), kernel
    (O, C/groups, *kernel_size), output (O, *out). Bare: (*spatial), (*kernel_size), (*out).
    `kernel` is the kernel as applied: flipped already, for a convolution (`flip`).
    """

    input: Tensor
    padded: Tensor
    kernel: Tensor
    output: Tensor
    window: Window
    bias: Tensor | None = None  # (O,)
    groups: int = 1
    flip: bool = False
    padding_mode: str = "zeros"

    @property
    def given_kernel(self) -> Tensor:
        """The kernel as it was given, before any flip."""
        last = range(-len(self.spatial), 0)
        return self.kernel.flip(*last) if self.flip else self.kernel

    @property
    def axes(self) -> list[Axis]:
        """The window along each spatial axis."""
        return self.window.along(self.spatial)

    @property
    def spatial(self) -> tuple[int, ...]:
        """The input's shape without its channels."""
        return tuple(self.input.shape[not self.bare :])

    @property
    def bare(self) -> bool:
        """Whether it has no channels."""
        return self.kernel.ndim == self.input.ndim

    @property
    def around(self) -> list[tuple[int, int]]:
        """Per axis, how many cells `padded` has before the input and after it."""
        return around(self.axes, self.spatial)

    def sums(self) -> Tensor:
        """What each input plane adds to each output cell: (O, C/groups, *out).

        Summed over the planes, and with the bias, they are the output (d2l 7.4.1).
        """
        if self.bare:
            return self.output[None, None]
        outputs, planes = self.kernel.shape[:2]
        first = torch.arange(outputs) // (outputs // self.groups) * planes
        read = self.padded[(first[:, None] + torch.arange(planes)).flatten()]
        stack = self.kernel.flatten(0, 1)[:, None]  # one kernel plane for each input plane read
        stride = [axis.stride for axis in self.axes]
        dilation = [axis.dilation for axis in self.axes]
        found = CONV[len(self.axes)](read, stack, None, stride, 0, dilation, len(stack))
        return found.reshape(outputs, planes, *found.shape[1:])

    def __len__(self) -> int:
        return self.output.numel()

    def step(self, i: int) -> Step:
        """The step with this number, from 0; raises `Problem` (a ValueError) outside."""
        if not 0 <= i < len(self):
            raise Problem("step_outside", step=i, steps=len(self))
        index = tuple(int(n) for n in torch.unravel_index(torch.tensor(i), self.output.shape))
        places = index[-len(self.spatial) :]
        channel = index[: -len(places)]  # (o,), or () in a bare walk
        kernel, covered = self.kernel[channel], list(map(_slice, self.axes, places))
        if channel:
            # output channels share the input channels of their group
            group = channel[0] // (len(self.kernel) // self.groups)
            covered.insert(0, slice(group * len(kernel), (group + 1) * len(kernel)))
        cells = self.padded[tuple(covered)]
        bias = 0.0 if self.bias is None else float(self.bias[channel or 0])
        return Step(index, cells, kernel, cells * kernel, bias, float(self.output[index]))


def around(axes: list[Axis], shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """Per axis of an input of this shape, the cells that are put before it and after it."""
    return [
        (axis.padding, axis.padding + axis.overrun(n)) for axis, n in zip(axes, shape, strict=True)
    ]


def _slice(axis: Axis, o: int) -> slice:
    """What output `o` reads of a padded axis."""
    return slice(o * axis.stride, o * axis.stride + axis.extent, axis.dilation)


def correlate(
    x: Tensor,
    kernel: Tensor,
    window: Window | None = None,
    *,
    bias: Tensor | float | Sequence[float] | None = None,
    groups: int = 1,
    flip: bool = False,
    padding_mode: str = "zeros",
) -> Walk:
    """Slide `kernel` over `x`; at each place multiply what overlaps and add it up.

    Args:
        x: (C, *spatial), or (*spatial) for a single plane; one to three spatial axes.
        kernel: (O, C/groups, *kernel_size), or (*kernel_size) with a bare `x`.
        window: its kernel_size must be the kernel's; by default that size, stride 1.
        bias: one number per output channel.
        groups: input channels are split in so many groups, each with its own kernels.
        flip: mirror the kernel on every spatial axis first (true convolution).
        padding_mode: what the padding holds: "zeros", "reflect" (mirrored without the edge
            itself), "replicate" (the edge's cells again) or "circular" (from the other side).

    Whole numbers are computed as float32. Equals `torch.nn.functional.conv1d/2d/3d`.

    Raises:
        Problem: (a `ValueError`) where shapes do not fit or numbers are not finite.
    """
    x, kernel = _floating(x, kernel)
    bare = x.ndim == kernel.ndim
    axes = x.ndim if bare else x.ndim - 1
    if axes not in CONV or kernel.ndim != axes + (0 if bare else 2):
        raise Problem("correlate_axes", x=tuple(x.shape), kernel=tuple(kernel.shape))
    size = tuple(kernel.shape[-axes:])
    window = window or Window(size)
    along = window.along(spatial := tuple(x.shape[-axes:]))
    if tuple(axis.kernel_size for axis in along) != size:
        raise Problem("correlate_kernel", kernel=size, kernel_size=window.kernel_size)
    for axis, n in zip(along, spatial, strict=True):
        axis.output_size(n)  # says in words what does not fit
    if flip:
        kernel = kernel.flip(*range(-axes, 0))
    channels, stack = (x[None], kernel[None, None]) if bare else (x, kernel)
    _check_channels(channels, stack, groups)
    check_finite(x, kernel)
    offsets = _bias(bias, len(stack), x)
    padded = _pad(channels, along, padding_mode)
    stride, dilation = [axis.stride for axis in along], [axis.dilation for axis in along]
    output = CONV[axes](padded, stack, offsets, stride, 0, dilation, groups)
    check_finite(output)  # large numbers may overflow
    if bare:
        padded, output = padded[0], output[0]
    return Walk(x, padded, kernel, output, window, offsets, groups, flip, padding_mode)


def _floating(x: Tensor, kernel: Tensor) -> tuple[Tensor, Tensor]:
    dtype = torch.promote_types(x.dtype, kernel.dtype)
    if not dtype.is_floating_point:
        dtype = torch.float32
    return x.to(dtype), kernel.to(dtype)


def _check_channels(x: Tensor, kernel: Tensor, groups: int) -> None:
    channels, outputs = len(x), len(kernel)
    if groups < 1 or channels % groups or outputs % groups or not outputs:
        raise Problem("correlate_groups", channels=channels, outputs=outputs, groups=groups)
    if kernel.shape[1] != channels // groups:
        raise Problem(
            "correlate_channels",
            channels=channels,
            groups=groups,
            expected=channels // groups,
            found=kernel.shape[1],
        )


def _bias(
    bias: Tensor | float | Sequence[float] | None, outputs: int, like: Tensor
) -> Tensor | None:
    if bias is None:
        return None
    numbers = torch.as_tensor(bias, dtype=like.dtype, device=like.device).reshape(-1)
    if len(numbers) != outputs:
        raise Problem("correlate_bias", outputs=outputs, found=len(numbers))
    check_finite(numbers)
    return numbers


def check_finite(*tensors: Tensor) -> None:
    """Raise `Problem` (a ValueError) where a tensor holds NaN or infinity."""
    for tensor in tensors:
        # NaN and infinity show in the sum, which is ten times as fast; so does an overflow
        if not math.isfinite(tensor.detach().sum()) and not torch.isfinite(tensor).all():
            raise Problem("not_finite")


def _pad(x: Tensor, axes: list[Axis], mode: str) -> Tensor:
    if mode not in PADDING_MODES:
        raise Problem("padding_mode", mode=mode, allowed=", ".join(PADDING_MODES))
    for axis, n in zip(axes, x.shape[1:], strict=True):
        most = {"reflect": n - 1, "circular": n}.get(mode, axis.padding)
        if axis.padding > most:
            raise Problem("padding_mode_room", mode=mode, padding=axis.padding, n=n, most=most)
    sides = [p for axis in reversed(axes) for p in (axis.padding, axis.padding)]  # last axis first
    if not any(sides):
        return x
    return F.pad(x, sides, mode="constant" if mode == "zeros" else mode)
