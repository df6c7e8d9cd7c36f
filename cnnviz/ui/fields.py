"""Receptive fields in numbers: the table and its formulas, the effective field and its growth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st
from torch import Tensor

from cnnviz.export.numbers import short
from cnnviz.figures.receptive_field import growth_curve, heat_map
from cnnviz.models import (
    FieldRow,
    Layer,
    effective_field,
    effective_size,
    field_of,
    field_table,
    growth,
)
from cnnviz.models.effective_field import draws_for
from cnnviz.ops.windows import Cell
from cnnviz.ui.charts import chart
from cnnviz.ui.i18n import t
from cnnviz.ui.stacks import layer_line


class Scene(NamedTuple):
    """What is on screen: a stack, its maps, and a cell of one of its layers."""

    layers: Sequence[Layer]
    maps: Sequence[Tensor]  # (H, W), of the input and of every layer
    layer: int  # of the chosen cell, from 1
    cell: Cell
    weights: str
    seed: int

    @property
    def size(self) -> tuple[int, int]:
        """The picture's rows and columns."""
        return (self.maps[0].shape[0], self.maps[0].shape[1])

    @property
    def below(self) -> Sequence[Layer]:
        """The layers up to the chosen cell's own."""
        return self.layers[: self.layer]


# ---- table and formulas


def table_panel(scene: Scene) -> None:
    """Every layer's size, field, jump and padding, and where the numbers come from."""
    rows = field_table(scene.layers, scene.size)
    st.markdown(table_markdown(scene.layers, rows))
    st.caption(t("field_panel.legend"))
    for name in ("size", "field", "jump", "padding"):
        st.markdown(f"**{t(f'field_panel.{name}')}**")
        lines = formula_lines(name, scene.layers, rows)
        st.latex(r"\begin{aligned}" + r" \\[0.6ex] ".join(lines) + r"\end{aligned}")


def table_markdown(layers: Sequence[Layer], rows: Sequence[FieldRow]) -> str:
    """A Markdown table, a row for the input and for each layer."""
    head = [t("field_panel.layer"), t("field_panel.size"), "$r$", "$j$", "$P$", "$c$"]
    names = [t("field.input"), *(layer_line(n, layer) for n, layer in enumerate(layers, 1))]
    lines = [
        (
            name.replace(". ", r"\. ", 1),  # or Markdown would number it itself
            " × ".join(map(str, row.size)),
            *(short(value) for value in (row.receptive_field, row.jump, row.padding)),
            short(row.centre + 1),
        )
        for name, row in zip(names, rows, strict=True)
    ]
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(line)} |" for line in (head, rule, *lines))


def formula_lines(name: str, layers: Sequence[Layer], rows: Sequence[FieldRow]) -> list[str]:
    """One of the recurrences of Araujo et al. (2019) in letters, then filled in for each layer."""
    steps = list(enumerate(zip(layers, rows, rows[1:], strict=False), 1))
    if name == "size":
        height, width = rows[0].size
        letters = [("n", 0)] if height == width else [("h", 0), ("w", 1)]
        return [
            line
            for letter, axis in letters
            for line in (
                SIZE.replace("n_", f"{letter}_"),
                *(_size(letter, axis, number, *step) for number, step in steps),
            )
        ]
    filled = {"field": _field, "jump": _jump, "padding": _padding}[name]
    return [LETTERS[name], *(filled(number, *step) for number, step in steps)]


SIZE = r"n_l &= \left\lfloor (n_{l-1} + 2p_l - d_l(k_l-1) - 1) / s_l \right\rfloor + 1"
LETTERS = {
    "field": r"r_l &= r_{l-1} + d_l(k_l-1) \cdot j_{l-1}",
    "jump": r"j_l &= j_{l-1} \cdot s_l",
    "padding": r"P_l &= P_{l-1} + p_l \cdot j_{l-1}",
}


def _size(
    letter: str, axis: int, number: int, layer: Layer, before: FieldRow, after: FieldRow
) -> str:
    k, s, p, d = layer.axis[:4]
    numbers = rf"({before.size[axis]} + 2\cdot {p} - {d}({k}-1) - 1) / {s}"
    result = rf"\left\lfloor {numbers} \right\rfloor + 1 = \mathbf{{{after.size[axis]}}}"
    return rf"{letter}_{{{number}}} &= {result}"


def _field(n: int, layer: Layer, before: FieldRow, after: FieldRow) -> str:
    grown = rf"{layer.dilation}({layer.kernel_size}-1) \cdot {before.jump}"
    result = after.receptive_field
    return rf"r_{{{n}}} &= {before.receptive_field} + {grown} = \mathbf{{{result}}}"


def _jump(n: int, layer: Layer, before: FieldRow, after: FieldRow) -> str:
    return rf"j_{{{n}}} &= {before.jump} \cdot {layer.stride} = \mathbf{{{after.jump}}}"


def _padding(n: int, layer: Layer, before: FieldRow, after: FieldRow) -> str:
    added = rf"{layer.padding} \cdot {before.jump}"
    return rf"P_{{{n}}} &= {before.padding} + {added} = \mathbf{{{after.padding}}}"


# ---- the effective field

WORDS = ("theoretical", "effective", "row", "column", "share", "layer", "size")


def effective_panel(scene: Scene) -> None:
    """The chosen cell's gradient in its theoretical frame, and how both grow with the layers."""
    below, words = scene.below, {name: t(f"effective.{name}") for name in WORDS}
    draws = 1 if scene.weights == "uniform" else draws_for(below, scene.size)
    field = field_of(below, scene.cell, scene.size)[0]
    found = effective_field(
        below,
        scene.cell,
        scene.maps[0],
        weights=scene.weights,
        draws=draws,
        seed=scene.seed,
    )
    _numbers(scene, found, len(field[0].cells) * len(field[1].cells))
    left, right = st.columns(2, gap="medium")
    with left:
        chart(heat_map(found, field, words), "receptive-field.heat")
    with right:
        rows = field_table(scene.layers, scene.size)[1:]
        theoretical = [row.receptive_field for row in rows]
        sizes = growth(scene.layers, weights=scene.weights, seed=scene.seed)
        chart(growth_curve(theoretical, sizes, words), "receptive-field.growth")
        st.caption(t("effective.about_growth"))
    kind = t(f"stack.weights.{scene.weights}")
    st.caption(t("effective.about", networks=draws, weights=kind))


def _numbers(scene: Scene, found: Tensor, counting: int) -> None:
    """The sizes of both fields, and how much of the one is in the other."""
    r = field_table(scene.below, scene.size)[-1].receptive_field
    side = effective_size(found)
    pixels = round(side**2)
    theoretical, effective, share = st.columns(3)
    theoretical.metric(t("effective.theoretical"), f"{r} × {r}")
    theoretical.caption(t("effective.counting", n=counting))
    effective.metric(t("effective.effective"), f"{side:.1f} × {side:.1f}")
    effective.caption(t("effective.above", n=pixels))
    share.metric(t("effective.covered"), f"{pixels / counting:.0%}" if counting else "–")
    share.caption(t("effective.covered_note"))
