"""The parts of a training are PyTorch's own."""

from contextlib import suppress

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from cnnviz.data.labelled import Facts
from cnnviz.models.registry import build
from cnnviz.training import parts
from cnnviz.training.chance import drawing, generator, number
from cnnviz.training.plan import check
from cnnviz.training.recipe import Recipe

FACTS = Facts((1, 28, 28), 10, 100, 20)


def network(recipe: Recipe) -> nn.Module:
    return parts.network(recipe, check(recipe, FACTS))


def weights(recipe: Recipe) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in network(recipe).parameters()])


def test_first_weights_follow_the_seed_whatever_others_draw() -> None:
    first = weights(Recipe(seed=3))
    torch.manual_seed(1)
    before = torch.default_generator.get_state()
    assert torch.equal(weights(Recipe(seed=3)), first)
    assert torch.equal(torch.default_generator.get_state(), before)
    assert not torch.equal(weights(Recipe(seed=4)), first)


def test_xavier_is_what_d2l_does() -> None:
    found = network(Recipe(init="xavier"))
    with drawing(0, "weights"):
        expected = build("lenet")

        def init_cnn(module: nn.Module) -> None:  # d2l 7.6
            if type(module) is nn.Linear or type(module) is nn.Conv2d:
                nn.init.xavier_uniform_(module.weight)

        expected.apply(init_cnn)
    for one, other in zip(found.parameters(), expected.parameters(), strict=True):
        assert torch.equal(one, other)


def test_kaiming_keeps_the_variance_through_relu() -> None:
    layer = nn.Linear(2000, 500)
    torch.manual_seed(0)
    parts.initialise(layer, "kaiming")
    assert layer.weight.std().item() == pytest.approx((2 / 2000) ** 0.5, rel=0.01)


def test_zeros_are_zeros_and_default_is_pytorchs() -> None:
    assert not weights(Recipe(init="zeros")).any()
    with drawing(0, "weights"):
        expected = build("lenet")
    for one, other in zip(network(Recipe()).parameters(), expected.parameters(), strict=True):
        assert torch.equal(one, other)


@given(seed=st.integers(0, 1000))
def test_squared_error_is_that_of_probabilities(seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    logits = torch.randn(5, 4, generator=random)
    labels = torch.randint(4, (5,), generator=random)
    expected = 4 * F.mse_loss(logits.softmax(1), torch.eye(4)[labels])
    torch.testing.assert_close(parts.squared_error(logits, labels), expected)


@pytest.mark.parametrize(
    ("schedule", "steps"),
    [
        ("constant", 3),
        *(("cosine", n) for n in (1, 2, 101)),
        *(("one-cycle", n) for n in (2, 3, 4, 101)),
    ],
)
def test_learning_rate_is_that_of_pytorchs_schedules(schedule: str, steps: int) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.3)
    schedulers = {
        "cosine": lambda: CosineAnnealingLR(optimizer, steps),
        "one-cycle": lambda: OneCycleLR(optimizer, 0.3, steps, cycle_momentum=False),
    }
    scheduler = schedulers[schedule]() if schedule in schedulers else None
    for step in range(steps):
        found = parts.rate(Recipe(lr=0.3, schedule=schedule), step, steps)
        assert found == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        if scheduler:
            scheduler.step()


def test_one_cycle_of_a_single_step_is_the_rate_itself() -> None:
    assert parts.rate(Recipe(schedule="one-cycle"), 0, 1) == 0.1


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        (
            Recipe(momentum=0.9, weight_decay=0.01),
            lambda p: torch.optim.SGD(p, 0.1, 0.9, weight_decay=0.01),
        ),
        (Recipe(optimizer="adam", lr=0.01), lambda p: torch.optim.Adam(p, 0.01)),
        (Recipe(optimizer="adamw", lr=0.01), lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0)),
        (
            Recipe(optimizer="adamw", lr=0.01, weight_decay=0.1),
            lambda p: torch.optim.AdamW(p, 0.01, weight_decay=0.1),
        ),
    ],
)
def test_optimizers_step_as_pytorchs(recipe: Recipe, expected: object) -> None:
    one, other = (nn.Parameter(torch.tensor([1.0, -2.0, 3.0])) for _ in range(2))
    optimizers = [parts.optimizer(recipe, [one]), expected([other])]  # type: ignore[operator]
    for _ in range(5):
        for parameter, optimizer in zip((one, other), optimizers, strict=True):
            parameter.grad = parameter.detach() ** 2 - 1
            optimizer.step()
    torch.testing.assert_close(one, other)


def test_filters_of_a_convolution_are_its_kernels() -> None:
    found = network(Recipe())
    expected = found[0].weight  # type: ignore[index]
    assert torch.equal(parts.first_filters(found, (1, 28, 28)), expected)  # type: ignore[arg-type]


def test_filters_of_a_dense_layer_are_as_large_as_the_picture() -> None:
    found = network(Recipe(network="garment-dense"))
    filters = parts.first_filters(found, (1, 28, 28))
    assert filters is not None
    assert filters.shape == (25, 1, 28, 28)  # 25 · 784 < 20,000
    assert torch.equal(filters[3].flatten(), found[1].weight[3])  # type: ignore[index]


def test_network_without_layers_that_learn_has_no_filters() -> None:
    assert parts.first_filters(nn.Sequential(nn.Flatten(), nn.ReLU()), (1, 28, 28)) is None


def test_numbers_differ_by_seed_purpose_and_place() -> None:
    found = {number(s, p, i) for s in range(4) for p in ("order", "step") for i in range(50)}
    assert len(found) == 400
    assert all(0 <= n < 2**63 for n in found)
    one, other = (torch.rand(1000, generator=generator(0, "step", i)) for i in (0, 1))
    assert abs(torch.corrcoef(torch.stack([one, other]))[0, 1]) < 0.1


def test_others_numbers_go_on_even_after_an_error() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    with suppress(ZeroDivisionError), drawing(5, "step"):
        torch.rand(100)
        raise ZeroDivisionError
    assert torch.equal(torch.rand(3), expected)
