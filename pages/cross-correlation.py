"""Cross-correlation (d2l 7.2): slide a kernel over one's own input, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from cnnviz.components.products import products
from cnnviz.components.stage import Options, stage, take_edit
from cnnviz.data.examples import EXAMPLES
from cnnviz.ops import Walk
from cnnviz.problems import Problem
from cnnviz.ui import frame, settings
from cnnviz.ui.desk import Desk
from cnnviz.ui.formula import formula
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.inputs import (
    InputSettings,
    can_draw,
    can_edit,
    edit_input,
    input_controls,
    input_plane,
)
from cnnviz.ui.kernels import KernelSettings, edit_kernel, kernel_controls, kernel_of
from cnnviz.ui.learn import LearnSettings, learn_panel
from cnnviz.ui.operation import (
    OperationSettings,
    flip_line,
    operation_controls,
    walk_of,
    ways_to_fit,
)
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice, whole
from cnnviz.ui.takeaway import Takeaway, takeaway

PAGE = "cross-correlation"
PANELS = ("formula", "code", "products", "learn", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(InputSettings, KernelSettings, OperationSettings, LearnSettings):
    """Everything that is on this page."""

    panel: str = choice("formula", PANELS)
    step: int = whole(1, 1, 1_000_000, written=False)  # the stage writes it


def main() -> None:
    """The page: the stage first, for it is what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    apply_edit(desk)
    controls, picture = frame.workbench(
        t("page.cross-correlation.title"), t("page.cross-correlation.lead")
    )
    with picture:
        walk = show(desk)
    with controls:
        input_controls(desk, with_fitting_kernel)
        kernel_controls(desk)
        operation_controls(desk)
        if walk and desk.now.operation == "convolution":
            st.caption(flip_line(desk.now, walk.input, kernel_of(desk.now)))
        takeaway(f"{PAGE}.take", PAGE, walk and taken(desk.now, walk))
    if walk:
        with picture:
            panels(desk, walk)
    frame.close(settings.write(desk.now))


def apply_edit(desk: Desk[Settings]) -> None:
    """Take over what the reader edited on the stage since the last run."""
    edit = take_edit(f"{PAGE}.stage")
    if edit is None:
        return
    try:
        if edit.kind == "undo":
            desk.undo()
        elif edit.kind == "redo":
            desk.redo()
        elif edit.detail.get("plane") == "kernel":
            flipped = desk.now.operation == "convolution"
            desk.set(edit_kernel(desk.now, edit, flipped=flipped))
        else:
            desk.set(edit_input(desk.now, edit))
    except Problem as problem:
        frame.say(problem)


def show(desk: Desk[Settings]) -> Walk | None:
    """The stage, or in its place what does not fit and the way back."""
    now = desk.now
    x, kernel = input_plane(now), kernel_of(now)
    try:
        walk = walk_of(now, x, kernel)
    except Problem as problem:
        refusal(desk, problem, ways_to_fit(now, x, kernel))
        return None
    if now.step > len(walk):
        frame.tell_step(now.step, len(walk))
        desk.forget(step=1)
    convolution = now.operation == "convolution"
    titles = {
        "input": t("stage.input"),
        "kernel": t("stage.kernel_flipped" if convolution else "stage.kernel"),
        "output": t("stage.output"),
    }
    stage(
        walk,
        f"{PAGE}.stage",
        Options(
            titles,
            texts("stage"),
            sign="∗" if convolution else "⋆",
            editable=frozenset({"input", "kernel"} if can_edit(now) else {"kernel"}),
            draw=can_draw(now),
            brush=now.input == "draw",
            undo=bool(desk.history.past),
            redo=bool(desk.history.future),
            step=desk.now.step - 1,
            link=desk.history.link,
            classroom=frame.classroom(),
        ),
    )
    return walk


def with_fitting_kernel(now: Settings, name: str) -> Settings:
    """An example of the course brings its kernel; on a picture its tiny kernels show little."""
    if name in EXAMPLES:
        return replace(now, kernel=EXAMPLES[name].kernel)
    if now.kernel in {example.kernel for example in EXAMPLES.values()} and name != "own":
        return replace(now, kernel="sobel-x")
    return now


def taken(now: Settings, walk: Walk) -> Takeaway:
    """What the export buttons hand out."""
    title = t("page.cross-correlation.title")
    flip = now.operation == "convolution"
    return Takeaway(walk, kernel_of(now), flip, title, (t("page.cross-correlation.lead"),))


def panels(desk: Desk[Settings], walk: Walk) -> None:
    """The details below the stage; only the open one is computed."""
    labels = {t(f"panel.{name}"): name for name in PANELS}
    shown = t(f"panel.{desk.now.panel}")

    def take(now: Settings, label: str) -> Settings:
        return replace(now, panel=labels[label])

    opened = st.tabs(list(labels), **desk.bind("panel", shown, take))
    for tab, name in zip(opened, PANELS, strict=True):
        if tab.open:
            with tab:
                panel(name, desk, walk)


def panel(name: str, desk: Desk[Settings], walk: Walk) -> None:
    """One of the tabs."""
    if name == "formula":
        formula(walk)
    elif name == "code":
        st.code(taken(desk.now, walk).code, language="python", height=360)
    elif name == "products":
        products(f"{PAGE}.products", texts("stage") | texts("products"))
    elif name == "learn":
        learn_panel(desk, walk)
    else:
        st.markdown(lesson("cross-correlation"))


main()
