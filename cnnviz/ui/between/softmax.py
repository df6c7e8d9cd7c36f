"""Softmax: scores of one's own or of a real image, made probabilities at a temperature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.data import datasets
from cnnviz.export.between import softmax_code
from cnnviz.export.numbers import short
from cnnviz.export.sheet import Panel, sheet_gif, sheet_png
from cnnviz.figures.between import over_temperature, probabilities
from cnnviz.models import prototypes
from cnnviz.ops.softmax import Softmax, softmax
from cnnviz.ui.between.common import tex
from cnnviz.ui.between.feature import figures
from cnnviz.ui.charts import chart
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.inputs import SETS, InputSettings, item_controls
from cnnviz.ui.settings import choice, codec, limits, number, numbers, whole
from cnnviz.ui.takeaway import Takeaway

FEWEST, MOST = 3, 10  # classes
TEMPERATURES = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0)  # of the animation
SHOWN_TERMS = 4  # of the sum in the formula


@dataclass(frozen=True, kw_only=True)
class SoftmaxSettings(InputSettings):
    """Where the scores come from, what is added to them all, and the temperature."""

    scores: str = choice("own", ("own", *SETS))
    logits: tuple[float, ...] = numbers((3.0, 2.0, 1.0, 0.0, -1.0), -100, 100, FEWEST, MOST)
    temperature: float = number(1.0, 0.1, 10.0)
    shift: int = whole(0, -100, 100)


S = TypeVar("S", bound=SoftmaxSettings)


class Scene(NamedTuple):
    """The softmax of the scores, and the classes' names."""

    done: Softmax
    plain: Tensor  # the probabilities without the shift
    classes: list[str]


def scores_of(now: SoftmaxSettings) -> Tensor:
    """The logits before the shift: the reader's, or those of a linear classifier for an image."""
    if now.scores == "own":
        return torch.tensor(now.logits)
    image = datasets.pick(SETS[now.scores], now.label, now.nth)
    return prototypes.logits(SETS[now.scores], image.float() / 255)


def controls(desk: Desk[S]) -> None:
    """Temperature and shift, then the scores."""
    low, high = limits(SoftmaxSettings, "temperature")
    st.slider(t("between.temperature"), low, high, step=0.1, **desk.bind("temperature"))
    low, high = limits(SoftmaxSettings, "shift")
    st.slider(t("between.shift"), low, high, **desk.bind("shift"))
    st.selectbox(
        t("between.scores"),
        ("own", *SETS),
        format_func=lambda name: t(f"between.scores_of.{name}"),
        **desk.bind("scores"),
    )
    if desk.now.scores == "own":
        _logit_controls(desk)
    else:
        item_controls(desk, desk.now.scores)
        st.caption(t("between.classifier"))
        st.button(
            t("between.change_scores"),
            on_click=desk.set,
            args=(_as_own(desk.now),),
            width="stretch",
        )


def _logit_controls(desk: Desk[S]) -> None:
    def count(settings: S, value: int) -> S:
        longer = (*settings.logits, *[0.0] * value)
        return replace(settings, logits=longer[:value])

    given = desk.now.logits
    st.number_input(t("between.classes"), FEWEST, MOST, **desk.bind("classes", len(given), count))
    bounds = codec(SoftmaxSettings, "logits").limits
    # a row at a time: on a phone, where columns stand one under another, they stay in order
    columns = [column for _ in given[::2] for column in st.columns(2)]
    for i, value in enumerate(given):

        def take(settings: S, new: float, i: int = i) -> S:
            changed = (*settings.logits[:i], new, *settings.logits[i + 1 :])
            return replace(settings, logits=changed)

        columns[i].number_input(
            t("between.score", i=i + 1),
            float(str(bounds["low"])),
            float(str(bounds["high"])),
            step=0.5,
            format="%.5g",
            **desk.bind(f"logit_{i}", value, take),
        )


def _as_own(now: S) -> S:
    """The image's scores, rounded, for the reader to change."""
    rounded = tuple(round(score, 2) for score in scores_of(now).tolist())
    return replace(now, scores="own", logits=rounded)


