"""A recipe as settings of a page: what stands in its link, field by field, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from cnnviz.data.places import find
from cnnviz.data.sets import SOURCES
from cnnviz.models.options import Value
from cnnviz.models.registry import network
from cnnviz.training.presets import PRESETS, Preset
from cnnviz.training.recipe import FIELDS, OF_THE_DATA, Recipe
from cnnviz.ui.networks import NAMES, read_options, write_options
from cnnviz.ui.settings import OptionTexts, choice, option, options

START = PRESETS["lenet"].short  # what the page opens with
FORMS = ("course", "short", "fast")
COURSE = {preset.recipe.network: name for name, preset in PRESETS.items() if name != "fast"}
OWN_AFFAIRS = ("seed", "device")  # a preset leaves them as they are


def of_recipe(name: str) -> Any:
    """A setting that is a field of the recipe, with the range that it has there."""
    return option(FIELDS[name], getattr(START, name))


@dataclass(frozen=True, kw_only=True)
class RecipeSettings:
    """One recipe; the options of the data and of the network are those of their own tables."""

    data: str = choice(START.data, tuple(SOURCES))
    data_options: OptionTexts = options()
    network: str = choice(START.network, NAMES)
    options: OptionTexts = options()
    input_size: int = of_recipe("input_size")
    scaling: str = of_recipe("scaling")
    flip: bool = of_recipe("flip")
    crop: int = of_recipe("crop")
    init: str = of_recipe("init")
    loss: str = of_recipe("loss")
    optimizer: str = of_recipe("optimizer")
    lr: float = of_recipe("lr")
    momentum: float = of_recipe("momentum")
    weight_decay: float = of_recipe("weight_decay")
    schedule: str = of_recipe("schedule")
    batch_size: int = of_recipe("batch_size")
    epochs: int = of_recipe("epochs")
    steps: int = of_recipe("steps")
    seed: int = of_recipe("seed")
    device: str = of_recipe("device")


def recipe_of(now: Any) -> Recipe:
    """The recipe that the settings say.

    Raises:
        Problem: (a `ValueError`) where options do not go together.
    """
    return Recipe(
        data=now.data,
        data_options=tuple(read_options(SOURCES[now.data].options, now.data_options).items()),
        network=now.network,
        network_options=tuple(read_options(own_options(now.network), now.options).items()),
        **{name: getattr(now, name) for name in FIELDS},
    )


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """The settings that say this recipe: `replace(now, **settings_of(recipe))`."""
    return {
        "data": recipe.data,
        "data_options": write_options(SOURCES[recipe.data].options, dict(recipe.data_options)),
        "network": recipe.network,
        "options": write_options(own_options(recipe.network), dict(recipe.network_options)),
        **{name: getattr(recipe, name) for name in FIELDS},
    }


def own_options(name: str) -> dict[str, Any]:
    """The options of a network that are not the data's."""
    found = network(name).options
    return {name: option for name, option in found.items() if name not in OF_THE_DATA}


def data_values(now: Any) -> dict[str, Value]:
    """Every option of the data with its value."""
    known = SOURCES[now.data].options
    usual = {name: option.default for name, option in known.items()}
    return usual | read_options(known, now.data_options)


def with_data_option(now: Any, **values: Value) -> Any:
    """The settings with other values of the data's options."""
    known = SOURCES[now.data].options
    return replace(now, data_options=write_options(known, data_values(now) | values))


# ---- the course's recipes


def preset_of(name: str) -> Preset | None:
    """The course's training of a network, or of another one of its family."""
    family = network(name).family
    found = {network(own).family: own for own in COURSE}
    own = name if name in COURSE else found.get(family)
    return PRESETS[COURSE[own]] if own else None


def form_of(recipe: Recipe) -> str:
    """Which of `FORMS` a recipe is; "own" for none."""
    for form, other in _forms(recipe.network).items():
        if other == _without(recipe, other):
            return form
    return "own"


def forms(name: str) -> tuple[str, ...]:
    """Those that there are for a network."""
    return tuple(form for form in FORMS if preset_of(name) or form == "fast")


def in_form(now: Any, form: str, name: str) -> Any:
    """The settings by a preset, for this network; the seed and the device stay."""
    found = fast() if form == "fast" else _forms(name).get(form)
    if found is None:
        return now
    rest: Mapping[str, Any] = {
        key: value for key, value in settings_of(found).items() if key not in OWN_AFFAIRS
    }
    return replace(now, **rest)


def fast() -> Recipe:
    """Our own recipe: on the full set where it lies here, else on what comes with the app."""
    preset = PRESETS["fast"]
    return preset.recipe if find(preset.recipe.data) else preset.short


def _forms(name: str) -> dict[str, Recipe]:
    found = {}
    if preset := preset_of(name):
        found = {"course": preset.recipe, "short": preset.short}
    return {**found, "fast": fast()}


def _without(recipe: Recipe, other: Recipe) -> Recipe:
    """The recipe with what a preset leaves alone as in the other."""
    return replace(recipe, **{name: getattr(other, name) for name in OWN_AFFAIRS})
