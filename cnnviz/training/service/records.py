"""What is known of a run besides its events, and what pages get to see of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from cnnviz.training import recipe as recipes
from cnnviz.training.history import History
from cnnviz.training.recipe import Recipe

STATUSES = ("waiting", "running", "paused", "finished", "stopped", "failed", "interrupted")
ACTIVE = ("waiting", "running")  # a worker has it, or will
ENDED = tuple(status for status in STATUSES if status not in ACTIVE)
LONGEST_NAME = 80


class Waiting(NamedTuple):
    """How long a run has to wait."""

    place: int  # 1 is the next
    seconds: float  # about


@dataclass(frozen=True)
class Run:
    """A run as it is now, for a page."""

    id: str  # unguessable: whoever has it may look
    name: str  # that the reader who asks gave it; empty for none
    recipe: Recipe
    created: float  # seconds since 1970
    status: str  # one of STATUSES
    history: History
    waiting: Waiting | None  # while it waits
    kept: bool  # False where the disk was full: the curve is in memory alone
    readers: frozenset[str]  # who asked for it
    since: int  # as `Record.since`


@dataclass(frozen=True)
class Record:
    """What is kept of a run beside its events. `read(record.text)` gives it back."""

    id: str
    identity: str  # the same for the same recipe on the same data
    recipe: Recipe
    created: float
    server: str  # the process that it is, or was, a run of
    status: str = "waiting"
    readers: frozenset[str] = frozenset()
    names: Mapping[str, str] = field(default_factory=dict)  # by reader
    since: int = 0  # the step at which a shorter run was gone on with; 0 for none

    @property
    def text(self) -> str:
        found = {
            "id": self.id,
            "identity": self.identity,
            "recipe": json.loads(self.recipe.text),
            "created": self.created,
            "server": self.server,
            "status": self.status,
            "readers": sorted(self.readers),
            "names": dict(self.names),
            "since": self.since,
        }
        return json.dumps(found, ensure_ascii=False)

    def named(self, reader: str, name: str) -> Record:
        """With the name that a reader gives it; without where the name is empty."""
        names = {who: given for who, given in self.names.items() if who != reader}
        if tidy := " ".join(name.split())[:LONGEST_NAME]:
            names[reader] = tidy
        return replace(self, names=names)

    def joined(self, reader: str) -> Record:
        """With one more reader."""
        return replace(self, readers=self.readers | {reader})

    def left(self, reader: str) -> Record:
        """Without a reader."""
        return replace(self.named(reader, ""), readers=self.readers - {reader})


def read(text: str) -> Record:
    """The record of a text.

    Raises:
        ValueError: where it is none, as of another version or after a crash.
    """
    try:
        found = json.loads(text)
        found["recipe"] = recipes.read(json.dumps(found["recipe"]))
        found["readers"] = frozenset(map(str, found["readers"]))
        record = Record(**found)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"This is no record of a run: {text[:80]}") from error
    if record.status not in STATUSES:
        raise ValueError(f"A run has no status {record.status}.")
    return record
