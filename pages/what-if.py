"""What if: two networks side by side, or one before and after a change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import streamlit as st

from cnnviz.components.network import COLUMNS
from cnnviz.components.stage import Edit
from cnnviz.models.compare import Comparison, compare
from cnnviz.ui import frame
from cnnviz.ui.architecture import MOST_OPEN, misfit, picked_row, ways_to_fit, with_block
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.i18n import lesson, t
from cnnviz.ui.networks import tell_options
from cnnviz.ui.panels import panels
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, paths, whole, words
from cnnviz.ui.takeaway import takeaway
from cnnviz.ui.whatif.differences import (
    MEASURES,
    Plans,
    code,
    numbers,
    sentence,
    tables,
    taken,
    title,
    where,
)
from cnnviz.ui.whatif.sides import (
    OWN,
    SIDES,
    SidesSettings,
    comparison_controls,
    comparison_of,
    plans_of,
    sides_controls,
)

PAGE = "what-if"
NETWORKS = f"{PAGE}.networks"
CHOSEN = ("output", "parameters", "macs")
PANELS = ("where", "lesson", "code")
FILES = ("png", "csv", "notebook")


@dataclass(frozen=True, kw_only=True)
class Settings(SidesSettings):
    """Everything that is on this page; rows are counted from 1, and 0 is none."""

    columns: tuple[str, ...] = words(CHOSEN, COLUMNS, len(COLUMNS), view=True)
    measure: str = choice("parameters", MEASURES, view=True)
    open: tuple[str, ...] = paths(MOST_OPEN, view=True)
    row_before: int = whole(0, 0, 5000, view=True)
    row_after: int = whole(0, 0, 5000, view=True)
    panel: str = choice("where", PANELS, view=True)


def main() -> None:
    """The page: the two networks, then what they differ by."""
    desk = frame.desk(PAGE, Settings)
    for side in SIDES.values():
        tell_options(desk, side)
    take_edits(desk, NETWORKS, take_edit)
    name = comparison_of(desk.now)
    lead = t("page.what-if.lead") if name == OWN else t(f"what-if.question.{name}")
    controls, picture = frame.wide(t("page.what-if.title"), lead, lambda: comparison_controls(desk))
    with controls.container():
        sides_controls(desk)
    plans = plans_of(desk.now)
    with picture:
        found = show(desk, plans)
        scene = found and taken(plans, found, desk.now.open)
        takeaway(f"{PAGE}.take", PAGE, scene, FILES)
        if found:
            panels(desk, PANELS, lambda name: panel(name, desk, plans, found))
    frame.close(desk)


def take_edit(now: Settings, edit: Edit) -> Any:
    """The settings after a row of a table was picked, or a block opened or folded."""
    if edit.kind != "pick":
        return with_block(now, edit)
    row, on_right = picked_row(edit), edit.detail.get("table") == 1
    return replace(now, row_before=0 if on_right else row, row_after=row if on_right else 0)


def show(desk: Desk[Settings], plans: Plans) -> Comparison | None:
    """What the networks differ by, or in its place why one of them cannot be."""
    for plan, side in zip(plans, SIDES.values(), strict=True):
        if plan.problem:
            refusal(desk, plan.problem, {t("architecture.anew"): {f"{side.prefix}options": ()}})
            return None
    found = compare(plans[0].rows, plans[1].rows)
    st.markdown(sentence(found))
    for number, (plan, side) in enumerate(zip(plans, SIDES.values(), strict=True)):
        misfit(desk, plan, partial(ways_to_fit, desk.now, side), title(plan, number))
    numbers(found)
    tables(desk, NETWORKS, plans, found)
    return found


def panel(name: str, desk: Desk[Settings], plans: Plans, found: Comparison) -> None:
    """One of the tabs."""
    if name == "where":
        where(desk, found)
    elif name == "code":
        st.code(code(plans, found), language="python", height=480)
    else:
        st.markdown(lesson("what-if"))


main()
