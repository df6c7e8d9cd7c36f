"""Architectures: any network's diagram, shape table and costs, with everything to be changed."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.components.network import COLUMNS, NetworkTable
from cnnviz.models.plan import Plan
from cnnviz.ui import frame
from cnnviz.ui.architecture import (
    CHOSEN,
    MOST_OPEN,
    code_of,
    columns_control,
    headline,
    misfit,
    network_takeaway,
    show_networks,
    take_edit,
    ways_to_fit,
)
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.i18n import lesson, t
from cnnviz.ui.network_controls import network_controls
from cnnviz.ui.networks import NetworkSettings, plan_of, plan_title, tell_options
from cnnviz.ui.panels import panels
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, paths, whole, words
from cnnviz.ui.takeaway import takeaway

PAGE = "architecture"
NETWORK = f"{PAGE}.network"
PANELS = ("lesson", "code", "units")
FILES = ("png", "csv", "notebook")


@dataclass(frozen=True, kw_only=True)
class Settings(NetworkSettings):
    """Everything that is on this page; rows are counted from 1, and 0 is none."""

    columns: tuple[str, ...] = words(CHOSEN, COLUMNS, len(COLUMNS), view=True)
    open: tuple[str, ...] = paths(MOST_OPEN, view=True)
    row: int = whole(0, 0, 5000, view=True)
    panel: str = choice("lesson", PANELS, view=True)


def main() -> None:
    """The page: the network first, for it is what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    tell_options(desk)
    take_edits(desk, NETWORK, take_edit)
    plan = plan_of(desk.now)
    problem = plan.problem
    lead = t("page.architecture.lead") if problem else headline(plan)
    controls, picture = frame.wide(plan_title(plan), lead)
    with picture:
        if problem:
            refusal(desk, problem, {t("architecture.anew"): {"options": ()}})
        else:
            show(desk, plan)
    with controls:
        network_controls(desk, row=0, open=())
        columns_control(desk)
    with picture:
        scene = None if problem else network_takeaway(plan, desk.now.open)
        takeaway(f"{PAGE}.take", f"{PAGE}-{plan.name}", scene, FILES)
        if not problem:
            panels(desk, PANELS, lambda name: panel(name, plan))
    frame.close(desk)


def show(desk: Desk[Settings], plan: Plan) -> None:
    """Diagram, table and costs; and below them what does not fit."""
    table = NetworkTable(plan_title(plan), plan.input_shape, plan.rows)
    show_networks(desk, NETWORK, [table], min(desk.now.row, len(plan.rows)) - 1)
    misfit(desk, plan, lambda: ways_to_fit(desk.now))


def panel(name: str, plan: Plan) -> None:
    """One of the tabs."""
    if name == "code":
        st.code(code_of(plan), language="python", height=480)
    elif name == "units":
        st.markdown(t("architecture.units"))
    else:
        st.markdown(lesson("architecture"))


main()
