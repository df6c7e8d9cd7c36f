"""Learn the kernel: gradient descent on the course's pair or on the reader's own."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.learning import learning
from cnnviz.data.examples import EXAMPLES
from cnnviz.export.numbers import short
from cnnviz.ops import (
    LearningStep,
    Walk,
    Window,
    correlate,
    kernels,
    learn_kernel,
    stable_learning_rate,
)
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import LARGEST_GRID, as_grid, can_edit
from cnnviz.ui.i18n import explain, t, texts
from cnnviz.ui.settings import Grid, check_grid, choice, grid, limits, number, shortest, whole

PAIRS = ("course", "mine", "target")
MOST_PRODUCTS = 500_000_000  # of one learning: about two seconds


@dataclass(frozen=True, kw_only=True)
class LearnSettings:
    """Which pair, and how gradient descent goes over it; `target` counts for "target"."""

    pair: str = choice("course", PAIRS, view=True)
    target: Grid = grid(((0.0,),), LARGEST_GRID)
    lr: float = number(3e-2, 1e-20, 10.0, view=True)
    updates: int = whole(10, 1, 200, view=True)
    seed: int = whole(0, 0, 999, view=True)


S = TypeVar("S", bound=LearnSettings)


def learn_panel(desk: Desk[S], walk: Walk) -> None:
    """Controls, the kernel on its way, and a sentence on how it went."""
    _controls(desk, walk)
    if desk.now.pair == "target" and not _target_controls(desk, walk):
        return
    x, y, window = _pair(desk.now, walk)
    now = desk.now
    products = _products(y, window, now.updates)
    if products > MOST_PRODUCTS:
        st.warning(t("learn.large", products=f"{products / 1e6:,.0f}"))
        return
    try:
        with st.spinner(t("learn.running")):
            path, limit = _learn(x, y, window, now.lr, now.updates, now.seed)
    except Problem as problem:
        st.warning(explain(problem))
        return
    _show(desk, path, limit)


def _show(desk: Desk[S], path: list[LearningStep], limit: float) -> None:
    now = desk.now
    if len(path) < 2:
        st.warning(t("learn.overflow"))
    else:
        strings = texts("stage") | texts("learning")
        learning(path, now.lr, f"{desk.page}.learning", strings, classroom=frame.classroom())
        _verdict(path, now, limit)
    if now.lr > limit:
        safe = float(f"{0.7 * limit:.1g}")
        st.button(t("learn.use", lr=f"{safe:g}"), on_click=desk.change, kwargs={"lr": safe})


def _controls(desk: Desk[S], walk: Walk) -> None:
    def take(settings: S, pair: str) -> S:
        changed = replace(settings, pair=pair)
        fresh = pair == "target" and settings.target == LearnSettings.target
        return _from_output(changed, walk) if fresh else changed

    pair, lr, updates, seed = st.columns([2, 1, 1, 1])
    pair.selectbox(
        t("learn.pair"),
        PAIRS,
        format_func=lambda name: t(f"learn.pair_name.{name}"),
        **desk.bind("pair", take=take),
    )
    low, high = limits(LearnSettings, "lr")
    lr.number_input(t("learn.lr"), low, high, step=0.01, format="%.5g", **desk.bind("lr"))
    updates.number_input(
        t("learn.updates"), *limits(LearnSettings, "updates"), **desk.bind("updates")
    )
    seed.number_input(t("learn.seed"), *limits(LearnSettings, "seed"), **desk.bind("seed"))


def _target_controls(desk: Desk[S], walk: Walk) -> bool:
    """The reader's own output as text, a row a line; says whether there can be one."""
    if not can_edit(walk.output):
        st.warning(t("learn.target_large"))
        return False

    def take(settings: S, text: str) -> S:
        try:
            lines = text.replace(",", " ").replace("−", "-").splitlines()
            rows = as_grid(
                [[float(cell) for cell in line.split()] for line in lines if line.split()]
            )
            check_grid(rows, LARGEST_GRID)
        except ValueError:
            st.toast(t("learn.bad_target"), icon=":material/warning:", duration="long")
            return settings
        return replace(settings, target=rows)

    shown = "\n".join(" ".join(map(shortest, row)) for row in desk.now.target)
    st.text_area(t("learn.target"), height=140, **desk.bind("target", shown, take))
    if torch.tensor(desk.now.target).shape != walk.output.shape:
        changed = _from_output(desk.now, walk)
        st.button(t("learn.target_again"), on_click=desk.set, args=(changed,))
    return True


def _from_output(settings: S, walk: Walk) -> S:
    """The page's output as the target to start from, where it can be written down."""
    if not can_edit(walk.output):
        return settings
    return replace(settings, target=as_grid(walk.output.tolist()))


def _pair(settings: LearnSettings, walk: Walk) -> tuple[Tensor, Tensor, Window]:
    """X, Y and the window that leads from one to the other."""
    if settings.pair == "mine":
        return walk.input, walk.output, walk.window
    if settings.pair == "target":
        return walk.input, torch.tensor(settings.target), walk.window
    x = torch.tensor(EXAMPLES["bar"].cells)
    kernel = kernels.named(EXAMPLES["bar"].kernel)
    return x, correlate(x, kernel).output, Window((1, 2))


def _products(y: Tensor, window: Window, updates: int) -> int:
    """About how many products it takes, the learning rate's limit included."""
    taps = math.prod(axis.kernel_size for axis in window.along(tuple(y.shape)))
    return y.numel() * taps * (updates + taps)


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
