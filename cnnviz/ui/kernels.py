"""The kernel of an operation: named, made from a direction, or edited by hand."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.stage import Edit
from cnnviz.ops import kernels
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import as_grid, edit_cell, size_controls
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import Grid, choice, grid, limits, whole

LARGEST_KERNEL = 11
UNTOUCHED = as_grid(kernels.named("ramp").tolist())
CHOICES = (*kernels.NAMES, "direction", "own")


@dataclass(frozen=True, kw_only=True)
class KernelSettings:
    """Which kernel is on screen; `weights` count for "own", `angle` for "direction"."""

    kernel: str = choice("ramp", CHOICES)
    weights: Grid = grid(UNTOUCHED, LARGEST_KERNEL)
    angle: int = whole(45, 0, 359)  # degrees, clockwise from the right: y points down


S = TypeVar("S", bound=KernelSettings)


def kernel_of(settings: KernelSettings) -> Tensor:
    """The kernel as the reader gave it: float32 (kernel_height, kernel_width)."""
    if settings.kernel == "own":
        return torch.tensor(settings.weights)
    if settings.kernel == "direction":
        angle = math.radians(settings.angle)
        return kernels.from_direction(math.cos(angle), math.sin(angle))
    return kernels.named(settings.kernel)


def edit_kernel(settings: S, edit: Edit, *, flipped: bool) -> S:
    """The settings after an edit of a weight; a flipped kernel is shown flipped, kept as given."""
    axes = (0, 1) if flipped else ()
    rows = edit_cell(kernel_of(settings).flip(axes), edit)
    return replace(settings, kernel="own", weights=as_grid(torch.tensor(rows).flip(axes).tolist()))


def kernel_controls(desk: Desk[S]) -> None:
    """Choose the kernel and its size."""
    st.selectbox(
        t("kernel.label"),
        CHOICES,
        format_func=lambda name: t(f"kernel.name.{name}"),
        **desk.bind("kernel", take=_take_kernel),
    )
    st.caption(t(f"kernel.shows.{desk.now.kernel}"))
    if desk.now.kernel == "direction":
        st.slider(t("kernel.angle"), *limits(KernelSettings, "angle"), **desk.bind("angle"))
        angle = math.radians(desk.now.angle)
        st.caption(t("kernel.vector", dx=f"{math.cos(angle):.2f}", dy=f"{math.sin(angle):.2f}"))

    def take(settings: S, rows: Grid) -> S:
        return replace(settings, kernel="own", weights=rows)

    size_controls(desk, "kernel", kernel_of, LARGEST_KERNEL, take)


def _take_kernel(settings: S, name: str) -> S:
    if name == "own" and settings.weights == UNTOUCHED:  # start from what is there
        return replace(settings, kernel=name, weights=as_grid(kernel_of(settings).tolist()))
    return replace(settings, kernel=name)
