"""Training gives PyTorch's numbers, the same ones each time, and tells what it does."""

import copy
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnviz.data import sets
from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.training import loop, pace
from cnnviz.training.chance import number
from cnnviz.training.events import (
    Epoch,
    Event,
    Failed,
    Filters,
    Finished,
    Point,
    Progress,
    Started,
    Validating,
    read,
    write,
)
from cnnviz.training.history import history
from cnnviz.training.loop import Training, train
from cnnviz.training.plan import longer
from cnnviz.training.recipe import Recipe

SMALL = (("channels", (2, 3)), ("hidden", (8, 8)))
DATA = (("examples", 50),)
RECIPE = Recipe(
    data="shapes", data_options=DATA, network="lenet-modern", network_options=SMALL,
    batch_size=16, epochs=3, lr=0.05, momentum=0.9,
)  # fmt: skip
# all that draws random numbers: dropout, flips, crops, first weights, orders
CHANCE = replace(
    RECIPE, network="garment-conv", network_options=(("channels", (2, 2)), ("hidden", (8, 8))),
    flip=True, crop=2, optimizer="adam", lr=0.01,
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def of(events: list[Event], form: type) -> list[Event]:
    return [event for event in events if isinstance(event, form)]


def points(events: list[Event]) -> list[Point]:
    return [point for event in events if isinstance(event, Progress) for point in event.points]


def numbers(events: list[Event]) -> list[object]:
    """All that must not depend on the clock."""
    timeless = [e for e in events if not isinstance(e, (Progress, Validating, Finished))]
    mistakes = [event.mistakes for event in events if isinstance(event, Finished)]
    return [*timeless, *points(events), *mistakes]


def failed(recipe: Recipe) -> Failed:
    last = list(train(recipe))[-1]
    assert isinstance(last, Failed)
    return last


# ---- the numbers


def test_steps_are_those_of_plain_pytorch() -> None:
    training = Training(RECIPE)
    network = copy.deepcopy(training.network).train()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    data, expected = sets.load("shapes", DATA), []
    for epoch in range(3):
        random = torch.Generator().manual_seed(number(0, "order", epoch))
        for chosen in torch.randperm(50, generator=random).split(16):
            x, y = data.train.images[chosen] / 255, data.train.labels[chosen]
            logits = network(x)
            loss = nn.CrossEntropyLoss()(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            expected.append((loss.item(), (logits.argmax(1) == y).float().mean().item()))
    found = points(list(training.events()))
    assert [point.step for point in found] == list(range(1, 13))
    for point, (loss, accuracy) in zip(found, expected, strict=True):
        assert point.loss == pytest.approx(loss, rel=1e-4)
        assert point.accuracy == pytest.approx(accuracy)


def test_epoch_tells_what_the_network_does_on_the_test_pictures() -> None:
    training = Training(RECIPE)
    data = sets.load("shapes", DATA)
    for event in training.events():
        if isinstance(event, Epoch):
            network = copy.deepcopy(training.network).eval()
            with torch.no_grad():
                logits = network(data.test.images / 255)
            said, labels = logits.argmax(1), data.test.labels
            assert event.loss == pytest.approx(F.cross_entropy(logits, labels).item(), rel=1e-4)
            assert event.accuracy == pytest.approx((said == labels).double().mean().item())
            for i, row in enumerate(event.confusion):
                assert row == tuple(torch.bincount(said[labels == i], minlength=4).tolist())
                assert event.per_class[i] == pytest.approx((said == i)[labels == i].float().mean())


def test_epochs_training_means_are_over_its_pictures() -> None:
    events = list(train(RECIPE))
    found, sizes = points(events), [16, 16, 16, 2]
    for i, event in enumerate(of(events, Epoch)):
        assert isinstance(event, Epoch)
        own = found[4 * i : 4 * i + 4]
        expected = sum(p.loss * n for p, n in zip(own, sizes, strict=True)) / 50
        assert event.train_loss == pytest.approx(expected)
        right = sum(p.accuracy * n for p, n in zip(own, sizes, strict=True)) / 50
        assert event.train_accuracy == pytest.approx(right)


def test_training_learns() -> None:
    recipe = replace(
        RECIPE, data_options=(("examples", 800), ("noise", 0.0), ("test_noise", 0.0)),
        optimizer="adam", lr=0.002, network_options=(), epochs=5,
    )  # fmt: skip
    last = of(list(train(recipe)), Epoch)[-1]
    assert isinstance(last, Epoch)
    assert last.accuracy > 0.85
    assert last.train_loss < 0.4


def test_zeros_learn_no_more_than_how_many_of_each_there_are() -> None:
    recipe = replace(RECIPE, network="lenet", init="zeros")
    last = of(list(train(recipe)), Epoch)[-1]
    assert isinstance(last, Epoch)
    assert last.accuracy == pytest.approx(0.25)
    assert sum(any(column) for column in zip(*last.confusion, strict=True)) == 1


# ---- the same numbers


@pytest.mark.parametrize("recipe", [RECIPE, CHANCE], ids=["plain", "chance"])
def test_same_recipe_gives_the_same_numbers_whatever_others_draw(recipe: Recipe) -> None:
    expected = numbers(list(train(recipe)))
    again = []
    for event in train(recipe):
        torch.rand(17)  # somebody else in the same process
        again.append(event)
    assert numbers(again) == expected
    assert numbers(list(train(replace(recipe, seed=1)))) != expected


def test_training_leaves_others_random_numbers_alone() -> None:
    torch.manual_seed(4)
    expected = torch.rand(3)
    torch.manual_seed(4)
    list(train(CHANCE))
    assert torch.equal(torch.rand(3), expected)


def test_two_trainings_in_turn_do_not_disturb_each_other() -> None:
    expected = numbers(list(train(CHANCE)))
    both = list(zip(train(CHANCE), train(replace(CHANCE, seed=9)), strict=False))
    assert numbers([one for one, _ in both])[:5] == expected[:5]


# ---- going on


@pytest.mark.parametrize("recipe", [RECIPE, CHANCE], ids=["plain", "chance"])
def test_continued_training_is_one_that_was_that_long(recipe: Recipe) -> None:
    first = Training(replace(recipe, epochs=1))
    short = list(first.events())
    rest = list(train(longer(first.recipe, 2), start=first.state()))
    whole = list(train(recipe))
    assert points(short) + points(rest) == points(whole)
    assert of(short, Epoch) + of(rest, Epoch) == of(whole, Epoch)


def test_training_interrupted_in_an_epoch_goes_on_where_it_was() -> None:
    training = Training(CHANCE)
    events = training.events()
    while training.step < 6:
        next(events)
    state = training.state()
    rest = list(train(CHANCE, start=state))
    assert isinstance(rest[0], Started)
    assert rest[0].step == state.step
    whole = points(list(train(CHANCE)))
    assert points(rest) == whole[state.step :]


def test_state_does_not_change_while_training_goes_on() -> None:
    training = Training(RECIPE)
    events = training.events()
    while training.step < 2:
        next(events)
    state = training.state()
    before = {name: x.clone() for name, x in state.weights.items()}
    list(events)
    assert all(torch.equal(x, before[name]) for name, x in state.weights.items())


def test_training_left_after_any_event_comes_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "INTERVAL", 0)
    monkeypatch.setattr(loop, "MOST_POINTS", 5)  # so that a point is of three steps
    recipe = replace(CHANCE, epochs=2)
    whole = list(train(recipe))
    for count in range(1, len(whole)):
        training = Training(recipe)
        told = [*islice(training.events(), count), *training.untold()]
        found = history([*told, *train(recipe, start=training.state())])
        assert found.points == history(whole).points
        assert found.epochs == history(whole).epochs
        assert found.filters == history(whole).filters
        assert found.finished
        assert found.finished.mistakes == whole[-1].mistakes


def test_state_beyond_the_end_is_not_gone_on_from() -> None:
    training = Training(RECIPE)
    list(training.events())
    (last,) = train(replace(RECIPE, epochs=2), start=training.state())
    assert isinstance(last, Failed)
    assert last.kind == "state_done"


# ---- what is told


def test_events_come_in_their_order() -> None:
    events = [e for e in train(RECIPE) if not isinstance(e, (Progress, Validating))]
    expected = [Started, Filters, *[Epoch, Filters] * 3, Finished]
    assert [type(event) for event in events] == expected
    assert [e.step for e in of(events, Epoch)] == [4, 8, 12]
    assert [e.epoch for e in of(events, Epoch)] == [1, 2, 3]  # type: ignore[union-attr]


def test_start_tells_the_size_of_it_all() -> None:
    started = next(train(RECIPE))
    parameters = sum(p.numel() for p in Training(RECIPE).network.parameters())
    classes = ("circle", "square", "triangle", "cross")
    assert started == Started(0, 12, 4, parameters, 50, 1000, classes)


def test_steps_in_place_of_epochs_end_within_one_with_a_test() -> None:
    events = list(train(replace(RECIPE, steps=6)))
    assert [e.step for e in of(events, Epoch)] == [4, 6]
    assert [e.epoch for e in of(events, Epoch)] == [1, 2]  # type: ignore[union-attr]
    assert isinstance(events[-1], Finished)
    assert points(events)[-1].step == 6


def test_long_run_has_at_most_so_many_points(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = points(list(train(RECIPE)))
    monkeypatch.setattr(loop, "MOST_POINTS", 5)
    few = points(list(train(RECIPE)))
    assert [point.step for point in few] == [3, 6, 9, 12]
    sizes = [16, 16, 16, 2]
    own = zip(whole[3:6], (sizes * 3)[3:6], strict=True)
    expected = sum(p.loss * n for p, n in own) / (2 + 16 + 16)
    assert few[1].loss == pytest.approx(expected)


def test_progress_comes_at_most_as_often_as_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is the test's own: each look at it is a hundredth of a second later."""
    ticks = iter(range(10**6))
    monkeypatch.setattr(pace.time, "monotonic", lambda: next(ticks) / 100)
    events = list(train(replace(RECIPE, epochs=30)))
    assert 5 < len(of(events, Progress)) <= 30 * 8 / 10 + 1
    assert [point.step for point in points(events)] == list(range(1, 121))


def test_time_left_counts_steps_and_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a clock on which everything takes a second, whatever it is."""
    ticks = iter(range(10**6))
    monkeypatch.setattr(pace.time, "perf_counter", lambda: float(next(ticks)))
    monkeypatch.setattr(pace, "INTERVAL", 0.0)
    events = list(train(RECIPE))
    left = [e for e in events if isinstance(e, Progress)]
    # 12 steps of a second, 3 tests of 4 parts (1000 pictures, 256 at once) of a second
    assert left[4].step == 5
    assert left[4].seconds_left == pytest.approx(7 + 2 * 4)
    assert left[-1].seconds_left == pytest.approx(4)
    assert [e.done for e in events if isinstance(e, Validating)][:4] == [256, 512, 768, 1000]
    for before, after in pairwise(left[4:]):
        assert after.seconds_left < before.seconds_left


def test_what_the_reader_does_in_between_does_not_count() -> None:
    events, slept = [], 0.0
    for event in train(RECIPE):
        events.append(event)
        if isinstance(event, (Epoch, Progress)):
            time.sleep(0.3)
            slept += 0.3
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.seconds < slept


def test_filters_are_the_first_layers_kernels_as_they_are() -> None:
    training = Training(RECIPE)
    for event in training.events():
        if isinstance(event, Filters):
            kernels = training.network[0].weight.detach()  # type: ignore[index]
            assert event.shape == kernels.shape
            torch.testing.assert_close(
                torch.tensor(event.values).reshape(event.shape), kernels, atol=1e-5, rtol=0
            )


def test_mistakes_are_of_the_last_test() -> None:
    training = Training(RECIPE)
    *_, last = training.events()
    assert isinstance(last, Finished)
    images = sets.load("shapes", DATA).test.images
    with torch.no_grad():
        probabilities = training.network.eval()(images / 255).softmax(1)
    assert last.mistakes
    for mistake in last.mistakes:
        expected = probabilities[mistake.picture]
        torch.testing.assert_close(torch.tensor(mistake.probabilities), expected)


def test_every_event_is_a_line_and_back() -> None:
    for event in train(RECIPE):
        assert read(write(event)) == event


# ---- ending


def test_closing_ends_it_at_once() -> None:
    training = Training(RECIPE)
    events = training.events()
    while training.step < 3:
        next(events)
    step = training.step
    events.close()  # type: ignore[attr-defined]
    assert training.step == step
    assert next(events, None) is None


def test_loss_that_is_no_number_stops_at_that_step_with_the_rate() -> None:
    recipe = replace(
        RECIPE, network="lenet", network_options=(("activation", "relu"), *SMALL), lr=10.0,
        momentum=0.0, scaling="standard", weight_decay=1.0, epochs=100,
    )  # fmt: skip
    training = Training(recipe)
    events = list(training.events())
    last = events[-1]
    assert isinstance(last, Failed)
    assert last.kind == "train_diverged"
    assert last.values["lr"] == "10"
    assert last.values["loss"] in ("nan", "inf")
    assert last.step == last.values["step"] == training.step + 1
    assert points(events)[-1].step == training.step
    assert read(write(last)) == last


def test_what_does_not_fit_is_told_and_nothing_is_trained() -> None:
    assert failed(Recipe(network="vgg-narrow")).kind == "row_window"
    one = replace(RECIPE, network="resnet-d2l", network_options=(), batch_size=1)
    assert failed(one).kind == "train_one_value"
    assert failed(Recipe(data="own")).kind == "own_missing"


def test_memory_that_does_not_suffice_is_told_with_the_batch() -> None:
    """A process of its own, whose address space is limited to little more than it has."""
    code = """
import re, resource, torch
torch.set_num_threads(1)
from cnnviz.training.loop import train
from cnnviz.training.recipe import Recipe
recipe = Recipe(network="lenet", data_options=(("examples", 1024),), input_size=256,
                batch_size=1024, network_options=(("channels", (64, 16)),), steps=2)
events = train(recipe)
next(events)
size = int(re.search(r"VmSize:\\s+(\\d+)", open("/proc/self/status").read())[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (size + 700 * 2**20,) * 2)
for event in events:
    last = event
print(last.kind, last.step, last.values["batch"])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["train_memory", "1", "1024"]


def test_error_of_another_kind_is_not_taken_for_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the sizes of tensors must match")

    monkeypatch.setitem(loop.parts.LOSSES, "cross-entropy", broken)
    with pytest.raises(RuntimeError, match="must match"):
        list(train(RECIPE))


def test_last_picture_alone_trains_where_no_batch_norm_minds() -> None:
    images = torch.arange(17 * 28 * 28).reshape(17, 1, 28, 28).to(torch.uint8)
    split = Split(images, torch.arange(17) % 2)
    data = TrainingSet("own", split, split, ("a", "b"))
    events = list(train(replace(RECIPE, data_options=(), epochs=1), data))
    assert points(events)[-1].step == 2
    assert isinstance(events[-1], Finished)
