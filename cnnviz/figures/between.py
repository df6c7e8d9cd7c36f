"""Figures of what lies between convolutions: activation, batch norm, dropout, softmax.

All words are the caller's, so that they are in the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from plotly.graph_objects import Bar, Figure, Scatter
from plotly.subplots import make_subplots
from torch import Tensor

from cnnviz.export.numbers import short
from cnnviz.figures.style import BLUE, GREEN, GREY, ORANGE, VIOLET, finish
from cnnviz.ops.activations import activate
from cnnviz.ops.dropout import Averaging
from cnnviz.ops.normalisation import Normalised, Statistics
from cnnviz.ops.softmax import softmax

BINS = 61  # odd, so that 0 is in the middle of one
REACH = 6.0  # the curve goes at least so far from 0
TEMPERATURES = torch.logspace(-1, 1, 81)  # 0.1 to 10


def bins(values: Tensor, low: float, high: float, count: int = BINS) -> tuple[Tensor, Tensor]:
    """The middles of `count` equal bins from `low` to `high`, and the share of values in each."""
    counts = torch.histc(values.float().flatten(), count, low, high)
    edges = torch.linspace(low, high, count + 1)
    return (edges[:-1] + edges[1:]) / 2, counts / values.numel()


def curve(name: str, values: Tensor, words: Mapping[str, str], marked: float) -> Figure:
    """The activation and its derivative; below, where the feature map's values lie.

    Args:
        words: "function", "derivative", "share", "value", "cell".
        marked: the value of the cell of that name, which gets a line through both.
    """
    reach = max(REACH, float(values.abs().max()))
    done = activate(torch.linspace(-reach, reach, 801), name)
    middles, shares = bins(values, -reach, reach)
    figure = make_subplots(2, 1, shared_xaxes=True, row_heights=[0.66, 0.34], vertical_spacing=0.05)
    for y, title, colour, dash in (
        (done.output, words["function"], GREEN, "solid"),
        (done.derivative, words["derivative"], ORANGE, "dash"),
    ):
        line = {"color": colour, "width": 3, "dash": dash}
        figure.add_trace(_line(done.input, y, title, line), row=1, col=1)
    figure.add_trace(_bars(middles, shares, words["share"], BLUE), row=2, col=1)
    line = {"color": VIOLET, "width": 2, "dash": "dot"}
    left = marked > 0.8 * reach or -0.8 * reach < marked < 0  # away from 0, within the figure
    figure.add_vline(marked, line=line, row=1, col=1)
    figure.add_vline(
        marked,
        line=line,
        row=2,
        col=1,
        annotation={"text": words["cell"], "xshift": -10 if left else 10},
        annotation_position="top left" if left else "top right",
    )
    finish(figure, 340, bargap=0)
    # ReLU and its kin have no upper end: what matters is where they bend
    top = float(done.output.max()) if reach == REACH or name in ("sigmoid", "tanh") else REACH
    low = float(done.output.min())
    figure.update_yaxes(range=[low - 0.08 * (top - low), 1.08 * top], row=1, col=1)
    figure.update_yaxes(title=words["share"], tickformat=".0%", row=2, col=1)
    figure.update_xaxes(title=words["value"], row=2, col=1)
    return figure


def histograms(done: Normalised, channels: Sequence[str], before: str, after: str) -> Figure:
    """Each channel's values before batch norm (left) and after (right), with their means.

    All have the same axis, so that widths can be compared. Shares are on a logarithmic scale: most
    of a picture's cells see nothing.
    """
    figure = make_subplots(
        len(channels),
        2,
        shared_xaxes="all",
        column_titles=[before, after],
        row_titles=list(channels),
        vertical_spacing=0.035,
        horizontal_spacing=0.08,
    )
    low = float(min(done.input.min(), done.output.min()))
    high = float(max(done.input.max(), done.output.max()))
    for col, (tensor, colour) in enumerate(((done.input, BLUE), (done.output, GREEN)), 1):
        for row, name in enumerate(channels, 1):
            values = tensor[:, row - 1]
            middles, shares = bins(values, low, high)
            trace = _bars(middles, shares, f"{name}, {(before, after)[col - 1]}", colour)
            figure.add_trace(trace, row=row, col=col)
            mean = {"color": VIOLET, "width": 2}
            figure.add_vline(float(values.mean()), line=mean, row=row, col=col)
    finish(figure, 380, legend=False, bargap=0)
    figure.update_yaxes(type="log", range=[-4.5, 0], tickvals=[1e-4, 1e-2, 1], tickformat="~%")
    figure.update_layout(margin={"r": 28, "t": 40})
    return figure


def running(
    path: Sequence[Statistics],
    batches: Sequence[Statistics],
    channel: int,
    words: Mapping[str, str],
) -> Figure:
    """The running statistics of one channel on their way, and each batch's own as dots.

    Args:
        path: the state at the start and after each batch. words: "mean", "var", "batch",
            "running", "seen".
    """
    figure = make_subplots(1, 2, subplot_titles=[words["mean"], words["var"]])
    for col, what in enumerate(("mean", "var"), 1):
        own = [float(getattr(batch, what)[channel]) for batch in batches]
        kept = [float(getattr(state, what)[channel]) for state in path]
        dots = Scatter(
            x=list(range(1, len(own) + 1)),
            y=own,
            mode="markers",
            name=words["batch"],
            marker={"color": BLUE, "size": 7},
            showlegend=col == 1,
        )
        line = {"color": ORANGE, "width": 3}
        way = Scatter(
            x=list(range(len(kept))), y=kept, name=words["running"], line=line, showlegend=col == 1
        )
        figure.add_trace(dots, row=1, col=col)
        figure.add_trace(way, row=1, col=col)
    finish(figure, 340, x=words["seen"])
    figure.update_layout(margin={"t": 64}, legend={"y": 1.12})
    return figure


def averages(path: Averaging, words: Mapping[str, str]) -> Figure:
    """How far the mean over n masks is from the input, on logarithmic scales.

    `words`: "measured", "expected", "masks", "error".
    """
    n = torch.arange(1, len(path.error) + 1)
    figure = Figure(
        [
            _line(n, path.error, words["measured"], {"color": GREEN, "width": 3}),
            _line(n, path.expected, words["expected"], {"color": GREY, "width": 2, "dash": "dash"}),
        ]
    )
    finish(figure, 300, x=words["masks"], y=words["error"])
    figure.update_xaxes(type="log", dtick=1)
    figure.update_yaxes(type="log", dtick=1)
    return figure


def probabilities(
    logits: Tensor, temperature: float, classes: Sequence[str], words: Mapping[str, str]
) -> Figure:
    """A bar a class; beside it, paler, what it is at T = 1. `words`: "now", "at_1"."""
    figure = Figure()
    for at, name, colour, opacity in (
        (temperature, words["now"], GREEN, 1.0),
        (1.0, words["at_1"], GREY, 0.45),
    )[: 1 + (temperature != 1)]:
        found = softmax(logits, at).probabilities
        marks = [_percent(float(share)) for share in found] if at is temperature else None
        figure.add_trace(
            Bar(
                x=list(classes),
                y=found.tolist(),
                name=name,
                text=marks,
                textposition="outside",
                constraintext="none",
                cliponaxis=False,
                marker={"color": colour, "opacity": opacity},
                hovertemplate="%{x}: %{y:.4%}<extra></extra>",
            )
        )
    finish(figure, 340, bargap=0.25, barmode="group")
    figure.update_yaxes(range=[0, 1.12], tickformat=".0%", tickvals=[0, 0.25, 0.5, 0.75, 1])
    return figure


def over_temperature(
    logits: Tensor, temperature: float, classes: Sequence[str], axis: str
) -> Figure:
    """Each class's probability from T = 0.1 to 10; the temperature at hand is marked."""
    found = torch.stack([softmax(logits, float(at)).probabilities for at in TEMPERATURES])
    figure = Figure(
        [_line(TEMPERATURES, found[:, i], name, {"width": 2.5}) for i, name in enumerate(classes)]
    )
    finish(figure, 360, x=axis)
    figure.add_vline(temperature, line={"color": GREY, "width": 2, "dash": "dot"})
    figure.update_xaxes(type="log", tickvals=[0.1, 0.2, 0.5, 1, 2, 5, 10])
    figure.update_yaxes(range=[0, 1.02], tickformat=".0%")
    return figure


def _line(x: Tensor, y: Tensor, name: str, line: Mapping[str, object]) -> Scatter:
    return Scatter(x=x.tolist(), y=y.tolist(), mode="lines", name=name, line=dict(line))


def _bars(middles: Tensor, shares: Tensor, name: str, colour: str) -> Bar:
    return Bar(
        x=middles.tolist(),
        y=shares.tolist(),
        name=name,
        marker={"color": colour, "line": {"width": 0}},
        hovertemplate="%{x:.3f}: %{y:.2%}<extra></extra>",
        showlegend=False,
    )


def _percent(share: float) -> str:
    """67 %, 0.03 %; what is next to nothing is not 0."""
    return f"{short(100 * share, 2)}%" if share >= 1e-5 else "<0.001%"
