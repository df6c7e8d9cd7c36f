"""Where settings do not fit together: which, why, and one click to what fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t


def refusal(desk: Desk[Any], problem: Problem, ways_out: Mapping[str, Mapping[str, Any]]) -> None:
    """Stand in for the stage, as high as it, so that the page does not jump.

    `ways_out`: the label of a button → the settings that it changes.
    """
    with st.container(border=True, key="refusal", vertical_alignment="center"):
        st.warning(explain(problem))
        with st.container(horizontal=True):
            if desk.history.past:
                st.button(t("refusal.undo"), on_click=desk.undo, type="primary")
            for label, changes in ways_out.items():
                st.button(label, on_click=desk.change, kwargs=dict(changes))
