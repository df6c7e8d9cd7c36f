"""What topics share: the layer's mode, the cell in the formula, and numbers in formulas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from cnnviz.export.numbers import short
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import choice, whole

MODES = ("training", "evaluation")
LARGEST_MAP = 256  # a photo's longest side; the controls end at the map's own


@dataclass(frozen=True, kw_only=True)
class CellSettings:
    """Which cell's numbers stand in the formula, counted from 1."""

    row: int = whole(13, 1, LARGEST_MAP, view=True)
    col: int = whole(13, 1, LARGEST_MAP, view=True)


@dataclass(frozen=True, kw_only=True)
class ModeSettings:
    """`model.train()` or `model.eval()`: batch norm and dropout do different things."""

    mode: str = choice("training", MODES)


S = TypeVar("S", bound=CellSettings)
M = TypeVar("M", bound=ModeSettings)


def mode_control(desk: Desk[M]) -> None:
    """Training or evaluation."""
    st.segmented_control(
        t("between.mode"),
        MODES,
        format_func=lambda name: t(f"between.mode_name.{name}"),
        width="stretch",
        required=True,
        **desk.bind("mode"),
    )


def cell_of(settings: CellSettings, shape: tuple[int, ...]) -> tuple[int, int]:
    """The cell, from 0; a smaller map's last where the settings point beyond."""
    return min(settings.row, shape[-2]) - 1, min(settings.col, shape[-1]) - 1


def cell_controls(desk: Desk[S], shape: tuple[int, ...]) -> tuple[int, int]:
    """Choose the cell; returns it, from 0."""
    cell = cell_of(desk.now, shape)
    columns = st.columns([1, 1, 3])
    for name, column, at, most in zip(("row", "col"), columns, cell, shape[-2:], strict=False):
        column.number_input(t(f"between.{name}"), 1, most, **desk.bind(name, at + 1))
    return cell


def tex(value: float, digits: int = 4) -> str:
    """A number in a formula."""
    text = short(value, digits).replace("−", "-")
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa} \cdot 10^{{{exponent}}}"
    return text.replace("nan", r"\text{NaN}").replace("inf", r"\infty")


def factor(value: float, digits: int = 4) -> str:
    """A number behind a sign or in front of one: in parentheses if it needs them."""
    text = tex(value, digits)
    return f"({text})" if text.startswith("-") or "cdot" in text else text


def aligned(*lines: str) -> str:
    """Lines of a formula, aligned at their &."""
    return r"\begin{aligned}" + r" \\[1.2ex] ".join(lines) + r"\end{aligned}"
