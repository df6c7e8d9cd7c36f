"""The feature map that activation and dropout work on: the reader's picture under a kernel."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st
import torch

from cnnviz.components.boards import Board, boards
from cnnviz.components.stage import Edit, Options, stage
from cnnviz.data.examples import EXAMPLES
from cnnviz.ops import Walk, correlate
from cnnviz.problems import Problem
from cnnviz.ui import frame, settings
from cnnviz.ui.between.common import CellSettings
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import can_edit
from cnnviz.ui.i18n import t, texts
from cnnviz.ui.inputs import (
    GROUPS,
    InputSettings,
    can_draw,
    edit_input,
    input_controls,
    input_plane,
)
from cnnviz.ui.kernels import (
    CHOICES,
    KernelSettings,
    edit_kernel,
    kernel_controls,
    kernel_of,
)
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice

INPUTS = [name for names in GROUPS.values() for name in names]


@dataclass(frozen=True, kw_only=True)
class FeatureSettings(InputSettings, KernelSettings, CellSettings):
    """A picture and a kernel; a garment's edges to begin with."""

    input: str = choice("garment", INPUTS)
    kernel: str = choice("sobel-x", CHOICES)


S = TypeVar("S", bound=FeatureSettings)


def feature_walk(desk: Desk[S]) -> Walk | None:
    """The kernel's walk over the picture, or in its place what does not fit and the way back."""
    try:
        return correlate(input_plane(desk.now), kernel_of(desk.now))
    except Problem as problem:
        ways = {
            t("between.use_garment"): {"input": "garment"},
            t("between.use_edge"): {"kernel": "edge"},
        }
        fits = input_plane(desk.now).shape[1] >= 2  # what the edge kernel needs
        refusal(desk, problem, dict(list(ways.items())[: 1 + fits]))
        return None


def feature_controls(desk: Desk[S]) -> None:
    """Choose the picture and the kernel."""
    input_controls(desk, _follow)
    if desk.now.input == "draw":
        st.markdown(t("between.draw_here"))
    kernel_controls(desk)


def _follow(before: S, now: S) -> S:
    """An example of the course brings its kernel; on a picture its smallest show little."""
    if now.input in EXAMPLES:
        return replace(now, kernel=EXAMPLES[now.input].kernel)
    if before.input in GROUPS["grid"] and now.kernel in ("ramp", "cross"):
        return replace(now, kernel="sobel-x")
    return now


def making(desk: Desk[S], walk: Walk, key: str) -> None:
    """The stage on which the feature map is made: draw, edit, step."""
    titles = {
        "input": t("stage.input"),
        "kernel": t("stage.kernel"),
        "output": t("between.map"),
    }
    stage(
        walk,
        key,
        Options(
            titles,
            texts("stage"),
            editable=frozenset({"input", "kernel"} if can_edit(walk.input) else {"kernel"}),
            draw=can_draw(desk.now),
            brush=desk.now.input == "draw",
            undo=bool(desk.history.past),
            redo=bool(desk.history.future),
            step=len(walk) - 1,
            linked=False,
            link=desk.history.link,
            done=desk.history.done,
            largest=settings.LARGEST,
            classroom=frame.classroom(),
        ),
    )


def edit_feature(now: S, edit: Edit) -> S:
    """The settings after an edit of the picture or the kernel on that stage."""
    if edit.detail.get("plane") == "kernel":
        return edit_kernel(now, edit, flipped=False)
    return edit_input(now, edit)


def linked_planes(desk: Desk[Any], key: str, *planes: Board) -> None:
    """Planes whose cells belong together one by one: a cell lights up in all."""
    link, classroom = desk.history.link, frame.classroom()
    boards(key, [planes], texts("boards"), link=link, pointwise=True, classroom=classroom)


def plane(
    name: str,
    title: str,
    role: str,
    values: torch.Tensor,
    *,
    most: float | None = None,
    before: str = "",
) -> Board:
    """One of them; `most` is the number of full colour."""
    return Board(
        name, title, role, values, torch.arange(values.numel()), most=most or None, before=before
    )


def figures(*pairs: tuple[str, str]) -> None:
    """Numbers that sum up the picture, in one line: (label, number)."""
    with st.container(horizontal=True, gap="large"):
        for label, value in pairs:
            st.markdown(f"{label}: **{value}**", width="content")
