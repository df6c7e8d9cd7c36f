"""All runs of this server: asked for by readers, one after another, watched by anybody with a link.

Not a cache of Streamlit's, which any visitor's message can clear.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Sequence
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cnnviz.data import sets
from cnnviz.problems import Problem
from cnnviz.training import estimate, events, plan
from cnnviz.training.events import Failed
from cnnviz.training.history import History
from cnnviz.training.recipe import Options, Recipe, identity
from cnnviz.training.service.book import Book, Live
from cnnviz.training.service.engine import Engine, Job
from cnnviz.training.service.queue import Queue
from cnnviz.training.service.records import ACTIVE, Record, Run, Waiting
from cnnviz.training.service.store import folder, limit

END = 2.0  # seconds that a run may take to end
RESUMED = ("paused", "stopped", "interrupted")


class Service:
    """What pages call. All methods may be called from any thread."""

    def __init__(self, root: Path | None = None) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._book = Book(root or folder())
        self._queue = Queue()
        self._attempts: dict[str, str] = {}  # attempt → run
        self._gone: dict[str, set[str]] = {}  # run → readers who stopped a run that others watch
        self._engine = Engine(self._hear, self._dispatch)

    # ---- what a page asks for

    def submit(self, recipes: Sequence[Recipe], reader: str) -> tuple[Run, ...]:
        """Runs by these recipes, together: those that are there already, or new ones.

        Raises:
            Problem: (a `ValueError`) where a recipe does not fit, has too many steps, or this
                reader, or the disk, has runs enough. Then nothing was begun.
        """
        names = [self._identity(recipe) for recipe in recipes]
        asked = dict(zip(names, recipes, strict=True))
        seconds = {name: _estimated(recipe) for name, recipe in asked.items()}
        with self._changed:
            found = {name: record for name in asked if (record := self._book.same(name))}
            missing = [name for name in asked if name not in found]
            if missing:
                self._queue.check(reader, len(missing))
                self._book.make_room()
                new = {n: self._book.new(asked[n], n, seconds[n], reader) for n in missing}
                self._queue.put(reader, [record.id for record in new.values()])
                found |= new
            for record in found.values():
                self._join(record, reader)
        self._dispatch()
        return tuple(self._seen(found[name].id, reader) for name in names)

    def run(self, run: str, reader: str = "") -> Run | None:
        """The run with this id; None where there is none, or no longer."""
        with self._changed:
            return self._seen(run, reader) if self._book.find(run) else None

    def runs(self, reader: str) -> tuple[Run, ...]:
        """All that a reader asked for, newest first."""
        with self._changed:
            return tuple(self._seen(record.id, reader) for record in self._book.of(reader))

    def stop(self, run: str, reader: str) -> None:
        """End it, with a last checkpoint.

        Raises:
            Problem: (a `ValueError`) `run_shared` where others watch it too: it then ends when all
                of them have stopped it; `run_foreign` where the reader did not ask for it.
        """
        self._halt(run, reader, "stopped")

    def pause(self, run: str, reader: str) -> None:
        """End it so that it goes on later as if nothing had been. Raises as `stop`."""
        self._halt(run, reader, "paused")

    def resume(self, run: str, reader: str) -> None:
        """Go on from the last checkpoint, or begin again where there is none.

        Raises:
            Problem: (a `ValueError`) as `submit`; `run_foreign`.
        """
        with self._changed:
            recipe = self._book.own(run, reader).recipe
        seconds = _estimated(recipe)  # without the lock, since it may take a moment
        with self._changed:
            record = self._book.own(run, reader)
            if record.status not in RESUMED:
                return
            self._queue.check(reader, 1)
            self._book.open(record, seconds)
            self._queue.put(reader, [run])
        self._dispatch()

    def longer(self, run: str, reader: str, epochs: int = 5) -> Run:
        """A run that goes on where this one ended, for so many epochs more.

        Raises:
            Problem: (a `ValueError`) as `submit`; `run_unknown`.
        """
        with self._changed:
            before = self._book.find(run)
            if before is None:
                raise Problem("run_unknown")
            step = _step(self._book.history(before))
        recipe = plan.longer(before.recipe, epochs)
        self._check(recipe)
        seconds = _estimated(recipe)
        # not the longer recipe's own: with a schedule, the steps until here had other rates
        name = f"{before.identity}+{epochs} from {step}"
        with self._changed:
            new = self._book.same(name)
            if new is None:
                self._queue.check(reader, 1)
                self._book.make_room()
                new = self._book.new(recipe, name, seconds, reader, step)
                self._book.copy(run, new.id)
                self._queue.put(reader, [new.id])
            self._join(new, reader)
        self._dispatch()
        return self._seen(new.id, reader)

    def rename(self, run: str, reader: str, name: str) -> None:
        """Give it a name that this reader sees. Raises `run_foreign`."""
        with self._changed:
            self._book.keep(self._book.own(run, reader).named(reader, name))

    def forget(self, run: str, reader: str) -> None:
        """Take it off the reader's list; who has the link still sees it. Raises `run_foreign`."""
        with self._changed:
            record = self._book.own(run, reader).left(reader)
            if record.status in ACTIVE and not record.readers:
                raise Problem("run_active")
            self._book.keep(record)

    def weights(self, run: str) -> Path | None:
        """The file of its last checkpoint, for `training.state.load`; None where it has none."""
        if self.run(run) is None:
            return None
        path = self._book.checkpoint(run)
        return path if path.exists() else None

    def devices(self) -> tuple[str, ...] | None:
        """The devices of the cluster that CNNVIZ_SCHEDULER names; None for this machine's."""
        return self._engine.devices()

    def close(self) -> None:
        """End everything; runs are then interrupted."""
        self._engine.close()

    # ---- runs

    def _check(self, recipe: Recipe) -> None:
        found = plan.check(recipe, devices=self._engine.devices())
        most = most_steps()
        if most and found.steps > most:
            raise Problem("steps_budget", steps=f"{found.steps:,}", most=f"{most:,}")

    def _identity(self, recipe: Recipe) -> str:
        """What a recipe's run is known by, where it may be trained."""
        self._check(recipe)
        return identity(recipe, _digest(recipe.data, recipe.data_options))

    def _join(self, record: Record, reader: str) -> None:
        self._book.keep(record.joined(reader))
        self._gone.get(record.id, set()).discard(reader)
        if record.status == "paused":
            with suppress(Problem):  # then it stays paused, and its page has a button for that
                self.resume(record.id, reader)

    def _seen(self, run: str, reader: str) -> Run:
        with self._changed:
            record = self._book.find(run)
            assert record
            waiting = self._waiting(run) if record.status == "waiting" else None
            return self._book.seen(record, reader, waiting)

    # ---- the queue

    def _waiting(self, run: str) -> Waiting | None:
        order = self._queue.order()
        if run not in order:
            return None
        place = order.index(run)
        live = self._book.live
        before = [_seconds_left(one) for one in live.values() if one.attempt]
        before += [_seconds_left(live[other]) for other in order[:place]]
        return Waiting(place + 1, sum(before) / max(1, self._engine.slots()))

    def _dispatch(self) -> None:
        """Let the next runs begin, as many as there are free workers."""
        with self._changed:
            while len(self._attempts) < self._engine.slots():
                run = self._queue.take()
                if run is None:
                    return
                self._begin(self._book.live[run])

    def _begin(self, live: Live) -> None:
        live.attempt = f"cnnviz-{secrets.token_hex(8)}"
        self._attempts[live.attempt] = live.record.id
        self._book.begin(live)
        checkpoint = str(self._book.checkpoint(live.record.id))
        self._engine.submit(Job(live.attempt, live.record.recipe, checkpoint))

    # ---- what workers tell

    def _hear(self, attempt: str, told: dict[str, Any]) -> None:
        with self._changed:
            live = self._book.live.get(self._attempts.get(attempt, ""))
            if live is None:
                return  # of an attempt that nobody waits for any more
            if line := told.get("line"):
                self._book.add(live, events.read(line))
            if told.get("kept") is False:
                live.kept = False
            if told.get("lost"):
                self._book.add(live, Failed(_step(live.history), "train_lost", {}))
            if told.get("cancelled"):
                self._end(live, "interrupted")
            elif told.get("ended") or told.get("lost"):
                self._end(live, _outcome(live))

    def _end(self, live: Live, status: str) -> None:
        """The job is over."""
        self._attempts.pop(live.attempt, None)
        live.attempt = live.halted = ""
        self._queue.drop(live.record.id)
        self._book.close(live, status)
        self._changed.notify_all()
        self._dispatch()

    def _halt(self, run: str, reader: str, status: str) -> None:
        """End it; told to the engine without the lock, since that waits for Dask."""
        with self._changed:
            record = self._book.own(run, reader)
            if record.status not in ACTIVE:
                return
            self._leave(record, reader, status)
            live = self._book.live[run]
            live.halted = status
            attempt = live.attempt
            if not attempt:
                self._end(live, status)
                return
        self._engine.halt(attempt)
        with self._changed:
            if not self._changed.wait_for(lambda: attempt not in self._attempts, END):
                self._end(live, status)

    def _leave(self, record: Record, reader: str, status: str) -> None:
        """A reader wants no more of it; that ends it where nobody else does."""
        gone = self._gone.setdefault(record.id, set())
        others = record.readers - gone - {reader}
        if others:
            if status == "stopped":
                gone.add(reader)
                self._queue.pass_on(record.id)
            raise Problem("run_shared", others=len(others))
        self._gone.pop(record.id)


def _outcome(live: Live) -> str:
    """How a run ended whose worker has nothing more to tell."""
    if live.history.failed:
        return "failed"
    return "finished" if live.history.finished else live.halted or "interrupted"


def _seconds_left(live: Live) -> float:
    if live.history.progress and live.attempt:
        return live.history.progress.seconds_left
    return live.seconds


def _step(history: History) -> int:
    return history.progress.step if history.progress else 0


@lru_cache(256)
def _digest(name: str, options: Options) -> str:
    return sets.load(name, options).digest


def _estimated(recipe: Recipe) -> float:
    with suppress(RuntimeError, MemoryError):  # too large for here, perhaps not for a worker
        return estimate.seconds(recipe)
    return 0.0


def most_steps() -> int | None:
    """The most steps of a run, CNNVIZ_MAX_STEPS; None for no limit."""
    return int(limit("CNNVIZ_MAX_STEPS", 0)) or None


@cache
def _service(process: int) -> Service:
    return Service()


_STARTING = threading.Lock()


def service() -> Service:
    """The service of this process, started by the first who asks."""
    with _STARTING:
        return _service(os.getpid())
