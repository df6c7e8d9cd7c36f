"""What stands under a block: its points in numbers, its costs, how it starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st
import torch

from cnnviz.components.boards import Board, boards
from cnnviz.export.numbers import short
from cnnviz.figures.blocks import two_starts
from cnnviz.models.block_costs import (
    GOOGLENET_3A,
    RESNET_2,
    Layers,
    fields_of,
    inception_branches,
    macs,
    parameters,
    residual_ways,
    weights_of,
)
from cnnviz.models.forms import Form
from cnnviz.models.residual_start import RATE, FirstSteps, apart, first_steps, through
from cnnviz.models.taps import Tap
from cnnviz.ops.channels import InARow, in_a_row, patch_around, with_relu_between
from cnnviz.ops.stacks import random_stack
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.blocks.settings import (
    BlockSettings,
    cell_in_hand,
    channels_in,
    form_of,
    input_of,
)
from cnnviz.ui.channel_panels import pairs, ratio
from cnnviz.ui.charts import chart
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t, texts
from cnnviz.ui.inputs import input_plane

COUNTED = (8, 64, 512)  # channels to count weights for, beside the reader's own


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown; the first column is words, the others are numbers."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


# ---- the points


def points_panel(taps: list[Tap]) -> None:
    """Every point: what it is, what it reads, its shape, what it costs."""
    names = ("point", "reads", "shape", "parameters", "macs")
    head = [t(f"blocks.column.{name}") for name in names]
    st.markdown(table(head, [_point(taps, tap) for tap in taps]))
    st.caption(t("blocks.points_note"))


def _point(taps: list[Tap], tap: Tap) -> list[str]:
    reads = ", ".join(taps[i].name for i in tap.inputs)
    shape = " × ".join(map(str, tap.value.shape)).replace(" ", "\u00a0")
    count = f"{tap.parameters_formula} = {tap.parameters:,}" if tap.parameters else ""
    work = f"{tap.macs:,}" if tap.macs else ""
    return [f"**{tap.name}** {t(f'blocks.kind.{tap.kind}')}", reads, shape, count, work]


# ---- two 3×3 against one 5×5


def small_kernels_panel(desk: Desk[Any]) -> None:
    """The same field with fewer weights (8.2): counted, and computed on the picture."""
    now: BlockSettings = desk.now
    two, one = fields_of(3, 3), fields_of(5)
    st.markdown(t("blocks.same_field", two=two, one=one))
    counted = sorted({now.c_out, *COUNTED})
    rows = [[f"c = {c}", f"{weights_of(c, 3, 3):,}", f"{weights_of(c, 5):,}"] for c in counted]
    head = [t("blocks.channels"), "2 · 9 · c² = 18c²", "25c²"]
    st.markdown(table(head, rows))
    st.markdown(
        t("blocks.fewer", percent=f"{100 * (1 - weights_of(1, 3, 3) / weights_of(1, 5)):.0f}")
    )
    _small_kernels_boards(desk)


def _small_kernels_boards(desk: Desk[Any]) -> None:
    """A patch of the picture under both ways, number by number."""
    grey = input_plane(desk.now)
    rows, cols = grey.shape
    patch, (top, left) = patch_around(grey, cell_in_hand(desk.now, (rows, cols)), 5)
    first, second = random_stack(2, 1, 3, desk.now.seed)[:, 0]
    try:
        found = in_a_row(patch, first, second)
    except Problem as problem:  # a photo that is nearly a line
        st.warning(explain(problem))
        return
    st.markdown(t("blocks.patch", row=top + 1, col=left + 1))
    boards(
        "blocks.patch",
        _patch_boards(patch, first, second, found),
        texts("boards"),
        factors=("first", "second"),
        leads=False,
        link=desk.history.link,
        classroom=frame.classroom(),
    )
    broken = with_relu_between(patch, first, second)
    st.markdown(
        t(
            "blocks.patch_equal",
            twice=short(float(found.twice)),
            once=short(float(found.once)),
            broken=short(float(broken)),
        )
    )


def _patch_boards(
    patch: torch.Tensor, first: torch.Tensor, second: torch.Tensor, found: InARow
) -> list[list[Board]]:
    """A term is a pair of weights, and the pixel that both meet on."""
    at_first, at_second, at_one = pairs(first, second)
    result = torch.zeros_like(at_one)
    words = {name: t(f"blocks.board.{name}") for name in ("patch", "middle", "result")}
    return [
        [
            Board("patch", words["patch"], "input", patch, at_one),
            Board("first", "3 × 3", "kernel", first, at_first, before="⋆"),
            Board("middle", words["middle"], "output", found.middle, at_second, before="="),
            Board("second", "3 × 3", "kernel", second, at_second, before="⋆"),
            Board("twice", words["result"], "output", found.twice, result, before="="),
        ],
        [
            Board("patch_once", words["patch"], "input", patch, at_one),
            Board("one", "5 × 5", "kernel", found.one, at_one, before="⋆"),
            Board("once", words["result"], "output", found.once, result, before="="),
        ],
    ]


# ---- costs


def costs_panel(now: BlockSettings) -> None:
    """Parameters and multiply-accumulates with and without what saves them."""
    _, rows, cols = input_of(now).shape
    if now.block == "inception":
        own = (channels_in(now), tuple(map(int, now.widths)), (rows, cols))
        for title, shown in (("own", own), ("googlenet", GOOGLENET_3A)):
            _inception_table(title, *shown)
        return
    st.markdown(t("blocks.ways"))
    mid = now.c_mid if now.block == "bottleneck" else max(1, now.c_out // 4)
    groups = now.groups if now.block == "resnext" else 1
    own_ways = residual_ways(now.c_out, mid, now.c_out, groups, (rows, cols))
    _ways_table(t("blocks.costs_own", c=now.c_out, size=f"{rows} × {cols}"), own_ways, groups)
    c, size = RESNET_2
    paper = residual_ways(c, c // 4, c // 2, 32, size)
    _ways_table(t("blocks.costs_resnet", c=c, size=f"{size[0]} × {size[1]}"), paper, 32)
    st.caption(t("costs.words"))


def _inception_table(title: str, c_in: int, widths: tuple[int, ...], size: tuple[int, int]) -> None:
    """Branch by branch, with the 1×1 reductions and without."""
    with_, without = (
        inception_branches(c_in, widths, size, reduced=reduced) for reduced in (True, False)
    )
    head = [
        t("blocks.branch"),
        *(
            f"{t(f'costs.{what}')}, {t(f'blocks.{way}')}"
            for what in ("parameters", "macs")
            for way in ("with_reductions", "without_reductions")
        ),
    ]
    rows = [
        [
            t("blocks.branch_pool") if name == "pool" else name.replace("×", " × "),
            *(f"{parameters({name: ways[name]}):,}" for ways in (with_, without)),
            *(f"{macs({name: ways[name]}):,}" for ways in (with_, without)),
        ]
        for name in with_
    ]
    totals = [parameters(with_), parameters(without), macs(with_), macs(without)]
    rows.append([f"**{t('blocks.total')}**", *(f"**{n:,}**" for n in totals)])
    st.markdown(
        f"#### {t(f'blocks.costs_{title}_inception', c=c_in, size=f'{size[0]} × {size[1]}')}"
    )
    st.markdown(table(head, rows))
    channels = [widths[0] + widths[2] + widths[4] + more for more in (widths[5], c_in)]
    st.markdown(
        t(
            "blocks.reduced_ratio",
            ratio=ratio(totals[3], totals[2]),
            channels=channels[0],
            naive=channels[1],
        )
    )


def _ways_table(title: str, ways: dict[str, Layers], groups: int) -> None:
    head = [t("blocks.way_name"), t("blocks.layers"), t("costs.parameters"), t("costs.macs")]
    rows = []
    for name, layers in ways.items():
        said = " → ".join(
            f"{layer.c_out}@{layer.kernel_size[0]}×{layer.kernel_size[1]}"
            + (f", g {layer.groups}" if layer.groups > 1 else "")
            for layer in layers
        )
        label = t(f"blocks.cost_way.{name}", groups=groups)
        rows.append([label, said, f"{parameters({name: layers}):,}", f"{macs({name: layers}):,}"])
    st.markdown(f"#### {title}")
    st.markdown(table(head, rows))


# ---- how a residual block starts


@st.cache_data(
    max_entries=32,
    show_spinner=False,
    hash_funcs={torch.Tensor: lambda x: (tuple(x.shape), x.numpy().tobytes())},
)
def _starts(
    form: Form, x: torch.Tensor
) -> tuple[dict[str, float], dict[str, FirstSteps], dict[str, list[float]]]:
    """Apart, the first steps and the way through many blocks, with γ = 0 and with γ = 1."""
    forms = {
        "zero": replace(form, zero_init_residual=True),
        "one": replace(form, zero_init_residual=False),
    }
    return (
        {name: apart(start, x) for name, start in forms.items()},
        {name: first_steps(start, x) for name, start in forms.items()},
        {name: through(start, x) for name, start in forms.items()},
    )


def start_panel(now: BlockSettings) -> None:
    """`zero_init_residual`: the block begins as its shortcut, and how long it stays so."""
    differences, steps, signals = _starts(form_of(now), input_of(now))
    name = t("blocks.start_zero"), t("blocks.start_one")
    st.markdown(
        t(
            "blocks.start_apart",
            zero=short(differences["zero"], 3),
            one=short(differences["one"], 3),
        )
    )
    zero, one = steps["zero"], steps["one"]
    st.markdown(
        t(
            "blocks.start_gradient",
            conv=short(zero.conv_gradient[0], 3),
            scale=short(zero.scale_gradient[0], 3),
            conv_next=short(zero.conv_gradient[1], 3),
            conv_one=short(one.conv_gradient[0], 3),
        )
    )
    left, right = st.columns(2)
    with left:
        st.markdown(t("blocks.start_added"))
        curves = {name[0]: zero.added, name[1]: one.added}
        figure = two_starts(curves, x=t("blocks.update"), y=t("blocks.added_share"))
        chart(figure, "blocks.added")
    with right:
        st.markdown(t("blocks.start_depth"))
        curves = {name[0]: signals["zero"], name[1]: signals["one"]}
        figure = two_starts(curves, x=t("blocks.in_a_row"), y=t("blocks.signal"))
        chart(figure, "blocks.depth")
    first, last = (short(loss, 3) for loss in (zero.loss[0], zero.loss[-1]))
    n = len(zero.loss) - 1
    st.caption(t("blocks.start_task", n=n, rate=RATE, first=first, last=last))
