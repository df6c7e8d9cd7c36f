"""What a worker does: train by a recipe, tell every event, keep checkpoints, and let go in time.

A task that is cancelled, or whose server is gone, ends between two events with a last checkpoint;
where a step takes too long for that, the process ends itself and Dask starts another.
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

import torch
from distributed import Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from cnnviz.training import events, loop, recipe, state
from cnnviz.training.events import Epoch, Event, Failed, Finished
from cnnviz.training.loop import Training
from cnnviz.training.service.store import limit

PATIENCE = 1.5  # seconds that a task may go on after it was cancelled
SELDOM, OFTEN = 1.0, 10.0  # seconds between two checkpoints: at ends of epochs, within them
NICENESS = 10  # pages come first; CNNVIZ_NICE says otherwise
MOST_THREADS = 8  # more make small networks slower
WANTED = ("executing", "long-running")  # a task's states while it is wanted


class Prepare(WorkerPlugin):
    """Every worker, also one that replaces another: low priority, a memory limit, torch loaded."""

    name = "cnnviz"

    def setup(self, worker: Worker) -> None:
        with contextlib.suppress(AttributeError, OSError):  # Windows has no such thing
            if os.getpriority(os.PRIO_PROCESS, 0) < niceness():
                os.setpriority(os.PRIO_PROCESS, 0, niceness())
        if worker.memory_manager.memory_limit:
            limit_memory(worker.memory_manager.memory_limit)


def niceness() -> int:
    """How far a training stands back; 0 where it has the machine to itself."""
    try:
        return int(os.environ.get("CNNVIZ_NICE", NICENESS))
    except ValueError:
        return NICENESS


def threads() -> int:
    """All cores for a training, of very many some; CNNVIZ_THREADS says otherwise."""
    there = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return int(limit("CNNVIZ_THREADS", min(there or 1, MOST_THREADS))) or 1


_trainings = 1  # at once on this machine, as the server told last


async def share(trainings: int) -> None:
    """Be told, in a worker, how many share the cores with it; heard between two events."""
    global _trainings
    _trainings = trainings


def _take_share() -> None:
    """Threads of trainings that wait for each other's are many times slower than one alone."""
    own = max(1, threads() // _trainings)
    if torch.get_num_threads() != own:
        torch.set_num_threads(own)


def limit_memory(most: int) -> None:
    """Let torch fail to get memory, which can be told, before the process is killed for it."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        free = most - _resident()
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (_data() + int(0.85 * free), hard))


def _resident() -> int:
    """Bytes of memory that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _data() -> int:
    """Bytes that count towards the limit, of which libraries ask for more than they touch."""
    return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def work(attempt: str, text: str, checkpoint: str, topic: str) -> None:
    """Train by the recipe of `text`, on from the checkpoint where there is one.

    Args:
        attempt: the key of this task; its events carry it.
        text: a recipe's.
        checkpoint: the file to go on from and to keep checkpoints in.
        topic: of Dask's events.
    """
    told = Teller(attempt, topic)
    leash = Leash(attempt)
    try:
        _train(text, Path(checkpoint), told, leash)
    except Exception:
        logging.getLogger(__name__).exception("A training broke")
        told.event(Failed(0, "train_broken", {}))
    finally:
        leash.loosen()
        told.say(ended=True)


def _train(text: str, checkpoint: Path, told: Teller, leash: Leash) -> None:
    _take_share()
    by = recipe.read(text)
    start = state.load(checkpoint) if checkpoint.exists() else None
    training = loop.begin(by, start=start)
    if isinstance(training, Failed):
        told.event(training)
        return
    kept = time.monotonic() - OFTEN  # the first word is followed by the first checkpoint
    for event in training.events():
        told.event(event)
        age = time.monotonic() - kept
        epoch_ended = isinstance(event, Epoch) and age > SELDOM
        if epoch_ended or age > OFTEN or leash.pulled or isinstance(event, Finished):
            for rest in training.untold():
                told.event(rest)
            told.say(kept=_keep(training, checkpoint))
            kept = time.monotonic()
        if leash.pulled:
            return
        _take_share()


def _keep(training: Training, checkpoint: Path) -> bool:
    """Whether the checkpoint could be written; a training does not end of a full disk."""
    try:
        state.save(training.state(), checkpoint)
    except OSError:
        return False
    return True


class Teller:
    """Tells the server, through Dask, what happens."""

    def __init__(self, attempt: str, topic: str) -> None:
        self._attempt, self._topic = attempt, topic
        self._worker = get_worker()

    def event(self, event: Event) -> None:
        self.say(line=events.write(event))

    def say(self, **values: Any) -> None:
        self._worker.log_event(self._topic, {"attempt": self._attempt, **values})


class Leash:
    """Whether a task is still wanted. Where it was pulled and nobody came, the process ends."""

    def __init__(self, attempt: str) -> None:
        self._attempt = attempt
        self._worker = get_worker()
        self._loose = threading.Event()
        threading.Thread(target=self._watch, name="leash", daemon=True).start()

    @property
    def pulled(self) -> bool:
        task = self._worker.state.tasks.get(self._attempt)
        return task is None or task.state not in WANTED

    def loosen(self) -> None:
        self._loose.set()

    def _watch(self) -> None:
        since = None
        while not self._loose.wait(0.1):
            if not self.pulled:
                continue
            since = since or time.monotonic()
            if time.monotonic() - since > PATIENCE:
                os._exit(1)  # in the middle of a step; the last checkpoint stands
