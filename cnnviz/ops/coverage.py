"""How often a window meets each cell (d2l 7.3.1: the pixels at the corners are hardly used)."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor

from cnnviz.ops.windows import Window


def read_counts(window: Window, shape: tuple[int, ...]) -> Tensor:
    """How many outputs read each cell of an input of this shape: float32 (*spatial).

    Raises:
        Problem: (a `ValueError`) where the window does not fit.
    """
    per_axis = [
        torch.tensor([float(len(axis.feeds(i, n))) for i in range(n)])
        for axis, n in zip(window.along(shape), shape, strict=True)
    ]
    return reduce(lambda before, counts: before[..., None] * counts, per_axis)


def paint_counts(
    window: Window, shape: tuple[int, ...], output_padding: int | tuple[int, ...] = 0
) -> Tensor:
    """How many cells of an input of this shape paint each output cell of a transposed convolution.

    Uneven counts show as a checkerboard in generated pictures (Odena, Dumoulin and Olah 2016).

    Raises:
        Problem: (a `ValueError`) where nothing is left of the output.
    """
    outputs = window.transposed_shape(shape, output_padding)
    per_axis = [
        torch.tensor([float(sum(o in axis.taps(i) for i in range(n))) for o in range(size)])
        for axis, n, size in zip(window.along(shape), shape, outputs, strict=True)
    ]
    return reduce(lambda before, counts: before[..., None] * counts, per_axis)
