"""Several input planes and a stack of kernels, as settings: what they make, and their edits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import TypeVar

import torch
from torch import Tensor

from cnnviz.components.stage import Edit
from cnnviz.data import pictures
from cnnviz.ops import Walk, kernels
from cnnviz.ops.stacks import RGB_NAMES, course_stack, grouped, in_group, random_stack, rgb_stack
from cnnviz.problems import Problem
from cnnviz.ui.grids import as_stack, edit_plane
from cnnviz.ui.operation import OperationSettings, walk_of
from cnnviz.ui.photos import SAMPLES, PhotoChoice, photo_of
from cnnviz.ui.settings import LARGEST, Stack, choice, numbers, stack, whole, words

MOST = 8  # channels
LARGEST_PLANE = 8  # a side of one's own planes
LARGEST_KERNEL = 5
INPUTS = ("course", "own", "photo")
KINDS = ("course", "named", "pointwise", "random", "own")
IN_A_ROW = tuple(name for name in kernels.NAMES if name != "identity")

# d2l 7.4.1: the ramp, and the ramp plus 1
COURSE_PLANES = as_stack(torch.arange(9.0).reshape(3, 3) + torch.arange(2.0)[:, None, None])
COURSE_WEIGHTS = as_stack(course_stack(3, 2))
BIAS = tuple(map(float, range(1, MOST + 1)))  # of all output channels that there may be


@dataclass(frozen=True, kw_only=True)
class ChannelSettings(PhotoChoice, OperationSettings):
    """Planes and kernels; fields that the choices do not use keep their last value.

    `weights` are the whole stack, plane after plane; of it `groups` leave a part.
    """

    input: str = choice("course", INPUTS)
    planes: Stack = stack(COURSE_PLANES, MOST, LARGEST_PLANE)
    photo: str = choice("coffee", (*SAMPLES, "own"))  # the other sample is grey
    side: int = whole(32, LARGEST_PLANE, 64)
    kernels: str = choice("course", KINDS)
    weights: Stack = stack(COURSE_WEIGHTS, MOST * MOST, LARGEST_KERNEL)
    names: tuple[str, ...] = words(("luminance", "edge-x", "red-green"), RGB_NAMES, MOST)
    size: int = whole(3, 1, LARGEST_KERNEL)  # of random kernels
    seed: int = whole(0, 0, 999)
    c_out: int = whole(3, 1, MOST)
    groups: int = whole(1, 1, MOST)
    biased: str = choice("off", ("off", "on"))
    bias: tuple[float, ...] = numbers(BIAS, -LARGEST, LARGEST, MOST, MOST)
    first: str = choice("sobel-x", IN_A_ROW)  # of two kernels in a row
    second: str = choice("gaussian", IN_A_ROW)


S = TypeVar("S", bound=ChannelSettings)


# ---- what they make


def planes_of(settings: ChannelSettings) -> Tensor:
    """The input, float32 (c_in, h, w); a photo's planes from 0 to 1."""
    if settings.input == "photo":
        return pictures.planes(photo_of(settings), settings.side).float() / 255
    return torch.tensor(COURSE_PLANES if settings.input == "course" else settings.planes)


def channels_in(settings: ChannelSettings) -> int:
    if settings.input == "photo":
        return len(pictures.CHANNELS)
    return len(COURSE_PLANES if settings.input == "course" else settings.planes)


def channels_out(settings: ChannelSettings) -> int:
    return len(settings.names) if settings.kernels == "named" else settings.c_out


def stack_of(settings: ChannelSettings) -> Tensor:
    """The whole stack, float32 (c_out, c_in, kernel_height, kernel_width).

    Raises:
        Problem: (a `ValueError`) where one's own or named kernels do not fit the channels.
    """
    c_in, c_out = channels_in(settings), channels_out(settings)
    if settings.kernels == "course":
        return course_stack(c_out, c_in)
    if settings.kernels in ("random", "pointwise"):
        size = settings.size if settings.kernels == "random" else 1
        return random_stack(c_out, c_in, size, settings.seed)
    if settings.kernels == "named":
        if c_in != len(pictures.CHANNELS):
            raise Problem("stack_rgb", c_in=c_in)
        return rgb_stack(settings.names)
    expected, found = c_out * c_in, len(settings.weights)
    if found != expected:
        raise Problem("stack_count", c_out=c_out, c_in=c_in, expected=expected, found=found)
    planes = torch.tensor(settings.weights)
    return planes.reshape(c_out, c_in, *planes.shape[1:])


def bias_of(settings: ChannelSettings) -> Tensor | None:
    if settings.biased == "off":
        return None
    return torch.tensor(settings.bias[: channels_out(settings)])


def channel_walk(settings: ChannelSettings) -> Walk:
    """The walk over all channels; raises `Problem` where the settings do not fit together."""
    kernel = grouped(stack_of(settings), settings.groups)
    bias = bias_of(settings)
    return walk_of(settings, planes_of(settings), kernel, bias=bias, groups=settings.groups)


