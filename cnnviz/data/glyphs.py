"""Small drawings to be moved about on a board of pixels."""

from __future__ import annotations

import torch
from torch import Tensor

# name → rows; # is drawn
_DRAWN = {
    "plus": (".#.", "###", ".#."),
    "corner": ("#..", "#..", "###"),
    "ring": ("###", "#.#", "###"),
    "arrow": ("###", "##.", "#.#"),
    "dot": ("#",),
}

GLYPHS = tuple(_DRAWN)
SHARES = (1.0, 0.5, 0.25)  # of brightness in the first, second and third channel


def glyph(name: str, height: int, width: int, channels: int = 1) -> Tensor:
    """The drawing in the middle of a dark board: (channels, height, width) from 0 to 1."""
    drawn = torch.tensor([[float(cell == "#") for cell in row] for row in _DRAWN[name]])
    rows, cols = drawn.shape
    top, left = (height - rows) // 2, (width - cols) // 2
    board = torch.zeros(channels, height, width)
    shares = torch.tensor(SHARES[:channels])
    board[:, top : top + rows, left : left + cols] = shares[:, None, None] * drawn
    return board
