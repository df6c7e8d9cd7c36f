"""Between the convolutions: activation, batch normalisation, dropout and softmax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from cnnviz.ui import frame
from cnnviz.ui.between import activation, batchnorm, dropout, softmax
from cnnviz.ui.between.activation import ActivationSettings
from cnnviz.ui.between.batchnorm import BatchNormSettings
from cnnviz.ui.between.dropout import DropoutSettings
from cnnviz.ui.between.feature import edit_feature, making
from cnnviz.ui.between.softmax import SoftmaxSettings
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.i18n import lesson, t
from cnnviz.ui.panels import panels
from cnnviz.ui.settings import choice
from cnnviz.ui.takeaway import takeaway
from cnnviz.ui.topics import topic_control

PAGE = "between"
STAGE = f"{PAGE}.stage"
TOPICS: dict[str, Any] = {
    "activation": activation,
    "batchnorm": batchnorm,
    "dropout": dropout,
    "softmax": softmax,
}
PANELS = {
    "activation": ("equation", "making", "code", "lesson"),
    "batchnorm": ("equation", "running", "planes", "code", "lesson"),
    "dropout": ("equation", "making", "code", "lesson"),
    "softmax": ("equation", "temperature", "code", "lesson"),
}
EVERY_PANEL = tuple(dict.fromkeys(name for names in PANELS.values() for name in names))


@dataclass(frozen=True, kw_only=True)
class Settings(ActivationSettings, BatchNormSettings, DropoutSettings, SoftmaxSettings):
    """Everything that is on this page."""

    topic: str = choice("activation", tuple(TOPICS))
    panel: str = choice("equation", EVERY_PANEL, view=True)


def main() -> None:
    """The page: a topic's picture, its controls, and the details below."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, STAGE, edit_feature)
    topic = TOPICS[desk.now.topic]
    controls, picture = frame.workbench(t("page.between.title"), t("page.between.lead"))
    with picture:
        topic_control(desk, TOPICS, "between")
        scene = topic.show(desk)
    with controls:
        topic.controls(desk)
        takeaway(f"{PAGE}.take", f"{PAGE}-{desk.now.topic}", scene and topic.taken(desk.now, scene))
    if scene:
        with picture:
            panels(desk, PANELS[desk.now.topic], lambda name: panel(name, desk, scene))
    frame.close(desk)


def panel(name: str, desk: Desk[Settings], scene: Any) -> None:
    """One of the tabs."""
    topic = TOPICS[desk.now.topic]
    if name == "equation":
        topic.formula(desk, scene)
    elif name == "code":
        st.code(topic.taken(desk.now, scene).code, language="python", height=360)
    elif name == "making":
        making(desk, scene.walk, STAGE)
    elif name == "running":
        batchnorm.running_panel(desk, scene)
    elif name == "planes":
        batchnorm.planes(desk, scene)
    elif name == "temperature":
        softmax.temperature_panel(desk, scene)
    else:
        st.markdown(lesson("between"))


main()
