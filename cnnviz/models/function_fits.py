"""Families of real functions, fitted by least squares: nested ones and others (d2l 8.6.1).

In each family the class of size k has k free coefficients, so that sizes can be compared:

- "polynomial": degree below k. Each class holds the one before it.
- "added": a constant and k − 1 ReLU units, the last one new and the others kept. Nested too.
- "pieces": k equally wide pieces, each constant. Two pieces are no special case of three.
- "redrawn": a constant and k − 1 ReLU units, all drawn anew for each k. Not nested.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.problems import Problem

POINTS = 240  # middles of equal cells of −1 to 1
MOST_SIZE = 12
NESTED, OTHERS = ("polynomial", "added"), ("pieces", "redrawn")
TARGETS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "step": lambda x: (x > 0).to(x.dtype),
    "wave": lambda x: torch.sin(1.5 * math.pi * x),
    "corner": lambda x: (x - 0.2).abs(),
    "bell": lambda x: 1 / (1 + 25 * x**2),  # Runge's
    "stairs": lambda x: torch.floor(1.5 * (x + 1)) / 2,  # three equal steps
}


class Fit(NamedTuple):
    """The best function of a class: its values, and how far from the target they are."""

    values: Tensor  # (POINTS,) float64
    error: float  # root of the mean square: the distance, as the discs' is


def points() -> Tensor:
    """Where functions are compared: (POINTS,) float64."""
    return torch.linspace(-1, 1, 2 * POINTS + 1, dtype=torch.float64)[1::2]


def target_values(target: str) -> Tensor:
    """f* at all points."""
    return TARGETS[target](points())


def basis(family: str, size: int, seed: int) -> Tensor:
    """The functions that a class adds up with free coefficients: (POINTS, size).

    Raises:
        Problem: for a family or a size that does not exist.
    """
    if not 1 <= size <= MOST_SIZE:
        raise Problem("class_size", most=MOST_SIZE, size=size)
    x = points()
    if family == "polynomial":  # Chebyshev's: the same class as 1, x, x², …, and well conditioned
        return torch.stack([torch.special.chebyshev_polynomial_t(x, n) for n in range(size)], 1)
    if family == "pieces":
        piece = ((x + 1) / 2 * size).long()
        return torch.nn.functional.one_hot(piece, size).to(x.dtype)
    if family not in ("added", "redrawn"):
        raise Problem("class_family", name=family, allowed=", ".join((*NESTED, *OTHERS)))
    return _units(x, size - 1, seed if family == "added" else 1000 * (seed + 1) + size)


def _units(x: Tensor, count: int, seed: int) -> Tensor:
    """A constant and `count` units ReLU(±(x − t)), t from −1 to 1; the first ones by seed alone."""
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(MOST_SIZE, 2, generator=generator, dtype=torch.float64)[:count]
    sign = torch.where(drawn[:, 0] < 0.5, -1.0, 1.0)
    return torch.cat(
        [torch.ones(len(x), 1), torch.relu(sign * (x[:, None] - 2 * drawn[:, 1] + 1))], 1
    )


@lru_cache(maxsize=100)
def fits(target: str, family: str, seed: int) -> tuple[Fit, ...]:
    """The best function of each class of the family, from size 1 to MOST_SIZE."""
    y, found = target_values(target), []
    for size in range(1, MOST_SIZE + 1):
        A = basis(family, size, seed)
        # by singular values: two ReLU units may be the same on all points
        coefficients = torch.linalg.lstsq(A, y[:, None], driver="gelsd").solution
        values = (A @ coefficients)[:, 0]
        found.append(Fit(values, float((values - y).square().mean().sqrt())))
    return tuple(found)
