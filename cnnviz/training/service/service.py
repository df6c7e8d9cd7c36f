"""All runs of this server: asked for by readers, one after another, watched by anybody with a link.

Not a cache of Streamlit's, which any visitor's message can clear.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from cnnviz.data import sets
from cnnviz.problems import Problem
from cnnviz.training import estimate, events, plan
from cnnviz.training.events import Event, Failed
from cnnviz.training.history import History
from cnnviz.training.recipe import Options, Recipe, identity
from cnnviz.training.service.engine import Engine, Job
from cnnviz.training.service.queue import Queue
from cnnviz.training.service.records import ACTIVE, Record, Run, Waiting
from cnnviz.training.service.store import ID, Store, folder, limit, this_server

END = 2.0  # seconds that a run may take to end
RESUMED = ("paused", "stopped", "interrupted")
JOINED = ("waiting", "running", "paused", "finished")  # who asks for the same gets this run
MOST_OPEN = 64  # histories of ended runs in memory


@dataclass
class Live:
    """A run that this process looks after."""

    record: Record
    history: History
    seconds: float  # that it takes, about
    attempt: str = ""  # the job that runs, empty for none
    halted: str = ""  # the status that it is to end with, where it is to end
    kept: bool = True  # all of it is on the disk


class Service:
    """What pages call. All methods may be called from any thread."""

    def __init__(self, root: Path | None = None) -> None:
        self._changed = threading.Condition(threading.RLock())
        self._store = Store(root or folder())
        self._server = this_server()
        self._queue = Queue()
        self._live: dict[str, Live] = {}
        self._attempts: dict[str, str] = {}  # attempt → run
        self._gone: dict[str, set[str]] = {}  # run → readers who stopped a run that others watch
        self._records = {record.id: record for record in self._store.records()}
        self._interrupt_orphans()
        self._ended = lru_cache(MOST_OPEN)(self._read_history)
        self._engine = Engine(self._hear, self._dispatch)

    # ---- what a page asks for

    def submit(self, recipes: Sequence[Recipe], reader: str) -> tuple[Run, ...]:
        """Runs by these recipes, together: those that are there already, or new ones.

        Raises:
            Problem: (a `ValueError`) where a recipe does not fit, has too many steps, or this
                reader, or the disk, has runs enough. Then nothing was begun.
        """
        asked = {self._identity(recipe): recipe for recipe in recipes}
        seconds = {identity: _estimated(recipe) for identity, recipe in asked.items()}
        with self._changed:
            same = {identity: self._same(identity) for identity in asked}
            missing = [identity for identity, record in same.items() if record is None]
            if missing:
                self._queue.check(reader, len(missing))
                self._make_room()
            new = {name: self._new(asked[name], name, seconds[name], reader) for name in missing}
            if new:
                self._queue.put(reader, [record.id for record in new.values()])
            found = {**same, **new}
            for record in found.values():
                self._join(record, reader)
        self._dispatch()
        order = [found[self._identity(recipe)] for recipe in recipes]
        return tuple(self._seen(self._records[record.id], reader) for record in order if record)

    def run(self, run: str, reader: str = "") -> Run | None:
        """The run with this id; None where there is none, or no longer."""
        with self._changed:
            record = self._find(run)
            return self._seen(record, reader) if record else None

    def runs(self, reader: str) -> tuple[Run, ...]:
        """All that a reader asked for, newest first."""
        with self._changed:
            own = [record for record in self._records.values() if reader in record.readers]
            own.sort(key=lambda record: record.created, reverse=True)
            return tuple(self._seen(record, reader) for record in own)

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
        seconds = _estimated(self._own(run, reader).recipe)
        with self._changed:
            record = self._own(run, reader)
            if record.status not in RESUMED:
                return
            self._queue.check(reader, 1)
            self._open(replace(record, status="waiting", server=self._server), seconds)
            self._queue.put(reader, [run])
        self._dispatch()

    def longer(self, run: str, reader: str, epochs: int = 5) -> Run:
        """A run that goes on where this one ended, for so many epochs more.

        Raises:
            Problem: (a `ValueError`) as `submit`; `run_unknown`.
        """
        record = self._find(run)
        if record is None:
            raise Problem("run_unknown")
        recipe = plan.longer(record.recipe, epochs)
        self._check(recipe)
        seconds = _estimated(recipe)
        # not the longer recipe's own: with a schedule, the first epochs had other rates
        identity = f"{record.identity}+{epochs}"
        with self._changed:
            new = self._same(identity)
            if new is None:
                self._queue.check(reader, 1)
                self._make_room()
                new = self._new(recipe, identity, seconds, reader)
                self._copy(run, new.id)
                self._queue.put(reader, [new.id])
            self._join(new, reader)
        self._dispatch()
        return self._seen(self._records[new.id], reader)

    def rename(self, run: str, reader: str, name: str) -> None:
        """Give it a name that this reader sees. Raises `run_foreign`."""
        with self._changed:
            self._set(self._own(run, reader).named(reader, name))

    def forget(self, run: str, reader: str) -> None:
        """Take it off the reader's list; who has the link still sees it. Raises `run_foreign`."""
        with self._changed:
            record = self._own(run, reader).left(reader)
            if record.status in ACTIVE and not record.readers:
                raise Problem("run_active")
            self._set(record)

    def weights(self, run: str) -> Path | None:
        """The file of its last checkpoint, for `training.state.load`; None where it has none."""
        if self.run(run) is None:
            return None
        path = self._store.checkpoint(run)
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

    def _same(self, identity: str) -> Record | None:
        """The run that whoever asks for the same gets; None where a new one has to be made."""
        found = (r for r in self._records.values() if r.identity == identity)
        return next((r for r in found if r.status in JOINED and self._here(r)), None)

    def _join(self, record: Record | None, reader: str) -> None:
        if record is None:
            return
        self._set(self._records[record.id].joined(reader))
        self._gone.get(record.id, set()).discard(reader)
        if record.status == "paused":
            with suppress(Problem):  # then it stays paused, and its page has a button for that
                self.resume(record.id, reader)

    def _here(self, record: Record) -> bool:
        """Whether it is this server's, or nobody's any more."""
        return record.status not in ACTIVE or record.id in self._live

    def _find(self, run: str) -> Record | None:
        """The record of an id; from the disk where another server may have written it."""
        if not ID.fullmatch(run):
            return None
        if run not in self._live and (record := self._store.record(run)):
            self._records[run] = record
        return self._records.get(run)

    def _make_room(self) -> None:
        for run in self._store.clear(list(self._records.values())):
            self._records.pop(run, None)
        try:
            full = self._store.full()
        except OSError:
            full = True
        if full:
            raise Problem("runs_full")

    def _new(self, recipe: Recipe, identity: str, seconds: float, reader: str) -> Record:
        run = secrets.token_urlsafe(16)
        readers = frozenset({reader})
        record = Record(run, identity, recipe, time.time(), self._server, readers=readers)
        return self._open(record, seconds)

    def _open(self, record: Record, seconds: float) -> Record:
        """Look after a run from now on."""
        history = self._ended(*self._version(record))
        self._live[record.id] = Live(record, history, seconds)
        self._set(record)
        return record

    def _copy(self, run: str, new: str) -> None:
        try:
            self._store.copy(run, new)
        except OSError as error:
            self._live.pop(new)
            self._records.pop(new)
            self._store.delete(new)
            raise Problem("runs_full") from error
        self._live[new].history = self._store.history(new)

    def _own(self, run: str, reader: str) -> Record:
        record = self._find(run)
        if record is None or reader not in record.readers or not self._here(record):
            raise Problem("run_foreign")
        return record

    def _set(self, record: Record) -> None:
        """Keep a record; on a full disk in memory alone."""
        self._records[record.id] = record
        live = self._live.get(record.id)
        if live:
            live.record = record
        try:
            self._store.write(record)
        except OSError:
            if live:
                live.kept = False
        self._changed.notify_all()

    def _seen(self, record: Record, reader: str) -> Run:
        live = self._live.get(record.id)
        history = live.history if live else self._ended(*self._version(record))
        return Run(
            record.id,
            record.names.get(reader, ""),
            record.recipe,
            record.created,
            record.status,
            history,
            self._waiting(record.id) if record.status == "waiting" else None,
            live.kept if live else True,
            record.readers,
        )

    def _version(self, record: Record) -> tuple[str, float, int]:
        """What tells the kept events of a run from those that it had before."""
        return (record.id, *self._store.version(record.id))

    def _read_history(self, run: str, *_: float) -> History:
        return self._store.history(run)

    def _interrupt_orphans(self) -> None:
        """Runs of a server that is gone: nobody trains them any more."""
        with self._changed:
            for record in list(self._records.values()):
                if record.status in ACTIVE and not self._store.alive(record):
                    self._set(replace(record, status="interrupted"))

    # ---- the queue

    def _waiting(self, run: str) -> Waiting | None:
        order = self._queue.order()
        if run not in order:
            return None
        place = order.index(run)
        before = [self._seconds_left(live) for live in self._live.values() if live.attempt]
        before += [self._seconds_left(self._live[other]) for other in order[:place]]
        return Waiting(place + 1, sum(before) / max(1, self._engine.slots()))

    def _seconds_left(self, live: Live) -> float:
        if live.history.progress and live.attempt:
            return live.history.progress.seconds_left
        return live.seconds

    def _dispatch(self) -> None:
        """Let the next runs begin, as many as there are free workers."""
        with self._changed:
            while len(self._attempts) < self._engine.slots():
                run = self._queue.take()
                if run is None:
                    return
                self._begin(self._live[run])

    def _begin(self, live: Live) -> None:
        live.attempt = f"cnnviz-{secrets.token_hex(8)}"
        self._attempts[live.attempt] = live.record.id
        self._set(replace(live.record, status="running"))
        try:
            self._store.mend(live.record.id)
        except OSError:
            live.kept = False
        checkpoint = str(self._store.checkpoint(live.record.id))
        self._engine.submit(Job(live.attempt, live.record.recipe, checkpoint))

    # ---- what workers tell

    def _hear(self, attempt: str, told: dict[str, Any]) -> None:
        with self._changed:
            live = self._live.get(self._attempts.get(attempt, ""))
            if live is None:
                return  # of an attempt that nobody waits for any more
            if line := told.get("line"):
                self._add(live, events.read(line))
            if told.get("kept") is False:
                live.kept = False
            if told.get("lost"):
                self._add(live, Failed(_step(live.history), "train_lost", {}))
            if told.get("cancelled"):
                self._end(live, "interrupted")
            elif told.get("ended") or told.get("lost"):
                self._end(live, _outcome(live))

    def _add(self, live: Live, event: Event) -> None:
        live.history = live.history.plus(event)
        try:
            self._store.append(live.record.id, events.write(event) + "\n")
        except OSError:
            live.kept = False
        self._changed.notify_all()

    def _end(self, live: Live, status: str) -> None:
        """The job is over; the run stays in memory where the disk does not have all of it."""
        self._attempts.pop(live.attempt, None)
        live.attempt = live.halted = ""
        self._queue.drop(live.record.id)
        self._set(replace(live.record, status=status))
        if live.kept:
            self._live.pop(live.record.id, None)
        self._dispatch()

    def _halt(self, run: str, reader: str, status: str) -> None:
        """End it; told to the engine without the lock, since that waits for Dask."""
        with self._changed:
            record = self._own(run, reader)
            if record.status not in ACTIVE:
                return
            self._leave(record, reader, status)
            live = self._live[run]
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
