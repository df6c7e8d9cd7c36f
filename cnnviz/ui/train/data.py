"""The data of a training: which, how much of it, what it looks like, and how it gets here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import streamlit as st

from cnnviz.data import sets
from cnnviz.data.labelled import TrainingSet
from cnnviz.data.places import WHOLE, download, find
from cnnviz.data.samples import samples, sheet
from cnnviz.data.sets import SOURCES
from cnnviz.figures.tiles import as_uri
from cnnviz.models.options import Option
from cnnviz.problems import Problem
from cnnviz.training.recipe import Options, Recipe
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.network_controls import option_control
from cnnviz.ui.networks import told_options
from cnnviz.ui.train.fit import fitted
from cnnviz.ui.train.own import own_controls, own_options
from cnnviz.ui.train.settings import data_values, with_data_option
from cnnviz.ui.watching.recipes import label, value_text
from cnnviz.ui.watching.words import class_names

FAILED = "train/download"
FIRST = "subset"  # of a set's options: the others are shown when asked for


def data_controls(desk: Desk[Any]) -> None:
    """Which set, and what belongs to it."""

    def take(now: Any, name: str) -> Any:
        chosen = own_options() if name == "own" else ()
        return fitted(replace(now, data=name, data_options=chosen))

    st.selectbox(
        t("recipe.data"),
        list(SOURCES),
        format_func=lambda name: t(f"data.name.{name}"),
        **desk.bind("data", take=take),
    )
    if desk.now.data == "own":
        own_controls(desk)
        return
    known = SOURCES[desk.now.data].options
    if FIRST in known:
        _control(desk, known[FIRST])
    download_controls(desk)


def tell_data(desk: Desk[Any]) -> None:
    """Say which options of a link this set does not take, and forget them."""
    kept = told_options(SOURCES[desk.now.data].options, desk.now.data_options)
    if kept != desk.now.data_options:
        desk.forget(data_options=kept)


def loaded(recipe: Recipe | None) -> TrainingSet | None:
    """The pictures; None while they are not here."""
    if recipe is None or missing(recipe):
        return None
    try:
        return sets.load(recipe.data, recipe.data_options)
    except Problem:
        return None


def more_data_controls(desk: Desk[Any]) -> None:
    """How many pictures, and what generated ones look like, in an expander."""
    known = SOURCES[desk.now.data].options
    rest = [option for name, option in known.items() if name != FIRST and not option.reads]
    if rest:
        with st.expander(t("train.more_data")):
            for option in rest:
                _control(desk, option)


def _control(desk: Desk[Any], option: Option) -> None:
    name = option.name
    value = data_values(desk.now)[name]
    option_control(
        desk,
        f"data.{desk.now.data}.{name}",
        option,
        value,
        label(name),
        lambda now, value: with_data_option(now, **{name: value}),
        lambda word: value_text(name, word),
    )


# ---- whole sets that are not on this computer


def whole_of(recipe: Recipe) -> str | None:
    """The set that has to be here as a whole, if it has to."""
    full = dict(recipe.data_options).get("subset") == "full"
    return recipe.data if full or recipe.data == "cifar-10" else None


def missing(recipe: Recipe) -> Problem | None:
    """What keeps the data from being read, as far as a look at the folders tells."""
    name = whole_of(recipe)
    if name is None or find(name):
        return None
    return Problem("data_missing", name=name, megabytes=round(WHOLE[name].bytes / 1e6))


def download_controls(desk: Desk[Any]) -> None:
    """A button where the chosen set is not here as a whole, and how far it is."""
    name = desk.now.data
    full = data_values(desk.now).get("subset", "full") == "full"
    if name not in WHOLE or not full or find(name):
        return
    megabytes = round(WHOLE[name].bytes / 1e6)
    words = t("train.download", name=t(f"data.name.{name}"), megabytes=megabytes)
    if st.button(words, icon=":material/download:", key=f"{desk.page}.download", width="stretch"):
        st.session_state.pop(FAILED, None)
        _download(name)
    if isinstance(failed := st.session_state.get(FAILED), Problem):
        st.error(explain(failed))


def _download(name: str) -> None:
    bar = st.progress(0.0, t("train.downloading", arrived=0, total=0))

    def tell(arrived: int, total: int) -> None:
        megabytes = {"arrived": round(arrived / 1e6), "total": round(total / 1e6)}
        bar.progress(arrived / total, t("train.downloading", **megabytes))

    try:
        download(name, tell)
    except Problem as problem:
        bar.empty()
        st.session_state[FAILED] = problem
    else:
        st.rerun()


# ---- what it looks like


def strip(recipe: Recipe) -> None:
    """A picture of each class."""
    _with_pictures(
        recipe, lambda: st.image(_strip(recipe.data, recipe.data_options), width="stretch")
    )


def data_panel(recipe: Recipe) -> None:
    """Some pictures of each class, with its name and how many there are."""
    _with_pictures(recipe, lambda: _classes(recipe))


def _with_pictures(recipe: Recipe, draw: Callable[[], object]) -> None:
    if problem := missing(recipe):
        st.caption(explain(problem))
        return
    try:
        draw()
    except Problem as problem:
        st.caption(explain(problem))


def _classes(recipe: Recipe) -> None:
    found = sets.load(recipe.data, recipe.data_options)
    facts, names = found.facts, class_names(recipe.data, found.classes)
    st.markdown(
        t("train.about_data", train=f"{facts.train:,}", test=f"{facts.test:,}", n=facts.classes)
        + f" · {' × '.join(map(str, facts.shape))}"
    )
    own = recipe.data == "own"
    for number, name in enumerate(names):
        row, counts = _row(recipe.data, recipe.data_options, number)
        with st.container(horizontal=True, vertical_alignment="center"):
            shown = frame.as_code(name) if own else f"**{name}**"
            st.markdown(
                f"{shown}  \n{t('train.counts', train=counts[0], test=counts[1])}", width=190
            )
            if row:
                st.image(row)


@lru_cache(16)
def _strip(data: str, options: Options) -> str:
    """The address of a picture: one of each class, in two rows or more."""
    found = sets.load(data, options)
    firsts = [samples(found.train, label, 1) for label in range(len(found.classes))]
    pictures = [first[0] for first in firsts if len(first)]
    across = max(5, -(-len(pictures) // 2)) if len(pictures) <= 20 else 10
    return as_uri(sheet(pictures, across))


@lru_cache(256)
def _row(data: str, options: Options, label: int) -> tuple[str, tuple[int, int]]:
    """Some pictures of a class, as an address, empty for none; how many to train and to test."""
    found = sets.load(data, options)
    count = max(3, 640 // max(28, found.facts.shape[2]))
    pictures = list(samples(found.train, label, min(count, 16)))
    train, test = (int((split.labels == label).sum()) for split in (found.train, found.test))
    return (as_uri(sheet(pictures, len(pictures))) if pictures else ""), (train, test)
