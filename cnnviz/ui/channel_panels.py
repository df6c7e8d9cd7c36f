"""What stands below the stage of channels: the stack, 1×1, two in a row, costs, the formula."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.boards import Board, boards
from cnnviz.components.stack import kernel_stack
from cnnviz.export.numbers import short
from cnnviz.ops import Walk, kernels
from cnnviz.ops.channels import InARow, Pointwise, in_a_row, pointwise
from cnnviz.ops.costs import ConvLayer, cost, variants
from cnnviz.ops.stacks import in_group
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.channels import (
    IN_A_ROW,
    ChannelSettings,
    bias_of,
    planes_of,
    pointwise_of,
    row_plane,
    stack_of,
)
from cnnviz.ui.desk import Desk
from cnnviz.ui.formula import formula
from cnnviz.ui.four_views import memory
from cnnviz.ui.i18n import explain, t, texts

SMALL_PHOTO = 12  # pixels of the longer side: every pixel is a column of a matrix


def plane_names(now: ChannelSettings) -> list[str]:
    """Names of the input planes, where they have better ones than their numbers."""
    if now.input != "photo":
        return []
    return [t(f"input.channel_name.{name}") for name in ("red", "green", "blue")]


def output_names(now: ChannelSettings) -> list[str]:
    if now.kernels != "named":
        return []
    return [t(f"channels.name.{name}") for name in now.names]


def stack_panel(desk: Desk[Any], key: str) -> None:
    """The whole stack; what groups leave out is empty."""
    now = desk.now
    whole = stack_of(now)
    c_out, c_in, rows, cols = whole.shape
    st.markdown(
        t("channels.stack_shape", c_out=c_out, c_in=c_in // now.groups, rows=rows, cols=cols)
    )
    kernel_stack(
        whole,
        in_group(c_out, c_in, now.groups),
        bias_of(now),
        key,
        texts("kernel_stack"),
        inputs=plane_names(now),
        outputs=output_names(now),
    )


def _beside(desk: Desk[Any]) -> dict[str, Any]:
    """How boards stand below a stage."""
    return {"leads": False, "link": desk.history.link, "classroom": frame.classroom()}


# ---- 1 × 1


def pointwise_panel(desk: Desk[Any], key: str) -> None:
    """A 1×1 convolution as a matrix product, both computed."""
    now = desk.now
    stack, mine = pointwise_of(now)
    smaller = replace(now, side=min(now.side, SMALL_PHOTO))
    found = pointwise(planes_of(smaller), stack)
    (c_out, c_in), n = found.weights.shape, found.pixels.shape[1]
    st.markdown(t("channels.pointwise_shapes", c_out=c_out, c_in=c_in, n=n))
    boards(
        key,
        _pointwise_boards(found, plane_names(now)),
        texts("boards"),
        factors=("weights", "pixels"),
        **_beside(desk),
    )
    equal = found.difference <= 1e-6 * max(1.0, float(found.product.abs().max()))
    said = "pointwise_equal" if equal else "pointwise_differs"
    st.markdown(t(f"channels.{said}", difference=short(found.difference, 2)))
    if now.input == "photo" and smaller != now:
        st.caption(t("channels.pointwise_small", side=SMALL_PHOTO))
    if not mine:
        st.caption(t("channels.pointwise_other"))
        st.button(
            t("channels.pointwise_use"), on_click=desk.change, kwargs={"kernels": "pointwise"}
        )


def _pointwise_boards(found: Pointwise, names: list[str]) -> list[list[Board]]:
    """Input planes; matrix product; output planes. A term is one weight times one pixel."""
    (c_out, c_in), n = found.weights.shape, found.pixels.shape[1]
    o, c, at = (
        part.flatten()
        for part in torch.meshgrid(*map(torch.arange, (c_out, c_in, n)), indexing="ij")
    )
    product = [
        Board("weights", "K", "kernel", found.weights, o * c_in + c),
        Board("pixels", "X", "input", found.pixels, c * n + at, before="·"),
        Board(
            "product", "K · X", "output", found.product, o * n + at, before="=", below=n > 2 * c_in
        ),
    ]
    planes = found.pixels.reshape(c_in, *found.convolved.shape[1:])
    inputs = [
        Board(
            f"input{i}", names[i] if names else f"X {i + 1}", "input", plane, at.where(c == i, -1)
        )
        for i, plane in enumerate(planes)
    ]
    outputs = [
        Board(f"output{i}", f"conv2d {i + 1}", "output", plane, at.where(o == i, -1))
        for i, plane in enumerate(found.convolved)
    ]
    return [inputs, product, outputs]


# ---- two in a row


def row_panel(desk: Desk[Any], key: str) -> None:
    """Two kernels one after the other, and the one that does the same."""
    for name, column in zip(("first", "second"), st.columns(2), strict=True):
        column.selectbox(
            t(f"channels.{name}"),
            IN_A_ROW,
            format_func=lambda kernel: t(f"kernel.name.{kernel}"),
            **desk.bind(name),
        )
    x = row_plane(desk.now)
    first, second = kernels.named(desk.now.first), kernels.named(desk.now.second)
    try:
        found = in_a_row(x, first, second)
    except Problem as problem:
        st.warning(explain(problem))
        return
    sizes = [" × ".join(map(str, kernel.shape)) for kernel in (first, second, found.one)]
    st.markdown(t("channels.row_sizes", first=sizes[0], second=sizes[1], one=sizes[2]))
    kernels_, planes = _row_kernels(first, second, found), _row_planes(x, found)
    boards(
        f"{key}.kernels",
        [kernels_],
        texts("boards"),
        factors=("first", "second"),
        **_beside(desk),
    )
    said = {"one_term": t("channels.row_same_place"), "no_terms": t("channels.row_no_place")}
    boards(f"{key}.planes", planes, texts("boards") | said, **_beside(desk))
    st.markdown(t("channels.row_equal", difference=short(found.difference, 2)))
    st.markdown(
        t(
            "channels.row_parameters",
            two=first.numel() + second.numel(),
            one=found.one.numel(),
        )
    )
    st.caption(t("channels.row_border", border=short(found.border, 2)))


def _row_kernels(first: Tensor, second: Tensor, found: InARow) -> list[Board]:
    """A term is a pair of weights."""
    at_first, at_second, at_one = pairs(first, second)
    return [
        Board("first", t("channels.first"), "kernel", first, at_first),
        Board("second", t("channels.second"), "kernel", second, at_second, before="∗"),
        Board("one", t("channels.one"), "kernel", found.one, at_one, before="="),
    ]


def _row_planes(x: Tensor, found: InARow) -> list[list[Board]]:
    """A term is a cell of the result, and what lies in the middle of what it comes from."""

    def board(name: str, role: str, plane: Tensor, before: str = "") -> Board:
        at = _centres(found.twice, plane)
        return Board(f"row_{name}", t(f"channels.row_{name}"), role, plane, at, before=before)

    return [
        [
            board("x", "input", x),
            board("middle", "output", found.middle, "→"),
            board("twice", "output", found.twice, "→"),
        ],
        [board("once", "output", found.once), board("padded", "output", found.padded)],
    ]


def pairs(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """For each pair of weights their cells and the cell of the one kernel that they add to."""
    (h1, w1), (h2, w2) = first.shape, second.shape
    a, b, c, d = (
        part.flatten()
        for part in torch.meshgrid(*map(torch.arange, (h1, w1, h2, w2)), indexing="ij")
    )
    return a * w1 + b, c * w2 + d, (a + c) * (w1 + w2 - 1) + b + d


def _centres(result: Tensor, plane: Tensor) -> Tensor:
    """For each cell of the result the cell of a larger plane in the middle of what it reads."""
    (rows, cols), (height, width) = result.shape, plane.shape
    r = torch.arange(rows)[:, None] + (height - rows) // 2
    return (r * width + torch.arange(cols) + (width - cols) // 2).flatten()


# ---- costs


def layer_of(walk: Walk) -> ConvLayer:
    """The layer that a walk with channels is."""
    c_out, _, *size = walk.kernel.shape
    return ConvLayer(
        len(walk.input),
        c_out,
        tuple(size),
        walk.spatial,
        tuple(walk.output.shape[1:]),
        walk.groups,
        walk.bias is not None,
    )


def costs_panel(walk: Walk) -> None:
    """Parameters, multiply-accumulates and memory, as it is and with more channels."""
    layer = layer_of(walk)
    st.markdown(t("costs.parameters_sum", sum=layer.sum, n=f"{layer.parameters:,}"))
    st.markdown(
        t(
            "costs.macs_product",
            product=layer.product,
            n=f"{layer.macs:,}",
            flops=f"{2 * layer.macs:,}",
        )
    )
    st.markdown(cost_table(layer))
    both = cost(layer), variants(layer)["both"]
    st.markdown(t("costs.both", ratio=ratio(both[1].macs, both[0].macs)))
    if walk.axes[0].padding:
        st.markdown(padding_line(walk))
    st.markdown(t("costs.backward", n=f"{2 * layer.macs:,}"))
    st.caption(t("costs.words"))


def padding_line(walk: Walk) -> str:
    """What doubling the padding does (d2l 7.4, exercise 3)."""
    now, padding = layer_of(walk), walk.axes[0].padding
    rows, cols = replace(walk.window, padding=2 * padding).output_shape(walk.spatial)
    twice = replace(now, output_size=(rows, cols))
    return t(
        "costs.padding",
        now=padding,
        twice=2 * padding,
        rows=rows,
        cols=cols,
        ratio=ratio(twice.macs, now.macs),
    )


def cost_table(layer: ConvLayer) -> str:
    """Markdown: what is counted × how the layer is varied; beside each number its ratio to now."""
    found = variants(layer)
    now = found["now"]
    rows: dict[str, Callable[[int], str]] = {
        "parameters": lambda n: f"{n:,}",
        "macs": lambda n: f"{n:,}",
        "input_bytes": memory,
        "parameter_bytes": memory,
        "output_bytes": memory,
        "bytes": memory,
    }
    lines = [["", *(t(f"costs.variant.{name}") for name in found)], ["---", *["---:"] * len(found)]]
    for name, write in rows.items():
        base = getattr(now, name)
        values = [getattr(variant, name) for variant in found.values()]
        cells = [write(base), *(f"{write(n)} ({ratio(n, base)})" for n in values[1:])]
        lines.append([t(f"costs.{name}"), *(cell.replace(" ", "\u00a0") for cell in cells)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def ratio(n: float, base: float) -> str:
    return f"×{n / base:.3g}"


# ---- formula


def formula_panel(walk: Walk) -> None:
    """The sum over planes, the shapes, and how large an output plane is."""
    c_in = walk.kernel.shape[1]
    bias = "" if walk.bias is None else " + b_o"
    sign = r"\ast" if walk.flip else r"\star"
    st.latex(rf"Y_o = \sum_{{c=1}}^{{{c_in}}} X_c {sign} K_{{o,c}}{bias}")
    shapes = (tuple(tensor.shape) for tensor in (walk.input, walk.kernel, walk.output))
    x, kernel, y = ("(" + ", ".join(map(str, shape)) + ")" for shape in shapes)
    st.markdown(t("channels.shapes", x=x, kernel=kernel, y=y))
    if walk.groups > 1:
        st.markdown(t("channels.grouped", groups=walk.groups, c_in=c_in))
    formula(walk)
