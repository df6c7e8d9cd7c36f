"""Named kernels; what each shows is said by the catalogues, `kernel.shows.<name>` for images.

Every kernel is a float32 tensor, written as it is applied by a cross-correlation: those for
images (kernel_height, kernel_width), on a line (k,), in space (kernel_depth, k, k). Sobel and
Laplacian: Gonzalez and Woods, *Digital Image Processing*, ch. 3; the edge kernel: d2l 7.2.3.
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


# ---- on a line and in space

_ON_A_LINE: dict[str, list[float]] = {
    "identity": [1],
    "difference": [1, -1],
    "central": [-0.5, 0, 0.5],  # the slope, between both neighbours
    "second": [1, -2, 1],
}
SMOOTHING = ("gaussian", "mean")  # have a size
ON_A_LINE = (*SMOOTHING, *_ON_A_LINE)
IN_SPACE = ("edge", "motion", "mean")


def on_a_line(name: str, size: int = 3) -> Tensor:
    """A kernel (k,) for a signal; `size` counts for those of `SMOOTHING`, which sum to 1.

    The Gaussian is the row of Pascal's triangle with `size` numbers, its usual stand-in in whole
    numbers: [1, 2, 1] / 4 for 3, with a variance of (size − 1) / 4.
    """
    if name == "mean":
        return torch.full((size,), 1 / size)
    if name == "gaussian":
        row = [math.comb(size - 1, i) / 2 ** (size - 1) for i in range(size)]
        return torch.tensor(row, dtype=torch.float32)
    if name not in _ON_A_LINE:
        raise Problem("kernel_unknown", name=name, allowed=", ".join(ON_A_LINE))
    return torch.tensor(_ON_A_LINE[name], dtype=torch.float32)


def in_space(name: str, depth: int = 3, size: int = 3) -> Tensor:
    """A kernel for a volume; `depth` and `size` count for the mean, (depth, size, size).

    "motion", (2, 1, 1), takes the next slice from each; "edge", (3, 3, 3), is the Laplacian with
    its six neighbours.
    """
    if name == "mean":
        return torch.full((depth, size, size), 1 / (depth * size * size))
    if name == "motion":
        return torch.tensor([1.0, -1.0]).reshape(2, 1, 1)
    if name != "edge":
        raise Problem("kernel_unknown", name=name, allowed=", ".join(IN_SPACE))
    kernel = torch.zeros(3, 3, 3)
    kernel[1] = named("laplacian")
    kernel[0, 1, 1] = kernel[2, 1, 1] = 1
    kernel[1, 1, 1] = -6
    return kernel
