"""Batch normalisation: four channels of a batch of garments, before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.data.batches import batch, epoch
from cnnviz.export.between import batch_norm_code
from cnnviz.export.numbers import short
from cnnviz.export.sheet import Panel, sheet_gif, sheet_png
from cnnviz.figures.between import histograms, running
from cnnviz.ops import kernels
from cnnviz.ops.normalisation import (
    MOMENTUM,
    Normalised,
    Statistics,
    batch_norm,
    feature_maps,
    running_path,
    statistics,
)
from cnnviz.ui.between.common import (
    CellSettings,
    ModeSettings,
    aligned,
    cell_controls,
    factor,
    mode_control,
    tex,
)
from cnnviz.ui.between.feature import linked_planes, plane
from cnnviz.ui.charts import chart
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import limits, number, numbers, whole
from cnnviz.ui.takeaway import Takeaway

KERNELS = ("sobel-x", "laplacian", "sharpen", "box")  # a channel each
SET = "fashion-mnist"
ONES, ZEROS = (1.0,) * len(KERNELS), (0.0,) * len(KERNELS)


@dataclass(frozen=True, kw_only=True)
class BatchNormSettings(ModeSettings, CellSettings):
    """A batch, the layer's γ and β, and how many batches it has been trained with."""

    batch_size: int = whole(64, 2, 128)
    batch: int = whole(1, 1, 999)  # which one: a seed
    seen: int = whole(20, 0, 50)
    momentum: float = number(MOMENTUM, 0.01, 1.0)
    bn_channel: int = whole(1, 1, len(KERNELS))  # the channel whose γ and β are at hand
    gamma: tuple[float, ...] = numbers(ONES, -3, 3, len(KERNELS), len(KERNELS))
    beta: tuple[float, ...] = numbers(ZEROS, -3, 3, len(KERNELS), len(KERNELS))


S = TypeVar("S", bound=BatchNormSettings)


class Scene(NamedTuple):
    """The batch through the layer, and how its running statistics came about."""

    images: Tensor  # uint8 (N, 28, 28)
    done: Normalised
    path: list[Statistics]  # at the start and after each batch that the layer has seen
    batches: list[Statistics]  # of those batches, unbiased


def controls(desk: Desk[S]) -> None:
    """Mode, batch, the layer's history, and a channel's γ and β."""
    mode_control(desk)
    low, high = limits(BatchNormSettings, "batch_size")
    st.slider(t("between.size"), low, high, **desk.bind("batch_size"))
    low, high = limits(BatchNormSettings, "batch")
    st.number_input(t("between.batch"), low, high, **desk.bind("batch"))
    low, high = limits(BatchNormSettings, "seen")
    st.slider(t("between.seen"), low, high, **desk.bind("seen"))
    low, high = limits(BatchNormSettings, "momentum")
    st.slider(t("between.momentum"), low, high, step=0.01, **desk.bind("momentum"))
    st.selectbox(
        t("between.channel"),
        range(1, len(KERNELS) + 1),
        format_func=lambda i: f"{i}: {t(f'kernel.name.{KERNELS[i - 1]}')}",
        **desk.bind("bn_channel"),
    )
    at = desk.now.bn_channel - 1
    for name, sign in (("gamma", "γ"), ("beta", "β")):

        def take(settings: S, value: float, name: str = name) -> S:
            changed = list(getattr(settings, name))
            changed[settings.bn_channel - 1] = value
            new: dict[str, Any] = {name: tuple(changed)}
            return replace(settings, **new)

        low, high = limits(BatchNormSettings, name)
        shown = getattr(desk.now, name)[at]
        label = f"{sign}, {t('between.of_channel', channel=at + 1)}"
        st.slider(label, float(low), float(high), step=0.1, **desk.bind(name, shown, take))


# up to 6,400 images go through the kernels; every click on the page comes by here
@st.cache_data(max_entries=64, show_spinner=False)
def _history(size: int, seen: int, momentum: float) -> tuple[list[Statistics], list[Statistics]]:
    """The running statistics on their way, and each batch's own."""
    own = [
        statistics(feature_maps(images, stack()), unbiased=True)
        for images in epoch(SET, size, seen)
    ]
    return running_path(own, len(KERNELS), momentum), own


def stack() -> Tensor:
    """The kernels, (C, 3, 3)."""
    return torch.stack([kernels.named(name) for name in KERNELS])


def scene_of(now: BatchNormSettings) -> Scene:
    """The batch through a layer with this history."""
    path, own = _history(now.batch_size, now.seen, now.momentum)
    images = batch(SET, now.batch_size, now.batch)
    scale, shift = (torch.tensor(each, dtype=torch.float64) for each in (now.gamma, now.beta))
    done = batch_norm(
        feature_maps(images, stack()),
        scale,
        shift,
        path[-1],
        training=now.mode == "training",
        momentum=now.momentum,
    )
    return Scene(images, done, path, own)


def show(desk: Desk[S]) -> Scene:
    """Histograms before and after, and the numbers behind them."""
    scene = scene_of(desk.now)
    names = [t(f"kernel.name.{name}") for name in KERNELS]
    before = t("between.before", n=desk.now.batch_size)
    after = t(f"between.after_{desk.now.mode}")
    chart(histograms(scene.done, names, before, after), "between.histograms")
    st.dataframe(table(scene), hide_index=True, width="stretch")
    return scene


