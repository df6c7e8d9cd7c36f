"""Regions: function classes as discs, a truth that can be dragged, the nearest point of each class.

While the star is dragged the browser finds the nearest points by itself (`nearest.js`, held against
Python's by a test); where it was let go is told as an edit, and Python's numbers take over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnviz.components import register
from cnnviz.components.mail import token
from cnnviz.models.function_classes import HEIGHT, WIDTH, Disc, Point

PARTS = ("format.js", "tools.js", "tools.css", "outbox.js", "mount.js", "planes.css")
_regions = register("regions", *(f"shared/{file}" for file in PARTS))


def regions(
    key: str,
    discs: Sequence[Disc],
    truth: Point,
    strings: Mapping[str, str],
    *,
    limits: tuple[Point, Point],
    undo: bool,
    redo: bool,
    done: int,
    classroom: bool,
) -> None:
    """Show the classes, smallest first, and the truth.

    Args:
        key: of the component on the page. Where the truth was dragged to is read by
            `cnnviz.components.stage.edits(key, after)`: its `kind` is "move", its detail holds
            `x` and `y`.
        strings: the catalogue's `regions`.
        limits: the lowest and highest x, and the lowest and highest y of the truth.
        done: the last edit that these settings contain.
    """
    data = payload(discs, truth, limits)
    data["meta"] |= {
        "token": token(),
        "strings": dict(strings),
        "undo": undo,
        "redo": redo,
        "done": done,
        "classroom": classroom,
    }
    _regions(key=key, data=data, on_edits_change=lambda: None)


def payload(discs: Sequence[Disc], truth: Point, limits: tuple[Point, Point]) -> dict[str, Any]:
    """What the browser needs, as plain JSON: `found` is a nearest point and a distance a disc."""
    return {
        "meta": {"width": WIDTH, "height": HEIGHT, "limits": limits},
        "discs": [disc._asdict() for disc in discs],
        "truth": truth,
        "found": [
            {"nearest": disc.nearest(truth), "distance": disc.distance(truth)} for disc in discs
        ],
    }
