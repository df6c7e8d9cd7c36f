"""The shape table of any network: what every layer gives, holds, costs and sees.

Nothing is computed on pictures and no weights are allocated (see `cnnviz.models.trace`).
Receptive fields follow Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional Neural
Networks* (Distill, 2019).
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn
from torch.nn.parameter import UninitializedParameter

from cnnviz.models.rows import INPUT, LayerRow, Totals, totals
from cnnviz.models.trace import trace
from cnnviz.problems import Problem

__all__ = ["INPUT", "LayerRow", "Totals", "shape_table", "totals"]


def shape_table(model: nn.Module, input_shape: Sequence[int]) -> list[LayerRow]:
    """One row for every layer and for what the forward does between them, as it would run.

    Args:
        model: any module that takes one tensor; it is only read.
        input_shape: without the batch: (C, H, W), also (C, L) or (C, D, H, W).

    Where a layer does not fit, the table ends with its row, whose `problem` says why.

    Raises:
        Problem: (a `ValueError`) where the input shape is none, or a lazy layer has no size yet.
    """
    shape = tuple(input_shape)
    if not 1 <= len(shape) <= 4 or min(shape) < 1:
        raise Problem("row_input", shape="×".join(map(str, shape)) or "()")
    if any(isinstance(weight, UninitializedParameter) for weight in model.parameters()):
        raise Problem("row_lazy")
    rows = trace(model, shape)
    names = _branches(rows)
    return [r._replace(branch=name) if name else r for r, name in zip(rows, names, strict=True)]


def _branches(rows: Sequence[LayerRow]) -> list[str]:
    """Which branch or shortcut each row is on: "", "1", "2", ..., "main", "shortcut".

    A branch is what leads to one input of an addition or a concatenation and to none of its others.
    Where branches lie in branches, the innermost counts.
    """
    behind: list[int] = []  # of every row, as bits: itself and all rows that it depends on
    names = [""] * len(rows)
    for number, row in enumerate(rows):
        before = [behind[i] if i != INPUT else 0 for i in row.inputs]
        everything = 1 << number
        for bits in before:
            everything |= bits
        behind.append(everything)
        if len(before) < 2:
            continue
        own = [_without_others(before, i) for i in range(len(before))]
        for name, bits in zip(_names(row.kind, own), own, strict=True):
            for i in _ones(bits):
                names[i] = names[i] or name
    return names


def _without_others(sets: Sequence[int], i: int) -> int:
    others = 0
    for k, bits in enumerate(sets):
        if k != i:
            others |= bits
    return sets[i] & ~others


def _names(kind: str, own: Sequence[int]) -> list[str]:
    """The branches' names, given what lies on each: a shortcut is the shorter way to a sum."""
    lengths = [bits.bit_count() for bits in own]
    if kind == "concat" and sum(map(bool, lengths)) > 1:
        return [str(i) for i in range(1, len(own) + 1)]
    longest = lengths.index(max(lengths))
    return ["main" if i == longest else "shortcut" for i in range(len(own))]


def _ones(bits: int) -> list[int]:
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found
