"""Function classes (d2l 8.6.1, 8.6.2): nested or not, and the block that starts as the identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.ui import frame
from cnnviz.ui.classes import depth, fits, identity, regions
from cnnviz.ui.classes.depth import DepthSettings
from cnnviz.ui.classes.fits import FitSettings
from cnnviz.ui.classes.identity import IdentitySettings
from cnnviz.ui.classes.regions import RegionSettings
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.i18n import lesson, t
from cnnviz.ui.panels import panels
from cnnviz.ui.settings import choice
from cnnviz.ui.takeaway import Takeaway, takeaway
from cnnviz.ui.topics import topic_control

PAGE = "function-classes"
TOPICS: dict[str, Any] = {
    "regions": regions,
    "fits": fits,
    "identity": identity,
    "depth": depth,
}
PANELS = {
    "regions": ("numbers", "code", "lesson"),
    "fits": ("numbers", "code", "lesson"),
    "identity": ("learning_identity", "code", "lesson"),
    "depth": ("numbers", "code", "lesson"),
}
EVERY_PANEL = ("numbers", "learning_identity", "code", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(RegionSettings, FitSettings, IdentitySettings, DepthSettings):
    """Everything that is on this page."""

    topic: str = choice("regions", tuple(TOPICS))
    panel: str = choice("numbers", EVERY_PANEL, view=True)


def main() -> None:
    """The page: a topic's picture, its controls, and the details below."""
    desk = frame.desk(PAGE, Settings)
    for topic in (regions, identity):
        take_edits(desk, topic.key(PAGE), topic.apply_edit)
    controls, picture = frame.workbench(
        t("page.function-classes.title"), t("page.function-classes.lead")
    )
    with picture:
        topic_control(desk, TOPICS, "classes")
        scene = TOPICS[desk.now.topic].show(desk)
    with controls:
        TOPICS[desk.now.topic].controls(desk)
        takeaway(f"{PAGE}.take", f"{PAGE}-{desk.now.topic}", scene and taken(desk, scene))
    if scene:
        with picture:
            panels(desk, PANELS[desk.now.topic], lambda name: panel(name, desk, scene))
    frame.close(desk)


def taken(desk: Desk[Settings], scene: Any) -> Takeaway:
    """What the export buttons hand out."""
    found: Takeaway = TOPICS[desk.now.topic].taken(desk.now, scene)
    return found


def panel(name: str, desk: Desk[Settings], scene: Any) -> None:
    """One of the tabs."""
    if name == "numbers":
        TOPICS[desk.now.topic].numbers(desk, scene)
    elif name == "learning_identity":
        identity.learning_panel(desk)
    elif name == "code":
        st.code(taken(desk, scene).code, language="python", height=360)
    else:
        st.markdown(lesson("function-classes"))


main()
