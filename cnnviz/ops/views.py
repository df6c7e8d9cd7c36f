"""One cross-correlation as matrix products, and where each of its products stands in them.

A correlation is linear in its input and in its kernel, so it can be written as a matrix product in
two ways. `im2col` lays out what each window reads as a column, so that the kernel is one row
(Chellapilla, Puri and Simard 2006). `toeplitz` writes the kernel's weights into a sparse matrix
that is multiplied with the flattened input (Dumoulin and Visin 2016, sec. 4.1; d2l 14.10.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnviz.ops.correlation import Walk
from cnnviz.ops.windows import Cell, Window


def reads(window: Window, spatial: Cell) -> Tensor:
    """The flat input cell that each tap reads for each output: (taps, outputs), −1 in padding.

    Taps, outputs and cells are counted row by row; one to three axes.
    """
    cells = torch.zeros(1, 1, dtype=torch.long)
    inside = torch.ones(1, 1, dtype=torch.bool)
    for axis, n in zip(window.along(spatial), spatial, strict=True):
        taps = torch.arange(axis.kernel_size)[:, None]
        at = taps * axis.dilation + torch.arange(axis.output_size(n)) * axis.stride - axis.padding
        # (taps so far, this axis' taps, outputs so far, this axis' outputs)
        cells = (cells[:, None, :, None] * n + at[None, :, None, :]).flatten(2).flatten(0, 1)
        within = (at >= 0) & (at < n)
        inside = (inside[:, None, :, None] & within[None, :, None, :]).flatten(2).flatten(0, 1)
    return cells.masked_fill(~inside, -1)


def im2col(x: Tensor, window: Window, *, channels: bool = False) -> Tensor:
    """What each window reads, as columns: (taps, outputs), or (C·taps, outputs) with channels.

    Args:
        x: (*spatial), or (C, *spatial) with `channels`.

    Equals `torch.nn.functional.unfold` on two axes. `kernel.flatten() @ im2col(x, window)` is the
    correlation's output, flattened.
    """
    planes = x if channels else x[None]
    table = reads(window, tuple(planes.shape[1:]))
    # index −1, which stands for padding, finds the zero at the end
    cells = torch.cat([planes.flatten(1), planes.new_zeros(len(planes), 1)], dim=1)
    return cells[:, table].flatten(0, 1)


def toeplitz(kernel: Tensor, window: Window, spatial: Cell) -> Tensor:
    """The matrix A with A @ x.flatten() = the correlation's output, flattened.

    Args:
        kernel: (*kernel_size), or (O, C, *kernel_size); as applied, that is, flipped already for
            a convolution.
        window: of this kernel_size.
        spatial: the input's shape without channels.

    Returns:
        (outputs, inputs), or (O·outputs, C·inputs) with channels; zero where an output does not
        read an input cell. Columns are input cells only: padding would be multiplied with 0.
    """
    table, inputs = reads(window, spatial), math.prod(spatial)
    stack = kernel if kernel.ndim == len(spatial) + 2 else kernel[None, None]
    out, channels = stack.shape[:2]
    matrix = kernel.new_zeros(out, table.shape[1], channels, inputs + 1)  # the last for padding
    weights = stack.reshape(out, channels, -1).permute(2, 0, 1)  # (taps, O, C)
    outputs = torch.arange(table.shape[1])
    matrix[:, outputs, :, table] = weights[:, None].expand(-1, len(outputs), -1, -1)
    return matrix[..., :-1].reshape(out * len(outputs), channels * inputs)


@dataclass(frozen=True)
class Terms:
    """Where each product of a bare correlation stands: term t = output · taps + tap.

    Each is (T,) whole and holds flat cells, counted row by row; −1 where there is none.
    """

    output: Tensor  # of the output
    tap: Tensor  # of the kernel
    input: Tensor  # of the input, −1 in padding
    padded: Tensor  # of the padded input
    column: Tensor  # of the im2col matrix
    matrix: Tensor  # of the Toeplitz matrix, −1 in padding


def terms(window: Window, spatial: Cell) -> Terms:
    """All products of a correlation of a (*spatial) input, output by output."""
    table = reads(window, spatial)
    taps, outputs = table.shape
    output = torch.arange(outputs).repeat_interleave(taps)
    tap = torch.arange(taps).repeat(outputs)
    cells = table.T.flatten()
    axes = window.along(spatial)
    around = Window(
        tuple(axis.kernel_size for axis in axes),
        tuple(axis.stride for axis in axes),
        dilation=tuple(axis.dilation for axis in axes),
    )
    padded = tuple(n + 2 * axis.padding for axis, n in zip(axes, spatial, strict=True))
    matrix = output * math.prod(spatial) + cells
    return Terms(
        output,
        tap,
        cells,
        reads(around, padded).T.flatten(),
        tap * outputs + output,
        matrix.masked_fill(cells < 0, -1),
    )


@dataclass(frozen=True)
class Views:
    """A bare correlation computed in four ways; each result has the output's shape."""

    walk: Walk
    columns: Tensor  # (taps, outputs): im2col
    matrix: Tensor  # (outputs, inputs): Toeplitz
    by_window: Tensor  # window by window: multiply what overlaps and add it up
    by_columns: Tensor  # one row times a matrix
    by_matrix: Tensor  # a sparse matrix times a column
    by_torch: Tensor  # torch.nn.functional.conv1d, conv2d

    @property
    def difference(self) -> float:
        """The largest difference between any two results at one cell."""
        ways = torch.stack([self.by_window, self.by_columns, self.by_matrix, self.by_torch])
        return float((ways.amax(0) - ways.amin(0)).max())

    @property
    def agree(self) -> bool:
        """Whether the results differ by no more than the rounding of float32 sums."""
        size = self.walk.kernel.flatten().abs() @ self.columns.abs()  # what rounding grows with
        return self.difference <= 1e-5 * float(size.max())


