"""Named kernels for images; what each shows is said by the catalogues, `kernel.shows.<name>`.

Every kernel is a (kernel_height, kernel_width) float32 tensor, written as it is applied by a
cross-correlation. Sobel and Laplacian: Gonzalez and Woods, *Digital Image Processing*, ch. 3;
the edge kernel: d2l 7.2.3.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from cnnviz.problems import Problem

# name → rows
_ROWS: dict[str, list[list[float]]] = {
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "ramp": [[0, 1], [2, 3]],
    "edge": [[1, -1]],
    "sobel-x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "sobel-y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "box": [[1 / 9] * 3] * 3,
    "gaussian": [
        [1 / 16, 2 / 16, 1 / 16],
        [2 / 16, 4 / 16, 2 / 16],
        [1 / 16, 2 / 16, 1 / 16],
    ],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
    "diagonal-down": [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]],
    "diagonal-up": [[2, 1, 0], [1, 0, -1], [0, -1, -2]],
    "second-derivative": [[1, -2, 1]],
    "cross": [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
}

NAMES = tuple(_ROWS)


def named(name: str) -> Tensor:
    """The kernel with this name; raises `Problem` (a ValueError) that lists the names."""
    if name not in _ROWS:
        raise Problem("kernel_unknown", name=name, allowed=", ".join(NAMES))
    return torch.tensor(_ROWS[name], dtype=torch.float32)


def from_direction(dx: float, dy: float) -> Tensor:
    """A 3×3 edge kernel that answers most to brightness growing along (dx, dy).

    The derivative along a direction is the gradient's dot product with it (Freeman and
    Adelson 1991, steerable filters): cos θ · Sobel x + sin θ · Sobel y. x points right, y down.
    The vector's length does not matter; `Problem` (a ValueError) where it is 0 or not finite.
    """
    length = math.hypot(dx, dy)
    if not length or not math.isfinite(length):
        raise Problem("direction_zero")
    return (dx * named("sobel-x") + dy * named("sobel-y")) / length
