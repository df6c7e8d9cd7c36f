"""The two sides of a comparison as settings, and their controls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st

from cnnviz.models.comparisons import COMPARISONS
from cnnviz.models.options import Option, Value
from cnnviz.models.plan import Plan
from cnnviz.ui import frame
from cnnviz.ui.architecture import columns_control
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import language, t
from cnnviz.ui.network_controls import (
    choice_text,
    network_control,
    option_controls,
    size_controls,
)
from cnnviz.ui.networks import MADE_FOR, NAMES, Side, network_title, plan_of
from cnnviz.ui.settings import OptionTexts, Pair, choice, options, pair

MODES = ("two", "change")
OWN = "own"  # the comparison that is none of the prepared ones


@dataclass(frozen=True, kw_only=True)
class SidesSettings:
    """Two networks, as `NetworkSettings` has one.

    Where both are the same network, it is one network before and after a change.
    """

    before_network: str = choice("alexnet", NAMES)
    before_options: OptionTexts = options()
    before_size: Pair = pair((0, 0), 0, 1024)
    before_made_for: str = choice("input", MADE_FOR)
    after_network: str = choice("vgg16", NAMES)
    after_options: OptionTexts = options()
    after_size: Pair = pair((0, 0), 0, 1024)
    after_made_for: str = choice("input", MADE_FOR)


S = TypeVar("S", bound=SidesSettings)


class Leading(Side):
    """The side before a change: what is the same on both sides stays the same."""

    def put(self, now: Any, **values: Any) -> Any:
        new = super().put(now, **values)
        if mode_of(now) == "two":
            return new
        if "network" in values:
            return AFTER.put(new, **values)
        carried = {
            name: value
            for name, value in values.items()
            if AFTER.get(now, name) == self.get(now, name)
        }
        if "options" in values:
            carried["options"] = _carried(
                self.get(now, "options"), values["options"], AFTER.get(now, "options")
            )
        return AFTER.put(new, **carried)


BEFORE, AFTER = Leading("before_"), Side("after_")
SIDES = {"before": BEFORE, "after": AFTER}


def _carried(old: OptionTexts, new: OptionTexts, other: OptionTexts) -> OptionTexts:
    """The other side's options, with the changes from `old` to `new` where it was like `old`."""
    was, now, found = dict(old), dict(new), dict(other)
    for name in was | now:
        if found.get(name) == was.get(name):
            found.pop(name, None)
            if name in now:
                found[name] = now[name]
    return tuple(found.items())


def mode_of(now: Any) -> str:
    """Whether two networks are compared or one is changed: one of `MODES`."""
    return "change" if BEFORE.get(now, "network") == AFTER.get(now, "network") else "two"


def plans_of(now: Any) -> tuple[Plan, Plan]:
    """Both networks on their inputs."""
    return plan_of(now, BEFORE), plan_of(now, AFTER)


def comparison_of(now: Any) -> str:
    """Which of the prepared comparisons these settings are."""
    here = [_known(plan) for plan in plans_of(now)]
    found = (name for name, both in COMPARISONS.items() if [*map(_known, both)] == here)
    return next(found, OWN)


def _known(plan: Plan) -> tuple[Any, ...]:
    return plan.name, dict(plan.options), plan.input_shape


def with_plans(now: S, before: Plan, after: Plan) -> S:
    """The settings that mean these two networks."""
    return replace(now, **_texts(before, BEFORE), **_texts(after, AFTER))


def _texts(plan: Plan, side: Side) -> dict[str, Any]:
    known, own = plan.network.options, plan.network.input_shape[1:]
    size = plan.input_shape[1:]
    printed = "size" in known and size != own and plan.values["size"] != size
    values = {
        "network": plan.name,
        "options": tuple(
            (name, known[name].write(value)) for name, value in plan.options if name != "size"
        ),
        "size": (0, 0) if size == own else size,
        "made_for": "paper" if printed else "input",
    }
    return {side.prefix + name: value for name, value in values.items()}


