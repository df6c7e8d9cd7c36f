"""The book's shape formula and PyTorch's, side by side, term by term, with the reader's numbers."""

from __future__ import annotations

import streamlit as st

from cnnviz.ops import Painting, Walk
from cnnviz.ops.windows import Axis
from cnnviz.ui.formula import book_latex, leftover_line, pytorch_latex
from cnnviz.ui.i18n import t


def conventions(walk: Walk) -> None:
    """Both forms, which letter is which, rounding down against up, and what is left over."""
    axes = list(zip("hw", walk.axes, walk.spatial, strict=True))
    columns = st.columns(2, gap="large")
    for column, form, latex in zip(
        columns, ("book", "pytorch"), (book_latex, pytorch_latex), strict=True
    ):
        with column:
            st.markdown(f"**{t(f'formula.{form}')}** {t(f'formula.{form}_padding')}")
            # letters above, numbers below: two forms fit side by side
            lines = ("&" + latex(name, axis, n).replace("&=", r"\\ &=") for name, axis, n in axes)
            st.latex(r"\begin{aligned}" + r" \\[1.2ex] ".join(lines) + r"\end{aligned}")
    st.markdown(term_table(walk))
    if any(axis.dilation > 1 for axis in walk.axes):
        st.markdown(t("formula.dilated"))
    for name, axis, n in axes:
        st.markdown(rounding_line(name, axis, n))
    st.markdown(leftover_line(walk))


def term_table(walk: Walk) -> str:
    """Each term in the book, in PyTorch, and its number for rows and columns, as Markdown."""
    head = ("", *(t(f"conventions.{name}") for name in ("book", "pytorch", "rows", "cols")))
    (down, across), (rows, cols) = walk.axes, walk.spatial
    table = [
        ("input", "$n$", "$n$", str(rows), str(cols)),
        ("kernel", "$k$", "$d(k-1)+1$", *(_extent(axis) for axis in (down, across))),
        ("padding", "$p$", "$2p$", *(_twice(axis) for axis in (down, across))),
        ("stride", "$s$", "$s$", str(down.stride), str(across.stride)),
    ]
    lines = [head, ("---",) * len(head), *((t(f"conventions.{row[0]}"), *row[1:]) for row in table)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _extent(axis: Axis) -> str:
    k, d = axis.kernel_size, axis.dilation
    return str(k) if d == 1 else rf"${d}\cdot({k}-1)+1 = {axis.extent}$"


def _twice(axis: Axis) -> str:
    return rf"$2\cdot{axis.padding} = {2 * axis.padding}$"


def rounding_line(name: str, axis: Axis, n: int) -> str:
    """What the division gives, and what rounding up would give instead."""
    room = n + 2 * axis.padding - axis.extent
    floored, ceiled = axis.output_size(n), axis._replace(ceil_mode=True).output_size(n)
    key = "exact" if room % axis.stride == 0 else "rounded"
    quotient = f"({n} + {2 * axis.padding} − {axis.extent}) / {axis.stride}"
    side = t("grid.rows" if name == "h" else "grid.cols")
    if key == "exact":
        return t("conventions.exact", side=side, quotient=quotient, result=floored)
    return t(
        "conventions.rounded",
        side=side,
        quotient=quotient,
        value=f"{room / axis.stride:.4g}",
        floor=floored,
        ceil=ceiled,
    )


def transposed_formula(painting: Painting) -> None:
    """The size of a transposed convolution, and that the convolution leads back."""
    lines = [
        transposed_latex(name, axis, n, added)
        for name, axis, n, added in zip(
            "hw", painting.axes, painting.input.shape, painting.output_padding, strict=True
        )
    ]
    st.latex(r"\begin{aligned}" + r" \\[1.2ex] ".join(lines) + r"\end{aligned}")
    back = painting.window.output_shape(tuple(painting.output.shape))
    st.markdown(
        t(
            "conventions.back",
            there=" × ".join(map(str, painting.output.shape)),
            back=" × ".join(map(str, back)),
        )
    )


def transposed_latex(name: str, axis: Axis, n: int, added: int) -> str:
    """(n − 1)s − 2p + d(k−1) + o + 1 (`torch.nn.ConvTranspose2d`)."""
    k, s, p, d, _ = axis
    letters = rf"(n_{name}-1)\,s_{name}-2p_{name}+d_{name}(k_{name}-1)+o_{name}+1"
    numbers = rf"({n}-1)\cdot {s}-2\cdot {p}+{d}({k}-1)+{added}+1"
    return rf"{letters} &= {numbers} = \mathbf{{{axis.transposed_size(n, added)}}}"
