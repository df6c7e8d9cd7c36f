"""A network drawn in the manner of the textbooks: geometry as plain data.

Tensors are stacks of sheets, to scale by resolution and by channels (both drawn together, or
nothing small would be seen); vectors are tall bars. Branches stand under each other between their
fork and their join; a shortcut is an arc. Lengths are in pixels at scale 1; `y` grows downwards.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise

from cnnviz.models.diagram_nodes import (
    BAR,
    FAILED,
    FORK,
    GAP,
    JOIN,
    LANE_GAP,
    LINE,
    MARGIN,
    PAD,
    SMALLEST,
    STEP,
    Diagram,
    Edge,
    Frame,
    Node,
    Scale,
    scale_of,
    short_path,
    text_width,
    titled,
)
from cnnviz.models.diagram_parts import Part, Reader, Section
from cnnviz.models.diagram_routes import routes
from cnnviz.models.folding import Block
from cnnviz.models.layers import sizes
from cnnviz.models.summary import LayerRow

__all__ = ["Diagram", "Edge", "Frame", "Node", "Scale", "diagram", "scale_of"]

Framed = tuple[Block, range, float, float]  # with its nodes, left and right


def diagram(
    rows: Sequence[LayerRow],
    input_shape: tuple[int, ...],
    open: Collection[str] = (),
    scale: Scale | None = None,
) -> Diagram:
    """Lay a network out from left to right.

    Args:
        rows: of `shape_table`.
        input_shape: without the batch.
        open: paths of the blocks (`Block.path`) that show what is in them.
        scale: of other networks beside it; its own by default.
    """
    reader = Reader(rows, input_shape, open)
    layout = _Layout(scale or scale_of((rows, input_shape)))
    for section in reader.sections:
        layout.add(section, rows)
    edges = routes(rows, reader, layout.nodes, layout.entries)
    frames = [layout.frame(section, edges) for section in layout.framed]
    return _shifted(layout.nodes, edges, frames)


@dataclass
class _Layout:
    """Places nodes around the axis y = 0."""

    scale: Scale
    nodes: list[Node] = field(default_factory=list)
    entries: dict[int, int] = field(default_factory=dict)  # first row of a block: its fork's node
    framed: list[Framed] = field(default_factory=list)
    x: float = 0.0

    def add(self, section: Section, rows: Sequence[LayerRow]) -> None:
        first, left = len(self.nodes), self.x
        if section.block:
            self.x += PAD
            if _forks(section, rows):
                self._fork(section)
        for branched, run in groupby(section.parts, key=lambda part: bool(part.lane)):
            if branched:
                self._lanes(list(run))
            else:
                self._chain(run, 0)
        if section.block:
            self.x += PAD - GAP
            title = titled(short_path(section.block.path), len(section.block.copies))
            self.x = max(self.x, left + text_width(title) + 2 * PAD)
            self.framed.append((section.block, range(first, len(self.nodes)), left, self.x))
            self.x += GAP

    def _fork(self, section: Section) -> None:
        """A dot where what enters the block parts."""
        self.entries[section.parts[0].own[0]] = len(self.nodes)
        self.nodes.append(Node(self.x, -FORK / 2, FORK, FORK, "fork", "other", "", ""))
        self.x += FORK + GAP

    def _lanes(self, parts: list[Part]) -> None:
        """Branches under each other: about the axis, or the main one on it."""
        names = sorted(dict.fromkeys(part.lane for part in parts), key=lambda lane: lane != "main")
        lanes = [[part for part in parts if part.lane == name] for name in names]
        middles = self._middles([self._reach(lane) for lane in lanes])
        centred = names[0] != "main" and len(lanes) > 1
        shift = (middles[0] + middles[-1]) / 2 if centred else 0.0
        start, ends = self.x, []
        for lane, middle in zip(lanes, middles, strict=True):
            self.x = start
            self._chain(lane, middle - shift)
            ends.append(self.x)
        self.x = max(ends)

    def _reach(self, lane: Iterable[Part]) -> tuple[float, float]:
        """How far the nodes of a lane reach above and below its middle, with their labels."""
        rooms = [_node(part, self.scale, 0).room for part in lane]
        return -min(top for _, top, _, _ in rooms), max(bottom for *_, bottom in rooms)

    def _middles(self, reaches: list[tuple[float, float]]) -> list[float]:
        """Of lanes that do not touch, the first at 0."""
        middles = [0.0]
        for (_, below), (above, _) in pairwise(reaches):
            middles.append(middles[-1] + below + LANE_GAP + above)
        return middles

    def _chain(self, parts: Iterable[Part], y: float) -> None:
        for part in parts:
            node = _node(part, self.scale, y)
            if part.figure == "concat":
                node = self._spanning(node)
            left, _, right, _ = node.room
            self.nodes.append(_moved(node, self.x - left, 0))
            self.x += right - left + GAP

    def _spanning(self, node: Node) -> Node:
        """A concatenation as tall as the lanes that end in it."""
        start = max((i for i, n in enumerate(self.nodes) if _on_axis(n)), default=0)
        middles = [n.middle[1] for n in self.nodes[start + 1 :]]
        reach = max([JOIN, *(abs(y) + JOIN / 2 for y in middles)])
        return replace(node, y=-reach, height=2 * reach)

    def frame(self, framed: Framed, edges: Sequence[Edge]) -> Frame:
        """Around a block's nodes, their labels, and the lines between them."""
        block, numbers, left, right = framed
        rooms = [self.nodes[i].room for i in numbers]
        inside = [e.points for e in edges if e.source in numbers and e.target in numbers]
        ys = [y for points in inside for _, y in points]
        top = min([room[1] for room in rooms] + ys) - LINE - 14
        bottom = max([room[3] for room in rooms] + ys) + 8
        title, copies = short_path(block.path), len(block.copies)
        return Frame(left, top, right - left, bottom - top, block.form, title, block.path, copies)


