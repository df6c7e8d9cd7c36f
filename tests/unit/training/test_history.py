"""What the events of a run come to."""

from functools import cache

import torch

from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.training.events import (
    Epoch,
    Event,
    Failed,
    Finished,
    Progress,
    Started,
    Validating,
    read,
    write,
)
from cnnviz.training.history import History, history
from cnnviz.training.loop import Training, train
from cnnviz.training.recipe import Recipe

RECIPE = Recipe(network="garment-dense", optimizer="adam", lr=0.001, batch_size=10, epochs=2)


def pictures(train: int = 40, test: int = 20) -> TrainingSet:
    generator = torch.Generator().manual_seed(0)

    def split(count: int) -> Split:
        images = torch.randint(0, 256, (count, 1, 28, 28), generator=generator, dtype=torch.uint8)
        return Split(images, torch.arange(count) % 4)

    return TrainingSet("made", split(train), split(test), ("a", "b", "c", "d"))


@cache
def run() -> list[Event]:
    torch.set_num_threads(1)
    return list(train(RECIPE, pictures()))


def test_a_run_comes_to_its_points_epochs_and_last_words() -> None:
    events = run()
    found = history(events)
    assert found.started == events[0]
    assert [point.step for point in found.points] == list(range(1, 9))
    assert [(epoch.epoch, epoch.step) for epoch in found.epochs] == [(1, 4), (2, 8)]
    assert found.progress == [event for event in events if isinstance(event, Progress)][-1]
    assert found.finished == events[-1]
    assert found.failed is None
    assert found.validating is None


def test_a_history_is_the_same_event_by_event_and_from_its_lines() -> None:
    events = run()
    found = History()
    for event in events:
        found = found.plus(event)
    assert found == history(events) == history(read(write(event)) for event in events)


def test_a_run_gone_on_with_is_as_one_that_was_never_interrupted() -> None:
    whole = history(run())
    interrupted, state = History(), None
    training = Training(RECIPE, pictures())
    for event in training.events():
        interrupted = interrupted.plus(event)
        if isinstance(event, Epoch) and state is None:
            state = training.state()
        if isinstance(event, Epoch) and event.epoch == 2:
            break  # ends here: what came after the state has to go
    assert state is not None
    assert len(interrupted.epochs) == 2
    for event in train(RECIPE, pictures(), state):
        interrupted = interrupted.plus(event)
    assert interrupted.points == whole.points
    assert interrupted.epochs == whole.epochs


def test_going_on_drops_what_came_after_that_step() -> None:
    events = run()
    started = events[0]
    assert isinstance(started, Started)
    again = history([*events, started._replace(step=5)])
    assert [point.step for point in again.points] == [1, 2, 3, 4, 5]
    assert [epoch.step for epoch in again.epochs] == [4]
    assert again.progress is None
    assert again.finished is None
    from_the_start = history([*events, started])
    assert from_the_start == History(started=started)


def test_going_on_after_the_end_keeps_the_last_progress() -> None:
    events = run()
    started = events[0]
    assert isinstance(started, Started)
    longer = history([*events, started._replace(step=8, steps=12)])
    assert longer.progress is not None
    assert longer.progress.step == 8
    assert longer.finished is None
    assert len(longer.points) == 8


def test_a_test_that_runs_is_known_until_it_is_done() -> None:
    events = run()
    epoch = next(event for event in events if isinstance(event, Epoch))
    testing = history([events[0], Validating(4, 10, 20)])
    assert testing.validating == Validating(4, 10, 20)
    for event in (epoch, Progress(5, (), 1.0, 1.0), Finished(8, 1.0, 1.0, ()), Failed(4, "x", {})):
        assert testing.plus(event).validating is None


def test_a_failure_keeps_the_curve() -> None:
    events = run()
    points = history(events).points
    found = history([*events[:-1], Failed(9, "train_diverged", {"step": 9})])
    assert found.failed == Failed(9, "train_diverged", {"step": 9})
    assert found.points == points
