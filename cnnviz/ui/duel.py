"""A duel on its page: its runs, the buttons, and in words what differed and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import streamlit as st

from cnnviz.models.registry import network
from cnnviz.problems import Problem
from cnnviz.training.duels import DUELS, Outcome, Side, outcome
from cnnviz.training.history import History
from cnnviz.training.plan import check
from cnnviz.training.presets import differences
from cnnviz.training.service import Run, service
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.networks import network_title
from cnnviz.ui.train.fit import seconds
from cnnviz.ui.watching.look import POLL, status_line
from cnnviz.ui.watching.pictures import progress_text, series, show_curves
from cnnviz.ui.watching.recipes import label, value_text
from cnnviz.ui.watching.words import duration

ACTIVE = ("waiting", "running")
ROOM = "8.5rem"  # for the longest words below the curves, so that nothing moves


class Fighter(NamedTuple):
    """One side of a duel with its run, where it has one."""

    side: Side
    run: Run | None

    @property
    def history(self) -> History:
        return self.run.history if self.run else History()

    @property
    def name(self) -> str:
        return t(f"duel.side.{self.side.name}")


def fighters(now: Any, reader: str | None) -> tuple[Fighter, ...]:
    """The sides of the duel that is chosen, each with the run of the link that is its own."""
    runs = [run for name in now.runs if (run := service().run(name, reader or ""))]
    return tuple(
        Fighter(side, next((run for run in runs if run.recipe == side.recipe), None))
        for side in DUELS[now.duel].sides(now.data, now.seed)
    )


# ---- buttons


def buttons(desk: Desk[Any], found: Sequence[Fighter], reader: str | None) -> None:
    """Train all sides, or stop those that still train."""
    active = [one.run for one in found if one.run and one.run.status in ACTIVE]
    own = [run.id for run in active if reader in run.readers]
    complete = all(one.run and one.run.status in (*ACTIVE, "finished") for one in found)
    with st.container(horizontal=True, key="duel-buttons"):
        st.button(
            t("duel.start"),
            key=f"{desk.page}.start",
            type="primary",
            disabled=reader is None or complete,
            on_click=_start,
            args=(desk, found, reader),
        )
        st.button(
            t("train.stop"),
            key=f"{desk.page}.stop",
            disabled=not own,
            on_click=_stop,
            args=(own, reader),
        )


def _start(desk: Desk[Any], found: Sequence[Fighter], reader: str) -> None:
    try:
        runs = service().submit([one.side.recipe for one in found], reader)
    except Problem as problem:
        frame.say(problem)
        return
    for one, run in zip(found, runs, strict=True):
        if not run.name:  # else all of a network's runs are called alike in the list of runs
            title = f"{network_title(one.side.recipe.network)}, {one.name}"
            service().rename(run.id, reader, title)
    desk.change(runs=tuple(run.id for run in runs))


def _stop(runs: Sequence[str], reader: str) -> None:
    for run in reversed(runs):  # or those that wait would begin one after another
        try:
            service().stop(run, reader)
        except Problem as problem:
            frame.say(problem)


def remarks(now: Any, found: Sequence[Fighter]) -> None:
    """What is amiss with the runs that the link names."""
    known = {one.run.id for one in found if one.run}
    if set(now.runs) - known:
        st.info(explain(Problem("run_unknown")), icon=":material/link_off:")
    for one in found:
        if failed := one.history.failed:
            reason = explain(Problem(failed.kind, **failed.values))
            st.error(t("duel.failed", name=one.name, reason=reason))


# ---- what is seen


def watch(now: Any, reader: str | None) -> None:
    """The curves over each other and the sentence below, again and again while one trains."""
    shown = fighters(now, reader)
    states = [one.run and one.run.status for one in shown]

    def look() -> None:
        found = fighters(now, reader)
        if [one.run and one.run.status for one in found] != states:
            st.rerun()
        show(now.duel, found)

    waits = [POLL[state] for state in states if state in ACTIVE]
    st.fragment(look, run_every=min(waits, default=None))()


def show(duel: str, found: Sequence[Fighter]) -> None:
    """How far each is, the curves, and what came of it."""
    with st.container(border=True):
        st.markdown("  \n".join(_where(one) for one in found))
        steps = [one.history.started for one in found if one.history.started]
        plan = check(found[0].side.recipe) if not steps else steps[0]
        show_curves(
            f"duel.{duel}",
            [series(one.name, one.history, plan.steps, plan.steps_per_epoch) for one in found],
        )
    with st.container(border=True, key="duel-verdict"):
        said = f"<p>{escape(differs(duel, found))}</p><p><b>{escape(verdict(found))}</b></p>"
        st.html(f'<div aria-live="polite" style="min-height:{ROOM}">{said}</div>')


def _where(one: Fighter) -> str:
    """How far one side is, in a line."""
    moves = one.run and one.history.started and one.run.status in ("running", "finished")
    state = progress_text(one.history) if moves else status_line(one.run)
    return f"{one.name}: {state}"


# ---- words


def differs(duel: str, found: Sequence[Fighter]) -> str:
    """The one difference, and that all else is the same."""
    names = ", ".join(one.name for one in found)
    return t("duel.differs", what=t(f"duel.what.{duel}"), names=names)


def verdict(found: Sequence[Fighter]) -> str:
    """What came of the difference, as far as it has been tested."""
    result = outcome([one.history for one in found])
    if result is None:
        return t("duel.untested")
    names = [one.name for one in found]
    over = all(one.history.finished for one in found)
    parts = [] if len(result.idle) == len(found) else [_ahead(result, names, over)]
    if result.idle:
        idle = ", ".join(f"{names[i]} ({result.accuracies[i]:.1%})" for i in result.idle)
        parts.append(t("duel.idle", names=idle))
    return " ".join(parts)


def _ahead(result: Outcome, names: Sequence[str], over: bool) -> str:
    first, second = result.order[:2]
    values = {
        "epoch": result.epoch,
        "first": names[first],
        "second": names[second],
        "a": f"{result.accuracies[first]:.1%}",
        "b": f"{result.accuracies[second]:.1%}",
        "points": f"{100 * result.lead:.1f}",
    }
    if result.even:
        margin = f"{100 * result.margin:.1f}"
        return t("duel.even", **values, margin=margin, n=f"{result.pictures:,}")
    return t("duel.won", **values) if over else t("duel.ahead", **values)


def outlook(found: Sequence[Fighter]) -> None:
    """How long it will take: a few steps of each are tried where that is not known yet."""
    place = st.empty()
    try:
        total = sum(seconds(one.side.recipe, check(one.side.recipe)) for one in found)
    except (Problem, RuntimeError, MemoryError):  # too large to try: the run will say it
        return
    place.markdown(t("duel.outlook", n=len(found), time=duration(total)))


def recipes_table(found: Sequence[Fighter]) -> None:
    """Every field in which the sides differ, and what each came to."""
    names = list(
        dict.fromkeys(
            change.name
            for one in found[1:]
            for change in differences(found[0].side.recipe, one.side.recipe)
        )
    )
    rows: dict[str, list[str]] = {t("duel.column.side"): [one.name for one in found]}
    for name in names:
        rows[label(name)] = [_value(one, name) for one in found]
    plans = [check(one.side.recipe) for one in found]
    rows[t("duel.column.parameters")] = [f"{plan.parameters:,}" for plan in plans]
    rows[t("duel.column.macs")] = [f"{plan.macs:,}" for plan in plans]
    rows[t("duel.column.accuracy")] = [_tested(one) for one in found]
    rows[t("duel.column.seconds")] = [_took(one) for one in found]
    st.table(rows)


def _value(one: Fighter, name: str) -> str:
    recipe = one.side.recipe
    if hasattr(recipe, name):
        return value_text(name, getattr(recipe, name))
    options = network(recipe.network).options
    if name not in options:
        return "–"
    return value_text(name, dict(recipe.network_options).get(name, options[name].default))


def _tested(one: Fighter) -> str:
    return f"{one.history.epochs[-1].accuracy:.1%}" if one.history.epochs else "–"


def _took(one: Fighter) -> str:
    return duration(one.history.finished.seconds) if one.history.finished else "–"
