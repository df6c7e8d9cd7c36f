"""Global and adaptive pooling: the output's size is chosen, the windows follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
import torch

from cnnviz.components.boards import Board
from cnnviz.ops.adaptive import Adaptive, adaptive_pool, links
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.pairs import pair_control
from cnnviz.ui.pooling.linked import MOST_LINKS, channels_of, linked
from cnnviz.ui.pooling.settings import PoolSettings, input_planes, tags
from cnnviz.ui.settings import Pair, pair

MOST_LISTED = 8  # cells of a window, one by one


@dataclass(frozen=True, kw_only=True)
class ResizeSettings(PoolSettings):
    """How large the output is to be; 1 × 1 is global pooling."""

    out: Pair = pair((1, 1), 1, 8)


S = TypeVar("S", bound=ResizeSettings)


def resize_panel(desk: Desk[S]) -> None:
    """The output's size, input and output linked, and what each output reads."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        pair_control(desk, "out", t("pooling.out"))
    now = desk.now
    found = adaptive_pool(channels_of(input_planes(now)), now.out, now.mode)
    right.markdown(_said(found))
    linked(desk, "resize", _views(found), tags(now), columns=len(found.input))
    if now.out != (1, 1):
        for side, column, axis in zip(("rows", "cols"), st.columns(2), (0, 1), strict=True):
            column.markdown(f"**{t(f'pooling.spans.{side}')}**\n\n{spans_table(found, axis)}")
    st.code(_code(found), language="python")


def _said(found: Adaptive) -> str:
    channels, rows, cols = found.input.shape
    size = tuple(found.output.shape[1:])
    if size == (1, 1):
        return t("pooling.global", channels=channels, cells=rows * cols)
    return t("pooling.even" if found.even else "pooling.uneven", rows=size[0], cols=size[1])


def _views(found: Adaptive) -> list[list[Board]]:
    read, written = links(found)
    if len(read) > MOST_LINKS:
        read = written = torch.zeros(0, dtype=torch.long)
    return [
        [
            Board(f"in{c}", t("stage.input"), "input", x, read),
            Board(f"out{c}", t("stage.output"), "output", y, written, before="→"),
        ]
        for c, (x, y) in enumerate(zip(found.input, found.output, strict=True))
    ]


def spans_table(found: Adaptive, axis: int) -> str:
    """What each output along an axis reads, with the formula filled in, as Markdown."""
    n, along = found.input.shape[1 + axis], found.spans[axis]
    size = len(along)
    head = [
        "o",
        rf"$\lfloor o \cdot {n} / {size} \rfloor$",
        rf"$\lceil (o+1) \cdot {n} / {size} \rceil$",
        t("pooling.spans.reads"),
    ]
    rows = [[f"{o}", f"{s}", f"{e}", _listed(s, e)] for o, (s, e) in enumerate(along)]
    lines = [head, ["---:"] * 4, *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _listed(start: int, end: int) -> str:
    if end - start > MOST_LISTED:
        return f"{start} … {end - 1}"
    return ", ".join(map(str, range(start, end)))


def _code(found: Adaptive) -> str:
    size = tuple(found.output.shape[1:])
    sign, name = ("-", "max") if found.mode == "min" else ("", found.mode)
    return f"{sign}F.adaptive_{name}_pool2d({sign}X, {size})  # {tuple(found.output.shape)}"
