"""What can be taken along of a run: its link, curves, weights, and the code that repeats it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from cnnviz.components.take import File, Wish, take, wish
from cnnviz.data import sets
from cnnviz.data.labelled import TrainingSet
from cnnviz.export.notebook import notebook
from cnnviz.export.training import curves_csv, weights_file
from cnnviz.export.training_code import training_cells, training_script
from cnnviz.export.training_data import in_zip, pictures_zip
from cnnviz.problems import Problem
from cnnviz.training.service import Run, service
from cnnviz.training.state import load
from cnnviz.ui.i18n import explain, t, texts
from cnnviz.ui.takeaway import MIME, web_link
from cnnviz.ui.watching.titles import as_markdown

KINDS = ("csv", "weights", "script", "notebook")
FORMS = {
    **MIME,
    "weights": ("application/octet-stream", "safetensors"),
    "script": ("text/x-python", "py"),
    "pictures": ("application/zip", "zip"),
}


def take_run(key: str, run: Run, title: str) -> None:
    """The buttons of a run; a file is made when it is asked for."""
    asked = wish(key)
    file = _file(asked, run, title) if asked else None
    kinds = (*KINDS, "pictures") if in_zip(run.recipe) else KINDS
    ready = run.history.started is not None
    take(key, texts("take"), file, kinds=kinds, ready=ready, href=f"train?run={run.id}")


def take_runs(key: str, runs: Sequence[Run], titles: Mapping[str, str]) -> None:
    """The buttons of several runs, each below its title, and those of all together."""
    if not runs:
        st.markdown(t("train.take_later"))
        return
    st.markdown(t("runs.take"))
    for place, run in enumerate(runs):
        st.markdown(f"**{as_markdown(titles[run.id])}**")
        take_run(f"{key}.{place}", run, titles[run.id])
    if len(runs) > 1:
        _take_together(key, runs, titles)


def _take_together(key: str, runs: Sequence[Run], titles: Mapping[str, str]) -> None:
    """The curves of several runs in one file, and the link of the page that compares them."""
    asked = wish(key)
    file = None
    if asked:
        content = _curves([(titles[run.id], run) for run in runs])
        mime, suffix = FORMS["csv"]
        file = File(asked, f"runs.{suffix}", mime, content)
    st.markdown(f"**{t('runs.together')}**")
    take(key, texts("take"), file, kinds=("csv",), ready=True)


def _curves(runs: Iterable[tuple[str, Run]]) -> bytes:
    """With a byte order mark, for Excel's sake."""
    return curves_csv((title, run.history) for title, run in runs).encode("utf-8-sig")


def _file(asked: Wish, run: Run, title: str) -> File:
    makers: dict[str, Callable[[], bytes]] = {
        "csv": lambda: _curves([(title, run)]),
        "weights": lambda: _weights(run),
        "script": lambda: training_script(run.recipe, _data(run), run.history).encode(),
        "notebook": lambda: _notebook(run, title, web_link(asked.href)),
        "pictures": lambda: pictures_zip(_data(run)),
    }
    if asked.kind not in makers:
        return File(asked, refused=t("take.failed"))
    try:
        with st.spinner(t("take.making")):
            content = makers[asked.kind]()
    except Problem as problem:
        return File(asked, refused=explain(problem))
    mime, suffix = FORMS[asked.kind]
    # the script and the notebook name this file
    stem = "pictures" if asked.kind == "pictures" else _stem(title)
    return File(asked, f"{stem}.{suffix}", mime, content)


def _data(run: Run) -> TrainingSet:
    return sets.load(run.recipe.data, run.recipe.data_options)


def _weights(run: Run) -> bytes:
    path = service().weights(run.id)
    if path is None:
        raise Problem("weights_none")
    try:
        state = load(path)
    except OSError as error:  # cleared since
        raise Problem("weights_none") from error
    return weights_file(state, _data(run))


def _notebook(run: Run, title: str, link: str | None) -> bytes:
    cells = training_cells(run.recipe, _data(run), run.history)
    text = t("runs.notebook_pictures" if in_zip(run.recipe) else "runs.notebook")
    return notebook(" ".join(title.split()), [text], cells, None, link)


def _stem(title: str) -> str:
    """A file's name of letters and digits."""
    return re.sub(r"\W+", "-", title).strip("-").lower()[:60] or "run"
