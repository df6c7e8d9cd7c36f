"""Four views of one operation: window, im2col product, sparse matrix, code (d2l 7.2, 14.10.2)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from cnnviz.components.boards import boards
from cnnviz.components.stage import Edit
from cnnviz.data.examples import EXAMPLES
from cnnviz.ops.views import Views, four_views
from cnnviz.problems import Problem
from cnnviz.ui import frame, settings
from cnnviz.ui.desk import Desk
from cnnviz.ui.edits import take_edits
from cnnviz.ui.formula import formula
from cnnviz.ui.four_views import (
    VIEWS,
    agreement,
    boards_of,
    check_outputs,
    edit_padded,
    size_table,
    views_takeaway,
    ways_to_fewer,
)
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.kernels import KernelSettings, edit_kernel, kernel_controls, kernel_of
from cnnviz.ui.operation import (
    OperationSettings,
    flip_line,
    operation_controls,
    walk_of,
    ways_to_fit,
)
from cnnviz.ui.panels import panels
from cnnviz.ui.refusal import refusal
from cnnviz.ui.settings import choice
from cnnviz.ui.small_inputs import SmallInputSettings, small_controls, small_plane
from cnnviz.ui.takeaway import Takeaway, takeaway

PAGE = "four-views"
BOARDS = f"{PAGE}.boards"
PANELS = ("sizes", "formula", "code", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(SmallInputSettings, KernelSettings, OperationSettings):
    """Everything that is on this page."""

    panel: str = choice("sizes", PANELS, view=True)


def main() -> None:
    """The page: the boards first, for they are what a click is to change."""
    desk = frame.desk(PAGE, Settings)
    take_edits(desk, BOARDS, apply_edit)
    controls, picture = frame.workbench(t("page.four-views.title"), t("page.four-views.lead"))
    with picture:
        views = show(desk)
    with controls:
        small_controls(desk, with_its_kernel)
        kernel_controls(desk)
        operation_controls(desk)
        if views and desk.now.operation == "convolution":
            st.caption(flip_line(desk.now, views.walk.input, kernel_of(desk.now)))
        takeaway(f"{PAGE}.take", PAGE, views and taken(views))
    if views:
        with picture:
            panels(desk, PANELS, lambda name: panel(name, views))
    frame.close(desk)


def apply_edit(now: Settings, edit: Edit) -> Settings:
    """The settings after a cell of the input or of the kernel was typed into."""
    if edit.detail.get("plane") == "kernel":
        return edit_kernel(now, edit, flipped=now.operation == "convolution")
    return replace(now, input="own", cells=edit_padded(small_plane(now), edit, now.padding))


def with_its_kernel(now: Settings) -> Settings:
    """An example of the course brings its kernel."""
    return replace(now, kernel=EXAMPLES[now.input].kernel) if now.input in EXAMPLES else now


def show(desk: Desk[Settings]) -> Views | None:
    """The boards, or in their place what does not fit and the way back."""
    now = desk.now
    x, kernel = small_plane(now), kernel_of(now)
    try:
        walk = walk_of(now, x, kernel)
        check_outputs(len(walk))
    except Problem as problem:
        many = problem.kind == "views_outputs"
        refusal(
            desk, problem, ways_to_fewer(now, x, kernel) if many else ways_to_fit(now, x, kernel)
        )
        return None
    views = four_views(walk)
    boards(
        BOARDS,
        boards_of(views),
        texts("boards"),
        headings=[t(f"views.{name}") for name in VIEWS],
        columns=2,
        factors=("input", "kernel"),
        undo=bool(desk.history.past),
        redo=bool(desk.history.future),
        link=desk.history.link,
        done=desk.history.done,
        largest=settings.LARGEST,
        classroom=frame.classroom(),
    )
    st.markdown(agreement(views))
    return views


def taken(views: Views) -> Takeaway:
    """What the export buttons hand out."""
    return views_takeaway(views, t("page.four-views.title"), t("page.four-views.lead"))


def panel(name: str, views: Views) -> None:
    """One of the tabs."""
    if name == "sizes":
        st.markdown(size_table(views.walk))
    elif name == "formula":
        formula(views.walk)
    elif name == "code":
        st.code(taken(views).code, language="python", height=360)
    else:
        st.markdown(lesson("four-views"))


main()
