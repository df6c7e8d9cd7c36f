"""Two networks against each other: which rows changed, came or went, and what that costs.

The tables are aligned as two texts are (Needleman and Wunsch, 1970): the rows keep their order, and
as many as can be stand beside a row of their own kind, the more alike the better.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.models.operations import CELLWISE
from cnnviz.models.roles import role_of
from cnnviz.models.summary import LayerRow, Totals, totals

PARTS = ("conv", "dense", "other")
ACTIVATIONS = {*CELLWISE.values(), "ReLU6", "ELU", "Hardswish"} - {"Dropout", "Softmax"}
SAME = ("kind", "detail", "output_shape", "parameters", "macs")  # of rows that did not change
ALIKE = {
    "output_shape": 4,
    "detail": 3,
    "path": 2,
    **dict.fromkeys(("branch", "kind", "parameters", "macs"), 1),
}
BESIDE = 10  # what it is worth that two rows of one sort stand beside each other


class Pair(NamedTuple):
    """Two rows that stand at one place, or a row that stands in one table only."""

    before: int | None
    after: int | None
    mark: str  # "", "changed", "removed", "added"; "unreached" past a row that does not fit

    def row(self, side: int) -> int | None:
        """Of the table before (0) or after (1)."""
        return self.after if side else self.before


class Change(NamedTuple):
    """A quantity on both sides."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before

    @property
    def ratio(self) -> float | None:
        """After over before; None where there was nothing before."""
        return self.after / self.before if self.before else None


class Cause(NamedTuple):
    """Rows that changed in the same way, and what all of them make."""

    mark: str
    part: str  # of `PARTS`
    before: str  # "Conv2d 64@3×3, p 1"; empty where they were added
    after: str  # empty where they were removed
    rows: int  # so many
    parameters: int  # differences, after less before
    macs: int
    activation_bytes: int


@dataclass(frozen=True)
class Comparison:
    """Two tables, aligned."""

    before: Sequence[LayerRow]
    after: Sequence[LayerRow]
    pairs: tuple[Pair, ...]  # every row of both once, in order

    def marks(self, side: int) -> dict[int, str]:
        """Row number → "added", "removed" or "changed", of the table before (0) or after (1)."""
        marks = ((pair.row(side), pair.mark) for pair in self.pairs)
        return {i: mark for i, mark in marks if i is not None and mark not in ("", "unreached")}

    @property
    def failed(self) -> tuple[int | None, int | None]:
        """The first row that does not fit, of either side."""
        return _failed(self.before), _failed(self.after)

    @cached_property
    def reached(self) -> tuple[list[LayerRow], list[LayerRow]]:
        """The rows of each side that can be compared: up to the first place that does not fit."""
        pairs = [pair for pair in self.pairs if pair.mark != "unreached"]
        if self.failed != (None, None):
            pairs.pop()  # the place itself
        return (
            [self.before[pair.before] for pair in pairs if pair.before is not None],
            [self.after[pair.after] for pair in pairs if pair.after is not None],
        )

    def change(self, measure: str, part: str | None = None) -> Change:
        """How much of a measure both sides have, all or one of `PARTS` of it.

        `measure` is a field of `Totals`, or `parameter_bytes`. Where a side does not fit, that
        place and what comes after it count on neither side.
        """
        return Change(*(int(getattr(_sum(rows, part), measure)) for rows in self.reached))

    @cached_property
    def causes(self) -> tuple[Cause, ...]:
        """What the differences come from, in the order of the tables."""
        found: dict[tuple[str, str, str, str], list[Totals]] = {}
        for pair in self.pairs:
            if pair.mark in ("", "unreached"):
                continue
            old = None if pair.before is None else self.before[pair.before]
            new = None if pair.after is None else self.after[pair.after]
            if any(row and row.problem for row in (old, new)):
                continue  # it has no costs that could differ
            most = max((row for row in (old, new) if row), key=lambda row: row.macs)
            key = (pair.mark, part_of(most), _title(old), _title(new))
            less, more = (totals([row] if row else []) for row in (old, new))
            difference = Totals(*(b - a for a, b in zip(less, more, strict=True)))
            found.setdefault(key, []).append(difference)
        return tuple(
            Cause(*key, len(costs), *map(sum, zip(*costs, strict=True)))
            for key, costs in found.items()
        )

    def largest(self, measure: str, count: int) -> list[Cause]:
        """The causes of the largest differences in a field of `Totals`, the largest first."""
        found = [cause for cause in self.causes if getattr(cause, measure)]
        return sorted(found, key=lambda cause: -abs(getattr(cause, measure)))[:count]


