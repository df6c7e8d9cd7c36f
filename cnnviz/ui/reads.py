"""How often each cell is read, or painted, as heat maps with a sentence (d2l 7.3.1)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import streamlit as st
from torch import Tensor

from cnnviz.figures.coverage import count_map
from cnnviz.ops import Painting, Walk
from cnnviz.ops.coverage import paint_counts, read_counts
from cnnviz.problems import Problem
from cnnviz.ui.charts import chart
from cnnviz.ui.i18n import t


def reads(scene: Walk | Painting, page: str) -> None:
    """How often each cell is met, beside the same without padding; `page` names the charts."""
    if isinstance(scene, Painting):
        shape = tuple(scene.input.shape)
        counts = paint_counts(scene.window, shape, scene.output_padding)
        uneven = float(counts.max()) != float(counts.min())
        st.markdown(t(f"reads.{'uneven' if uneven else 'even'}", **_extremes(counts)))
        _chart(counts, f"{page}.reads.painted", t("reads.painted"), float(counts.max()))
        return
    maps = {"now": read_counts(scene.window, scene.spatial)}
    if any(axis.padding for axis in scene.axes):
        with suppress(Problem):  # it may be only the padding that makes room for the kernel
            maps["unpadded"] = read_counts(replace(scene.window, padding=0), scene.spatial)
    st.markdown(t("reads.corner", **_extremes(maps["now"])))
    most = max(float(counts.max()) for counts in maps.values())
    for column, (name, counts) in zip(st.columns(2), maps.items(), strict=False):
        with column:
            _chart(counts, f"{page}.reads.{name}", t(f"reads.{name}"), most)


def _extremes(counts: Tensor) -> dict[str, int]:
    """What the sentences about the counts say."""
    rows, cols = counts.shape
    return {
        "corner": int(counts[0, 0]),
        "middle": int(counts[rows // 2, cols // 2]),
        "least": int(counts.min()),
        "most": int(counts.max()),
    }


def _chart(counts: Tensor, key: str, heading: str, most: float) -> None:
    """One heat map under its heading."""
    st.markdown(f"**{heading}**")
    dark = st.context.theme.type == "dark"
    chart(count_map(counts, most, t("grid.rows"), t("grid.cols"), dark=dark), key)
