"""Linked grids of what a window reads and what it leaves."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from cnnviz.components.boards import Board, boards
from cnnviz.ops.views import reads
from cnnviz.ops.windows import Window
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk, S
from cnnviz.ui.i18n import t, texts

MOST_LINKS = 60_000  # that the browser is sent; larger pictures are shown without


def linked(
    desk: Desk[S],
    name: str,
    views: Sequence[Sequence[Board]],
    headings: Sequence[str] = (),
    columns: int = 1,
) -> None:
    """Show grids that light up together, or, of large pictures, by themselves."""
    words = {name: t(f"pooling.link.{name}") for name in ("terms", "one_term", "no_terms")}
    boards(
        f"{desk.page}.{name}",
        views,
        texts("boards") | words,
        headings=headings,
        columns=columns,
        link=desk.history.link,
        classroom=frame.classroom(),
    )


def window_links(window: Window, spatial: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    """For each cell that a window reads: the input's, the tap and the output's, flat: (T,) each."""
    table = reads(window, spatial)
    taps, outputs = table.shape
    if table.numel() > MOST_LINKS:
        return (torch.zeros(0, dtype=torch.long),) * 3
    grid = torch.arange(taps)[:, None].expand(taps, outputs)
    return table.flatten(), grid.flatten(), torch.arange(outputs).repeat(taps)


def channels_of(x: Tensor) -> Tensor:
    """(C, rows, cols) of an input that may be bare."""
    return x if x.ndim == 3 else x[None]
