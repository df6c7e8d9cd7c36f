"""The boards of the four views, their sizes, and what is taken along of them."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.components.boards import Board
from cnnviz.components.stage import Edit
from cnnviz.export.numbers import short
from cnnviz.export.sheet import sheet_gif, sheet_png
from cnnviz.export.views import four_ways_code, sheet, window_line
from cnnviz.ops import Walk
from cnnviz.ops.views import Terms, Views, sizes, terms
from cnnviz.problems import Problem
from cnnviz.ui.grids import as_grid, edit_cell
from cnnviz.ui.i18n import t
from cnnviz.ui.operation import OperationSettings, window_of
from cnnviz.ui.settings import Grid, limits
from cnnviz.ui.takeaway import Takeaway

VIEWS = ("window", "columns", "matrix", "torch")
MOST_OUTPUTS = 144  # rows of the sparse matrix that can still be told apart
PHOTO = (224, 224)  # what the networks of chapter 8 see


def check_outputs(outputs: int) -> None:
    """Raise `Problem` (a ValueError) where the matrices would be too high to be seen."""
    if outputs > MOST_OUTPUTS:
        raise Problem("views_outputs", outputs=outputs, most=MOST_OUTPUTS)


def ways_to_fewer(
    settings: OperationSettings, x: Tensor, kernel: Tensor
) -> dict[str, dict[str, int]]:
    """What leaves fewer outputs: buttons' labels → changes."""
    ways = {t("views.no_padding"): {"padding": 0}}
    for stride in range(settings.stride + 1, limits(OperationSettings, "stride")[1] + 1):
        if _few(settings, {"stride": stride}, x, kernel):
            ways[t("views.larger_stride", stride=stride)] = {"stride": stride}
            break
    return {label: change for label, change in ways.items() if _few(settings, change, x, kernel)}


def _few(settings: OperationSettings, change: dict[str, int], x: Tensor, kernel: Tensor) -> bool:
    changed = replace(settings, **change)  # type: ignore[arg-type]
    try:
        check_outputs(math.prod(window_of(changed, kernel).output_shape(tuple(x.shape))))
    except Problem:
        return False
    return True


def edit_padded(x: Tensor, edit: Edit, padding: int) -> Grid:
    """The rows of `x` after an edit that counts cells from the padding's corner."""
    rows = torch.tensor(edit_cell(F.pad(x, [padding] * 4), edit))
    height, width = x.shape
    return as_grid(rows[padding : padding + height, padding : padding + width].tolist())


def agreement(views: Views) -> str:
    """Whether the four results are the same, with the largest difference between any two."""
    key = "agree" if views.agree else "differ"
    return t(f"views.{key}", difference=short(views.difference, 2))


def size_table(walk: Walk) -> str:
    """What each view holds, for the reader's sizes and for a photo, as a Markdown table."""
    here, photo = sizes(walk.window, walk.spatial), sizes(walk.window, PHOTO)
    head = ["", t("views.here"), t("views.photo", side=PHOTO[0])]
    rows = [
        [t("views.outputs"), *(f"{s.outputs:,}" for s in (here, photo))],
        [t("views.products"), *(f"{s.columns:,}" for s in (here, photo))],
        [t("views.columns_size"), *(f"{s.taps:,} × {s.outputs:,}" for s in (here, photo))],
        [t("views.factor"), *(f"{s.factor:.2f}" for s in (here, photo))],
        [t("views.matrix_size"), *(f"{s.outputs:,} × {s.inputs:,}" for s in (here, photo))],
        [t("views.zeros"), *(percent(s.zeros) for s in (here, photo))],
        [t("views.memory"), *(memory(4 * s.matrix) for s in (here, photo))],
        [t("views.distinct"), *(f"{s.taps:,}" for s in (here, photo))],
    ]
    lines = [head, ["---", "---:", "---:"], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def percent(share: float) -> str:
    """A share with digits that do not round to all or nothing: 55.6 %, 99.98 %."""
    return f"{100 * share:.1f} %" if share < 0.999 else f"{100 * share:.3f} %"


def memory(size: float) -> str:
    """Bytes in a unit that leaves a short number: 144 B, 10.1 GB."""
    power = min(3, int(math.log(max(size, 1), 1000)))
    return f"{size / 1000**power:.{min(1, power)}f} {('B', 'kB', 'MB', 'GB')[power]}"


def boards_of(views: Views) -> list[list[Board]]:
    """The four views of a bare 2-D walk: window, im2col, Toeplitz, code."""
    at = terms(views.walk.window, views.walk.spatial)
    return [_window(views, at), _columns(views, at), _matrix(views, at), [_code(views, at)]]


def _window(views: Views, at: Terms) -> list[Board]:
    walk = views.walk
    sides = [cells for axis in reversed(walk.around) for cells in axis]  # last axis first
    padding = F.pad(torch.zeros(walk.spatial, dtype=torch.bool), sides, value=True)
    title = t("views.kernel_flipped" if walk.flip else "views.kernel")
    taps = torch.arange(walk.kernel.numel()).reshape(walk.kernel.shape)
    sign = "∗" if walk.flip else "⋆"
    return [
        Board(
            "input",
            t("views.input"),
            "input",
            walk.padded,
            at.padded,
            padding=padding,
            editable=True,
        ),
        Board("kernel", title, "kernel", walk.kernel, at.tap, hue=taps, before=sign, editable=True),
        Board("output", t("views.output"), "output", views.by_window, at.output, before="="),
    ]


def _columns(views: Views, at: Terms) -> list[Board]:
    row = views.walk.kernel.reshape(1, -1)
    padding = torch.zeros(views.columns.numel(), dtype=torch.bool)
    padding[at.column[at.input < 0]] = True
    return [
        Board("kernel_row", "K", "kernel", row, at.tap, hue=torch.arange(row.numel())[None]),
        Board(
            "columns",
            "im2col(X)",
            "input",
            views.columns,
            at.column,
            padding=padding.reshape(views.columns.shape),
            before="·",
        ),
        Board(
            "output_row",
            "Y",
            "output",
            views.by_columns.reshape(1, -1),
            at.output,
            before="=",
            below=True,
        ),
    ]


def _matrix(views: Views, at: Terms) -> list[Board]:
    hue = torch.full((views.matrix.numel(),), -1)
    inside = at.matrix >= 0
    hue[at.matrix[inside]] = at.tap[inside]
    hue = hue.reshape(views.matrix.shape)
    column = views.walk.input.reshape(-1, 1)
    return [
        Board("matrix", "A", "weights", views.matrix, at.matrix, blank=hue < 0, hue=hue),
        Board("input_column", "X", "input", column, at.input, before="·"),
        Board(
            "output_column", "Y", "output", views.by_matrix.reshape(-1, 1), at.output, before="="
        ),
    ]


def _code(views: Views, at: Terms) -> Board:
    lines = tuple(window_line(views.walk, i) for i in range(len(views.walk)))
    values = views.by_torch.reshape(-1, 1)
    return Board("code", t("views.code"), "output", values, at.output, lines=lines)


# ---- taken along


def views_takeaway(views: Views, title: str, *paragraphs: str) -> Takeaway:
    """Code and notebook of all four ways; the pictures step through the outputs."""
    taps = views.walk.kernel.numel()

    def png(term: int, dark: bool) -> bytes:  # the boards tell the pinned cell's first term
        return sheet_png(sheet(views, term // taps), dark)

    def gif(dark: bool) -> bytes:
        return sheet_gif([sheet(views, i) for i in range(len(views.walk))], dark)

    return Takeaway(title, paragraphs, four_ways_code(views.walk), views.walk.output, png, gif)
