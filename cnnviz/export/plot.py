"""Curves, circles and marks in a frame, several side by side, as a picture or an animation.

There are no words on it but titles and ticks, which the caller keeps free of language.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from cnnviz.export.drawing import DARK, LIGHT, Palette, mix
from cnnviz.export.lettering import write
from cnnviz.export.sheet import animated

Point = tuple[float, float]
Ticks = tuple[tuple[float, str], ...]  # where, and what stands there

SHARPER = 3  # drawn so much larger, then shrunk: Pillow's lines have hard edges
TYPE = 24  # pixels of a picture 1600 wide, as all below
HEIGHT, EDGE, GAP, LEFT, BOTTOM, TOP = 640, 32, 56, 84, 52, 56


@dataclass(frozen=True)
class Curve:
    """A line through points; `role` is one of the palette's colours."""

    points: tuple[Point, ...]
    role: str
    width: int = 5


@dataclass(frozen=True)
class Circle:
    """A filled circle; its radius counts along x."""

    middle: Point
    radius: float
    role: str
    fill: float = 1.0  # how strong; below 1 there is a line around it
    name: str = ""  # at its lower end: inside where it is pale, below where it is not


@dataclass(frozen=True)
class Plot:
    """One frame; what lies beyond its ranges is cut."""

    title: str
    x: tuple[float, float]
    y: tuple[float, float]
    curves: tuple[Curve, ...] = ()
    circles: tuple[Circle, ...] = ()
    x_ticks: Ticks = ()
    y_ticks: Ticks = ()
    even: bool = False  # whether a unit is as long on both axes: then x's range is widened


def plots_png(plots: Sequence[Plot], dark: bool, width: int = 1600) -> bytes:
    """The plots side by side as a PNG, `width` pixels wide."""
    file = io.BytesIO()
    _draw(plots, dark, width).save(file, "PNG", optimize=True)
    return file.getvalue()


def plots_gif(frames: Sequence[Sequence[Plot]], dark: bool, milliseconds: int = 700) -> bytes:
    """One row of plots after the other as a GIF that loops."""
    return animated([_draw(plots, dark, 960) for plots in frames], milliseconds)


def _draw(plots: Sequence[Plot], dark: bool, width: int) -> Image.Image:
    palette, unit = DARK if dark else LIGHT, width / 1600
    image = Image.new("RGB", (width, round(HEIGHT * unit)), palette.background)
    room = (1600 - 2 * EDGE - GAP * (len(plots) - 1)) / len(plots)
    for i, plot in enumerate(plots):
        left = EDGE + i * (room + GAP)
        inside = (left + LEFT * bool(plot.y_ticks), TOP, left + room, HEIGHT - BOTTOM)
        _Frame(plot, palette, unit, *(round(unit * side) for side in inside)).draw(image)
    return image


@dataclass(frozen=True)
class _Frame:
    """A plot at its place on the picture, in pixels."""

    plot: Plot
    palette: Palette
    unit: float  # pixels of this picture for one of a picture 1600 wide
    left: int
    top: int
    right: int
    bottom: int

    def draw(self, image: Image.Image) -> None:
        size = (self.right - self.left, self.bottom - self.top)
        large = Image.new("RGB", (size[0] * SHARPER, size[1] * SHARPER), self.palette.background)
        pen = ImageDraw.Draw(large)
        for circle in self.plot.circles:
            if circle.fill < 1:
                self._circle(pen, circle, filled=True)
        for circle in self.plot.circles:  # lines after all grounds, which would cover them
            self._circle(pen, circle, filled=circle.fill == 1)
        for curve in self.plot.curves:
            corners = [self._large(point) for point in curve.points]
            thick = round(SHARPER * curve.width * self.unit)
            pen.line(corners, getattr(self.palette, curve.role), thick, joint="curve")
        image.paste(large.resize(size, Image.Resampling.BOX), (self.left, self.top))
        self._write(ImageDraw.Draw(image))

    @property
    def _x(self) -> tuple[float, float]:
        """The range of x that is seen."""
        (x0, x1), (y0, y1) = self.plot.x, self.plot.y
        if not self.plot.even:
            return x0, x1
        wide = (y1 - y0) * (self.right - self.left) / (self.bottom - self.top)
        return (x0 + x1 - wide) / 2, (x0 + x1 + wide) / 2

    def _at(self, point: Point) -> Point:
        (x0, x1), (y0, y1) = self._x, self.plot.y
        across, up = (point[0] - x0) / (x1 - x0), (point[1] - y0) / (y1 - y0)
        return (
            self.left + across * (self.right - self.left),
            self.bottom - up * (self.bottom - self.top),
        )

    def _large(self, point: Point) -> Point:
        x, y = self._at(point)
        return SHARPER * (x - self.left), SHARPER * (y - self.top)

    def _circle(self, pen: ImageDraw.ImageDraw, circle: Circle, *, filled: bool) -> None:
        ink, ground = getattr(self.palette, circle.role), self.palette.background
        middle = self._large(circle.middle)
        low, high = self._x
        radius = SHARPER * circle.radius * (self.right - self.left) / (high - low)
        if filled:
            pen.circle(middle, radius, mix(ground, ink, circle.fill))
        else:
            pen.circle(middle, radius, outline=ink, width=round(2 * SHARPER * self.unit))

    def _write(self, pen: ImageDraw.ImageDraw) -> None:
        size, muted = round(TYPE * self.unit), self.palette.muted
        middle = (self.left + self.right) / 2
        write(
            pen,
            (middle, self.top - 0.5 * TOP * self.unit),
            self.plot.title,
            size,
            self.palette.text,
            bold=True,
        )
        pen.rectangle((self.left, self.top, self.right, self.bottom), outline=self.palette.line)
        for at, text in self.plot.x_ticks:
            x, _ = self._at((at, 0))
            write(pen, (x, self.bottom + 0.5 * BOTTOM * self.unit), text, size, muted)
        for at, text in self.plot.y_ticks:
            _, y = self._at((0, at))
            write(pen, (self.left - 12 * self.unit, y), text, size, muted, align=1)
        for circle in self.plot.circles:
            if circle.name:
                x, y = self._at((circle.middle[0], circle.middle[1] - circle.radius))
                y -= 0.8 * size if circle.fill < 1 else -size
                write(pen, (x, y), circle.name, size, self.palette.text)
