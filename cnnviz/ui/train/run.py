"""The run that a link names: its buttons, and what is to say of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnviz.problems import Problem
from cnnviz.training.plan import remedy
from cnnviz.training.presets import differences
from cnnviz.training.recipe import FIELDS
from cnnviz.training.service import Run, service
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.train.fit import remedy_label
from cnnviz.ui.train.settings import settings_of
from cnnviz.ui.train.start import Outlook
from cnnviz.ui.watching.look import POLL
from cnnviz.ui.watching.recipes import change_line

EPOCHS_MORE = 5
BEFORE = "train/before"  # the run that a press on Train found trained already


def run_of(now: Any, reader: str | None) -> Run | None:
    """The run that the link names."""
    return service().run(now.run, reader or "") if now.run else None


def is_own(run: Run | None, reader: str | None) -> bool:
    """Whether this reader asked for it."""
    return run is not None and reader in run.readers


# ---- buttons


def buttons(desk: Desk[Any], found: Outlook, run: Run | None, reader: str | None) -> None:
    """Train, pause or go on, stop; and more epochs of a run that is at its end."""
    status, own = run.status if run else "", is_own(run, reader)
    same = run is not None and own and run.recipe == found.recipe
    train_off = found.problem is not None or reader is None or (same and status in POLL)
    with st.container(horizontal=True, key="train-buttons"):
        _button(desk, "train", train_off, lambda: _train(desk, found, reader), type="primary")
        if own and status in ("paused", "interrupted", "stopped"):
            _button(desk, "resume", False, lambda: _ask(desk, "resume", reader))
        else:
            off = not own or status not in ("running", "waiting")
            _button(desk, "pause", off, lambda: _ask(desk, "pause", reader))
        off = not own or status not in ("running", "waiting")
        _button(desk, "stop", off, lambda: _ask(desk, "stop", reader))
        if status == "finished":
            _button(desk, "longer", reader is None, lambda: _longer(desk, reader))


def _button(desk: Desk[Any], name: str, off: bool, act: Callable[[], None], **looks: Any) -> None:
    key = f"{desk.page}.{name}"
    st.button(t(f"train.{name}"), key=key, disabled=off, on_click=act, **looks)


def _train(desk: Desk[Any], found: Outlook, reader: str | None) -> None:
    """Ask for the recipe's run: a new one, or the one that is there."""
    if found.recipe is None or reader is None:
        return
    mine = {run.id for run in service().runs(reader)}
    try:
        (run,) = service().submit([found.recipe], reader)
    except Problem as problem:
        frame.say(problem)
        return
    done = run.status == "finished" or (run.id in mine and run.status not in POLL)
    st.session_state[BEFORE] = run.id if done else ""
    desk.change(run=run.id)


def _ask(desk: Desk[Any], wish: str, reader: str | None) -> None:
    try:
        getattr(service(), wish)(desk.now.run, reader or "")
    except Problem as problem:
        frame.say(problem)


def _longer(desk: Desk[Any], reader: str | None) -> None:
    try:
        run = service().longer(desk.now.run, reader or "", EPOCHS_MORE)
    except Problem as problem:
        frame.say(problem)
        return
    desk.change(run=run.id, **settings_of(run.recipe))


# ---- what is said of it


def remarks(desk: Desk[Any], found: Outlook, run: Run | None, reader: str | None) -> None:
    """Whose run it is, whether it is the controls' recipe, why it ended, and what to do."""
    if run is None:
        if desk.now.run:
            st.info(explain(Problem("run_unknown")), icon=":material/link_off:")
        return
    if not is_own(run, reader) and reader:
        st.info(t("train.foreign"), icon=":material/visibility:")
    elif st.session_state.get(BEFORE) == run.id and run.recipe == found.recipe:
        _trained_before(desk, run)
    if run.history.failed:
        _failed(desk, run)
    if not run.kept:
        st.caption(t("train.unkept"))
    if found.recipe and run.recipe != found.recipe:
        _other_recipe(desk, found, run)


def _trained_before(desk: Desk[Any], run: Run) -> None:
    with _row("train-before"):
        st.markdown(t("train.before"))
        seed = (run.recipe.seed + 1) % int(FIELDS["seed"].high)
        label = t("train.other_seed", seed=seed)
        st.button(label, key=f"{desk.page}.seed", on_click=desk.change, kwargs={"seed": seed})


def _failed(desk: Desk[Any], run: Run) -> None:
    """The reason in the reader's language, and a click to a recipe that may do better."""
    failed = run.history.failed
    assert failed
    with st.container(border=True, key="train-failed"):
        st.error(explain(Problem(failed.kind, **failed.values)))
        try:
            other = remedy(failed.kind, run.recipe)
        except Problem:
            other = None
        if other:
            label, changes = remedy_label(failed.kind, other), settings_of(other)
            key = f"{desk.page}.remedy"
            st.button(label, key=key, on_click=desk.change, kwargs=changes, type="primary")


def _other_recipe(desk: Desk[Any], found: Outlook, run: Run) -> None:
    assert found.recipe
    with _row("train-other"):
        st.markdown(t("train.other", changes=change_line(differences(run.recipe, found.recipe))))
        key, changes = f"{desk.page}.take_recipe", settings_of(run.recipe)
        st.button(t("train.take_recipe"), key=key, on_click=desk.change, kwargs=changes)


def _row(key: str) -> Any:
    return st.container(horizontal=True, vertical_alignment="center", border=True, key=key)
