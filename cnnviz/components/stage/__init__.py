"""The stage: every sliding-window operation, watched step by step.

Python sends a finished walk; the browser steps, plays and hovers alone. What the reader edits
comes back as an `Edit`, once.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from cnnviz.components import register
from cnnviz.components.mail import messages, token
from cnnviz.ops import Walk

SHARED = (
    "geometry.js",
    "format.js",
    "transport.js",
    "plane.js",
    "number_plane.js",
    "pixel_plane.js",
    "planes.css",
)
_stage = register("stage", *(f"shared/{file}" for file in SHARED))


@dataclass(frozen=True)
class Options:
    """How the stage shows a walk; what is not named has a default that suits a page."""

    titles: Mapping[str, str]  # of "input", "kernel", "output"
    strings: Mapping[str, str]  # labels and sentences, from the catalogue
    sign: str = "⋆"  # between input and kernel
    editable: frozenset[str] = frozenset()  # which of "input", "kernel" may be edited
    draw: bool = False  # whether the input may be drawn on
    brush: bool = False  # whether the brush is in hand from the start
    undo: bool | None = None  # whether there is something to undo; None: no such buttons
    redo: bool = False
    step: int = 0  # where to start, and where to go when `link` changes
    link: int = 0
    linked: bool = True  # whether the step belongs into the address
    autoplay: bool = False
    classroom: bool = False
    height: int | None = None  # most pixels of the picture
    largest: float = 0  # of a number that is typed
    done: int = 0  # the last edit that this walk contains


@dataclass(frozen=True)
class Edit:
    """What a reader did on the stage. Comes from a browser: check before use."""

    id: int  # rising
    kind: str  # "cell", "draw", "clear", "undo", "redo"
    detail: Mapping[str, Any]


def stage(walk: Walk, key: str, options: Options) -> None:
    """Show a walk over one or two spatial axes; `edits(key, ...)` tells what was edited on it."""
    data = payload(walk, options)
    data["meta"] |= {"key": key, "token": token()}  # the browser is told another key, new each time
    _stage(key=key, data=data, on_edits_change=lambda: None)


def edits(key: str, after: int) -> list[Edit]:
    """What the reader did on the stage since the edit with the number `after`."""
    return [
        Edit(message["id"], str(message.get("kind")), message)
        for message in messages(key, "edits", after)
    ]


def payload(walk: Walk, options: Options) -> dict[str, Any]:
    """What the browser needs of a walk: plain JSON, with tensors as float32 bytes in base64."""
    bare = walk.kernel.ndim == walk.input.ndim
    if bare:
        planes = {
            "input": walk.input[None],
            "kernel": walk.kernel[None, None],
            "output": walk.output[None],
        }
    else:
        planes = {"input": walk.input, "kernel": walk.kernel, "output": walk.output}
    if len(walk.spatial) == 1:  # a signal is a picture of one row
        planes = {name: tensor.unsqueeze(-2) for name, tensor in planes.items()}
    axes = walk.axes if len(walk.spatial) == 2 else [(1, 1, 0, 1), *walk.axes]
    kernel_size, stride, padding, dilation = (list(values) for values in zip(*axes, strict=True))
    leftover = walk.window.leftover(walk.spatial)
    meta = {
        "window": {
            "kernel_size": kernel_size,
            "stride": stride,
            "padding": padding,
            "dilation": dilation,
        },
        "leftover": [list(unread) for unread in ((), *leftover)[-2:]],
        "groups": walk.groups,
        "bias": None if walk.bias is None else walk.bias.tolist(),
        **{
            name: _describe(name, walk, tensor, padding, options) for name, tensor in planes.items()
        },
        "strings": dict(options.strings),
        "sign": options.sign,
        "draw": options.draw,
        "brush": options.brush,
        "undo": options.undo,
        "redo": options.redo,
        "step": min(options.step, len(walk) - 1),
        "link": options.link,
        "linked": options.linked,
        "autoplay": options.autoplay,
        "classroom": options.classroom,
        "height": options.height,
        "largest": options.largest,
        "done": options.done,
    }
    return {"meta": meta, **{name: encode(tensor) for name, tensor in planes.items()}}


def encode(tensor: Tensor) -> str:
    """A tensor's float32 bytes, row by row, in base64; NaN and infinity are refused."""
    numbers = tensor.to(torch.float32).contiguous()
    if not torch.isfinite(numbers).all():
        raise ValueError("The browser can show finite float32 numbers only.")
    return base64.b64encode(numbers.numpy().tobytes()).decode()


def _describe(
    name: str, walk: Walk, tensor: Tensor, padding: list[int], options: Options
) -> dict[str, Any]:
    rows, cols = tensor.shape[-2:]
    return {
        "title": options.titles[name],
        "shape": f"{rows} × {cols}" if len(walk.spatial) == 2 else str(cols),
        "rows": rows,
        "cols": cols,
        "pad": padding if name == "input" else [0, 0],
        "planes": tensor.shape[1 if name == "kernel" else 0],
        "editable": name in options.editable,
    }
