"""A row of planes as a picture, and several such rows as an animation: what is not a walk.

There are no words on it but the titles, which the caller keeps free of language.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageDraw
from torch import Tensor

from cnnviz.export.drawing import (
    BLACK,
    DARK,
    LIGHT,
    WHITE,
    Grid,
    Palette,
    Scale,
    border,
    frame,
    mix,
    paint,
    rule,
)
from cnnviz.export.layout import MOST_NUMBERED, SIGNED, fit_lettering
from cnnviz.export.lettering import measure, write

MARGIN, GAP, TITLE, TITLE_ROOM, CAPTION_ROOM = 40, 48, 26, 56, 48  # pixels
REST = 1500  # milliseconds that the last picture stays longer
TINT = 0.3  # of the full colour, below text

Role = Literal["input", "kernel", "output"]


@dataclass(frozen=True)
class Panel:
    """One plane with its title."""

    title: str
    values: Tensor  # (rows, cols), finite
    role: Role  # the title's colour
    marked: tuple[tuple[int, int, int, int], ...] = ()  # frames: row, column, rows, columns
    caption: str = ""  # below the plane
    shape: str | None = None  # beside the title; by default the plane's own
    blank: bool = False  # whether only its place is drawn


def sheet_png(panels: Sequence[Panel], dark: bool, width: int = 1600, across: int = 0) -> bytes:
    """The panels side by side as a PNG, `width` pixels wide; `across`: most of them in a row."""
    file = io.BytesIO()
    _draw_rows(panels, dark, width, across).save(file, "PNG", optimize=True)
    return file.getvalue()


def sheet_gif(
    frames: Sequence[Sequence[Panel]],
    dark: bool,
    milliseconds: int = 500,
    width: int = 960,
    across: int = 0,
) -> bytes:
    """One sheet of panels after the other as a GIF that loops; all of the same shapes."""
    return animated([_draw_rows(panels, dark, width, across) for panels in frames], milliseconds)


def animated(images: Sequence[Image.Image], milliseconds: int) -> bytes:
    """Pictures of one size as a GIF that loops, the last one shown longer."""
    drawn = [image.quantize(255) for image in images]
    durations = [milliseconds] * len(drawn)
    durations[-1] += REST
    file = io.BytesIO()
    drawn[0].save(
        file, "GIF", save_all=True, append_images=drawn[1:], duration=durations, loop=0, disposal=1
    )
    return file.getvalue()


def _draw_rows(panels: Sequence[Panel], dark: bool, width: int, across: int) -> Image.Image:
    """Rows of panels, one below the other; the last one is filled up with room."""
    across = across or len(panels)
    if len(panels) <= across:
        return _draw(panels, dark, width)
    rows = [
        _draw(panels[i : i + across], dark, width, across) for i in range(0, len(panels), across)
    ]
    image = Image.new("RGB", (width, sum(row.height for row in rows)))
    top = 0
    for row in rows:
        image.paste(row, (0, top))
        top += row.height
    return image


def _draw(panels: Sequence[Panel], dark: bool, width: int, across: int = 0) -> Image.Image:
    palette, unit = DARK if dark else LIGHT, width / 1600
    margin, gap = MARGIN * unit, GAP * unit
    places = across or len(panels)
    room = (width - 2 * margin - gap * (places - 1)) / places
    high = max(panel.values.shape[0] * _cell(panel, room) for panel in panels)
    top = (MARGIN + TITLE_ROOM) * unit
    below = CAPTION_ROOM * unit if any(panel.caption for panel in panels) else 0
    image = Image.new("RGB", (width, round(top + high + below + margin)), palette.background)
    for i, panel in enumerate(panels):
        middle = margin + i * (room + gap) + room / 2
        _draw_panel(image, panel, palette, unit, room, (middle, top + high / 2))
        write(
            ImageDraw.Draw(image),
            (middle, top + high + below / 2),
            panel.caption,
            round(0.8 * TITLE * unit),
            palette.muted,
        )
    return image


def _cell(panel: Panel, room: float) -> float:
    """Wide enough for the panel's room; a flat one, no higher than a square one."""
    cell = room / max(panel.values.shape)
    return float(int(cell)) if cell >= 2 else cell


def _draw_panel(
    image: Image.Image,
    panel: Panel,
    palette: Palette,
    unit: float,
    room: float,
    middle: tuple[float, float],
) -> None:
    rows, cols = panel.values.shape
    cell = _cell(panel, room)
    left, top = round(middle[0] - cols * cell / 2), round(middle[1] - rows * cell / 2)
    grid, draw = Grid(left, top, rows, cols, cell, cell), ImageDraw.Draw(image)
    _write_title(draw, panel, palette, unit, (middle[0], top - 0.5 * TITLE_ROOM * unit))
    if panel.blank:
        border(draw, grid, palette.line)
        return
    numbered = max(rows, cols) <= MOST_NUMBERED
    size = min(0.4 * cell, 30 * unit)
    lettering = fit_lettering(panel.values, "", size, cell, 9 * unit) if numbered else None
    paint(image, grid, _scale(panel, palette, numbered=lettering is not None).colours(panel.values))
    (rule if lettering else border)(draw, grid, palette.line)
    if lettering:
        for row, col in grid.cells():
            at = grid.middle(row, col)
            lettering.write(draw, at, float(panel.values[row, col]), palette.text)
    for box in panel.marked:
        frame(draw, grid.box(*box), palette.kernel, max(2, round(4 * unit)))


def _scale(panel: Panel, palette: Palette, *, numbered: bool) -> Scale:
    """Signed planes from blue to orange, pictures without a sign in grey."""
    values, ground = panel.values, palette.background
    most = float(values.abs().max())
    if (values < 0).any() or panel.role == "kernel":
        share = SIGNED if numbered else 1.0
        return Scale(
            mix(ground, palette.input, share), ground, mix(ground, palette.kernel, share), most
        )
    if numbered:
        return Scale(ground, ground, mix(ground, getattr(palette, panel.role), TINT), most)
    return Scale(BLACK, BLACK, WHITE, most)


def _write_title(
    draw: ImageDraw.ImageDraw,
    panel: Panel,
    palette: Palette,
    unit: float,
    at: tuple[float, float],
) -> None:
    size = round(TITLE * unit)
    own = " × ".join(map(str, panel.values.shape))
    shape = "  " + (own if panel.shape is None else panel.shape)
    x = at[0] - (measure(panel.title, size) + measure(shape, size)) / 2
    ink = getattr(palette, panel.role)
    x = write(draw, (x, at[1]), panel.title, size, ink, align=0, bold=True)
    write(draw, (x, at[1]), shape, size, palette.muted, align=0)
