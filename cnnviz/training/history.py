"""What the events of a run come to: its curves, and the last word on everything else.

    history(read(line) for line in file) == history(events)

It never changes; `plus` makes the next one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

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


@dataclass(frozen=True)
class History:
    """A run up to now, whether it trains, has ended, or was gone on with."""

    started: Started | None = None
    points: tuple[Point, ...] = ()  # of training
    epochs: tuple[Epoch, ...] = ()  # with the tests
    progress: Progress | None = None  # the last one
    validating: Validating | None = None  # while a test runs
    filters: Filters | None = None  # the last ones
    finished: Finished | None = None
    failed: Failed | None = None

    def plus(self, event: Event) -> History:
        """The history with one more event.

        A `Started` at step s is a run that goes on from there: whatever came after s is dropped.
        """
        match event:
            case Started():
                return self._from(event)
            case Progress():
                points = (*self.points, *event.points)
                return replace(self, points=points, progress=event, validating=None)
            case Validating():
                return replace(self, validating=event)
            case Epoch():
                return replace(self, epochs=(*self.epochs, event), validating=None)
            case Filters():
                return replace(self, filters=event)
            case Finished():
                return replace(self, finished=event, validating=None)
            case Failed():
                return replace(self, failed=event, validating=None)

    def _from(self, started: Started) -> History:
        step = started.step
        progress, filters = self.progress, self.filters
        return History(
            started,
            tuple(point for point in self.points if point.step <= step),
            tuple(epoch for epoch in self.epochs if epoch.step <= step),
            progress if progress and progress.step <= step else None,
            filters=filters if filters and filters.step <= step else None,
        )


def history(events: Iterable[Event]) -> History:
    """What these events come to, in their order."""
    found = History()
    for event in events:
        found = found.plus(event)
    return found
