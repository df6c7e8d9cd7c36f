"""Transposed convolution: each input cell paints a window of the output (d2l 14.10).

The transpose of a convolution's matrix: it goes from the output's shape back to the input's. With
stride s neighbouring cells paint s cells apart, so it is also called a stride of 1/s.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import check_finite
from cnnviz.ops.windows import Axis, Window
from cnnviz.problems import Problem

MOST_PAINTED = 400_000  # numbers in all canvases
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


@dataclass(frozen=True)
class Stroke:
    """One input cell's part: its value times the kernel, added to a window of the output."""

    index: tuple[int, ...]  # the input cell
    value: float
    cells: tuple[tuple[int, ...], ...]  # per axis the output coordinates; cropped ones are outside
    products: Tensor  # (*kernel_size)


@dataclass(frozen=True)
class Painting:
    """All strokes, input cell by input cell, row by row.

    `canvas` is the output before its padding is cropped off: (*out + 2·padding).
    """

    input: Tensor  # (*spatial)
    kernel: Tensor  # (*kernel_size)
    output: Tensor  # (*out)
    canvas: Tensor
    window: Window
    output_padding: tuple[int, ...]

    @property
    def axes(self) -> list[Axis]:
        """The window along each axis."""
        return self.window.along(tuple(self.input.shape))

    def __len__(self) -> int:
        return self.input.numel()

    def step(self, i: int) -> Stroke:
        """The stroke with this number, from 0; raises `Problem` (a ValueError) outside."""
        if not 0 <= i < len(self):
            raise Problem("step_outside", step=i, steps=len(self))
        index = tuple(int(n) for n in torch.unravel_index(torch.tensor(i), self.input.shape))
        cells = tuple(axis.taps(n) for axis, n in zip(self.axes, index, strict=True))
        value = self.input[index]
        return Stroke(index, float(value), cells, value * self.kernel)

    @cached_property
    def partials(self) -> Tensor:
        """The canvas after each stroke: (len, *canvas).

        Raises:
            Problem: (a `ValueError`) where these are too many numbers to be shown.
        """
        if (numbers := len(self) * self.canvas.numel()) > MOST_PAINTED:
            raise Problem("painting_large", numbers=f"{numbers:,}", most=f"{MOST_PAINTED:,}")
        alone = torch.zeros(len(self), *self.canvas.shape)
        for i, stroke in enumerate(map(self.step, range(len(self)))):
            window = [
                slice(taps[0] + axis.padding, taps[-1] + axis.padding + 1, axis.dilation)
                for taps, axis in zip(stroke.cells, self.axes, strict=True)
            ]
            alone[i][tuple(window)] = stroke.products
        return alone.cumsum(0)


def correlate_transposed(
    x: Tensor,
    kernel: Tensor,
    window: Window | None = None,
    output_padding: int | tuple[int, ...] = 0,
) -> Painting:
    """Let each cell of `x` paint the kernel, times its value, onto a larger output.

    Args:
        x: (*spatial), one to three axes; `kernel`: (*kernel_size). Without channels.
        window: its stride is how far apart neighbours paint; its padding is cropped off.
        output_padding: cells added at the end of each axis: several sizes of input give the same
            output under a stride, so on the way back a size has to be chosen.

    Equals `torch.nn.functional.conv_transpose1d/2d/3d`.

    Raises:
        Problem: (a `ValueError`) where shapes do not fit or numbers are not finite.
    """
    window = window or Window(tuple(kernel.shape))
    x, kernel = x.float(), kernel.float()
    check_finite(x, kernel)
    axes = window.along(tuple(x.shape))
    if tuple(axis.kernel_size for axis in axes) != tuple(kernel.shape):
        raise Problem(
            "correlate_kernel", kernel=tuple(kernel.shape), kernel_size=window.kernel_size
        )
    added = (output_padding,) * x.ndim if isinstance(output_padding, int) else output_padding
    window.transposed_shape(tuple(x.shape), added)  # says what does not fit
    stride, padding, dilation = (list(v) for v in zip(*(a[1:4] for a in axes), strict=True))
    run = TRANSPOSED[x.ndim]
    canvas = run(x[None, None], kernel[None, None], None, stride, 0, added, 1, dilation)[0, 0]
    kept = [slice(p, n - p) for p, n in zip(padding, canvas.shape, strict=True)]
    output = canvas[tuple(kept)]
    check_finite(canvas)
    return Painting(x, kernel, output, canvas, window, added)
