"""The experiment: two classifiers learn shapes on the left and are asked about the right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnviz.data.shapes import SHAPES
from cnnviz.figures.dense import accuracies
from cnnviz.training.shapes import (
    HALVES,
    MOST_EPOCHS,
    NETWORKS,
    Look,
    specimens,
    train_both,
    weight_counts,
)
from cnnviz.ui.charts import CONFIG
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import limits, whole


@dataclass(frozen=True, kw_only=True)
class ShapesSettings:
    """How both networks are trained when the reader starts it; a link starts nothing."""

    epochs: int = whole(4, 1, MOST_EPOCHS, view=True)
    start: int = whole(0, 0, 999, view=True)


S = TypeVar("S", bound=ShapesSettings)
PLACES = [(network, half) for network in NETWORKS for half in HALVES]


@dataclass
class Run:
    """One training of both networks, as far as it went."""

    epochs: int
    start: int
    looks: list[Look] = field(default_factory=list)


def shapes_panel(desk: Desk[S]) -> None:
    """What is learned, by whom, for how long; then the training."""
    counts = {name: f"{count:,}" for name, count in weight_counts().items()}
    st.markdown(t("shapes.what", **counts))
    for column, half in zip(st.columns(2), HALVES, strict=True):
        column.image(specimens(half).numpy(), caption=t(f"shapes.half.{half}"), width="stretch")
    epochs, start, stop = st.columns([3, 2, 1], vertical_alignment="bottom")
    epochs.slider(t("shapes.epochs"), *limits(ShapesSettings, "epochs"), **desk.bind("epochs"))
    start.number_input(t("shapes.start"), *limits(ShapesSettings, "start"), **desk.bind("start"))
    # not within the fragment, which Streamlit would let run to its end first
    stop.button(t("shapes.stop"), help=t("shapes.stop_help"), width="stretch")
    _training(f"{desk.page}/shapes", desk.now.epochs, desk.now.start)


@st.fragment
def _training(key: str, epochs: int, start: int) -> None:
    """The button and the course of the last training.

    A fragment, so that the rest of the page stays as it is. A click on anything else ends the run
    of the script and so the training; what was seen until then is kept.
    """
    started = st.button(t("shapes.train"), type="primary")
    if started:
        st.session_state[key] = Run(epochs, start)
    run: Run = st.session_state.get(key) or Run(epochs, start)
    said, scores, curve = st.empty(), st.empty(), st.empty()
    said.markdown(_verdict(run) if run.looks else t("shapes.hint"))
    _scores(run, scores)
    _curve(run, curve)
    if not started:
        return
    for look in train_both(epochs, start):
        run.looks.append(look)
        said.markdown(t("shapes.running", epoch=f"{look.epoch:g}", epochs=epochs))
        _scores(run, scores)
        if look.epoch % 1 == 0:  # Streamlit puts up a new figure each time: not too often
            _curve(run, curve)
    said.markdown(_verdict(run))


def _scores(run: Run, place: DeltaGenerator) -> None:
    """How far it is, and the four accuracies."""
    last = run.looks[-1] if run.looks else None
    with place.container():
        st.progress(last.epoch / run.epochs if last else 0.0)
        for column, (network, half) in zip(st.columns(len(PLACES)), PLACES, strict=True):
            accuracy = f"{last.scores[network][half].accuracy:.0%}" if last else "–"
            column.metric(t(f"shapes.score.{network}-{half}"), accuracy)


def _curve(run: Run, place: DeltaGenerator) -> None:
    """How the four accuracies came about."""
    names = {f"{network}-{half}": t(f"shapes.score.{network}-{half}") for network, half in PLACES}
    labels = t("shapes.epochs"), t("shapes.accuracy"), t("shapes.chance")
    # without a key: one may stand for one figure in a run of the script
    place.plotly_chart(accuracies(run.looks, run.epochs, names, *labels), config=CONFIG)


def _verdict(run: Run) -> str:
    """What happened, in words, with its numbers."""
    last = run.looks[-1]
    so_far = {"epoch": f"{last.epoch:g}", "epochs": run.epochs}
    if last.epoch < 1:
        return t("shapes.early", **so_far)
    dense = last.scores["dense"]["right"]
    most = max(dense.answers)
    values: Mapping[str, object] = {
        **so_far,
        **{
            f"{network}_{half}": f"{last.scores[network][half].accuracy:.0%}"
            for network, half in PLACES
        },
        "answer": t(f"shapes.shape.{SHAPES[dense.answers.index(most)]}"),
        "times": most,
        "count": sum(dense.answers),
    }
    return t("shapes.verdict", **values)
