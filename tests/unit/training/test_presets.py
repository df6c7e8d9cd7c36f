"""The presets are what the course prints, and their short forms fit, differ as said, and learn."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from cnnviz.data.places import find
from cnnviz.training.events import Epoch, Event
from cnnviz.training.loop import train
from cnnviz.training.plan import check
from cnnviz.training.presets import PRESETS, Change, changes, differences
from cnnviz.training.recipe import Recipe, read


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def reaches(accuracy: float, recipe: Recipe) -> bool:
    """Whether a test comes out better; no training after that one."""
    events = train(recipe)
    return any(isinstance(event, Epoch) and event.accuracy > accuracy for event in events)


def last_epoch(events: Iterator[Event]) -> Epoch:
    return [event for event in events if isinstance(event, Epoch)][-1]


@pytest.mark.parametrize(
    ("name", "network", "side", "lr", "batch_size", "epochs"),
    [
        ("lenet", "lenet", 28, 0.1, 128, 10),
        ("vgg", "vgg-narrow", 224, 0.01, 128, 10),
        ("resnet", "resnet-d2l", 96, 0.01, 128, 10),
    ],
)
def test_course_recipe_is_as_printed(
    name: str, network: str, side: int, lr: float, batch_size: int, epochs: int
) -> None:
    recipe = PRESETS[name].recipe
    plan = check(recipe)
    assert (recipe.network, recipe.network_options) == (network, ())
    assert plan.input_shape == (1, side, side)
    assert (recipe.optimizer, recipe.momentum, recipe.weight_decay) == ("sgd", 0, 0)
    assert (recipe.lr, recipe.batch_size, recipe.epochs) == (lr, batch_size, epochs)
    assert (recipe.init, recipe.schedule, recipe.scaling) == ("xavier", "constant", "unit")
    assert plan.steps_per_epoch == 469  # ⌈60000 / 128⌉


@pytest.mark.parametrize("name", ["garment-dense", "garment-conv"])
def test_korean_courses_networks_train_by_adam_in_batches_of_100(name: str) -> None:
    recipe = PRESETS[name].recipe
    assert (recipe.optimizer, recipe.lr, recipe.batch_size) == ("adam", 0.001, 100)
    assert check(recipe).steps_per_epoch == 600


@pytest.mark.parametrize("name", PRESETS)
def test_both_forms_fit_and_are_links(name: str) -> None:
    for recipe in (PRESETS[name].recipe, PRESETS[name].short):
        check(recipe)
        assert read(recipe.text) == recipe


@pytest.mark.parametrize("name", PRESETS)
def test_short_form_costs_less_and_needs_no_download(name: str) -> None:
    preset = PRESETS[name]
    costs = [
        plan.macs * plan.steps * recipe.batch_size
        for recipe in (preset.recipe, preset.short)
        for plan in [check(recipe)]
    ]
    assert costs[1] < costs[0] / 5
    assert "full" not in dict(preset.short.data_options).values()


@pytest.mark.parametrize("name", PRESETS)
def test_changes_lead_from_one_form_to_the_other(name: str) -> None:
    preset = PRESETS[name]
    found = {change.name: change.second for change in changes(preset)}
    assert found
    data = {key: found.pop(key) for key in ("subset", "examples") if key in found}
    own = {key: found.pop(key) for key in ("convs", "hidden") if key in found}
    again = replace(
        preset.recipe,
        data_options=tuple({**dict(preset.recipe.data_options), **data}.items()),
        network_options=tuple({**dict(preset.recipe.network_options), **own}.items()),
        **found,
    )
    assert again == preset.short


def test_recipes_of_different_networks_differ_in_options_that_both_have() -> None:
    lenet = PRESETS["lenet"].short
    modern = replace(lenet, network="lenet-modern", network_options=(("channels", (8, 16)),), lr=1)
    found = {change.name: (change.first, change.second) for change in differences(lenet, modern)}
    assert found["network"] == ("lenet", "lenet-modern")
    assert found["channels"] == ((6, 16), (8, 16))
    assert found["lr"] == (0.1, 1)
    made_for = replace(lenet, network="alexnet-d2l", network_options=())  # for another size
    assert {change.name for change in differences(lenet, made_for)} == {"network"}
    other = replace(lenet, network="resnet-d2l", network_options=(), data="shapes")
    assert {change.name for change in differences(lenet, other)} == {"network", "data"}


def test_changes_are_told_with_both_values() -> None:
    assert changes(PRESETS["lenet"]) == (
        Change("subset", "full", "bundled"),
        Change("batch_size", 128, 32),
    )
    vgg = {change.name: (change.first, change.second) for change in changes(PRESETS["vgg"])}
    assert vgg["convs"] == ((1, 1, 2, 2, 2), (1, 1, 1, 1, 1))
    assert vgg["input_size"] == (224, 32)


# ---- they learn: those that take seconds


def test_fast_knows_most_garments_after_one_epoch_of_the_bundled_pictures() -> None:
    recipe = replace(PRESETS["fast"].short, epochs=1)
    assert last_epoch(train(recipe)).accuracy > 0.75


def test_dense_network_of_the_korean_course_learns() -> None:
    recipe = replace(PRESETS["garment-dense"].short, epochs=1)
    assert last_epoch(train(recipe)).accuracy > 0.7


def test_lenet_of_the_course_learns_from_the_bundled_pictures() -> None:
    assert reaches(0.4, PRESETS["lenet"].short)


@pytest.mark.skipif(not find("fashion-mnist"), reason="the whole Fashion-MNIST is not here")
def test_lenet_of_the_course_learns_as_printed() -> None:
    assert reaches(0.6, PRESETS["lenet"].recipe)
