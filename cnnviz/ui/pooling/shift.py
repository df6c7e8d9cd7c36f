"""The input moved by a pixel or two: which outputs stay as they were."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.boards import Board
from cnnviz.export.numbers import short
from cnnviz.ops import Walk
from cnnviz.ops.shift import BORDERS, Stay, blur_pool, shifted, stays
from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.pooling.linked import channels_of, linked, window_links
from cnnviz.ui.pooling.settings import (
    PoolSettings,
    in_mode,
    input_planes,
    walk_of,
    window_of,
)
from cnnviz.ui.settings import choice, limits, whole


@dataclass(frozen=True, kw_only=True)
class ShiftSettings(PoolSettings):
    """By how many cells the input moves, and what comes in at its border."""

    down: int = whole(0, -4, 4)
    right: int = whole(1, -4, 4)
    border: str = choice("zeros", BORDERS)


S = TypeVar("S", bound=ShiftSettings)
GREEN = 6  # among the hues of boards


def shift_panel(desk: Desk[S]) -> None:
    """How far, then both inputs and both outputs, and how other poolings do."""
    for name, column in zip(("down", "right"), st.columns(2, gap="large"), strict=True):
        column.slider(t(f"pooling.{name}"), *limits(ShiftSettings, name), **desk.bind(name))
    st.radio(
        t("pooling.border"),
        BORDERS,
        horizontal=True,
        format_func=lambda name: t(f"pooling.border_name.{name}"),
        **desk.bind("border"),
    )
    now, x = desk.now, input_planes(desk.now)
    by = (now.down, now.right)
    stay = stays(x, lambda x: walk_of(now, x), by, now.border)
    kept, total = int(stay.same.sum()), stay.same.numel()
    mode = t(f"pooling.mode_name.{now.mode}")
    st.markdown(t("pooling.stay", kept=kept, total=total, mode=mode))
    if x.ndim == 3:
        st.caption(t("pooling.first_channel"))
    linked(desk, "shift", _views(now, x, stay), _headings(), columns=2)
    st.markdown(table(comparisons(now, x)))
    st.caption(t("pooling.zhang"))


def _headings() -> list[str]:
    return [t("pooling.inputs"), t("pooling.outputs")]


def _views(now: ShiftSettings, x: Tensor, stay: Stay) -> list[list[Board]]:
    walk = walk_of(now, x)
    read, _, written = window_links(walk.window, walk.spatial)
    moved = channels_of(shifted(x, (now.down, now.right), now.border))[0]
    before, after, same = (channels_of(each)[0] for each in (stay.before, stay.after, stay.same))
    green = torch.where(same, GREEN, -1)
    return [
        [
            Board("before", t("pooling.before"), "input", channels_of(x)[0], read),
            Board("moved", t("pooling.after"), "input", moved, read, before="→"),
        ],
        [
            Board("pooled", t("pooling.before"), "output", before, written),
            Board("again", t("pooling.after"), "output", after, written, before="→"),
            Board(
                "stay",
                t("pooling.stays"),
                "output",
                after,
                written,
                blank=~same,
                hue=green,
                before="=",
            ),
        ],
    ]


def comparisons(now: ShiftSettings, x: Tensor) -> dict[str, Stay]:
    """The same shift for other ways of pooling: what it is called → what stayed.

    A way that does not fit this input is left out.
    """
    extreme = "min" if now.mode == "min" else "max"
    dense = {"max": "max_dense", "min": "min_dense"}[extreme]
    base = in_mode(now, extreme)
    single: dict[str, tuple[int, int]] = {"window": (1, 1), "stride": (1, 1), "padding": (0, 0)}
    settings = {
        "none": replace(base, **single),  # type: ignore[arg-type]
        extreme: base,
        "avg": replace(base, mode="avg"),
        dense: replace(base, stride=(1, 1)),
    }
    ways: dict[str, Callable[[Tensor], Walk]] = {
        name: lambda x, each=each: walk_of(each, x)  # type: ignore[misc]
        for name, each in settings.items()
    }
    ways["blur"] = lambda x: blur_pool(x, window_of(base), extreme)
    found = {}
    for name, way in ways.items():
        try:
            found[name] = stays(x, way, (now.down, now.right), now.border)
        except Problem:
            continue
    return found


def table(found: dict[str, Stay]) -> str:
    """One line for each way, as Markdown."""
    head = [t(f"pooling.table.{name}") for name in ("way", "stay", "change", "along")]
    rows = [[t(f"pooling.way_name.{name}"), *_line(stay)] for name, stay in found.items()]
    lines = [head, ["---", "---:", "---:", "---:"], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _line(stay: Stay) -> list[str]:
    kept, total, along = int(stay.same.sum()), stay.same.numel(), stay.along
    share = f"{kept:,} / {total:,} ({kept / total:.0%})"
    moved = "–" if along is None else f"{along[0]:,} / {along[1]:,}"
    return [share, short(stay.change, 3), moved]