def table(scene: Scene) -> dict[str, list[str]]:
    """A row for each channel: what the batch has, what the layer keeps, what comes out."""
    done, before = scene.done, scene.path[-1]
    out = statistics(done.output)
    columns: dict[str, Tensor | list[str]] = {
        t("between.channel"): [t(f"kernel.name.{name}") for name in KERNELS],
        t("between.batch_mean"): done.batch.mean,
        t("between.batch_var"): done.batch.var,
        t("between.running_mean"): _arrows(before.mean, done.running.mean),
        t("between.running_var"): _arrows(before.var, done.running.var),
        t("between.out_mean"): out.mean,
        t("between.out_var"): out.var,
    }
    return {
        name: values if isinstance(values, list) else [_rounded(v) for v in values.tolist()]
        for name, values in columns.items()
    }


def _arrows(before: Tensor, after: Tensor) -> list[str]:
    """What the pass through the layer changes; in evaluation nothing."""
    pairs = zip(before.tolist(), after.tolist(), strict=True)
    return [_rounded(a) if a == b else f"{_rounded(a)} → {_rounded(b)}" for a, b in pairs]


def _rounded(value: float) -> str:
    """What differs from 0 by rounding alone is 0."""
    return short(0.0 if abs(value) < 1e-12 else value)


def formula(desk: Desk[S], scene: Scene) -> None:
    """One cell of the batch's first image on its way through the layer."""
    done, c = scene.done, desk.now.bn_channel - 1
    row, col = cell_controls(desk, tuple(done.input.shape))
    x, hat, y = (float(each[0, c, row, col]) for each in (done.input, done.normalised, done.output))
    mean, var = float(done.used.mean[c]), float(done.used.var[c])
    gamma, beta = float(done.gamma[c]), float(done.beta[c])
    st.latex(
        aligned(
            r"\hat{x} &= \frac{x-\mu}{\sqrt{\sigma^2+\varepsilon}}"
            rf" = \frac{{{tex(x)}-{factor(mean)}}}{{\sqrt{{{tex(var)}+10^{{-5}}}}}}"
            rf" = \mathbf{{{tex(hat)}}}",
            rf"y &= \gamma\,\hat{{x}}+\beta = {tex(gamma)} \cdot {factor(hat)} + {factor(beta)}"
            rf" = \mathbf{{{tex(y)}}}",
        )
    )
    st.markdown(t(f"between.mode_says.{desk.now.mode}"))
    m, n = desk.now.momentum, done.input.numel() // done.input.shape[1]
    before, own = float(scene.path[-1].var[c]), float(done.batch.var[c])
    if desk.now.mode == "training":
        after = float(done.running.var[c])
        st.latex(
            r"\sigma^2_{\text{run}} \leftarrow (1-m)\,\sigma^2_{\text{run}}"
            r" + m\,\frac{n}{n-1}\,\sigma^2"
            rf" = {tex(1 - m)} \cdot {tex(before)} + {tex(m)} \cdot \frac{{{n}}}{{{n - 1}}}"
            rf" \cdot {tex(own)} = \mathbf{{{tex(after)}}}"
        )
    st.markdown(t("between.biased", n=f"{n:,}"))


def planes(desk: Desk[S], scene: Scene) -> None:
    """The batch's first image in the channel at hand: before, normalised, scaled and shifted."""
    done, c = scene.done, desk.now.bn_channel - 1
    made = (done.input[0, c], done.normalised[0, c], done.output[0, c])
    most = max(float(each.abs().max()) for each in made)  # one scale: colours can be compared
    titles = ((t("between.map"), "input"), ("x̂", "kernel"), ("γ·x̂ + β", "output"))
    linked_planes(
        desk,
        "between.batchnorm",
        *(
            plane(role, title, role, x, most=most)
            for (title, role), x in zip(titles, made, strict=True)
        ),
    )


def running_panel(desk: Desk[S], scene: Scene) -> None:
    """How the running statistics of the channel at hand came about."""
    words = {name: t(f"between.word.{name}") for name in ("mean", "var", "batch", "running")}
    words["seen"] = t("between.seen")
    if desk.now.seen:
        chart(running(scene.path, scene.batches, desk.now.bn_channel - 1, words), "between.running")
    else:
        st.info(t("between.new_layer"))


def taken(now: BatchNormSettings, scene: Scene) -> Takeaway:
    """The statistics; as pictures one map, the animation in evaluation after more batches."""
    done, c = scene.done, now.bn_channel - 1
    code = batch_norm_code(
        scene.images.float() / 255,
        stack(),
        done.gamma,
        done.beta,
        scene.path[-1],
        training=now.mode == "training",
        momentum=now.momentum,
    )

    # the pictures' type has no Greek letters: PyTorch's names stand for γ and β
    def sheet(made: Normalised, seen: int) -> list[Panel]:
        after = f"{seen} × {len(scene.images)}"  # batches × images
        return [
            Panel("x", made.input[0, c].float(), "input"),
            Panel("(x − mean) / std", made.normalised[0, c].float(), "kernel"),
            Panel("weight · (…) + bias", made.output[0, c].float(), "output", caption=after),
        ]

    def frames() -> list[list[Panel]]:
        states = list(enumerate(scene.path))
        stops = sorted({0, 1, 2, 3, 5, 8, 13, 20, 30, 40, 50, now.seen} & {i for i, _ in states})
        return [
            sheet(batch_norm(done.input, done.gamma, done.beta, scene.path[i], training=False), i)
            for i in stops
        ]

    return Takeaway(
        t("page.between.title"),
        (t("between.about.batchnorm"),),
        code,
        summary(done).float(),
        lambda step, dark: sheet_png(sheet(done, now.seen), dark),
        lambda dark: sheet_gif(frames(), dark, 700),
    )


def summary(done: Normalised) -> Tensor:
    """What the table holds: (6, C), mean and variance of batch, layer and output."""
    out = statistics(done.output)
    pairs = (done.batch, done.running, out)
    return torch.stack([each for pair in pairs for each in (pair.mean, pair.var)])
