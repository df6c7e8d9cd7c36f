"""What stands still while the window walks over one plane of the output: X, K, an empty Y."""

from __future__ import annotations

import re

import torch
from PIL import Image, ImageDraw
from torch import Tensor

from cnnviz.export.drawing import (
    BLACK,
    WHITE,
    Grid,
    Palette,
    Scale,
    border,
    hatch,
    mix,
    paint,
    rule,
)
from cnnviz.export.layout import SIGNED, TAG, TITLE, Column, Layout, titles
from cnnviz.export.lettering import Colour, measure, write
from cnnviz.export.view import Place, Planes
from cnnviz.ops import Pooling, Walk

FAINTEST = 0.01  # of the largest: negative pixels nearer to 0 have no colour, and no stripes
_AROUND = re.compile(r"(flip\(|\))")  # a name in a title: not bold, where letters would clog


class Ground:
    """Draws the still parts of a walk's pictures, in the same colours for all planes."""

    def __init__(self, walk: Walk, layout: Layout, palette: Palette) -> None:
        self.walk, self.layout, self.palette = walk, layout, palette
        self.scales = (
            self._scale(walk.input, layout.input, palette.text, 0.14),
            self._scale(walk.input, layout.kernel, palette.text, 0.14)
            if isinstance(walk, Pooling)
            else self._scale(walk.kernel, layout.kernel, palette.kernel, SIGNED, signed=True),
            self._scale(walk.output, layout.output, palette.output, 0.32),
        )

    def draw(self, place: Place, planes: Planes) -> tuple[Image.Image, Image.Image]:
        """The picture without the window, with nothing of Y known and with all of it."""
        before = Image.new("RGB", (self.layout.width, self.layout.height), self.palette.background)
        for n in range(len(self.layout.input.grids)):
            self._draw_input(before, planes, n)
            if not isinstance(self.walk, Pooling):
                self._draw_plain(before, self.layout.kernel, n, planes.kernels[n], self.scales[1])
        self._write_around(ImageDraw.Draw(before), place, planes)
        after = before.copy()
        self._draw_empty(before)
        self._draw_known(after, planes)
        return before, after

    def _scale(
        self, values: Tensor, column: Column, tint: Colour, share: float, *, signed: bool = False
    ) -> Scale:
        """The colours of a tensor's numbers; the largest gets `share` of `tint`, below text."""
        palette, most = self.palette, float(values.abs().max())
        ground = palette.background
        if signed or (values < 0).any():
            share = SIGNED if column.lettering else 1.0
            low, high = (mix(ground, end, share) for end in (palette.input, palette.kernel))
            return Scale(low, ground, high, most)
        if column.lettering:
            return Scale(ground, ground, mix(ground, tint, share), most)
        return Scale(BLACK, BLACK, WHITE, most)

    def _draw_input(self, image: Image.Image, planes: Planes, n: int) -> None:
        palette, column, px = self.palette, self.layout.input, self.layout.px
        grid, values, padding = column.grids[n], planes.inputs[n], planes.padding[n]
        ground = torch.tensor(palette.background, dtype=torch.uint8)
        paint(image, grid, torch.where(padding[..., None], ground, self.scales[0].colours(values)))
        self._stripe_negative(image, column, grid, values, self.scales[0])
        hatch(image, grid, padding, palette.hatch, px(10))
        hatch(image, grid, planes.leftover, palette.unread, -px(7), 0.75)
        draw, lines = ImageDraw.Draw(image), rule if column.lettering else border
        if padding.any():
            lines(draw, grid, palette.line, px(3))
            border(draw, grid, palette.unread, px(3))
        if inside := _inside(grid, padding):
            lines(draw, inside, palette.line)
        faint = padding | planes.leftover
        _write_numbers(draw, column, grid, values, ~faint, palette.text)
        _write_numbers(draw, column, grid, values, faint, palette.muted)

    def draw_held(self, image: Image.Image, values: Tensor) -> None:
        """What pooling's window holds, in the kernel's place; it changes with every step."""
        self._draw_plain(image, self.layout.kernel, 0, values, self.scales[1])

    def _draw_known(self, image: Image.Image, planes: Planes) -> None:
        self._draw_plain(image, self.layout.output, 0, planes.output, self.scales[2])

    def _draw_plain(
        self, image: Image.Image, column: Column, n: int, values: Tensor, scale: Scale
    ) -> None:
        """A plane without padding."""
        grid, draw = column.grids[n], ImageDraw.Draw(image)
        paint(image, grid, scale.colours(values))
        self._stripe_negative(image, column, grid, values, scale)
        (rule if column.lettering else border)(draw, grid, self.palette.line)
        everywhere = torch.ones_like(values, dtype=torch.bool)
        _write_numbers(draw, column, grid, values, everywhere, self.palette.text)

    def _stripe_negative(
        self, image: Image.Image, column: Column, grid: Grid, values: Tensor, scale: Scale
    ) -> None:
        """So that pixels show their sign without colour; numbers carry their own."""
        if not column.lettering:
            negative = values < -FAINTEST * scale.most
            hatch(image, grid, negative, self.palette.text, self.layout.px(5), 0.35)

    def _draw_empty(self, image: Image.Image) -> None:
        """The output's plane before the first step."""
        column, palette, draw = self.layout.output, self.palette, ImageDraw.Draw(image)
        grid = column.grids[0]
        draw.rectangle(grid.outer, fill=palette.empty)
        (rule if column.lettering else border)(draw, grid, palette.line)
        for cell in grid.cells() if column.lettering else ():
            write(draw, grid.middle(*cell), "·", self.layout.px(16), palette.muted)

    def _write_around(self, draw: ImageDraw.ImageDraw, place: Place, planes: Planes) -> None:
        at, palette = self.layout, self.palette
        columns = (at.input, at.kernel, at.output)
        inks = (palette.input, palette.kernel, palette.output)
        names = titles(self.walk, place)
        for column, title, ink in zip(columns, names, inks, strict=True):
            self._write_title(draw, column, title, ink)
        self._write_tags(draw, at.input, planes.labels)
        self._write_tags(draw, at.kernel, planes.kernel_labels)
        sign, equals, y = at.signs
        if not isinstance(self.walk, Pooling):
            write(draw, (sign, y), "∗" if self.walk.flip else "★", at.px(22), palette.muted)
        write(draw, (equals, y), "=", at.px(32), palette.muted)

    def _write_title(
        self, draw: ImageDraw.ImageDraw, column: Column, title: tuple[str, str], ink: Colour
    ) -> None:
        size, y = self.layout.px(TITLE), column.grids[0].top - self.layout.px(20)
        if column.tagged:
            y -= self.layout.px(TAG)
        x = column.middle - measure("  ".join(title), size) / 2
        for part in _AROUND.split(title[0]):
            x = write(draw, (x, y), part, size, ink, align=0, bold=not _AROUND.match(part))
        write(draw, (x, y), f"  {title[1]}", size, self.palette.muted, align=0)

    def _write_tags(
        self, draw: ImageDraw.ImageDraw, column: Column, labels: tuple[str, ...]
    ) -> None:
        """Each of several planes' own small title, and how many there is no room for."""
        px, ink = self.layout.px, self.palette.muted
        for grid, label in zip(column.grids, labels, strict=False):
            if column.tagged:
                above = (grid.left, grid.top - px(TAG / 2))
                write(draw, above, f"[{label}]", px(12), ink, align=0)
        if column.more:
            below = (column.middle, column.grids[-1].outer[3] + px(TAG / 2))
            write(draw, below, f"+{column.more}", px(15), ink)


def _write_numbers(
    draw: ImageDraw.ImageDraw,
    column: Column,
    grid: Grid,
    values: Tensor,
    where: Tensor,
    ink: Colour,
) -> None:
    """Write the numbers of the cells that are True in `where`, if numbers fit."""
    if column.lettering:
        for row, col in where.nonzero().tolist():
            column.lettering.write(draw, grid.middle(row, col), float(values[row, col]), ink)


def _inside(grid: Grid, padding: Tensor) -> Grid | None:
    """The part of the grid that is input, or None where all is padding."""
    rows, cols = (~padding).any(1).nonzero().flatten(), (~padding).any(0).nonzero().flatten()
    if not len(rows):
        return None
    left, top, _, _ = grid.box(int(rows[0]), int(cols[0]))
    return Grid(left, top, len(rows), len(cols), grid.cell_width, grid.cell_height)
