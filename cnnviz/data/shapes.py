"""Circles, squares, triangles and crosses, drawn here: pictures whose every property is known.

A set of them asks whether a network knows a shape in places, sizes or noise that it was not trained
with.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.problems import Problem

SHAPES = ("circle", "square", "triangle", "cross")
PLACES = ("anywhere", "middle", "left", "right")
SIDE = 32  # pixels of a generated picture
RADII = (3, 8)  # from a shape's middle to its farthest point; one of 8 still fits into a half
CHUNK = 1000  # pictures drawn at once: 16 MB of distances


class Look(NamedTuple):
    """What the pictures of a generated set have in common."""

    place: str  # of PLACES: the half that a shape lies whole in, or in the very middle
    radius: tuple[float, float]  # smallest and largest, in pixels
    noise: float  # standard deviation, where white is 1


def generate(count: int, look: Look, seed: int) -> tuple[Tensor, Tensor]:
    """`count` pictures, uint8 (count, 1, SIDE, SIDE), and their labels, indices into SHAPES.

    All four shapes come equally often (to within one), in random order. The same arguments give
    the same pictures.

    Raises:
        Problem: (a `ValueError`) for an unknown place.
    """
    if look.place not in PLACES:
        raise Problem("shapes_place", place=look.place[:40], allowed=", ".join(PLACES))
    return pictures(count, look, seed)


def pictures(count: int, look: Look, seed: int) -> tuple[Tensor, Tensor]:
    """As `generate`, with a place that is one; it is handed to readers (`export.training_data`)."""
    random = torch.Generator().manual_seed(seed)
    labels = (torch.arange(count) % len(SHAPES))[torch.randperm(count, generator=random)]
    radii = _between(min(look.radius), max(look.radius), torch.rand(count, generator=random))
    shares = torch.rand(2, count, generator=random)
    x, y = _middles(look.place, radii, shares)
    images = torch.empty(count, 1, SIDE, SIDE, dtype=torch.uint8)
    for start in range(0, count, CHUNK):
        part = slice(start, start + CHUNK)
        drawn = draw(labels[part], x[part], y[part], radii[part], SIDE)
        drawn += look.noise * torch.randn(drawn.shape, generator=random)
        images[part] = (drawn.clamp(0, 1) * 255).round().to(torch.uint8)
    return images, labels


def _middles(place: str, radii: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
    """Where the shapes' middles are, so that they lie whole within their part of the picture."""
    if place == "middle":
        return torch.full_like(radii, SIDE / 2), torch.full_like(radii, SIDE / 2)
    low, high = {"left": (0, SIDE / 2), "right": (SIDE / 2, SIDE)}.get(place, (0, SIDE))
    x = _between(low + radii, high - radii, shares[0])
    return x, _between(radii, SIDE - radii, shares[1])


def _between(low: Tensor | float, high: Tensor | float, share: Tensor) -> Tensor:
    return low + (high - low) * share


def draw(labels: Tensor, x: Tensor, y: Tensor, radii: Tensor, side: int) -> Tensor:
    """Shapes (N, 1, side, side) around (x, y) in pixels, with soft edges.

    A pixel's brightness is its covered share, as its middle's distance from the edge gives it.
    """
    middles = torch.arange(side) + 0.5
    across = middles - x[:, None, None]  # (N, 1, side)
    down = middles[:, None] - y[:, None, None]  # (N, side, 1)
    distances = _distances(across, down, radii[:, None, None])  # (shapes, N, side, side)
    chosen = distances[labels, torch.arange(len(labels))]
    return (0.5 - chosen).clamp(0, 1)[:, None]


def _distances(x: Tensor, y: Tensor, radius: Tensor) -> Tensor:
    """How far each pixel lies outside each of SHAPES; negative inside. Exact at straight edges."""
    circle = torch.hypot(x, y) - radius
    half = radius / 2**0.5  # so that a square's corners lie on the circle
    square = torch.maximum(x.abs(), y.abs()) - half
    flank = 3**0.5 / 2 * x.abs() - y / 2
    triangle = torch.maximum(y, flank) - radius / 2
    long, thin = 0.95 * radius, 0.3 * radius
    upright = torch.maximum(x.abs() - thin, y.abs() - long)
    level = torch.maximum(x.abs() - long, y.abs() - thin)
    cross = torch.minimum(upright, level)
    return torch.stack([circle, square, triangle, cross])
