"""Function classes of real functions: a target fitted by a nested family and by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import streamlit as st
import torch

from cnnviz.export.function_classes import fits_code
from cnnviz.export.numbers import short
from cnnviz.export.plot import Circle, Curve, Plot, plots_gif, plots_png
from cnnviz.figures.function_classes import errors, fitted
from cnnviz.models.function_classes import risen
from cnnviz.models.function_fits import (
    MOST_SIZE,
    NESTED,
    OTHERS,
    TARGETS,
    Fit,
    fits,
    points,
    target_values,
)
from cnnviz.ui.charts import chart
from cnnviz.ui.classes.common import table
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import choice, limits, whole
from cnnviz.ui.takeaway import Takeaway

ROLES = {"nested": "output", "other": "kernel"}


@dataclass(frozen=True, kw_only=True)
class FitSettings:
    """The target, the two families, and the class whose best function is drawn."""

    target: str = choice("step", tuple(TARGETS))
    nested: str = choice("polynomial", NESTED)
    other: str = choice("pieces", OTHERS)
    size: int = whole(3, 1, MOST_SIZE)
    units: int = whole(0, 0, 999)  # seed of the ReLU units


S = TypeVar("S", bound=FitSettings)


class Scene(NamedTuple):
    """The fits of both families, "nested" and "other", by size."""

    target: str
    families: Mapping[str, tuple[Fit, ...]]

    def errors(self, kind: str) -> list[float]:
        return [fit.error for fit in self.families[kind]]


def scene_of(now: FitSettings) -> Scene:
    """All fits of these settings."""
    names = {"nested": now.nested, "other": now.other}
    return Scene(
        now.target, {kind: fits(now.target, name, now.units) for kind, name in names.items()}
    )


def controls(desk: Desk[S]) -> None:
    """The class's size, the target, the families."""
    low, high = limits(FitSettings, "size")
    st.slider(t("classes.size"), low, high, **desk.bind("size"))
    st.selectbox(
        t("classes.target"),
        list(TARGETS),
        format_func=lambda name: t(f"classes.target_name.{name}"),
        **desk.bind("target"),
    )
    for setting, names in (("nested", NESTED), ("other", OTHERS)):
        st.selectbox(
            t(f"classes.{setting}"),
            names,
            format_func=lambda name: t(f"classes.family.{name}"),
            **desk.bind(setting),
        )
    drawn = desk.now.nested == "added" or desk.now.other == "redrawn"
    low, high = limits(FitSettings, "units")
    st.number_input(t("classes.units"), low, high, disabled=not drawn, **desk.bind("units"))


def show(desk: Desk[S]) -> Scene:
    """The fits and the errors, side by side, and what they say."""
    now = desk.now
    scene = scene_of(now)
    names = {
        "target": t("classes.truth"),
        "nested": t(f"classes.family.{now.nested}"),
        "other": t(f"classes.family.{now.other}"),
        "rise": t("classes.rise"),
        "size": t("classes.size_axis"),
        "error": t("classes.error"),
    }
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{t('classes.best_of', size=now.size)}**")
        chart(fitted(now.target, now.size, scene.families, names), "classes.fits")
    with right:
        st.markdown(f"**{t('classes.errors_title')}**")
        chart(errors(now.size, scene.families, names), "classes.errors")
    for kind in scene.families:
        st.markdown(_sentence(names[kind], scene.errors(kind), now.size))
    return scene


def _sentence(name: str, found: list[float], size: int) -> str:
    """This class's error, and where the family gets worse."""
    said = t("classes.error_is", name=name, size=size, error=_shown(found[size - 1]))
    ups = risen(found)
    if not ups:
        return f"{said} {t('classes.never_rises', sizes=len(found))}"
    first = ups[0]
    return f"{said} " + t(
        "classes.rises",
        count=len(ups),
        small=first,
        large=first + 1,
        before=_shown(found[first - 1]),
        after=_shown(found[first]),
    )


def numbers(desk: Desk[S], scene: Scene) -> None:
    """Every error, with a mark where it rose."""
    now = desk.now
    columns = {kind: _marked(scene.errors(kind)) for kind in scene.families}
    names = [t(f"classes.family.{name}") for name in (now.nested, now.other)]
    rows = [[str(i + 1), columns["nested"][i], columns["other"][i]] for i in range(MOST_SIZE)]
    table([t("classes.size_axis"), *names], rows)
    st.markdown(t("classes.fits_says"))


def _marked(found: list[float]) -> list[str]:
    ups = risen(found)
    return [f"{_shown(error)} ▲" if i in ups else _shown(error) for i, error in enumerate(found)]


def _shown(error: float) -> str:
    return short(error, 3) if error > 1e-9 else "0"  # what an exact fit leaves is rounding


def taken(now: FitSettings, scene: Scene) -> Takeaway:
    """Fits and errors; the animation goes through the sizes."""
    expected = torch.tensor([scene.errors(kind) for kind in scene.families])
    return Takeaway(
        t("page.function-classes.title"),
        (t("classes.about.fits"),),
        fits_code(now.target, (now.nested, now.other), now.units),
        expected,
        lambda step, dark: plots_png(sheet(scene, now.size), dark),
        lambda dark: plots_gif([sheet(scene, size) for size in range(1, MOST_SIZE + 1)], dark),
    )


def sheet(scene: Scene, size: int) -> list[Plot]:
    """The target (blue) with both fits, and their errors up to this size."""
    x, y = points().tolist(), target_values(scene.target)
    low, high = float(y.min()), float(y.max())
    room = 0.35 * (high - low)
    curves = [Curve(tuple(zip(x, y.tolist(), strict=True)), "input", 9)]
    paths, dots = [], []
    for kind, found in scene.families.items():
        values = found[size - 1].values.tolist()
        curves.append(Curve(tuple(zip(x, values, strict=True)), ROLES[kind]))
        path = [(i + 1.0, error) for i, error in enumerate(scene.errors(kind)[:size])]
        paths.append(Curve(tuple(path), ROLES[kind]))
        dots += [Circle(point, 0.1, ROLES[kind]) for point in path]
    top = max(max(scene.errors(kind)) for kind in scene.families)
    return [
        Plot(
            f"k = {size}",
            (-1, 1),
            (low - room, high + room),
            tuple(curves),
            x_ticks=((-0.97, "−1"), (0, "0"), (0.97, "1")),
            y_ticks=((low, f"{low:.2g}".replace("-", "−")), (high, f"{high:.2g}")),
        ),
        Plot(
            "|f − f*|",
            (0.5, MOST_SIZE + 0.5),
            (0, 1.1 * top),
            tuple(paths),
            tuple(dots),
            tuple((float(k), str(k)) for k in range(1, MOST_SIZE + 1)),
            ((0.03 * top, "0"), (top, f"{top:.2f}")),
        ),
    ]
