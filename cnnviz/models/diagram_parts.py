"""Which rows of a shape table become one node of its diagram, and what that node is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from cnnviz.models.folding import Block, fold
from cnnviz.models.roles import joins, role_of, word_of
from cnnviz.models.summary import INPUT, LayerRow

FLATTENING = ("flatten", "unflatten", "unsqueeze", "identity")


@dataclass
class Part:
    """A node before it has a place."""

    figure: str  # "sheets", "bar", "sum", "concat", "failed"
    role: str  # "input", "conv", "spatial", "dense", "other", "failed"
    word: str  # "conv", "pool", "linear", ... or the kind itself
    shape: tuple[int, ...]
    rows: list[int] = field(default_factory=list)  # of all copies
    own: list[int] = field(default_factory=list)  # of the first copy
    lane: str = ""  # the branch that it stands on
    block: Block | None = None  # that is folded in it


@dataclass
class Section:
    """Parts in their order: those of an opened block, or those between blocks."""

    parts: list[Part]
    block: Block | None = None


class Reader:
    """Reads a table into sections; `sections` holds every row in exactly one part."""

    def __init__(
        self, rows: Sequence[LayerRow], input_shape: tuple[int, ...], opened: Collection[str]
    ) -> None:
        self.rows, self.input_shape = rows, input_shape
        start = Part(figure_of(input_shape), "input", "input", input_shape, [INPUT], [INPUT])
        self.sections = [Section([start])]
        self.waiting: dict[int, list[int]] = {}  # element-wise rows before their section's nodes
        self.passed: set[int] = set()  # rows that stand in the node after them
        for unit in fold(rows):
            if not isinstance(unit, Block):
                self._add(unit, self._outer())
            elif unit.path in opened or unit.failed:
                self._open(unit)
            else:
                self._outer().parts.append(self._folded(unit))
        self._settle(self.sections[-1])
        self.sections = [section for section in self.sections if section.parts]

    def source(self, row: int) -> int:
        """Where the numbers that this row hands on come from, past what stands with its reader."""
        while row in self.passed:
            row = self.rows[row].inputs[0]
        return row

    def _outer(self) -> Section:
        """The section at the end that is no block's."""
        if self.sections[-1].block:
            self.sections.append(Section([]))
        return self.sections[-1]

    def _open(self, block: Block) -> None:
        self._settle(self.sections[-1])
        section = Section([], block)
        self.sections.append(section)
        first = block.copies[0]
        for i in first:
            self._add(i, section)
        self._settle(section)
        for part in section.parts:
            part.rows = [copy.start + i - first.start for copy in block.copies for i in part.own]

    def _folded(self, block: Block) -> Part:
        self._settle(self.sections[-1])
        inside = [self.rows[i] for i in block.rows]
        role = role_of(max(inside, key=lambda row: row.macs))
        return Part(
            figure_of(block.output_shape),
            role,
            block.form if block.form != "chain" else block.name or "chain",
            block.output_shape,
            list(block.rows),
            list(block.rows),
            block=block,
        )

    def _add(self, i: int, section: Section) -> None:
        """A row: a node of its own, or with the layer before it, or waiting for the one after."""
        row = self.rows[i]
        if self._makes_node(row):
            self._node(i, section)
            return
        before = next((p for p in section.parts if row.inputs[0] in p.own and not p.block), None)
        if before:
            before.own.append(i)
            before.rows.append(i)
            if before.figure == "sheets" and len(row.output_shape) == len(before.shape):
                before.shape = row.output_shape
        else:
            waiting = self.waiting.pop(row.inputs[0], [])
            self.waiting[i] = [*waiting, i]

    def _makes_node(self, row: LayerRow) -> bool:
        if row.problem or joins(row) or not row.inputs or role_of(row) != "other":
            return True
        if row.kind.lower() in (*FLATTENING, "concat"):
            return False
        source = row.inputs[0]
        before = self.input_shape if source == INPUT else self.rows[source].output_shape
        return before != row.output_shape

    def _node(self, i: int, section: Section) -> None:
        row = self.rows[i]
        before = [j for source in row.inputs for j in self.waiting.pop(source, [])]
        self.passed |= set(before)
        role, word = role_of(row), word_of(row)
        figure = figure_of(row.output_shape)
        if role == "failed":
            figure = "failed"
        elif joins(row):
            figure = "concat" if row.kind == "concat" else "sum"
        lane = "" if joins(row) else row.branch
        own = [*before, i]
        section.parts.append(Part(figure, role, word, row.output_shape, [*own], own, lane))

    def _settle(self, section: Section) -> None:
        """Rows that waited for a node in vain become nodes of their own."""
        for waited in self.waiting.values():
            row = self.rows[waited[-1]]
            shape = row.output_shape
            section.parts.append(
                Part(figure_of(shape), "other", word_of(row), shape, [*waited], waited, row.branch)
            )
        self.waiting.clear()


def figure_of(shape: tuple[int, ...]) -> str:
    """A vector is a bar, everything with a resolution a stack of sheets."""
    return "bar" if len(shape) == 1 else "sheets"
