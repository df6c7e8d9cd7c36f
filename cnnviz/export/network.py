"""A network taken along: its diagram as a picture, its table as CSV."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageColor, ImageDraw

from cnnviz.export.drawing import DARK, LIGHT, Palette, mix
from cnnviz.export.lettering import Colour, write
from cnnviz.models.diagram import Diagram, Edge, Frame, Node
from cnnviz.models.diagram_nodes import LINE, STEP, TEXT, titled
from cnnviz.models.layers import sizes
from cnnviz.models.summary import LayerRow

SHARPER = 2  # drawn so much larger, then shrunk: Pillow's shapes have hard edges
SMALLEST_TYPE = 11  # pixels; a network that would need smaller makes the picture wider,
WIDEST = 16_000  # up to here; then the type gets smaller
MOST_SHARP = 12_000_000  # pixels; a larger picture, whose memory would run over, is drawn once
CORNER = 10.0  # radius of an edge's turn
VIOLET = ("#8b6ff0", "#b29bff")  # light, dark: as in .streamlit/config.toml; a test compares them
RED = ("#d43d51", "#ff8a95")
FILLED = 0.2  # how much of its colour is in a sheet
COLUMNS = (
    "path", "kind", "detail", "output_shape", "parameters", "parameters_formula", "macs",
    "activation_bytes", "receptive_field", "jump", "group", "branch", "inputs", "problem",
)  # fmt: skip
Point = tuple[float, float]


def table_csv(rows: Sequence[LayerRow]) -> str:
    """The table as it is, a line a row; shapes are written 6×28×28, sides that differ 5×7."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(cells(row))
    return out.getvalue()


def cells(row: LayerRow) -> list[object]:
    """What stands in a row's line under `COLUMNS`."""
    return [_cell(name, getattr(row, name)) for name in COLUMNS]


def _cell(name: str, value: object) -> object:
    if isinstance(value, tuple):
        return " ".join(map(str, value)) if name == "inputs" else sizes(value)
    return "" if value is None else value


def network_png(
    diagram: Diagram, lines: Sequence[str], dark: bool = False, width: int = 1600
) -> bytes:
    """The picture of `network_image`, as a file."""
    out = io.BytesIO()
    network_image(diagram, lines, dark, width).save(out, "PNG", optimize=True)
    return out.getvalue()


def network_image(
    diagram: Diagram, lines: Sequence[str], dark: bool = False, width: int = 1600
) -> Image.Image:
    """The diagram under its title lines, the first of them large.

    `width` is in pixels; a network too long for legible labels makes the picture wider.
    """
    legible = min(SMALLEST_TYPE / TEXT, max(WIDEST, width) / diagram.width)
    scale = min(2.0, max(width / diagram.width, legible))
    width = max(width, math.ceil(scale * diagram.width))
    head = 24 + sum(_line_height(i) for i in range(len(lines)))
    height = math.ceil(head + scale * diagram.height)
    sharper = SHARPER if width * height <= MOST_SHARP else 1
    size = (sharper * width, sharper * height)
    painter = _Painter(size, sharper * scale, DARK if dark else LIGHT, dark)
    y = 24.0
    for i, line in enumerate(lines):
        middle = sharper * (y + _line_height(i) / 2)
        ink = painter.palette.muted if i else painter.palette.text
        at = (sharper * 24, middle)
        write(painter.draw, at, line, sharper * (17 if i else 26), ink, align=0, bold=not i)
        y += _line_height(i)
    painter.origin = (sharper * (width - scale * diagram.width) / 2, sharper * head)
    painter.paint(diagram)
    return painter.image.resize((width, height), Image.Resampling.BOX)


def _line_height(i: int) -> int:
    return 28 if i else 40


