"""A stack of layers: a named one, or the reader's own, edited layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st

from cnnviz.models import STACKS, Layer, field_table
from cnnviz.ops.windows import Cell
from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import LAYER_LIMITS, Layers, choice, layers, whole

MOST_LAYERS = 12
UNTOUCHED = STACKS["three"]
CHOICES = (*STACKS, "own")
KINDS = ("conv", "max", "avg")
NEW = {"conv": Layer("conv", 3, padding=1), "max": Layer("max", 2, 2), "avg": Layer("avg", 2, 2)}


@dataclass(frozen=True, kw_only=True)
class StackSettings:
    """Which stack is on screen; `layers` count for "own". `edited` is counted from 1."""

    stack: str = choice("three", CHOICES)
    layers: Layers = layers(UNTOUCHED, MOST_LAYERS)
    edited: int = whole(1, 1, MOST_LAYERS, view=True)


S = TypeVar("S", bound=StackSettings)


def layers_of(settings: StackSettings) -> Layers:
    """The stack as data, from the input on."""
    return settings.layers if settings.stack == "own" else STACKS[settings.stack]


def layer_title(layer: Layer) -> str:
    """The layer in the reader's language, short: Conv 3 × 3."""
    return f"{t(f'stack.kind.{layer.kind}')} {layer.kernel_size} × {layer.kernel_size}"


def layer_line(number: int, layer: Layer) -> str:
    """The layer with everything that is not as usual: 2. Conv 3 × 3 · p 1."""
    values = (("s", layer.stride, 1), ("p", layer.padding, 0), ("d", layer.dilation, 1))
    more = [f" · {letter} {value}" for letter, value, usual in values if value != usual]
    return f"{number}. {layer_title(layer)}{''.join(more)}"


def with_layers(settings: S, found: Sequence[Layer], edited: int | None = None) -> S:
    """The settings with these layers as the reader's own."""
    at = min(settings.edited if edited is None else edited, len(found))
    return replace(settings, stack="own", layers=tuple(found), edited=at)


def ways_to_fit(settings: StackSettings, size: Cell) -> dict[str, dict[str, Any]]:
    """What makes a stack fit its picture: buttons' labels → changes."""
    found = list(layers_of(settings))
    bad = next(n for n in range(1, len(found) + 1) if not _fits(found[:n], size)) - 1
    before = field_table(found[:bad], size)[-1].size
    layer = found[bad]
    padding = max((layer.axis.extent - n + 1) // 2 for n in before)
    ways: dict[str, Sequence[Layer]] = {}
    if padding <= _range(layer, "padding")[1]:
        padded = replace(layer, padding=padding)
        label = t("stack.pad", layer=bad + 1, padding=padding)
        ways[label] = [*found[:bad], padded, *found[bad + 1 :]]
    ways[t("stack.leave_out", layer=bad + 1)] = [*found[:bad], *found[bad + 1 :]]
    ways[t("stack.stop_before", layer=bad + 1)] = found[:bad]
    fitting = [(label, way) for label, way in ways.items() if way and _fits(way, size)]
    return {label: {"stack": "own", "layers": tuple(way)} for label, way in fitting[:2]}


def _fits(found: Sequence[Layer], size: Cell) -> bool:
    try:
        field_table(found, size)
    except Problem:
        return False
    return True


# ---- the controls


def stack_controls(desk: Desk[S], follow: Callable[[S], S]) -> None:
    """Choose a stack, and one of its layers to change, move or remove.

    `follow(after)` lets the page change more along with a newly chosen stack.
    """

    def take_stack(settings: S, name: str) -> S:
        if name == "own":  # start from what is there
            return with_layers(settings, layers_of(settings))
        return follow(replace(settings, stack=name, edited=1))

    st.selectbox(
        t("stack.label"),
        CHOICES,
        format_func=lambda name: t(f"stack.name.{name}"),
        **desk.bind("stack", take=take_stack),
    )
    found = layers_of(desk.now)
    edited = min(desk.now.edited, len(found))
    lines = [layer_line(number, layer) for number, layer in enumerate(found, 1)]

    def take_edited(settings: S, line: str) -> S:
        return replace(settings, edited=lines.index(line) + 1)

    shown = lines[edited - 1]
    st.radio(t("stack.layers"), lines, **desk.bind("edited", shown, take_edited))
    _layer_controls(desk, found[edited - 1], edited)
    _order_buttons(desk, found, edited)


def _layer_controls(desk: Desk[S], layer: Layer, edited: int) -> None:
    def change(settings: S, **values: Any) -> S:
        now = list(layers_of(settings))
        now[edited - 1] = _allowed(now[edited - 1], **values)
        return with_layers(settings, now)

    st.segmented_control(
        t("stack.kind.label", layer=edited),
        KINDS,
        format_func=lambda kind: t(f"stack.kind.{kind}"),
        width="stretch",
        required=True,
        **desk.bind("layer_kind", layer.kind, lambda now, kind: change(now, kind=kind)),
    )
    places = [place for pair in (st.columns(2), st.columns(2)) for place in pair]
    for place, name in zip(places, LAYER_LIMITS, strict=True):

        def take(settings: S, value: int, name: str = name) -> S:
            return change(settings, **{name: value})

        low, high = _range(layer, name)
        control = desk.bind(f"layer_{name}", getattr(layer, name), take)
        place.number_input(t(f"stack.{name}"), low, high, disabled=low == high, **control)


def _range(layer: Layer, name: str) -> tuple[int, int]:
    """The lowest and highest value that a layer of this kind can have."""
    low, high = LAYER_LIMITS[name]
    if name == "padding" and layer.kind != "conv":
        return low, layer.kernel_size // 2
    if name == "dilation" and layer.kind == "avg":
        return low, low
    return low, high


def _allowed(layer: Layer, **values: Any) -> Layer:
    """The layer with some values changed, the others brought to what its kind allows."""
    now = {name: getattr(layer, name) for name in ("kind", *LAYER_LIMITS)} | values
    if now["kind"] == "avg":
        now["dilation"] = 1
    if now["kind"] != "conv":
        now["padding"] = min(now["padding"], now["kernel_size"] // 2)
    return Layer(**now)


def _order_buttons(desk: Desk[S], found: Layers, edited: int) -> None:
    """Add after the edited layer, remove it, move it towards the input or away from it."""
    i = edited - 1
    added = (*found[:edited], NEW[found[i].kind], *found[edited:])
    without = (*found[:i], *found[edited:])
    acts: dict[str, tuple[str, Layers, int, bool]] = {
        "add": ("add", added, edited + 1, len(found) < MOST_LAYERS),
        "remove": ("delete", without, max(1, i), len(found) > 1),
        "earlier": ("arrow_upward", _swapped(found, i - 1), i, i > 0),
        "later": ("arrow_downward", _swapped(found, i), edited + 1, edited < len(found)),
    }
    with st.container(horizontal=True, gap="small"):
        for name, (icon, after, at, possible) in acts.items():
            st.button(
                t(f"stack.{name}"),
                icon=f":material/{icon}:",
                key=f"{desk.page}.layer_{name}",
                on_click=lambda after=after, at=at: desk.set(with_layers(desk.now, after, at)),
                disabled=not possible,
                width="content",
            )


def _swapped(found: Layers, i: int) -> Layers:
    """The layers i and i + 1 in the other order; as they are where there are no two."""
    if not 0 <= i < len(found) - 1:
        return found
    return (*found[:i], found[i + 1], found[i], *found[i + 2 :])
