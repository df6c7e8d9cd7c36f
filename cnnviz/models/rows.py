"""One layer of a network as a row of its shape table, and sums over rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cnnviz.problems import Problem

INPUT = -1  # the network's input among a row's `inputs`


class LayerRow(NamedTuple):
    """What is known of one layer or operation without computing anything."""

    path: str  # the module's dotted name; of an operation, the module whose forward does it
    kind: str  # the module's class; "add", "concat", "multiply", "mean", "matmul" have no module
    detail: str  # "6@5×5, p 2"
    output_shape: tuple[int, ...]  # without the batch
    parameters: int
    parameters_formula: str  # "6·(1·5·5)+6"; empty without parameters
    macs: int  # multiply-accumulates; FLOPs are twice that
    activation_bytes: int  # of a float32 output; 0 where it shares its input's memory
    receptive_field: tuple[int, ...]  # per axis, in input pixels; empty where it is not known
    jump: tuple[int, ...] | None  # per axis; None where fields do not lie evenly, or once dense
    group: str  # path of the block that it is part of; empty for none
    branch: str  # "", a concatenation's "1", "2", ..., an addition's "main" or "shortcut"
    inputs: tuple[int, ...]  # the rows it reads, or `INPUT`
    problem: Problem | None = None  # why this layer does not fit; the table ends with it
    block: str = ""  # the class of that block: "VGGBlock"


class Totals(NamedTuple):
    """Sums over a table."""

    parameters: int
    macs: int
    activation_bytes: int

    @property
    def parameter_bytes(self) -> int:
        return 4 * self.parameters


def totals(rows: Iterable[LayerRow]) -> Totals:
    """What the rows cost together."""
    found = list(rows)
    return Totals(
        sum(row.parameters for row in found),
        sum(row.macs for row in found),
        sum(row.activation_bytes for row in found),
    )
