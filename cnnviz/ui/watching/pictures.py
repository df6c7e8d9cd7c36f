"""What a training run is like, from its history: how far it is, its curves, what it can tell apart.

Every part keeps its room before it has anything to show, so that nothing jumps while a run goes on.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st
import torch
from plotly.graph_objects import Figure
from torch import Tensor

from cnnviz.components.curves import Series, curves
from cnnviz.data.labelled import TrainingSet
from cnnviz.figures import tiles
from cnnviz.figures import training as figures
from cnnviz.training import metrics
from cnnviz.training.events import Filters
from cnnviz.training.history import History
from cnnviz.training.metrics import Mistake
from cnnviz.training.recipe import Recipe
from cnnviz.ui import frame
from cnnviz.ui.charts import chart, ink
from cnnviz.ui.i18n import language, t, texts
from cnnviz.ui.watching.words import class_names, duration

STYLE = Path(__file__).with_name("pictures.css").read_text(encoding="utf-8")
MANY = 12  # kernels; more are drawn smaller
SAME = 64  # figures that are kept: a look at a run seldom finds other ones
LIKELY = 3  # probabilities that are shown of a mistake


def show_run(
    key: str, history: History, recipe: Recipe, classes: Sequence[str], data: TrainingSet | None
) -> None:
    """Everything that a run tells, from how far it is to its mistakes.

    Args:
        key: of the place on the page; the same for the next run there.
        classes: of the data set, as it names them.
        data: the pictures, for those that were mistaken; None while they are not at hand.
    """
    show_live(key, history, recipe, classes)
    show_result(key, history, recipe, classes, data)


def show_live(key: str, history: History, recipe: Recipe, classes: Sequence[str]) -> None:
    """What changes while it trains: how far it is, curves, kernels, accuracy per class."""
    names = _names(history, recipe, classes)
    with st.container(border=True):
        show_progress(history)
        show_curves(key, [series("", history)])
    left, right = st.columns(2)
    with left.container(border=True, height="stretch"):
        st.markdown(f"##### {t('training.filters')}")
        show_filters(history.filters)
    with right.container(border=True, height="stretch"):
        st.markdown(f"##### {t('training.per_class')}")
        show_per_class(key, history, names)


def show_result(
    key: str, history: History, recipe: Recipe, classes: Sequence[str], data: TrainingSet | None
) -> None:
    """What came of it: what is taken for what, and the mistakes it was surest of."""
    names = _names(history, recipe, classes)
    with st.container(border=True):
        st.markdown(f"##### {t('training.confusion')}")
        show_confusion(key, history, names)
    with st.container(border=True):
        st.markdown(f"##### {t('training.mistakes')}")
        show_mistakes(history.finished.mistakes if history.finished else (), names, data)


def _names(history: History, recipe: Recipe, classes: Sequence[str]) -> list[str]:
    return class_names(recipe.data, history.started.classes if history.started else classes)


def series(name: str, history: History, steps: int = 0, steps_per_epoch: int = 1) -> Series:
    """A run's curves; `steps` and `steps_per_epoch` as planned, until it has started."""
    if history.started:
        steps, steps_per_epoch = history.started.steps, history.started.steps_per_epoch
    tests = [(epoch.step, epoch.loss, epoch.accuracy) for epoch in history.epochs]
    return Series(name, history.points, tests, steps, steps_per_epoch)


def show_curves(key: str, runs: Sequence[Series]) -> None:
    """The curves of one to four runs."""
    curves(f"{key}.curves", runs, texts("curves"), classroom=frame.classroom())


# ---- how far it is


def show_progress(history: History) -> None:
    """Which epoch of how many, how quick it is, and how long it still takes."""
    done = _step(history)
    steps = history.started.steps if history.started else 0
    st.markdown(progress_text(history))
    st.progress(min(1.0, done / steps) if steps else 0.0)


def progress_text(history: History) -> str:
    """The words of `show_progress`."""
    started, progress, finished = history.started, history.progress, history.finished
    if started is None:
        return t("training.not_started")
    step = _step(history)
    epochs = math.ceil(started.steps / started.steps_per_epoch)
    parts = [
        t(
            "training.epoch",
            epoch=max(1, math.ceil(step / started.steps_per_epoch)),
            epochs=epochs,
        )
    ]
    if finished:
        parts.append(t("training.speed", n=f"{finished.images_per_second:,.0f}"))
        parts.append(t("training.took", time=duration(finished.seconds)))
    elif history.failed:
        parts.append(t("training.ended_at", step=f"{history.failed.step:,}"))
    elif history.validating:
        images, tested = history.validating.images, history.validating.done
        parts.append(t("training.testing", done=f"{tested:,}", images=f"{images:,}"))
    elif progress:
        parts.append(t("training.speed", n=f"{progress.images_per_second:,.0f}"))
        parts.append(t("training.left", time=duration(progress.seconds_left)))
    return " · ".join(parts)


def _step(history: History) -> int:
    found = (history.finished, history.progress, history.started)
    return next((event.step for event in found if event), 0)


