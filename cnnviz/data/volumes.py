"""Small volumes of 0 and 1: float32 (depth, rows, columns), small enough to be read as numbers."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

DEPTH, SIDE = 4, 5


def ball() -> Tensor:
    """A solid ball: 1 within a radius of 2.1 around the middle."""
    depth = torch.arange(DEPTH) - (DEPTH - 1) / 2
    side = torch.arange(SIDE) - (SIDE - 1) / 2
    distance = depth.square()[:, None, None] + side.square()[:, None] + side.square()
    return (distance <= 2.1**2).float()


def moving() -> Tensor:
    """A film of four pictures: a cross moves right, a column a picture, and stops at the last."""
    film = torch.zeros(DEPTH, SIDE, SIDE)
    cross = torch.tensor([[0.0, 1, 0], [1, 1, 1], [0, 1, 0]])
    for picture, left in zip(film, (0, 1, 2, 2), strict=True):
        picture[1:4, left : left + 3] = cross
    return film


VOLUMES: dict[str, Callable[[], Tensor]] = {"moving": moving, "ball": ball}
