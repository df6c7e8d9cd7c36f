"""Figures of the way from a dense layer to a convolution (d2l 7.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plotly.graph_objects import Bar, Figure, Scatter

from cnnviz.data.shapes import SHAPES
from cnnviz.figures.style import GREY, ORANGE, VIOLET, finish
from cnnviz.ops.dense import Count
from cnnviz.training.shapes import Look

COLOURS = {"dense": VIOLET, "convolution": ORANGE}
DASHES = {"left": "solid", "right": "dot"}


def collapse(counts: Sequence[Count], names: Mapping[str, str], title: str) -> Figure:
    """How many weights each step leaves, on a logarithmic scale, the first on top.

    `names`: of the steps, in the reader's language; `title`: of the axis.
    """
    figure = Figure(
        Bar(
            x=[count.weights for count in counts],
            y=[names[count.step] for count in counts],
            text=[f"{count.weights:,}" for count in counts],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            marker_color=[VIOLET if count.step == "dense" else ORANGE for count in counts],
            hovertemplate="%{y}: %{x:,}<extra></extra>",
        )
    )
    finish(figure, 250, x=title, legend=False)
    # a logarithmic axis has no zero: bars of one weight are still to be seen
    most = max(count.weights for count in counts)
    figure.update_xaxes(
        type="log", range=[-0.3, len(str(most)) + 0.4], dtick=1, exponentformat="power"
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(margin_r=60)
    return figure


def accuracies(
    looks: Sequence[Look], epochs: int, names: Mapping[str, str], x: str, y: str, chance: str
) -> Figure:
    """Both networks' accuracy on both halves, in percent, over the epochs to come.

    `names`: "dense-left", "dense-right" and so on; `x`, `y`: the axes' titles; `chance`: what
    the line of pure guessing is called.
    """
    figure = Figure()
    for network, colour in COLOURS.items():
        for half, dash in DASHES.items():
            figure.add_trace(
                Scatter(
                    x=[look.epoch for look in looks],
                    y=[100 * look.scores[network][half].accuracy for look in looks],
                    name=names[f"{network}-{half}"],
                    mode="lines",
                    line={"color": colour, "dash": dash, "width": 3},
                )
            )
    guess = 100 / len(SHAPES)
    figure.add_hline(guess, line={"color": GREY, "width": 1}, annotation_text=chance)
    finish(figure, 340, x=x, y=y, hovermode="x unified")
    figure.update_xaxes(range=[0, epochs])
    figure.update_yaxes(range=[0, 104], ticksuffix=" %")
    figure.update_traces(hovertemplate="%{y:.1f} %")
    return figure
