"""Padding and stride (d2l 7.3), and where a stride of a half leads: transposed convolution."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st
from torch import Tensor

from cnnviz.components.products import products
from cnnviz.components.stage import Edit
from cnnviz.export.code import transposed_code
from cnnviz.export.sheet import Panel, sheet_gif, sheet_png
from cnnviz.ops import Painting, Walk, correlate, correlate_transposed
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.conventions import conventions, transposed_formula
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.grids import can_edit
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.inputs import (
    INPUTS,
    InputSettings,
    can_draw,
    edit_input,
    input_controls,
    input_plane,
)
from cnnviz.ui.kernels import CHOICES, KernelSettings, edit_kernel, kernel_controls, kernel_of
from cnnviz.ui.operation import window_of
from cnnviz.ui.pairs import pair_control
from cnnviz.ui.panels import panels
from cnnviz.ui.reads import reads
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import Pair, choice, pair, whole
from cnnviz.ui.sliding import SlidingSettings, sliding_controls, ways_to_fit
from cnnviz.ui.staging import show_stage
from cnnviz.ui.takeaway import Takeaway, takeaway, walk_takeaway

PAGE = "padding-and-stride"
STAGE = f"{PAGE}.stage"
KINDS = ("convolution", "transposed")
PANELS = ("conventions", "reads", "code", "products", "lesson")
SMALL = 8  # a side of an input whose strokes are watched one by one

# d2l 7.3, the table of output shapes on 8 × 8: kernel, padding and stride
EXAMPLES: dict[str, tuple[Pair, Pair, Pair]] = {
    "same": ((3, 3), (1, 1), (1, 1)),
    "uneven": ((5, 3), (2, 1), (1, 1)),
    "halved": ((3, 3), (1, 1), (2, 2)),
    "apart": ((3, 5), (0, 1), (3, 4)),
}


@dataclass(frozen=True, kw_only=True)
class Settings(InputSettings, KernelSettings, SlidingSettings):
    """Everything that is on this page."""

    kind: str = choice("convolution", KINDS)
    input: str = choice("diagonal", INPUTS)
    kernel: str = choice("diagonal-down", CHOICES)
    output_padding: Pair = pair((0, 0), 0, 7)
    panel: str = choice("conventions", PANELS, view=True)
    step: int = whole(1, 1, 1_000_000, written=False, view=True)  # the stage writes it


Scene = Walk | Painting


def main() -> None:
    """The page: the stage first, for it is what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, stage_key(desk.now), apply_edit)
    controls, picture = frame.workbench(
        t("page.padding-and-stride.title"), t("page.padding-and-stride.lead")
    )
    with picture:
        scene = show(desk)
    with controls:
        settings_controls(desk)
        takeaway(f"{PAGE}.take", PAGE, scene and taken(scene))
    if scene:
        names = [name for name in PANELS if name != "products" or isinstance(scene, Walk)]
        with picture:
            panels(desk, names, lambda name: panel(name, scene))
    frame.close(desk)


def stage_key(now: Settings) -> str:
    """The two kinds of picture are two stages."""
    return STAGE if now.kind == "convolution" else f"{STAGE}.{now.kind}"


def apply_edit(now: Settings, edit: Edit) -> Settings:
    """The settings after an edit of the input or the kernel."""
    if edit.detail.get("plane") == "kernel":
        return edit_kernel(now, edit, flipped=False)
    return edit_input(now, edit)


# ---- the stage


def show(desk: Desk[Settings]) -> Scene | None:
    """The stage, or in its place what does not fit and the way back."""
    now = desk.now
    x, kernel = input_plane(now), kernel_of(now)
    try:
        scene = scene_of(now, x, kernel)
    except Problem as problem:
        refusal(desk, problem, ways_out(now, x, kernel, problem))
        return None
    show_stage(
        desk,
        scene,
        stage_key(now),
        editable=frozenset({"input", "kernel"} if can_edit(x) else {"kernel"}),
        draw=can_draw(now),
        brush=now.input == "draw",
    )
    return scene


def scene_of(now: Settings, x: Tensor, kernel: Tensor) -> Scene:
    """What these settings make; raises `Problem` where they do not fit together."""
    window = window_of(now, kernel)
    if now.kind == "convolution":
        return correlate(x, kernel, window, padding_mode=now.padding_mode)
    painting = correlate_transposed(x, kernel, window, now.output_padding)
    _ = painting.partials  # says where every stroke would be too much to show
    return painting


