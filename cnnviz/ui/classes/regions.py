"""Function classes as discs: drag the truth, and see what each class's best is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

import streamlit as st
import torch

from cnnviz.components.regions import regions
from cnnviz.components.stage import Edit
from cnnviz.export.function_classes import regions_code
from cnnviz.export.plot import Circle, Curve, Plot, plots_gif, plots_png
from cnnviz.models.function_classes import (
    ARRANGEMENTS,
    HEIGHT,
    TRUTH,
    WIDTH,
    Disc,
    Point,
    risen,
)
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.classes.common import table
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t, texts
from cnnviz.ui.settings import choice, limits, number
from cnnviz.ui.takeaway import Takeaway

COLUMNS = ("class", "middle", "radius", "nearest", "distance", "holds")
EDGE = 0.2  # the truth stays so far inside of the picture


@dataclass(frozen=True, kw_only=True)
class RegionSettings:
    """How the classes lie, and where the truth is."""

    arrangement: str = choice("nested", tuple(ARRANGEMENTS))
    x: float = number(TRUTH[0], EDGE, WIDTH - EDGE)
    y: float = number(TRUTH[1], EDGE, HEIGHT - EDGE)


S = TypeVar("S", bound=RegionSettings)


class Scene(NamedTuple):
    """The classes and the truth."""

    discs: tuple[Disc, ...]
    truth: Point

    @property
    def distances(self) -> list[float]:
        return [disc.distance(self.truth) for disc in self.discs]


def controls(desk: Desk[S]) -> None:
    """Nested or not, and the truth in numbers."""
    st.segmented_control(
        t("classes.arrangement"),
        list(ARRANGEMENTS),
        format_func=lambda name: t(f"classes.arrangement_name.{name}"),
        width="stretch",
        required=True,
        **desk.bind("arrangement"),
    )
    for name, label in (("x", t("classes.truth_x")), ("y", t("classes.truth_y"))):
        low, high = limits(RegionSettings, name)
        st.slider(label, low, high, step=0.1, **desk.bind(name))
    st.caption(t("classes.regions_says"))


def key(page: str) -> str:
    """The key of the picture on the page."""
    return f"{page}.regions"


def apply_edit(now: S, edit: Edit) -> S:
    """The settings after the truth was dragged.

    Raises:
        Problem: for a place that is not on the picture.
    """
    return replace(now, x=_coordinate(edit, "x"), y=_coordinate(edit, "y"))


def _coordinate(edit: Edit, name: str) -> float:
    value, (low, high) = edit.detail.get(name), limits(RegionSettings, name)
    if edit.kind != "move" or not isinstance(value, int | float) or not low <= value <= high:
        raise Problem("edit_damaged")
    return float(value)


def show(desk: Desk[S]) -> Scene:
    """The picture."""
    now = desk.now
    scene = Scene(ARRANGEMENTS[now.arrangement], (now.x, now.y))
    regions(
        key(desk.page),
        scene.discs,
        scene.truth,
        texts("regions"),
        limits=(limits(RegionSettings, "x"), limits(RegionSettings, "y")),
        undo=bool(desk.history.past),
        redo=bool(desk.history.future),
        done=desk.history.done,
        classroom=frame.classroom(),
    )
    return scene


def numbers(desk: Desk[S], scene: Scene) -> None:
    """Each class, its best function and the distance, and what follows."""
    rows = []
    for i, (disc, distance) in enumerate(zip(scene.discs, scene.distances, strict=True)):
        x, y = disc.nearest(scene.truth)
        rows.append(
            [
                f"F{i + 1}",
                f"({disc.x:g}, {disc.y:g})",
                f"{disc.radius:g}",
                f"({x:.2f}, {y:.2f})",
                f"{distance:.2f}",
                held(scene.discs, i),
            ]
        )
    table([t(f"classes.column.{name}") for name in COLUMNS], rows)
    st.markdown(
        t("classes.nested_says" if desk.now.arrangement == "nested" else "classes.loose_says")
    )


def held(discs: Sequence[Disc], i: int) -> str:
    """Whether the class holds the one before it."""
    if i == 0:
        return "–"
    return t("classes.yes") if discs[i].holds(discs[i - 1]) else t("classes.no")


def taken(now: RegionSettings, scene: Scene) -> Takeaway:
    """The picture with all classes; the animation adds one after the other."""

    def frames() -> list[list[Plot]]:
        return [sheet(scene, count) for count in range(1, len(scene.discs) + 1)]

    return Takeaway(
        t("page.function-classes.title"),
        (t("classes.about.regions"),),
        regions_code(scene.discs, scene.truth),
        torch.tensor(scene.distances),
        lambda step, dark: plots_png(sheet(scene, len(scene.discs)), dark),
        lambda dark: plots_gif(frames(), dark, 900),
    )


def sheet(scene: Scene, count: int) -> list[Plot]:
    """The first classes with their nearest points, and the distances so far."""
    discs, distances = scene.discs[:count], scene.distances[:count]
    best = distances.index(min(distances))
    order = sorted(range(count), key=lambda i: -discs[i].radius)
    circles = [
        Circle((discs[i].x, discs[i].y), discs[i].radius, "muted", 0.12, f"F{i + 1}") for i in order
    ]
    ends = [disc.nearest(scene.truth) for disc in discs]
    roles = ["output" if i == best else "muted" for i in range(count)]
    lines = [
        Curve((scene.truth, end), role, 4 if role == "output" else 2)
        for end, role in zip(ends, roles, strict=True)
    ]
    dots = [Circle(end, 0.12, role) for end, role in zip(ends, roles, strict=True)]
    star = Circle(scene.truth, 0.22, "kernel", name="f*")
    path = [(i + 1.0, distance) for i, distance in enumerate(distances)]
    ups = [Curve((path[i - 1], path[i]), "kernel", 6) for i in risen(distances)]
    top = 1.15 * max(scene.distances) or 1.0
    return [
        Plot(
            f"F{best + 1}: {distances[best]:.2f}",
            (0, WIDTH),
            (0, HEIGHT),
            tuple(lines),
            (*circles, *dots, star),
            even=True,
        ),
        Plot(
            "|f − f*|",
            (0.5, len(scene.discs) + 0.5),
            (0, top),
            (Curve(tuple(path), "output"), *ups),
            tuple(Circle(point, 0.07, "output") for point in path),
            tuple((i + 1.0, f"F{i + 1}") for i in range(len(scene.discs))),
            tuple((distance, f"{distance:.2f}") for distance in {max(distances), min(distances)}),
        ),
    ]
