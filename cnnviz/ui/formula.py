"""The shape formula with the reader's numbers in it, the book's way and PyTorch's way."""

from __future__ import annotations

import streamlit as st

from cnnviz.ops import Walk
from cnnviz.ops.windows import Axis
from cnnviz.ui.i18n import t


def formula(walk: Walk) -> None:
    """Both forms for rows and columns, and what the stride leaves over."""
    book, pytorch = st.columns(2)
    with book:
        st.markdown(f"**{t('formula.book')}**  \n{t('formula.book_padding')}")
        for name, axis, n in _axes(walk):
            st.latex(book_latex(name, axis, n))
    with pytorch:
        st.markdown(f"**{t('formula.pytorch')}**  \n{t('formula.pytorch_padding')}")
        for name, axis, n in _axes(walk):
            st.latex(pytorch_latex(name, axis, n))
    st.markdown(leftover_line(walk))


def _axes(walk: Walk) -> list[tuple[str, Axis, int]]:
    return list(zip("hw", walk.axes, walk.spatial, strict=True))


def book_latex(name: str, axis: Axis, n: int) -> str:
    """⌊(n − k + p + s) / s⌋ with p the total of rows added (d2l 7.3.2).

    The book has no dilation; a dilated kernel counts as one of its extent.
    """
    k, p, s = axis.extent, 2 * axis.padding, axis.stride
    letters = (
        rf"\left\lfloor \frac{{n_{name}-k_{name}+p_{name}+s_{name}}}{{s_{name}}} \right\rfloor"
    )
    numbers = rf"\left\lfloor \frac{{{n}-{k}+{p}+{s}}}{{{s}}} \right\rfloor"
    return rf"{letters} = {numbers} = \mathbf{{{axis.output_size(n)}}}"


def pytorch_latex(name: str, axis: Axis, n: int) -> str:
    """⌊(n + 2p − d(k−1) − 1) / s⌋ + 1 with p per side (`torch.nn.Conv2d`)."""
    k, s, p, d = axis
    letters = (
        rf"\left\lfloor \frac{{n_{name}+2p_{name}-d_{name}(k_{name}-1)-1}}{{s_{name}}}"
        r" \right\rfloor + 1"
    )
    numbers = rf"\left\lfloor \frac{{{n}+2\cdot {p}-{d}({k}-1)-1}}{{{s}}} \right\rfloor + 1"
    return rf"{letters} = {numbers} = \mathbf{{{axis.output_size(n)}}}"


def leftover_line(walk: Walk) -> str:
    """Which rows and columns no window reads, in words."""
    rows, cols = walk.window.leftover(walk.spatial)
    if not rows and not cols:
        return t("formula.nothing_left")
    return t("formula.leftover", rows=len(rows), cols=len(cols))
