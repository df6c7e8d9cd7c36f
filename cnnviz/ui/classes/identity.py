"""One residual block beside a plain one, on the numbers of a small plane."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.boards import Board, boards
from cnnviz.components.stage import Edit
from cnnviz.export.function_classes import block_code
from cnnviz.export.numbers import short
from cnnviz.export.sheet import Panel, Role, sheet_gif, sheet_png
from cnnviz.figures.function_classes import losses
from cnnviz.models.identity import KINDS, MOST_UPDATES, Planes, Start, learn_identity, one_block
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.charts import chart
from cnnviz.ui.classes.blocks import BlockSettings, block_controls, block_says, how_of
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import edit_cell
from cnnviz.ui.i18n import t, texts
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import LARGEST, choice, limits, number, whole
from cnnviz.ui.small_inputs import NAMES, SmallInputSettings, small_controls, small_plane
from cnnviz.ui.takeaway import Takeaway


@dataclass(frozen=True, kw_only=True)
class IdentitySettings(BlockSettings, SmallInputSettings):
    """The plane, the block, and how long it learns."""

    input: str = choice("notes", NAMES)
    lr: float = number(0.1, 0.01, 0.5)
    updates: int = whole(100, 1, MOST_UPDATES)


S = TypeVar("S", bound=IdentitySettings)


def controls(desk: Desk[S]) -> None:
    """The block, then the plane, and what they make."""
    block_controls(desk)
    small_controls(desk, lambda now: now)
    block_says(desk)


def key(page: str) -> str:
    """The key of the boards on the page."""
    return f"{page}.boards"


def apply_edit(now: S, edit: Edit) -> S:
    """The settings after a cell of x was typed into."""
    return replace(now, input="own", cells=edit_cell(small_plane(now), edit))


def show(desk: Desk[S]) -> Planes | None:
    """The planes of both blocks, linked cell by cell, and how far each is from x."""
    try:
        planes = one_block(small_plane(desk.now), how_of(desk.now))
    except Problem as problem:
        ways = {
            t("classes.take_example"): {"input": "notes"},
            t("classes.without_norm"): {"norm": "none"},
        }
        refusal(desk, problem, ways)
        return None
    boards(
        key(desk.page),
        board_rows(planes, relu=desk.now.last == "relu"),
        texts("boards"),
        headings=[t(f"classes.kind.{kind}") for kind in reversed(KINDS)],
        undo=bool(desk.history.past),
        redo=bool(desk.history.future),
        link=desk.history.link,
        done=desk.history.done,
        largest=LARGEST,
        pointwise=True,
        classroom=frame.classroom(),
    )
    for kind in reversed(KINDS):
        st.markdown(_says(kind, planes.x, getattr(planes, kind)))
    return planes


def board_rows(planes: Planes, *, relu: bool) -> list[list[Board]]:
    """The residual block's boards, and the plain block's below: each cell belongs to itself."""
    most = float(torch.stack([*planes]).abs().max()) or None  # one scale for all
    of = torch.arange(planes.x.numel())

    def board(
        name: str,
        title: str,
        role: str,
        values: Tensor,
        before: str = "",
        *,
        editable: bool = False,
    ) -> Board:
        return Board(name, title, role, values, of, most=most, before=before, editable=editable)

    residual = [
        board("x", "x", "input", planes.x, editable=True),
        board("g", "g(x)", "kernel", planes.g, "+"),
        board("sum", "x + g(x)", "output", planes.sum, "="),
    ]
    plain = [
        board("x_plain", "x", "input", planes.x),
        board("g_plain", "g(x)", "kernel", planes.g, "→"),
    ]
    if relu:
        residual.append(board("residual", "ReLU(x + g(x))", "output", planes.residual, "→"))
        plain.append(board("plain", "ReLU(g(x))", "output", planes.plain, "→"))
    return [residual, plain]


def _says(kind: str, x: Tensor, y: Tensor) -> str:
    """How far the block's output is from x, in numbers."""
    name, off = t(f"classes.kind.{kind}"), float((y - x).abs().max())
    if off == 0:
        return t("classes.is_identity", name=name)
    kept = int((y == x).sum())
    return t("classes.is_off", name=name, off=short(off, 3), kept=kept, cells=x.numel())


# ---- learned


def learning_panel(desk: Desk[S]) -> None:
    """The loss of both blocks while they learn to give back what they get."""
    left, right = st.columns(2)
    low, high = limits(IdentitySettings, "lr")
    left.slider(t("classes.lr"), low, high, step=0.01, **desk.bind("lr"))
    low, high = limits(IdentitySettings, "updates")
    right.slider(t("classes.updates"), low, high, **desk.bind("updates"))
    now = desk.now
    found = learned(how_of(now), now.lr, now.updates)
    words = {
        "residual": t("classes.kind.residual"),
        "plain": t("classes.kind.plain"),
        "update": t("classes.update"),
        "loss": t("classes.loss"),
    }
    chart(losses(found, words), "classes.losses")
    for kind, path in found.items():
        st.markdown(_learned_says(words[kind], path))
    st.markdown(t("classes.learning_says"))


@st.cache_data(max_entries=50, show_spinner=False)
def learned(how: Start, lr: float, updates: int) -> dict[str, list[float]]:
    """Both kinds' losses, "residual" first."""
    return {kind: learn_identity(how, lr, updates, kind) for kind in reversed(KINDS)}


def _learned_says(name: str, path: Sequence[float]) -> str:
    if not any(path):
        return t("classes.nothing_to_learn", name=name)
    if path[0] == path[-1]:
        return t("classes.never_learns", name=name, loss=short(path[0], 3))
    first, last = short(path[0], 3), short(path[-1], 3)
    return t("classes.learned", name=name, first=first, last=last, updates=len(path) - 1)


# ---- taken along


def taken(now: IdentitySettings, planes: Planes) -> Takeaway:
    """The planes; the animation adds cell by cell."""
    return Takeaway(
        t("page.function-classes.title"),
        (t("classes.about.identity"),),
        block_code(planes.x, how_of(now)),
        torch.stack([planes.g, planes.sum, planes.residual, planes.plain]),
        lambda step, dark: sheet_png(sheet(planes, min(step, planes.x.numel() - 1)), dark),
        lambda dark: sheet_gif([sheet(planes, i) for i in range(planes.x.numel())], dark),
    )


def sheet(planes: Planes, cell: int) -> list[Panel]:
    """All planes, with one cell marked and its numbers below."""
    row, col = divmod(cell, planes.x.shape[1])
    panels: dict[str, tuple[Role, Tensor]] = {
        "x": ("input", planes.x),
        "g(x)": ("kernel", planes.g),
        "x + g(x)": ("output", planes.sum),
        "residual": ("output", planes.residual),
        "plain": ("output", planes.plain),
    }
    return [
        Panel(title, values, role, ((row, col, 1, 1),), short(float(values[row, col]), 3))
        for title, (role, values) in panels.items()
    ]
