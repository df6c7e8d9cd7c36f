"""Runs on the disk: a folder each, with its record, its events as lines of JSON, its checkpoint.

The folder lies where CNNVIZ_RUNS says, or beside the data sets. Workers write the checkpoints, so a
cluster of several machines has to see the same folder.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from cnnviz.data.places import own_place
from cnnviz.training import events, history
from cnnviz.training.events import Event
from cnnviz.training.history import History
from cnnviz.training.service import records
from cnnviz.training.service.records import Record

ID = re.compile(r"[A-Za-z0-9_-]{22}")
RECORD, EVENTS, CHECKPOINT = "run.json", "events.jsonl", "state.safetensors"
DAYS, MEGABYTES = 30.0, 2000.0  # that runs are kept
SILENCE = 120.0  # seconds without a word after which another machine's run is not alive
ROOM = 2**20  # bytes that a new run needs at least


def folder() -> Path:
    """Where runs are kept; it need not exist yet."""
    named = os.environ.get("CNNVIZ_RUNS")
    return Path(named) if named else own_place() / "runs"


def limit(name: str, usual: float) -> float:
    """A limit from the environment; as usual where it is no positive number."""
    try:
        found = float(os.environ.get(name, usual))
    except ValueError:
        return usual
    return found if found > 0 else usual


class Store:
    """The folder of all runs."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    # ---- one run

    def folder(self, run: str) -> Path:
        """The folder of a run.

        Raises:
            ValueError: where the id is none of ours; it could be a path out of here.
        """
        if not ID.fullmatch(run):
            raise ValueError("A run's id has 22 letters and digits.")
        return self.root / run

    def write(self, record: Record) -> None:
        """Keep a record, whole or not at all.

        Raises:
            OSError: where it cannot be written, as on a full disk.
        """
        target = self.folder(record.id) / RECORD
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(".new")
        draft.write_text(record.text, encoding="utf-8")
        os.replace(draft, target)

    def append(self, run: str, lines: str) -> None:
        """Keep lines of events.

        Raises:
            OSError: where they cannot be written. Then a last line may be there in part.
        """
        with (self.folder(run) / EVENTS).open("a", encoding="utf-8") as file:
            file.write(lines)

    def mend(self, run: str) -> None:
        """End a line that a crash or a full disk left unfinished, before others are appended."""
        path = self.folder(run) / EVENTS
        if path.exists() and not path.read_bytes().endswith(b"\n"):
            self.append(run, "\n")

    def history(self, run: str) -> History:
        """All that was kept of a run's events; lines that a crash cut off are left out."""
        return history.history(self._events(run))

    def version(self, run: str) -> tuple[float, int]:
        """Changes whenever a line is kept."""
        try:
            found = (self.folder(run) / EVENTS).stat()
        except OSError:
            return (0.0, 0)
        return (found.st_mtime, found.st_size)

    def record(self, run: str) -> Record | None:
        """Its record; None where there is none, or a damaged one."""
        with contextlib.suppress(OSError, ValueError):
            record = records.read((self.folder(run) / RECORD).read_text(encoding="utf-8"))
            if record.id == run:
                return record
        return None

    def checkpoint(self, run: str) -> Path:
        """Its last weights; the file need not exist."""
        return self.folder(run) / CHECKPOINT

    def copy(self, run: str, other: str) -> None:
        """Give another run, a new one, the events and the checkpoint of this one.

        Raises:
            OSError: where they cannot be written.
        """
        self.folder(other).mkdir(parents=True, exist_ok=True)
        for name in (EVENTS, CHECKPOINT):
            source = self.folder(run) / name
            if source.exists():
                shutil.copyfile(source, self.folder(other) / name)

    def delete(self, run: str) -> None:
        shutil.rmtree(self.folder(run), ignore_errors=True)

    # ---- all of them

    def records(self) -> Iterator[Record]:
        """All runs; what is damaged is left out."""
        for path in self._folders():
            if record := self.record(path.name):
                yield record

    def clear(self, found: list[Record]) -> list[str]:
        """Delete runs that ended long ago, and the oldest while all are too large; their ids.

        A folder without a readable record is a run that a crash cut off at its birth.
        """
        ended = sorted((r for r in found if r.status in records.ENDED), key=self._touched)
        known = {record.id for record in found}
        for path in self._folders():
            if path.name not in known and time.time() - path.stat().st_mtime > 3600:
                shutil.rmtree(path, ignore_errors=True)
        oldest = time.time() - limit("CNNVIZ_RUNS_DAYS", DAYS) * 86_400
        most = limit("CNNVIZ_RUNS_MB", MEGABYTES) * 1e6 - ROOM
        total, cleared = self.size(), []
        for record in ended:
            if self._touched(record) >= oldest and total <= most:
                break
            total -= _size(self.folder(record.id))
            self.delete(record.id)
            cleared.append(record.id)
        return cleared

    def full(self) -> bool:
        """Whether there is no room for another run, within the limit or on the disk."""
        self.root.mkdir(parents=True, exist_ok=True)
        most = limit("CNNVIZ_RUNS_MB", MEGABYTES) * 1e6
        return self.size() + ROOM > most or shutil.disk_usage(self.root).free < ROOM

    def size(self) -> int:
        """Bytes of all runs."""
        return sum(map(_size, self._folders()))

    def alive(self, record: Record) -> bool:
        """Whether the process whose run it is lives; of another machine's, whether it wrote."""
        host, _, process = record.server.partition(" ")
        if host == socket.gethostname():
            return process in _processes()
        return time.time() - self._touched(record) < SILENCE

    # ---- inside

    def _events(self, run: str) -> Iterator[Event]:
        path = self.folder(run) / EVENTS
        if not path.exists():
            return
        with path.open(encoding="utf-8", errors="replace") as file:
            for line in file:
                with contextlib.suppress(ValueError):
                    yield events.read(line)

    def _folders(self) -> list[Path]:
        return [path for path in self.root.glob("*") if ID.fullmatch(path.name)]

    def _touched(self, record: Record) -> float:
        with contextlib.suppress(OSError):
            files = self.folder(record.id).glob("*")
            return max((file.stat().st_mtime for file in files), default=record.created)
        return record.created


def this_server() -> str:
    """A name of this process that no other will have: machine, number and start."""
    return f"{socket.gethostname()} {_name(psutil.Process())}"


def _processes() -> set[str]:
    return {_name(process) for process in psutil.process_iter()}


def _name(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return f"{process.pid}-{process.create_time():.0f}"
    return ""


def _size(path: Path) -> int:
    total = 0
    for file in path.glob("*"):
        with contextlib.suppress(OSError):
            total += file.stat().st_size
    return total
