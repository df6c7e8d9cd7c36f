"""Windows, inputs and kernels for Hypothesis: every combination that fits together."""

from typing import Any, NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops import Window

Shape = tuple[int, ...]


class Correlation(NamedTuple):
    """Valid arguments of `correlate`, and what PyTorch is to be told for the same."""

    x: Tensor  # (C, *spatial)
    kernel: Tensor  # (O, C/groups, *kernel_size)
    window: Window
    bias: Tensor | None
    groups: int
    torch: dict[str, Any]


@st.composite
def fitting(draw: st.DrawFn, axes: int | None = None) -> tuple[Window, Shape]:
    """A window and an input shape that it fits."""
    axes = axes or draw(st.integers(1, 3))
    rows = []
    for name, low, high in (
        ("kernel_size", 1, 4),
        ("stride", 1, 4),
        ("padding", 0, 3),
        ("dilation", 1, 3),
    ):
        same = st.integers(low, high).map(lambda n: (n,) * axes)
        each = st.tuples(*[st.integers(low, high)] * axes)
        rows.append(draw(same | each, label=name))
    shape = []
    for k, _, p, d in zip(*rows, strict=True):
        smallest = max(1, d * (k - 1) + 1 - 2 * p)
        shape.append(draw(st.integers(smallest, smallest + 5)))
    # a whole number stands for the same on every axis
    fields = [row[0] if len(set(row)) == 1 and draw(st.booleans()) else row for row in rows]
    return Window(*fields), tuple(shape)


@st.composite
def correlations(draw: st.DrawFn) -> Correlation:
    """Random numbers in every shape that `correlate` takes with channels."""
    window, shape = draw(fitting())
    groups, inputs, outputs = (draw(st.integers(1, 3)) for _ in range(3))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    x = torch.randn(groups * inputs, *shape, generator=generator)
    size = per_axis(window.kernel_size, len(shape))
    kernel = torch.randn(groups * outputs, inputs, *size, generator=generator)
    bias = torch.randn(groups * outputs, generator=generator) if draw(st.booleans()) else None
    settings = {
        "stride": window.stride,
        "padding": window.padding,
        "dilation": window.dilation,
        "groups": groups,
        "bias": bias,
    }
    return Correlation(x, kernel, window, bias, groups, settings)


def per_axis(value: int | tuple[int, ...], axes: int) -> tuple[int, ...]:
    return value if isinstance(value, tuple) else (value,) * axes
