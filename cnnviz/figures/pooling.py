"""The larger and the smaller of two numbers as a curve made of a ReLU."""

from __future__ import annotations

import plotly.graph_objects as go
import torch

from cnnviz.figures.style import GREEN, GREY, ORANGE, finish
from cnnviz.ops.pooling_equals import extreme_by_relu

REACH = 10.0  # of a
NAMES = {
    "max": ("ReLU(a − b)", "max(a, b) = ReLU(a − b) + b"),
    "min": ("ReLU(b − a)", "min(a, b) = b − ReLU(b − a)"),
}


def relu_curve(a: float, b: float, mode: str) -> go.Figure:
    """max(a, b) (or, in `mode` "min", the smaller) over a, for this b, and the ReLU in it."""
    # the kink belongs on the curve
    along = torch.cat((torch.linspace(-REACH, REACH, 81), torch.tensor([b]))).sort().values
    fixed = torch.tensor(b)
    both = extreme_by_relu(along, fixed, mode)
    part = both - fixed if mode == "max" else fixed - both
    here = float(extreme_by_relu(torch.tensor(a), fixed, mode))
    figure = go.Figure(
        [
            go.Scatter(
                x=along.tolist(),
                y=part.tolist(),
                name=NAMES[mode][0],
                line={"color": GREY, "width": 2, "dash": "dot"},
            ),
            go.Scatter(
                x=along.tolist(), y=both.tolist(), name=NAMES[mode][1], line={"color": GREEN}
            ),
            go.Scatter(
                x=[a],
                y=[here],
                mode="markers",
                marker={"color": ORANGE, "size": 12},
                showlegend=False,
                hovertemplate="a = %{x}<br>%{y}<extra></extra>",
            ),
        ]
    )
    return finish(figure, 300, x="a")
