"""What the window of a pooling is, what it slides over, and the course's own examples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

from cnnviz.components.stage import Edit
from cnnviz.data import pictures
from cnnviz.ops import Pooling, Window, pool
from cnnviz.ops.pooling import MODES
from cnnviz.problems import Problem
from cnnviz.ui import settings
from cnnviz.ui.i18n import t
from cnnviz.ui.inputs import GROUPS, InputSettings, edit_input, input_plane
from cnnviz.ui.settings import Pair, choice, pair, whole

ROUNDINGS = ("floor", "ceil")


@dataclass(frozen=True, kw_only=True)
class PoolSettings(InputSettings):
    """A stride of 0 is the window's own size, as in PyTorch. `padding` is per side."""

    input: str = choice("sixteen", [name for names in GROUPS.values() for name in names])
    planes: int = whole(1, 1, 3)
    mode: str = choice("max", MODES)
    window: Pair = pair((2, 2), 1, 8)
    stride: Pair = pair((0, 0), 0, 8)
    padding: Pair = pair((0, 0), 0, 4)
    dilation: int = whole(1, 1, 4)  # counts for "max" and "min": a mean has none
    rounding: str = choice("floor", ROUNDINGS)
    count_pad: str = choice("yes", ("yes", "no"))


S = TypeVar("S", bound=PoolSettings)

# what the course shows: d2l 7.5 and the Korean notes; the rest is at its default
EXAMPLE_SETTINGS: dict[str, dict[str, Any]] = {
    "halves": {},
    "ramp": {"input": "ramp", "stride": (1, 1)},
    "three": {"window": (3, 3)},
    "padded": {"window": (3, 3), "padding": (1, 1), "stride": (2, 2)},
    "wide": {"window": (2, 3), "padding": (0, 1)},
    "channels": {"window": (3, 3), "padding": (1, 1), "stride": (2, 2), "planes": 2},
    "notes": {"input": "notes"},
}
SET_BY_EXAMPLES = ("input", "planes", "window", "stride", "padding", "dilation", "rounding")


def with_example(now: S, name: str) -> S:
    """The settings with an example of the course; how the window is read stays."""
    start = {field: getattr(PoolSettings(), field) for field in SET_BY_EXAMPLES}
    return replace(now, **start | EXAMPLE_SETTINGS.get(name, {})) if name != "own" else now


def example_of(now: PoolSettings) -> str:
    """The example that these settings are; "own" for others."""
    same = (name for name in EXAMPLE_SETTINGS if with_example(now, name) == now)
    return next(same, "own")


# ---- the input


def most_planes(now: PoolSettings) -> int:
    """How many channels this input can have: grids are repeated, a photo has its colours."""
    grey = now.input not in GROUPS["grid"] and now.input != "photo"
    return 1 if grey else 3


def input_planes(now: PoolSettings) -> Tensor:
    """The input, float32 (rows, cols), or (C, rows, cols) with several channels.

    The channels of a grid X are X, X + 1, X + 2, those of a photo its colours.
    """
    x, count = input_plane(now), min(now.planes, most_planes(now))
    if count == 1:
        return x
    if now.input == "photo":
        names = list(pictures.CHANNELS)[:count]
        return torch.stack([input_plane(replace(now, channel=name)) for name in names])
    return torch.stack([x + more for more in range(count)])


def tags(now: PoolSettings) -> list[str]:
    """The channels' names; none for a single one."""
    count = min(now.planes, most_planes(now))
    if count == 1:
        return []
    if now.input == "photo":
        return [t(f"input.channel_name.{name}") for name in list(pictures.CHANNELS)[:count]]
    return ["X", *(f"X + {more}" for more in range(1, count))]


def edit_planes(now: S, edit: Edit) -> S:
    """The settings after an edit; what is typed into X + 1 changes X."""
    value, at = edit.detail.get("value"), edit.detail.get("at")
    if edit.kind == "cell" and isinstance(value, int | float) and isinstance(at, list) and at:
        more = at[0] if isinstance(at[0], int) and 0 <= at[0] < now.planes else 0
        edit = replace(edit, detail={**edit.detail, "value": value - more})
    return edit_input(now, edit)


# ---- the window


def stride_of(now: PoolSettings) -> Pair:
    """The stride, with the window's size where it is to follow that."""
    rows, cols = (s or k for s, k in zip(now.stride, now.window, strict=True))
    return rows, cols


def window_of(now: PoolSettings) -> Window:
    """The window; a mean has no dilation."""
    dilation = 1 if now.mode == "avg" else now.dilation
    return Window(now.window, stride_of(now), now.padding, dilation)


def in_mode(now: S, mode: str) -> S:
    """The settings with another mode; a dilation that a mean hides stays without effect."""
    return replace(now, mode=mode, dilation=1 if now.mode == "avg" else now.dilation)


def walk_of(now: PoolSettings, x: Tensor) -> Pooling:
    """The walk that these settings make of an input; raises `Problem` where they do not fit."""
    ceil, count = now.rounding == "ceil", now.count_pad == "yes"
    return pool(x, window_of(now), now.mode, ceil_mode=ceil, count_include_pad=count)


def most_padding(window: Pair) -> Pair:
    """Half the window at most, or a window could hold nothing but padding."""
    rows, cols = (min(k // 2, settings.limits(PoolSettings, "padding")[1]) for k in window)
    return rows, cols


def with_window(now: S, window: Pair) -> S:
    """The settings with another window, and no more padding than that can have."""
    rows, cols = (min(p, most) for p, most in zip(now.padding, most_padding(window), strict=True))
    return replace(now, window=window, padding=(rows, cols))


def largest_window(now: PoolSettings, shape: tuple[int, ...]) -> Pair:
    """The largest window that fits an input of this shape with this padding and dilation."""
    _, most = settings.limits(PoolSettings, "window")
    dilation = 1 if now.mode == "avg" else now.dilation
    rows, cols = (
        max(1, min(most, (n + 2 * p - 1) // dilation + 1))
        for n, p in zip(shape[-2:], now.padding, strict=True)
    )
    return rows, cols


def ways_to_fit(now: PoolSettings, x: Tensor) -> dict[str, dict[str, Any]]:
    """What makes settings fit that do not: up to two buttons' labels → changes."""
    window = largest_window(replace(now, padding=(0, 0), dilation=1), tuple(x.shape))
    fitting = min(now.window[0], window[0]), min(now.window[1], window[1])
    padding = with_window(now, now.window).padding
    ways: dict[str, dict[str, Any]] = {
        t("pooling.way.padding", padding=_x(padding)): {"padding": padding},
        t("pooling.way.dilation"): {"dilation": 1},
        t("pooling.way.window", window=_x(fitting)): {
            "window": fitting,
            "padding": (0, 0),
            "dilation": 1,
        },
    }
    return dict([way for way in ways.items() if _fits(now, way[1], x)][:2])


def _fits(now: PoolSettings, changes: dict[str, Any], x: Tensor) -> bool:
    try:
        walk_of(replace(now, **changes), x)
    except Problem:
        return False
    return True


def _x(both: Pair) -> str:
    return " × ".join(map(str, both))
