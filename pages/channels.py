"""Channels (d2l 7.4): several planes in, several planes out, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.components.products import products
from cnnviz.ops import Walk
from cnnviz.ops.stacks import grouped
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.channel_controls import plane_controls, stack_controls
from cnnviz.ui.channel_panels import (
    costs_panel,
    formula_panel,
    output_names,
    plane_names,
    pointwise_panel,
    row_panel,
    stack_panel,
)
from cnnviz.ui.channels import (
    ChannelSettings,
    can_edit_planes,
    channel_walk,
    edit_channels,
    planes_of,
    stack_of,
)
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.operation import operation_controls, ways_to_fit
from cnnviz.ui.panels import panels
from cnnviz.ui.photos import INKS
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, whole
from cnnviz.ui.staging import show_stage
from cnnviz.ui.takeaway import Takeaway, takeaway, walk_takeaway

PAGE = "channels"
STAGE = f"{PAGE}.stage"
PANELS = ("stack", "pointwise", "row", "costs", "formula", "code", "products", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """Everything that is on this page."""

    panel: str = choice("stack", PANELS, view=True)
    step: int = whole(1, 1, 1_000_000, written=False, view=True)  # the stage writes it


def main() -> None:
    """The page: the stage first, for it is what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, STAGE, edit_channels)
    controls, picture = frame.workbench(t("page.channels.title"), t("page.channels.lead"))
    with picture:
        walk = show(desk)
    with controls:
        plane_controls(desk)
        stack_controls(desk)
        operation_controls(desk)
        takeaway(f"{PAGE}.take", PAGE, walk and taken(walk))
    if walk:
        with picture:
            panels(desk, PANELS, lambda name: panel(name, desk, walk))
    frame.close(desk)


def show(desk: Desk[Settings]) -> Walk | None:
    """The stage, or in its place what does not fit and the way back."""
    now = desk.now
    try:
        walk = channel_walk(now)
    except Problem as problem:
        refusal(desk, problem, ways_out(now, problem))
        return None
    names = plane_names(now)
    show_stage(
        desk,
        walk,
        STAGE,
        tags={
            "input": names,
            "kernel": names if now.groups == 1 else [],
            "output": output_names(now),
        },
        inks=INKS if names else (),
        editable=frozenset({"input", "kernel"} if can_edit_planes(now) else {"kernel"}),
    )
    return walk


def ways_out(now: Settings, problem: Problem) -> dict[str, dict[str, object]]:
    """What makes the settings fit: buttons' labels → changes."""
    if problem.kind == "correlate_groups":
        return {t("channels.one_group"): {"groups": 1}}
    if problem.kind in ("stack_rgb", "stack_count"):
        return {t("channels.course_kernels"): {"kernels": "course"}}
    if problem.kind == "window_too_large":
        ways = ways_to_fit(now, planes_of(now), grouped(stack_of(now), now.groups))
        return {label: dict(changes) for label, changes in ways.items()}
    return {}


def taken(walk: Walk) -> Takeaway:
    """What the export buttons hand out."""
    return walk_takeaway(walk, t("page.channels.title"), t("page.channels.lead"))


def panel(name: str, desk: Desk[Settings], walk: Walk) -> None:
    """One of the tabs."""
    if name == "stack":
        stack_panel(desk, f"{PAGE}.stack")
    elif name == "pointwise":
        pointwise_panel(desk, f"{PAGE}.pointwise")
    elif name == "row":
        row_panel(desk, f"{PAGE}.row")
    elif name == "costs":
        costs_panel(walk)
    elif name == "formula":
        formula_panel(walk)
    elif name == "code":
        st.code(taken(walk).code, language="python", height=360)
    elif name == "products":
        products(f"{PAGE}.products", texts("stage") | texts("products"))
    else:
        st.markdown(lesson("channels"))


main()
