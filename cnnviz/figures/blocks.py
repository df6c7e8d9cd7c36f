"""How residual blocks start, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plotly.graph_objects import Figure, Scatter

from cnnviz.figures.style import BLUE, GREY, ORANGE, finish

INKS = (ORANGE, BLUE, GREY)


def two_starts(
    curves: Mapping[str, Sequence[float]], *, x: str, y: str, logarithmic: bool = False
) -> Figure:
    """A line for each way to start: name → its values from 0 on."""
    figure = Figure()
    dashes = ("solid", "dash", "dot")
    for (name, values), ink, dash in zip(curves.items(), INKS, dashes, strict=False):
        figure.add_trace(
            Scatter(
                x=list(range(len(values))),
                y=list(values),
                name=name,
                mode="lines+markers",
                line={"color": ink, "width": 3, "dash": dash},
                marker={"size": 7},
                hovertemplate="%{x}: %{y:.3g}<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_yaxes(type="log" if logarithmic else "linear", rangemode="tozero")
    return finish(figure, 320, x=x, y=y)
