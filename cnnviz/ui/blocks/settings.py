"""A block, its picture and what of it is in hand, as settings, and what they make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import gcd
from typing import Any, TypeVar

from torch import Tensor

from cnnviz.components.stage import Edit
from cnnviz.data import pictures
from cnnviz.models.forms import ADDS, BLOCKS, Form, build, stem
from cnnviz.models.taps import Tap, steps_of, tapped
from cnnviz.problems import Problem
from cnnviz.ui.inputs import SETS, InputSettings, input_plane
from cnnviz.ui.photos import SAMPLES, photo_of
from cnnviz.ui.settings import choice, numbers, whole

MOST = 8  # channels of a convolution
MOST_WIDTH = 4  # channels of a convolution in an Inception branch
LARGEST_SIDE = 40  # of a picture: all maps of a block then make less than a megabyte
INPUTS = ("photo", *SETS)
PANELS = ("points", "small-kernels", "at-start", "block-costs", "code", "lesson")
WIDTHS = (2.0, 2.0, 3.0, 1.0, 2.0, 2.0)

# what a newly chosen block brings along, so that it can be seen at its best
PRESETS: dict[str, dict[str, Any]] = {
    "vgg": {"stem": 0, "c_out": 6, "convs": 2},
    "inception": {"stem": 6, "widths": WIDTHS},
    "residual": {"stem": 0, "c_out": 3},
    "bottleneck": {"stem": 6, "c_out": 6, "c_mid": 2},
    "resnext": {"stem": 8, "c_out": 8, "groups": 4},
    "dense": {"stem": 0, "convs": 2},
}

UNTOUCHED: dict[str, Any] = {"layer": 0, "map": 1, "row": 0, "col": 0, "step": 0}


@dataclass(frozen=True, kw_only=True)
class BlockSettings(InputSettings):
    """Everything that is on the page; options that a block does not have keep their value."""

    input: str = choice("photo", INPUTS)
    photo: str = choice("coffee", (*SAMPLES, "own"))
    side: int = whole(32, 8, LARGEST_SIDE)
    block: str = choice("residual", BLOCKS)
    stem: int = whole(0, 0, MOST)  # feature maps that enter; 0: the picture itself does
    c_out: int = whole(3, 1, MOST)
    convs: int = whole(2, 1, 3)
    c_mid: int = whole(2, 1, MOST)
    groups: int = whole(4, 1, MOST)
    growth: int = whole(2, 1, 4)
    widths: tuple[float, ...] = numbers(WIDTHS, 1, MOST_WIDTH, 6, 6)
    reduced: str = choice("on", ("on", "off"))
    shortcut: str = choice("bare", ("bare", "conv"))
    stride: int = whole(1, 1, 2)
    zero: str = choice("off", ("off", "on"))
    mode: str = choice("train", ("train", "eval"))
    seed: int = whole(0, 0, 999)
    panel: str = choice("points", PANELS, view=True)
    layer: int = whole(0, 0, 60, view=True)  # the point whose stage is open; 0: none
    map: int = whole(1, 1, 32, view=True)  # the channel in hand
    row: int = whole(0, 0, LARGEST_SIDE, view=True)  # the cell in hand, of the input; 0: the middle
    col: int = whole(0, 0, LARGEST_SIDE, view=True)
    # steps on view, 0 for all; or the stage's own step; the browser writes it
    step: int = whole(0, 0, 10_000, written=False, view=True)


S = TypeVar("S", bound=BlockSettings)


# ---- what they make


def picture_of(settings: BlockSettings) -> Tensor:
    """The picture as float32 (C, H, W) from 0 to 1: a photo's three colours, or one grey plane."""
    if settings.input == "photo":
        return pictures.planes(photo_of(settings), settings.side).float() / 255
    return input_plane(settings)[None]


def channels_in(settings: BlockSettings) -> int:
    """How many channels enter the block."""
    return settings.stem or (len(pictures.CHANNELS) if settings.input == "photo" else 1)


def has_colours(settings: BlockSettings) -> bool:
    """Whether the block's input is a photo's red, green and blue."""
    return settings.input == "photo" and not settings.stem


def form_of(settings: BlockSettings) -> Form:
    """The block as data; raises `Problem` where the options do not fit together."""
    c1, c2a, c2b, c3a, c3b, c4 = map(int, settings.widths)
    return Form(
        settings.block,
        channels_in(settings),
        c_out=settings.c_out,
        convs=settings.convs,
        use_1x1conv=settings.shortcut == "conv",
        stride=settings.stride,
        c_mid=settings.c_mid,
        groups=settings.groups,
        growth=settings.growth,
        widths=(c1, c2a, c2b, c3a, c3b, c4),
        reduced=settings.reduced == "on",
        zero_init_residual=settings.zero == "on",
        training=settings.mode == "train",
        seed=settings.seed,
    )