def compare(before: Sequence[LayerRow], after: Sequence[LayerRow]) -> Comparison:
    """Align two shape tables and mark what differs.

    Rows of one sort at one place are a pair, "changed" where their kind, detail, shape, weights or
    work differ; the others are "removed" and "added". What comes after a row that does not fit is
    "unreached": nobody knows what it would be.
    """
    pairs = []
    i = j = 0
    for a, b in [*_beside(before, after), (len(before), len(after))]:
        pairs += [Pair(gone, None, "removed") for gone in range(i, a)]
        pairs += [Pair(None, new, "added") for new in range(j, b)]
        if a < len(before) and b < len(after):
            pairs.append(Pair(a, b, _mark(before[a], after[b])))
        i, j = a + 1, b + 1
    return Comparison(before, after, tuple(_up_to_failure(pairs, _failed(before), _failed(after))))


def part_of(row: LayerRow) -> str:
    """Which of `PARTS` a row belongs to."""
    role = role_of(row)
    return role if role in PARTS else "other"


def _sum(rows: Iterable[LayerRow], part: str | None) -> Totals:
    return totals(row for row in rows if part is None or part_of(row) == part)


def _title(row: LayerRow | None) -> str:
    return f"{row.kind} {row.detail}".strip() if row else ""


def _failed(rows: Sequence[LayerRow]) -> int | None:
    return len(rows) - 1 if rows and rows[-1].problem else None


def _mark(before: LayerRow, after: LayerRow) -> str:
    same = all(getattr(before, name) == getattr(after, name) for name in SAME)
    fits = (before.problem is None) == (after.problem is None)
    return "" if same and fits else "changed"


def _up_to_failure(pairs: Sequence[Pair], old: int | None, new: int | None) -> Iterable[Pair]:
    """The pairs, marked as unreached after the first row that does not fit."""
    stopped = False
    for pair in pairs:
        yield pair._replace(mark="unreached") if stopped else pair
        stopped |= (old is not None and pair.before == old) or (
            new is not None and pair.after == new
        )


# ---- the alignment


def _beside(before: Sequence[LayerRow], after: Sequence[LayerRow]) -> list[tuple[int, int]]:
    """Which rows stand beside each other: the pairs of numbers with the highest sum of worths."""
    worth = _worth(before, after)
    best = torch.zeros(len(before) + 1, len(after) + 1, dtype=torch.int32)
    for i, row in enumerate(worth):
        # of the rows so far: without this one, or with it beside one of the other table
        taken = torch.maximum(best[i, 1:], torch.where(row > 0, best[i, :-1] + row, 0))
        best[i + 1, 1:] = torch.cummax(taken, 0).values
    sums, worths = best.tolist(), worth.tolist()
    found, i, j = [], len(before), len(after)
    while i and j:
        if sums[i][j] == sums[i - 1][j]:
            i -= 1
        elif sums[i][j] == sums[i][j - 1]:
            j -= 1
        else:
            assert sums[i][j] == sums[i - 1][j - 1] + worths[i - 1][j - 1]
            i, j = i - 1, j - 1
            found.append((i, j))
    return found[::-1]


def _worth(before: Sequence[LayerRow], after: Sequence[LayerRow]) -> Tensor:
    """(rows before, rows after): 0 for rows of two sorts, else how much alike they are."""
    worth = torch.full((len(before), len(after)), BESIDE, dtype=torch.int32)
    for name, points in ALIKE.items():
        worth += points * _equal(before, after, attrgetter(name))
    return worth * _equal(before, after, _sort)


def _equal(
    before: Sequence[LayerRow], after: Sequence[LayerRow], key: Callable[[LayerRow], Hashable]
) -> Tensor:
    """(rows before, rows after): whether the rows' keys are equal."""
    numbers: dict[Hashable, int] = {}
    old, new = (
        torch.tensor([numbers.setdefault(key(row), len(numbers)) for row in rows])
        for rows in (before, after)
    )
    return old[:, None] == new[None, :]


def _sort(row: LayerRow) -> str:
    """What may stand in a row's place: an activation for an activation, a pooling for a pooling."""
    if row.kind in ACTIVATIONS:
        return "activation"
    return "pool" if "Pool" in row.kind else row.kind
