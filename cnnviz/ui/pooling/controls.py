"""The controls of a pooling's window."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from torch import Tensor

from cnnviz.ops.pooling import MODES
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.pairs import pair_control
from cnnviz.ui.pooling.settings import (
    EXAMPLE_SETTINGS,
    PoolSettings,
    S,
    example_of,
    largest_window,
    most_padding,
    most_planes,
    stride_of,
    with_example,
    with_window,
)
from cnnviz.ui.settings import limits


def example_control(desk: Desk[S]) -> None:
    """One of the course's examples, with its input and its window."""
    shown = example_of(desk.now)
    # "own" stands there only while it is so: it could not be chosen
    names = [*EXAMPLE_SETTINGS, *(["own"] if shown == "own" else [])]
    st.selectbox(
        t("pooling.example"),
        names,
        format_func=lambda name: t(f"pooling.example_name.{name}"),
        **desk.bind("example", shown, with_example),
    )


def planes_control(desk: Desk[S]) -> None:
    """How many channels, where the input can have several."""
    if (most := most_planes(desk.now)) > 1:
        st.slider(t("pooling.planes"), 1, most, **desk.bind("planes"))


def window_controls(desk: Desk[S], x: Tensor) -> None:
    """What is kept of a window, its size, and how it moves over the input `x`."""
    now = desk.now
    st.segmented_control(
        t("pooling.mode"),
        MODES,
        format_func=lambda name: t(f"pooling.mode_name.{name}"),
        width="stretch",
        required=True,
        **desk.bind("mode"),
    )
    most = largest_window(now, tuple(x.shape))
    pair_control(desk, "window", t("pooling.window"), high=most, take=with_window)
    _stride_controls(desk)
    pair_control(desk, "padding", t("pooling.padding"), high=most_padding(now.window))
    if now.mode != "avg":
        st.slider(t("pooling.dilation"), *limits(PoolSettings, "dilation"), **desk.bind("dilation"))
    _toggle(desk, "rounding", "ceil", "floor", t("pooling.ceil"), t("pooling.ceil_help"))
    if now.mode == "avg":
        _toggle(desk, "count_pad", "yes", "no", t("pooling.count_pad"), t("pooling.count_pad_help"))


def _stride_controls(desk: Desk[S]) -> None:
    def follow(now: S, tied: bool) -> S:
        return replace(now, stride=(0, 0) if tied else stride_of(now))

    tied = 0 in desk.now.stride
    st.toggle(t("pooling.tied"), **desk.bind("tied", tied, follow))
    if not tied:
        pair_control(desk, "stride", t("pooling.stride"), low=1)


def _toggle(desk: Desk[S], name: str, on: str, off: str, label: str, help: str) -> None:
    def take(now: S, chosen: bool) -> S:
        return replace(now, **{name: on if chosen else off})  # type: ignore[arg-type]

    shown = getattr(desk.now, name) == on
    st.toggle(label, help=help, **desk.bind(f"{name}.on", shown, take))


def sign_of(now: PoolSettings) -> str:
    """What stands between input and window: max, mean or min."""
    return t("pooling.mean_sign") if now.mode == "avg" else now.mode
