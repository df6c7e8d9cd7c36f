"""What a recipe comes to, whether that fits, and the ways out where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from cnnviz.problems import Problem
from cnnviz.training import estimate
from cnnviz.training.plan import Plan, check, remedy
from cnnviz.training.recipe import FIELDS, Recipe
from cnnviz.ui.i18n import t
from cnnviz.ui.train.settings import recipe_of, settings_of

SIDES = (0, 28, 32, 64, 96, 128, 224)  # of an input, tried in this order until the network fits
ABOUT = ("data", "data_options", "network", "network_options")  # of a recipe; the rest is in FIELDS
OF_TIME = ("input_size", "optimizer", "loss", "batch_size", "device")  # what a step's time hangs on


def fitted(now: Any) -> Any:
    """The settings with the smallest input that the network takes; as they are if none fits."""
    for side in (now.input_size, *SIDES):
        trial = replace(now, input_size=side)
        if fits(trial):
            return trial
    return now


def fits(now: Any) -> bool:
    """Whether these settings can be trained, data that are not here yet apart."""
    try:
        check(recipe_of(now))
    except Problem:
        return False
    return True


def seconds(recipe: Recipe, plan: Plan) -> float:
    """About how long it takes; a time that is known is not measured again for a seed or a rate."""
    same = {name: getattr(recipe, name) for name in (*ABOUT, *OF_TIME)}
    epoch = estimate.seconds(Recipe(**same, epochs=1))
    return epoch * plan.steps / plan.steps_per_epoch


def devices() -> tuple[str, ...]:
    """The devices of this computer."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return ("cpu", *(name for name, found in there.items() if found))


def over_budget(plan: Plan, most: int | None) -> Problem | None:
    """Where it takes more steps than this server allows."""
    if most is None or plan.steps <= most:
        return None
    return Problem("steps_budget", steps=f"{plan.steps:,}", most=f"{most:,}")


def ways_out(
    problem: Problem, now: Any, most: int | None = None
) -> Mapping[str, Mapping[str, Any]]:
    """The label of a button → the settings that it changes; those that lead to what fits."""
    found: dict[str, dict[str, Any]] = {}
    try:
        if other := remedy(problem.kind, recipe_of(now)):
            found[remedy_label(problem.kind, other)] = settings_of(other)
    except Problem:
        pass  # then there is no recipe that could be mended
    if problem.kind == "steps_budget" and most:
        found[t("train.way.steps", n=f"{most:,}")] = {"steps": min(most, int(FIELDS["steps"].high))}
    other = fitted(now)
    if other != now and other.input_size:
        found[t("train.way.size", n=other.input_size)] = {"input_size": other.input_size}
    if now.options and fits(replace(now, options=())):
        found[t("architecture.anew")] = {"options": ()}
    return found


def remedy_label(kind: str, recipe: Recipe) -> str:
    """What the changed recipe has that the one before had not."""
    if kind == "train_diverged":
        return t("train.way.lr", lr=f"{recipe.lr:g}")
    if kind in ("train_memory", "train_one_value"):
        return t("train.way.batch", n=recipe.batch_size)
    if kind == "device_missing":
        return t("train.way.cpu")
    return t("train.way.bundled")
