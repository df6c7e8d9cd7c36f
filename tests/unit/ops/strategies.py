"""Windows, inputs and kernels for Hypothesis: every combination that fits together."""

from dataclasses import replace
from typing import Any, NamedTuple

import torch
from hypothesis import assume
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


class PoolCase(NamedTuple):
    """Valid arguments of `pool`; every field of the window has one number per axis."""

    x: Tensor  # (C, *spatial)
    window: Window
    mode: str
    ceil_mode: bool
    count_include_pad: bool


@st.composite
def poolings(draw: st.DrawFn) -> PoolCase:
    """Random whole numbers, so that ties are common, in every shape that `pool` takes."""
    axes, mode = draw(st.integers(1, 3)), draw(st.sampled_from(["max", "avg", "min"]))
    ceil_mode = draw(st.booleans())
    rows, shape = [], []
    for _ in range(axes):
        k, s = draw(st.integers(1, 4)), draw(st.integers(1, 4))
        d = 1 if mode == "avg" else draw(st.integers(1, 3))
        extent = d * (k - 1) + 1
        p = draw(st.integers(0, k // 2))
        # in ceil mode a window may be up to s − 1 cells larger than its input
        smallest = max(1, extent - 2 * p - (s - 1 if ceil_mode else 0))
        if mode == "avg" and axes == 3:
            smallest = max(smallest, k)
        shape.append(draw(st.integers(smallest, smallest + 5)))
        rows.append((k, s, p, d))
    window = Window(*(tuple(values) for values in zip(*rows, strict=True)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    x = torch.randint(-5, 6, (draw(st.integers(1, 3)), *shape), generator=generator).float()
    # a dilated window may miss a small input: PyTorch says −∞ there, `pool` refuses
    along = zip(replace(window, ceil_mode=ceil_mode).along(tuple(shape)), shape, strict=True)
    assume(
        all(any(0 <= i < n for i in a.taps(o)) for a, n in along for o in range(a.output_size(n)))
    )
    return PoolCase(x, window, mode, ceil_mode, draw(st.booleans()))
