"""How a kernel slides: stride, padding, dilation, flipped or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from torch import Tensor

from cnnviz.ops import Walk, Window, correlate
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


def walk_of(settings: OperationSettings, x: Tensor, kernel: Tensor) -> Walk:
    """The walk that these settings make; raises `Problem` where the kernel does not fit."""
    window = Window(
        (kernel.shape[0], kernel.shape[1]), settings.stride, settings.padding, settings.dilation
    )
    return correlate(x, kernel, window, flip=settings.operation == "convolution")


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
