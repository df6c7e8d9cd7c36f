"""The training itself: a generator of events, without page, queue or file.

    for event in train(Recipe(network="lenet", epochs=2)):
        print(event)

Whoever takes no more events pauses it, whoever closes it ends it; between two events lies at most
a tenth of a second, or one step where that takes longer.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor, nn

from cnnviz.data import sets
from cnnviz.data.labelled import TrainingSet
from cnnviz.problems import Problem
from cnnviz.training import metrics, parts
from cnnviz.training.batches import Batches
from cnnviz.training.chance import drawing
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
)
from cnnviz.training.metrics import Mistake
from cnnviz.training.pace import Pace
from cnnviz.training.plan import Plan, check
from cnnviz.training.recipe import Recipe
from cnnviz.training.state import UNSEEN, Seen, State, capture, restore

T = TypeVar("T")
MOST_POINTS = 2000  # of a run
NO_MEMORY = ("can't allocate memory", "not enough memory", "out of memory")


def train(
    recipe: Recipe, data: TrainingSet | None = None, start: State | None = None
) -> Iterator[Event]:
    """Train by a recipe; `data` where they are not to be looked up, `start` to go on from there.

    The same recipe gives the same numbers on one machine with as many threads, however often it was
    interrupted in between. What goes wrong is the last event, and nothing is raised.
    """
    training = begin(recipe, data, start)
    if isinstance(training, Failed):
        yield training
    else:
        yield from training.events()


def begin(
    recipe: Recipe, data: TrainingSet | None = None, start: State | None = None
) -> Training | Failed:
    """The training that `train` does, for those who want its state too; or why there is none."""
    try:
        return Training(recipe, data, start)
    except Problem as problem:
        return Failed(start.step if start else 0, problem.kind, problem.values)
    except (RuntimeError, MemoryError) as error:
        return _out_of_memory(error, 0, recipe)


class Sums(NamedTuple):
    """Of the pictures that were trained with since some step."""

    loss: float = 0.0
    right: int = 0
    images: int = 0

    def plus(self, loss: float, right: int, images: int) -> Sums:
        return Sums(self.loss + loss * images, self.right + right, self.images + images)

    def means(self) -> tuple[float, float]:
        """Loss and accuracy."""
        return self.loss / max(1, self.images), self.right / max(1, self.images)


class Training:
    """One training, for those who want its state besides its events.

    Raises:
        Problem: (a `ValueError`) as `plan.check`, and where `start` does not belong to the recipe.
    """

    def __init__(
        self, recipe: Recipe, data: TrainingSet | None = None, start: State | None = None
    ) -> None:
        self.recipe = recipe
        self.data = data or sets.load(recipe.data, recipe.data_options)
        self.plan: Plan = check(recipe, self.data.facts)
        self.network = parts.network(recipe, self.plan).to(recipe.device)
        self.optimizer = parts.optimizer(recipe, self.network.parameters())
        self.step = 0  # that is done
        if start:
            if start.step > self.plan.steps:
                raise Problem("state_done", step=start.step, steps=self.plan.steps)
            restore(start, recipe, self.network, self.optimizer)
            self.step = start.step
        several = recipe.device == "cuda" and torch.cuda.device_count() > 1
        self._forward = nn.DataParallel(self.network) if several else self.network
        self._loss = parts.LOSSES[recipe.loss]
        self._batches = Batches(recipe, self.data, self.plan.input_shape[1:])
        self._pace = Pace(self.plan, self.data.facts.test, self.step)
        seen = start.seen if start else UNSEEN
        self._point, self._epoch, self._tested = Sums(*seen.point), Sums(*seen.epoch), seen.tested
        self._points: list[Point] = []  # that were not told yet

    def state(self) -> State:
        """All that is needed to go on from here, copied; between two events, after `untold`."""
        seen = Seen(self._point, self._epoch, self._tested)
        return capture(self.recipe, self.step, self.network, self.optimizer, seen)

    def untold(self) -> Iterator[Event]:
        """The points since the last `Progress`, for whoever leaves the training here."""
        if self._points:
            yield self._progress()

    def test(self) -> tuple[Epoch, tuple[Mistake, ...]]:
        """Test the network as it is, and find its most confident mistakes."""
        probabilities, loss = _returned(self._answers())
        mistakes = metrics.confident_mistakes(probabilities, self.data.test.labels)
        return self._result(probabilities, loss), tuple(mistakes)

    def events(self) -> Iterator[Event]:
        """Train to the end."""
        yield self._started()
        yield from self._filters()
        try:
            yield from self._steps()
        except Problem as problem:
            yield from self.untold()
            yield Failed(self.step + 1, problem.kind, problem.values)
        except (RuntimeError, MemoryError) as error:
            yield _out_of_memory(error, self.step + 1, self.recipe)

    # ---- training

    def _steps(self) -> Iterator[Event]:
        probabilities = torch.empty(0)
        stride = math.ceil(self.plan.steps / MOST_POINTS)
        if self._test_is_due():  # it was left between the step and its test
            probabilities = yield from self._test()
        while self.step < self.plan.steps:
            done = self._train_step()
            self._point, self._epoch = self._point.plus(*done), self._epoch.plus(*done)
            last = self.step == self.plan.steps
            if self.step % stride == 0 or last:
                self._points.append(Point(self.step, *self._point.means()))
                self._point = Sums()
            if last or self._pace.due():
                yield self._progress()
            if self._test_is_due():
                probabilities = yield from self._test()
                yield from self._filters()
        if not len(probabilities):  # it was left between the last test and the end
            probabilities, _ = yield from self._answers()
        yield self._finished(probabilities)

    def _test_is_due(self) -> bool:
        at_end = self.step == self.plan.steps or self.step % self.plan.steps_per_epoch == 0
        return at_end and self.step > self._tested

    def _train_step(self) -> tuple[float, int, int]:
        """One step: the batch's loss, how many of it were right before the step, and its size."""
        lr = parts.rate(self.recipe, self.step, self.plan.steps)
        self.optimizer.param_groups[0]["lr"] = lr
        with self._pace.step(), drawing(self.recipe.seed, "step", self.step, self.recipe.device):
            x, y = self._batches.batch(self.step)
            logits: Tensor = self._forward(x)
            loss = self._loss(logits, y)
            value = float(loss.detach())
            if not math.isfinite(value):
                number = self.step + 1
                raise Problem("train_diverged", step=number, loss=str(value), lr=f"{lr:g}")
            self.optimizer.zero_grad()
            torch.autograd.backward(loss)
            self.optimizer.step()
            right = int((logits.detach().argmax(1) == y).sum())
        self._pace.images += len(y)
        self.step += 1
        return value, right, len(y)

    # ---- testing

    def _test(self) -> Generator[Event, None, Tensor]:
        """The test after an epoch; returns the probabilities (N, classes)."""
        probabilities, loss = yield from self._answers()
        epoch = self._result(probabilities, loss)
        self._epoch, self._tested = Sums(), self.step
        yield epoch
        return probabilities

    def _answers(self) -> Generator[Event, None, tuple[Tensor, float]]:
        """What the network says of the test pictures: probabilities (N, classes), and the loss."""
        images, labels = self._batches.test
        found, total = [], 0.0
        self._forward.eval()
        for start in range(0, len(labels), self.plan.test_batch):
            part = slice(start, start + self.plan.test_batch)
            with self._pace.test(len(labels[part])), torch.no_grad():
                logits: Tensor = self._forward(self._batches.prepare(images[part]))
                total += float(self._loss(logits, labels[part])) * len(logits)
                found.append(logits.softmax(1).cpu())
            if self._pace.due():
                yield Validating(self.step, start + len(logits), len(labels))
        self._forward.train()
        return torch.cat(found), total / len(labels)

    def _result(self, probabilities: Tensor, loss: float) -> Epoch:
        said, labels = probabilities.argmax(1), self.data.test.labels
        counts = metrics.confusion(labels, said, len(self.data.classes))
        return Epoch(
            math.ceil(self.step / self.plan.steps_per_epoch),
            self.step,
            *self._epoch.means(),
            loss,
            metrics.accuracy(counts),
            metrics.per_class(counts),
            counts,
        )

    # ---- what is told

    def _started(self) -> Started:
        facts, plan = self.data.facts, self.plan
        counts = (plan.steps, plan.steps_per_epoch, plan.parameters, facts.train, facts.test)
        return Started(self.step, *counts, self.data.classes)

    def _progress(self) -> Progress:
        points, self._points = tuple(self._points), []
        left = self._pace.seconds_left(self.step)
        return Progress(self.step, points, self._pace.images_per_second, left)

    def _filters(self) -> Iterator[Filters]:
        found = parts.first_filters(self.network, self.plan.input_shape)
        if found is not None:
            count, channels, height, width = found.shape
            values = (round(value, 5) for value in found.flatten().tolist())
            yield Filters(self.step, (count, channels, height, width), tuple(values))

    def _finished(self, probabilities: Tensor) -> Finished:
        mistakes = metrics.confident_mistakes(probabilities, self.data.test.labels)
        pace = self._pace
        return Finished(self.step, pace.training, pace.images_per_second, tuple(mistakes))


def _returned(events: Generator[Event, None, T]) -> T:
    """What a generator returns, when nobody hears what it tells."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            found: T = end.value
            return found


def _out_of_memory(error: Exception, step: int, recipe: Recipe) -> Failed:
    """The failure that an error tells of; any other error is raised again."""
    text = str(error).lower()
    short = isinstance(error, MemoryError | torch.OutOfMemoryError)
    if not short and not any(sign in text for sign in NO_MEMORY):
        raise error
    problem = Problem("train_memory", step=step, batch=recipe.batch_size)
    return Failed(step, problem.kind, problem.values)
