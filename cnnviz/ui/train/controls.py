"""The controls of a recipe: network, the course's forms, and everything that can be set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz.models.registry import catalogue
from cnnviz.problems import Problem
from cnnviz.training.plan import check
from cnnviz.training.presets import Change, changes, differences
from cnnviz.training.recipe import FIELDS, OF_THE_DATA, Recipe
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.network_controls import option_controls
from cnnviz.ui.networks import network_title
from cnnviz.ui.train.fit import devices, fitted
from cnnviz.ui.train.settings import (
    COURSE,
    fast,
    form_of,
    forms,
    in_form,
    own_options,
    preset_of,
    recipe_of,
)
from cnnviz.ui.watching.recipes import change_line, label, value_text

# those of ImageNet's thousand classes take days on small pictures too
LISTED = tuple(name for name, network in catalogue().items() if network.classes == 10)
USUAL_LR = {"sgd": 0.1, "adam": 0.001, "adamw": 0.001}  # the course's
LR_STEP = {"sgd": 0.01, "adam": 0.0005, "adamw": 0.0005}


def network_control(desk: Desk[Any]) -> None:
    """Which network; one that the course trains comes with its recipe, if such a one was chosen."""
    now = desk.now
    names = LISTED if now.network in LISTED else (*LISTED, now.network)

    def take(now: Any, name: str) -> Any:
        form = settings_form(now)
        if form in ("course", "short") and name in COURSE:
            return in_form(now, form, name)
        return fitted(replace(now, network=name, options=()))

    st.selectbox(
        t("recipe.network"),
        names,
        format_func=network_title,
        **desk.bind("network", take=take),
    )


def network_options(desk: Desk[Any]) -> None:
    """What the network can be given, but for what comes from the data."""
    if own_options(desk.now.network):
        with st.expander(t("train.network_options")):
            option_controls(desk, without=OF_THE_DATA)


def form_control(desk: Desk[Any]) -> None:
    """The course's recipe, its short form, or our fast one; and what is special about it."""
    form, name = settings_form(desk.now), desk.now.network
    known = forms(name)
    st.segmented_control(
        t("recipe.form"),
        known,
        format_func=lambda form: t(f"train.form.{form}"),
        width="stretch",
        **desk.bind(
            f"form.{'.'.join(known)}",  # of other forms it is another control
            form if form in known else None,
            lambda now, form: in_form(now, form, name),
        ),
    )
    st.caption(_about(form, desk.now))


def settings_form(now: Any) -> str:
    """Which of the course's forms the settings are; "own" for none."""
    try:
        return form_of(recipe_of(now))
    except Problem:
        return "own"


def _about(form: str, now: Any) -> str:
    preset = preset_of(now.network)
    if form == "short" and preset:
        return t("train.about.short", changes=change_line(changes(preset)))
    if form == "course" and preset:
        source = preset.source or t("train.korean_course")
        return t("train.about.course", source=source)
    if form == "fast":
        return t("train.about.fast")
    return t("train.about.own", changes=_nearest(now))


def _nearest(now: Any) -> str:
    """What a reader's own recipe has that the nearest of the forms has not."""
    preset = preset_of(now.network)
    known = (preset.recipe, preset.short, fast()) if preset else (fast(),)
    try:
        recipe = recipe_of(now)
    except Problem:
        return t("train.unknown")
    found = [_apart(other, recipe) for other in known]
    found.sort(key=lambda changes: len(changes))
    return change_line(found[0])


def _apart(other: Recipe, recipe: Recipe) -> list[Change]:
    return [c for c in differences(other, recipe) if c.name not in ("seed", "device")]


# ---- how it is trained


def recipe_controls(desk: Desk[Any]) -> None:
    """What is changed most: the optimiser with its rate, the batch, and for how long."""
    left, right = st.columns(2)
    with left:
        _optimizer(desk)
    with right:
        _rate(desk)
    left, right = st.columns(2)
    with left:
        _number(desk, "batch_size")
    with right:
        _length(desk)


def more_controls(desk: Desk[Any]) -> None:
    """What is changed rarely."""
    with st.expander(t("train.more")):
        _by_epochs(desk)
        _choice(desk, "schedule")
        if desk.now.optimizer == "sgd":
            _number(desk, "momentum", step=0.05)
        _number(desk, "weight_decay", step=0.0001)
        _choice(desk, "init")
        _choice(desk, "loss")
        _number(desk, "input_size", help=t("train.input_size_help"))
        _choice(desk, "scaling")
        st.toggle(label("flip"), **desk.bind("flip"))
        _number(desk, "crop")
        _number(desk, "seed")
        _device(desk)


def _optimizer(desk: Desk[Any]) -> None:
    def take(now: Any, name: str) -> Any:
        usual = now.lr == USUAL_LR[now.optimizer]
        return replace(now, optimizer=name, lr=USUAL_LR[name] if usual else now.lr)

    _choice(desk, "optimizer", take)


def _rate(desk: Desk[Any]) -> None:
    low, high = float(FIELDS["lr"].low), float(FIELDS["lr"].high)
    st.number_input(
        label("lr"),
        low,
        high,
        step=LR_STEP[desk.now.optimizer],
        format="%.5g",
        **desk.bind(f"lr.{desk.now.optimizer}", desk.now.lr, _taking("lr")),
    )


def _length(desk: Desk[Any]) -> None:
    _number(desk, "steps" if desk.now.steps else "epochs")


def _by_epochs(desk: Desk[Any]) -> None:
    """Whether epochs or steps are counted; so many steps as the epochs had, for a start."""

    def take(now: Any, word: str) -> Any:
        if word == "epochs":
            return replace(now, steps=0)
        try:
            steps = check(recipe_of(now)).steps
        except Problem:
            steps = 1000
        return replace(now, steps=min(steps, int(FIELDS["steps"].high)))

    st.segmented_control(
        t("train.length"),
        ("epochs", "steps"),
        format_func=label,
        required=True,
        **desk.bind("length", "steps" if desk.now.steps else "epochs", take),
    )


def _device(desk: Desk[Any]) -> None:
    """Only where there is a choice."""
    there = devices()
    if len(there) > 1 or desk.now.device not in there:
        names = there if desk.now.device in there else (*there, desk.now.device)
        st.selectbox(
            label("device"),
            names,
            format_func=lambda name: value_text("device", name),
            **desk.bind("device"),
        )


def _choice(desk: Desk[Any], name: str, take: Callable[[Any, str], Any] | None = None) -> None:
    st.selectbox(
        label(name),
        FIELDS[name].choices,
        format_func=lambda word: value_text(name, word),
        **desk.bind(name, take=take),
    )


def _number(desk: Desk[Any], name: str, step: float | None = None, help: str | None = None) -> None:
    """A whole number, or with a step one with a fraction."""
    field = FIELDS[name]
    if step is None:
        low = max(1, int(field.low)) if name == "steps" else int(field.low)
        st.number_input(label(name), low, int(field.high), help=help, **desk.bind(name))
    else:
        st.number_input(
            label(name),
            float(field.low),
            float(field.high),
            step=step,
            format="%.5g",
            **desk.bind(name),
        )


def _taking(name: str) -> Callable[[Any, Any], Any]:
    return lambda now, value: replace(now, **{name: value})
