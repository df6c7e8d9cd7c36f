"""Who is next: each reader runs one thing at a time and waits for one more, readers take turns.

What a reader asks for at once, a run or the runs of a duel, is one ticket, and the second waits for
the end of the first. Next is always the reader who was served longest ago.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from cnnviz.problems import Problem

MOST_WAITING = 200  # runs of all readers
MOST_TICKETS = 2  # of a reader: what runs and what waits


@dataclass
class Ticket:
    """Runs that a reader asked for together."""

    waiting: list[str]
    running: set[str] = field(default_factory=set)


class Queue:
    """The order of all runs that are not done yet. It knows of them by id alone."""

    def __init__(self) -> None:
        self._tickets: dict[str, list[Ticket]] = {}  # by reader; the longest waiting reader first

    def check(self, reader: str, runs: int) -> None:
        """Whether a reader may ask for so many runs.

        Raises:
            Problem: (a `ValueError`) where this reader, or all together, wait for enough.
        """
        if len(self._tickets.get(reader, ())) >= MOST_TICKETS:
            raise Problem("queue_reader")
        if len(self.order()) + runs > MOST_WAITING:
            raise Problem("queue_full", most=MOST_WAITING)

    def put(self, reader: str, runs: Sequence[str]) -> None:
        """Runs that are to come together; ask `check` first."""
        self._tickets.setdefault(reader, []).append(Ticket(list(runs)))

    def take(self) -> str | None:
        """The next run, now running; None where none may start."""
        for reader, tickets in self._tickets.items():
            if tickets[0].waiting:  # the second ticket waits for the end of the first
                run = tickets[0].waiting.pop(0)
                tickets[0].running.add(run)
                self._tickets[reader] = self._tickets.pop(reader)  # now the last in turn
                return run
        return None

    def pass_on(self, run: str) -> None:
        """Whoever asked for a run has left it to others: it counts for nobody from now on."""
        running = any(run in t.running for tickets in self._tickets.values() for t in tickets)
        waiting = run in self.order()
        self.drop(run)
        if running or waiting:
            ticket = Ticket([], {run}) if running else Ticket([run])
            self._tickets[f"left {run}"] = [ticket]

    def drop(self, run: str) -> None:
        """A run has ended, or is not to come any more."""
        for reader, tickets in list(self._tickets.items()):
            for ticket in tickets:
                ticket.running.discard(run)
                if run in ticket.waiting:
                    ticket.waiting.remove(run)
            left = [ticket for ticket in tickets if ticket.waiting or ticket.running]
            if left:
                self._tickets[reader] = left
            else:
                del self._tickets[reader]

    def order(self) -> list[str]:
        """All waiting runs in the order in which they would start if one ran at a time."""
        rehearsal = Queue()
        rehearsal._tickets = {
            reader: [Ticket(list(ticket.waiting)) for ticket in tickets if ticket.waiting]
            for reader, tickets in self._tickets.items()
            if any(ticket.waiting for ticket in tickets)
        }
        order = []
        while (run := rehearsal.take()) is not None:
            order.append(run)
            rehearsal.drop(run)
        return order
