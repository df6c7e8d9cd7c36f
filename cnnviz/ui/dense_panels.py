"""Details below a dense layer and what is left of it: the counts, and what a shift does."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
import torch

from cnnviz.components.boards import Board, boards
from cnnviz.export.numbers import short
from cnnviz.figures.dense import collapse
from cnnviz.ops.dense import Count, Shifted, weight_counts
from cnnviz.ui.charts import chart
from cnnviz.ui.dense import DenseSettings, Scene
from cnnviz.ui.i18n import t, texts

MEGAPIXEL = 1000  # the side of the course's picture


def counts_panel(counts: Sequence[Count], now: DenseSettings) -> None:
    """The course's formulas with the reader's numbers, here and for a megapixel."""
    large = weight_counts(MEGAPIXEL, MEGAPIXEL, now.delta, now.c_in, now.c_out)
    head = [t(f"dense.{name}") for name in ("column_step", "column_formula")]
    head += [f"{now.side} × {now.side}", f"{MEGAPIXEL} × {MEGAPIXEL}"]
    rows = [
        [
            t(f"dense.step.{here.step}"),
            f"${here.letters} = {here.numbers}$",
            f"**{here.weights:,}**",
            f"{there.weights:,}",
        ]
        for here, there in zip(counts, large, strict=True)
    ]
    st.markdown("\n".join(map(_row, [head, [":--", ":--", "--:", "--:"], *rows])))
    names = {count.step: t(f"dense.step.{count.step}") for count in counts}
    chart(collapse(counts, names, t("dense.weights")), "dense-to-convolution.collapse")
    st.markdown(t("dense.counts_note"))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def shift_panel(scene: Scene, key: str, *, classroom: bool) -> None:
    """First the layer or first the shift: both ways, their difference and its length."""
    changes = {"dense": scene.dense_shifted, scene.layer: scene.shared_shifted}
    st.markdown(t("dense.shift_what"))
    boards(
        key,
        [_ways(name, change) for name, change in changes.items()],
        texts("boards"),
        headings=[t(f"dense.name.{name}") for name in changes],
        classroom=classroom,
    )
    lines = r" \\[2ex] ".join(map(_latex, ("W", "V"), changes.values()))
    st.latex(rf"\begin{{aligned}}{lines}\end{{aligned}}")
    st.markdown(t(f"dense.shift_{_verdict(scene)}"))


def _ways(name: str, change: Shifted) -> list[Board]:
    """Boards whose terms are their cells."""
    planes = {
        "moved_first": change.moved_first,
        "then_moved": change.then_moved,
        "difference": change.difference,
    }
    signs = {"moved_first": "", "then_moved": "−", "difference": "="}
    cells = torch.arange(change.before.numel())
    return [
        Board(
            f"{name}-{plane}",
            t(f"dense.{plane}"),
            "output",
            values.flatten(0, 1),
            cells,
            before=signs[plane],
        )
        for plane, values in planes.items()
    ]


def _latex(letter: str, change: Shifted) -> str:
    """The error's formula with this layer's numbers; the letter is that of its weights."""
    f = f"f_{letter}"
    letters = rf"\frac{{\lVert {f}(Sx) - S {f}(x) \rVert}}{{\lVert {f}(x) \rVert}}"
    above, below = (short(float(x.norm())) for x in (change.difference, change.before))
    return rf"{letters} &= \frac{{{above}}}{{{below}}} = \mathbf{{{short(change.error, 3)}}}"


def _verdict(scene: Scene) -> str:
    """Which sentence fits: nothing moved, it moved along, or the border shows."""
    if scene.by == (0, 0):
        return "none"
    return "border" if scene.shared_shifted.error > 1e-6 else "equivariant"
