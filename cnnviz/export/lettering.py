"""Text for pictures, in the one scalable font that Pillow brings along.

That font has no minus sign (U+2212), multiplication sign, star, asterisk (U+2217) and infinity:
they are drawn here.
Sizes are in pixels an em; `y` is always the middle of the digits.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]  # red, green, blue: 0 to 255
Run = tuple[str, Colour]

DIGIT_HEIGHT = 0.71  # of an em
ADVANCE = {"−": 0.5, "×": 0.5, "★": 1.0, "∗": 1.0, "∞": 0.9}  # ems; signs the font does not have
SHARPER = 8  # signs are drawn so much larger, then shrunk: Pillow's shapes have hard edges
_RUNS = re.compile("[−×★∗∞]|[^−×★∗∞]+")


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # pragma: no cover
        raise RuntimeError("Pillow was built without FreeType, so it cannot draw scalable text.")
    return font


@lru_cache(maxsize=20_000)
def measure(text: str, size: int) -> float:
    """How wide the text is, in pixels."""
    return sum(
        ADVANCE[run] * size if run in ADVANCE else _font(size).getlength(run)
        for run in _RUNS.findall(text)
    )


def write(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    fill: Colour,
    *,
    align: float = 0.5,
    bold: bool = False,
) -> float:
    """Write a line and return where it ends; `align` is 0 for left, 0.5 middle, 1 right."""
    width, stamp = measure(text, size), _stamp(text, size, bold)
    x = at[0] - align * width
    draw.bitmap((round(x) - size, round(at[1]) - size), stamp, fill=fill)
    return x + width


@lru_cache(maxsize=5_000)  # a walk shows the same numbers again and again
def _stamp(text: str, size: int, bold: bool) -> Image.Image:
    """A mask of the text, with one em of room around it: it starts at (size, size)."""
    stamp = Image.new("L", (2 * size + math.ceil(measure(text, size)), 2 * size))
    draw, x = ImageDraw.Draw(stamp), float(size)
    for run in _RUNS.findall(text):
        if run in ADVANCE:
            sign = _sign(run, size)
            stamp.paste(255, (round(x), size - sign.height // 2), sign)
        else:
            at = (x, size + round(DIGIT_HEIGHT * size / 2))
            draw.text(at, run, 255, _font(size), "ls", stroke_width=size * 0.025 * bold)
        x += measure(run, size)
    return stamp


def write_runs(
    draw: ImageDraw.ImageDraw,
    at: tuple[float, float],
    runs: Sequence[Run],
    size: int,
    *,
    align: float = 0.5,
) -> None:
    """Write pieces of different colours on one line."""
    x = at[0] - align * sum(measure(text, size) for text, _ in runs)
    for text, colour in runs:
        x = write(draw, (x, at[1]), text, size, colour, align=0)


@lru_cache(maxsize=256)
def _sign(sign: str, size: int) -> Image.Image:
    """A mask of the sign, as wide as its advance and one em high."""
    width, height = round(ADVANCE[sign] * size), size
    large = Image.new("L", (width * SHARPER, height * SHARPER))
    draw, em = ImageDraw.Draw(large), size * SHARPER
    x, y = large.width / 2, large.height / 2
    if sign == "−":
        draw.rectangle((x - 0.2 * em, y - 0.04 * em, x + 0.2 * em, y + 0.04 * em), fill=255)
    elif sign == "×":
        for up in (-1, 1):
            ends = (x - 0.17 * em, y - 0.17 * em * up, x + 0.17 * em, y + 0.17 * em * up)
            draw.line(ends, fill=255, width=round(0.08 * em))
    elif sign == "∞":
        for side in (-1, 1):
            ring = (x + side * 0.185 * em, y)
            draw.circle(ring, 0.215 * em, outline=255, width=round(0.075 * em))
    elif sign == "∗":
        for ends in _asterisk(x, y, 0.4 * em):
            draw.line(ends, fill=255, width=round(0.11 * em))
    else:
        draw.polygon(_star(x, y, 0.48 * em), fill=255)
    return large.resize((width, height), Image.Resampling.BOX)


def _asterisk(x: float, y: float, radius: float) -> list[tuple[float, float, float, float]]:
    """The three lines through the middle that are its six arms, one of them up."""
    turns = [math.pi * i / 3 for i in range(3)]
    reaches = [(radius * math.sin(turn), radius * math.cos(turn)) for turn in turns]
    return [(x + across, y - up, x - across, y + up) for across, up in reaches]


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """The ten corners of a star with five points, one of them up."""
    corners = []
    for i in range(10):
        reach, angle = (radius, 0.4 * radius)[i % 2], math.pi * i / 5
        corners.append((x + reach * math.sin(angle), y - reach * math.cos(angle)))
    return corners
