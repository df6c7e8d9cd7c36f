"""A page that shows one of several topics at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st

from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t


def topic_control(desk: Desk[Any], names: Iterable[str], prefix: str) -> None:
    """Which topic: the setting `topic`, with the labels `<prefix>.topic_name.<name>`.

    Above the picture, so that it is at hand on a phone and on a projector too.
    """
    st.segmented_control(
        t(f"{prefix}.topic"),
        list(names),
        format_func=lambda name: t(f"{prefix}.topic_name.{name}"),
        label_visibility="collapsed",
        required=True,
        **desk.bind("topic"),
    )
