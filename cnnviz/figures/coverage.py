"""How often each cell is met by a window, as a heat map."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.graph_objects import Figure
from torch import Tensor

from cnnviz.figures.style import finish

WRITTEN = 16  # cells a side: more have no numbers in them
# from the page's own ground: what is never read is empty
HEAT = [[0, "rgba(59,120,224,0)"], [1, "rgba(59,120,224,0.6)"]]
INK = {False: "#0d1424", True: "#e6e9f0"}  # on every part of it, light or dark


def count_map(counts: Tensor, most: float, row: str, column: str, *, dark: bool) -> Figure:
    """The counts (rows, cols) as a heat map whose full colour is `most`.

    `row` and `column` name the axes for the pointer.
    """
    rows, cols = counts.shape
    written = max(rows, cols) <= WRITTEN
    heat = go.Heatmap(
        z=counts.tolist(),
        x0=1,
        y0=1,
        zmin=0,
        zmax=most or 1,
        colorscale=HEAT,
        showscale=not written,
        texttemplate="%{z:d}" if written else None,
        textfont={"color": INK[dark]},
        xgap=1 if written else 0,
        ygap=1 if written else 0,
        hovertemplate=f"{row} %{{y}}, {column} %{{x}}: %{{z:d}}<extra></extra>",
    )
    figure = finish(Figure(heat), 380, legend=False)
    figure.update_xaxes(showgrid=False, zeroline=False, showticklabels=False)
    figure.update_yaxes(
        showgrid=False,
        zeroline=False,
        showticklabels=False,
        autorange="reversed",
        scaleanchor="x",
        constrain="domain",
    )
    figure.update_xaxes(constrain="domain")
    return figure
