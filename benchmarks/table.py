"""A row for each thing measured, and the rows as a table or as JSON. Less is always better."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

HEADINGS = ("what", "ours", "beside", "ratio or limit", "verdict")


@dataclass(frozen=True)
class Peer:
    """What a user would run instead: measured in the same run, or a fixed published number."""

    name: str
    samples: tuple[float, ...]
    published: bool = False

    @property
    def median(self) -> float:
        return median(self.samples)


@dataclass(frozen=True)
class Row:
    """One thing measured. With a limit it is met or missed; a published peer is only compared."""

    what: str
    unit: str  # of all its numbers
    samples: tuple[float, ...]
    peers: tuple[Peer, ...] = ()
    at_most: float | None = None  # in the row's unit
    at_most_times: float | None = None  # our number over the first peer's

    @property
    def median(self) -> float:
        return median(self.samples)

    def times(self, peer: Peer) -> float:
        """Our number over a peer's, each beside the one that was measured in the same round."""
        if len(self.samples) != len(peer.samples):
            return self.median / peer.median
        pairs = zip(self.samples, peer.samples, strict=True)
        return median(ours / theirs for ours, theirs in pairs)

    @property
    def ratio(self) -> float | None:
        """Our number over the first peer's."""
        return self.times(self.peers[0]) if self.peers else None

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None without one."""
        if self.at_most is not None:
            return self.median <= self.at_most
        if self.at_most_times is not None and self.ratio is not None:
            return self.ratio <= self.at_most_times
        return None

    @property
    def verdict(self) -> str:
        if self.met is not None:
            return "met" if self.met else "MISSED"
        places = (
            f"{'ahead of' if self.median < peer.median else 'behind'} {peer.name}"
            for peer in self.peers
            if peer.published
        )
        return ", ".join(places) or "no limit"


def as_text(rows: Sequence[Row]) -> str:
    """The table, in columns."""
    lines = [HEADINGS, *map(_line, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("─" * width for width in widths))
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _line(row: Row) -> tuple[str, ...]:
    beside = (
        f"{peer.name} {_amount(peer.median, row.unit)}{' (published)' if peer.published else ''}"
        for peer in row.peers
    )
    return (row.what, _amount(row.median, row.unit), ", ".join(beside), _limit(row), row.verdict)


def _limit(row: Row) -> str:
    if row.at_most is not None:
        return f"at most {row.at_most:g} {row.unit}"
    if row.at_most_times is None:
        return ", ".join(_times(row.times(peer)) for peer in row.peers)
    ratio = row.ratio or 0
    times = _faster(ratio) if row.at_most_times < 1 else _times(ratio)
    return f"{times}, {_bound(row.at_most_times)}"


def _times(ratio: float) -> str:
    return f"{ratio:.2f}×" if ratio > 0.1 else _faster(ratio)


def _faster(ratio: float) -> str:
    return f"{1 / ratio:.1f}× faster" if ratio > 0.1 else f"{1 / ratio:.0f}× faster"


def _bound(ratio: float) -> str:
    return f"at most {ratio:.3g}×" if ratio >= 1 else f"at least {1 / ratio:g}×"


def _amount(value: float, unit: str) -> str:
    return f"{value:.3g} {unit}" if value < 100 else f"{value:.0f} {unit}"


def as_json(machine: str, rows: Sequence[Row]) -> str:
    """The same in numbers, with the spread of each."""
    found = [
        {
            "what": row.what,
            "unit": row.unit,
            "ours": _spread(row.samples),
            "beside": [
                {"name": peer.name, "published": peer.published, **_spread(peer.samples)}
                for peer in row.peers
            ],
            "ratio": row.ratio,
            "at_most": row.at_most,
            "at_most_times": row.at_most_times,
            "verdict": row.verdict,
        }
        for row in rows
    ]
    return json.dumps({"machine": machine, "rows": found}, indent=1, ensure_ascii=False) + "\n"


def _spread(samples: Sequence[float]) -> dict[str, object]:
    found: dict[str, object] = {"median": median(samples), "samples": len(samples)}
    if len(samples) > 1:
        found["quartiles"] = quantiles(samples, method="inclusive")
        found["worst"] = max(samples)
    return found
