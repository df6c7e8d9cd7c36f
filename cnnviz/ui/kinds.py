"""The shapes of all four kinds of convolution beside each other, with the reader's settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st

from cnnviz.data.volumes import DEPTH
from cnnviz.ops.kinds import KINDS, Kind, kind
from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.dimensions import DimensionSettings, input_of, kernel_of, window_of
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.settings import limits, whole

COLUMNS = ("kind", "ways", "input", "kernel", "formula", "output", "parameters")


@dataclass(frozen=True, kw_only=True)
class KindsSettings(DimensionSettings):
    """The channels that the table is computed for; a volume's depth is its own input channels."""

    c_in: int = whole(1, 1, 512, view=True)
    c_out: int = whole(1, 1, 512, view=True)


S = TypeVar("S", bound=KindsSettings)


def kind_of(settings: KindsSettings, name: str) -> Kind:
    """One of the kinds, as the stage would show it; raises `Problem` where it does not fit."""
    there = replace(settings, kind=name)
    kernel = kernel_of(there)
    window = window_of(there, kernel)
    volume = name == "volume"
    spatial = tuple(input_of(there).shape[volume:])
    return kind(name, spatial, window, DEPTH if volume else settings.c_in, settings.c_out)


def kinds_panel(desk: Desk[S]) -> None:
    """The table, and what it is computed for."""
    left, right, _ = st.columns([1, 1, 2])
    for place, name in ((left, "c_in"), (right, "c_out")):
        place.number_input(t(f"kinds.{name}"), *limits(KindsSettings, name), **desk.bind(name))
    rows, refused = table(desk.now)
    st.table(rows, border="horizontal", hide_index=True, alt=t("panel.kinds"))
    for line in refused:
        st.caption(line)
    st.caption(t("kinds.note", depth=DEPTH))


def table(settings: KindsSettings) -> tuple[list[dict[str, str]], list[str]]:
    """A row for each kind, in Markdown, and in words what does not fit."""
    rows, refused = [], []
    for name in KINDS:
        label = t(f"kinds.name.{name}")
        try:
            cells = _cells(kind_of(settings, name))
        except Problem as problem:
            cells = ["–"] * (len(COLUMNS) - 1)
            refused.append(f"**{label}** {explain(problem)}")
        # the kind on the stage stands out
        cells = [f"**{label}**" if name == settings.kind else label, *cells]
        columns = [t(f"kinds.column.{column}") for column in COLUMNS]
        rows.append(dict(zip(columns, cells, strict=True)))
    return rows, refused


def _cells(found: Kind) -> list[str]:
    return [
        str(len(found.axes)),
        _shape(found.input),
        _shape(found.weight),
        f"${_formulas(found)}$",
        f"**{_shape(found.output)}**",
        f"{found.parameters:,}",
    ]


def _shape(sizes: Sequence[int]) -> str:
    return f"({', '.join(map(str, sizes))})".replace(" ", "\N{NO-BREAK SPACE}")


def _formulas(found: Kind) -> str:
    """⌊(n + 2p − extent) / s⌋ + 1 for each way that the window moves."""
    lines = []
    for axis, n, size in zip(found.axes, found.input[1:], found.output[1:], strict=True):
        numbers = rf"({n}+2\cdot{axis.padding}-{axis.extent})/{axis.stride}"
        lines.append(rf"\lfloor{numbers}\rfloor+1={size}")
    once = list(dict.fromkeys(lines))  # rows and columns are often the same
    return r"\begin{array}{l}" + r"\\[3pt]".join(once) + r"\end{array}"