def input_of(settings: BlockSettings) -> Tensor:
    """What enters the block, (C, H, W), nowhere negative."""
    return stem(picture_of(settings), settings.stem, settings.seed)


def taps_of(settings: BlockSettings) -> list[Tap]:
    """Every point of the block; raises `Problem` where the options do not fit together."""
    return tapped(build(form_of(settings)), input_of(settings))


def panels_of(settings: BlockSettings) -> list[str]:
    """The panels that have something to say about this block."""
    only = {
        "small-kernels": ("vgg",),
        "at-start": ADDS,
        "block-costs": ("inception", "bottleneck", "resnext"),
    }
    return [name for name in PANELS if settings.block in only.get(name, BLOCKS)]


# ---- what fits after a change


def with_block(settings: S, name: str) -> S:
    """Another block, with options that show it at its best."""
    changed = replace(settings, block=name, shortcut="bare", stride=1, **PRESETS[name], **UNTOUCHED)
    if name == "residual" and channels_in(changed) != changed.c_out:  # a grey picture
        changed = replace(changed, c_out=channels_in(changed))
    return changed


def fitted(settings: S, before: BlockSettings) -> S:
    """The settings after the input or the channels changed: what could be added, still can be."""
    bare = settings.block in ADDS and settings.shortcut == "bare"
    if bare and before.c_out == channels_in(before) and settings.c_out == before.c_out:
        settings = replace(settings, c_out=channels_in(settings))
    return unopened(replace(settings, groups=gcd(settings.groups, settings.c_out)))


def unopened(settings: S) -> S:
    """With no stage open: after a change its layer may be another one."""
    return replace(settings, layer=0, step=0) if settings.layer else settings


def ways_out(settings: BlockSettings, problem: Problem) -> dict[str, dict[str, Any]]:
    """What makes the options fit: names of labels under `blocks.way` → changes."""
    if problem.kind == "block_shortcut":
        keep = {"c_out": channels_in(settings), "stride": 1}
        keep["groups"] = gcd(settings.groups, keep["c_out"])
        return {"conv": {"shortcut": "conv"}, "keep": keep}
    if problem.kind == "block_groups":
        return {"groups": {"groups": gcd(settings.groups, settings.c_out)}}
    return {}


# ---- what the reader does on the picture


def opened(settings: BlockSettings, taps: list[Tap]) -> tuple[int, int] | None:
    """The point and the channel whose stage is open, if there is one."""
    layer, channel = settings.layer, settings.map - 1
    if not 0 < layer < len(taps) or taps[layer].slide is None:
        return None
    return layer, min(channel, len(taps[layer].value) - 1)


def cell_in_hand(settings: BlockSettings, size: tuple[int, int]) -> tuple[int, int]:
    """The input's cell in hand, counted from 0; the nearest there is, by default the middle."""
    places = zip((settings.row, settings.col), size, strict=True)
    row, col = (min(i, n) - 1 if i else (n - 1) // 2 for i, n in places)
    return row, col


def apply_edit(settings: S, edit: Edit) -> S:
    """The settings after a click on a map; raises `Problem` for nonsense."""
    if edit.kind not in ("open", "pin"):
        return settings
    channel = _place(edit.detail.get("map"), 32)
    row, col = _cell(edit.detail.get("cell"))
    changed = replace(settings, map=channel + 1, row=row + 1, col=col + 1)
    if edit.kind == "pin":
        return changed
    taps = taps_of(settings)
    layer = _place(edit.detail.get("tap"), len(taps))
    at = _cell(edit.detail.get("at"))
    _, rows, cols = taps[layer].value.shape
    changed = replace(changed, layer=layer, step=at[0] * cols + at[1] + 1)
    if opened(changed, taps) is None or not (at[0] < rows and at[1] < cols):
        raise Problem("edit_damaged")
    return changed


def _cell(value: object) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise Problem("edit_damaged")
    row, col = value
    return _place(row, LARGEST_SIDE), _place(col, LARGEST_SIDE)


def _place(value: object, n: int) -> int:
    """A whole number from 0 to n − 1."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < n:
        raise Problem("edit_damaged")
    return value


def closed(settings: S) -> S:
    """Back from the stage to the block, standing at the point that was open."""
    taps = taps_of(settings)
    found = opened(settings, taps)
    steps = steps_of(taps)
    at = next((n for n, (tap, _) in enumerate(steps, 1) if found and tap == found[0]), 0)
    return replace(settings, layer=0, step=at)
