"""The lines between a diagram's nodes: straight, with corners, or as an arc past others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cnnviz.models.diagram_nodes import GAP, Edge, Node
from cnnviz.models.diagram_parts import Reader
from cnnviz.models.summary import INPUT, LayerRow

CLEAR = 16.0  # between an arc and what it passes
LEVEL = 9.0  # between arcs, one over another
Points = tuple[tuple[float, float], ...]


def routes(
    rows: Sequence[LayerRow], reader: Reader, nodes: Sequence[Node], entries: Mapping[int, int]
) -> list[Edge]:
    """Every line, once: who reads whom, a block's own by way of its fork."""
    pairs = _pairs(rows, reader, nodes, entries)
    edges = [Edge(s, t, points) for s, t in pairs if (points := _direct(nodes, s, t))]
    direct = {(edge.source, edge.target) for edge in edges}
    edges += _arcs(nodes, [pair for pair in pairs if pair not in direct])
    return [
        Edge(e.source, e.target, e.points, e.shortcut, nodes[e.target].figure == "failed")
        for e in sorted(edges, key=lambda e: (e.target, e.source))
    ]


def _pairs(
    rows: Sequence[LayerRow], reader: Reader, nodes: Sequence[Node], entries: Mapping[int, int]
) -> list[tuple[int, int]]:
    """Numbers of nodes, source and target."""
    home = {row: number for number, node in enumerate(nodes) for row in node.rows}
    pairs: dict[tuple[int, int], None] = {}
    for section in reader.sections:
        fork = entries.get(section.parts[0].own[0])
        inside = {home[part.rows[0]] for part in section.parts}
        for part in section.parts:
            target = home[part.rows[0]]
            for row in part.own:
                for source in rows[row].inputs if row != INPUT else ():
                    number = home[reader.source(source)]
                    if number == target:
                        continue
                    if fork is not None and number not in inside:
                        pairs[number, fork] = None
                        number = fork
                    pairs[number, target] = None
    return list(pairs)


def _direct(nodes: Sequence[Node], s: int, t: int) -> Points | None:
    """The line from s to t, unless something stands in its way."""
    source, target = nodes[s], nodes[t]
    (sx, sy), (tx, ty) = source.middle, target.middle
    right, left = source.sides()[1], target.sides()[0]
    if abs(sy - ty) < 1e-6 or (target.figure == "concat" and abs(sy - ty) < target.height / 2):
        clear = not _between(nodes, right, left, sy - 1, sy + 1, {s, t})
        return ((right, sy), (left, sy)) if clear else None
    if source.figure == "fork":
        return ((sx, source.y + (source.height if ty > sy else 0)), (sx, ty), (left, ty))
    if target.figure == "sum":
        return ((right, sy), (tx, sy), (tx, target.y + (target.height if sy > ty else 0)))
    turn = (left if abs(ty) < 1e-6 else right + GAP) - GAP / 2
    return ((right, sy), (turn, sy), (turn, ty), (left, ty))


def _between(
    nodes: Sequence[Node], left: float, right: float, top: float, bottom: float, but: set[int]
) -> list[Node]:
    """The nodes that reach into this box."""
    return [
        node
        for i, node in enumerate(nodes)
        if i not in but
        and node.x < right
        and node.x + node.width > left
        and node.y < bottom
        and node.y + node.height > top
    ]


def _arcs(nodes: Sequence[Node], pairs: Iterable[tuple[int, int]]) -> list[Edge]:
    """Up, over everything between, and down; those of one source share their height."""
    targets: dict[int, list[int]] = {}
    for s, t in pairs:
        targets.setdefault(s, []).append(t)
    xs = [node.middle[0] for node in nodes]
    tops = [node.room[1] for node in nodes]
    spans = {s: (xs[s], max(xs[t] for t in ends)) for s, ends in targets.items()}
    drawn: list[tuple[float, float, float]] = []  # left, right, height
    edges = []
    for s, (left, right) in sorted(spans.items(), key=lambda span: span[1][1] - span[1][0]):
        over = min(top for x, top in zip(xs, tops, strict=True) if left <= x <= right) - CLEAR
        y = min([over, *(height - LEVEL for a, b, height in drawn if a < right and left < b)])
        drawn.append((left, right, y))
        for t in targets[s]:
            points = ((left, nodes[s].y), (left, y), (xs[t], y), (xs[t], nodes[t].y))
            edges.append(Edge(s, t, points, shortcut=True))
    return edges
