"""One look for all figures. Streamlit's theme puts in fonts, grounds and grid lines."""

from __future__ import annotations

from typing import Any

from plotly.graph_objects import Figure

# mid-tones that can be told from a light and from a dark ground (3:1)
BLUE, ORANGE, GREEN = "#3b78e0", "#d97706", "#149a73"  # input, kernel, output
VIOLET, RED, GREY = "#8b6ff0", "#de4a5c", "#7a869c"  # fully connected, warning, other


def finish(
    figure: Figure, height: int, *, x: str = "", y: str = "", legend: bool = True, **layout: Any
) -> Figure:
    """Put titles to the axes, close the gaps around, and keep one size of type."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 32, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        font={"size": 15},
        hoverlabel={"font": {"size": 15}},
        **layout,
    )
    figure.update_xaxes(title=x or None, automargin=True)
    figure.update_yaxes(title=y or None, automargin=True)
    return figure