def ways_out(
    now: Settings, x: Tensor, kernel: Tensor, problem: Problem
) -> dict[str, dict[str, object]]:
    """Buttons that mend the settings: label → changes."""
    if now.kind == "convolution":
        return ways_to_fit(now, tuple(x.shape), kernel, problem)
    if problem.kind == "painting_large":
        small = {"input": "ramp", "kernel": "ramp", "stride": (2, 2), "padding": (0, 0)}
        return {t("padding-and-stride.use_ramp"): small | {"output_padding": (0, 0)}}
    return {
        t("padding-and-stride.no_output_padding"): {"output_padding": (0, 0)},
        t("refusal.padding", padding=0): {"padding": (0, 0), "output_padding": (0, 0)},
    }


# ---- the controls


def settings_controls(desk: Desk[Settings]) -> None:
    """The kind, the course's examples, and what both kinds have."""
    st.segmented_control(
        t("padding-and-stride.kind"),
        KINDS,
        format_func=lambda name: t(f"padding-and-stride.kind_name.{name}"),
        label_visibility="collapsed",
        width="stretch",
        required=True,
        **desk.bind("kind", take=take_kind),
    )
    convolution = desk.now.kind == "convolution"
    if convolution:
        example_control(desk)
    input_controls(desk, lambda before, now: now)
    kernel_controls(desk)
    sliding_controls(desk, kernel_of(desk.now), transposed=not convolution)
    if not convolution:
        pair_control(desk, "output_padding", t("padding-and-stride.output_padding"))


def take_kind(now: Settings, kind: str) -> Settings:
    """The other kind; a transposed convolution begins small, with a stride."""
    now = replace(now, kind=kind)
    if kind == "transposed" and max(input_plane(now).shape) > SMALL - 1:
        return replace(now, input="ramp", kernel="ramp", stride=(2, 2), padding=(0, 0))
    return now


def example_control(desk: Desk[Settings]) -> None:
    """The rows of the course's table; what the reader has changed is none of them."""

    def take(now: Settings, name: str) -> Settings:
        if name not in EXAMPLES:
            return now
        size, padding, stride = EXAMPLES[name]
        weights = ((1.0,) * size[1],) * size[0]
        moved = replace(now, stride=stride, padding=padding, dilation=(1, 1), padding_mode="zeros")
        return replace(moved, input="diagonal", kernel="own", weights=weights)

    st.selectbox(
        t("padding-and-stride.example"),
        ["none", *EXAMPLES],
        format_func=lambda name: t(f"padding-and-stride.example_name.{name}"),
        **desk.bind("example", example_of(desk.now), take),
    )


def example_of(now: Settings) -> str:
    """Which row of the table these settings are."""
    size = tuple(kernel_of(now).shape)
    now_is = (size, now.padding, now.stride)
    plain = now.input == "diagonal" and now.dilation == (1, 1)
    found = [name for name, row in EXAMPLES.items() if plain and now_is == row]
    return found[0] if found else "none"


# ---- below the stage


def panel(name: str, scene: Scene) -> None:
    """One of the tabs."""
    if name == "conventions":
        formulas(scene)
    elif name == "reads":
        reads(scene, PAGE)
    elif name == "code":
        st.code(taken(scene).code, language="python", height=360)
    elif name == "products":
        products(f"{PAGE}.products", texts("stage") | texts("products"))
    else:
        st.markdown(lesson("padding-and-stride"))


def formulas(scene: Scene) -> None:
    """Sizes with the reader's numbers in them."""
    if isinstance(scene, Walk):
        conventions(scene)
    else:
        transposed_formula(scene)


# ---- take it along


def taken(scene: Scene) -> Takeaway:
    """What the export buttons hand out."""
    title, lead = t("page.padding-and-stride.title"), t("page.padding-and-stride.lead")
    if isinstance(scene, Walk):
        return walk_takeaway(scene, title, lead)
    return Takeaway(
        title,
        (t("padding-and-stride.transposed_lead"),),
        transposed_code(scene),
        scene.output,
        lambda step, dark: sheet_png(stroke_panels(scene, step), dark),
        lambda dark: sheet_gif([stroke_panels(scene, i) for i in range(len(scene))], dark),
    )


def stroke_panels(scene: Painting, step: int) -> list[Panel]:
    """The input, the kernel and the whole canvas after one stroke."""
    stroke = scene.step(step)
    row, col = stroke.index
    down, across = (
        (taps[0] + axis.padding, axis.extent)
        for taps, axis in zip(stroke.cells, scene.axes, strict=True)
    )
    window = (down[0], across[0], down[1], across[1])
    return [
        Panel("X", scene.input, "input", ((row, col, 1, 1),)),
        Panel("K", scene.kernel, "kernel"),
        Panel("Y", scene.partials[step], "output", (window,)),
    ]


main()
