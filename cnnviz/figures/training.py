"""How well a trained network does, class by class: what it recognises, what it takes for what.

Names of classes may be a stranger's. Plotly reads a little HTML in words, so they are escaped here.
All other words are the caller's, in the reader's language.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from plotly.graph_objects import Bar, Figure, Heatmap

from cnnviz.figures.style import GREEN, finish
from cnnviz.training.metrics import Counts

Sentence = Callable[[str, str, int, str], str]

ROW = 30  # pixels of a class's bar
LONGEST = 22  # letters of a name on an axis
# Wrong answers orange, right ones green; seen through, so that numbers can be read on any ground.
SCALE = [[0, "rgba(217,119,6,0.65)"], [0.5, "rgba(128,128,128,0)"], [1, "rgba(20,154,115,0.65)"]]


def per_class(shares: Sequence[float | None], names: Sequence[str], none: str, ink: str) -> Figure:
    """Of each class the share that was recognised, in the order of the classes.

    Args:
        shares: one a class; None where there are no pictures to test it.
        none: what is said of such a class.
        ink: the colour of words.
    """
    rows = list(range(len(names)))
    figure = Figure(
        Bar(
            x=[share or 0.0 for share in shares],
            y=rows,  # two may have the same name
            orientation="h",
            marker_color=GREEN,
            text=[none if share is None else f"{share:.0%}" for share in shares],
            textposition="outside",
            textfont={"color": ink, "size": 15},
            cliponaxis=False,
            customdata=[
                f"{escape(name)}: {none if share is None else f'{share:.1%}'}"
                for name, share in zip(names, shares, strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    finish(figure, 30 + ROW * len(names), legend=False, bargap=0.35)
    figure.update_layout(margin={"t": 8, "r": 60})
    figure.update_xaxes(range=[0, 1], visible=False, fixedrange=True)
    figure.update_yaxes(
        range=[len(names) - 0.5, -0.5],
        tickvals=rows,
        ticktext=list(map(brief, names)),
        tickfont={"size": 15, "color": ink},
        fixedrange=True,
        showgrid=False,
    )
    return figure


def confusion(
    counts: Counts, names: Sequence[str], ink: str, *, label: str, said: str, sentence: Sentence
) -> Figure:
    """Row i, column j: how many pictures of class i were taken for class j.

    Args:
        ink: the colour of words.
        label, said: the titles of the axes.
        sentence: of a cell: from its label, what was said, how many, and their share of the class.
    """
    rows = list(range(len(names)))
    ticks = {
        "tickvals": rows,
        "ticktext": list(map(brief, names)),
        "tickfont": {"size": 15, "color": ink},
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }
    figure = Figure(
        Heatmap(
            z=_signed_shares(counts),
            x=rows,
            y=rows,
            zmin=-1,
            zmax=1,
            colorscale=SCALE,
            showscale=False,
            xgap=1,
            ygap=1,
            text=[[str(n) if n else "" for n in row] for row in counts],
            texttemplate="%{text}",
            textfont={"color": ink, "size": _size(len(names))},
            customdata=_sentences(counts, names, sentence),
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    finish(figure, 170 + max(6, len(names)) * 34, x=said, y=label, legend=False)
    figure.update_layout(margin_t=8)
    figure.update_xaxes(ticks, tickangle=-90 if len(names) > 4 else 0)
    figure.update_yaxes(ticks, range=[len(names) - 0.5, -0.5])
    return figure


def brief(name: str) -> str:
    """A name for an axis: cut, and nothing in it is taken for HTML."""
    return escape(name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…", quote=False)


def _signed_shares(counts: Counts) -> list[list[float]]:
    """Of a class's pictures, the root of the share that went there: few mistakes are seen too."""
    found = []
    for i, row in enumerate(counts):
        total = max(1, sum(row))
        found.append([math.sqrt(n / total) * (1 if i == j else -1) for j, n in enumerate(row)])
    return found


def _sentences(counts: Counts, names: Sequence[str], sentence: Sentence) -> list[list[str]]:
    shown = [escape(name, quote=False) for name in names]
    return [
        [sentence(shown[i], shown[j], n, f"{n / max(1, sum(row)):.1%}") for j, n in enumerate(row)]
        for i, row in enumerate(counts)
    ]


def _size(classes: int) -> int:
    """Of a number in a cell: three digits have to fit on a phone as well as they can."""
    return 15 if classes <= 6 else 13 if classes <= 12 else 11
