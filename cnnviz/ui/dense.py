"""A dense layer beside what is left of it, on linked boards: settings, controls and pictures."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple, TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.boards import Board
from cnnviz.components.stage import Edit
from cnnviz.data.glyphs import GLYPHS, SHARES, glyph
from cnnviz.export.numbers import short
from cnnviz.ops.dense import (
    STEPS,
    Count,
    Layer,
    Shifted,
    dense_layer,
    shared_layer,
    shift,
    shifted,
    weight_counts,
)
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import as_grid, edit_cell, resized
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import Grid, choice, grid, limits, whole

LARGEST_SIDE = 10
FURTHEST = 3  # cells that the drawing can be moved; less than the smallest side
STEPS_BESIDE = STEPS[1:]  # the dense layer is always there
# name → label, columns to the right, rows down
MOVES = {"left": ("←", -1, 0), "up": ("↑", 0, -1), "down": ("↓", 0, 1), "right": ("→", 1, 0)}


@dataclass(frozen=True, kw_only=True)
class DenseSettings:
    """Which layers, and what they are shown; `cells` count for the drawing "own"."""

    layer: str = choice("locality", STEPS_BESIDE)
    side: int = whole(8, 4, LARGEST_SIDE)
    delta: int = whole(1, 0, 3)
    c_in: int = whole(2, 1, len(SHARES))
    c_out: int = whole(2, 1, 3)
    drawing: str = choice("arrow", (*GLYPHS, "own"))
    cells: Grid = grid(((0.0,),), LARGEST_SIDE)
    right: int = whole(2, -FURTHEST, FURTHEST)
    down: int = whole(1, -FURTHEST, FURTHEST)
    seed: int = whole(0, 0, 999)


S = TypeVar("S", bound=DenseSettings)


class Scene(NamedTuple):
    """What the settings make."""

    layer: str  # one of STEPS_BESIDE
    x: Tensor  # (c_in, side, side), before the shift
    by: tuple[int, int]  # rows down, columns to the right
    dense: Layer
    shared: Layer
    counts: tuple[Count, ...]  # of all steps
    dense_shifted: Shifted
    shared_shifted: Shifted


def scene_of(now: DenseSettings) -> Scene:
    """Both layers, what they are shown, and what they make of it."""
    channels = (now.c_in, now.c_out) if now.layer == "channels" else (1, 1)
    delta = None if now.layer == "invariance" else now.delta
    dense, shared = _layers(now.side, delta, *channels, now.seed)
    x = drawn(now, channels[0])
    return Scene(
        now.layer,
        x,
        (now.down, now.right),
        dense,
        shared,
        weight_counts(now.side, now.side, now.delta, now.c_in, now.c_out),
        shifted(dense, x, now.down, now.right),
        shifted(shared, x, now.down, now.right),
    )


# every click on the page comes by here, and few of them ask for other layers
@lru_cache(maxsize=8)
def _layers(side: int, delta: int | None, c_in: int, c_out: int, seed: int) -> tuple[Layer, Layer]:
    dense = dense_layer(side, side, c_in, c_out, seed=seed)
    return dense, shared_layer(side, side, delta, c_in, c_out, seed=seed)


def drawn(now: DenseSettings, channels: int) -> Tensor:
    """The drawing before its shift: (channels, side, side), each channel a share as bright."""
    if now.drawing != "own":
        return glyph(now.drawing, now.side, now.side, channels)
    plane = torch.tensor(resized(now.cells, now.side, now.side))
    return torch.stack([share * plane for share in SHARES[:channels]])


def edit_drawing(now: S, edit: Edit) -> S:
    """The settings after a number was typed into the moved drawing; `Problem` for nonsense.

    A cell that only the shift has brought onto the board has no place in the drawing.
    """
    channels = now.c_in if now.layer == "channels" else 1
    plane = drawn(now, 1)[0]
    edit_cell(torch.zeros(channels * now.side, now.side), edit)  # whatever is wrong with it
    _, row, col = edit.detail["at"]
    channel, row = divmod(row, now.side)
    detail = {
        "value": edit.detail["value"] / SHARES[channel],
        "at": [0, row - now.down, col - now.right],
    }
    rows = edit_cell(plane, Edit(edit.id, edit.kind, detail))
    return replace(now, drawing="own", cells=rows)


# ---- controls


def layer_controls(desk: Desk[S]) -> None:
    """How far the dense layer has given its weights up."""
    st.radio(
        t("dense.layer"),
        STEPS_BESIDE,
        format_func=lambda name: t(f"dense.beside.{name}"),
        **desk.bind("layer"),
    )
    now = desk.now
    st.slider(t("dense.side"), *limits(DenseSettings, "side"), **desk.bind("side"))
    st.slider(
        t("dense.delta"),
        *limits(DenseSettings, "delta"),
        disabled=now.layer == "invariance",
        **desk.bind("delta"),
    )
    for name, column in zip(("c_in", "c_out"), st.columns(2), strict=True):
        column.number_input(
            t(f"dense.{name}"),
            *limits(DenseSettings, name),
            disabled=now.layer != "channels",
            **desk.bind(name),
        )


def drawing_controls(desk: Desk[S]) -> None:
    """What is drawn and where to; the weights' seed."""

    def take(now: S, name: str) -> S:
        if name == "own" and now.cells == DenseSettings.cells:  # start from what is there
            return replace(now, drawing=name, cells=as_grid(drawn(now, 1)[0].tolist()))
        return replace(now, drawing=name)

    drawing, seed = st.columns([3, 2])
    drawing.selectbox(
        t("dense.drawing"),
        (*GLYPHS, "own"),
        format_func=lambda name: t(f"dense.drawn.{name}"),
        **desk.bind("drawing", take=take),
    )
    seed.number_input(t("dense.seed"), *limits(DenseSettings, "seed"), **desk.bind("seed"))
    now = desk.now
    st.markdown(t("dense.shift", right=_signed(now.right), down=_signed(now.down)))
    with st.container(horizontal=True, gap="xsmall", key="dense-shift"):
        for name, (arrow, right, down) in MOVES.items():
            to = {"right": now.right + right, "down": now.down + down}
            st.button(
                arrow,
                help=t(f"dense.move.{name}"),
                on_click=desk.change,
                kwargs=to,
                disabled=max(map(abs, to.values())) > FURTHEST,
            )
        st.button(
            "↺",
            help=t("dense.back"),
            on_click=desk.change,
            kwargs={"right": 0, "down": 0},
            disabled=not now.right and not now.down,
        )


