"""A network of the catalogue as settings: which, with what options, on what input.

A page that shows two has the same four settings twice, with a prefix each: see `Side`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import streamlit as st

from cnnviz.models.catalogue import Network
from cnnviz.models.families.free import BLOCKS, MOST_BLOCKS, read_blocks
from cnnviz.models.layers import sizes
from cnnviz.models.options import Option, Value
from cnnviz.models.plan import Plan
from cnnviz.models.registry import catalogue, network
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import OptionTexts, Pair, Rejected, choice, limits, options, pair

NAMES = tuple(catalogue())
MADE_FOR = ("input", "paper")
MADE = "size"  # the option that `made_for` decides on


@dataclass(frozen=True, kw_only=True)
class NetworkSettings:
    """One network; a size of 0 is the network's own."""

    network: str = choice("lenet", NAMES)
    options: OptionTexts = options()
    size: Pair = pair((0, 0), 0, 1024)
    made_for: str = choice("input", MADE_FOR)


class Side(NamedTuple):
    """Which settings of a page are one network's: those of `NetworkSettings` with a prefix."""

    prefix: str = ""

    def get(self, now: Any, name: str) -> Any:
        return getattr(now, self.prefix + name)

    def put(self, now: Any, **values: Any) -> Any:
        return replace(now, **{self.prefix + name: value for name, value in values.items()})


ALONE = Side()


def plan_of(now: Any, side: Side = ALONE) -> Plan:
    """What these settings mean; an option that a link spelled wrong has its default."""
    found = network(side.get(now, "network"))
    size = size_of(now, side)
    known = nameable(found)
    values = {
        name: value for name, value in _given(now, side).items() if value != known[name].default
    }
    made = found.options.get(MADE)
    if made and side.get(now, "made_for") == "input" and size != made.default:
        values[MADE] = size
    return Plan(
        found.name, tuple(values.items()), (values.get("c_in", found.input_shape[0]), *size)
    )


def size_of(now: Any, side: Side = ALONE) -> Pair:
    """The input's height and width."""
    _, *own = network(side.get(now, "network")).input_shape
    height, width = side.get(now, "size")
    return height or own[0], width or own[1]


def nameable(found: Network) -> dict[str, Option]:
    """The options that a link names; the size has settings of its own: `size`, `made_for`."""
    return {name: option for name, option in found.options.items() if name != MADE}


def _given(now: Any, side: Side) -> dict[str, Value]:
    """What the settings say of the network's options, without what it does not take."""
    known = nameable(network(side.get(now, "network")))
    values: dict[str, Value] = {}
    for name, text in side.get(now, "options"):
        with suppress(ValueError):
            if name in known:
                values[name] = known[name].read(text)
    return values


def tell_options(desk: Desk[Any], side: Side = ALONE) -> None:
    """Say which options of a link this network does not take, and forget them."""
    known = nameable(network(side.get(desk.now, "network")))
    given, rejected = side.get(desk.now, "options"), []
    taken = _given(desk.now, side)
    for name, text in given:
        if name not in known:
            rejected.append(Rejected(name, text, "choice", {"options": ", ".join(known)}))
        elif name not in taken and known[name].reads:
            _say_why(known[name], text)
        elif name not in taken:
            rejected.append(Rejected(name, text, "choice", {"options": known[name].allowed}))
    frame.tell(rejected)
    kept = tuple((name, text) for name, text in given if name in taken)
    if kept != given:
        desk.forget(**{f"{side.prefix}options": kept})


def _say_why(option: Option, text: str) -> None:
    """A text's own refusal tells which part of it is wrong."""
    try:
        option.read(text)
    except Problem as problem:
        frame.say(problem)


def with_option(now: Any, name: str, value: Value, side: Side = ALONE) -> Any:
    """The settings with another value of an option; lists of the same length stay so."""
    known = nameable(network(side.get(now, "network")))
    values = _given(now, side) | {name: value}
    for other in known.values():
        if other.like and name in (other.like, other.name):
            tied = (other.like, other.name) if name == other.like else (other.name, other.like)
            first, second = (values.get(key, known[key].default) for key in tied)
            values[tied[1]] = _as_long(second or (), len(first or ()))
    texts = [
        (key, option.write(values[key]))
        for key, option in known.items()
        if key in values and values[key] != option.default
    ]
    return side.put(now, options=tuple(texts))


def _as_long(values: tuple[int, ...], length: int) -> tuple[int, ...]:
    return (*values, *[values[-1]] * length)[:length]


# ---- the controls


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


def option_controls(desk: Desk[Any], side: Side = ALONE) -> None:
    """Every option that the network has."""
    known = plan_of(desk.now, side).network.options
    for option in known.values():
        if option.name == MADE:
            _made_for_control(desk, side, option)
        elif option.reads:
            _blocks_control(desk, side, option)
        else:
            _option_control(desk, side, option)


def network_title(name: str) -> str:
    """The network's name; of what has none in the field, one in the reader's language."""
    title = network(name).title
    return title if name in PROPER else t(f"networks.name.{name}")


def plan_title(plan: Plan) -> str:
    """The network's name; of one whose layers were changed it says so."""
    name = network_title(plan.name)
    return t("networks.changed", name=name) if plan.changed else name


PROPER = tuple(n for n in NAMES if n not in ("garment-dense", "garment-conv", "free"))


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
    """The control that suits the kind of option."""
    value = plan_of(desk.now, side).values[option.name]
    label = t(f"networks.option.{option.name}")

    def bound(shown: Any, read: Callable[[Any], Value] = lambda given: given) -> dict[str, Any]:
        def take(now: Any, given: Any) -> Any:
            try:
                return with_option(now, option.name, option.check(read(given)), side)
            except Problem as problem:
                frame.say(problem)
            except ValueError:
                frame.say(_not_a_list(option, str(given)))
            return now

        # of another network it is another control, with another range
        name = f"{side.prefix}{side.get(desk.now, 'network')}.{option.name}"
        return desk.bind(name, shown, take)

    if isinstance(value, bool):
        st.toggle(label, width="content", **bound(value))
    elif isinstance(value, tuple):
        st.text_input(label, width=_room(value), **bound(", ".join(map(str, value)), _numbers))
    elif isinstance(value, str):
        st.segmented_control(
            label,
            option.choices,
            format_func=choice_text,
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


def choice_text(word: str) -> str:
    """An option's word in the reader's language."""
    return t(f"networks.choice.{word}")


def _room(values: tuple[int, ...]) -> int:
    """Pixels for a list of numbers as it is typed."""
    return 100 + 22 * len(values)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.replace(",", " ").split())


def _not_a_list(option: Option, given: str) -> Problem:
    return Problem(
        "option_value", name=option.name, value=given[:80] or "–", allowed=option.allowed
    )


def _blocks_control(desk: Desk[Any], side: Side, option: Option) -> None:
    """The line of blocks, and buttons that add one or take the last away."""
    line = plan_of(desk.now, side).values[option.name]

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
