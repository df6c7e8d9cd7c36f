"""Cross-correlation (d2l 7.2): slide a kernel over one's own input, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from cnnviz.components.products import products
from cnnviz.components.stage import Edit
from cnnviz.data.examples import EXAMPLES
from cnnviz.ops import Walk
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.formula import formula
from cnnviz.ui.grids import can_edit
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.inputs import (
    GROUPS,
    InputSettings,
    can_draw,
    edit_input,
    input_controls,
    input_plane,
)
from cnnviz.ui.kernels import KernelSettings, edit_kernel, kernel_controls, kernel_of
from cnnviz.ui.learn import LearnSettings, learn_panel
from cnnviz.ui.operation import (
    OperationSettings,
    flip_line,
    operation_controls,
    walk_of,
    ways_to_fit,
)
from cnnviz.ui.panels import panels
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, whole
from cnnviz.ui.staging import show_stage
from cnnviz.ui.takeaway import Takeaway, takeaway, walk_takeaway

PAGE = "cross-correlation"
STAGE = f"{PAGE}.stage"
PANELS = ("formula", "code", "products", "learn", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(InputSettings, KernelSettings, OperationSettings, LearnSettings):
    """Everything that is on this page."""

    panel: str = choice("formula", PANELS, view=True)
    step: int = whole(1, 1, 1_000_000, written=False, view=True)  # the stage writes it


def main() -> None:
    """The page: the stage first, for it is what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, STAGE, apply_edit)
    controls, picture = frame.workbench(
        t("page.cross-correlation.title"), t("page.cross-correlation.lead")
    )
    with picture:
        walk = show(desk)
    with controls:
        input_controls(desk, with_fitting_kernel)
        kernel_controls(desk)
        operation_controls(desk)
        if walk and desk.now.operation == "convolution":
            st.caption(flip_line(desk.now, walk.input, kernel_of(desk.now)))
        takeaway(f"{PAGE}.take", PAGE, walk and taken(walk))
    if walk:
        with picture:
            panels(desk, PANELS, lambda name: panel(name, desk, walk))
    frame.close(desk)


def apply_edit(now: Settings, edit: Edit) -> Settings:
    """The settings after an edit of the input or the kernel."""
    if edit.detail.get("plane") == "kernel":
        return edit_kernel(now, edit, flipped=now.operation == "convolution")
    return edit_input(now, edit)


def show(desk: Desk[Settings]) -> Walk | None:
    """The stage, or in its place what does not fit and the way back."""
    now = desk.now
    x, kernel = input_plane(now), kernel_of(now)
    try:
        walk = walk_of(now, x, kernel)
    except Problem as problem:
        refusal(desk, problem, ways_to_fit(now, x, kernel))
        return None
    show_stage(
        desk,
        walk,
        STAGE,
        editable=frozenset({"input", "kernel"} if can_edit(x) else {"kernel"}),
        draw=can_draw(now),
        brush=now.input == "draw",
    )
    return walk


def with_fitting_kernel(before: Settings, now: Settings) -> Settings:
    """An example of the course brings its kernel; on a picture its smallest show little."""
    if now.input in EXAMPLES:
        return replace(now, kernel=EXAMPLES[now.input].kernel)
    to_picture = before.input in GROUPS["grid"] and now.input not in GROUPS["grid"]
    if to_picture and now.kernel in ("ramp", "cross"):
        return replace(now, kernel="sobel-x")
    return now


def taken(walk: Walk) -> Takeaway:
    """What the export buttons hand out."""
    return walk_takeaway(walk, t("page.cross-correlation.title"), t("page.cross-correlation.lead"))


def panel(name: str, desk: Desk[Settings], walk: Walk) -> None:
    """One of the tabs."""
    if name == "formula":
        formula(walk)
    elif name == "code":
        st.code(taken(walk).code, language="python", height=360)
    elif name == "products":
        products(f"{PAGE}.products", texts("stage") | texts("products"))
    elif name == "learn":
        learn_panel(desk, walk)
    else:
        st.markdown(lesson("cross-correlation"))


main()