def _signed(number: int) -> str:
    return str(number).replace("-", "−")


# ---- pictures


def picture(scene: Scene) -> list[Board]:
    """Three columns: the input and the free weights; either matrix with its output below.

    A term is a pair of an output and an input cell, numbered as in both matrices. To the layer
    that shares its weights only those pairs belong that have one.
    """
    dense, shared = scene.dense, scene.shared
    outputs, inputs = dense.which.shape
    pair = torch.arange(outputs * inputs)
    output, kept = pair // inputs, shared.which.flatten() >= 0
    moved = _stacked(shift(scene.x, *scene.by))
    return [
        Board("input", t("dense.input"), "input", moved, pair % inputs, editable=True),
        _kernel(shared),
        Board("dense", title("dense", dense), "dense", dense.matrix, pair, hue=_hues(dense)),
        _output("dense", scene.dense_shifted, output),
        Board(
            "shared",
            title(scene.layer, shared),
            "weights",
            shared.matrix,
            pair.where(kept, -1),
            blank=shared.which < 0,
            hue=_hues(shared),
        ),
        _output("shared", scene.shared_shifted, output.where(kept, -1)),
    ]


def title(name: str, layer: Layer) -> str:
    """A layer and how many weights it has."""
    return t("dense.matrix", layer=t(f"dense.name.{name}"), weights=f"{layer.weights.numel():,}")


def _output(name: str, change: Shifted, of: Tensor) -> Board:
    error = t("dense.output", error=short(change.error, 3))
    values = _stacked(change.moved_first)
    return Board(f"{name}-output", error, "output", values, of, below=True)


def _kernel(shared: Layer) -> Board:
    """The free weights: one square of offsets for every pair of channels."""
    c_out, c_in, rows, cols = shared.weights.shape
    numbers = torch.arange(shared.weights.numel()).reshape(c_out, c_in, rows, cols)
    laid = numbers.permute(0, 2, 1, 3).reshape(c_out * rows, c_in * cols)
    number, place = shared.which.flatten(), laid.flatten().argsort()
    return Board(
        "kernel",
        t("dense.kernel"),
        "kernel",
        shared.weights.flatten()[laid],
        place[number].where(number >= 0, -1),
        hue=_scattered(laid.numel())[laid],
        below=True,
    )


def _hues(layer: Layer) -> Tensor:
    """One number for each free weight, −1 where there is none."""
    return _scattered(layer.weights.numel())[layer.which].where(layer.which >= 0, -1)


def _scattered(count: int) -> Tensor:
    """The numbers from 0 in no order that the eye would take for a pattern of the weights."""
    return torch.randperm(count, generator=torch.Generator().manual_seed(0))


def _stacked(planes: Tensor) -> Tensor:
    """Channels one under the other, as the flat cells are counted: (C, H, W) → (C·H, W)."""
    return planes.flatten(0, 1)
