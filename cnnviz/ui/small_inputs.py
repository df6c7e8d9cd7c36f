"""The input of a page that draws every cell: the course's examples and one's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.data.examples import EXAMPLES
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import size_controls
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import Grid, choice, grid

LARGEST_SMALL = 8  # a side
UNTOUCHED = EXAMPLES["ramp"].cells
NAMES = (*EXAMPLES, "own")


@dataclass(frozen=True, kw_only=True)
class SmallInputSettings:
    """Which grid is on screen; `cells` count for "own"."""

    input: str = choice("ramp", NAMES)
    cells: Grid = grid(UNTOUCHED, LARGEST_SMALL)


S = TypeVar("S", bound=SmallInputSettings)


def small_plane(settings: SmallInputSettings) -> Tensor:
    """The input as float32 (rows, cols)."""
    own = settings.input == "own"
    return torch.tensor(settings.cells if own else EXAMPLES[settings.input].cells)


def small_controls(desk: Desk[S], follow: Callable[[S], S]) -> None:
    """Choose the input and its size; `follow` lets the page change more along with a new choice."""

    def take(settings: S, name: str) -> S:
        changed = replace(settings, input=name)
        if name == "own" and settings.cells == UNTOUCHED:  # start from what is there
            changed = replace(changed, cells=EXAMPLES[settings.input].cells)
        return follow(changed)

    def resize(settings: S, rows: Grid) -> S:
        return replace(settings, input="own", cells=rows)

    st.selectbox(
        t("input.label"),
        NAMES,
        format_func=lambda name: t(f"input.name.{name}"),
        **desk.bind("input", take=take),
    )
    size_controls(desk, "input", small_plane, LARGEST_SMALL, resize)
