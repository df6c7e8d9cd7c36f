"""The list of one's runs: a row each, to choose for the comparison, to rename and to remove."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.components.curves import MOST_SERIES
from cnnviz.problems import Problem
from cnnviz.training.service import Run, service
from cnnviz.training.service.records import LONGEST_NAME
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.networks import network_title
from cnnviz.ui.watching.titles import as_markdown
from cnnviz.ui.watching.words import duration

STYLE = Path(__file__).with_name("runs.css").read_text(encoding="utf-8")
NAME = 260  # pixels of a row for it
AT_ONCE = 12  # rows; older ones are folded away
ORDERS = ("newest", "accuracy")
COLUMNS = ("network", "data", "status", "accuracy", "took", "begun")


def accuracy(run: Run) -> float | None:
    """On the validation pictures after the last epoch: not its best, which would be chosen."""
    return run.history.epochs[-1].accuracy if run.history.epochs else None


def in_order(runs: Sequence[Run], order: str) -> list[Run]:
    """Newest first, as they come, or by accuracy."""
    if order == "accuracy":
        return sorted(runs, key=lambda run: -(accuracy(run) or 0.0))
    return list(runs)


def listing(
    desk: Desk[Any], runs: Sequence[Run], titles: dict[str, str], chosen: Sequence[str], who: str
) -> None:
    """The rows, under their headings."""
    st.html(f"<style>{STYLE}</style>")
    with _row("head"):
        st.markdown(f"**{t('runs.column.name')}**", width=NAME)
        _facts([t(f"runs.column.{name}") for name in COLUMNS], heading=True)
    for run in runs[:AT_ONCE]:
        _show(desk, run, titles[run.id], chosen, who)
    if older := runs[AT_ONCE:]:
        with st.expander(t("runs.older", n=len(older))):
            for run in older:
                _show(desk, run, titles[run.id], chosen, who)


def _show(desk: Desk[Any], run: Run, title: str, chosen: Sequence[str], who: str) -> None:
    is_chosen = run.id in chosen
    with _row(run.id):
        st.checkbox(
            as_markdown(title),
            disabled=not is_chosen and len(chosen) >= MOST_SERIES,
            help=t("runs.most", most=MOST_SERIES) if len(chosen) >= MOST_SERIES else None,
            width=NAME,
            **desk.bind(f"chosen.{run.id}", is_chosen, _taking(run.id, chosen)),
        )
        colour = chosen.index(run.id) if is_chosen else None
        _facts(facts(run), colour=colour, label=title)
        _menu(desk, run, title, who)


def _taking(run: str, chosen: Sequence[str]) -> Any:
    """Put a run into the comparison or take it out.

    Where none was chosen yet, the one that is shown is in it. Else what counts is what is chosen
    by then, and not what this row was drawn with: clicks may be quicker than the page.
    """

    def take(now: Any, wanted: bool) -> Any:
        before = now.compare or tuple(chosen)
        others = tuple(one for one in before if one != run)
        return replace(now, compare=(*others, run)[:MOST_SERIES] if wanted else others)

    return take


def facts(run: Run) -> list[str]:
    """A row's words, in the order of the columns."""
    share = accuracy(run)
    return [
        network_title(run.recipe.network),
        t(f"data.name.{run.recipe.data}"),
        t(f"runs.status.{run.status}"),
        "–" if share is None else f"{share:.1%}",
        _took(run),
        _begun(run.created),
    ]


def _took(run: Run) -> str:
    if run.history.finished:
        return duration(run.history.finished.seconds)
    if run.status == "running" and run.history.progress:
        return t("training.left", time=duration(run.history.progress.seconds_left))
    return "–"


def _begun(created: float) -> str:
    """By the reader's clock."""
    # Streamlit has JavaScript's minutes, which are positive west of Greenwich
    here = timezone(timedelta(minutes=-(st.context.timezone_offset or 0)))
    return datetime.fromtimestamp(created, here).strftime("%m-%d %H:%M")


def _facts(
    words: Sequence[str], *, heading: bool = False, colour: int | None = None, label: str = ""
) -> None:
    """Cells beside each other; on a phone each beside its heading."""
    dot = "" if colour is None else f'<i class="run-dot run-{colour}" aria-hidden="true"></i>'
    cells = "".join(
        f'<span class="run-{name}"><b>{escape(t(f"runs.column.{name}"))}</b> {escape(word)}</span>'
        if not heading
        else f"<span>{escape(word)}</span>"
        for name, word in zip(COLUMNS, words, strict=True)
    )
    kind = "run-facts run-heading" if heading else "run-facts"
    of = f' role="group" aria-label="{escape(label)}"' if label else ""
    st.html(f'<div class="{kind}"{of}>{dot}{cells}</div>')


def _menu(desk: Desk[Any], run: Run, title: str, who: str) -> None:
    with st.popover(t("runs.menu"), icon=":material/more_horiz:", width="content"):
        key = f"{desk.page}.name.{run.id}"
        st.text_input(
            t("runs.name"),
            run.name,
            LONGEST_NAME,
            key=key,
            placeholder=title,
            on_change=_rename,
            args=(run.id, who, key),
        )
        st.link_button(t("runs.open"), f"train?run={run.id}", icon=":material/open_in_new:")
        st.button(
            t("runs.remove"),
            key=f"{desk.page}.remove.{run.id}",
            icon=":material/playlist_remove:",
            help=t("runs.remove_help"),
            on_click=_remove,
            args=(desk, run.id, who),
        )


def _rename(run: str, who: str, key: str) -> None:
    try:
        service().rename(run, who, st.session_state[key])
    except Problem as problem:
        frame.say(problem)


def _remove(desk: Desk[Any], run: str, who: str) -> None:
    try:
        service().forget(run, who)
    except Problem as problem:
        frame.say(problem)
        return
    desk.forget(compare=tuple(one for one in desk.now.compare if one != run))


def _row(name: str) -> Any:
    return st.container(horizontal=True, vertical_alignment="center", key=f"run-row-{name}")
