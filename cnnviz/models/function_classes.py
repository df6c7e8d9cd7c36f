"""Function classes as discs (d2l 8.6.1): the best a class can do is its point nearest to the truth.

A class of functions is drawn as a disc of the plane, a function as a point, and how much worse than
the truth f* the best function of the class is as the distance between the disc and f*. Where each
class holds the one before it, that distance can't grow; where they merely get larger, it can.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Point = tuple[float, float]  # to the right, upwards

WIDTH, HEIGHT = 12.0, 9.0  # of the plane that the classes lie on
TRUTH = (10.6, 7.2)


class Disc(NamedTuple):
    """A class of functions: all points within `radius` of (x, y)."""

    x: float
    y: float
    radius: float

    def nearest(self, point: Point) -> Point:
        """The disc's point that is nearest to this one: the point itself, if it is in it."""
        across, up = point[0] - self.x, point[1] - self.y
        away = math.hypot(across, up)
        share = 1.0 if away <= self.radius else self.radius / away
        return self.x + share * across, self.y + share * up

    def distance(self, point: Point) -> float:
        """How far the point is from the disc; 0 inside."""
        return max(0.0, math.hypot(point[0] - self.x, point[1] - self.y) - self.radius)

    def holds(self, other: Disc) -> bool:
        """Whether every point of the other disc is one of this."""
        return math.hypot(other.x - self.x, other.y - self.y) <= self.radius - other.radius


ARRANGEMENTS: Mapping[str, tuple[Disc, ...]] = {  # of the same six sizes
    "nested": (
        Disc(3.2, 4.9, 0.8),
        Disc(3.5, 4.8, 1.3),
        Disc(3.9, 4.7, 1.9),
        Disc(4.3, 4.7, 2.5),
        Disc(4.8, 4.6, 3.2),
        Disc(5.2, 4.5, 4.0),
    ),
    "loose": (
        Disc(2.4, 3.6, 0.8),
        Disc(5.2, 6.6, 1.3),
        Disc(7.6, 4.4, 1.9),
        Disc(6.6, 3.0, 2.5),
        Disc(3.7, 5.7, 3.2),
        Disc(4.3, 4.4, 4.0),
    ),
}


def risen(values: Sequence[float]) -> list[int]:
    """Where a value is larger than the one before it, beyond rounding: indices from 1."""
    return [i for i in range(1, len(values)) if values[i] > values[i - 1] + 1e-9]