def swapped(now: S) -> S:
    """The settings with the sides exchanged."""
    names = ("network", "options", "size", "made_for")
    exchanged = {BEFORE.prefix + name: AFTER.get(now, name) for name in names}
    exchanged |= {AFTER.prefix + name: BEFORE.get(now, name) for name in names}
    return replace(now, **exchanged)


# ---- the controls


def comparison_controls(desk: Desk[Any]) -> None:
    """A prepared comparison, or what to compare; and how the tables look."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        _comparison_control(desk)
        _mode_control(desk)
        st.button(
            t("what-if.swap"),
            icon=":material/swap_horiz:",
            on_click=lambda: desk.set(swapped(desk.now)),
        )
        columns_control(desk)


def sides_controls(desk: Desk[Any]) -> None:
    """Both networks with their inputs and options, side by side."""
    columns = [st.container()] * 2 if frame.classroom() else st.columns(2)
    for place, (name, side) in zip(columns, SIDES.items(), strict=True):
        with place.container(border=True, gap="xsmall", key=f"side-{name}"):
            _side_controls(desk, name, side)


def _comparison_control(desk: Desk[Any]) -> None:
    def take(now: Any, name: str) -> Any:
        return with_plans(now, *COMPARISONS[name]) if name in COMPARISONS else now

    shown = comparison_of(desk.now)
    st.selectbox(
        t("what-if.comparison"),
        [*COMPARISONS, *([OWN] if shown == OWN else [])],
        format_func=lambda name: t(f"what-if.title.{name}"),
        width=460,
        **desk.bind("comparison", shown, take),
    )


def _mode_control(desk: Desk[Any]) -> None:
    def take(now: Any, mode: str) -> Any:
        if mode == mode_of(now):
            return now
        before, _ = plans_of(now)
        # one network starts unchanged; of two the second is the next in the catalogue
        after = before if mode == "change" else _next(before)
        return with_plans(now, before, after)

    st.segmented_control(
        t("what-if.mode"),
        MODES,
        format_func=lambda mode: t(f"what-if.mode_name.{mode}"),
        required=True,
        width="content",
        **desk.bind("mode", mode_of(desk.now), take),
    )


def _next(plan: Plan) -> Plan:
    name = NAMES[(NAMES.index(plan.name) + 1) % len(NAMES)]
    return plan_of(AFTER.put(SidesSettings(), network=name), AFTER)


def _side_controls(desk: Desk[Any], name: str, side: Side) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        what = _changes(plan_of(desk.now, side)) or t("what-if.as_published")
        st.markdown(f"**{t(f'what-if.{name}')}** &nbsp; {what}", width="stretch")
        if not frame.classroom():  # all controls are in a popover already
            with st.popover(t("what-if.options"), icon=":material/tune:", width="content"):
                option_controls(desk, side)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="xsmall"):
        if side is BEFORE or mode_of(desk.now) == "two":
            network_control(desk, side, width=205)
        else:
            _same_network(desk)
        size_controls(desk, side)
    if frame.classroom():
        option_controls(desk, side)


def _same_network(desk: Desk[Any]) -> None:
    """The network of the other side, as high as its control."""
    st.text_input(
        t("networks.network"),
        network_title(desk.now.after_network),
        disabled=True,
        width=205,
        key=f"{desk.page}.same.{desk.now.after_network}.{language()}",
    )


def _changes(plan: Plan) -> str:
    """What was set otherwise than the network comes."""
    known = plan.network.options
    words = [
        f"{t(f'networks.option.{name}')}: "
        f"{_word(known[name], known[name].default)} → {_word(known[name], value)}"
        for name, value in plan.options
        if name != "size"
    ]
    if plan.input_shape[1:] != plan.network.input_shape[1:]:
        sizes = (plan.network.input_shape[1:], plan.input_shape[1:])
        before, after = (" × ".join(map(str, size)) for size in sizes)
        words.append(f"{t('what-if.input')}: {before} → {after}")
    return " · ".join(words)


def _word(option: Option, value: Value) -> str:
    if isinstance(value, bool):
        return t("what-if.on") if value else t("what-if.off")
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return choice_text(value) if option.choices and not option.reads else str(value)
