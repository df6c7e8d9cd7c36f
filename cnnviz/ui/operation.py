"""How a kernel slides: stride, padding, dilation, flipped or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import streamlit as st
from torch import Tensor

from cnnviz.ops import Walk, Window, correlate
from cnnviz.ops.windows import PerAxis
from cnnviz.problems import Problem
from cnnviz.ui import links
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import choice, limits, whole

OPERATIONS = ("correlation", "convolution")


@dataclass(frozen=True, kw_only=True)
class OperationSettings:
    """One number for both axes; padding per side, as in PyTorch."""

    stride: int = whole(1, 1, 8)
    padding: int = whole(0, 0, 10)
    dilation: int = whole(1, 1, 6)
    operation: str = choice("correlation", OPERATIONS)


S = TypeVar("S", bound=OperationSettings)


class Slides(Protocol):
    """Settings of a window: one number for both axes, or one for each."""

    @property
    def stride(self) -> PerAxis: ...
    @property
    def padding(self) -> PerAxis: ...
    @property
    def dilation(self) -> PerAxis: ...


def window_of(settings: Slides, kernel: Tensor) -> Window:
    """The window of a (..., kernel_height, kernel_width) kernel."""
    size = (kernel.shape[-2], kernel.shape[-1])
    return Window(size, settings.stride, settings.padding, settings.dilation)


def walk_of(
    settings: OperationSettings,
    x: Tensor,
    kernel: Tensor,
    *,
    bias: Tensor | None = None,
    groups: int = 1,
) -> Walk:
    """The walk that these settings make; raises `Problem` where the kernel does not fit."""
    flip, window = settings.operation == "convolution", window_of(settings, kernel)
    return correlate(x, kernel, window, bias=bias, groups=groups, flip=flip)


def ways_to_fit(
    settings: OperationSettings, x: Tensor, kernel: Tensor
) -> dict[str, dict[str, int]]:
    """What makes a kernel fit that is too large for its input: buttons' labels → changes."""
    shape = tuple(x.shape[-2:])
    undilated = replace(settings, dilation=1)
    padding, less = (
        _least_padding(settings, shape, kernel),
        _least_padding(undilated, shape, kernel),
    )
    ways = {
        t("refusal.padding", padding=padding): {"padding": padding},
        t("refusal.dilation"): {"dilation": 1},
        t("refusal.both", padding=less): {"padding": less, "dilation": 1},
    }
    fitting = [way for way in ways.items() if fits(settings, way[1], shape, kernel)]
    return dict(fitting[:2])


def _least_padding(settings: OperationSettings, shape: tuple[int, ...], kernel: Tensor) -> int:
    """The padding on each side with which the kernel fits an input of this shape."""
    axes = window_of(settings, kernel).along(shape)
    return (max(axis.extent - n for axis, n in zip(axes, shape, strict=True)) + 1) // 2


def fits(
    settings: Any, changes: Mapping[str, object], shape: tuple[int, ...], kernel: Tensor
) -> bool:
    """Whether these `Slides` with these changes fit an input of this shape, and a link."""
    changed = replace(settings, **changes)
    try:
        window_of(changed, kernel).output_shape(shape)
    except Problem:
        return False
    return links.allowed(changed, settings)


def operation_controls(desk: Desk[S]) -> None:
    """Padding, stride, dilation; cross-correlation or convolution."""
    for name in ("padding", "stride", "dilation"):
        st.slider(t(f"operation.{name}"), *limits(OperationSettings, name), **desk.bind(name))
    st.radio(
        t("operation.label"),
        OPERATIONS,
        format_func=lambda name: t(f"operation.name.{name}"),
        **desk.bind("operation"),
    )


def flip_line(settings: OperationSettings, x: Tensor, kernel: Tensor) -> str:
    """What flipping this kernel changes: nothing, for a symmetric one."""
    flipped = kernel.flip(0, 1)
    if kernel.equal(flipped):
        return t("operation.flip_symmetric")
    if kernel.equal(-flipped):
        return t("operation.flip_negates")
    as_is, other = (walk_of(settings, x, each).output for each in (kernel, flipped))
    same = as_is.allclose(other)
    return t("operation.flip_same_output" if same else "operation.flip_changed")
