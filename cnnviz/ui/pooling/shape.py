"""The output's shape: the formula as it is, and rounded the other way."""

from __future__ import annotations

import streamlit as st

from cnnviz.ops import Pooling
from cnnviz.ops.windows import Axis
from cnnviz.problems import Problem
from cnnviz.ui.formula import formula
from cnnviz.ui.i18n import t


def shape_panel(walk: Pooling) -> None:
    """Both forms, then floor against ceil for this window."""
    formula(walk)
    st.markdown(f"**{t('pooling.floor_ceil')}**\n\n{rounding_table(walk)}")
    st.markdown(t("pooling.no_weights", parameters=0))


def rounding_table(walk: Pooling) -> str:
    """The output's size with each rounding, as Markdown."""
    lines = [["", t("grid.rows"), t("grid.cols")], ["---", "---:", "---:"]]
    for name, ceil_mode in (("floor", False), ("ceil", True)):
        sizes = [
            _size(axis._replace(ceil_mode=ceil_mode), n)
            for axis, n in zip(walk.axes, walk.spatial, strict=True)
        ]
        here = "**" if walk.window.ceil_mode == ceil_mode else ""
        lines.append([f"{here}{t(f'pooling.rounding.{name}')}{here}", *sizes])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _size(axis: Axis, n: int) -> str:
    try:
        return str(axis.output_size(n))
    except Problem:  # the window fits in ceil mode only
        return "–"
