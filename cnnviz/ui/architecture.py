"""The page of one network: its headline, its columns, what does not fit, what is taken along."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import streamlit as st

from cnnviz.components.network import COLUMNS, NetworkTable, network
from cnnviz.components.stage import Edit
from cnnviz.export.network import network_png, table_csv
from cnnviz.export.network_code import network_code
from cnnviz.models.diagram import diagram
from cnnviz.models.layers import sizes
from cnnviz.models.plan import Plan
from cnnviz.models.rows import totals
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t, texts
from cnnviz.ui.networks import ALONE, Side, plan_of, plan_title
from cnnviz.ui.takeaway import Takeaway

CHOSEN = ("output", "parameters", "how", "macs", "field")
MOST_OPEN = 64
MEGA, GIGA = 10**6, 10**9


def headline(plan: Plan) -> str:
    """Who wrote of it, and what it costs: the line below the network's name."""
    sums = totals(plan.rows)
    words = {
        "origin": origin(plan),
        "parameters": f"{sums.parameters:,}",
        "macs": f"{sums.macs:,}",
        "flops": flops_text(2 * sums.macs),
    }
    line = t("architecture.headline", **words)
    return line if plan.fits else f"{line} · {t('architecture.so_far')}"


def flops_text(n: int) -> str:
    """0.83 MFLOPs, 8.18 GFLOPs."""
    if n >= GIGA:
        return f"{n / GIGA:,.2f} GFLOPs"
    mega = n / MEGA
    return f"{mega:.2f} MFLOPs" if mega >= 0.1 else f"{mega:.2g} MFLOPs"


def origin(plan: Plan) -> str:
    """The network's paper and year."""
    found = plan.network
    if found.paper:
        return t("networks.paper", paper=found.paper, year=found.year)
    return t("networks.own") if found.name == "free" else t("networks.course")


def take_edit(now: Any, edit: Edit) -> Any:
    """The settings after a row was picked, or a block opened or folded."""
    if edit.kind == "pick":
        return replace(now, row=picked_row(edit))
    return with_block(now, edit)


def picked_row(edit: Edit) -> int:
    """The row that was picked, counted from 1; 0 where one was let go."""
    return _whole(edit, "row", -1) + 1


def with_block(now: Any, edit: Edit) -> Any:
    """The settings after a block was opened or folded."""
    path, on = edit.detail.get("group"), edit.detail.get("on")
    if edit.kind != "open" or not isinstance(path, str):
        raise Problem("edit_damaged")
    rest = tuple(other for other in now.open if other != path)
    return replace(now, open=(*rest, path)[-MOST_OPEN:] if on else rest)


def _whole(edit: Edit, name: str, low: int) -> int:
    value = edit.detail.get(name)
    if type(value) is not int or value < low:
        raise Problem("edit_damaged")
    return value


def columns_control(desk: Desk[Any]) -> None:
    """Which columns the table has."""

    def take(now: Any, chosen: list[str]) -> Any:
        kept = tuple(name for name in COLUMNS if name in chosen)
        return replace(now, columns=kept) if kept else now

    with st.popover(t("architecture.columns"), icon=":material/view_column:", width="content"):
        st.pills(
            t("architecture.columns"),
            [name for name in COLUMNS if name != "layer"],
            selection_mode="multi",
            format_func=lambda name: t(f"network.col_{name}"),
            label_visibility="collapsed",
            **desk.bind("columns", list(desk.now.columns), take),
        )


def show_networks(
    desk: Desk[Any],
    key: str,
    tables: Sequence[NetworkTable],
    chosen: int | tuple[int, int] | None,
) -> None:
    """The networks of a page that has the settings `columns` and `open`."""
    network(
        key,
        tables,
        texts("network"),
        columns=desk.now.columns,
        open=desk.now.open,
        chosen=chosen,
        say=explain,
        undo=bool(desk.history.past),
        redo=bool(desk.history.future),
        link=desk.history.link,
        done=desk.history.done,
        classroom=frame.classroom(),
    )


def misfit(
    desk: Desk[Any],
    plan: Plan,
    ways_out: Callable[[], Mapping[str, Mapping[str, Any]]],
    where: str = "",
) -> None:
    """What does not fit in the last row, and one click to what does.

    `where`: which network it is, where there are two.
    """
    last = plan.rows[-1]
    if not last.problem:
        return
    with st.container(border=True, key=f"misfit {where}".strip()):
        layer = f"{last.kind} (`{last.path}`)" if last.path else last.kind
        name = f"{where}, {layer}" if where else layer
        st.warning(t("architecture.misfit", layer=name, why=explain(last.problem)))
        with st.container(horizontal=True):
            if desk.history.past:
                key = f"{desk.page}.misfit.{where}.undo"
                st.button(t("refusal.undo"), key=key, on_click=desk.undo, type="primary")
            for label, changes in ways_out().items():
                key = f"{desk.page}.misfit.{where}.{label}"
                st.button(label, key=key, on_click=desk.change, kwargs=dict(changes))


def ways_to_fit(now: Any, side: Side = ALONE) -> dict[str, dict[str, Any]]:
    """Buttons that lead to what fits: another input, or the options as they were printed.

    There is always one: where no single change is enough, it starts anew altogether.
    """
    single: dict[str, dict[str, Any]] = {
        "follow": {"made_for": "input"},
        "usual_input": {"size": (0, 0)},
        "anew": {"options": ()},
    }
    prefixed = {
        t(f"architecture.{name}"): {side.prefix + key: value for key, value in changes.items()}
        for name, changes in single.items()
    }
    ways = {
        label: changes
        for label, changes in prefixed.items()
        if plan_of(replace(now, **changes), side).fits
    }
    anew = {key: value for changes in prefixed.values() for key, value in changes.items()}
    return ways or {t("architecture.anew"): anew}


@lru_cache(16)
def code_of(plan: Plan) -> str:
    """PyTorch that rebuilds the network and asserts its table."""
    return network_code(plan.network.builder, plan.values, plan.input_shape, plan.rows)


def network_takeaway(plan: Plan, open_blocks: tuple[str, ...]) -> Takeaway:
    """Picture, table and code of one network."""

    def png(_: int, dark: bool) -> bytes:
        drawn = diagram(plan.rows, plan.input_shape, open_blocks)
        return network_png(drawn, picture_lines(plan), dark)

    return Takeaway(
        plan_title(plan),
        (headline(plan),),
        code_of(plan),
        None,
        png,
        csv=lambda: table_csv(plan.rows),
    )


def picture_lines(plan: Plan) -> list[str]:
    """What stands above a picture, whose lettering has no Hangul: names and numbers."""
    sums = totals(plan.rows)
    shape = sizes(plan.input_shape)
    return [plan.title, f"{shape} · {sums.parameters:,} parameters · {sums.macs:,} MACs"]
