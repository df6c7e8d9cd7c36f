"""Dense to convolution (d2l 7.1): a dense layer gives its weights up, idea by idea."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.components.boards import boards
from cnnviz.export.dense import dense_code, dense_gif, dense_png, expected
from cnnviz.ui import frame, settings
from cnnviz.ui.dense import (
    DenseSettings,
    Scene,
    drawing_controls,
    edit_drawing,
    layer_controls,
    picture,
    scene_of,
)
from cnnviz.ui.dense_panels import counts_panel, shift_panel
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.panels import panels
from cnnviz.ui.settings import choice
from cnnviz.ui.shapes import ShapesSettings, shapes_panel
from cnnviz.ui.takeaway import Takeaway, takeaway

PAGE = "dense-to-convolution"
BOARDS = f"{PAGE}.boards"
PANELS = ("counts", "shift", "shapes", "code", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(DenseSettings, ShapesSettings):
    """Everything that is on this page."""

    panel: str = choice("counts", PANELS, view=True)


def main() -> None:
    """The page: both matrices first, for they are what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, BOARDS, edit_drawing)
    controls, right = frame.workbench(
        t("page.dense-to-convolution.title"), t("page.dense-to-convolution.lead")
    )
    scene = scene_of(desk.now)
    with right:
        show(desk, scene)
    with controls:
        layer_controls(desk)
        drawing_controls(desk)
        takeaway(f"{PAGE}.take", PAGE, taken(desk.now, scene))
    with right:
        panels(desk, PANELS, lambda name: panel(name, desk, scene))
    frame.close(desk)


def show(desk: Desk[Settings], scene: Scene) -> None:
    """The boards."""
    boards(
        BOARDS,
        [picture(scene)],
        texts("boards"),
        undo=bool(desk.history.past),
        redo=bool(desk.history.future),
        link=desk.history.link,
        done=desk.history.done,
        largest=settings.LARGEST,
        classroom=frame.classroom(),
    )


def taken(now: Settings, scene: Scene) -> Takeaway:
    """What the export buttons hand out."""
    layers = (scene.dense, scene.shared, scene.x, scene.by)
    return Takeaway(
        t("page.dense-to-convolution.title"),
        (t("page.dense-to-convolution.lead"),),
        dense_code(*layers, now.seed),
        expected(*layers),
        lambda _, dark: dense_png(*layers, dark=dark),
        lambda dark: dense_gif(*layers, dark=dark),
    )


def panel(name: str, desk: Desk[Settings], scene: Scene) -> None:
    """One of the tabs."""
    if name == "counts":
        counts_panel(scene.counts, desk.now)
    elif name == "shift":
        shift_panel(scene, f"{PAGE}.shift", classroom=frame.classroom())
    elif name == "shapes":
        shapes_panel(desk)
    elif name == "code":
        st.code(taken(desk.now, scene).code, language="python", height=360)
    else:
        st.markdown(lesson("dense-to-convolution"))


main()
