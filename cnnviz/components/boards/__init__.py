"""Boards: linked grids. Point at a cell of one, and what belongs to it lights up in all others.

The link is data. A computation is a list of terms, numbered 0 to T−1: the products of a
cross-correlation, say, one for each pair of an output cell and a tap of the kernel. Each board says
for every term which of its cells the term belongs to. A cell that is pointed at chooses its terms,
and these light their cells on every other board.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cnnviz.components import register
from cnnviz.components.mail import token
from cnnviz.components.stage import encode

PARTS = (
    "shared/format.js",
    "shared/plane.js",
    "shared/number_plane.js",
    "shared/pixel_plane.js",
    "shared/planes.css",
    "shared/tools.js",
    "shared/tools.css",
    "shared/outbox.js",
    "shared/mount.js",
)
ROLES = ("input", "kernel", "output", "weights", "dense")
_boards = register("boards", *PARTS)


@dataclass(frozen=True)
class Board:
    """One grid, and where each term of the computation lies on it.

    Raises:
        ValueError: where the tensors do not fit together or to the grid.
    """

    name: str  # unique on its page
    title: str  # in the reader's language; the shape is written below it
    role: str  # one of ROLES: the title's colour, and the colour of what is lit
    values: Tensor  # (rows, cols), finite
    of: Tensor  # (T,) whole: the flat cell that each term belongs to, −1 for none
    blank: Tensor | None = None  # (rows, cols) bool: drawn empty
    hue: Tensor | None = None  # (rows, cols) whole: equal numbers, equal colour; −1 for none
    padding: Tensor | None = None  # (rows, cols) bool: hatched
    lines: tuple[str, ...] = ()  # text in place of the numbers, one a row; cols is 1 then
    most: float | None = None  # the value of full colour; by default the board's own largest
    before: str = ""  # the sign in front of it: "⋆", "·", "="
    below: bool = False  # whether it stands under the board before it, not beside
    editable: bool = False  # whether its cells, without padding and blanks, can be typed into

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise ValueError(f"{self.name}: a role is one of {ROLES}, not {self.role!r}.")
        if self.values.ndim != 2 or not self.values.numel():
            raise ValueError(f"{self.name}: values are (rows, cols), not {self._shape}.")
        for what in ("blank", "hue", "padding"):
            mask: Tensor | None = getattr(self, what)
            if mask is not None and mask.shape != self.values.shape:
                found = tuple(mask.shape)
                raise ValueError(f"{self.name}: {what} is {found}, the values are {self._shape}.")
        for what in ("of", "hue"):
            numbers: Tensor | None = getattr(self, what)
            if numbers is not None and numbers.is_floating_point():
                raise ValueError(f"{self.name}: {what} holds whole numbers.")
        outside = self.of.numel() and (self.of.min() < -1 or self.of.max() >= self.values.numel())
        if self.of.ndim != 1 or outside:
            raise ValueError(f"{self.name}: each term has a cell from 0, or −1 for none.")
        if self.most is not None and not 0 < self.most < math.inf:
            raise ValueError(f"{self.name}: most is a positive number, not {self.most}.")
        if self.lines and self._shape != (len(self.lines), 1):
            raise ValueError(
                f"{self.name}: {len(self.lines)} lines need as many rows and 1 column."
            )

    @property
    def _shape(self) -> tuple[int, ...]:
        return tuple(self.values.shape)


def boards(
    key: str,
    views: Sequence[Sequence[Board]],
    strings: Mapping[str, str],
    *,
    headings: Sequence[str] = (),
    columns: int = 1,
    factors: tuple[str, str] | None = None,
    leads: bool = True,
    undo: bool | None = None,
    redo: bool = False,
    link: int = 0,
    done: int = 0,
    largest: float = 0,
    pointwise: bool = False,
    classroom: bool = False,
) -> None:
    """Show boards in views, each view a row of boards that are drawn to one scale.

    Args:
        key: of the component on the page. What is typed into a cell is read by
            `cnnviz.components.stage.edits(key, after)`, as on a stage: its `kind` is "cell", its
            detail holds `plane` (the board's name), `at` ([0, row, col] on the board) and `value`.
        views: rows of boards; all of them are linked.
        strings: the catalogue's `boards`.
        headings: of the views, where they have any.
        columns: so many views stand side by side where there is room.
        factors: names of two boards whose cells are a term's factors: the terms are then said as
            products, and on an "output" as a sum.
        leads: whether what is pinned is the page's step, to be taken along; not beside a stage.
        undo: whether there is something to undo; None: no such buttons. `redo` likewise.
        link: of the history; another link drops the pin.
        done: the last edit that these boards contain.
        largest: a number that can be typed.
        pointwise: whether all boards are of one size and each cell belongs to the same one on the
            others; the line below them then says the cell's number on every board.
    """
    data = payload(views, headings, factors)
    data["meta"] |= {
        "key": key,
        "token": token(),
        "strings": dict(strings),
        "columns": columns,
        "leads": leads,
        "undo": undo,
        "redo": redo,
        "link": link,
        "done": done,
        "largest": largest,
        "pointwise": pointwise,
        "classroom": classroom,
    }
    _boards(key=key, data=data, on_edits_change=lambda: None)


def payload(
    views: Sequence[Sequence[Board]],
    headings: Sequence[str] = (),
    factors: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """What the browser needs: plain JSON; tensors as float32 or int32 bytes in base64.

    Raises:
        ValueError: where names repeat, the boards count different terms, headings are missing or
            factors are no boards.
    """
    every = [board for view in views for board in view]
    names = [board.name for board in every]
    if len(set(names)) != len(names):
        raise ValueError(f"Each board needs a name of its own; got {names}.")
    if len({len(board.of) for board in every}) > 1:
        counts = {board.name: len(board.of) for board in every}
        raise ValueError(f"All boards speak of the same terms; got {counts}.")
    if headings and len(headings) != len(views):
        raise ValueError(f"{len(views)} views need as many headings; got {len(headings)}.")
    if unknown := set(factors or ()) - set(names):
        raise ValueError(f"Factors are the names of boards; there is no {sorted(unknown)}.")
    meta = {"headings": list(headings), "factors": factors and list(factors)}
    return {"meta": meta, "views": [[_describe(board) for board in view] for view in views]}


def _describe(board: Board) -> dict[str, Any]:
    rows, cols = board.values.shape
    return {
        "name": board.name,
        "title": board.title,
        "role": board.role,
        "rows": rows,
        "cols": cols,
        "values": encode(board.values),
        "of": _whole(board.of),
        "blank": _whole(board.blank),
        "hue": _whole(board.hue),
        "padding": _whole(board.padding),
        "lines": list(board.lines),
        "most": board.most,
        "before": board.before,
        "below": board.below,
        "editable": board.editable,
    }


def _whole(numbers: Tensor | None) -> str | None:
    """Whole numbers as int32 bytes in base64."""
    if numbers is None:
        return None
    return base64.b64encode(numbers.to(torch.int32).contiguous().numpy().tobytes()).decode()
