"""Our training loop beside d2l's Trainer, and beside the bare steps that no loop can do without."""

import gzip
import json
import math
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TextIO

import torch
import torch.nn.functional as F

from benchmarks import environment
from benchmarks.environment import Unavailable
from benchmarks.table import Peer, Row
from cnnviz.data import sets
from cnnviz.data.places import IDX, needed
from cnnviz.problems import Problem
from cnnviz.training.batches import Batches
from cnnviz.training.events import Epoch, Filters, Progress
from cnnviz.training.loop import Training, train
from cnnviz.training.presets import PRESETS
from cnnviz.training.recipe import Recipe

THREADS = 2
ROUNDS, EPOCHS = 3, 2
TOGETHER = 16  # steps in a row, at least, of the loop and of the bare ones
ACCURACIES = (0.88, 0.9)


def rows() -> Iterator[Row]:
    """All rows that can be measured here; what is missing for the others is said."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        sets.load("fashion-mnist", PRESETS["lenet"].recipe.data_options)
        yield beside_bare_steps()
        yield as_printed()
        with d2l() as trainer:
            yield from beside_d2l(trainer)
    except (Unavailable, Problem) as missing:
        print(f"No row of a training beside d2l's: {missing}", flush=True)
    finally:
        torch.set_num_threads(before)


def beside_bare_steps() -> Row:
    """An epoch of LeNet in parts, each beside as many steps on one batch that is there already."""
    recipe = replace(PRESETS["lenet"].recipe, epochs=1)
    training, other = Training(recipe), Training(recipe)
    x, y = Batches(recipe, other.data, other.plan.input_shape[1:]).batch(0)
    ours: list[float] = []
    bare: list[float] = []
    events, step = training.events(), 0
    while step < training.plan.steps:
        start, before = time.perf_counter(), step
        while step < min(before + TOGETHER, training.plan.steps):
            event = next(events)
            step = event.step if isinstance(event, Progress) else step
        middle = time.perf_counter()
        for _ in range(step - before):
            loss = F.cross_entropy(other.network(x), y)
            other.optimizer.zero_grad()
            torch.autograd.backward(loss)
            other.optimizer.step()
        end = time.perf_counter()
        images = (step - before) * recipe.batch_size
        ours.append(1e6 * (middle - start) / images)
        bare.append(1e6 * (end - middle) / images)
    peer = Peer("the bare steps", tuple(bare[1:]))  # the first part builds caches
    return Row("LeNet: an image of training", "µs", tuple(ours[1:]), (peer,), at_most_times=1 / 0.9)


def as_printed() -> Row:
    """What LeNet gets wrong after the ten epochs that the course prints."""
    *_, (_, accuracy) = tests(PRESETS["lenet"].recipe)
    return Row("LeNet as printed: errors on the test", "%", (100 * (1 - accuracy),), at_most=40)


def beside_d2l(trainer: "Trainer") -> Iterator[Row]:
    """LeNet by both, and our *fast* beside two epochs of theirs; a round has all three."""
    lenet = replace(PRESETS["lenet"].recipe, epochs=1)
    ours, theirs, fast = [], [], []
    for _ in range(ROUNDS):
        ours.append(an_epoch(lenet))
        theirs.append(trainer.fit(EPOCHS))
        fast.append(tests(PRESETS["fast"].recipe))
        told = ", ".join(f"{accuracy:.3f} at {seconds:.1f} s" for seconds, accuracy in fast[-1])
        print(f"fast: {told}. d2l: {theirs[-1].accuracy:.3f} at {theirs[-1].seconds:.1f} s.")
    peer = Peer("d2l's Trainer", tuple(found.an_image for found in theirs))
    yield Row("LeNet: an image of training", "µs", tuple(ours), (peer,), at_most_times=1 / 2.5)
    peer = Peer(f"{EPOCHS} epochs of d2l's", tuple(found.seconds for found in theirs))
    for accuracy in ACCURACIES:
        times = tuple(until(accuracy, run) for run in fast)
        yield Row(f"fast: to {accuracy:g} on the test", "s", times, (peer,), at_most_times=1)


def an_epoch(recipe: Recipe) -> float:
    """Microseconds for an image in the steps of one epoch: without first weights, without test."""
    training = Training(recipe)
    events = training.events()
    next(event for event in events if isinstance(event, Filters))  # all is ready
    start, step = time.perf_counter(), 0
    while step < training.plan.steps:
        event = next(events)
        step = event.step if isinstance(event, Progress) else step
    return 1e6 * (time.perf_counter() - start) / len(training.data.train.labels)


def tests(recipe: Recipe) -> tuple[tuple[float, float], ...]:
    """Of each test, its end in seconds from the start with the data in memory, and its accuracy."""
    start = time.perf_counter()
    return tuple(
        (time.perf_counter() - start, event.accuracy)
        for event in train(recipe)
        if isinstance(event, Epoch)
    )


def until(accuracy: float, run: Sequence[tuple[float, float]]) -> float:
    """Seconds to the first test that is as good; infinite where none was."""
    return next((seconds for seconds, found in run if found >= accuracy), math.inf)


# ---- d2l


class Fit(NamedTuple):
    """What `d2l_trainer` says of one training."""

    seconds: float  # in all
    an_image: float  # microseconds of training, without the tests
    accuracy: float  # of the last test


class Trainer:
    """d2l's, in a process that waits while it is not asked."""

    def __init__(self, process: "subprocess.Popen[str]", errors: TextIO) -> None:
        self.process, self.errors = process, errors
        self._line()  # it is ready

    def fit(self, epochs: int) -> Fit:
        """Train LeNet from new weights."""
        assert self.process.stdin
        self.process.stdin.write(f"{epochs}\n")
        self.process.stdin.flush()
        return Fit(**json.loads(self._line()))

    def _line(self) -> str:
        assert self.process.stdout
        if line := self.process.stdout.readline():
            return line
        self.errors.seek(0)
        lines = self.errors.read().strip().splitlines() or ["it ended without a word."]
        raise Unavailable(f"d2l's Trainer does not run here: {lines[-1]}")


@contextmanager
def d2l() -> Iterator[Trainer]:
    """Its Trainer, with the files that we read where it expects them; ended afterwards.

    Raises:
        Unavailable: where it can't be had.
    """
    python = environment.python()
    with (
        tempfile.TemporaryDirectory(prefix="cnnviz-bench-") as root,
        tempfile.TemporaryFile("w+", errors="replace") as errors,
    ):
        work, raw = Path(root, "work"), Path(root, "data", "FashionMNIST", "raw")
        work.mkdir()
        raw.mkdir(parents=True)
        for file in IDX:
            packed = (needed("fashion-mnist") / file).read_bytes()
            (raw / file.removesuffix(".gz")).write_bytes(gzip.decompress(packed))
        process = subprocess.Popen(
            [python, Path(__file__).with_name("d2l_trainer.py"), str(THREADS)],
            cwd=work,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            try:
                yield Trainer(process, errors)
            finally:
                process.terminate()
