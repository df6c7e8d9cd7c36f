"""Small grids of numbers as settings keep them: edited cell by cell, cut and filled to a size."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.stage import Edit
from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import LARGEST, Grid, Stack

LARGEST_GRID = 16  # a side that can still be edited cell by cell

S = TypeVar("S")


def can_edit(plane: Tensor) -> bool:
    """Whether a (rows, cols) input is small enough to be edited cell by cell."""
    return max(plane.shape) <= LARGEST_GRID


def as_grid(rows: list[list[float]]) -> Grid:
    """Rows of a tensor's `tolist()` as settings keep them."""
    return tuple(tuple(row) for row in rows)


def as_stack(planes: Tensor) -> Stack:
    """Planes (..., rows, cols) as settings keep them, each number as short as float32 allows."""
    shortest = [float(str(value)) for value in planes.numpy().astype(np.float32).flatten()]
    rows, cols = planes.shape[-2:]
    numbers = np.array(shortest).reshape(-1, rows, cols).tolist()
    return tuple(map(as_grid, numbers))


def resized(rows: Grid, height: int, width: int) -> Grid:
    """The grid cut or filled up with zeros to another size; what stays keeps its place."""
    full = [list(row[:width]) + [0.0] * (width - len(row)) for row in rows[:height]]
    return as_grid(full + [[0.0] * width for _ in range(height - len(rows))])


def edit_cell(plane: Tensor, edit: Edit) -> Grid:
    """The plane's rows with one cell replaced, as the stage's edit says."""
    value, at = edit.detail.get("value"), edit.detail.get("at")
    if not isinstance(value, int | float) or value != value or abs(value) == math.inf:
        raise Problem("not_finite")
    if abs(value) > LARGEST:
        raise Problem("cell_range", largest=f"{LARGEST:,.0f}")
    if not isinstance(at, list) or len(at) != 3 or not all(isinstance(i, int) for i in at):
        raise Problem("edit_damaged")
    _, row, col = at
    if not (0 <= row < plane.shape[0] and 0 <= col < plane.shape[1]):
        raise Problem("cell_outside", cell=(row, col), shape=tuple(plane.shape))
    rows = plane.tolist()
    rows[row][col] = float(value)
    return as_grid(rows)


def edit_plane(planes: Tensor, edit: Edit) -> Tensor:
    """The planes (planes, rows, cols) with one cell replaced, as the stage's edit says."""
    at = edit.detail.get("at")
    if not isinstance(at, list) or not at or not isinstance(at[0], int):
        raise Problem("edit_damaged")
    if not 0 <= at[0] < len(planes):
        raise Problem("cell_outside", cell=tuple(at), shape=tuple(planes.shape))
    edited = planes.clone()
    edited[at[0]] = torch.tensor(edit_cell(planes[at[0]], edit))
    return edited


def size_controls(
    desk: Desk[S],
    name: str,
    plane_of: Callable[[S], Tensor],
    most: int,
    take: Callable[[S, Grid], S],
) -> None:
    """Rows and columns of a plane; another size keeps what fits and fills up with zeros."""
    for axis, (side, column) in enumerate(zip(("rows", "cols"), st.columns(2), strict=True)):

        def resize(settings: S, value: int, axis: int = axis) -> S:
            plane = plane_of(settings)
            shape = [*plane.shape]
            shape[axis] = value
            return take(settings, resized(as_grid(plane.tolist()), *shape))

        size = plane_of(desk.now).shape[axis]
        control = desk.bind(f"{name}_{side}", size, resize)
        column.number_input(t(f"grid.{side}"), 1, most, **control)
