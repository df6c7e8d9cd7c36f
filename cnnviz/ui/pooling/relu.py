"""The larger of two by ReLU, and from it the largest of a window (d2l 7.5, exercises)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
import torch

from cnnviz.export.numbers import short
from cnnviz.figures.pooling import relu_curve
from cnnviz.ops import Pooling
from cnnviz.ops.pooling_equals import Round, extreme_by_relu, pool_by_relu, tournament
from cnnviz.ui.charts import chart
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.pooling.settings import PoolSettings, in_mode, input_planes, walk_of
from cnnviz.ui.settings import limits, number, whole

MOST_SHOWN = 25  # cells of a window whose comparisons are all written out


@dataclass(frozen=True, kw_only=True)
class ReluSettings(PoolSettings):
    """Two numbers to compare, and which window's cells."""

    a: float = number(3.0, -10.0, 10.0)
    b: float = number(-2.0, -10.0, 10.0)
    place: int = whole(1, 1, 1_000_000, view=True)


S = TypeVar("S", bound=ReluSettings)


def relu_panel(desk: Desk[S]) -> None:
    """Two numbers, then a window, then the whole output."""
    mode = "min" if desk.now.mode == "min" else "max"
    words, picture = st.columns([2, 3], gap="large")
    with words:
        _two(desk, mode)
    with picture:
        chart(relu_curve(desk.now.a, desk.now.b, mode), "pooling.relu")
    a, b = torch.tensor(desk.now.a), torch.tensor(desk.now.b)
    st.latex(_aligned([comparison(a, b, extreme_by_relu(a, b, mode), mode)]))
    walk = walk_of(in_mode(desk.now, mode), input_planes(desk.now))
    cells = math.prod(walk.kernel.shape[-2:])
    rounds = math.ceil(math.log2(cells))
    st.markdown(t("pooling.rounds", cells=cells, comparisons=cells - 1, rounds=rounds))
    if cells <= MOST_SHOWN:
        _window(desk, walk)
    difference = float((pool_by_relu(walk) - walk.output).abs().max())
    outputs = len(walk)
    st.markdown(t("pooling.relu_same", outputs=outputs, difference=short(difference, 2)))


def _two(desk: Desk[S], mode: str) -> None:
    for name, column in zip(("a", "b"), st.columns(2), strict=True):
        low, high = limits(ReluSettings, name)
        column.number_input(name, low, high, step=1.0, format="%g", **desk.bind(name))
    rule = {
        "max": r"\max(a, b) = \mathrm{ReLU}(a - b) + b",
        "min": r"\min(a, b) = b - \mathrm{ReLU}(b - a)",
    }
    st.latex(rule[mode])


def _window(desk: Desk[S], walk: Pooling) -> None:
    """The comparisons in one window; the padding's cells can't win and are left out."""
    place = min(desk.now.place, len(walk))
    left, _ = st.columns([1, 3])
    left.number_input(t("pooling.place"), 1, len(walk), **desk.bind("place", place))
    cells = walk.step(place - 1).cells.flatten()
    cells = cells[torch.isfinite(cells)]
    listed = ", ".join(short(value) for value in cells.tolist())
    st.markdown(t("pooling.cells", cells=listed))
    for i, each in enumerate(tournament(cells, walk.mode)):
        st.markdown(f"**{t('pooling.round', i=i + 1)}**")
        st.latex(_aligned(lines_of(each, walk.mode)))


def lines_of(each: Round, mode: str) -> list[str]:
    """One round's comparisons, and who goes on without one."""
    pairs = zip(each.a, each.b, each.won, strict=True)
    lines = [comparison(a, b, won, mode) for a, b, won in pairs]
    return lines + [rf"{short(value)} &\to {short(value)}" for value in each.spare.tolist()]


def comparison(a: torch.Tensor, b: torch.Tensor, won: torch.Tensor, mode: str) -> str:
    """`max(3, −2) = ReLU(3 − (−2)) + (−2) = 5 + (−2) = 3` as LaTeX."""
    x, y, z = (short(float(value)) for value in (a, b, won))
    sign = -1 if mode == "min" else 1
    rest = short(float(torch.relu(sign * (a - b))))
    if mode == "min":
        form = rf"{y} - \mathrm{{ReLU}}({y} - {_in(x)}) = {y} - {rest}"
    else:
        form = rf"\mathrm{{ReLU}}({x} - {_in(y)}) + {_in(y)} = {rest} + {_in(y)}"
    return rf"\{mode}({x}, {y}) &= {form} = \mathbf{{{z}}}"


def _in(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def _aligned(lines: Iterable[str]) -> str:
    return r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}"
