"""The input of an operation: the course's examples, a grid, a drawing, a real image, a photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.stage import Edit
from cnnviz.data import datasets
from cnnviz.data.examples import EXAMPLES
from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import LARGEST_GRID, edit_cell, size_controls
from cnnviz.ui.i18n import t
from cnnviz.ui.photos import PhotoSettings, photo_controls, photo_plane
from cnnviz.ui.settings import Grid, choice, drawing, grid, limits, whole

SIDE = 28  # of a drawing, as of MNIST
SETS = {"garment": "fashion-mnist", "digit": "mnist"}
GROUPS = {
    "grid": (*EXAMPLES, "own"),
    "draw": ("draw",),
    "image": (*SETS, "photo"),
}
INPUTS = tuple(name for names in GROUPS.values() for name in names)
UNTOUCHED = EXAMPLES["ramp"].cells


@dataclass(frozen=True, kw_only=True)
class InputSettings(PhotoSettings):
    """Which input is on screen; fields that the choice does not use keep their last value."""

    input: str = choice("ramp", INPUTS)
    cells: Grid = grid(UNTOUCHED, LARGEST_GRID)
    drawing: bytes = drawing(SIDE)
    label: int = whole(9, 0, 9)
    nth: int = whole(0, 0, 199)


S = TypeVar("S", bound=InputSettings)


def input_plane(settings: InputSettings) -> Tensor:
    """The input as float32 (rows, cols); pictures from 0 (black) to 1 (white)."""
    if settings.input in EXAMPLES:
        return torch.tensor(EXAMPLES[settings.input].cells)
    if settings.input == "own":
        return torch.tensor(settings.cells)
    return _bytes(settings).float() / 255


def _bytes(settings: InputSettings) -> Tensor:
    if settings.input == "draw":
        return torch.frombuffer(bytearray(settings.drawing), dtype=torch.uint8).reshape(SIDE, SIDE)
    if settings.input in SETS:
        return datasets.pick(SETS[settings.input], settings.label, settings.nth)
    return photo_plane(settings)


def can_draw(settings: InputSettings) -> bool:
    """Whether the input has the size of a drawing, so that a brush may touch it."""
    return settings.input == "draw" or settings.input in SETS


# ---- what the reader does on the stage


def edit_input(settings: S, edit: Edit) -> S:
    """The settings after an edit of the input's cells; raises `Problem` for nonsense."""
    if edit.kind == "clear":
        return replace(settings, input="draw", drawing=bytes(SIDE * SIDE))
    if edit.kind == "draw":
        values = edit.detail.get("values")
        if not isinstance(values, list) or len(values) != SIDE * SIDE:
            raise Problem("edit_damaged")
        return replace(settings, input="draw", drawing=bytes(_byte(value) for value in values))
    return replace(settings, input="own", cells=edit_cell(input_plane(settings), edit))


def _byte(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= 255:
        raise Problem("edit_damaged")
    return value


# ---- the controls


def input_controls(desk: Desk[S], follow: Callable[[S, S], S]) -> None:
    """Choose the input; what belongs to the choice appears below it.

    `follow(before, after)` lets the page change more along with a newly chosen input: a fitting
    kernel, say.
    """

    def take_input(settings: S, name: str) -> S:
        return follow(settings, _take_input(settings, name))

    def take_group(settings: S, group: str) -> S:
        if settings.input in GROUPS[group]:
            return settings
        own = group == "grid" and settings.cells != UNTOUCHED  # back to what the reader made
        return take_input(settings, "own" if own else GROUPS[group][0])

    group = next(group for group, names in GROUPS.items() if desk.now.input in names)
    st.segmented_control(
        t("input.label"),
        list(GROUPS),
        format_func=lambda name: t(f"input.group.{name}"),
        width="stretch",
        required=True,
        **desk.bind("group", group, take_group),
    )
    if group == "draw":
        return
    st.selectbox(
        t(f"input.choose_{group}"),
        GROUPS[group],
        format_func=lambda name: t(f"input.name.{name}"),
        **desk.bind("input", take=take_input),
    )
    if group == "grid":
        _size_controls(desk)
    elif desk.now.input in SETS:
        item_controls(desk, desk.now.input)
    else:
        photo_controls(desk)


def _take_input(settings: S, name: str) -> S:
    changed = replace(settings, input=name)
    if name == "own" and settings.input in EXAMPLES and settings.cells == UNTOUCHED:
        changed = replace(changed, cells=EXAMPLES[settings.input].cells)
    return changed


def _size_controls(desk: Desk[S]) -> None:
    def take(settings: S, rows: Grid) -> S:
        return replace(settings, input="own", cells=rows)

    size_controls(desk, "input", input_plane, LARGEST_GRID, take)


def item_controls(desk: Desk[S], name: str) -> None:
    """Choose one of the images of "garment" or "digit"."""
    left, right = st.columns([3, 2])
    left.selectbox(
        t("input.class"),
        range(10),
        format_func=lambda i: str(i) if name == "digit" else t(f"input.garment.{i}"),
        **desk.bind("label"),
    )
    low, high = limits(InputSettings, "nth")

    def take(settings: S, value: int) -> S:
        return replace(settings, nth=value - 1)

    shown = desk.now.nth + 1
    right.number_input(t("input.nth"), low + 1, high + 1, **desk.bind("nth", shown, take))
