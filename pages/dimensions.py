"""One, two and three dimensions: where a window can move, over signals, pictures and volumes."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.components.products import products
from cnnviz.ops import Walk
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.dimensions import dimension_controls, edit, editable, walk_of, ways_to_fit
from cnnviz.ui.edits import take_edits
from cnnviz.ui.formula import formula
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.kinds import KindsSettings, kinds_panel
from cnnviz.ui.panels import panels
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, whole
from cnnviz.ui.sound import SoundSettings, signal_panel, sound_panel
from cnnviz.ui.staging import show_stage
from cnnviz.ui.takeaway import Takeaway, takeaway, walk_takeaway

PAGE = "dimensions"
STAGE = f"{PAGE}.stage"
SIGNAL = 230  # pixels: a signal leaves room for what is below it
PANELS = ("kinds", "signal", "sound", "formula", "code", "products", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(KindsSettings, SoundSettings):
    """Everything that is on this page."""

    panel: str = choice("kinds", PANELS, view=True)
    step: int = whole(1, 1, 1_000_000, written=False, view=True)  # the stage writes it


def main() -> None:
    """The page: the walk of one kind, and below it what the kinds have in common or not."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, STAGE, edit)
    controls, picture = frame.workbench(t("page.dimensions.title"), t("page.dimensions.lead"))
    with picture:
        walk = show(desk)
    with controls:
        dimension_controls(desk)
        takeaway(f"{PAGE}.take", PAGE, walk and taken(walk))
    if walk:
        with picture:
            panels(desk, PANELS, lambda name: panel(name, desk, walk))
    frame.close(desk)


def show(desk: Desk[Settings]) -> Walk | None:
    """The stage, or in its place what does not fit and the way back."""
    try:
        walk = walk_of(desk.now)
    except Problem as problem:
        refusal(desk, problem, ways_to_fit(desk.now))
        return None
    line = desk.now.kind == "1d"
    hint = {} if editable(desk.now) else {"hint": t("dimensions.hint")}
    show_stage(
        desk,
        walk,
        STAGE,
        strings=texts("stage") | hint,
        tags=tags(walk),
        editable=editable(desk.now),
        height=SIGNAL if line and not frame.classroom() else None,
        flat=line,
    )
    return walk


def tags(walk: Walk) -> dict[str, list[str]]:
    """The names of several slices; those of the kernel and output count in depth as well."""
    planes = {"input": walk.input, "kernel": walk.kernel, "output": walk.output}
    if len(walk.axes) == 2 and not walk.bare:
        planes["kernel"] = walk.kernel[0]
    return {
        name: [t("dimensions.tag", n=n + 1) for n in range(len(tensor))]
        for name, tensor in planes.items()
        if tensor.ndim == 3
    }


def taken(walk: Walk) -> Takeaway:
    """What the export buttons hand out."""
    return walk_takeaway(walk, t("page.dimensions.title"), t("page.dimensions.lead"))


def panel(name: str, desk: Desk[Settings], walk: Walk) -> None:
    """One of the tabs."""
    if name == "kinds":
        kinds_panel(desk)
    elif name in ("signal", "sound") and desk.now.kind != "1d":
        st.info(t("sound.only_1d"))
        st.button(t("sound.to_1d"), on_click=desk.change, kwargs={"kind": "1d"})
    elif name == "signal":
        signal_panel(desk)
    elif name == "sound":
        sound_panel(desk)
    elif name == "formula":
        formula(walk)
    elif name == "code":
        st.code(taken(walk).code, language="python", height=360)
    elif name == "products":
        products(f"{PAGE}.products", texts("stage") | texts("products"))
    else:
        st.markdown(lesson("dimensions"))


main()
