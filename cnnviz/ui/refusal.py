"""Where settings do not fit together: which, why, and one click to what fits."""

from __future__ import annotations

from typing import Any

import streamlit as st

from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t


def refusal(desk: Desk[Any], problem: Problem) -> None:
    """Stand in for the stage, as high as it, so that the page does not jump."""
    with st.container(border=True, key="refusal", vertical_alignment="center"):
        st.warning(explain(problem))
        with st.container(horizontal=True):
            if desk.history.past:
                st.button(t("refusal.undo"), on_click=desk.undo, type="primary")
            if problem.kind == "window_too_large":
                padding = _fitting_padding(desk.now.padding, problem)
                label = t("refusal.padding", padding=padding)
                change = {"padding": padding}
                st.button(label, on_click=desk.change, kwargs=change)
                if desk.now.dilation > 1:
                    change = {"dilation": 1}
                    st.button(t("refusal.dilation"), on_click=desk.change, kwargs=change)


def _fitting_padding(padding: int, problem: Problem) -> int:
    """The least padding with which the window fits the axis that was too small."""
    extent, padded = problem.values["extent"], problem.values["padded"]
    assert isinstance(extent, int)
    assert isinstance(padded, int)
    return padding + -(-(extent - padded) // 2)
