"""Plotly figures on a page."""

from __future__ import annotations

import streamlit as st
from plotly.graph_objects import Figure

CONFIG = {"displayModeBar": False, "scrollZoom": False, "displaylogo": False}


def chart(figure: Figure, key: str) -> None:
    """Show a figure as wide as its place; `key` keeps it from being drawn anew on each run."""
    st.plotly_chart(figure, key=key, config=CONFIG)
