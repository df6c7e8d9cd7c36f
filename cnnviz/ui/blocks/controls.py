"""The controls of a block: which, its picture, its channels, its weights."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz.models.forms import ADDS, BLOCKS
from cnnviz.ui.blocks.settings import (
    INPUTS,
    MOST_WIDTH,
    BlockSettings,
    S,
    channels_in,
    fitted,
    unopened,
    with_block,
)
from cnnviz.ui.channels import divisors
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.inputs import item_controls
from cnnviz.ui.photos import photo_picker
from cnnviz.ui.settings import limits

# the options that a block has, in the order of its arguments
OPTIONS = {
    "vgg": ("c_out", "convs"),
    "inception": (),
    "residual": ("c_out",),
    "bottleneck": ("c_mid", "c_out"),
    "resnext": ("c_out", "groups"),
    "dense": ("growth", "convs"),
}


def block_controls(desk: Desk[S]) -> None:
    """Which block, and its options."""
    st.selectbox(
        t("blocks.block"),
        BLOCKS,
        format_func=lambda name: t(f"blocks.name.{name}"),
        **desk.bind("block", take=with_block),
    )
    st.caption(t(f"blocks.shows.{desk.now.block}"))
    now, names = desk.now, OPTIONS[desk.now.block]
    for name, column in zip(names, st.columns(2) if names else [], strict=False):
        _number(column, desk, name)
    if now.block == "inception":
        _inception_controls(desk)
    if now.block in ADDS:
        _shortcut_controls(desk)


def _number(column: Any, desk: Desk[S], name: str) -> None:
    def take(settings: S, value: int) -> S:
        changes: dict[str, Any] = {name: value}
        return fitted(replace(settings, **changes), settings)

    if name == "groups":  # only those that divide the channels
        shown = sorted({*divisors(desk.now.c_out), desk.now.groups})
        column.selectbox(t("blocks.groups"), shown, **desk.bind(name, take=take))
        return
    low, high = limits(BlockSettings, name)
    column.number_input(t(f"blocks.{name}"), low, high, **desk.bind(name, take=take))


def _inception_controls(desk: Desk[S]) -> None:
    """The branches' channels, each pair a reduction and what reads it."""

    def switch(settings: S, on: bool) -> S:
        return unopened(replace(settings, reduced="on" if on else "off"))

    reduced = desk.now.reduced == "on"
    st.toggle(t("blocks.reduced"), **desk.bind("reduced", reduced, switch))
    shown = (0, 1, 2, 3, 4, 5) if reduced else (0, 2, 4)
    columns = [column for _ in range(3) for column in st.columns(2)]
    for i, column in zip(shown, columns, strict=False):

        def take(settings: S, value: int, i: int = i) -> S:
            widths = [*settings.widths]
            widths[i] = float(value)
            return unopened(replace(settings, widths=tuple(widths)))

        control = desk.bind(f"width{i}", int(desk.now.widths[i]), take)
        column.number_input(t(f"blocks.width{i}"), 1, MOST_WIDTH, **control)


def _shortcut_controls(desk: Desk[S]) -> None:
    def take(settings: S, name: str) -> S:
        """Without its convolution a shortcut needs the input's own shape."""
        changed = unopened(replace(settings, shortcut=name))
        if name == "bare":
            return replace(changed, stride=1, c_out=channels_in(changed))
        return changed

    st.segmented_control(
        t("blocks.shortcut"),
        ("bare", "conv"),
        format_func=lambda name: t(f"blocks.shortcut_{name}"),
        width="stretch",
        required=True,
        **desk.bind("shortcut", take=take),
    )
    st.segmented_control(
        t("blocks.stride"), (1, 2), width="stretch", required=True, **desk.bind("stride")
    )

    def switch(settings: S, on: bool) -> S:
        return replace(settings, zero="on" if on else "off")

    st.toggle(t("blocks.zero"), **desk.bind("zero", desk.now.zero == "on", switch))


def picture_controls(desk: Desk[S]) -> None:
    """The picture, and what of it enters the block."""

    def take(settings: S, name: str) -> S:
        return fitted(replace(settings, input=name), settings)

    st.segmented_control(
        t("input.label"),
        INPUTS,
        format_func=lambda name: t(f"blocks.input.{name}"),
        width="stretch",
        required=True,
        **desk.bind("input", take=take),
    )
    if desk.now.input == "photo":
        photo_picker(desk)
        st.slider(t("input.side"), *limits(BlockSettings, "side"), **desk.bind("side"))
    else:
        item_controls(desk, desk.now.input)

    def enter(settings: S, value: int) -> S:
        return fitted(replace(settings, stem=value), settings)

    st.slider(t("blocks.stem"), *limits(BlockSettings, "stem"), **desk.bind("stem", take=enter))
    st.caption(t("blocks.stem_maps" if desk.now.stem else "blocks.stem_none"))


def weight_controls(desk: Desk[S]) -> None:
    """The seed, and which statistics a batch norm takes."""
    low, high = limits(BlockSettings, "seed")
    st.number_input(t("blocks.seed"), low, high, **desk.bind("seed"))
    if desk.now.block in (*ADDS, "dense"):
        st.segmented_control(
            t("blocks.mode"),
            ("train", "eval"),
            format_func=lambda name: t(f"blocks.mode_{name}"),
            width="stretch",
            required=True,
            **desk.bind("mode"),
        )
        st.caption(t(f"blocks.mode_{desk.now.mode}_means"))
