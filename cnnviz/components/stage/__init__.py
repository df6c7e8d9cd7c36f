"""The stage: every sliding-window operation, watched step by step.

Python sends a finished walk; the browser steps, plays and hovers alone. What the reader edits
comes back as an `Edit`, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.components import register
from cnnviz.components.mail import messages, token
from cnnviz.components.stage.payload import Options, encode, payload
from cnnviz.ops import Painting, Walk

__all__ = ["Edit", "Options", "edits", "encode", "payload", "stage"]

SHARED = (
    "geometry.js",
    "format.js",
    "transport.js",
    "plane.js",
    "number_plane.js",
    "pixel_plane.js",
    "tools.js",
    "tools.css",
    "outbox.js",
    "step_address.js",
    "stepped.js",
    "mount.js",
    "planes.css",
)
_stage = register("stage", *(f"shared/{file}" for file in SHARED))


@dataclass(frozen=True)
class Edit:
    """What a reader did on the stage. Comes from a browser: check before use."""

    id: int  # rising
    kind: str  # "cell", "draw", "clear", "undo", "redo"
    detail: Mapping[str, Any]


def stage(walk: Walk | Painting, key: str, options: Options) -> None:
    """Show a walk, or a transposed convolution; `edits(key, ...)` tells what was edited on it."""
    data = payload(walk, options)
    data["meta"] |= {"key": key, "token": token()}  # the browser is told another key, new each time
    _stage(key=key, data=data, on_edits_change=lambda: None)


def edits(key: str, after: int) -> list[Edit]:
    """What the reader did on the stage since the edit with the number `after`."""
    return [
        Edit(message["id"], str(message.get("kind")), message)
        for message in messages(key, "edits", after)
    ]
