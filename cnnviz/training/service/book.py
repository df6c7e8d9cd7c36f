"""The runs that this process knows: those that it looks after, and all that lie on the disk."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cnnviz.problems import Problem
from cnnviz.training import events
from cnnviz.training.events import Event
from cnnviz.training.history import History
from cnnviz.training.recipe import Recipe
from cnnviz.training.service.records import ACTIVE, Record, Run, Waiting
from cnnviz.training.service.store import ID, Store, this_server

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


class Book:
    """Records and histories, in memory and on the disk. Whoever has it locks it."""

    def __init__(self, root: Path) -> None:
        self.live: dict[str, Live] = {}
        self._store = Store(root)
        self._server = this_server()
        self._ended = lru_cache(MOST_OPEN)(self._read_history)
        self._records = {record.id: record for record in self._store.records()}
        for record in self._records.copy().values():
            if record.status in ACTIVE and not self._store.alive(record):
                self.keep(replace(record, status="interrupted"))  # nobody trains it any more

    # ---- found

    def find(self, run: str) -> Record | None:
        """The record of an id; from the disk where another server may have written it."""
        if not ID.fullmatch(run):
            return None
        if run not in self.live and (record := self._store.record(run)):
            self._records[run] = record
        return self._records.get(run)

    def own(self, run: str, reader: str) -> Record:
        """The record of a run that a reader may change.

        Raises:
            Problem: (a `ValueError`) `run_foreign` where it is another's, or on another server.
        """
        record = self.find(run)
        if record is None or reader not in record.readers or not self._here(record):
            raise Problem("run_foreign")
        return record

    def same(self, identity: str) -> Record | None:
        """The run that whoever asks for the same gets; None where a new one has to be made."""
        found = (r for r in self._records.values() if r.identity == identity)
        return next((r for r in found if r.status in JOINED and self._here(r)), None)

    def of(self, reader: str) -> list[Record]:
        """All that a reader asked for, newest first."""
        own = [record for record in self._records.values() if reader in record.readers]
        return sorted(own, key=lambda record: record.created, reverse=True)

    def history(self, record: Record) -> History:
        """All events of a run so far."""
        live = self.live.get(record.id)
        return live.history if live else self._kept_history(record.id)

    def seen(self, record: Record, reader: str, waiting: Waiting | None) -> Run:
        """A run as a reader's page gets it."""
        live = self.live.get(record.id)
        return Run(
            record.id,
            record.names.get(reader, ""),
            record.recipe,
            record.created,
            record.status,
            self.history(record),
            waiting,
            live.kept if live else True,
            record.readers,
            record.since,
        )

    def checkpoint(self, run: str) -> Path:
        """The file of its last weights, which need not exist."""
        return self._store.checkpoint(run)

    # ---- begun and changed

    def make_room(self) -> None:
        """Clear old runs.

        Raises:
            Problem: (a `ValueError`) `runs_full` where there is no room for another one even so.
        """
        for run in self._store.clear(list(self._records.values())):
            self._records.pop(run, None)
        try:
            full = self._store.full()
        except OSError:
            full = True
        if full:
            raise Problem("runs_full")

    def new(
        self, recipe: Recipe, identity: str, seconds: float, reader: str, since: int = 0
    ) -> Record:
        """A run that nothing is known of yet; looked after from now on."""
        run = secrets.token_urlsafe(16)
        readers = frozenset({reader})
        now = time.time()
        record = Record(run, identity, recipe, now, self._server, readers=readers, since=since)
        return self.open(record, seconds)

    def open(self, record: Record, seconds: float) -> Record:
        """Look after a run from now on."""
        waiting = replace(record, status="waiting", server=self._server)
        self.live[record.id] = Live(waiting, self._kept_history(record.id), seconds)
        self.keep(waiting)
        return waiting

    def copy(self, run: str, new: str) -> None:
        """Let a new run begin with all that another one has.

        Raises:
            Problem: (a `ValueError`) `runs_full`; then there is no such new run.
        """
        try:
            self._store.copy(run, new)
        except OSError as error:
            self.live.pop(new)
            self._records.pop(new)
            self._store.delete(new)
            raise Problem("runs_full") from error
        self.live[new].history = self._store.history(new)

    def keep(self, record: Record) -> None:
        """Keep a record; on a full disk in memory alone."""
        self._records[record.id] = record
        live = self.live.get(record.id)
        if live:
            live.record = record
        try:
            self._store.write(record)
        except OSError:
            if live:
                live.kept = False

    def add(self, live: Live, event: Event) -> None:
        """Keep an event; on a full disk in memory alone."""
        live.history = live.history.plus(event)
        try:
            self._store.append(live.record.id, events.write(event) + "\n")
        except OSError:
            live.kept = False

    def begin(self, live: Live) -> None:
        """Its events come from now on: a line that was cut off is ended."""
        self.keep(replace(live.record, status="running"))
        try:
            self._store.mend(live.record.id)
        except OSError:
            live.kept = False

    def close(self, live: Live, status: str) -> None:
        """It is over; it stays in memory where the disk does not have all of it."""
        self.keep(replace(live.record, status=status))
        if live.kept:
            self.live.pop(live.record.id, None)

    # ---- inside

    def _here(self, record: Record) -> bool:
        """Whether it is this server's, or nobody's any more."""
        return record.status not in ACTIVE or record.id in self.live

    def _kept_history(self, run: str) -> History:
        return self._ended(run, *self._store.version(run))

    def _read_history(self, run: str, *_: float) -> History:
        return self._store.history(run)
