"""The code of a training, and what a reader takes along of a run."""

from __future__ import annotations

import streamlit as st

from cnnviz.export.training_code import training_script
from cnnviz.problems import Problem
from cnnviz.training.recipe import Recipe
from cnnviz.training.service import Run
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.train.data import loaded
from cnnviz.ui.watching.files import take_run
from cnnviz.ui.watching.recipes import value_text
from cnnviz.ui.watching.titles import run_titles


def take_panel(page: str, run: Run | None) -> None:
    """The run as files: its link, curves, weights, and the code that repeats it."""
    if run is None:
        st.markdown(t("train.take_later"))
        return
    st.markdown(t("train.take"))
    _gone_on(run)
    take_run(f"{page}.take", run, run_titles([run])[run.id])


def code_panel(recipe: Recipe, run: Run | None) -> None:
    """The script that repeats the training in plain PyTorch, and compares where there is a run."""
    if run:
        _gone_on(run)
    data = loaded(recipe)
    if data is None:
        st.caption(t("train.no_data"))
        return
    try:
        code = training_script(recipe, data, run.history if run else None)
    except Problem as problem:
        st.caption(explain(problem))
        return
    st.code(code, language="python", height=480)


def _gone_on(run: Run) -> None:
    """Where the code does not repeat the run exactly: that, and why."""
    if run.since and run.recipe.schedule != "constant":
        schedule = value_text("schedule", run.recipe.schedule)
        st.info(t("train.gone_on", step=f"{run.since:,}", schedule=schedule))
