"""Runs: one's trainings in a list, compared, taken along; and weights that are brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from cnnviz.components.curves import MOST_SERIES
from cnnviz.training.service import Run, service
from cnnviz.training.service.records import ACTIVE
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import lesson, t
from cnnviz.ui.panels import panels
from cnnviz.ui.reader import reader
from cnnviz.ui.runs.brought import brought_weights
from cnnviz.ui.runs.comparison import comparison
from cnnviz.ui.runs.listing import ORDERS, in_order, listing
from cnnviz.ui.settings import choice, tokens
from cnnviz.ui.watching.files import take_runs
from cnnviz.ui.watching.look import POLL
from cnnviz.ui.watching.titles import run_titles

PAGE = "runs"
PANELS = ("take", "weights", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that is on this page, but for whose runs they are."""

    compare: tuple[str, ...] = tokens(MOST_SERIES)  # runs by their ids; also somebody else's
    order: str = choice("newest", ORDERS, view=True)
    panel: str = choice("take", PANELS, view=True)


def main() -> None:
    """The page: the list first, then the chosen runs over each other."""
    desk = frame.desk(PAGE, Settings)
    who = reader()
    controls, picture = frame.wide(t("page.runs.title"), t("page.runs.lead"))
    with picture, st.container():  # or the fragment would move what comes below
        own, shown = watched(desk, who)
    with controls:
        st.segmented_control(
            t("runs.order"),
            ORDERS,
            format_func=lambda order: t(f"runs.order_{order}"),
            required=True,
            **desk.bind("order"),
        )
        st.button(
            t("runs.clear"),
            key=f"{PAGE}.clear",
            disabled=not desk.now.compare,
            on_click=desk.change,
            kwargs={"compare": ()},
        )
    with picture:
        titles = titles_of(own, shown)
        panels(desk, PANELS, lambda name: panel(name, shown, titles))
    frame.close(desk)


def watched(desk: Desk[Settings], who: str | None) -> tuple[list[Run], list[Run]]:
    """The list and the comparison, again and again while something trains; what `found` found."""
    own, shown = found(desk, who)
    before = state(own, shown)

    def look() -> None:
        own, shown = found(desk, who)
        if state(own, shown) != before:
            st.rerun()
        show(desk, own, shown, who)

    active = any(run.status in ACTIVE for run in (*own, *shown))
    st.fragment(look, run_every=POLL["running"] if active else None)()
    return own, shown


def found(desk: Desk[Settings], who: str | None) -> tuple[list[Run], list[Run]]:
    """The reader's runs, and those that are compared: the newest where none is chosen."""
    own = in_order(service().runs(who), desk.now.order) if who else []
    asked = (service().run(run, who or "") for run in desk.now.compare)
    chosen = [run for run in asked if run]
    newest = max(own, key=lambda run: run.created, default=None)
    return own, chosen or ([newest] if newest else [])


def state(own: Sequence[Run], shown: Sequence[Run]) -> object:
    """What the rest of the page hangs on, besides the numbers."""
    return [(run.id, run.name, run.status) for run in own], [run.id for run in shown]


def titles_of(own: Sequence[Run], shown: Sequence[Run]) -> dict[str, str]:
    """What all of them are called."""
    return run_titles({run.id: run for run in (*own, *shown)}.values())


def show(desk: Desk[Settings], own: Sequence[Run], shown: Sequence[Run], who: str | None) -> None:
    """The list, and the curves over each other."""
    titles = titles_of(own, shown)
    with st.container(border=True, key="runs-list"):
        if own and who:
            listing(desk, own, titles, [run.id for run in shown], who)
        else:
            st.markdown(t("runs.none"))
    if len(shown) < len(desk.now.compare):
        st.info(t("runs.gone", n=len(desk.now.compare) - len(shown)), icon=":material/link_off:")
    if shown:
        with st.container(border=True, key="runs-compared"):
            comparison(PAGE, shown, titles)


def panel(name: str, shown: Sequence[Run], titles: dict[str, str]) -> None:
    """One of the tabs."""
    if name == "lesson":
        st.markdown(lesson("runs"))
    elif name == "weights":
        brought_weights(PAGE, shown, titles)
    else:
        take_runs(f"{PAGE}.take", shown, titles)


main()
