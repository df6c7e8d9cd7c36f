"""The controls of a network: which, on what input, and every option that it has."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz.models.families.free import BLOCKS, MOST_BLOCKS, read_blocks
from cnnviz.models.layers import sizes
from cnnviz.models.options import Option, Value
from cnnviz.models.registry import network
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.networks import (
    ALONE,
    MADE,
    MADE_FOR,
    NAMES,
    Side,
    network_title,
    option_values,
    size_of,
    with_option,
)
from cnnviz.ui.settings import Pair, limits


def network_controls(desk: Desk[Any], side: Side = ALONE, **renewed: Any) -> None:
    """The network, its input, its classes, and every option that it has.

    Put into a horizontal container they stand beside each other. `renewed` as in
    `network_control`.
    """
    network_control(desk, side, **renewed)
    size_controls(desk, side)
    option_controls(desk, side)


def network_control(desk: Desk[Any], side: Side = ALONE, width: int = 220, **renewed: Any) -> None:
    """Which network; another one comes as it was published.

    `renewed` are the page's settings that were about the one before, and what they become.
    """
    st.selectbox(
        t("networks.network"),
        NAMES,
        format_func=network_title,
        width=width,
        **desk.bind(
            f"{side.prefix}network",
            take=lambda now, name: replace(
                side.put(now, network=name, options=(), size=(0, 0), made_for="input"),
                **renewed,
            ),
        ),
    )


def choice_text(word: str) -> str:
    """An option's word in the reader's language."""
    return t(f"networks.choice.{word}")


def option_controls(desk: Desk[Any], side: Side = ALONE, without: Collection[str] = ()) -> None:
    """Every option that the network has, but for those `without`."""
    known = network(side.get(desk.now, "network")).options
    for option in known.values():
        if option.name in without:
            continue
        if option.name == MADE:
            _made_for_control(desk, side, option)
        elif option.reads:
            _blocks_control(desk, side, option)
        else:
            _option_control(desk, side, option)


def size_controls(desk: Desk[Any], side: Side = ALONE) -> None:
    """The input's height and width; equal ones stay equal."""
    high = limits(desk.settings, f"{side.prefix}size")[1]
    height, width = size_of(desk.now, side)

    def put(now: Any, size: Pair) -> Any:
        _, *own = network(side.get(now, "network")).input_shape
        return side.put(now, size=(0, 0) if list(size) == own else size)

    def take_height(now: Any, value: int) -> Any:
        before, width = size_of(now, side)
        return put(now, (value, value if before == width else width))

    def take_width(now: Any, value: int) -> Any:
        return put(now, (size_of(now, side)[0], value))

    name = f"{side.prefix}size"
    st.number_input(
        t("networks.height"), 1, high, width=105, **desk.bind(f"{name}.h", height, take_height)
    )
    st.number_input(
        t("networks.width"), 1, high, width=105, **desk.bind(f"{name}.w", width, take_width)
    )


def _made_for_control(desk: Desk[Any], side: Side, option: Option) -> None:
    """Whether the first dense layer follows the input's size or stays as it was printed."""
    words = {
        "input": t("networks.made_for.input"),
        "paper": sizes(option.default),
    }
    st.segmented_control(
        t("networks.made_for.label"),
        MADE_FOR,
        format_func=words.__getitem__,
        help=t("networks.made_for.help"),
        width="content",
        **desk.bind(f"{side.prefix}made_for", take=lambda now, word: side.put(now, made_for=word)),
    )


def _option_control(desk: Desk[Any], side: Side, option: Option) -> None:
    option_control(
        desk,
        # of another network it is another control, with another range
        f"{side.prefix}{side.get(desk.now, 'network')}.{option.name}",
        option,
        option_values(desk.now, side)[option.name],
        t(f"networks.option.{option.name}"),
        lambda now, value: with_option(now, option.name, value, side),
    )


def option_control(
    desk: Desk[Any],
    name: str,
    option: Option,
    value: Value,
    label: str,
    put: Callable[[Any, Value], Any],
    word: Callable[[str], str] = choice_text,
) -> None:
    """The control that suits the kind of option; `name` is the control's on its page.

    `put(now, value)` gives the settings with another value, `word` what a choice is called.
    """

    def bound(shown: Any, read: Callable[[Any], Value] = lambda given: given) -> dict[str, Any]:
        def take(now: Any, given: Any) -> Any:
            try:
                return put(now, option.check(read(given)))
            except ValueError:  # no list of numbers, or a `Problem`
                said = {"name": label, "value": str(given)[:80] or "–", "allowed": option.allowed}
                frame.say(Problem("option_value", **said))
                return now

        return desk.bind(name, shown, take)

    if isinstance(value, bool):
        st.toggle(label, width="content", **bound(value))
    elif isinstance(value, tuple):
        st.text_input(label, width=_room(value), **bound(", ".join(map(str, value)), _numbers))
    elif isinstance(value, str):
        st.segmented_control(
            label,
            option.choices,
            format_func=word,
            width="content",
            **bound(value),
        )
    elif isinstance(value, int):
        low, high = int(option.low), int(option.high)
        st.number_input(label, low, high, width=110, **bound(value))
    else:
        st.slider(
            label, float(option.low), float(option.high), step=0.05, width=160, **bound(value)
        )


def _room(values: tuple[int, ...]) -> int:
    """Pixels for a list of numbers as it is typed."""
    return 100 + 22 * len(values)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.replace(",", " ").split())


def _blocks_control(desk: Desk[Any], side: Side, option: Option) -> None:
    """The line of blocks, and buttons that add one or take the last away."""
    line = option_values(desk.now, side)[option.name]

    def put(now: Any, text: str) -> Any:
        try:
            return with_option(now, option.name, option.check(text.strip()), side)
        except Problem as problem:
            frame.say(problem)
            return now

    name = f"{side.prefix}{option.name}"
    words = ", ".join(f"`{word}`" for word in BLOCKS)
    help_text = t("networks.blocks.help", words=words, most=MOST_BLOCKS)
    st.text_input(
        t("networks.option.blocks"), help=help_text, width=420, **desk.bind(name, line, put)
    )
    count = len(read_blocks(line))

    def add() -> None:
        word = st.session_state[f"{desk.page}.{name}.word"]
        desk.set(put(desk.now, f"{line}-{word}"))

    with st.container(horizontal=True, vertical_alignment="bottom", width="content"):
        st.selectbox(
            t("networks.blocks.word"),
            list(BLOCKS),
            format_func=lambda word: t(f"networks.block.{word}"),
            key=f"{desk.page}.{name}.word",
            width=190,
        )
        st.button(
            t("networks.blocks.add"),
            key=f"{desk.page}.{name}.add",
            on_click=add,
            disabled=count >= MOST_BLOCKS,
        )
        st.button(
            t("networks.blocks.drop"),
            key=f"{desk.page}.{name}.drop",
            on_click=lambda: desk.set(put(desk.now, line.rpartition("-")[0])),
            disabled=count < 2,
        )
