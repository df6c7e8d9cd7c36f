"""A block of a network as a graph of points, each with its feature maps, revealed step by step.

Python sends every map, and how the points read each other; the browser steps, plays and finds the
cells that a cell comes from. What the reader opens or pins comes back as an edit, which
`cnnviz.components.stage.edits` takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.components import register
from cnnviz.components.mail import token
from cnnviz.components.stage import encode
from cnnviz.models.taps import JOINS, Tap, axes_of, read_channels, steps_of

SHARED = (
    "geometry.js",
    "format.js",
    "transport.js",
    "plane.js",
    "pixel_plane.js",
    "tools.js",
    "tools.css",
    "outbox.js",
    "step_address.js",
    "stepped.js",
    "mount.js",
    "planes.css",
    "sentence.css",
)
_block = register("block", *(f"shared/{file}" for file in SHARED))

LANES = {"main": 0, "shortcut": 1}


@dataclass(frozen=True)
class BlockOptions:
    """How a block is shown."""

    strings: Mapping[str, str]  # labels and sentences, from the catalogue
    channel: int = 0  # in hand, where a point has it; from 0
    cell: tuple[int, int] = (0, 0)  # in hand, of the input
    inks: Sequence[tuple[int, int, int]] = ()  # what white is in each plane of the input
    undo: bool = False  # whether there is something to undo
    redo: bool = False
    step: int | None = None  # where to start, and where to go when `link` changes; None: the end
    link: int = 0
    classroom: bool = False
    done: int = 0  # the last edit that this contains


def block(taps: Sequence[Tap], key: str, options: BlockOptions) -> None:
    """Show the points of a block."""
    data = payload(taps, options)
    data["meta"] |= {"key": key, "token": token()}
    _block(key=key, data=data, on_edits_change=lambda: None)


def payload(taps: Sequence[Tap], options: BlockOptions) -> dict[str, Any]:
    """What the browser needs: plain JSON, with the maps as float32 bytes in base64.

    A concatenation's maps are those of what it reads, and are not sent again.

    Raises:
        ValueError: for a cell that the input does not have, and for numbers that are not finite.
    """
    _, rows, cols = taps[0].value.shape
    if not (0 <= options.cell[0] < rows and 0 <= options.cell[1] < cols):
        raise ValueError(f"The input has no cell {options.cell}.")
    meta = {
        "taps": [_described(taps, tap) for tap in taps],
        "steps": [list(step) for step in steps_of(taps)],
        "at": {"map": options.channel, "cell": list(options.cell)},
        "inks": list(map(list, options.inks)),
        "strings": dict(options.strings),
        "draw": False,
        "brush": False,
        "undo": options.undo,
        "redo": options.redo,
        "step": options.step,
        "link": options.link,
        "classroom": options.classroom,
        "done": options.done,
    }
    maps = ["" if tap.kind == "concat" else encode(tap.value) for tap in taps]
    return {"meta": meta, "maps": maps}


def _described(taps: Sequence[Tap], tap: Tap) -> dict[str, Any]:
    channels, rows, cols = tap.value.shape
    norm = tap.norm and {
        name: [round(float(value), 6) for value in numbers]
        for name, numbers in (
            ("mean", tap.norm.mean),
            ("std", (tap.norm.var + tap.norm.eps).sqrt()),
            ("gamma", tap.norm.gamma),
            ("beta", tap.norm.beta),
        )
    }
    return {
        "name": tap.name,
        "kind": tap.kind,
        "channels": channels,
        "rows": rows,
        "cols": cols,
        "inputs": list(tap.inputs),
        "lane": _lane(tap.branch),
        "column": tap.column,
        "lanes": [_lane(name) for name in _ways(taps, tap)] if tap.inputs else [],
        "window": _window(taps, tap),
        "reads": [_span(read_channels(taps, tap, c)) for c in range(channels)]
        if tap.slide
        else None,
        "norm": norm,
    }


def _ways(taps: Sequence[Tap], tap: Tap) -> list[str]:
    """The branch that each input of a point comes along; a bare shortcut has no point on it."""
    if tap.kind not in JOINS:
        return [tap.branch]
    return [taps[i].branch or "shortcut" for i in tap.inputs]


def _lane(branch: str) -> int | None:
    """Which lane of the graph a branch is drawn in; None for the middle of all."""
    return LANES.get(branch, int(branch) - 1 if branch.isdigit() else None)


def _window(taps: Sequence[Tap], tap: Tap) -> list[dict[str, int]] | None:
    """Along rows and columns, as the browser's geometry takes it."""
    if tap.slide is None:
        return None
    sizes = tap.value.shape[1:]
    return [
        {"k": axis.kernel_size, "s": axis.stride, "p": axis.padding, "d": axis.dilation, "o": n}
        for axis, n in zip(axes_of(taps, tap), sizes, strict=True)
    ]


def _span(channels: range) -> list[int]:
    return [channels.start, channels.stop]
