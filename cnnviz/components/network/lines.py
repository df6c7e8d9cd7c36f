"""The lines of a network's table, as far as its blocks are open."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cnnviz.models.folding import Block, fold
from cnnviz.models.summary import LayerRow, Totals, totals


@dataclass(frozen=True)
class Line:
    """A row, a block, or the heading of one copy of an opened block."""

    kind: str  # "row", "block", "copy"
    rows: range
    path: str
    block: Block | None = None  # of "block" and "copy"
    open: bool = False
    depth: int = 0  # 1 inside a block

    def cost(self, rows: Sequence[LayerRow]) -> Totals:
        """What is shown by this line and no other: nothing where the rows have their own."""
        if self.kind == "copy" or self.open:
            return Totals(0, 0, 0)
        return totals(rows[self.rows.start : self.rows.stop])


def lines_of(rows: Sequence[LayerRow], opened: Collection[str]) -> list[Line]:
    """In the table's order; a block that fails is open, so that its last row is seen."""
    lines = []
    for unit in fold(rows):
        if isinstance(unit, Block):
            is_open = unit.path in opened or unit.failed
            lines.append(Line("block", unit.rows, unit.path, unit, is_open))
            lines += _inside(rows, unit) if is_open else []
        else:
            lines.append(Line("row", range(unit, unit + 1), rows[unit].path))
    return lines


def _inside(rows: Sequence[LayerRow], block: Block) -> list[Line]:
    lines = []
    for copy in block.copies:
        if len(block.copies) > 1:
            lines.append(Line("copy", copy, rows[copy.start].group, block, depth=1))
        lines += [Line("row", range(i, i + 1), rows[i].path, depth=1) for i in copy]
    return lines
