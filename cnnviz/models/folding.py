"""A network's repeated blocks told once: the rows of a shape table, folded to "× N".

He et al. 2016 write their tables so: ResNet-50 is a stem and 3, 4, 6 and 3 bottlenecks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from cnnviz.models.roles import joins, role_of
from cnnviz.models.summary import LayerRow, Totals, totals

FORMS = ("residual", "bottleneck", "inception", "dense", "chain")


@dataclass(frozen=True)
class Block:
    """Consecutive blocks that are alike; the sums are over all copies."""

    path: str  # of the first copy
    form: str  # one of FORMS, read off its wiring
    name: str  # its class
    copies: tuple[range, ...]  # the rows of each
    output_shape: tuple[int, ...]
    costs: Totals
    failed: bool  # whether its last row does not fit

    @property
    def rows(self) -> range:
        """All rows of all copies."""
        return range(self.copies[0].start, self.copies[-1].stop)


def fold(rows: Sequence[LayerRow]) -> list[Block | int]:
    """The table in its order: blocks, and the numbers of the rows that belong to none.

    Rows of one group are a block. Consecutive blocks with the same kinds, details, branches,
    output shapes, parameters and inner wiring are one. A group that holds a single layer, as a
    convolution with its batch norm and activation, stays rows.
    """
    folded: list[Block | int] = []
    for group, run in groupby(range(len(rows)), key=lambda i: rows[i].group):
        numbers = list(run)
        if not group or _single([rows[i] for i in numbers]):
            folded += numbers
            continue
        block = _block(rows, range(numbers[0], numbers[-1] + 1))
        before = folded[-1] if folded else None
        if isinstance(before, Block) and _alike(rows, before.copies[0], block.copies[0]):
            folded[-1] = replace(
                before,
                copies=before.copies + block.copies,
                costs=Totals(*map(sum, zip(before.costs, block.costs, strict=True))),
            )
        else:
            folded.append(block)
    return folded


def _single(rows: Sequence[LayerRow]) -> bool:
    layers = [row for row in rows if role_of(row) != "other"]
    return len(layers) < 2 and not any(map(joins, rows))


def _block(rows: Sequence[LayerRow], copy: range) -> Block:
    inside = rows[copy.start : copy.stop]
    return Block(
        path=inside[0].group,
        form=_form(inside),
        name=inside[0].block,
        copies=(copy,),
        output_shape=inside[-1].output_shape,
        costs=totals(inside),
        failed=inside[-1].problem is not None,
    )


def _alike(rows: Sequence[LayerRow], one: range, other: range) -> bool:
    return _signature(rows, one) == _signature(rows, other)


def _signature(rows: Sequence[LayerRow], copy: range) -> list[tuple[object, ...]]:
    """What a reader would call the same block; the field and the jump grow with depth."""
    return [
        (
            row.kind,
            row.detail,
            row.branch,
            row.output_shape,
            row.parameters,
            tuple(i - copy.start for i in row.inputs),  # −1: the row before the block
            row.problem is None,
        )
        for row in rows[copy.start : copy.stop]
    ]


def _form(rows: Sequence[LayerRow]) -> str:
    """What kind of block it is, by how its rows join."""
    meetings = list(filter(joins, rows))
    if any(row.kind == "add" for row in meetings):
        convs = [row for row in rows if row.kind.startswith("Conv") and row.branch != "shortcut"]
        ends = [_is_pointwise(convs[i]) for i in (0, -1)] if convs else []
        return "bottleneck" if len(convs) == 3 and all(ends) else "residual"
    if meetings:
        return "inception" if len(meetings) == 1 and len(meetings[0].inputs) > 2 else "dense"
    return "chain"


def _is_pointwise(row: LayerRow) -> bool:
    """A 1×1 convolution, whose detail is "64@1×1"."""
    size = row.detail.partition("@")[2].partition(",")[0]
    return set(size.split("×")) == {"1"}
