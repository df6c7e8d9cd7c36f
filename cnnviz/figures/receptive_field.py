"""Theoretical and effective receptive fields, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
from plotly.graph_objects import Figure
from torch import Tensor

from cnnviz.figures.style import BLUE, GREY, ORANGE, finish
from cnnviz.models import Span
from cnnviz.models.effective_field import EFFECTIVE

# from no weight at all, the page's own ground, to the kernel's orange
HEAT = [[0, "rgba(217,119,6,0)"], [0.25, "rgba(217,119,6,0.45)"], [1, "rgba(217,119,6,1)"]]
POWER = 0.5  # of the gradient: its root, which shows the faint rim as well


def heat_map(effective: Tensor, field: Sequence[Span], words: Mapping[str, str]) -> Figure:
    """The gradient of each pixel (H, W), with the theoretical frame and the effective contour.

    Args:
        field: the theoretical field's rows and columns.
        words: "theoretical", "effective", "row", "column", "share".
    """
    share = effective / (float(effective.max()) or 1.0)
    figure = Figure(_heat(share, words))
    if share.any():
        figure.add_trace(_contour(share, words["effective"]))
    figure.add_trace(_frame(field, words["theoretical"]))
    rows, cols = effective.shape
    edge = {"type": "rect", "x0": 0.5, "y0": 0.5, "x1": cols + 0.5, "y1": rows + 0.5}
    figure.add_shape(**edge, line={"color": GREY, "width": 1})
    finish(figure, 440)
    figure.update_xaxes(range=_range(field[1], cols), showgrid=False, zeroline=False)
    figure.update_yaxes(
        range=_range(field[0], rows)[::-1],
        showgrid=False,
        zeroline=False,
        scaleanchor="x",
        constrain="domain",
    )
    return figure


def _heat(share: Tensor, words: Mapping[str, str]) -> go.Heatmap:
    return go.Heatmap(
        z=(share**POWER).tolist(),
        customdata=share.tolist(),
        x0=1,
        y0=1,
        zmin=0,
        zmax=1,
        colorscale=HEAT,
        showscale=False,
        hovertemplate=(
            f"{words['row']} %{{y}}, {words['column']} %{{x}}<br>"
            f"{words['share']} %{{customdata:.1%}}<extra></extra>"
        ),
    )


def _contour(share: Tensor, name: str) -> go.Contour:
    return go.Contour(
        z=share.tolist(),
        x0=1,
        y0=1,
        contours={"start": EFFECTIVE, "end": EFFECTIVE, "size": 1, "coloring": "none"},
        line={"color": ORANGE, "width": 2.5, "smoothing": 0},
        name=name,
        showlegend=True,
        hoverinfo="skip",
    )


def _frame(field: Sequence[Span], name: str) -> go.Scatter:
    (top, bottom), (left, right) = ((span.first + 0.5, span.last + 1.5) for span in field)
    return go.Scatter(
        x=[left, right, right, left, left],
        y=[top, top, bottom, bottom, top],
        mode="lines",
        line={"color": BLUE, "width": 2.5, "dash": "dash"},
        name=name,
        hoverinfo="skip",
    )


def _range(span: Span, n: int) -> list[float]:
    """From the first to the last of picture and field, with a little room."""
    room = 0.03 * n
    return [min(0, span.first) + 0.5 - room, max(n - 1, span.last) + 1.5 + room]


def growth_curve(
    theoretical: Sequence[int], effective: Sequence[float | None], words: Mapping[str, str]
) -> Figure:
    """Both sizes after each layer. `words`: "theoretical", "effective", "layer", "size"."""
    depths = list(range(1, len(theoretical) + 1))
    figure = Figure()
    for sizes, name, colour, dash in (
        (theoretical, words["theoretical"], BLUE, "dash"),
        (effective, words["effective"], ORANGE, "solid"),
    ):
        figure.add_trace(
            go.Scatter(
                x=depths,
                y=list(sizes),
                name=name,
                mode="lines+markers",
                line={"color": colour, "width": 2.5, "dash": dash},
                marker={"size": 8},
                hovertemplate="%{y:.1f}<extra>%{fullData.name}</extra>",
            )
        )
    finish(figure, 320, x=words["layer"], y=words["size"])
    figure.update_xaxes(dtick=1)
    figure.update_yaxes(rangemode="tozero")
    return figure
