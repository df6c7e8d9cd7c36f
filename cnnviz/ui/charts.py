"""Plotly figures on a page."""

from __future__ import annotations

import streamlit as st
from plotly.graph_objects import Figure

CONFIG = {"displayModeBar": False, "scrollZoom": False, "displaylogo": False}


def chart(figure: Figure, key: str) -> None:
    """Show a figure as wide as its place; `key` keeps it from being drawn anew on each run."""
    st.plotly_chart(figure, key=key, config=CONFIG)


def ink() -> str:
    """The colour of words: Streamlit's own for figures is too pale on a light ground to be read."""
    return "#e6e9f0" if st.context.theme.type == "dark" else "#0d1424"
