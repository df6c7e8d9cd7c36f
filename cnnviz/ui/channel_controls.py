"""The controls of planes, kernel stack, groups and bias."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
import torch

from cnnviz.data import pictures
from cnnviz.ops.stacks import RGB_NAMES
from cnnviz.ui.channels import (
    INPUTS,
    KINDS,
    LARGEST_KERNEL,
    LARGEST_PLANE,
    MOST,
    ChannelSettings,
    S,
    channels_in,
    channels_out,
    divisors,
    fitted,
    planes_of,
    with_groups,
    with_input,
    with_kind,
    with_planes,
)
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import resized, size_controls
from cnnviz.ui.i18n import t
from cnnviz.ui.photos import photo_of, photo_picker
from cnnviz.ui.settings import Grid, Stack, limits


def plane_controls(desk: Desk[S]) -> None:
    """The input: the course's planes, one's own, or a photo's red, green and blue."""
    st.segmented_control(
        t("input.label"),
        INPUTS,
        format_func=lambda name: t(f"channels.input.{name}"),
        width="stretch",
        required=True,
        **desk.bind("input", take=with_input),
    )
    if desk.now.input == "photo":
        _photo_controls(desk)
        return
    st.number_input(
        t("channels.c_in"), 1, MOST, **desk.bind("c_in", channels_in(desk.now), with_planes)
    )

    def take(settings: S, rows: Grid) -> S:
        planes = tuple(
            resized(plane, len(rows), len(rows[0])) for plane in _grids(planes_of(settings))
        )
        return replace(settings, input="own", planes=planes)

    size_controls(desk, "input", lambda now: planes_of(now)[0], LARGEST_PLANE, take)


def _grids(planes: torch.Tensor) -> Stack:
    found: Stack = tuple(tuple(map(tuple, plane)) for plane in planes.tolist())
    return found


def _photo_controls(desk: Desk[S]) -> None:
    photo_picker(desk)
    picture = pictures.planes(photo_of(desk.now), pictures.MAX_SIDE // 2)
    _, height, width = picture.shape
    with st.container(key="rgb-photo"):
        # its room is kept before it has loaded, so that nothing below it jumps
        st.html(f"<style>.st-key-rgb-photo img {{aspect-ratio: {width} / {height}}}</style>")
        st.image(picture.permute(1, 2, 0).numpy(), caption=t("channels.photo"), width="stretch")
    st.slider(t("input.side"), *limits(ChannelSettings, "side"), **desk.bind("side"))


def stack_controls(desk: Desk[S]) -> None:
    """The kernels, how many, how they are shared out among the planes, and what is added."""
    now = desk.now
    kinds = [name for name in KINDS if name != "named" or channels_in(now) == 3]
    if now.kernels not in kinds:  # a link's; the page says that it does not fit
        kinds.append(now.kernels)
    st.selectbox(
        t("channels.kernels"),
        kinds,
        format_func=lambda name: t(f"channels.kind.{name}"),
        **desk.bind("kernels", take=with_kind),
    )
    st.caption(t(f"channels.shows.{now.kernels}"))
    _kind_controls(desk)
    columns = st.columns(1 if now.kernels == "named" else 2)
    if now.kernels != "named":
        counts = sorted({*range(now.groups, MOST + 1, now.groups), now.c_out})
        columns[0].selectbox(t("channels.c_out"), counts, **desk.bind("c_out", take=_take_c_out))
    columns[-1].selectbox(
        t("channels.groups"),
        _groups_to_choose(now),
        format_func=lambda n: _groups_name(n, channels_in(now)),
        **desk.bind("groups", take=with_groups),
    )
    _bias_controls(desk)


def _groups_to_choose(now: ChannelSettings) -> list[int]:
    """Those that divide the planes; of named kernels there are as many as are chosen."""
    found = divisors(channels_in(now))
    if now.kernels == "named":
        found = [n for n in found if channels_out(now) % n == 0]
    return sorted({*found, now.groups})


def _groups_name(n: int, c_in: int) -> str:
    return t("channels.depthwise", n=n) if n == c_in > 1 else str(n)


def _kind_controls(desk: Desk[S]) -> None:
    now = desk.now
    if now.kernels == "named":
        st.multiselect(
            t("channels.names"),
            RGB_NAMES,
            format_func=lambda name: t(f"channels.name.{name}"),
            max_selections=MOST,
            **desk.bind("names", list(now.names), _take_names),
        )
    elif now.kernels == "own":

        def take(settings: S, rows: Grid) -> S:
            size = len(rows), len(rows[0])
            return replace(
                settings, weights=tuple(resized(plane, *size) for plane in settings.weights)
            )

        size_controls(
            desk, "kernel", lambda now: torch.tensor(now.weights[0]), LARGEST_KERNEL, take
        )
    elif now.kernels in ("random", "pointwise"):
        left, right = st.columns(2)
        if now.kernels == "random":
            low, high = limits(ChannelSettings, "size")
            left.number_input(t("channels.size"), low, high, **desk.bind("size"))
        right.number_input(
            t("channels.seed"), *limits(ChannelSettings, "seed"), **desk.bind("seed")
        )


def _take_c_out(settings: S, c_out: int) -> S:
    return fitted(replace(settings, c_out=c_out), settings)


def _take_names(settings: S, names: list[str]) -> S:
    return fitted(replace(settings, names=tuple(names)), settings) if names else settings


def _bias_controls(desk: Desk[S]) -> None:
    """A switch, and a number for each output channel; 0 switches one off."""

    def switch(settings: S, on: bool) -> S:
        return replace(settings, biased="on" if on else "off")

    st.toggle(t("channels.bias"), **desk.bind("biased", desk.now.biased == "on", switch))
    if desk.now.biased == "off":
        return
    columns = st.columns(2)
    for o in range(channels_out(desk.now)):

        def take(settings: S, value: float, o: int = o) -> S:
            bias = (*settings.bias[:o], value, *settings.bias[o + 1 :])
            return replace(settings, bias=bias)

        columns[o % 2].number_input(
            t("channels.bias_of", o=o + 1),
            -1e6,
            1e6,
            step=1.0,
            format="%g",
            **desk.bind(f"bias.{o}", float(desk.now.bias[o]), take),
        )
