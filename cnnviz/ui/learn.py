"""Learn the kernel: gradient descent on the course's pair or on what is on the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.learning import learning
from cnnviz.data.examples import EXAMPLES
from cnnviz.export.numbers import short
from cnnviz.ops import LearningStep, Walk, Window, correlate, kernels, learn_kernel
from cnnviz.ops.learning import stable_learning_rate
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t, texts
from cnnviz.ui.settings import choice, limits, number, whole

PAIRS = ("course", "mine")


@dataclass(frozen=True, kw_only=True)
class LearnSettings:
    """Which pair, and how gradient descent goes over it."""

    pair: str = choice("course", PAIRS)
    lr: float = number(3e-2, 1e-20, 10.0)
    updates: int = whole(10, 1, 200)
    seed: int = whole(0, 0, 999)


S = TypeVar("S", bound=LearnSettings)


def learn_panel(desk: Desk[S], walk: Walk) -> None:
    """Controls, the kernel on its way, and a sentence on how it went."""
    _controls(desk)
    x, y, window = _pair(desk.now, walk)
    now = desk.now
    with st.spinner(t("learn.running")):
        path, limit = _learn(x, y, window, now.lr, now.updates, now.seed)
    if len(path) < 2:
        st.warning(t("learn.overflow"))
    else:
        strings = texts("stage") | texts("learning")
        learning(path, now.lr, f"{desk.page}.learning", strings, classroom=frame.classroom())
        _verdict(path, now, limit)
    if now.lr > limit:
        safe = float(f"{0.7 * limit:.1g}")
        st.button(t("learn.use", lr=f"{safe:g}"), on_click=desk.change, kwargs={"lr": safe})


def _controls(desk: Desk[S]) -> None:
    pair, lr, updates, seed = st.columns([2, 1, 1, 1])
    pair.selectbox(
        t("learn.pair"),
        PAIRS,
        format_func=lambda name: t(f"learn.pair_name.{name}"),
        **desk.bind("pair"),
    )
    low, high = limits(LearnSettings, "lr")
    lr.number_input(t("learn.lr"), low, high, step=0.01, format="%.5g", **desk.bind("lr"))
    updates.number_input(
        t("learn.updates"), *limits(LearnSettings, "updates"), **desk.bind("updates")
    )
    seed.number_input(t("learn.seed"), *limits(LearnSettings, "seed"), **desk.bind("seed"))


def _pair(settings: LearnSettings, walk: Walk) -> tuple[Tensor, Tensor, Window]:
    """X, Y and the window that leads from one to the other."""
    if settings.pair == "mine":
        return walk.input, walk.output, walk.window
    x = torch.tensor(EXAMPLES["bar"].cells)
    kernel = kernels.named(EXAMPLES["bar"].kernel)
    return x, correlate(x, kernel).output, Window((1, 2))


# a large photo takes seconds, and every click on the page comes by here
@st.cache_data(
    max_entries=32,
    show_spinner=False,
    hash_funcs={Tensor: lambda x: (tuple(x.shape), x.numpy().tobytes())},
)
def _learn(
    x: Tensor, y: Tensor, window: Window, lr: float, updates: int, seed: int
) -> tuple[list[LearningStep], float]:
    """The path of the kernel, and the learning rate above which it has to diverge."""
    size = tuple(axis.kernel_size for axis in window.along(tuple(x.shape)))
    path = learn_kernel(x, y, size, lr, updates, seed, window=window)
    return path, stable_learning_rate(x, window)


def _verdict(path: list[LearningStep], settings: LearnSettings, limit: float) -> None:
    """How it went: it diverged, or by how much the loss fell."""
    if limit == math.inf:
        st.info(t("learn.nothing"))
        return
    first, last = path[0].loss, path[-1].loss
    values = {
        "first": short(first),
        "last": short(last),
        "lr": f"{settings.lr:g}",
        "limit": short(limit, 2),
        "updates": len(path) - 1,
    }
    if len(path) <= settings.updates or last > first:
        st.warning(t("learn.diverged", **values))
    else:
        st.markdown(t("learn.converged", **values))
