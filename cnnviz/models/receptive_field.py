"""What a cell of a deep layer sees of the input: its theoretical receptive field.

The recurrences are those of Araujo, Norris and Sim, *Computing Receptive Fields of Convolutional
Neural Networks* (Distill, 2019). Shapes come from `cnnviz.ops.windows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cnnviz.ops.windows import Axis, Cell, Window
from cnnviz.problems import Problem

KINDS = ("conv", "max", "avg")


@dataclass(frozen=True)
class Layer:
    """A layer with a window: a convolution or a pooling, the same along every axis.

    Raises:
        Problem: (a `ValueError`) for what PyTorch's layer of that kind would refuse.
    """

    kind: str  # "conv", "max" or "avg"
    kernel_size: int
    stride: int = 1
    padding: int = 0  # per side
    dilation: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Problem("layer_kind", name=self.kind, allowed=", ".join(KINDS))
        Window(self.kernel_size, self.stride, self.padding, self.dilation)  # refuses nonsense
        if self.kind == "avg" and self.dilation > 1:
            raise Problem("layer_avg_dilation", dilation=self.dilation)
        if self.kind != "conv" and self.padding > (most := self.kernel_size // 2):
            raise Problem("layer_pool_padding", padding=self.padding, most=most)

    @property
    def axis(self) -> Axis:
        """The layer's window along any axis."""
        return Axis(self.kernel_size, self.stride, self.padding, self.dilation)


class FieldRow(NamedTuple):
    """What is known of all cells of one layer; the input is a row too, with r = j = 1."""

    size: Cell  # of the layer's output, without channels
    receptive_field: int  # r: a cell's field is so many input cells along each axis
    jump: int  # j: the fields of neighbours lie so many input cells apart
    padding: int  # P: the first cell's field begins so many cells before the input

    @property
    def centre(self) -> float:
        """The centre of the first cell's field, as an input coordinate."""
        return (self.receptive_field - 1) / 2 - self.padding


class Span(NamedTuple):
    """A field along one axis of one layer."""

    first: int  # from here
    last: int  # to here it would reach if all layers went on beyond their borders
    cells: tuple[int, ...]  # those inside the layer that really count; holes are left out


def field_table(layers: Sequence[Layer], input_size: Cell) -> list[FieldRow]:
    """Size, receptive field, jump and effective padding of the input and of every layer.

    r ← r + d(k−1)·j, then P ← P + p·j and j ← j·s, from r = j = 1 and P = 0.

    Raises:
        Problem: (a `ValueError`) that names the first layer whose window does not fit.
    """
    size, r, j, padding = tuple(input_size), 1, 1, 0
    rows = [FieldRow(size, r, j, padding)]
    for number, layer in enumerate(layers, 1):
        size = _output_size(number, layer, size)
        r += layer.dilation * (layer.kernel_size - 1) * j
        padding += layer.padding * j
        j *= layer.stride
        rows.append(FieldRow(size, r, j, padding))
    return rows


def _output_size(number: int, layer: Layer, size: Cell) -> Cell:
    try:
        return tuple(layer.axis.output_size(n) for n in size)
    except Problem as problem:
        raise Problem(
            "layer_too_large",
            layer=number,
            extent=layer.axis.extent,
            size=" × ".join(map(str, size)),
            padded=" × ".join(str(n + 2 * layer.padding) for n in size),
        ) from problem


def field_of(layers: Sequence[Layer], cell: Cell, input_size: Cell) -> list[tuple[Span, ...]]:
    """What a cell of the last layer sees of the input, of layer 1, ..., and of its own layer.

    For each of these a `Span` per axis. The field is the product of the spans: cell (i, j) of
    that layer counts where i is in the first span's cells and j in the second's.

    Raises:
        Problem: (a `ValueError`) where a layer does not fit or the cell does not exist.
    """
    rows = field_table(layers, input_size)
    size = rows[-1].size
    if len(cell) != len(size) or not all(0 <= i < n for i, n in zip(cell, size, strict=True)):
        raise Problem("cell_outside", cell=tuple(cell), shape=size)
    fields = [tuple(Span(i, i, (i,)) for i in cell)]
    for layer, row in zip(reversed(layers), reversed(rows[:-1]), strict=True):
        spans = zip(fields[-1], row.size, strict=True)
        fields.append(tuple(_before(layer.axis, span, n) for span, n in spans))
    return fields[::-1]


def _before(axis: Axis, span: Span, n: int) -> Span:
    """The span one layer earlier, where the axis has `n` cells."""
    read = {i for o in span.cells for i in axis.taps(o) if 0 <= i < n}
    return Span(axis.taps(span.first)[0], axis.taps(span.last)[-1], tuple(sorted(read)))
