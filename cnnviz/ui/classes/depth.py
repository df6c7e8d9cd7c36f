"""Many blocks in a row, at the start: what becomes of a signal, and of the gradient."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
import torch

from cnnviz.export.function_classes import depth_code
from cnnviz.export.numbers import short
from cnnviz.export.plot import Circle, Curve, Plot, plots_gif, plots_png
from cnnviz.figures.function_classes import along, decades
from cnnviz.models.identity import BATCH, CHANNELS, KINDS, MOST_DEPTH, SIDE, Course, Start, course
from cnnviz.ui.charts import chart
from cnnviz.ui.classes.blocks import BlockSettings, block_controls, block_says, how_of
from cnnviz.ui.classes.common import table
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import limits, whole
from cnnviz.ui.takeaway import Takeaway

ROLES = {"residual": "output", "plain": "kernel"}
FRAMES = 15  # of the animation at most
Courses = Mapping[str, Course]


@dataclass(frozen=True, kw_only=True)
class DepthSettings(BlockSettings):
    """How many blocks stand in a row."""

    depth: int = whole(20, 1, MOST_DEPTH)


S = TypeVar("S", bound=DepthSettings)


def controls(desk: Desk[S]) -> None:
    """The depth, then the blocks."""
    low, high = limits(DepthSettings, "depth")
    st.slider(t("classes.depth"), low, high, **desk.bind("depth"))
    block_controls(desk)
    st.caption(t("classes.signal_is", channels=CHANNELS, side=SIDE, batch=BATCH))
    block_says(desk)


@st.cache_data(max_entries=100, show_spinner=False)
def both(how: Start, depth: int) -> dict[str, Course]:
    """Both kinds' courses, "residual" first."""
    return {kind: course(how, depth, kind) for kind in reversed(KINDS)}


def show(desk: Desk[S]) -> Courses:
    """Signal and gradient along the blocks, and what they say."""
    now = desk.now
    found = both(how_of(now), now.depth)
    words = {
        "residual": t("classes.kind.residual"),
        "plain": t("classes.kind.plain"),
        "block": t("classes.block_axis"),
    }
    parts = ("signal", t("classes.signal")), ("gradient", t("classes.gradient"))
    for column, (what, title) in zip(st.columns(2), parts, strict=True):
        with column:
            st.markdown(f"**{title}**")
            paths = {kind: getattr(path, what) for kind, path in found.items()}
            chart(along(paths, words), f"classes.{what}")
    for kind, path in found.items():
        st.markdown(_says(words[kind], path))
    st.markdown(t(f"classes.depth_says.{now.norm}_{now.start}"))
    return found


def _says(name: str, path: Course) -> str:
    """Where the signal and the gradient begin and end."""
    return t(
        "classes.course_says",
        name=name,
        depth=len(path.signal) - 1,
        first=short(path.signal[0], 3),
        last=short(path.signal[-1], 3),
        gradient=short(path.gradient[0], 3),
    )


def numbers(desk: Desk[S], found: Courses) -> None:
    """Signal and gradient after each block."""
    head = [t("classes.block_axis")]
    head += [t(f"classes.head.{kind}_{what}") for kind in found for what in ("signal", "gradient")]
    columns = [values for path in found.values() for values in path]
    count = len(columns[0])
    rows = [[str(i), *(short(column[i], 3) for column in columns)] for i in range(count)]
    table(head, rows)


def taken(now: DepthSettings, found: Courses) -> Takeaway:
    """Both courses; the animation goes from one block to as many as there are."""
    how = how_of(now)
    step = math.ceil(now.depth / FRAMES)
    depths = [*range(1, now.depth, step), now.depth]
    return Takeaway(
        t("page.function-classes.title"),
        (t("classes.about.depth"),),
        depth_code(how, now.depth),
        torch.tensor([values for path in found.values() for values in path]),
        lambda _, dark: plots_png(sheet(found, now.depth), dark),
        lambda dark: plots_gif([sheet(both(how, depth), now.depth) for depth in depths], dark),
    )


def sheet(found: Courses, most: int) -> list[Plot]:
    """Signal and gradient of both kinds, on logarithmic scales; 0 is left out."""
    plots = []
    for what in ("signal", "gradient"):
        paths = {kind: _logarithms(getattr(path, what)) for kind, path in found.items()}
        every = [10**power for path in paths.values() for _, power in path]
        low, high = decades(every)
        ticks = (low + 0.1, high - 0.1)
        drawn = {kind: path for kind, path in paths.items() if path}
        plots.append(
            Plot(
                what,
                (-0.5, most + 0.5),
                (low, high),
                tuple(Curve(tuple(path), ROLES[kind]) for kind, path in drawn.items() if path[1:]),
                tuple(
                    Circle(point, 0.008 * (most + 1), ROLES[kind])
                    for kind, path in drawn.items()
                    for point in path
                ),
                ((0.0, "0"), (float(most), str(most))),
                tuple((tick, f"1e{tick:.0f}".replace("-", "−")) for tick in ticks),
            )
        )
    return plots


def _logarithms(values: list[float]) -> list[tuple[float, float]]:
    return [(float(i), math.log10(value)) for i, value in enumerate(values) if value]