def _forks(section: Section, rows: Sequence[LayerRow]) -> bool:
    """Whether what enters the block goes to several of its nodes."""
    inside = {row for part in section.parts for row in part.own}
    read = [{i for row in part.own for i in rows[row].inputs} - inside for part in section.parts]
    return sum(map(bool, read)) > 1


def _on_axis(node: Node) -> bool:
    return abs(node.middle[1]) < 1e-6


def _node(part: Part, scale: Scale, y: float) -> Node:
    """The part's node with its middle at height y, its left at 0."""
    sheets, sheet = 1, (0.0, 0.0)
    if part.figure == "sheets":
        sheets = max(1, scale.sheets(part.shape[0])) if part.shape else 1
        *_, high, wide = (1, 1, *part.shape[1:])
        sheet = (scale.along(wide), scale.along(high) if len(part.shape) > 2 else SMALLEST)
        width, height = sheet[0] + (sheets - 1) * STEP[0], sheet[1] + (sheets - 1) * STEP[1]
    elif part.figure == "bar":
        width, height = BAR, scale.bar(part.shape[0])
    elif part.figure == "sum":
        width = height = JOIN
    elif part.figure == "concat":
        width, height = BAR / 2, 2 * JOIN
    else:
        width = height = FAILED
    block = part.block
    return Node(
        x=0,
        y=y - height / 2,
        width=width,
        height=height,
        figure=part.figure,
        role=part.role,
        word=part.word,
        label="" if part.figure in ("sum", "failed") else sizes(part.shape),
        sheets=sheets,
        sheet=sheet,
        title=short_path(block.path) if block else "",
        path=block.path if block else "",
        copies=len(block.copies) if block else 1,
        rows=tuple(part.rows),
    )


def _moved(node: Node, x: float, y: float) -> Node:
    return replace(node, x=node.x + x, y=node.y + y)


def _shifted(nodes: Sequence[Node], edges: Sequence[Edge], frames: Sequence[Frame]) -> Diagram:
    """Everything in the quarter where x and y are positive, with a margin."""
    boxes = [*(node.room for node in nodes), *map(_box, frames)]
    boxes += [(x, y, x, y) for edge in edges for x, y in edge.points]
    dx, dy = (MARGIN - min(box[side] for box in boxes) for side in (0, 1))
    moved = [
        replace(edge, points=tuple((x + dx, y + dy) for x, y in edge.points)) for edge in edges
    ]
    return Diagram(
        tuple(_moved(node, dx, dy) for node in nodes),
        tuple(moved),
        tuple(replace(frame, x=frame.x + dx, y=frame.y + dy) for frame in frames),
        max(box[2] for box in boxes) + dx + MARGIN,
        max(box[3] for box in boxes) + dy + MARGIN,
    )


def _box(frame: Frame) -> tuple[float, float, float, float]:
    return frame.x, frame.y, frame.x + frame.width, frame.y + frame.height
