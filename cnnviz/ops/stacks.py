"""Kernel stacks (c_out, c_in, kernel_height, kernel_width): the course's, random ones, for colours.

A stack here is whole: it has a plane for every pair of an output and an input channel. A grouped
convolution takes the part of it that `grouped` cuts out.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cnnviz.ops import kernels
from cnnviz.problems import Problem

# name → what it takes of red, green and blue, and the plane it is spread over
_RGB: dict[str, tuple[tuple[float, float, float], str]] = {
    "luminance": ((0.299, 0.587, 0.114), ""),  # ITU-R BT.601, as for a grey photo
    "mean": ((1 / 3, 1 / 3, 1 / 3), ""),
    "red": ((1, 0, 0), ""),
    "green": ((0, 1, 0), ""),
    "blue": ((0, 0, 1), ""),
    "red-green": ((1, -1, 0), ""),
    "yellow-blue": ((0.5, 0.5, -1), ""),
    "blur": ((0.299, 0.587, 0.114), "gaussian"),
    "edge-x": ((0.299, 0.587, 0.114), "sobel-x"),
    "edge-y": ((0.299, 0.587, 0.114), "sobel-y"),
    "outline": ((0.299, 0.587, 0.114), "laplacian"),
    "red-edge": ((1, -1, 0), "sobel-x"),
}

RGB_NAMES = tuple(_RGB)


def course_stack(c_out: int, c_in: int) -> Tensor:
    """[[0, 1], [2, 3]] plus both channels' numbers: (c_out, c_in, 2, 2).

    With two input channels the first three are K, K + 1 and K + 2 of d2l 7.4.2.
    """
    numbers = torch.arange(c_out)[:, None] + torch.arange(c_in)
    return kernels.named("ramp") + numbers[..., None, None]


def random_stack(c_out: int, c_in: int, kernel_size: int, seed: int) -> Tensor:
    """Tenths from −0.9 to 0.9, drawn by this seed: (c_out, c_in, kernel_size, kernel_size)."""
    generator = torch.Generator().manual_seed(seed)
    shape = (c_out, c_in, kernel_size, kernel_size)
    return torch.randint(-9, 10, shape, generator=generator) / 10


def rgb_stack(names: Sequence[str]) -> Tensor:
    """Kernels for red, green and blue, one per output channel: (len(names), 3, k, k).

    Those that look at a single pixel are 1 × 1, in company of larger ones in the middle of 3 × 3.

    Raises:
        Problem: (a `ValueError`) for a name that is not in `RGB_NAMES`, or none at all.
    """
    if not names or (unknown := set(names) - set(_RGB)):
        wrong = ", ".join(sorted(unknown)) if names else ""
        raise Problem("kernel_unknown", name=wrong, allowed=", ".join(RGB_NAMES))
    found = [_RGB[name] for name in names]
    point = "identity" if any(spread for _, spread in found) else ""
    return torch.stack([_colour(weights, spread or point) for weights, spread in found])


def _colour(weights: tuple[float, float, float], spread: str) -> Tensor:
    plane = kernels.named(spread) if spread else torch.ones(1, 1)
    return torch.tensor(weights)[:, None, None] * plane


def in_group(c_out: int, c_in: int, groups: int) -> Tensor:
    """Which planes of a whole stack a grouped convolution has: bool (c_out, c_in).

    Raises:
        Problem: (a `ValueError`) where the groups do not divide both.
    """
    if groups < 1 or c_out % groups or c_in % groups:
        raise Problem("correlate_groups", channels=c_in, outputs=c_out, groups=groups)
    group_out = torch.arange(c_out) // (c_out // groups)
    group_in = torch.arange(c_in) // (c_in // groups)
    return group_out[:, None] == group_in


def grouped(stack: Tensor, groups: int) -> Tensor:
    """What a grouped convolution has of a whole stack: (c_out, c_in / groups, *kernel_size).

    A grouped convolution is a full one whose weights from one group to another are 0.
    """
    c_out, c_in, *size = stack.shape
    return stack[in_group(c_out, c_in, groups)].reshape(c_out, c_in // groups, *size)