def show(desk: Desk[S]) -> Scene:
    """The bars, what they amount to, and each step in a table."""
    now = desk.now
    plain = scores_of(now)
    done = softmax(plain + now.shift, now.temperature)
    scene = Scene(done, softmax(plain, now.temperature).probabilities, class_names(now))
    words = {"now": f"T = {short(now.temperature)}", "at_1": "T = 1"}
    chart(
        probabilities(done.logits, now.temperature, scene.classes, words), "between.probabilities"
    )
    top = int(done.probabilities.argmax())
    figures(
        (t("between.largest"), f"{scene.classes[top]}: {float(done.probabilities[top]):.1%}"),
        (t("between.sum"), short(float(done.probabilities.sum()))),
        (t("between.entropy"), t("between.bits", n=short(done.entropy, 3))),
    )
    if now.scores != "own":
        st.caption(t("between.true_class", name=scene.classes[now.label]))
    st.dataframe(table(scene, now.shift), hide_index=True, width="stretch")
    return scene


def class_names(now: SoftmaxSettings) -> list[str]:
    """The garments' names, the digits, or class 1, 2, …"""
    if now.scores == "garment":
        return [t(f"input.garment.{i}") for i in range(10)]
    if now.scores == "digit":
        return [t("between.digit", i=i) for i in range(10)]
    return [t("between.class", i=i + 1) for i in range(len(now.logits))]


def table(scene: Scene, shift: int) -> dict[str, list[str]]:
    """A row for each class, a column for each step."""
    done = scene.done
    added = f"z + {shift}" if shift >= 0 else f"z − {-shift}"
    columns = {
        f"{added}" if shift else "z": done.logits,
        "z / T": done.scaled,
        "exp(z/T − max)": done.exponentials,
        t("between.probability"): done.probabilities,
        t("between.without_shift"): scene.plain,
        t("between.naive"): done.naive,
    }
    shown = {name: [_number(v) for v in values.tolist()] for name, values in columns.items()}
    return {t("between.class_name"): scene.classes, **shown}


def _number(value: float) -> str:
    return "NaN" if value != value else short(value)


def formula(desk: Desk[S], scene: Scene) -> None:
    """The largest probability, term by term, and why a constant drops out."""
    done, temperature = scene.done, desk.now.temperature
    top = int(done.probabilities.argmax())
    at = tex(temperature)
    terms = [rf"e^{{{tex(z)}/{at}}}" for z in done.logits.tolist()]
    if len(terms) > SHOWN_TERMS + 1:
        terms[SHOWN_TERMS:] = [r"\dots"]
    st.latex(
        r"p_i = \frac{e^{z_i/T}}{\sum_j e^{z_j/T}} \qquad"
        rf" p_{{{top + 1}}} = \frac{{e^{{{tex(float(done.logits[top]))}/{at}}}}}"
        rf"{{{' + '.join(terms)}}} = \mathbf{{{tex(float(done.probabilities[top]))}}}"
    )
    st.latex(
        r"\frac{e^{(z_i+c)/T}}{\sum_j e^{(z_j+c)/T}}"
        r" = \frac{e^{c/T}\,e^{z_i/T}}{e^{c/T}\sum_j e^{z_j/T}} = p_i"
    )
    st.markdown(t("between.shift_says" if done.naive.isfinite().all() else "between.overflow"))


def temperature_panel(desk: Desk[S], scene: Scene) -> None:
    """Every class's probability at every temperature."""
    figure = over_temperature(
        scene.done.logits, desk.now.temperature, scene.classes, t("between.temperature")
    )
    chart(figure, "between.over_temperature")


def taken(now: SoftmaxSettings, scene: Scene) -> Takeaway:
    """Scores and probabilities; the animation goes through the temperatures."""
    logits = scene.done.logits

    def sheet(temperature: float) -> list[Panel]:
        found = softmax(logits, temperature).probabilities
        return [
            Panel("z", logits[:, None], "input"),
            Panel("softmax(z / T)", found[:, None], "output", caption=f"T = {temperature:g}"),
        ]

    return Takeaway(
        t("page.between.title"),
        (t("between.about.softmax"),),
        softmax_code(logits, now.temperature),
        scene.done.probabilities[None],
        lambda step, dark: sheet_png(sheet(now.temperature), dark),
        lambda dark: sheet_gif([sheet(each) for each in TEMPERATURES], dark, 800),
    )
