"""A stack of layers and a cell's field: as PyTorch code, as a picture, as an animation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import torch
from torch import Tensor

from cnnviz.export.sheet import Panel
from cnnviz.models import Layer, Span, field_of, field_table
from cnnviz.ops.windows import Cell

NAMES = {"conv": "Conv", "max": "MaxPool", "avg": "AvgPool"}


def stack_code(layers: Sequence[Layer], cell: Cell, input_size: Cell) -> str:
    """Runnable PyTorch code that finds a cell's field by a gradient and checks its size.

    It leaves Y, 1 where the cell of the last layer sees a pixel and 0 elsewhere, as `seen` has it.
    """
    rows, cols = field_of(layers, cell, input_size)[0]
    row = field_table(layers, input_size)[-1]
    height, width = input_size
    return "\n".join(
        [
            "import torch",
            "from torch import nn",
            "",
            "# Ones as weights: nothing cancels out. A convolution stands for a pooling: it has",
            "# the same window, but a maximum would pass the gradient to its winner alone.",
            "net = nn.Sequential(",
            *(f"    {_module(layer)}" for layer in layers),
            ").double()",
            "for layer in net:",
            "    nn.init.ones_(layer.weight)",
            "",
            "r, j, P = 1, 1, 0  # receptive field, jump, padding",
            "for layer in net:",
            "    (k, _), (s, _), (p, _), (d, _) = (",
            "        layer.kernel_size, layer.stride, layer.padding, layer.dilation)",
            "    r, P, j = r + d * (k - 1) * j, P + p * j, j * s",
            f"assert (r, j, P) == ({row.receptive_field}, {row.jump}, {row.padding})",
            "",
            f"x = torch.ones({height}, {width}, dtype=torch.float64, requires_grad=True)",
            "y = net(x[None, None])[0, 0]",
            f"assert y.shape == {row.size}",
            f"row, col = {cell[0]}, {cell[1]}  # from 0",
            "(gradient,) = torch.autograd.grad(y[row, col], x)",
            f"Y = (gradient > 0).float()  # ({height}, {width})",
            *_checks(rows.cells, cols.cells),
            'print(f"theoretical field: {r} × {r}; {int(Y.sum())} pixels of the picture count")',
            "",
            "# effective: where the gradient is above 4.55 % of its greatest (Luo et al. 2016)",
            "effective = (gradient > 0.0455 * gradient.max()).sum().sqrt()",
            'print(f"effective field of equal weights {effective:.1f} × {effective:.1f}")',
            "",
        ]
    )


def _checks(rows: Sequence[int], cols: Sequence[int]) -> list[str]:
    """Lines that compare what the gradient reached with the page's rows and columns."""
    if not rows or not cols:
        return ["assert not Y.any()  # padding alone"]
    return [
        f"assert Y.any(1).nonzero().flatten().tolist() == {_listed(rows)}  # rows",
        f"assert Y.any(0).nonzero().flatten().tolist() == {_listed(cols)}  # columns",
    ]


def _listed(cells: Sequence[int]) -> str:
    """Code of a list: as a range, where the cells are evenly spaced."""
    gaps = {b - a for a, b in pairwise(cells)}
    if len(gaps) > 1:
        return str(list(cells))
    return f"list(range({cells[0]}, {cells[-1] + 1}, {min(gaps, default=1)}))"


def _module(layer: Layer) -> str:
    """One line of the network: a convolution with the layer's window."""
    values = (
        ("stride", layer.stride, 1),
        ("padding", layer.padding, 0),
        ("dilation", layer.dilation, 1),
    )
    given = [f"{name}={value}" for name, value, default in values if value != default]
    module = f"nn.Conv2d({', '.join(['1', '1', str(layer.kernel_size), *given, 'bias=False'])}),"
    if layer.kind == "conv":
        return module
    pool = ", ".join([str(layer.kernel_size), *given])
    return f"{module}  # for nn.{NAMES[layer.kind]}2d({pool})"


def seen(layers: Sequence[Layer], cell: Cell, input_size: Cell) -> Tensor:
    """1 where a cell of the last layer sees a pixel, 0 elsewhere: (H, W)."""
    rows, cols = field_of(layers, cell, input_size)[0]
    mask = torch.zeros(input_size)
    for row in rows.cells:
        mask[row, list(cols.cells)] = 1
    return mask


def stack_panels(
    maps: Sequence[Tensor], layers: Sequence[Layer], cell: Cell, step: int
) -> list[Panel]:
    """The maps of the input and of every layer, framed where the cell's field has grown to.

    At step 0 only the cell itself, of the last layer, is framed; at the last step all are.
    """
    if not 0 <= step <= len(layers):
        raise ValueError(f"There is no step {step}.")
    fields = field_of(layers, cell, (maps[0].shape[0], maps[0].shape[1]))
    titles = zip(_titles(layers), maps, strict=True)
    panels = [Panel(title, plane, "output") for title, plane in titles]
    panels[0] = replace(panels[0], role="input")
    for number, (rows, cols) in enumerate(fields):
        if number < len(layers) - step:
            panels[number] = replace(panels[number], caption=" ")  # keeps the room for what comes
            continue
        caption = f"{_length(rows)} × {_length(cols)}"
        marked = _within(rows, cols, panels[number].values)
        panels[number] = replace(panels[number], marked=marked, caption=caption)
    return panels


def _titles(layers: Sequence[Layer]) -> list[str]:
    """Free of language; only numbers where there is no room for more."""
    if len(layers) > 4:
        return ["X", *map(str, range(1, len(layers) + 1))]
    return [
        "X",
        *(f"{NAMES[layer.kind]} {layer.kernel_size} × {layer.kernel_size}" for layer in layers),
    ]


def _length(span: Span) -> int:
    return span.last - span.first + 1


def _within(rows: Span, cols: Span, plane: Tensor) -> tuple[tuple[int, int, int, int], ...]:
    """The frame of a field as far as it lies in its plane: row, column, rows, columns."""
    top, left = max(0, rows.first), max(0, cols.first)
    height = min(rows.last, plane.shape[0] - 1) - top + 1
    width = min(cols.last, plane.shape[1] - 1) - left + 1
    return ((top, left, height, width),) if height > 0 and width > 0 else ()
