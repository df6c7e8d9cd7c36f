"""A walk as flat planes: what a picture of it has to show.

Up to three axes and channels become planes (P, H, W). They are the channels of the step's group,
and of a volume the slices in depth that the window covers; a 1-D walk is planes of one row.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import torch
from torch import Tensor

from cnnviz.ops import Pooling, Step, Walk
from cnnviz.ops.windows import Axis

ONE_ROW = Axis(kernel_size=1, stride=1, padding=0, dilation=1)


@dataclass(frozen=True)
class Place:
    """Where the window stands at one step."""

    step: Step
    plane: tuple[int, ...]  # which plane of the output: (), (channel,), (depth,), (channel, depth)
    cell: tuple[int, int]  # which cell of it
    rows: tuple[int, ...]  # that the window reads, counted in the padded plane
    cols: tuple[int, ...]
    takes: bool = False  # whether pooling takes one cell of the window, as a mean does not


@dataclass(frozen=True)
class Planes:
    """What stands still while the window walks over one plane of the output."""

    inputs: Tensor  # (P, H, W), padded
    padding: Tensor  # (P, H, W), bool
    leftover: Tensor  # (H, W), bool: rows and columns that no window reads
    kernels: Tensor  # (P, kernel_height, kernel_width)
    output: Tensor  # (out_height, out_width)
    labels: tuple[str, ...]  # P: each input plane's channel and slice
    kernel_labels: tuple[str, ...]  # P: the same of each kernel plane


def held(place: Place) -> Tensor:
    """What the window holds at this place, (rows, columns): pooling shows it in K's place."""
    cells = place.step.cells
    return cells.reshape(-1, cells.shape[-1])


def winner(place: Place) -> tuple[int, int] | None:
    """Which cell of the window a maximum or minimum took; None for a mean."""
    if not place.takes:
        return None
    weights = place.step.kernel
    taken = (weights.reshape(-1, weights.shape[-1]) == 1).nonzero().tolist()
    return taken[0][0], taken[0][1]


def place_of(walk: Walk, i: int) -> Place:
    """Where the window stands at step `i`; raises what `walk.step` raises."""
    step, flat = walk.step(i), min(2, len(walk.axes))
    row, col = (0, *step.index[-flat:])[-2:]
    down, across = _picture_axes(walk)
    return Place(
        step=step,
        plane=step.index[:-flat],
        cell=(row, col),
        rows=tuple(i + down.padding for i in down.taps(row)),
        cols=tuple(i + across.padding for i in across.taps(col)),
        takes=isinstance(walk, Pooling) and walk.mode != "avg",
    )


def planes_of(walk: Walk, place: Place) -> Planes:
    """The planes of X, K and Y at this place."""
    read = _channels_and_slices(walk, place.step)
    return Planes(
        inputs=_read(walk, walk.padded, read),
        padding=_read(walk, _outside(walk), read),
        leftover=_leftover(walk),
        kernels=_flat(walk, place.step.kernel),
        output=_flat(walk, walk.output[place.plane])[0],
        labels=_labels(read),
        kernel_labels=_labels([tuple(range(len(part))) for part in read]),
    )


def _picture_axes(walk: Walk) -> tuple[Axis, Axis]:
    """The window down and across the picture; a 1-D walk has one row."""
    down, across = [ONE_ROW, *walk.axes][-2:]
    return down, across


def _channels_and_slices(walk: Walk, step: Step) -> list[tuple[int, ...]]:
    """The input's channels and the slices in depth that this step reads, where there are any.

    Slices are counted from the input's first, so padding is negative or past the end.
    """
    read: list[tuple[int, ...]] = []
    if walk.kernel.ndim > len(walk.axes):
        count = walk.kernel.shape[1]
        group = step.index[0] // (len(walk.kernel) // walk.groups)
        read.append(tuple(range(group * count, (group + 1) * count)))
    if len(walk.axes) == 3:
        read.append(walk.axes[0].taps(step.index[-3]))
    return read


def _labels(read: list[tuple[int, ...]]) -> tuple[str, ...]:
    return tuple(", ".join(map(str, at)).replace("-", "−") for at in product(*read))


def _read(walk: Walk, padded: Tensor, read: list[tuple[int, ...]]) -> Tensor:
    """Those channels and slices of the padded input, or of something of its shape: (P, H, W)."""
    for dim, part in enumerate(read):
        is_depth = len(walk.axes) == 3 and dim == len(read) - 1
        first = walk.axes[0].padding if is_depth else 0
        padded = padded.index_select(dim, torch.tensor(part) + first)
    return _flat(walk, padded)


def _flat(walk: Walk, tensor: Tensor) -> Tensor:
    """Whatever comes before the picture's two axes (one, in a 1-D walk) as planes."""
    rows, cols = (1, *tensor.shape[-min(2, len(walk.axes)) :])[-2:]
    return tensor.reshape(-1, rows, cols)


def _outside(walk: Walk) -> Tensor:
    """True where the padded input is padding; its shape."""
    sides = [side for pair in reversed(walk.around) for side in pair]
    return torch.nn.functional.pad(torch.zeros_like(walk.input), sides, value=1) > 0


def _leftover(walk: Walk) -> Tensor:
    """True in the rows and columns of the padded plane (H, W) that no window reads."""
    unread = torch.zeros((1, *walk.padded.shape[-len(walk.axes) :])[-2:], dtype=torch.bool)
    left = [(), *walk.window.leftover(walk.spatial)][-2:]
    for dim, (axis, missed) in enumerate(zip(_picture_axes(walk), left, strict=True)):
        unread.index_fill_(dim, torch.tensor(missed, dtype=torch.long) + axis.padding, True)
    return unread
