"""The course's trainings as they are printed, each with a short form for a processor, and our own.

What a short form leaves out is read off the two recipes (`changes`), and so never says more or
less than is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

from cnnviz.data.sets import chosen
from cnnviz.models.registry import network
from cnnviz.training.recipe import OF_THE_DATA, Recipe

FULL = (("subset", "full"),)


@dataclass(frozen=True)
class Preset:
    """A recipe with a name, and the same with less of everything that takes time."""

    name: str
    source: str  # the section of d2l that prints it; empty for none
    recipe: Recipe
    short: Recipe


class Change(NamedTuple):
    """What differs: a field of the recipe, or an option by its own name."""

    name: str
    first: Any  # of a preset: as printed
    second: Any  # and in the short form


def changes(preset: Preset) -> tuple[Change, ...]:
    """What was changed for the short form, in the order of a recipe's fields."""
    return differences(preset.recipe, preset.short)


def differences(first: Recipe, second: Recipe) -> tuple[Change, ...]:
    """What differs between two recipes, in the order of a recipe's fields.

    Of different networks or data sets, only the options that both have are compared.
    """
    found = []
    for field in fields(Recipe):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if one == other:
            continue
        if field.name in ("data_options", "network_options"):
            found += _options(whole(field.name, first), whole(field.name, second))
        else:
            found.append(Change(field.name, one, other))
    return tuple(found)


def whole(field: str, recipe: Recipe) -> Mapping[str, Any]:
    """All options of the data or of the network, those as usual too."""
    if field == "data_options":
        return chosen(recipe.data, recipe.data_options)
    known = network(recipe.network).options.items()
    usual = {name: option.default for name, option in known if name not in OF_THE_DATA}
    return {**usual, **dict(recipe.network_options)}


def _options(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[Change]:
    return [Change(n, v, second[n]) for n, v in first.items() if n in second and v != second[n]]


def _printed_by_d2l() -> tuple[Preset, ...]:
    """SGD without momentum, batches of 128, ten epochs; VGG and ResNet on enlarged pictures.

    Without batch norm, what a network learns hangs on the number of steps, which smaller batches
    keep up while there are fewer pictures.
    """
    lenet = Recipe(network="lenet", data_options=FULL, init="xavier")
    vgg = Recipe(network="vgg-narrow", data_options=FULL, input_size=224, init="xavier", lr=0.01)
    resnet = Recipe(network="resnet-d2l", data_options=FULL, input_size=96, init="xavier", lr=0.01)
    shallow = (("convs", (1, 1, 1, 1, 1)), ("hidden", (512, 512)))
    tiny_vgg = replace(
        vgg, data_options=(), network_options=shallow, input_size=32, batch_size=16, epochs=3
    )
    few = (("examples", 2000),)
    tiny_resnet = replace(resnet, data_options=few, input_size=32, batch_size=32, epochs=2)
    return (
        Preset("lenet", "d2l 7.6", lenet, replace(lenet, data_options=(), batch_size=32)),
        Preset("vgg", "d2l 8.2", vgg, tiny_vgg),
        Preset("resnet", "d2l 8.6", resnet, tiny_resnet),
    )


def _korean_course() -> tuple[Preset, ...]:
    dense = Recipe(
        network="garment-dense",
        data_options=FULL,
        optimizer="adam",
        lr=0.001,
        batch_size=100,
        epochs=5,  # ours: the notes do not say how many
    )
    conv = replace(dense, network="garment-conv")
    return (
        Preset("garment-dense", "", dense, replace(dense, data_options=())),
        Preset("garment-conv", "", conv, replace(conv, data_options=(), epochs=2)),
    )


def _fast() -> Preset:
    """Today's means: batch norm, AdamW, and Smith and Topin's *Super-Convergence* (2017).

    Both convolutions move by two pixels, which halves the planes before anything else is done with
    them: pooling them would cost a processor more than convolving them. Kernels in sixteens fill
    its registers.
    """
    fast = Recipe(
        network="free",
        network_options=(("blocks", "conv16k5s2p2-conv32s2-linear128"),),
        data_options=FULL,
        scaling="standard",
        optimizer="adamw",
        lr=0.01,
        schedule="one-cycle",
        batch_size=256,
        epochs=3,
    )
    return Preset("fast", "", fast, replace(fast, data_options=(), batch_size=64))


PRESETS: Mapping[str, Preset] = {
    preset.name: preset for preset in (*_printed_by_d2l(), *_korean_course(), _fast())
}
