"""What follows from channels: 1×1 convolution as a matrix product, two kernels as one (d2l 7.4)."""

from __future__ import annotations

from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import check_finite
from cnnviz.problems import Problem


@dataclass(frozen=True)
class Pointwise:
    """A 1×1 convolution computed twice; n is the number of pixels."""

    weights: Tensor  # (c_out, c_in)
    pixels: Tensor  # (c_in, n): every pixel a column
    product: Tensor  # (c_out, n): weights @ pixels
    convolved: Tensor  # (c_out, h, w), by conv2d

    @property
    def difference(self) -> float:
        """The largest difference between the two."""
        return float((self.product - self.convolved.flatten(1)).abs().max())


def pointwise(x: Tensor, stack: Tensor) -> Pointwise:
    """A 1×1 convolution as a dense layer at every pixel (d2l 7.4.3, `corr2d_multi_in_out_1x1`).

    Args:
        x: (c_in, h, w).
        stack: (c_out, c_in, 1, 1).

    Raises:
        Problem: (a `ValueError`) where the shapes do not fit or numbers are not finite.
    """
    if x.ndim != 3 or stack.ndim != 4 or stack.shape[1:] != (len(x), 1, 1):
        raise Problem("pointwise_shapes", x=tuple(x.shape), kernel=tuple(stack.shape))
    check_finite(x, stack)
    weights, pixels = stack.reshape(len(stack), len(x)), x.reshape(len(x), -1)
    return Pointwise(weights, pixels, weights @ pixels, F.conv2d(x[None], stack)[0])


def compose(first: Tensor, second: Tensor) -> Tensor:
    """The one kernel that does what two do in a row, without padding and stride (d2l 7.4, ex. 1).

    Cross-correlating with `first`, then with `second`, shifts by a and then by b, so the product of
    their weights there lands on a + b: the full convolution of the two, which is k1 + k2 − 1 wide.

    Args:
        first: (c_mid, c_in, k1_h, k1_w), or (k1_h, k1_w).
        second: (c_out, c_mid, k2_h, k2_w), or (k2_h, k2_w).

    Returns:
        (c_out, c_in, k1_h + k2_h − 1, k1_w + k2_w − 1), or without channels.

    Raises:
        Problem: (a `ValueError`) where the shapes do not fit or numbers are not finite.
    """
    bare = first.ndim == second.ndim == 2
    k1, k2 = (first[None, None], second[None, None]) if bare else (first, second)
    if not k1.ndim == k2.ndim == 4 or k2.shape[1] != len(k1):
        raise Problem("compose_shapes", first=tuple(first.shape), second=tuple(second.shape))
    check_finite(k1, k2)
    # conv_transpose2d adds input(a)·weight(b) at a + b; its weights are (c_mid, c_out, *size), and
    # the planes of `first` for one input channel are one item of its batch
    one = F.conv_transpose2d(k1.transpose(0, 1), k2.transpose(0, 1)).transpose(0, 1)
    return one[0, 0] if bare else one


@dataclass(frozen=True)
class InARow:
    """Two kernels one after the other on a plane, and the one that equals them."""

    one: Tensor  # the kernel
    middle: Tensor  # after the first
    twice: Tensor  # after both
    once: Tensor  # after the one
    padded: Tensor  # the difference where both ways pad with zeros to keep the input's size

    @property
    def border(self) -> float:
        """The largest difference where both pad: the first way pads again in between."""
        return float(self.padded.abs().max())

    @property
    def difference(self) -> float:
        """The largest difference between the two ways."""
        return float((self.twice - self.once).abs().max())


def in_a_row(x: Tensor, first: Tensor, second: Tensor) -> InARow:
    """Both ways over a plane (rows, cols); raises `Problem` where the kernels do not fit."""
    one = compose(first, second)
    if any(k > n for k, n in zip(one.shape, x.shape, strict=True)):
        raise Problem("compose_large", kernel=tuple(one.shape), x=tuple(x.shape))
    middle = _slide(x, first)
    twice, once = _slide(middle, second), _slide(x, one)
    zeros, more = _same(first), _same(second)
    padded = _slide(F.pad(_slide(F.pad(x, zeros), first), more), second)
    at_once = [a + b for a, b in zip(zeros, more, strict=True)]
    return InARow(one, middle, twice, once, padded - _slide(F.pad(x, at_once), one))


def with_relu_between(x: Tensor, first: Tensor, second: Tensor) -> Tensor:
    """The second kernel over ReLU of what the first makes of a plane: no one kernel equals that."""
    return _slide(_slide(x, first).relu(), second)


def patch_around(plane: Tensor, cell: tuple[int, int], side: int) -> tuple[Tensor, tuple[int, int]]:
    """A square of a plane with the cell in its middle, where there is room; and its first cell."""
    top, left = (
        max(0, min(i - side // 2, n - side)) for i, n in zip(cell, plane.shape, strict=True)
    )
    return plane[top : top + side, left : left + side], (top, left)


def _same(kernel: Tensor) -> list[int]:
    """Zeros left, right, above and below with which the output is as large as the input."""
    return [side for k in reversed(kernel.shape) for side in ((k - 1) // 2, k // 2)]


def _slide(x: Tensor, kernel: Tensor) -> Tensor:
    return F.conv2d(x[None, None], kernel[None, None])[0, 0]
