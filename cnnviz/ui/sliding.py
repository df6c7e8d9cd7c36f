"""How a kernel slides with its own numbers for rows and columns, and what its padding holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
from torch import Tensor

from cnnviz.ops.correlation import PADDING_MODES
from cnnviz.problems import Problem
from cnnviz.ui import links
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.operation import fits, window_of
from cnnviz.ui.pairs import pair_control
from cnnviz.ui.settings import Pair, choice, pair

PRESETS = ("valid", "same", "full")
EVERYWHERE: Pair = (1, 1)


@dataclass(frozen=True, kw_only=True)
class SlidingSettings:
    """Rows first, then columns; padding per side, as in PyTorch."""

    stride: Pair = pair((1, 1), 1, 8)
    padding: Pair = pair((1, 1), 0, 10)
    padding_mode: str = choice("zeros", PADDING_MODES)
    dilation: Pair = pair((1, 1), 1, 6)


S = TypeVar("S", bound=SlidingSettings)


def preset_of(settings: SlidingSettings, kernel: Tensor, name: str) -> Pair | None:
    """The padding that "valid", "same" or "full" stand for here; None where there is none."""
    rows, cols = (axis.padding_for(name) for axis in window_of(settings, kernel).along((1, 1)))
    both = None if rows is None or cols is None else (rows, cols)
    allowed = both is not None and links.allowed(replace(settings, padding=both), settings)
    return both if allowed else None


def preset_controls(desk: Desk[S], kernel: Tensor) -> None:
    """Three buttons that set the padding; the one that it is now is marked."""
    with st.container(horizontal=True, gap="small", key="presets"):
        for name in PRESETS:
            both = preset_of(desk.now, kernel, name)
            st.button(
                t(f"sliding.preset.{name}"),
                key=f"{desk.page}/preset/{name}",
                type="primary" if both == desk.now.padding else "secondary",
                disabled=both is None,
                help=t(f"sliding.shows.{name}" if both else f"sliding.no.{name}"),
                on_click=desk.change,
                kwargs={"padding": both},
            )


def sliding_controls(desk: Desk[S], kernel: Tensor, *, transposed: bool) -> None:
    """Padding, stride, dilation; what a transposed convolution crops off is filled by nothing."""
    if not transposed:
        preset_controls(desk, kernel)
    pair_control(desk, "padding", t("sliding.padding"))
    if not transposed:
        st.selectbox(
            t("sliding.mode"),
            PADDING_MODES,
            format_func=lambda name: t(f"sliding.mode_name.{name}"),
            **desk.bind("padding_mode"),
        )
    pair_control(desk, "stride", t("operation.stride"))
    pair_control(desk, "dilation", t("operation.dilation"))


def ways_to_fit(
    settings: SlidingSettings, shape: tuple[int, ...], kernel: Tensor, problem: Problem
) -> dict[str, dict[str, object]]:
    """What mends settings that do not fit an input of this shape: buttons' labels → changes."""
    if problem.kind == "padding_mode_room":
        return {t("sliding.use_zeros"): {"padding_mode": "zeros"}}
    padding = _least_padding(settings, shape, kernel)
    less = _least_padding(replace(settings, dilation=EVERYWHERE), shape, kernel)
    named = {"padding": _written(padding)}
    ways: dict[str, dict[str, object]] = {
        t("refusal.padding", **named): {"padding": padding, "padding_mode": "zeros"},
        t("refusal.dilation"): {"dilation": EVERYWHERE},
        t("refusal.both", padding=_written(less)): {
            "padding": less,
            "padding_mode": "zeros",
            "dilation": EVERYWHERE,
        },
    }
    fitting = [way for way in ways.items() if fits(settings, way[1], shape, kernel)]
    return dict(fitting[:2])


def _least_padding(settings: SlidingSettings, shape: tuple[int, ...], kernel: Tensor) -> Pair:
    """The padding of at least now's with which the kernel fits an input of this shape."""
    axes = window_of(settings, kernel).along(shape)
    rows, cols = (
        max(axis.padding, (axis.extent - n + 1) // 2) for axis, n in zip(axes, shape, strict=True)
    )
    return rows, cols


def _written(both: Pair) -> str:
    rows, cols = both
    return str(rows) if rows == cols else f"({rows}, {cols})"
