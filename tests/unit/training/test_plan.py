"""What does not fit is told before anything is trained, and how to go on."""

import pytest
import torch
from torch import nn

from cnnviz.data.labelled import Facts
from cnnviz.models.registry import build, catalogue
from cnnviz.problems import Problem
from cnnviz.training.plan import check, longer, remedy
from cnnviz.training.recipe import Recipe

GREY = Facts((1, 28, 28), 10, 1000, 100)
COLOUR = Facts((3, 40, 30), 3, 65, 20)


def refusal(recipe: Recipe, facts: Facts = GREY) -> Problem:
    with pytest.raises(Problem) as caught:
        check(recipe, facts)
    return caught.value


def test_network_takes_channels_classes_and_size_from_the_data() -> None:
    plan = check(Recipe(), COLOUR)
    assert plan.input_shape == (3, 40, 30)
    assert dict(plan.arguments) == {"c_in": 3, "classes": 3, "size": (40, 30)}
    network = build("lenet", **dict(plan.arguments))
    assert network(torch.zeros(2, 3, 40, 30)).shape == (2, 3)
    assert plan.parameters == sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize("name", [n for n in catalogue() if catalogue()[n].input_shape[-1] < 100])
def test_networks_for_small_images_fit_at_their_own_size(name: str) -> None:
    plan = check(Recipe(network=name, input_size=catalogue()[name].input_shape[-1]), GREY)
    side = catalogue()[name].input_shape[-1]
    with torch.device("meta"):
        network = build(name, **dict(plan.arguments)).eval()
    assert network(torch.empty(2, 1, side, side, device="meta")).shape == (2, 10)
    assert plan.parameters == sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize(
    ("batch_size", "per_epoch"), [(128, 8), (100, 10), (1000, 1), (1024, 1), (999, 2), (1, 1000)]
)
def test_last_batch_of_an_epoch_may_be_smaller(batch_size: int, per_epoch: int) -> None:
    plan = check(Recipe(batch_size=batch_size, epochs=3), GREY)
    assert plan.steps_per_epoch == per_epoch
    assert plan.steps == 3 * per_epoch
    assert check(Recipe(batch_size=batch_size, steps=7), GREY).steps == 7


def test_steps_are_counted_from_the_named_data() -> None:
    full = (("subset", "full"),)
    assert check(Recipe(data_options=full)).steps == 4690  # ⌈60000 / 128⌉ · 10
    assert check(Recipe()).steps == 790


def test_layer_that_does_not_fit_is_told_by_its_shape() -> None:
    assert refusal(Recipe(network="vgg-narrow")).kind == "row_window"
    assert check(Recipe(network="vgg-narrow", input_size=32), GREY).input_shape == (1, 32, 32)


def test_batch_norm_on_one_value_is_told_before_the_start() -> None:
    """At 28 × 28 the last residual blocks of ResNet-18 hold a single cell."""
    resnet = Recipe(network="resnet-d2l", batch_size=1)
    problem = refusal(resnet)
    assert problem.kind == "train_one_value"
    network = build("resnet-d2l").train()
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        network(torch.zeros(1, 1, 28, 28))
    layer = network.get_submodule(str(problem.values["layer"]))
    assert isinstance(layer, nn.BatchNorm2d)


def test_batch_norm_on_a_last_single_image_is_told_unless_it_is_never_reached() -> None:
    leftover = Facts((1, 28, 28), 10, 1001, 100)
    assert refusal(Recipe(network="resnet-d2l", batch_size=100), leftover).kind == "train_one_value"
    check(Recipe(network="resnet-d2l", batch_size=100, steps=10), leftover)
    check(Recipe(network="resnet-d2l", batch_size=99), leftover)
    check(Recipe(network="lenet-modern", batch_size=1), leftover)  # its norms see many cells
    check(Recipe(network="resnet-d2l", batch_size=1, input_size=96), leftover)


def test_remedy_for_one_value_is_a_batch_that_fits() -> None:
    for train in (1000, 1001, 3):
        facts = GREY._replace(train=train)
        found = remedy("train_one_value", Recipe(network="resnet-d2l", batch_size=1), facts)
        assert found is not None
        check(found, facts)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_device_that_is_not_there_is_told_with_what_is() -> None:
    problem = refusal(Recipe(device="cuda"))
    assert problem.kind == "device_missing"
    assert "cpu" in str(problem.values["allowed"])
    assert remedy("device_missing", Recipe(device="cuda")) == Recipe()


def test_remedies_change_one_thing() -> None:
    recipe = Recipe(lr=0.3, data_options=(("subset", "full"), ("examples", 9)))
    diverged, memory = remedy("train_diverged", recipe), remedy("train_memory", recipe)
    missing = remedy("data_missing", recipe)
    assert diverged is not None
    assert diverged.lr == 0.03
    assert memory is not None
    assert memory.batch_size == 64
    assert missing is not None
    assert missing.data_options == (("examples", 9),)
    assert remedy("train_memory", Recipe(batch_size=1)) is None
    assert remedy("train_diverged", Recipe(lr=1e-6)) is None
    assert remedy("data_missing", Recipe(data="cifar-10")) is None
    assert remedy("anything", recipe) is None


def test_longer_adds_epochs_in_either_count() -> None:
    assert longer(Recipe(epochs=10), 5) == Recipe(epochs=15)
    assert longer(Recipe(steps=100), 2, GREY) == Recipe(steps=116)
