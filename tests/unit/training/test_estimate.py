"""The estimate counts what a training would do, at the speed of the steps that it tries."""

import pytest
import torch

from cnnviz.data.labelled import Facts
from cnnviz.training import estimate, parts
from cnnviz.training.recipe import Recipe

FACTS = Facts((1, 28, 28), 10, 1000, 300)


class Clock:
    """Time passes only in a network's forward: `fixed` and so much for each picture."""

    def __init__(self, fixed: float, each: float) -> None:
        self.fixed, self.each, self.now = fixed, each, 0.0
        self.batches: list[int] = []

    def __call__(self) -> float:
        return self.now

    def passes(self, module: object, given: tuple[torch.Tensor], out: object) -> None:
        self.batches.append(len(given[0]))
        self.now += self.fixed + self.each * len(given[0])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found, build = Clock(0.0, 0.0), parts.network

    def watched(*args: object) -> torch.nn.Module:
        network = build(*args)  # type: ignore[arg-type]
        network.register_forward_hook(found.passes)
        return network

    monkeypatch.setattr(parts, "network", watched)
    monkeypatch.setattr(estimate.time, "perf_counter", found)
    return found


def test_slow_network_is_tried_with_a_few_pictures(clock: Clock) -> None:
    clock.each = 0.1
    # 3 epochs of 1000 pictures, and 3 tests of 300 at a third of the time
    expected = 0.1 * (3 * 1000 + 3 * 300 / 3)
    assert estimate.seconds(Recipe(epochs=3), FACTS) == pytest.approx(expected)
    assert clock.batches == [4, 4]


def test_quick_network_is_tried_up_to_its_batch(clock: Clock) -> None:
    clock.fixed = 0.001
    expected = 0.001 / 100 * (1000 + 300 / 3)
    found = estimate.seconds(Recipe(epochs=1, batch_size=100), FACTS)
    assert found == pytest.approx(expected)
    # the very first is not counted, and of three the quickest
    assert clock.batches == [4, *[4] * 3, *[16] * 3, *[64] * 3, *[100] * 3]


def test_steps_are_counted_where_they_are_fewer_than_an_epoch(clock: Clock) -> None:
    clock.each = 0.1
    found = estimate.seconds(Recipe(steps=5, batch_size=100), FACTS)
    assert found == pytest.approx(0.1 * (500 + 300 / 3))


@pytest.mark.parametrize("batch_size", [1, 2, 3])
def test_batch_smaller_than_the_first_try_is_not_exceeded(clock: Clock, batch_size: int) -> None:
    estimate.seconds(Recipe(batch_size=batch_size), FACTS)
    assert set(clock.batches) == {batch_size}


def test_estimating_leaves_others_random_numbers_alone() -> None:
    before = torch.default_generator.get_state()
    assert estimate.seconds(Recipe(network="garment-dense"), FACTS) > 0
    assert torch.equal(torch.default_generator.get_state(), before)
