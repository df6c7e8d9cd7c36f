"""Signals over time, and how loud each of their frequencies is."""

from __future__ import annotations

from collections.abc import Mapping

from plotly.graph_objects import Figure, Heatmap, Scatter
from plotly.subplots import make_subplots
from torch import Tensor

from cnnviz.figures.style import BLUE, GREEN, GREY, ORANGE, finish
from cnnviz.ops.sampling import QUIETEST, Spectrogram, Spectrum

LOUDEST = 30.0  # decibels on the axis: room for words above the curve


def over_each_other(
    signal: Tensor, smoothed: Tensor, rough: Tensor, clean: Tensor, names: Mapping[str, str]
) -> Figure:
    """Above a signal (n,) and itself smoothed, below the differences of both.

    Args:
        smoothed, rough, clean: (n − k + 1,) each by its own k: what a kernel left of the signal,
            a difference of the signal, and of the smoothed one.
        names: of "signal", "smoothed", "rough", "clean" and the axis "sample".
    """
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for row, values, name, colour, width in (
        (1, signal, "signal", GREY, 1.2),
        (1, smoothed, "smoothed", BLUE, 3),
        (2, rough, "rough", GREY, 1.2),
        (2, clean, "clean", GREEN, 3),
    ):
        # what a window leaves belongs to the middle of what it read
        start = (len(signal) - len(values)) / 2
        line = {"color": colour, "width": width}
        figure.add_trace(
            Scatter(x0=start, dx=1, y=values.numpy(), name=names[name], line=line, mode="lines"),
            row=row,
            col=1,
        )
    finish(figure, 460)
    figure.update_xaxes(title=names["sample"], row=2, col=1)
    return figure


def frequencies(
    heard: Spectrum | Spectrogram, nyquist: float, top: float, colour: str, names: Mapping[str, str]
) -> Figure:
    """How loud each frequency of a sound is, and a line at its Nyquist frequency.

    Args:
        heard: a spectrum, drawn as a curve, or a spectrogram, drawn as a heat map.
        nyquist: in Hz; there is nothing above it.
        top: where the axis of frequencies ends, in Hz, to compare several figures.
        names: of the axes "hertz", "decibels", "seconds", and of the line, "nyquist".
    """
    figure = Figure()
    if isinstance(heard, Spectrum):
        _curve(figure, heard, colour, names)
    else:
        _heat_map(figure, heard, colour, names)
    upright = isinstance(heard, Spectrogram)
    hertz = figure.update_yaxes if upright else figure.update_xaxes
    hertz(range=[0, top], title=names["hertz"])
    mark = figure.add_hline if upright else figure.add_vline
    mark(
        nyquist,
        line={"color": ORANGE, "dash": "dash", "width": 2},
        annotation={"text": names["nyquist"], "font": {"color": ORANGE, "size": 15}},
        annotation_position="top left" if not upright and nyquist > top / 2 else "top right",
    )
    return figure


def point_out(figure: Figure, hertz: float, heard: Spectrum, colour: str) -> None:
    """Mark a frequency on a spectrum's curve, by its number."""
    right = figure.layout.xaxis.range[1]
    level = heard.decibels[(heard.hertz - hertz).abs().argmin()].item()
    figure.add_trace(
        Scatter(
            x=[hertz],
            y=[level],
            mode="markers+text",
            marker={"color": colour, "size": 10, "symbol": "diamond"},
            text=[f"{hertz:,.0f} Hz"],
            textposition="top left" if hertz > right / 2 else "top right",
            cliponaxis=False,
            hoverinfo="skip",
        )
    )


def _curve(figure: Figure, heard: Spectrum, colour: str, names: Mapping[str, str]) -> None:
    line = {"color": colour, "width": 2}
    figure.add_trace(Scatter(x=heard.hertz.numpy(), y=heard.decibels.numpy(), line=line))
    finish(figure, 320, legend=False)
    figure.update_yaxes(range=[QUIETEST, LOUDEST], title=names["decibels"])


def _heat_map(figure: Figure, heard: Spectrogram, colour: str, names: Mapping[str, str]) -> None:
    # whole decibels fit one byte each
    levels = heard.decibels.round().clamp_min(QUIETEST).char().numpy()
    clear = f"rgba({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))}, 0)"
    figure.add_trace(
        Heatmap(
            x=heard.seconds.numpy(),
            y=heard.hertz.numpy(),
            z=levels,
            zmin=QUIETEST * 0.7,
            zmax=0,
            colorscale=[[0, clear], [1, colour]],
            showscale=False,
            hovertemplate="%{x:.2f} s, %{y:.0f} Hz: %{z} dB<extra></extra>",
        )
    )
    finish(figure, 320, legend=False, x=names["seconds"])
