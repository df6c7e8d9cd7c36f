"""The shape formula with the reader's numbers in it, the book's way and PyTorch's way."""

from __future__ import annotations

import streamlit as st

from cnnviz.ops import Walk
from cnnviz.ops.windows import Axis
from cnnviz.ui.i18n import t

LETTERS = {1: ("",), 2: ("h", "w"), 3: ("d", "h", "w")}


def formula(walk: Walk) -> None:
    """Both forms for each axis of the window, and what the stride leaves over."""
    axes = list(zip(LETTERS[len(walk.spatial)], walk.axes, walk.spatial, strict=True))
    forms = {"book": book_latex, "pytorch": pytorch_latex}
    if walk.window.ceil_mode:
        del forms["book"]  # it always rounds down
    for form, latex in forms.items():
        st.markdown(f"**{t(f'formula.{form}')}** {t(f'formula.{form}_padding')}")
        lines = (latex(name, axis, n) for name, axis, n in axes)
        st.latex(r"\begin{aligned}" + r" \\[1.2ex] ".join(lines) + r"\end{aligned}")
    if any(axis.drops_last(n) for _, axis, n in axes):
        st.markdown(t("formula.dropped"))
    if any(axis.dilation > 1 for _, axis, _ in axes) and "book" in forms:
        st.markdown(t("formula.dilated"))
    st.markdown(leftover_line(walk))


def book_latex(name: str, axis: Axis, n: int) -> str:
    """⌊(n − k + p + s) / s⌋ with p the total of rows added (d2l 7.3.2).

    The book has no dilation; a dilated kernel counts as one of its extent.
    """
    k, p, s = axis.extent, 2 * axis.padding, axis.stride
    i = f"_{name}" if name else ""
    letters = rf"\left\lfloor \frac{{n{i}-k{i}+p{i}+s{i}}}{{s{i}}} \right\rfloor"
    numbers = rf"\left\lfloor \frac{{{n}-{k}+{p}+{s}}}{{{s}}} \right\rfloor"
    return rf"{letters} &= {numbers} = \mathbf{{{axis.output_size(n)}}}"


def pytorch_latex(name: str, axis: Axis, n: int) -> str:
    """⌊(n + 2p − d(k−1) − 1) / s⌋ + 1 with p per side (`torch.nn.Conv2d`), or ⌈ ⌉ in ceil mode."""
    k, s, p, d, ceil_mode = axis
    i = f"_{name}" if name else ""
    left, right = (rf"\{side}{'ceil' if ceil_mode else 'floor'}" for side in "lr")
    letters = rf"\left{left} \frac{{n{i}+2p{i}-d{i}(k{i}-1)-1}}{{s{i}}} \right{right} + 1"
    numbers = rf"\left{left} \frac{{{n}+2\cdot {p}-{d}({k}-1)-1}}{{{s}}} \right{right} + 1"
    less = " - 1" if axis.drops_last(n) else ""
    return rf"{letters} &= {numbers}{less} = \mathbf{{{axis.output_size(n)}}}"


def leftover_line(walk: Walk) -> str:
    """Which cells, rows and columns, or slices no window reads, in words."""
    left = [len(unread) for unread in walk.window.leftover(walk.spatial)]
    if len(left) == 1:
        return t("formula.leftover_1", cells=left[0]) if any(left) else t("formula.nothing_left_1")
    if not any(left):
        return t("formula.nothing_left")
    rows, cols = left[-2:]
    if len(left) == 3:
        return t("formula.leftover_3", slices=left[0], rows=rows, cols=cols)
    return t("formula.leftover", rows=rows, cols=cols)
