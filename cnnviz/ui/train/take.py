"""What a reader takes along of a run, and weights that she brings."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.components.take import Wish
from cnnviz.data.labelled import TrainingSet
from cnnviz.export.notebook import notebook
from cnnviz.export.training import curves_csv, weights_file
from cnnviz.export.training_code import training_cells, training_script
from cnnviz.export.training_data import in_zip, pictures_zip
from cnnviz.problems import Problem
from cnnviz.training import weights
from cnnviz.training.events import Finished
from cnnviz.training.history import History
from cnnviz.training.recipe import Recipe
from cnnviz.training.service import Run, service
from cnnviz.training.state import load
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.takeaway import Makers, csv_file, hand_out, web_link
from cnnviz.ui.train.data import loaded
from cnnviz.ui.train.settings import settings_of
from cnnviz.ui.train.words import run_title
from cnnviz.ui.training.watch import show_result
from cnnviz.ui.uploads import own_words

MOST_MB = 100  # of weights
TYPED = ("name", "names", "found")  # values of refusals that a file may have made up


# ---- taken along


def take_panel(page: str, recipe: Recipe, run: Run | None) -> None:
    """The link, and what there is of this recipe and of its run."""
    st.markdown(t("train.take" if run else "train.take_later"))
    makers = _makers(recipe, run)
    hand_out(f"{page}.take", f"{page}-{recipe.network}", makers, tuple(makers))


def _makers(recipe: Recipe, run: Run | None) -> Makers:
    """The script and the notebook need no run, but with one they compare the numbers."""
    history = run.history if run else None

    def data() -> TrainingSet:
        found = loaded(recipe)
        if found is None:
            raise Problem("own_missing")
        return found

    def cells(wish: Wish) -> bytes:
        title, link = run_title(recipe), web_link(wish.href)
        code = training_cells(recipe, data(), history)
        return notebook(title, [t("train.notebook")], code, None, link)

    found: dict[str, Any] = {
        "script": lambda _: training_script(recipe, data(), history).encode(),
        "notebook": cells,
    }
    if in_zip(recipe):
        found["pictures"] = lambda _: pictures_zip(data())
    if run and history and history.points:
        found["csv"] = lambda _: csv_file(curves_csv([(run.name or run_title(recipe), history)]))
    if run and (path := service().weights(run.id)):
        found["weights"] = lambda _: weights_file(load(path), data())
    return found


def code_panel(recipe: Recipe, run: Run | None) -> None:
    """The script that repeats the training in plain PyTorch."""
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


# ---- brought


def weights_panel(desk: Desk[Any], recipe: Recipe) -> None:
    """A file of weights for the recipe's network, and how well it does on the test pictures."""
    own_words(t("train.weights_button"))
    key = f"{desk.page}/weights"
    upload = st.file_uploader(t("train.weights"), key=key, max_upload_size=MOST_MB)
    data = loaded(recipe)
    if upload is None or data is None:
        return
    asked = (upload.file_id, recipe)
    if st.session_state.get(f"{key}/of") != asked:
        with st.spinner(t("train.weights_testing")):
            st.session_state[f"{key}/found"] = _tested(upload.getvalue(), recipe, data)
        st.session_state[f"{key}/of"] = asked
    found = st.session_state[f"{key}/found"]
    if isinstance(found, Problem):
        st.error(explain(frame.plain(found, TYPED)))
        _offer_recipe(desk, upload.getvalue(), recipe)
        return
    st.markdown(t("train.weights_tested", accuracy=f"{found.epoch.accuracy:.1%}"))
    history = History(epochs=(found.epoch,), finished=Finished(0, 0.0, 0.0, found.mistakes))
    show_result(f"{desk.page}.weights", history, recipe, data.classes, data)


def _tested(blob: bytes, recipe: Recipe, data: TrainingSet) -> weights.Tested | Problem:
    try:
        return weights.evaluate(recipe, weights.read(blob, recipe, data.facts), data)
    except Problem as problem:
        return problem


def _offer_recipe(desk: Desk[Any], blob: bytes, recipe: Recipe) -> None:
    """The recipe that the weights themselves name, as ours do."""
    try:
        other = weights.recipe_of(blob)
    except Problem:
        return
    if other and other != recipe:
        key, changes = f"{desk.page}.weights_recipe", settings_of(other)
        st.button(t("train.weights_recipe"), key=key, on_click=desk.change, kwargs=changes)
