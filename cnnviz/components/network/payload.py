"""What the browser needs of networks: plain JSON with every number as it is to be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnnviz.components.network.lines import Line, lines_of
from cnnviz.models.diagram import Diagram, Node, diagram, scale_of
from cnnviz.models.diagram_nodes import LINE, STEP, short_path
from cnnviz.models.layers import short, sizes
from cnnviz.models.roles import role_of
from cnnviz.models.summary import LayerRow, Totals, totals
from cnnviz.problems import Problem

COLUMNS = (
    "layer", "output", "parameters", "how", "macs", "memory", "field", "jump", "path", "branch",
)  # fmt: skip
MARKS = ("added", "removed", "changed")
NOTHING = "–"


@dataclass(frozen=True)
class NetworkTable:
    """A network's name and shape table; `marks` says what became of a row in a comparison.

    Raises:
        ValueError: for a mark that is none of `MARKS`, or of a row that is not there.
    """

    name: str
    input_shape: tuple[int, ...]
    rows: Sequence[LayerRow]
    marks: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := set(self.marks.values()) - set(MARKS):
            raise ValueError(f"A mark is one of {MARKS}, not {sorted(unknown)}.")
        if outside := [i for i in self.marks if not 0 <= i < len(self.rows)]:
            raise ValueError(f"{self.name}: there are no rows {outside} to be marked.")

    def mark(self, rows: Iterable[int]) -> str:
        """What became of these rows together: empty where nothing did."""
        found = {self.marks.get(i, "") for i in rows}
        return found.pop() if len(found) == 1 else "changed" if found - {""} else ""


def payload(
    tables: Sequence[NetworkTable],
    *,
    columns: Sequence[str],
    open: Collection[str] = (),
    say: Callable[[Problem], str] = str,
) -> dict[str, Any]:
    """All of the networks, drawn to one scale and with bars to one measure.

    Raises:
        ValueError: for a column that is none of `COLUMNS`.
    """
    if unknown := set(columns) - set(COLUMNS):
        raise ValueError(f"Columns are {COLUMNS}; there is no {sorted(unknown)}.")
    scale = scale_of(*((table.rows, table.input_shape) for table in tables))
    lines = [lines_of(table.rows, open) for table in tables]
    costs = [line.cost(table.rows) for t, table in enumerate(tables) for line in lines[t]]
    wholes = [totals(table.rows) for table in tables]
    most = Totals(*(max([1, *found]) for found in zip(*costs, strict=True)))
    return {
        "meta": {"columns": ["layer", *(name for name in columns if name != "layer")]},
        "tables": [
            {
                "name": table.name,
                "diagram": _geometry(diagram(table.rows, table.input_shape, open, scale), table),
                "lines": [_line(line, table, wholes[t], most, say) for line in lines[t]],
                "totals": _costs(wholes[t]),
            }
            for t, table in enumerate(tables)
        ],
    }


# ---- the table's lines


def _line(
    line: Line, table: NetworkTable, whole: Totals, most: Totals, say: Callable[[Problem], str]
) -> dict[str, Any]:
    rows, block = table.rows, line.block
    first = rows[line.rows[0]]
    sent: dict[str, Any] = {
        "kind": line.kind,
        "rows": [line.rows.start, line.rows.stop],
        "open": line.open,
        "depth": line.depth,
        "role": role_of(max((rows[i] for i in line.rows), key=lambda row: row.macs)),
        "mark": table.mark(line.rows),
        "problem": say(first.problem) if line.kind == "row" and first.problem else "",
    }
    if block:
        sent |= {
            "title": short_path(line.path),
            "path": block.path,
            "form": block.form,
            "name": block.name,
            "copies": len(block.copies),
        }
    else:
        sent["title"] = f"{first.kind} {first.detail}".strip()
    if line.kind != "copy":
        shown, costs = line.cost(rows), block.costs if block else line.cost(rows)
        sent |= {
            "cells": _cells(line, rows),
            "shares": _shares(costs, whole),
            "bars": [round(part / full, 4) for part, full in zip(shown, most, strict=True)],
        }
    return sent


def _cells(line: Line, rows: Sequence[LayerRow]) -> dict[str, str]:
    """Every column's text but the first's; a block's field and jump are its last row's."""
    row, block = rows[line.rows[-1]], line.block
    return {
        "output": sizes(row.output_shape) or NOTHING,
        **_costs(block.costs if block else line.cost(rows)),
        "how": "" if block else row.parameters_formula,
        "field": short(row.receptive_field) or NOTHING,
        "jump": short(row.jump or ()) or NOTHING,
        "path": line.path,
        "branch": "" if block else row.branch,
    }


def _costs(costs: Totals) -> dict[str, str]:
    return {
        "parameters": count_text(costs.parameters),
        "macs": count_text(costs.macs),
        "memory": size_text(costs.activation_bytes),
    }


def _shares(part: Totals, whole: Totals) -> dict[str, Any]:
    """Of the network's totals, and whether there is anything to be shared."""
    return {
        "parameters": percent(part.parameters, whole.parameters),
        "macs": percent(part.macs, whole.macs),
        "memory": percent(part.activation_bytes, whole.activation_bytes),
        "costs": bool(part.parameters or part.macs),
        "keeps": bool(part.activation_bytes),
    }


def count_text(n: int) -> str:
    """61,706; a dash for nothing."""
    return f"{n:,}" if n else NOTHING


def size_text(n: int) -> str:
    """Bytes as 18.4 KiB, three digits; a dash for nothing."""
    if not n:
        return NOTHING
    size, units = float(n), ["B", "KiB", "MiB", "GiB", "TiB"]
    while size >= 1023.5 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.3g} {units[0]}" if size < 999.5 else f"{size:.0f} {units[0]}"


def percent(part: int, whole: int) -> str:
    """58 %, 0.4 %, < 0.1 %, 0 %; never broken over lines."""
    share = 100 * part / whole if part else 0
    if not share:
        number = "0"
    elif share < 0.1:
        number = "<\u00a00.1"
    else:
        number = f"{share:.1f}" if share < 0.95 else f"{share:.0f}"
    return f"{number}\u00a0%"


# ---- the diagram


def _geometry(drawn: Diagram, table: NetworkTable) -> dict[str, Any]:
    return {
        "width": round(drawn.width, 1),
        "height": round(drawn.height, 1),
        "step": list(STEP),
        "line": LINE,
        "nodes": [_node(node, table) for node in drawn.nodes],
        "edges": [
            {
                "points": [[round(x, 1), round(y, 1)] for x, y in edge.points],
                "shortcut": edge.shortcut,
                "failed": edge.failed,
            }
            for edge in drawn.edges
        ],
        "frames": [
            {
                "box": [round(n, 1) for n in (frame.x, frame.y, frame.width, frame.height)],
                "form": frame.form,
                "title": frame.title,
                "path": frame.path,
                "copies": frame.copies,
            }
            for frame in drawn.frames
        ],
    }


def _node(node: Node, table: NetworkTable) -> dict[str, Any]:
    rows = [i for i in node.rows if i >= 0]
    return {
        "box": [round(n, 1) for n in (node.x, node.y, node.width, node.height)],
        "room": [round(n, 1) for n in node.room],
        "figure": node.figure,
        "role": node.role,
        "word": node.word,
        "label": node.label,
        "sheets": node.sheets,
        "sheet": [round(n, 1) for n in node.sheet],
        "title": node.title,
        "path": node.path,
        "copies": node.copies,
        "rows": rows,
        "pick": max(rows, key=lambda i: (table.rows[i].macs, -i)) if rows else -1,
        "mark": table.mark(rows),
    }
