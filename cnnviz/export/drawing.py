"""Planes of numbers as cells on a Pillow image: colours, hatching, grids.

Text is `lettering`'s. Nothing here knows what a walk is.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import pairwise, product

import torch
from PIL import Image, ImageChops, ImageColor, ImageDraw
from torch import Tensor

from cnnviz.export.lettering import Colour

Box = tuple[int, int, int, int]  # left, top, right, bottom
NEAREST, BOX = Image.Resampling.NEAREST, Image.Resampling.BOX


@dataclass(frozen=True)
class Palette:
    """Blue is input, orange is kernel, green is output; signed values go blue to orange.

    Each colour is red, green, blue, from 0 to 255.
    """

    background: Colour
    text: Colour
    muted: Colour  # signs, shapes, small titles
    line: Colour  # between cells and around planes
    empty: Colour  # an output cell that is still to come
    hatch: Colour  # the stripes of padding
    unread: Colour  # rows and columns that no window covers
    input: Colour
    kernel: Colour
    output: Colour

    def ramps(self, steps: int) -> list[Colour]:
        """The colours between the background and each of the others."""
        inks = [getattr(self, field.name) for field in fields(self)]
        shares = [i / steps for i in range(steps + 1)]
        return [mix(self.background, ink, share) for share in shares for ink in inks]


def _palette(**colours: str) -> Palette:
    rgb = {name: ImageColor.getrgb(code)[:3] for name, code in colours.items()}
    return Palette(**rgb)


# The hues of .streamlit/config.toml; a test compares them.
LIGHT = _palette(
    background="#ffffff",
    text="#0d1424",
    muted="#66718a",
    line="#ccd4e2",
    empty="#f5f7fa",
    hatch="#dde3ed",
    unread="#a3adbf",
    input="#2f6fde",
    kernel="#d97706",
    output="#0b8f6a",
)
DARK = _palette(
    background="#11151d",
    text="#e6e9f0",
    muted="#97a3b8",
    line="#3b4557",
    empty="#1b212b",
    hatch="#2b3442",
    unread="#667288",
    input="#7aa9ff",
    kernel="#f2a24a",
    output="#3fcf9e",
)
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def mix(low: Colour, high: Colour, share: float) -> Colour:
    """`share` of the way from `low` to `high`."""
    red, green, blue = (round(a + share * (b - a)) for a, b in zip(low, high, strict=True))
    return red, green, blue


@dataclass(frozen=True)
class Scale:
    """Colours of numbers: `zero` at 0, `high` at `most` and `low` at −`most`."""

    low: Colour
    zero: Colour
    high: Colour
    most: float

    def colours(self, values: Tensor) -> Tensor:
        """(rows, cols) → (rows, cols, 3), uint8."""
        known = values.nan_to_num(0, posinf=0, neginf=0)  # what padding holds for pooling
        share = (known / (self.most or 1.0)).clamp(-1, 1)[..., None]
        low, zero, high = (
            torch.tensor(end, dtype=torch.float32) for end in (self.low, self.zero, self.high)
        )
        ends = torch.where(share < 0, low, high)
        return (zero + share.abs() * (ends - zero)).round().to(torch.uint8)


@dataclass(frozen=True)
class Grid:
    """Where a plane stands on the picture, in pixels; a cell may be less than one of them."""

    left: int
    top: int
    rows: int
    cols: int
    cell_width: float
    cell_height: float

    @property
    def size(self) -> tuple[int, int]:
        return max(1, round(self.cols * self.cell_width)), max(
            1, round(self.rows * self.cell_height)
        )

    def box(self, row: int, col: int, rows: int = 1, cols: int = 1) -> Box:
        """Left, top, right, bottom of a block of cells, both ends on its border lines."""
        return (
            self.left + round(col * self.cell_width),
            self.top + round(row * self.cell_height),
            self.left + round((col + cols) * self.cell_width),
            self.top + round((row + rows) * self.cell_height),
        )

    def middle(self, row: int, col: int) -> tuple[float, float]:
        left, top, right, bottom = self.box(row, col)
        return (left + right) / 2, (top + bottom) / 2

    def cells(self) -> product[tuple[int, int]]:
        """All cells, row by row."""
        return product(range(self.rows), range(self.cols))

    @property
    def outer(self) -> Box:
        return self.box(0, 0, self.rows, self.cols)


def paint(image: Image.Image, grid: Grid, colours: Tensor) -> None:
    """Fill the cells with these colours (rows, cols, 3), sharp."""
    cells = Image.fromarray(colours.contiguous().numpy())
    image.paste(cells.resize(grid.size, BOX if grid.cell_width < 1 else NEAREST), grid.outer[:2])


def hatch(
    image: Image.Image, grid: Grid, where: Tensor, colour: Colour, period: int, strength: float = 1
) -> None:
    """Stripe the cells that are True in `where` (rows, cols).

    `period` is in pixels; stripes fall to the right, and rise where it is negative.
    """
    if not where.any():
        return
    cells = Image.fromarray((where.contiguous() * 255).to(torch.uint8).numpy())
    mask = ImageChops.multiply(
        cells.resize(grid.size, NEAREST), _stripes(*grid.size, period, strength)
    )
    image.paste(colour, grid.outer[:2], mask)


@lru_cache(maxsize=32)
def _stripes(width: int, height: int, period: int, strength: float) -> Image.Image:
    """A mask of diagonal stripes, 40% of the area, with soft edges."""
    x, y = torch.arange(width), torch.arange(height)[:, None]
    along = (x - y if period > 0 else x + y) % abs(period)
    middle = (abs(period) - 1) / 2
    inside = (0.2 * abs(period) + 0.5 - (along - middle).abs()).clamp(0, 1)
    return Image.fromarray((inside * 255 * strength).round().to(torch.uint8).numpy())


def rule(draw: ImageDraw.ImageDraw, grid: Grid, colour: Colour, dash: int = 0) -> None:
    """Lines between and around all cells; `dash` is the length of a dash, 0 for solid."""
    left, top, right, bottom = grid.outer
    for row in range(grid.rows + 1):
        y = grid.box(row, 0)[1]
        _line(draw, (left, y), (right, y), colour, dash)
    for col in range(grid.cols + 1):
        x = grid.box(0, col)[0]
        _line(draw, (x, top), (x, bottom), colour, dash)


def border(draw: ImageDraw.ImageDraw, grid: Grid, colour: Colour, dash: int = 0) -> None:
    """A line around all cells."""
    left, top, right, bottom = grid.outer
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    for start, end in pairwise(corners):
        _line(draw, min(start, end), max(start, end), colour, dash)


def _line(
    draw: ImageDraw.ImageDraw,
    start: tuple[int, int],
    end: tuple[int, int],
    colour: Colour,
    dash: int,
) -> None:
    if not dash:
        draw.line((*start, *end), fill=colour)
        return
    across = start[1] == end[1]
    first, last = (start[0], end[0]) if across else (start[1], end[1])
    for at in range(first, last + 1, 2 * dash):
        to = min(at + dash - 1, last)
        draw.line((at, start[1], to, start[1]) if across else (start[0], at, start[0], to), colour)


def frame(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, width: int) -> None:
    """A rectangle whose line is centred on the box's border lines."""
    out = width // 2
    left, top, right, bottom = box
    draw.rectangle((left - out, top - out, right + out, bottom + out), outline=colour, width=width)


def ring(draw: ImageDraw.ImageDraw, box: Box, colour: Colour, halo: Colour, width: int) -> None:
    """A rectangle outside the box, which stays all visible; the halo sets it off from pixels."""
    left, top, right, bottom = box
    for line, out, thick in ((halo, width + 2, width + 2), (colour, width + 1, width)):
        around = (left - out, top - out, right - 1 + out, bottom - 1 + out)
        draw.rectangle(around, outline=line, width=thick)
