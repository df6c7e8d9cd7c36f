"""What several runs can say about each other, and what they cannot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, NamedTuple

from cnnviz.training.presets import whole
from cnnviz.training.recipe import Recipe

OPTIONS = ("data_options", "network_options")
CHANCE = "seed"
ASIDE = ("device",)  # it changes no more than rounding


class Varying(NamedTuple):
    """What is not the same in all recipes."""

    name: str  # a field of the recipe, or an option by its own name
    values: tuple[Any, ...]  # in each


def varying(recipes: Sequence[Recipe]) -> tuple[Varying, ...]:
    """What differs between recipes, in the order of a recipe's fields.

    Of different networks or data sets, only the options that all have are compared.
    """
    all_of_them = [_everything(recipe) for recipe in recipes]
    shared = [name for name in all_of_them[0] if all(name in one for one in all_of_them)]
    found = (Varying(name, tuple(one[name] for one in all_of_them)) for name in shared)
    return tuple(one for one in found if len(set(one.values)) > 1)


def lesson_of(recipes: Sequence[Recipe]) -> str:
    """What a comparison of these can show.

    "alone": there is one run. "data": they were tested on different pictures. "chance": only the
    seed differs. "one": one thing differs, with the same seed. "seeds": one thing, and the seed
    too. "several": more than one thing. "same": nothing.
    """
    if len(recipes) < 2:
        return "alone"
    names = {one.name for one in varying(recipes)} - set(ASIDE)
    if names & of_the_test(recipes):
        return "data"
    if names <= {CHANCE}:
        return "chance" if names else "same"
    if len(names - {CHANCE}) > 1:
        return "several"
    return "seeds" if CHANCE in names else "one"


def of_the_test(recipes: Sequence[Recipe]) -> set[str]:
    """Names of what chooses the test pictures: all that is of the data, but how many to train with.

    A generated set's other options are of training or of the test, and `draw` is of both.
    """
    options = {name for recipe in recipes for name in whole("data_options", recipe)}
    of_training = {"examples", "place", "radius", "noise"}
    return {"data"} | (options - of_training)


def _everything(recipe: Recipe) -> Mapping[str, Any]:
    """All fields, with options by their own names, those as usual too."""
    found: dict[str, Any] = {}
    for field in fields(Recipe):
        if field.name in OPTIONS:
            found |= whole(field.name, recipe)
        else:
            found[field.name] = getattr(recipe, field.name)
    return found
