"""From a dense layer to a convolution by giving weights up (d2l 7.1).

A dense layer from an H×W picture to an H×W hidden picture has a weight W[i,j,k,l] for every pair
of an output cell (i,j) and an input cell (k,l). Translation invariance lets it depend on the
offset a = k−i, b = l−j alone: V[a,b]. Locality makes V zero where |a| or |b| is above Δ. Channels
make it V[a,b,c,d]: one such square for every pair of an input and an output channel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.views import toeplitz
from cnnviz.ops.windows import Window
from cnnviz.problems import Problem

STEPS = ("dense", "invariance", "locality", "channels")
LEVELS = 64  # random weights are multiples of 1/64 from −1 to 1: sums of them have no rounding


# ---- how many weights


class Count(NamedTuple):
    """The free weights after a step, as the course counts them."""

    step: str  # one of STEPS
    letters: str  # the course's formula, in LaTeX
    numbers: str  # the same with the numbers in it
    weights: int


def weight_counts(
    height: int, width: int, delta: int, c_in: int = 1, c_out: int = 1
) -> tuple[Count, ...]:
    """What each of STEPS leaves of a dense layer's (HW)² weights (d2l 7.1.2 to 7.1.4).

    Raises:
        Problem: (a `ValueError`) where `delta` reaches beyond the picture.
    """
    _check_delta(height, width, delta)
    (h, w), reach = (height, width), 2 * delta + 1
    square = rf"(2 \cdot {delta}+1)^2"
    return (
        Count("dense", "(HW)^2", rf"({h} \cdot {w})^2", (h * w) ** 2),
        Count(
            "invariance",
            "(2H-1)(2W-1)",
            rf"(2 \cdot {h}-1)(2 \cdot {w}-1)",
            (2 * h - 1) * (2 * w - 1),
        ),
        Count("locality", r"(2\Delta+1)^2", square, reach**2),
        Count(
            "channels",
            r"(2\Delta+1)^2 \cdot c_i \cdot c_o",
            rf"{square} \cdot {c_in} \cdot {c_out}",
            reach**2 * c_in * c_out,
        ),
    )


def _check_delta(height: int, width: int, delta: int) -> None:
    side = min(height, width)
    if not 0 <= delta < side:
        raise Problem("delta_range", high=side - 1, side=side, delta=delta)


# ---- the layers


@dataclass(frozen=True)
class Layer:
    """A linear layer between pictures of one size, by the matrix that it is.

    Flat cells count row by row, one channel after the other.
    """

    weights: Tensor  # the free ones; a kernel's shape, where they are a kernel
    which: Tensor  # (c_out·H·W, c_in·H·W): the flat free weight that stands there, −1 for a zero
    height: int
    width: int

    @cached_property
    def matrix(self) -> Tensor:
        """(c_out·H·W, c_in·H·W): every output cell's weight on every input cell."""
        return torch.where(self.which < 0, 0.0, self.weights.flatten()[self.which])

    def __call__(self, x: Tensor) -> Tensor:
        """(c_in, H, W) → (c_out, H, W)."""
        return (self.matrix @ x.flatten()).reshape(-1, self.height, self.width)


def dense_layer(height: int, width: int, c_in: int = 1, c_out: int = 1, *, seed: int = 0) -> Layer:
    """A random dense layer; no two places of its matrix share a weight."""
    cells = height * width
    weights = _random((c_out * cells, c_in * cells), seed)
    return Layer(weights, torch.arange(weights.numel()).reshape_as(weights), height, width)


def shared_layer(
    height: int,
    width: int,
    delta: int | None = None,
    c_in: int = 1,
    c_out: int = 1,
    *,
    seed: int = 0,
) -> Layer:
    """A random translation-invariant layer, local where `delta` is given.

    Its weights are V[a,b,c,d] as a kernel, (c_out, c_in, 2H−1, 2W−1); locality keeps the middle
    (2Δ+1) × (2Δ+1) of just these. It is the cross-correlation with that kernel, padded with as
    many zeros as the kernel reaches.

    Raises:
        Problem: (a `ValueError`) where `delta` reaches beyond the picture.
    """
    kernel = _random((c_out, c_in, 2 * height - 1, 2 * width - 1), seed)
    if delta is not None:
        _check_delta(height, width, delta)
        up, left = height - 1 - delta, width - 1 - delta
        kernel = kernel[..., up : up + 2 * delta + 1, left : left + 2 * delta + 1]
    reach = (kernel.shape[-2] // 2, kernel.shape[-1] // 2)
    window = Window((kernel.shape[-2], kernel.shape[-1]), padding=reach)
    numbers = torch.arange(kernel.numel()).reshape_as(kernel)
    # counted from 1, for the zeros of the matrix are no weight
    which = toeplitz(numbers + 1, window, (height, width)) - 1
    return Layer(kernel, which, height, width)


def _random(shape: tuple[int, ...], seed: int) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    return torch.randint(-LEVELS, LEVELS + 1, shape, generator=random) / LEVELS


# ---- what a shift does


def shift(x: Tensor, down: int, right: int) -> Tensor:
    """The picture moved by whole cells; what leaves is lost, zeros come in. (..., H, W)."""
    height, width = x.shape[-2:]
    if abs(down) >= height or abs(right) >= width:
        return torch.zeros_like(x)
    return F.pad(x, (right, -right, down, -down))


class Shifted(NamedTuple):
    """A layer before and after a shift S of its input; each is (c_out, H, W)."""

    before: Tensor  # f(x)
    then_moved: Tensor  # S f(x): first the layer, then the shift
    moved_first: Tensor  # f(S x): first the shift, then the layer

    @property
    def difference(self) -> Tensor:
        return self.moved_first - self.then_moved

    @property
    def error(self) -> float:
        """The difference's length over that of f(x); 0 where both are 0."""
        return float(self.difference.norm() / self.before.norm().clamp(min=1e-12))


def shifted(layer: Layer, x: Tensor, down: int, right: int) -> Shifted:
    """What the layer makes of a (c_in, H, W) picture and of the same picture shifted."""
    before = layer(x)
    return Shifted(before, shift(before, down, right), layer(shift(x, down, right)))


def equivariance_error(layer: Layer, x: Tensor, down: int, right: int) -> float:
    """How far the layer is from commuting with a shift: ‖f(Sx) − S f(x)‖ / ‖f(x)‖.

    The shift S fills up with zeros, as in `shift`. A convolution's error is exactly 0 as long as
    what is drawn stays on the picture, and starts at least Δ cells from the side that it moves
    away from. Past that its border shows: the padding's zeros are no part of the picture that
    moves. 0 for an empty picture.
    """
    return shifted(layer, x, down, right).error
