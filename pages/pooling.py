"""Pooling (d2l 7.5): a window keeps the largest, the mean or the smallest of what it reads."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from torch import Tensor

from cnnviz.ops import Pooling
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.grids import LARGEST_GRID
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.inputs import can_draw, input_controls
from cnnviz.ui.panels import panels
from cnnviz.ui.pooling.controls import example_control, planes_control, sign_of, window_controls
from cnnviz.ui.pooling.mean import mean_panel
from cnnviz.ui.pooling.relu import ReluSettings, relu_panel
from cnnviz.ui.pooling.resize import ResizeSettings, resize_panel
from cnnviz.ui.pooling.settings import edit_planes, input_planes, tags, walk_of, ways_to_fit
from cnnviz.ui.pooling.shape import shape_panel
from cnnviz.ui.pooling.shift import ShiftSettings, shift_panel
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, whole
from cnnviz.ui.staging import show_stage
from cnnviz.ui.takeaway import Takeaway, takeaway, walk_takeaway

PAGE = "pooling"
STAGE = f"{PAGE}.stage"
PANELS = ("formula", "shift", "resize", "mean", "relu", "code", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(ResizeSettings, ReluSettings, ShiftSettings):
    """Everything that is on this page."""

    panel: str = choice("formula", PANELS, view=True)
    step: int = whole(1, 1, 1_000_000, written=False, view=True)  # the stage writes it


def main() -> None:
    """The page: the stage first, for it is what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, STAGE, edit_planes)
    controls, picture = frame.workbench(t("page.pooling.title"), t("page.pooling.lead"))
    x = input_planes(desk.now)
    with picture:
        walk = show(desk, x)
    with controls:
        example_control(desk)
        input_controls(desk, lambda before, now: now)
        planes_control(desk)
        window_controls(desk, x)
        takeaway(f"{PAGE}.take", PAGE, walk and taken(walk))
    if walk:
        with picture:
            panels(desk, PANELS, lambda name: panel(name, desk, walk))
    frame.close(desk)


def show(desk: Desk[Settings], x: Tensor) -> Pooling | None:
    """The stage, or in its place what does not fit and the way back."""
    now = desk.now
    try:
        walk = walk_of(now, x)
    except Problem as problem:
        refusal(desk, problem, ways_to_fit(now, x))
        return None
    titles = {
        "input": t("stage.input"),
        "kernel": t("stage.lens"),
        "output": t("stage.output"),
    }
    show_stage(
        desk,
        walk,
        STAGE,
        titles=titles,
        strings=texts("stage") | {"stage": t("pooling.stage")},
        sign=sign_of(now),
        tags={"input": tags(now), "output": tags(now)},
        editable=frozenset({"input"} if max(x.shape[-2:]) <= LARGEST_GRID else ()),
        draw=can_draw(now),
        brush=now.input == "draw",
    )
    return walk


def taken(walk: Pooling) -> Takeaway:
    """What the export buttons hand out."""
    return walk_takeaway(walk, t("page.pooling.title"), t("page.pooling.lead"))


def panel(name: str, desk: Desk[Settings], walk: Pooling) -> None:
    """One of the tabs."""
    if name == "formula":
        shape_panel(walk)
    elif name == "shift":
        shift_panel(desk)
    elif name == "resize":
        resize_panel(desk)
    elif name == "mean":
        mean_panel(desk)
    elif name == "relu":
        relu_panel(desk)
    elif name == "code":
        st.code(taken(walk).code, language="python", height=360)
    else:
        st.markdown(lesson("pooling"))


main()
