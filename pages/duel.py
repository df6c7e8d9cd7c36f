"""Duel: recipes with one difference, trained on the same data, their curves over each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from cnnviz.training.duels import DATA, DUELS
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.duel import (
    Fighter,
    buttons,
    fighters,
    outlook,
    recipes_table,
    remarks,
    watch,
)
from cnnviz.ui.i18n import lesson, t
from cnnviz.ui.panels import panels
from cnnviz.ui.reader import reader
from cnnviz.ui.settings import choice, tokens, whole
from cnnviz.ui.watching.files import take_runs

PAGE = "duel"
PANELS = ("sides", "take", "lesson")
MOST_SEEDS = 9999


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that is on this page."""

    duel: str = choice("activation", tuple(DUELS))
    data: str = choice(DATA[0], DATA)
    seed: int = whole(0, 0, MOST_SEEDS)
    runs: tuple[str, ...] = tokens(4, view=True)
    panel: str = choice("sides", PANELS, view=True)


def main() -> None:
    """The page: the curves first, for they are what a reader watches."""
    desk = frame.desk(PAGE, Settings)
    who = reader()
    found = fighters(desk.now, who)
    controls, picture = frame.workbench(t("page.duel.title"), t("page.duel.lead"))
    with picture:
        # each in a place of its own: a fragment that is late must find its own where it was
        with st.container():
            if frame.classroom():  # the controls are folded away, but not these
                buttons(desk, found, who)
        with st.container():
            remarks(desk.now, found)
        with st.container():
            watch(desk.now, who)
        panels(desk, PANELS, lambda name: panel(name, found))
    with controls:
        duel_controls(desk)
        if not frame.classroom():
            buttons(desk, found, who)
        place = st.container()
    frame.close(desk)
    with place:
        outlook(found)  # the only thing here that may take a moment


def duel_controls(desk: Desk[Settings]) -> None:
    """Which duel, on what, and with which random numbers."""
    st.selectbox(
        t("duel.duel"),
        list(DUELS),
        format_func=lambda name: t(f"duel.title.{name}"),
        **desk.bind("duel", take=with_duel),
    )
    st.caption(t(f"duel.about.{desk.now.duel}"))
    st.segmented_control(
        t("recipe.data"),
        DATA,
        format_func=lambda name: t(f"data.name.{name}"),
        **desk.bind("data", take=lambda now, data: replace(now, data=data, runs=())),
    )
    st.number_input(
        t("recipe.seed"),
        0,
        MOST_SEEDS,
        help=t("duel.seed_help"),
        **desk.bind("seed", take=lambda now, seed: replace(now, seed=seed, runs=())),
    )


def with_duel(now: Settings, duel: Any) -> Settings:
    """Another duel has runs of its own."""
    return replace(now, duel=duel, runs=())


def panel(name: str, found: tuple[Fighter, ...]) -> None:
    """One of the tabs."""
    if name == "sides":
        recipes_table(found)
    elif name == "take":
        runs = [one.run for one in found if one.run]
        take_runs(f"{PAGE}.take", runs, {one.run.id: one.name for one in found if one.run})
    else:
        st.markdown(lesson("duel"))


main()
