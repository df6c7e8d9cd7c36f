"""Dropout: the values of a layer, a mask, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import streamlit as st
from torch import Tensor

from cnnviz.export.between import dropout_code
from cnnviz.export.numbers import short
from cnnviz.export.sheet import Panel, sheet_gif, sheet_png
from cnnviz.figures.between import averages
from cnnviz.ops import Walk
from cnnviz.ops.dropout import Dropped, averaging, dropout, pooled
from cnnviz.ui.between.common import (
    ModeSettings,
    aligned,
    cell_controls,
    factor,
    mode_control,
    tex,
)
from cnnviz.ui.between.feature import (
    FeatureSettings,
    feature_controls,
    feature_walk,
    figures,
    linked_planes,
    plane,
)
from cnnviz.ui.charts import chart
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import limits, number, whole
from cnnviz.ui.takeaway import Takeaway

FRAMES = 12  # masks in the animation


@dataclass(frozen=True, kw_only=True)
class DropoutSettings(ModeSettings, FeatureSettings):
    """How much is dropped, and by which mask; its mode is batch norm's too."""

    p: float = number(0.5, 0.0, 0.95)
    mask: int = whole(1, 1, 9999)  # a seed
    masks: int = whole(200, 10, 1000)  # to average over


S = TypeVar("S", bound=DropoutSettings)


class Scene(NamedTuple):
    """The feature map's walk, and the pooled map with and without its dropped cells."""

    walk: Walk
    done: Dropped


def controls(desk: Desk[S]) -> None:
    """p, the mode and the mask, then the picture and the kernel."""
    low, high = limits(DropoutSettings, "p")
    st.slider(t("between.p"), low, high, step=0.05, **desk.bind("p"))
    mode_control(desk)
    low, high = limits(DropoutSettings, "mask")
    st.number_input(t("between.mask"), low, high, **desk.bind("mask"))
    st.button(
        t("between.next_mask"),
        icon=":material/casino:",
        on_click=desk.change,
        kwargs={"mask": desk.now.mask % high + 1},
        disabled=desk.now.mode == "evaluation",
        width="stretch",
    )
    low, high = limits(DropoutSettings, "masks")
    st.slider(t("between.masks"), low, high, step=10, **desk.bind("masks"))
    feature_controls(desk)


def show(desk: Desk[S]) -> Scene | None:
    """Values, mask and result as linked planes; the mean over many masks below."""
    walk = feature_walk(desk)
    if walk is None:
        return None
    now = desk.now
    done = dropout(pooled(walk.output), now.p, now.mask, training=now.mode == "training")
    most = done.scale * float(done.input.max())  # one scale: what stays is stronger
    linked_planes(
        desk,
        "between.dropout",
        plane("values", t("between.values"), "input", done.input, most=most),
        plane("mask", t("between.kept_mask"), "kernel", done.kept.float(), before="·"),
        plane("left", t("between.left"), "output", done.output, most=most, before="="),
    )
    figures(
        (t("between.kept"), f"{int(done.kept.sum())} / {done.kept.numel()}"),
        (t("between.scale"), short(done.scale)),
        (t("between.mean_before"), short(float(done.input.mean()), 3)),
        (t("between.mean_after"), short(float(done.output.mean()), 3)),
    )
    if now.mode == "evaluation":
        st.info(t("between.passes"))
    elif now.p == 0 or not done.input.any():
        st.info(t("between.nothing_dropped"))
    else:
        _average(now, done.input)
    return Scene(walk, done)


def _average(now: DropoutSettings, x: Tensor) -> None:
    """The mean over so many masks, and how its error falls."""
    path = averaging(x, now.p, now.mask, now.masks)
    words = {name: t(f"between.word.{name}") for name in ("measured", "expected", "masks", "error")}
    chart(averages(path, words), "between.averages")
    st.markdown(
        t(
            "between.average",
            n=now.masks,
            mean=short(float(path.mean.mean()), 4),
            before=short(float(x.mean()), 4),
            error=short(float(path.error[-1]), 2),
            first=short(float(path.error[0]), 2),
        )
    )


def formula(desk: Desk[S], scene: Scene) -> None:
    """One cell with this mask, and its expected value."""
    done, p = scene.done, desk.now.p
    row, col = cell_controls(desk, tuple(done.input.shape))
    x, y, kept = (float(each[row, col]) for each in (done.input, done.output, done.kept))
    if desk.now.mode == "evaluation":
        st.latex(rf"y = x = {tex(y)}")
        st.markdown(t("between.passes"))
        return
    st.latex(
        aligned(
            rf"\frac{{1}}{{1-p}} &= \frac{{1}}{{1-{tex(p)}}} = \mathbf{{{tex(done.scale)}}}",
            rf"y &= \frac{{m\,x}}{{1-p}} = \frac{{{kept:.0f} \cdot {factor(x)}}}{{{tex(1 - p)}}}"
            rf" = \mathbf{{{tex(y)}}}",
            rf"E[y] &= p \cdot 0 + (1-p)\,\frac{{x}}{{1-p}} = {tex(p)} \cdot 0 + {tex(1 - p)} \cdot"
            rf" {factor(x * done.scale)} = x = {tex(x)}",
        )
    )
    st.markdown(t("between.dropout_says", n=done.kept.numel()))


def taken(now: DropoutSettings, scene: Scene) -> Takeaway:
    """Values, mask and result; the animation goes through the masks from this one on."""
    x, training = scene.done.input, now.mode == "training"

    def sheet(done: Dropped) -> list[Panel]:
        return [
            Panel("x", done.input, "input"),
            Panel("m", done.kept.float(), "kernel"),
            Panel("m · x / (1 − p)", done.output, "output"),
        ]

    def frames() -> list[list[Panel]]:
        seeds = range(now.mask, now.mask + FRAMES)
        return [sheet(dropout(x, now.p, seed, training=training)) for seed in seeds]

    return Takeaway(
        t("page.between.title"),
        (t("between.about.dropout"),),
        dropout_code(x, now.p, now.mask, training=training),
        scene.done.output,
        lambda step, dark: sheet_png(sheet(scene.done), dark),
        lambda dark: sheet_gif(frames(), dark, 700),
    )
