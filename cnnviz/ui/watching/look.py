"""How a run is watched: looked at again and again, until its status changes."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnviz.training.service import Run, service
from cnnviz.ui.i18n import t
from cnnviz.ui.watching.words import duration

POLL = {"running": 1.0, "waiting": 1.0, "paused": 3.0}  # seconds between two looks at a run
SELDOM = 2.0  # seconds at least, for what changes seldom


def watch(
    run: Run, reader: str | None, show: Callable[[Run], None], *, seldom: bool = False
) -> None:
    """Show the run, and again while it goes on; when its status changes, the whole page.

    What is drawn comes from the run's events alone: a look at it adds nothing.

    Args:
        seldom: for what is new after an epoch, not after a step.
    """

    def look() -> None:
        now = service().run(run.id, reader or "")
        if now is None or now.status != run.status:
            st.rerun()
        show(now)

    every = POLL.get(run.status)
    st.fragment(look, run_every=max(every, SELDOM) if every and seldom else every)()


def status_line(run: Run | None) -> str:
    """Where the run stands, in a line that is always there."""
    if run is None:
        return t("train.status.none")
    if run.waiting:
        place, time = run.waiting.place, duration(run.waiting.seconds)
        return t("train.status.waiting", place=place, time=time)
    return t(f"train.state.{run.status}")
