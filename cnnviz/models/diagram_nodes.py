"""What a diagram is made of: nodes, edges, frames, and the scale that they are drawn to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from cnnviz.models.summary import LayerRow

TEXT = 16  # pixels: the size of labels, which are written in two lines under a node
LINE = 20
BELOW = 2 * LINE + 8  # room under a node for its two lines
ABOVE = LINE + 8  # room over a folded block for its title
GAP = 30  # between nodes
LANE_GAP = 10
PAD = 22  # inside a frame
MARGIN = 16
LARGEST, SMALLEST = 150.0, 18.0  # sides of a sheet
STEP = (5.5, 3.2)  # from sheet to sheet: to the right, up
MOST_SHEETS = 12
BAR, JOIN, FORK, FAILED = 14.0, 26.0, 8.0, 64.0


@dataclass(frozen=True)
class Node:
    """A tensor, a join, or a folded block."""

    x: float  # left of its picture; labels are not counted
    y: float
    width: float
    height: float
    figure: str  # "sheets", "bar", "sum", "concat", "failed", "fork"
    role: str  # "input", "conv", "spatial", "dense", "other", "failed"
    word: str  # "conv", "pool", "residual", ...; for the reader's language
    label: str  # the shape, "6×28×28"
    sheets: int = 1
    sheet: tuple[float, float] = (0, 0)  # width and height of one
    title: str = ""  # of a folded block: its short path
    path: str = ""  # of a folded block: what opens it
    copies: int = 1
    rows: tuple[int, ...] = ()  # of the table, −1 for the input

    @property
    def middle(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def label_width(self) -> float:
        if self.figure in ("sum", "fork"):
            return 0
        title = titled(self.title, self.copies) if self.title else ""
        return max(text_width(text) for text in (self.label, self.word, title))

    @property
    def room(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom with its labels."""
        x, half = self.middle[0], max(self.width, self.label_width) / 2
        below = 0 if self.figure in ("sum", "fork") else BELOW
        top = self.y - (ABOVE if self.title else 0)
        return x - half, top, x + half, self.y + self.height + below

    def sides(self) -> tuple[float, float]:
        """Where its outline is at half its height: left and right."""
        if self.figure != "sheets":
            return self.x, self.x + self.width
        middle, last = self.y + self.height / 2, self.sheets - 1
        tops = [self.y + k * STEP[1] for k in range(self.sheets)]
        left = max(k for k, top in enumerate(tops) if top <= middle + 1e-6)
        right = min(k for k, top in enumerate(tops) if top + self.sheet[1] >= middle - 1e-6)
        return self.x + (last - left) * STEP[0], self.x + (last - right) * STEP[0] + self.sheet[0]


@dataclass(frozen=True)
class Edge:
    """A line from node to node, with corners; numbers of `Diagram.nodes`."""

    source: int
    target: int
    points: tuple[tuple[float, float], ...]
    shortcut: bool = False  # an arc past what lies between
    failed: bool = False


@dataclass(frozen=True)
class Frame:
    """Around an opened block."""

    x: float
    y: float
    width: float
    height: float
    form: str
    title: str
    path: str
    copies: int


@dataclass(frozen=True)
class Diagram:
    """All of it; nodes in their order from left to right, lane by lane."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    frames: tuple[Frame, ...]
    width: float
    height: float


@dataclass(frozen=True)
class Scale:
    """What is drawn at full size: the largest resolution and the longest vector."""

    side: int = 1
    length: int = 120

    def along(self, n: int) -> float:
        return max(SMALLEST, LARGEST * math.pow(n / self.side, 0.6))

    def bar(self, n: int) -> float:
        return max(SMALLEST, LARGEST * math.sqrt(n / self.length))

    def sheets(self, channels: int) -> int:
        return min(channels, MOST_SHEETS, 1 + round(1.25 * math.log2(max(1, channels))))


def scale_of(*tables: tuple[Sequence[LayerRow], tuple[int, ...]]) -> Scale:
    """One scale for networks that are to be compared: (rows, input_shape) of each."""
    shapes = [shape for rows, given in tables for shape in (given, *(r.output_shape for r in rows))]
    sides = [side for shape in shapes for side in shape[1:]]
    lengths = [shape[0] for shape in shapes if len(shape) == 1]
    return Scale(max(sides, default=1), max([120, *lengths]))


def text_width(text: str) -> float:
    """About how wide a label is; fonts differ by a few percent."""
    return sum(TEXT if char > "\u1100" else 0.55 * TEXT for char in text)


def titled(title: str, copies: int) -> str:
    """Over a block, with room for its triangle."""
    return f"▾ {title} × {copies}" if copies > 1 else f"▾ {title}"


def short_path(path: str) -> str:
    """The end of a path that names a block: "denseblock1", but "layer1.0"."""
    parts = path.split(".")
    numbers = next((n for n, part in enumerate(reversed(parts)) if not part.isdigit()), len(parts))
    return ".".join(parts[-(numbers + 1) :])
