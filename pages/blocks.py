"""Blocks (d2l 8.2 to 8.7): what networks are built of, with the feature maps at every point."""

from __future__ import annotations

import streamlit as st

from cnnviz.components.block import BlockOptions, block
from cnnviz.export.block import block_code, block_panels
from cnnviz.export.sheet import sheet_gif, sheet_png
from cnnviz.models.taps import Tap, read_channels, steps_of, walk_to
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.blocks.controls import block_controls, picture_controls, weight_controls
from cnnviz.ui.blocks.panels import costs_panel, points_panel, small_kernels_panel, start_panel
from cnnviz.ui.blocks.settings import (
    BlockSettings,
    apply_edit,
    cell_in_hand,
    closed,
    form_of,
    has_colours,
    opened,
    panels_of,
    taps_of,
    ways_out,
)
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.panels import panels
from cnnviz.ui.photos import INKS
from cnnviz.ui.refusal import refusal
from cnnviz.ui.staging import show_stage
from cnnviz.ui.takeaway import Takeaway, takeaway, walk_takeaway

PAGE = "blocks"
PICTURE = f"{PAGE}.stage"


def main() -> None:
    """The page: the block first, or the stage of the map that was clicked."""
    desk = frame.desk(PAGE, BlockSettings)
    take_edits(desk, PICTURE, apply_edit)
    take_edits(desk, stage_key(desk.now), lambda now, _: now)
    controls, picture = frame.workbench(t("page.blocks.title"), t("page.blocks.lead"))
    with picture:
        taps = show(desk)
    with controls:
        block_controls(desk)
        picture_controls(desk)
        weight_controls(desk)
        takeaway(f"{PAGE}.take", PAGE, taps and taken(desk.now, taps))
    if taps:
        with picture:
            panels(desk, panels_of(desk.now), lambda name: panel(name, desk, taps))
    frame.close(desk)


def show(desk: Desk[BlockSettings]) -> list[Tap] | None:
    """The block, the open stage, or in their place what does not fit and the way back."""
    try:
        taps = taps_of(desk.now)
    except Problem as problem:
        ways = ways_out(desk.now, problem)
        refusal(desk, problem, {t(f"blocks.way.{name}"): ways[name] for name in ways})
        return None
    if found := opened(desk.now, taps):
        show_layer(desk, taps, *found)
    else:
        if desk.now.layer:  # a link's, to a point without a window
            desk.forget(layer=0, step=0)
        show_block(desk, taps)
    return taps


def show_block(desk: Desk[BlockSettings], taps: list[Tap]) -> None:
    """All points with their maps."""
    now, history = desk.now, desk.history
    frame.check_step(desk, now.step, len(steps_of(taps)))
    _, rows, cols = taps[0].value.shape
    options = BlockOptions(
        texts("stage") | texts("block"),
        channel=now.map - 1,
        cell=cell_in_hand(now, (rows, cols)),
        inks=INKS if has_colours(now) else (),
        undo=bool(history.past),
        redo=bool(history.future),
        step=desk.now.step - 1 if desk.now.step else None,
        link=history.link,
        classroom=frame.classroom(),
        done=history.done,
    )
    block(taps, PICTURE, options)


def stage_key(now: BlockSettings) -> str:
    """A stage for each map and cell that is opened, so that it starts where the click was."""
    return f"{PAGE}.{now.layer}.{now.map}.{now.row}.{now.col}"


def show_layer(desk: Desk[BlockSettings], taps: list[Tap], layer: int, channel: int) -> None:
    """The stage with a layer's own kernel and input, for one output channel."""
    tap = taps[layer]
    source = taps[tap.inputs[0]]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("blocks.back"),
            icon=":material/arrow_back:",
            on_click=lambda: desk.set(closed(desk.now)),
            width="content",
        )
        st.markdown(
            t(
                "blocks.opened",
                name=tap.name,
                channel=channel + 1,
                channels=len(tap.value),
                source=source.name,
            )
        )
    colours = has_colours(desk.now) and tap.inputs == (0,)
    read = read_channels(taps, tap, channel)
    names = [t(f"input.channel_name.{name}") for name in ("red", "green", "blue")]
    tags = [names[c] for c in read] if colours else [f"{source.name} · {c + 1}" for c in read]
    show_stage(
        desk,
        walk_to(taps, layer, channel),
        stage_key(desk.now),
        tags={"input": tags, "kernel": tags},
        inks=[INKS[c] for c in read] if colours else (),
        step=max(0, desk.now.step - 1),
        strings=texts("stage") | {"hint": t("blocks.hint_stage")},
    )


def taken(now: BlockSettings, taps: list[Tap]) -> Takeaway:
    """What the export buttons hand out: the open stage, or the block point by point."""
    title, lead = t("page.blocks.title"), t("page.blocks.lead")
    if found := opened(now, taps):
        return walk_takeaway(walk_to(taps, *found), title, lead)
    steps = steps_of(taps)
    return Takeaway(
        title,
        (lead,),
        block_code(form_of(now), taps),
        taps[-1].value,
        lambda step, dark: sheet_png(block_panels(taps, *steps[step]), dark, across=5),
        lambda dark: sheet_gif([block_panels(taps, *step) for step in steps], dark, 700, across=5),
    )


def panel(name: str, desk: Desk[BlockSettings], taps: list[Tap]) -> None:
    """One of the tabs."""
    if name == "points":
        points_panel(taps)
    elif name == "small-kernels":
        small_kernels_panel(desk)
    elif name == "at-start":
        start_panel(desk.now)
    elif name == "block-costs":
        costs_panel(desk.now)
    elif name == "code":
        st.code(block_code(form_of(desk.now), taps), language="python", height=420)
    else:
        st.markdown(lesson("blocks"))


main()