# ---- what it can tell apart


def show_filters(filters: Filters | None) -> None:
    """The first layer's kernels, all on one scale."""
    if filters is None:
        _html('<div class="tiles"></div>')
        st.caption(t("training.filters_empty"))
        return
    weights = torch.tensor(filters.values).reshape(filters.shape)
    most = float(weights.abs().max())
    pictures = (
        _image(tiles.kernel(one, most), t("training.kernel_alt", i=i + 1))
        for i, one in enumerate(weights)
    )
    many = " many" if len(weights) > MANY else ""
    _html(f'<div class="tiles{many}">{"".join(pictures)}</div>')
    colour = filters.shape[1] == 3
    st.caption(t("training.filters_colour" if colour else "training.filters_signed", most=most))


def show_per_class(key: str, history: History, names: Sequence[str]) -> None:
    """Of each class the share that is recognised, and what the one number of them all hides."""
    last = history.epochs[-1] if history.epochs else None
    shares = last.per_class if last else (None,) * len(names)
    none = t("training.no_tests") if last else ""
    chart(_per_class(shares, tuple(names), none, ink()), f"{key}.per_class")
    _paragraph(warning(history, names))


@lru_cache(SAME)
def _per_class(
    shares: tuple[float | None, ...], names: tuple[str, ...], none: str, ink: str
) -> Figure:
    return figures.per_class(shares, names, none, ink)


def warning(history: History, names: Sequence[str]) -> str:
    """The average beside the class that is recognised least, as plain text."""
    if not history.epochs:
        return t("training.per_class_empty")
    last = history.epochs[-1]
    found = [
        (share, name)
        for share, name in zip(last.per_class, names, strict=True)
        if share is not None
    ]
    worst, name = min(found)
    return t(
        "training.one_number", accuracy=f"{last.accuracy:.1%}", worst=f"{worst:.1%}", name=name
    )


def show_confusion(key: str, history: History, names: Sequence[str]) -> None:
    """The error rate, and which class is taken for which."""
    last = history.epochs[-1] if history.epochs else None
    counts = last.confusion if last else tuple((0,) * len(names) for _ in names)
    if last:
        total = sum(map(sum, counts))
        rate = metrics.error_rate(counts)
        values = {"wrong": f"{round(rate * total):,}", "total": f"{total:,}", "rate": f"{rate:.1%}"}
        _paragraph(t("training.error_rate", epoch=last.epoch, **values))
    else:
        _paragraph(t("training.confusion_empty"))
    confusion_chart(key, counts, names)


def confusion_chart(key: str, counts: metrics.Counts, names: Sequence[str]) -> None:
    """Of each class what its pictures are taken for."""
    chart(_confusion(counts, tuple(names), ink(), language()), f"{key}.confusion")


@lru_cache(SAME)
def _confusion(counts: metrics.Counts, names: tuple[str, ...], ink: str, language: str) -> Figure:
    """Its words are in the reader's language, which is this one."""
    return figures.confusion(
        counts,
        names,
        ink,
        label=t("training.label"),
        said=t("training.said"),
        sentence=lambda label, said, n, share: t(
            "training.cell", label=label, said=said, n=n, share=share
        ),
    )


def show_mistakes(
    mistakes: Sequence[Mistake], names: Sequence[str], data: TrainingSet | None
) -> None:
    """The mistakes that the network was surest of, the surest first."""
    if not mistakes or data is None:
        st.caption(t("training.mistakes_empty"))
        return
    images = data.test.images
    cards = (_card(mistake, images[mistake.picture], names) for mistake in mistakes)
    _html(f'<div class="mistakes" role="list">{"".join(cards)}</div>')


def _card(mistake: Mistake, pixels: Tensor, names: Sequence[str]) -> str:
    """A mistake as HTML."""
    sentence = t(
        "training.taken_for",
        label=names[mistake.label],
        said=names[mistake.said],
        p=f"{mistake.probabilities[mistake.said]:.0%}",
    )
    order = sorted(range(len(names)), key=lambda i: -mistake.probabilities[i])[:LIKELY]
    rows = "".join(
        f'<div class="{"wrong" if i != mistake.label else "right"}">'
        f"<span>{mistake.probabilities[i]:.0%} {escape(names[i])}</span>"
        f'<div class="bar" style="width:{100 * mistake.probabilities[i]:.1f}%"></div></div>'
        for i in order
    )
    shown = _image(tiles.picture(pixels), sentence)
    inner = f'<p>{escape(sentence)}</p>{shown}<div class="likely">{rows}</div>'
    return f'<div class="mistake" role="listitem">{inner}</div>'


# ---- HTML of our own, in which every word is escaped


def _image(png: bytes, words: str) -> str:
    return f'<img src="{tiles.as_uri(png)}" alt="{escape(words)}">'


def _paragraph(words: str) -> None:
    st.html(f"<p>{escape(words)}</p>")


def _html(inner: str) -> None:
    st.html(f"<style>{STYLE}</style>{inner}")
