"""Before the start: what a recipe comes to, or why it does not fit and the ways out."""

from __future__ import annotations

from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.problems import Problem
from cnnviz.training.plan import Plan, check
from cnnviz.training.recipe import Recipe
from cnnviz.training.service import most_steps
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.train.data import missing
from cnnviz.ui.train.fit import over_budget, seconds, ways_out
from cnnviz.ui.train.settings import recipe_of
from cnnviz.ui.watching.words import duration


class Outlook(NamedTuple):
    """What the settings come to; without a problem it can be trained."""

    recipe: Recipe | None  # None where options do not go together
    plan: Plan | None
    problem: Problem | None


def outlook(now: Any) -> Outlook:
    """Found without reading the data or computing anything with torch but shapes."""
    recipe, plan = None, None
    try:
        recipe = recipe_of(now)
        problem = missing(recipe)
        plan = check(recipe)
    except Problem as found:
        return Outlook(recipe, None, found)
    return Outlook(recipe, plan, problem or over_budget(plan, most_steps()))


def facts_line(found: Outlook) -> DeltaGenerator:
    """Parameters and steps, and a place for the time, which `estimate` fills."""
    place = st.empty()
    if found.plan and not found.problem:
        place.markdown(_line(found.plan, "…"))
    return place


def estimate(place: DeltaGenerator, found: Outlook) -> None:
    """How long it will take: a few steps are tried where that is not known yet."""
    if found.plan and found.recipe and not found.problem:
        try:
            time = duration(max(1.0, seconds(found.recipe, found.plan)))
        except (Problem, RuntimeError, MemoryError):  # too large to try: the run will say it
            time = "?"
        place.markdown(_line(found.plan, time))


def _line(plan: Plan, time: str) -> str:
    numbers = {"parameters": f"{plan.parameters:,}", "steps": f"{plan.steps:,}", "time": time}
    line = t("train.outlook", **numbers)
    most = most_steps()
    return f"{line}  \n{t('train.budget', most=f'{most:,}')}" if most else line


def refused(desk: Desk[Any], found: Outlook) -> None:
    """Why this cannot be trained, and a click each to what can."""
    if found.problem is None or _waits_for_own(desk.now, found.problem):
        return
    with st.container(border=True, key="train-refused"):
        st.warning(explain(found.problem))
        ways = ways_out(found.problem, desk.now, most_steps())
        with st.container(horizontal=True):
            for label, changes in ways.items():
                key = f"{desk.page}.way.{label}"
                st.button(label, key=key, on_click=desk.change, kwargs=dict(changes))
            if desk.history.past:
                st.button(t("refusal.undo"), key=f"{desk.page}.way.undo", on_click=desk.undo)


def _waits_for_own(now: Any, problem: Problem) -> bool:
    """Whether one's own pictures were only just chosen, and no zip yet."""
    return problem.kind == "own_missing" and not now.data_options
