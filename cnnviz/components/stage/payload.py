"""What the browser needs of a walk: plain JSON, with tensors as float32 bytes in base64."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from cnnviz.ops import Painting, Pooling, Walk
from cnnviz.ops.windows import Axis

COLUMNS = ("input", "kernel", "output")
NO_PAD = [[0, 0], [0, 0]]  # cells before and after, on each axis
MOST_SUMS = 200_000  # numbers; a larger walk goes without what each plane adds


@dataclass(frozen=True)
class Options:
    """How the stage shows a walk; what is not named has a default that suits a page."""

    titles: Mapping[str, str]  # of "input", "kernel", "output"
    strings: Mapping[str, str]  # labels and sentences, from the catalogue
    sign: str = "⋆"  # between input and kernel
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)  # of several planes, by column
    inks: Sequence[tuple[int, int, int]] = ()  # what white is in each input plane of a picture
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
    flat: bool = False  # whether the input stands above kernel and output, as suits a signal
    largest: float = 0  # of a number that is typed
    done: int = 0  # the last edit that this walk contains


def payload(walk: Walk | Painting, options: Options) -> dict[str, Any]:
    """All of a walk over one to three axes, or of a painting over two.

    A volume, (depth, rows, columns) without channels, is shown slice by slice: its slices become
    planes, so it may not be padded in depth.

    Raises:
        ValueError: for a padded depth, for a volume with channels, and for numbers that are not
            finite float32.
    """
    if isinstance(walk, Painting):
        return _painting(walk, options)
    planes = _planes(walk)
    axes = [Axis(1, 1, 0, 1), *walk.axes][-2:]
    around = [[0, 0], *map(list, walk.around)][-2:]
    leftover = [(), *walk.window.leftover(walk.spatial)][-2:]
    meta = {
        "window": _window(axes),
        "depth": _depth(walk),
        "leftover": [list(unread) for unread in leftover],
        "groups": walk.groups,
        "bias": None if walk.bias is None else walk.bias.tolist(),
        **{
            name: _column(
                name,
                _shape(walk, name),
                planes[name],
                around if name == "input" else NO_PAD,
                options,
            )
            for name in COLUMNS
        },
        **_pooling(walk),
        **_wishes(options, len(walk)),
    }
    tensors = planes | _extras(walk)
    return {"meta": meta, **{name: encode(tensor) for name, tensor in tensors.items()}}


def _painting(painting: Painting, options: Options) -> dict[str, Any]:
    """The output's margin is what its padding crops off; the canvas is sent after each stroke."""
    if painting.input.ndim != 2:
        raise ValueError("The stage shows a transposed convolution over two axes.")
    axes = painting.axes
    planes = {name: getattr(painting, name) for name in COLUMNS}
    margin = [[axis.padding] * 2 for axis in axes]
    meta: dict[str, Any] = {
        "mode": "paint",
        "window": _window(axes),
        "depth": None,
        "leftover": [[], []],
        "groups": 1,
        "bias": None,
        **{
            name: _column(
                name, plane.shape, plane[None], margin if name == "output" else NO_PAD, options
            )
            for name, plane in planes.items()
        },
        **_wishes(options, len(painting)),
    }
    tensors = planes | {"partials": painting.partials}
    return {"meta": meta, **{name: encode(tensor) for name, tensor in tensors.items()}}


def _window(axes: list[Axis]) -> dict[str, list[int]]:
    names = ("kernel_size", "stride", "padding", "dilation")
    return {name: [getattr(axis, name) for axis in axes] for name in names}


def _wishes(options: Options, steps: int) -> dict[str, Any]:
    """What the page asks for beside the numbers."""
    return {
        "strings": dict(options.strings),
        "sign": options.sign,
        "draw": options.draw,
        "brush": options.brush,
        "undo": options.undo,
        "redo": options.redo,
        "step": min(options.step, steps - 1),
        "link": options.link,
        "linked": options.linked,
        "autoplay": options.autoplay,
        "classroom": options.classroom,
        "height": options.height,
        "flat": options.flat,
        "largest": options.largest,
        "done": options.done,
    }


def encode(tensor: Tensor) -> str:
    """A tensor's float32 bytes, row by row, in base64; NaN and infinity are refused."""
    numbers = tensor.to(torch.float32).contiguous()
    if not torch.isfinite(numbers).all():
        raise ValueError("The browser can show finite float32 numbers only.")
    return base64.b64encode(numbers.numpy().tobytes()).decode()


def _planes(walk: Walk) -> dict[str, Tensor]:
    """Input and output as (planes, rows, columns), the kernel with its stack before that."""
    planes = {name: getattr(walk, name) for name in COLUMNS}
    if len(walk.axes) == 3:  # a volume's slices are planes already
        if not walk.bare:
            raise ValueError("A volume with channels has more axes than the stage can show.")
        return planes | {"kernel": walk.kernel[None]}
    if walk.bare:
        planes = {name: tensor[None] for name, tensor in planes.items()}
        planes["kernel"] = planes["kernel"][None]
    if len(walk.axes) == 1:  # a signal is a picture of one row
        planes = {name: tensor.unsqueeze(-2) for name, tensor in planes.items()}
    return planes


def _depth(walk: Walk) -> dict[str, int] | None:
    """The window along a volume's depth, as the browser's geometry takes it."""
    if len(walk.axes) < 3:
        return None
    axis, (slices, *_) = walk.axes[0], walk.spatial
    if axis.padding:
        raise ValueError("The stage shows a volume's own slices only: no padding in depth.")
    size = axis.output_size(slices)
    return {"k": axis.kernel_size, "s": axis.stride, "p": 0, "d": axis.dilation, "o": size}


def _pooling(walk: Walk) -> dict[str, Any]:
    if isinstance(walk, Pooling):
        return {"mode": walk.mode, "count_include_pad": walk.count_include_pad}
    return {"mode": "sum", "count_include_pad": True}


def _extras(walk: Walk) -> dict[str, Tensor]:
    """What the planes alone do not tell: how pooling chose, what other padding than zeros holds."""
    if isinstance(walk, Pooling):
        return {"counts": walk.counts} if walk.mode == "avg" else {"winners": walk.winners}
    extras = {}
    if walk.padding_mode != "zeros":
        extras["padded"] = walk.padded
    if not walk.bare and walk.output.numel() * walk.kernel.shape[1] <= MOST_SUMS:
        extras["sums"] = walk.sums()
    return extras


def _shape(walk: Walk, name: str) -> torch.Size:
    """As it is written beside the title; pooling's kernel is its window."""
    shape: torch.Size = getattr(walk, name).shape
    pooling = name == "kernel" and isinstance(walk, Pooling)
    return shape[-len(walk.axes) :] if pooling else shape


def _column(
    name: str, shape: torch.Size, planes: Tensor, pad: list[list[int]], options: Options
) -> dict[str, Any]:
    """What the browser has to know of the planes (..., planes, rows, columns) in one column."""
    count, rows, cols = planes.shape[-3:]
    return {
        "title": options.titles[name],
        "shape": " × ".join(map(str, shape)),
        "tags": list(options.tags.get(name, ())),
        "inks": list(map(list, options.inks)) if name == "input" else [],
        "rows": rows,
        "cols": cols,
        "pad": pad,
        "planes": count,
        "editable": name in options.editable,
    }
