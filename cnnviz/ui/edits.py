"""What a reader did on a page's stage since its last run, taken into the settings."""

from __future__ import annotations

from collections.abc import Callable

from cnnviz.components.stage import Edit, edits
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk, S


def take_edits(desk: Desk[S], key: str, apply: Callable[[S, Edit], S]) -> None:
    """Undo, redo, and what `apply(settings, edit)` makes of the other edits of the stage `key`.

    What it refuses with a `Problem` is said, and the other edits count.
    """
    history = desk.history
    refused: list[Problem] = []
    for edit in edits(key, history.done):
        try:
            if edit.kind == "undo":
                history.undo()
            elif edit.kind == "redo":
                history.redo()
            else:
                history.set(apply(history.now, edit))
        except Problem as problem:
            refused.append(problem)
        history.done = edit.id  # right after the change: a run may end at any look at the session
    for refusal in refused:
        frame.say(refusal)
