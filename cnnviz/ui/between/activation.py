"""Activation: a feature map, what the function makes of it, and what it lets back through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, TypeVar

import streamlit as st
import torch

from cnnviz.export.between import activation_code
from cnnviz.export.numbers import short
from cnnviz.export.sheet import Panel, sheet_gif, sheet_png
from cnnviz.figures.between import curve
from cnnviz.ops import Walk
from cnnviz.ops.activations import NAMES, Activated, activate
from cnnviz.ui.between.common import aligned, cell_controls, cell_of, factor, tex
from cnnviz.ui.between.feature import (
    FeatureSettings,
    feature_controls,
    feature_walk,
    figures,
    linked_planes,
    plane,
)
from cnnviz.ui.charts import chart
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import choice, limits, number
from cnnviz.ui.takeaway import Takeaway

GAINS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)  # of the animation
LARGEST = {"sigmoid": 1.0, "tanh": 1.0}  # output of those that have one
FORMULAS = {
    "sigmoid": (r"\frac{{1}}{{1+e^{{-{x}}}}}", r"y\,(1-y) = {y}\,(1-{y})"),
    "tanh": (
        r"\frac{{e^{{x}}-e^{{-x}}}}{{e^{{x}}+e^{{-x}}}} = \tanh {x}",
        r"1-y^2 = 1-{y}^2",
    ),
    "relu": (r"\max(0, {x})", r"[x > 0] = [{x} > 0]"),
    "leaky-relu": (r"\max(0, {x}) + 0.01 \cdot \min(0, {x})", r"[x > 0] + 0.01\,[x \le 0]"),
    "gelu": (r"x\,\Phi(x) = {x} \cdot \Phi({x})", r"\Phi(x) + x\,\varphi(x)"),
}


@dataclass(frozen=True, kw_only=True)
class ActivationSettings(FeatureSettings):
    """Which function, and what the feature map is multiplied by first."""

    activation: str = choice("sigmoid", NAMES)
    gain: float = number(1.0, 0.1, 20.0)


S = TypeVar("S", bound=ActivationSettings)


class Scene(NamedTuple):
    """The map as the kernel leaves it, and the function on its multiple."""

    walk: Walk
    done: Activated


def controls(desk: Desk[S]) -> None:
    """The function and the gain, then the picture and the kernel."""
    st.selectbox(
        t("between.activation"),
        NAMES,
        format_func=lambda name: t(f"between.function.{name}"),
        **desk.bind("activation"),
    )
    low, high = limits(ActivationSettings, "gain")
    st.slider(t("between.gain"), low, high, step=0.1, **desk.bind("gain"))
    feature_controls(desk)


def show(desk: Desk[S]) -> Scene | None:
    """Three linked planes, what they amount to, and the curve above the map's values."""
    walk = feature_walk(desk)
    if walk is None:
        return None
    now = desk.now
    done = activate(now.gain * walk.output, now.activation)
    linked_planes(
        desk,
        "between.activation",
        plane("map", t("between.map"), "input", done.input),
        plane(
            "activated",
            t("between.activated"),
            "output",
            done.output,
            most=LARGEST.get(now.activation),
        ),
        plane(
            "derivative",
            t("between.derivative"),
            "kernel",
            done.derivative,
            most=_steepest(now.activation),
        ),
    )
    figures(
        (t("between.saturated"), f"{done.saturated:.0%}"),
        (t("between.mean_derivative"), short(float(done.derivative.mean()), 3)),
        (t("between.zeros"), f"{float((done.output == 0).float().mean()):.0%}"),
    )
    row, col = cell_of(now, tuple(done.input.shape))
    words = {
        "function": t(f"between.function.{now.activation}"),
        "derivative": t("between.derivative"),
        "share": t("between.share"),
        "value": t("between.value"),
        "cell": t("between.cell_at", row=row + 1, col=col + 1),
    }
    chart(curve(now.activation, done.input, words, float(done.input[row, col])), "between.curve")
    return Scene(walk, done)


def formula(desk: Desk[S], scene: Scene) -> None:
    """The function and its derivative at one cell, and what the chain rule does with them."""
    done, name = scene.done, desk.now.activation
    row, col = cell_controls(desk, tuple(done.input.shape))
    x, y, slope = (float(each[row, col]) for each in (done.input, done.output, done.derivative))
    before, gain = float(scene.walk.output[row, col]), desk.now.gain
    value, derivative = FORMULAS[name]
    st.latex(
        aligned(
            rf"x &= {tex(gain)} \cdot {factor(before)} = {tex(x)}",
            rf"y = f(x) &= {value.format(x=factor(x))} = \mathbf{{{tex(y)}}}",
            rf"f'(x) &= {derivative.format(x=factor(x), y=factor(y))} = \mathbf{{{tex(slope)}}}",
            r"\frac{\partial L}{\partial x} &= \frac{\partial L}{\partial y} \cdot f'(x)"
            rf" = \frac{{\partial L}}{{\partial y}} \cdot {factor(slope)}",
        )
    )
    steepest = _steepest(name)
    st.markdown(t("between.chain", most=short(steepest, 3), layers=short(steepest**10, 2)))


@cache
def _steepest(name: str) -> float:
    """The largest derivative of the function, as autograd finds it on a fine grid."""
    grid = torch.linspace(-8, 8, 16001)
    return float(activate(grid, name).derivative.max())


def taken(now: ActivationSettings, scene: Scene) -> Takeaway:
    """Map, output and derivative; the animation goes through the gains."""
    code = activation_code(scene.walk, now.activation, now.gain)

    def sheet(gain: float) -> list[Panel]:
        done = activate(gain * scene.walk.output, now.activation)
        return [
            Panel(f"{gain:g} · x", done.input, "input"),
            Panel("f(x)", done.output, "output"),
            Panel("f'(x)", done.derivative, "kernel"),
        ]

    return Takeaway(
        t("page.between.title"),
        (t("between.about.activation"),),
        code,
        scene.done.output,
        lambda step, dark: sheet_png(sheet(now.gain), dark),
        lambda dark: sheet_gif([sheet(gain) for gain in GAINS], dark, 800),
    )
