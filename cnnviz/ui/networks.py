"""A network of the catalogue as settings: which, with what options, on what input.

A page that shows two has the same four settings twice, with a prefix each: see `Side`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cnnviz.models.catalogue import Network
from cnnviz.models.options import Option, Value
from cnnviz.models.plan import Plan
from cnnviz.models.registry import catalogue, network
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.links import Rejected
from cnnviz.ui.settings import OptionTexts, Pair, choice, options, pair

NAMES = tuple(catalogue())
UNNAMED = ("garment-dense", "garment-conv", "free")  # they have no name of their own in the field
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
    return read_options(nameable(network(side.get(now, "network"))), side.get(now, "options"))


def read_options(known: Mapping[str, Option], given: OptionTexts) -> dict[str, Value]:
    """The options that are known by what a link says of them, without what they do not take."""
    values: dict[str, Value] = {}
    for name, text in given:
        with suppress(ValueError):
            if name in known:
                values[name] = known[name].read(text)
    return values


def write_options(known: Mapping[str, Option], values: Mapping[str, Value]) -> OptionTexts:
    """What `read_options` takes; an option at its default is left out."""
    return tuple(
        (name, option.write(values[name]))
        for name, option in known.items()
        if name in values and values[name] != option.default
    )


def option_values(now: Any, side: Side = ALONE) -> dict[str, Value]:
    """Every option that a link names with its value."""
    known = nameable(network(side.get(now, "network")))
    return {name: option.default for name, option in known.items()} | _given(now, side)


def tell_options(desk: Desk[Any], side: Side = ALONE, without: Collection[str] = ()) -> None:
    """Say which options of a link this network does not take, and forget them.

    `without`: options that the page has no setting for.
    """
    known = nameable(network(side.get(desk.now, "network")))
    known = {name: option for name, option in known.items() if name not in without}
    name = f"{side.prefix}options"
    kept = told_options(known, getattr(desk.now, name))
    if kept != getattr(desk.now, name):
        desk.forget(**{name: kept})


def told_options(known: Mapping[str, Option], given: OptionTexts) -> OptionTexts:
    """Those that are known and take what is given; of the others it is said why not."""
    rejected, taken = [], read_options(known, given)
    for name, text in given:
        if name not in known:
            rejected.append(Rejected(name, text, "choice", {"options": ", ".join(known)}))
        elif name not in taken and known[name].reads:
            _say_why(known[name], text)
        elif name not in taken:
            rejected.append(Rejected(name, text, "choice", {"options": known[name].allowed}))
    frame.tell(rejected)
    return tuple((name, text) for name, text in given if name in taken)


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
    return side.put(now, options=write_options(known, values))


def _as_long(values: tuple[int, ...], length: int) -> tuple[int, ...]:
    return (*values, *[values[-1]] * length)[:length]


def network_title(name: str) -> str:
    """The network's name; of what has none in the field, one in the reader's language."""
    title = network(name).title
    return t(f"networks.name.{name}") if name in UNNAMED else title


def plan_title(plan: Plan) -> str:
    """The network's name; of one whose layers were changed it says so."""
    name = network_title(plan.name)
    return t("networks.changed", name=name) if plan.changed else name
