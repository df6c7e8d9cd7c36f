"""Average pooling as a convolution whose weights are all equal: both computed, and compared."""

from __future__ import annotations

import streamlit as st
from torch import Tensor

from cnnviz.components.boards import Board
from cnnviz.export.numbers import short
from cnnviz.ops import Pooling
from cnnviz.ops.pooling_equals import MeanByCorrelation, mean_by_correlation
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.pooling.linked import channels_of, linked, window_links
from cnnviz.ui.pooling.settings import S, in_mode, input_planes, tags, walk_of


def mean_panel(desk: Desk[S]) -> None:
    """Input ⋆ equal weights = the same numbers as the mean."""
    now = desk.now
    walk = walk_of(in_mode(now, "avg"), input_planes(now))
    found = mean_by_correlation(walk)
    whole = bool((found.scale == 1).all())
    rows, cols = now.window
    st.markdown(t("pooling.mean" if whole else "pooling.mean_scaled", n=rows * cols))
    linked(desk, "mean", _views(walk, found, whole), tags(now))
    difference = float((found.output - walk.output).abs().max())
    st.markdown(t("pooling.difference", difference=short(difference, 2)))
    st.code(_code(walk, whole), language="python")


def _views(walk: Pooling, found: MeanByCorrelation, whole: bool) -> list[list[Board]]:
    read, tap, written = window_links(walk.window, walk.spatial)
    planes: dict[str, Tensor] = {
        "x": channels_of(walk.input),
        "k": found.correlation.kernel.reshape(-1, *walk.kernel.shape[-2:]),
        "c": channels_of(found.correlation.output),
        "s": channels_of(found.scale),
        "y": channels_of(walk.output),
    }
    scale = [] if whole else [("s", t("pooling.scale"), "weights", written, "·")]
    columns = [
        ("x", t("stage.input"), "input", read, ""),
        ("k", t("stage.kernel"), "kernel", tap, "⋆"),
        ("c", t("pooling.correlated"), "output", written, "="),
        *scale,
        ("y", t("pooling.averaged"), "output", written, "="),
    ]
    return [
        [
            Board(f"{name}{c}", title, role, planes[name][c], of, before=before)
            for name, title, role, of, before in columns
        ]
        for c in range(len(planes["x"]))
    ]


def _code(walk: Pooling, whole: bool) -> str:
    """The two ways in PyTorch; scaled, the second has one more factor."""
    channels, size = len(channels_of(walk.input)), tuple(walk.kernel.shape[-2:])
    (rows, sr, pr, _, ceil), (cols, sc, pc, _, _) = walk.axes
    n, numbers = rows * cols, f"stride={(sr, sc)}, padding={(pr, pc)}"
    options = f"{', ceil_mode=True' if ceil else ''}"
    options += "" if walk.count_include_pad else ", count_include_pad=False"
    lines = [
        f"F.avg_pool2d(X, {size}, {numbers}{options})",
        f"K = torch.full(({channels}, 1, {rows}, {cols}), 1 / {n})",
    ]
    if any(axis.overrun(m) for axis, m in zip(walk.axes, walk.spatial, strict=True)):
        sides = tuple(side for pair in reversed(walk.around) for side in pair)
        lines.append(f"F.conv2d(F.pad(X, {sides}), K, stride={(sr, sc)}, groups={channels})")
    else:
        lines.append(f"F.conv2d(X, K, {numbers}, groups={channels})")
    if not whole:
        lines[-1] += f"  # times {n} / the cells that count"
    return "\n".join(lines)
