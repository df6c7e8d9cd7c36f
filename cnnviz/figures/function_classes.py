"""Figures of function classes: fits, their errors, and what runs through many blocks.

All words are the caller's, so that they are in the reader's language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from plotly.graph_objects import Figure, Scatter

from cnnviz.figures.style import BLUE, GREEN, GREY, ORANGE, RED, finish
from cnnviz.models.function_classes import risen
from cnnviz.models.function_fits import Fit, points, target_values

COLOURS = {"nested": GREEN, "other": ORANGE, "residual": GREEN, "plain": ORANGE}
DASHES = {"nested": "solid", "other": "dash", "residual": "solid", "plain": "dash"}


def fitted(
    target: str, size: int, families: Mapping[str, Sequence[Fit]], names: Mapping[str, str]
) -> Figure:
    """The target and the best function of each family's class of this size.

    Args:
        families: "nested" and "other", each with the fits of all sizes.
        names: of "target", "nested" and "other".
    """
    x = points().tolist()
    y = target_values(target)
    figure = Figure([_line(x, y.tolist(), names["target"], BLUE, width=6)])
    for kind, fits in families.items():
        values = fits[size - 1].values.tolist()
        figure.add_trace(_line(x, values, names[kind], COLOURS[kind], dash=DASHES[kind]))
    reach = float(y.max() - y.min())
    finish(figure, 380, x="x")
    # a fit of a few units may shoot far beyond the target: the range stays while sizes change
    figure.update_yaxes(range=[float(y.min()) - 0.35 * reach, float(y.max()) + 0.35 * reach])
    return figure


def errors(size: int, families: Mapping[str, Sequence[Fit]], words: Mapping[str, str]) -> Figure:
    """The error of each class; where a larger one is worse, the way up is red.

    `words`: "nested", "other", "rise", "size", "error".
    """
    figure = Figure()
    ups_x: list[float | None] = [None]  # never empty: the legend, and with it all, stays in place
    ups_y: list[float | None] = [None]
    for kind, fits in families.items():
        found = [fit.error for fit in fits]
        sizes = list(range(1, len(found) + 1))
        figure.add_trace(
            _line(sizes, found, words[kind], COLOURS[kind], dash=DASHES[kind], mode="lines+markers")
        )
        for i in risen(found):
            ups_x += [i, i + 1, None]
            ups_y += [found[i - 1], found[i], None]
    figure.add_trace(_line(ups_x, ups_y, words["rise"], RED, width=5))
    finish(figure, 380, x=words["size"], y=words["error"])
    figure.add_vline(size, line={"color": GREY, "width": 2, "dash": "dot"})
    figure.update_xaxes(dtick=1)
    figure.update_yaxes(rangemode="tozero")
    return figure


def along(paths: Mapping[str, Sequence[float]], words: Mapping[str, str]) -> Figure:
    """The size of a signal or a gradient along the blocks, on a logarithmic scale.

    What is exactly 0 has no place there and is left out.

    Args:
        paths: of "residual" and "plain". words: those, and "block".
    """
    figure = Figure(
        [
            _line(
                list(range(len(values))),
                [value or None for value in values],
                words[kind],
                COLOURS[kind],
                dash=DASHES[kind],
                mode="lines+markers",
            )
            for kind, values in paths.items()
        ]
    )
    finish(figure, 380, x=words["block"])
    every = [value for values in paths.values() for value in values if value]
    figure.update_yaxes(**logarithmic(every))
    return figure


def losses(found: Mapping[str, Sequence[float]], words: Mapping[str, str]) -> Figure:
    """The loss after each update, on a logarithmic scale; one that is exactly 0 is left out.

    `words`: "residual", "plain", "update", "loss".
    """
    figure = Figure(
        [
            _line(
                list(range(len(path))),
                [loss or None for loss in path],
                words[kind],
                COLOURS[kind],
                dash=DASHES[kind],
            )
            for kind, path in found.items()
        ]
    )
    finish(figure, 340, x=words["update"], y=words["loss"])
    every = [loss for path in found.values() for loss in path if loss]
    figure.update_yaxes(**logarithmic(every))
    return figure


def decades(values: Sequence[float]) -> list[float]:
    """The range of a logarithmic axis: whole powers of ten with all values well inside."""
    powers = [math.log10(value) for value in values] or [0]
    return [math.floor(min(powers) - 0.2) - 0.1, math.ceil(max(powers) + 0.2) + 0.1]


def logarithmic(values: Sequence[float]) -> dict[str, object]:
    """An axis for these values, with at most some six ticks, each a power of ten."""
    low, high = decades(values)
    apart = math.ceil((high - low) / 6)
    return {"type": "log", "exponentformat": "power", "range": [low, high], "dtick": apart}


def _line(
    x: Sequence[float | None],
    y: Sequence[float | None],
    name: str,
    colour: str,
    *,
    width: float = 3,
    dash: str = "solid",
    mode: str = "lines",
) -> Scatter:
    line = {"color": colour, "width": width, "dash": dash}
    return Scatter(x=x, y=y, mode=mode, name=name, line=line, marker={"size": 7, "color": colour})