def pointwise_of(settings: ChannelSettings) -> tuple[Tensor, bool]:
    """A 1×1 stack for the input's channels, and whether it is the page's own kernels."""
    whole = stack_of(settings)
    c_out, c_in = whole.shape[:2]
    if tuple(whole.shape[2:]) == (1, 1):
        mine = in_group(c_out, c_in, settings.groups)  # what groups cut off is 0
        return whole * mine[..., None, None], True
    return random_stack(c_out, c_in, 1, settings.seed), False


def row_plane(settings: ChannelSettings) -> Tensor:
    """The plane for two kernels in a row: the photo in grey, float32 (rows, cols)."""
    return pictures.plane(photo_of(settings), settings.side).float() / 255


# ---- what fits after a change


def fitted(settings: S, before: ChannelSettings) -> S:
    """The settings with kernels and groups that go with new numbers of channels."""
    c_in = channels_in(settings)
    if settings.kernels == "named":
        if c_in != len(pictures.CHANNELS):
            settings = replace(settings, kernels="course")
        settings = replace(settings, c_out=channels_out(settings))
    if settings.kernels == "own":
        old = (channels_out(before), channels_in(before))
        settings = replace(
            settings, weights=refilled(settings.weights, old, (settings.c_out, c_in))
        )
    return replace(settings, groups=gcd(settings.groups, gcd(c_in, settings.c_out)))


def refilled(planes: Stack, old: tuple[int, int], new: tuple[int, int]) -> Stack:
    """A stack with other numbers of channels: what stays keeps its place, the rest is zeros."""
    zeros = tuple((0.0,) * len(planes[0][0]) for _ in planes[0])
    if len(planes) != old[0] * old[1]:  # a link's that never fitted
        old = (1, len(planes))
    kept = {divmod(i, old[1]): plane for i, plane in enumerate(planes)}
    return tuple(kept.get((o, c), zeros) for o in range(new[0]) for c in range(new[1]))


def with_planes(settings: S, count: int) -> S:
    """So many input planes of one's own; each new one is the last plus 1, as the course's are."""
    planes = list(planes_of(settings)[:count])
    while len(planes) < count:
        planes.append(planes[-1] + 1)
    return fitted(replace(settings, input="own", planes=as_stack(torch.stack(planes))), settings)


def with_groups(settings: S, groups: int) -> S:
    """So many groups, and as many output channels as they can share, at least as many as now."""
    c_out = min(-(-channels_out(settings) // groups), MOST // groups) * groups
    return replace(fitted(replace(settings, c_out=c_out), settings), groups=groups)


def with_input(settings: S, name: str) -> S:
    """Another input; a photo brings kernels for colours."""
    changed = replace(settings, input=name)
    if name == "photo" and settings.kernels == "course":
        changed = replace(changed, kernels="named")
    return fitted(changed, settings)


def with_kind(settings: S, kind: str) -> S:
    """Other kernels; one's own start from those that are there, if they fit."""
    changed = replace(settings, kernels=kind)
    if kind == "own" and settings.weights == COURSE_WEIGHTS:  # untouched
        try:
            whole = stack_of(settings)
        except Problem:  # a link's kernels that do not fit
            whole = course_stack(channels_out(settings), channels_in(settings))
        return replace(changed, weights=as_stack(whole), c_out=len(whole))
    return fitted(changed, settings)


def divisors(n: int) -> list[int]:
    return [d for d in range(1, n + 1) if n % d == 0]


# ---- what the reader does on the stage


def can_edit_planes(settings: ChannelSettings) -> bool:
    return settings.input != "photo"


def edit_channels(settings: S, edit: Edit) -> S:
    """The settings after a cell was typed into; raises `Problem` for nonsense."""
    if edit.kind != "cell":
        return settings
    if edit.detail.get("plane") == "kernel":
        return _edit_kernel(settings, edit)
    if not can_edit_planes(settings):
        return settings
    return replace(settings, input="own", planes=as_stack(edit_plane(planes_of(settings), edit)))


def _edit_kernel(settings: S, edit: Edit) -> S:
    """A weight of the output channel in `edit.detail`; flipped kernels are shown flipped."""
    whole, channel = stack_of(settings), edit.detail.get("channel")
    if not isinstance(channel, int) or not 0 <= channel < len(whole):
        raise Problem("edit_damaged")
    axes = (-2, -1) if settings.operation == "convolution" else ()
    whole = whole.flip(axes)
    mine = in_group(len(whole), whole.shape[1], settings.groups)[channel]
    whole[channel, mine] = edit_plane(whole[channel, mine], edit)
    weights = as_stack(whole.flip(axes))
    return replace(settings, kernels="own", weights=weights, c_out=len(whole))