class _Painter:
    """Paints a diagram at an origin; lengths are the diagram's."""

    def __init__(self, size: tuple[int, int], scale: float, palette: Palette, dark: bool) -> None:
        self.image = Image.new("RGB", size, palette.background)
        self.draw = ImageDraw.Draw(self.image)
        self.scale, self.palette = scale, palette
        self.origin: Point = (0, 0)
        violet, red = (ImageColor.getrgb(pair[dark])[:3] for pair in (VIOLET, RED))
        self.colours: dict[str, Colour] = {
            "input": palette.input,
            "conv": palette.kernel,
            "spatial": palette.output,
            "dense": (violet[0], violet[1], violet[2]),
            "other": palette.muted,
            "failed": (red[0], red[1], red[2]),
        }

    def paint(self, diagram: Diagram) -> None:
        for frame in diagram.frames:
            self._frame(frame)
        for edge in diagram.edges:
            self._edge(edge)
        for node in diagram.nodes:
            self._node(node)

    def _at(self, point: Point) -> Point:
        return (
            self.origin[0] + self.scale * point[0],
            self.origin[1] + self.scale * point[1],
        )

    def _box(self, x: float, y: float, width: float, height: float) -> tuple[float, ...]:
        return (*self._at((x, y)), *self._at((x + width, y + height)))

    def _thick(self, width: float) -> int:
        return max(1, round(self.scale * width))

    def _write(self, at: Point, text: str, ink: Colour, align: float = 0.5) -> None:
        write(self.draw, self._at(at), text, self._thick(TEXT), ink, align=align)

    def _frame(self, frame: Frame) -> None:
        box = self._box(frame.x, frame.y, frame.width, frame.height)
        fill = self.palette.empty
        radius, line = self._thick(12), self._thick(1)
        self.draw.rounded_rectangle(box, radius, fill, self.palette.line, line)
        title = f"{frame.title} × {frame.copies}" if frame.copies > 1 else frame.title
        self._write((frame.x + 12, frame.y + 17), title, self.palette.text, align=0)

    def _edge(self, edge: Edge) -> None:
        ink = self.palette.input if edge.shortcut else self.palette.muted
        ink = self.colours["failed"] if edge.failed else ink
        points = [self._at(point) for point in rounded(edge.points, CORNER)]
        self.draw.line(points, ink, self._thick(2 if edge.shortcut else 1.4), "curve")

    def _node(self, node: Node) -> None:
        ink = self.colours[node.role]
        getattr(self, f"_{node.figure}")(node, ink)
        x, bottom = node.middle[0], node.y + node.height
        if node.title:
            title = titled(node.title, node.copies).removeprefix("▾ ")
            self._write((x, node.y - LINE / 2 - 4), title, self.palette.text)
        if node.figure in ("sum", "fork"):
            return
        if node.label:
            self._write((x, bottom + LINE / 2 + 6), node.label, self.palette.text)
        line = bottom + LINE / 2 + 6 + (LINE if node.label else 0)
        self._write((x, line), node.word, self.palette.muted)

    def _sheets(self, node: Node, ink: Colour) -> None:
        last = node.sheets - 1
        for k in range(node.sheets):
            at = (node.x + (last - k) * STEP[0], node.y + k * STEP[1])
            self._rectangle((*at, *node.sheet), ink)

    def _bar(self, node: Node, ink: Colour) -> None:
        self._rectangle((node.x, node.y, node.width, node.height), ink)

    def _concat(self, node: Node, ink: Colour) -> None:
        self.draw.rectangle(self._box(node.x, node.y, node.width, node.height), ink)

    def _rectangle(self, box: tuple[float, float, float, float], ink: Colour) -> None:
        fill = mix(self.palette.background, ink, FILLED)
        self.draw.rounded_rectangle(self._box(*box), self._thick(2), fill, ink, self._thick(1.2))

    def _fork(self, node: Node, ink: Colour) -> None:
        self.draw.ellipse(self._box(node.x, node.y, node.width, node.height), ink)

    def _sum(self, node: Node, ink: Colour) -> None:
        box = self._box(node.x, node.y, node.width, node.height)
        self.draw.ellipse(box, self.palette.background, self.palette.text, self._thick(1.6))
        (x, y), reach = node.middle, node.width / 4
        turn = math.pi / 4 if node.word == "multiply" else 0
        for angle in (turn, turn + math.pi / 2):
            dx, dy = reach * math.cos(angle), reach * math.sin(angle)
            ends = (self._at((x - dx, y - dy)), self._at((x + dx, y + dy)))
            self.draw.line(ends, self.palette.text, self._thick(1.8))

    def _failed(self, node: Node, ink: Colour) -> None:
        left, top, right, bottom = self._box(node.x, node.y, node.width, node.height)
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        for (ax, ay), (bx, by) in pairwise(corners):
            for i in range(0, 9, 2):  # five dashes a side
                dash = (ax + (bx - ax) * i / 9, ay + (by - ay) * i / 9)
                end = (ax + (bx - ax) * (i + 1) / 9, ay + (by - ay) * (i + 1) / 9)
                self.draw.line((dash, end), ink, self._thick(2))


def rounded(points: Sequence[Point], radius: float) -> list[Point]:
    """The same line with round corners."""
    smooth = [points[0]]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        for i in range(7):
            t = i / 6
            a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
            smooth.append((
                a * start[0] + b * corner[0] + c * end[0],
                a * start[1] + b * corner[1] + c * end[1],
            ))  # fmt: skip
    return [*smooth, points[-1]]


def _towards(corner: Point, other: Point, radius: float) -> Point:
    """The point so far from the corner, at most half the way to the other."""
    length = math.dist(corner, other)
    share = min(radius / length, 0.5) if length else 0
    return (
        corner[0] + share * (other[0] - corner[0]),
        corner[1] + share * (other[1] - corner[1]),
    )
