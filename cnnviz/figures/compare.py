"""Two networks against each other: what each part costs, and what a difference is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from plotly.graph_objects import Bar, Figure

from cnnviz.figures.style import GREY, ORANGE, VIOLET, finish
from cnnviz.models.compare import PARTS, Change

COLOURS = {"conv": ORANGE, "dense": VIOLET, "other": GREY}
LEGIBLE = 0.12  # of the longest bar: a bar so long has room for its share
ROW = 54  # pixels of a bar and the words above it


class Bit(NamedTuple):
    """A part of a difference."""

    label: str
    part: str  # of `PARTS`
    value: int


def parts(changes: Mapping[str, Change], names: Mapping[str, str], sides: Sequence[str]) -> Figure:
    """A quantity before and after, each a bar of what its parts have.

    Args:
        changes: of every one of `PARTS`.
        names: of the parts, in the reader's language.
        sides: what the bars are called, before and after.
    """
    wholes = [sum(changes[part][i] for part in PARTS) for i in range(2)]
    most = max(*wholes, 1)
    figure = Figure()
    for part in PARTS:
        both = list(zip(changes[part], wholes, strict=True))
        shares = [value / whole if whole else 0.0 for value, whole in both]
        figure.add_trace(
            Bar(
                x=[value for value, _ in both],
                y=list(sides),
                name=names[part],
                orientation="h",
                marker_color=COLOURS[part],
                text=[
                    f"{share:.0%}" if value > LEGIBLE * most else ""
                    for share, (value, _) in zip(shares, both, strict=True)
                ],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": "#11151d", "size": 15},  # 4.5:1 on all three
                customdata=[f"{share:.1%}" for share in shares],
                hovertemplate=f"{names[part]}: %{{x:,}} (%{{customdata}})<extra></extra>",
            )
        )
    finish(figure, 130, legend=False, barmode="stack", bargap=0.25)
    figure.update_layout(margin_t=8)
    figure.update_yaxes(autorange="reversed", fixedrange=True, tickfont_size=15)
    figure.update_xaxes(
        range=[0, 1.02 * most], nticks=4, tickformat="~s", tickfont_size=15, fixedrange=True
    )
    return figure


def causes(bits: Sequence[Bit], title: str, ink: str) -> Figure:
    """What a difference is made of: savings to the left of zero, additions to its right.

    `title`: of the axis; `ink`: the colour of words.
    """
    values = [bit.value for bit in bits]
    low, high = min(0, *values), max(0, *values)
    figure = Figure(
        Bar(
            x=values,
            y=list(range(len(bits))),  # two may have the same label
            orientation="h",
            marker_color=[COLOURS[bit.part] for bit in bits],
            customdata=[f"{bit.label}: {signed(bit.value)}" for bit in bits],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    finish(figure, 70 + ROW * len(bits), x=title, legend=False, bargap=0.6)
    for i, bit in enumerate(bits):  # above its bar, where a phone has room for it
        figure.add_annotation(
            text=f"{bit.label}   <b>{signed(bit.value)}</b>",
            x=0,
            xref="paper",
            xanchor="left",
            y=i - 0.24,
            yanchor="bottom",
            showarrow=False,
            font={"size": 15, "color": ink},
        )
    figure.add_vline(0, line={"color": GREY, "width": 1})
    figure.update_xaxes(
        range=[1.02 * low, 1.02 * high],
        nticks=5,
        tickformat="~s",
        tickfont_size=15,
        fixedrange=True,
    )
    figure.update_yaxes(
        range=[len(bits) - 0.6, -0.9], showticklabels=False, showgrid=False, fixedrange=True
    )
    figure.update_layout(margin_t=8)
    return figure


def signed(value: int) -> str:
    """+12,979,200 or −3,584,000."""
    return f"{value:+,}".replace("-", "−") if value else "±0"
