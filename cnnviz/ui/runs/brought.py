"""Weights that a reader brings: compared with a network, then tested on its data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from cnnviz.data import sets
from cnnviz.problems import Problem
from cnnviz.training.recipe import Recipe
from cnnviz.training.service import Run
from cnnviz.training.weights import Tested, evaluate, read, recipe_of
from cnnviz.ui import frame
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.networks import network_title
from cnnviz.ui.uploads import own_words
from cnnviz.ui.watching.pictures import confusion_chart, show_mistakes
from cnnviz.ui.watching.words import class_names

LAST = "runs/brought"  # what came of the last file of this session
MOST_MB = 200
# pickles too: they are refused with the reason, which teaches more than a grey file
SUFFIXES = ("safetensors", "pt", "pth", "ckpt", "bin", "pkl")
TYPED = ("name", "names", "found")  # values of a refusal that come from the file


class Brought(NamedTuple):
    """What came of a file."""

    upload: tuple[str, str]  # its id, and the recipe that was chosen for it
    recipe: Recipe | None = None
    of_file: bool = False  # whether the file itself says the recipe
    tested: Tested | None = None
    problem: Problem | None = None


def brought_weights(key: str, runs: Sequence[Run], titles: dict[str, str]) -> None:
    """The place for a file, and what came of it."""
    st.markdown(t("runs.weights.lead"))
    weights_place(key, _recipe_control(key, runs, titles))


def weights_place(key: str, chosen: Recipe | None) -> None:
    """The place for a file; the recipe that is `chosen` counts where the file says none."""
    own_words(t("runs.weights.button"))
    upload = st.file_uploader(
        t("runs.weights.label", most=MOST_MB),
        type=list(SUFFIXES),
        key=f"{key}.weights",
        max_upload_size=MOST_MB,
    )
    last: Brought | None = st.session_state.get(LAST)
    if upload:
        asked = (upload.file_id, chosen.text if chosen else "")
        if last is None or last.upload != asked:
            with st.spinner(t("runs.weights.testing")):
                last = _take(upload.getvalue(), chosen, asked)
            st.session_state[LAST] = last
        _show(key, last)


def _recipe_control(key: str, runs: Sequence[Run], titles: dict[str, str]) -> Recipe | None:
    """Whose network a file is for that does not say it."""
    if not runs:
        return None
    recipes = {run.id: run.recipe for run in runs}
    chosen = st.selectbox(
        t("runs.weights.recipe"),
        list(recipes),
        format_func=titles.__getitem__,
        key=f"{key}.weights_recipe",
        help=t("runs.weights.recipe_help"),
    )
    return recipes.get(chosen)


def _take(blob: bytes, chosen: Recipe | None, asked: tuple[str, str]) -> Brought:
    """Compare, then test; where the file says its recipe, by that."""
    recipe = None
    try:
        own = recipe_of(blob)
        recipe = own or chosen
        if recipe is None:
            raise Problem("weights_recipe")
        tested = evaluate(recipe, read(blob, recipe))
    except Problem as problem:
        return Brought(asked, recipe, problem=problem)
    except (RuntimeError, MemoryError):
        return Brought(asked, recipe, problem=Problem("weights_memory"))
    return Brought(asked, recipe, own is not None, tested)


def _show(key: str, last: Brought) -> None:
    """Why the file was refused, or how well its weights do."""
    if last.problem:
        st.error(explain(frame.plain(last.problem, TYPED)), icon=":material/block:")
        return
    assert last.tested
    assert last.recipe
    epoch = last.tested.epoch
    total = sum(map(sum, epoch.confusion))
    values = {
        "network": network_title(last.recipe.network),
        "data": t(f"data.name.{last.recipe.data}"),
        "accuracy": f"{epoch.accuracy:.1%}",
        "loss": f"{epoch.loss:.4f}",
        "n": f"{total:,}",
        "of": f"{last.tested.of:,}",
    }
    st.success(
        t("runs.weights.fits_own" if last.of_file else "runs.weights.fits", **values),
        icon=":material/check:",
    )
    data = sets.load(last.recipe.data, last.recipe.data_options)
    names = class_names(last.recipe.data, data.classes)
    confusion_chart(f"{key}.brought", epoch.confusion, names)
    show_mistakes(last.tested.mistakes, names, data)