def four_views(walk: Walk) -> Views:
    """Compute the output of a bare walk, padded with zeros, in all four ways."""
    x, kernel, window = walk.input, walk.kernel, walk.window
    columns, matrix = im2col(x, window), toeplitz(kernel, window, walk.spatial)
    steps = (walk.step(i) for i in range(len(walk)))
    shape = walk.output.shape
    return Views(
        walk,
        columns,
        matrix,
        torch.stack([(step.cells * step.kernel).sum() for step in steps]).reshape(shape),
        (kernel.flatten() @ columns).reshape(shape),
        (matrix @ x.flatten()).reshape(shape),
        walk.output,
    )


@dataclass(frozen=True)
class Sizes:
    """How many numbers each way of writing a correlation of one plane holds and multiplies."""

    inputs: int
    taps: int
    outputs: int
    weights: int  # places of the Toeplitz matrix that hold a weight; the others are 0

    @property
    def columns(self) -> int:
        """Numbers of the im2col matrix, which are also the products of a sliding window."""
        return self.taps * self.outputs

    @property
    def matrix(self) -> int:
        """Numbers of the Toeplitz matrix, zeros included."""
        return self.outputs * self.inputs

    @property
    def zeros(self) -> float:
        """The share of the Toeplitz matrix that is 0 whatever the kernel."""
        return 1 - self.weights / self.matrix

    @property
    def factor(self) -> float:
        """How many times the input's memory im2col takes, the padding's zeros included."""
        return self.columns / self.inputs


def sizes(window: Window, spatial: Cell) -> Sizes:
    """The sizes for an input of this shape; nothing of that size is made."""
    axes = list(zip(window.along(spatial), spatial, strict=True))
    inside = (
        sum(0 <= i < n for o in range(axis.output_size(n)) for i in axis.taps(o))
        for axis, n in axes
    )
    return Sizes(
        math.prod(spatial),
        math.prod(axis.kernel_size for axis, _ in axes),
        math.prod(window.output_shape(spatial)),
        math.prod(inside),
    )
