"""Receptive field: what a deep cell sees of one's own picture, theoretically and in effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from cnnviz.components.field import FieldOptions, field
from cnnviz.components.stage import Edit
from cnnviz.export.sheet import sheet_gif, sheet_png
from cnnviz.export.stack import seen, stack_code, stack_panels
from cnnviz.models import feature_maps, field_table
from cnnviz.models.effective_field import WEIGHTS
from cnnviz.ops.windows import Cell
from cnnviz.problems import Problem
from cnnviz.ui import frame, settings
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.fields import Scene, effective_panel, table_panel
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.inputs import (
    GROUPS,
    InputSettings,
    can_draw,
    edit_input,
    input_controls,
    input_plane,
)
from cnnviz.ui.panels import panels
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, whole
from cnnviz.ui.stacks import (
    MOST_LAYERS,
    StackSettings,
    layer_line,
    layers_of,
    stack_controls,
    ways_to_fit,
)
from cnnviz.ui.takeaway import Takeaway, takeaway

PAGE = "receptive-field"
STAGE = f"{PAGE}.stage"
PANELS = ("effective", "field", "code", "lesson")
INPUTS = [name for names in GROUPS.values() for name in names]
LARGEST_SIDE = 128  # of a picture: what a gradient is computed for within one rerun
PICTURES = {"vgg": 64, "alexnet": 128}  # sides that these stacks need to show something


@dataclass(frozen=True, kw_only=True)
class Settings(InputSettings, StackSettings):
    """Everything that is on this page; row and column 0 are the middle, layer 0 is the last."""

    input: str = choice("garment", INPUTS)
    side: int = whole(64, 8, LARGEST_SIDE)
    weights: str = choice("relu", WEIGHTS)
    seed: int = whole(0, 0, 999)
    layer: int = whole(0, 0, MOST_LAYERS)
    row: int = whole(0, 0, 1000)
    col: int = whole(0, 0, 1000)
    panel: str = choice("effective", PANELS, view=True)
    # steps of the growth on view, 0 for all; the picture writes it
    step: int = whole(0, 0, MOST_LAYERS + 1, written=False, view=True)


def main() -> None:
    """The page: the stack of planes first, for it is what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, STAGE, apply_edit)
    controls, picture = frame.workbench(
        t("page.receptive-field.title"), t("page.receptive-field.lead")
    )
    with picture:
        scene = show(desk)
    with controls:
        input_controls(desk, lambda _, now: now)
        stack_controls(desk, with_fitting_picture)
        weight_controls(desk)
        takeaway(f"{PAGE}.take", PAGE, scene and taken(scene))
    if scene:
        with picture:
            panels(desk, PANELS, lambda name: panel(name, scene))
    frame.close(desk)


def apply_edit(now: Settings, edit: Edit) -> Settings:
    """The settings after another cell was chosen, or the input drawn on."""
    if edit.kind != "pick":
        return edit_input(now, edit)
    layer, cell = edit.detail.get("layer"), edit.detail.get("cell")
    if not isinstance(cell, list) or len(cell) != 2:
        raise Problem("edit_damaged")
    layers = layers_of(now)
    if not all(isinstance(i, int) and 0 <= i < 1000 for i in (layer, *cell)):
        raise Problem("edit_damaged")
    row, col = cell
    return replace(now, layer=0 if layer == len(layers) else layer, row=row + 1, col=col + 1)


def scene_of(now: Settings) -> Scene:
    """The stack's maps and the chosen cell; raises `Problem` where a layer does not fit."""
    x, layers = input_plane(now), layers_of(now)
    rows = field_table(layers, tuple(x.shape))
    layer = min(now.layer or len(layers), len(layers))
    cell = nearest((now.row, now.col), rows[layer].size)
    maps = feature_maps(layers, x, weights=now.weights, seed=now.seed)
    return Scene(layers, maps, layer, cell, now.weights, now.seed)


def nearest(place: Cell, size: Cell) -> Cell:
    """The cell at this place, counted from 1, or the nearest one; 0 is the middle."""
    return tuple(min(i, n) - 1 if i else (n - 1) // 2 for i, n in zip(place, size, strict=True))


def show(desk: Desk[Settings]) -> Scene | None:
    """The planes, or in their place what does not fit and the way back."""
    try:
        scene = scene_of(desk.now)
    except Problem as problem:
        refusal(desk, problem, ways_out(desk.now))
        return None
    frame.check_step(desk, desk.now.step, scene.layer + 1)
    lines = [layer_line(number, layer) for number, layer in enumerate(scene.layers, 1)]
    row, col = scene.cell
    field(
        scene.maps,
        scene.layers,
        STAGE,
        FieldOptions(
            [t("field.input"), *lines],
            texts("stage") | texts("field"),
            (scene.layer, row, col),
            draw=can_draw(desk.now),
            brush=desk.now.input == "draw",
            undo=bool(desk.history.past),
            redo=bool(desk.history.future),
            step=desk.now.step - 1 if desk.now.step else None,
            link=desk.history.link,
            done=desk.history.done,
            classroom=frame.classroom(),
        ),
    )
    return scene


def ways_out(now: Settings) -> dict[str, dict[str, Any]]:
    """What makes the stack fit: another stack, or a larger picture."""
    ways = ways_to_fit(now, tuple(input_plane(now).shape))
    larger = replace(now, input="photo", side=LARGEST_SIDE)
    try:
        field_table(layers_of(now), tuple(input_plane(larger).shape))
    except Problem:
        return ways
    changes = {"input": "photo", "side": LARGEST_SIDE}
    return {**ways, t("stack.larger", side=LARGEST_SIDE): changes}


def with_fitting_picture(now: Settings) -> Settings:
    """A newly chosen stack shows its last layer's middle, and a deep one brings a large picture."""
    now = replace(now, layer=0, row=0, col=0)
    if now.stack in PICTURES:
        return replace(now, input="photo", side=PICTURES[now.stack])
    return now


def weight_controls(desk: Desk[Settings]) -> None:
    """Which networks the maps and the effective field are of."""
    st.selectbox(
        t("stack.weights.label"),
        WEIGHTS,
        format_func=lambda name: t(f"stack.weights.{name}"),
        **desk.bind("weights"),
    )
    low, high = settings.limits(Settings, "seed")
    uniform = desk.now.weights == "uniform"
    st.number_input(t("stack.seed"), low, high, disabled=uniform, **desk.bind("seed"))


def taken(scene: Scene) -> Takeaway:
    """What the export buttons hand out: the chosen cell's field, growing."""
    maps, below = scene.maps[: scene.layer + 1], scene.below

    def drawn(step: int) -> Any:
        return stack_panels(maps, below, scene.cell, step)

    return Takeaway(
        t("page.receptive-field.title"),
        (t("page.receptive-field.lead"),),
        stack_code(below, scene.cell, scene.size),
        seen(below, scene.cell, scene.size),
        lambda step, dark: sheet_png(drawn(step), dark),
        lambda dark: sheet_gif([drawn(step) for step in range(len(maps))], dark, 900),
    )


def panel(name: str, scene: Scene) -> None:
    """One of the tabs."""
    if name == "effective":
        effective_panel(scene)
    elif name == "field":
        table_panel(scene)
    elif name == "code":
        st.code(taken(scene).code, language="python", height=420)
    else:
        st.markdown(lesson("receptive-field"))


main()
