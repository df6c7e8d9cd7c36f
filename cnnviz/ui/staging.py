"""A walk on the stage, tied to the page's desk: its history, its link, its step."""

from __future__ import annotations

from typing import Any

from cnnviz.components.stage import Options, stage
from cnnviz.ops import Painting, Walk
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t, texts
from cnnviz.ui.settings import LARGEST


def show_stage(desk: Desk[Any], walk: Walk | Painting, key: str, **wishes: Any) -> None:
    """Show the walk; `wishes` are fields of `Options` that differ from what suits every page.

    The settings need a field `step`; a link's step past the end is said.
    """
    frame.check_step(desk, desk.now.step, len(walk))
    flipped = isinstance(walk, Walk) and walk.flip
    usual: dict[str, Any] = {
        "titles": {
            "input": t("stage.input"),
            "kernel": t("stage.kernel_flipped" if flipped else "stage.kernel"),
            "output": t("stage.output"),
        },
        "strings": texts("stage"),
        "sign": "∗" if flipped else "⋆",
        "undo": bool(desk.history.past),
        "redo": bool(desk.history.future),
        "step": desk.now.step - 1,
        "link": desk.history.link,
        "done": desk.history.done,
        "largest": LARGEST,
        "classroom": frame.classroom(),
    }
    stage(walk, key, Options(**usual | wishes))
