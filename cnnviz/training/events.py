"""What a training tells, step by step: small, without tensors, so that it can be sent and kept.

An event is a line of JSON and back. Steps are counted from 1: step 1 is done when the weights have
changed once.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from cnnviz.training.metrics import Counts, Mistake


class Started(NamedTuple):
    """The network and the data are ready."""

    step: int  # already done: 0, or where a training goes on
    steps: int  # in all
    steps_per_epoch: int
    parameters: int
    train: int  # pictures
    test: int
    classes: tuple[str, ...]


class Point(NamedTuple):
    """A point of the curves: means over the pictures of the steps since the point before."""

    step: int
    loss: float
    accuracy: float


class Progress(NamedTuple):
    """How far it is; at most 10 a second. `points` are those since the last such event."""

    step: int
    points: tuple[Point, ...]
    images_per_second: float
    seconds_left: float  # of training steps, without tests


class Validating(NamedTuple):
    """How far the test after an epoch is; at most 10 a second, none where it is quicker."""

    step: int
    done: int  # pictures
    images: int


class Epoch(NamedTuple):
    """All training pictures were seen once more, or the last step is done."""

    epoch: int  # counted from 1; the last one is not whole where steps count
    step: int
    train_loss: float  # means over this epoch's pictures, while the weights were changing
    train_accuracy: float
    loss: float  # of the test pictures
    accuracy: float
    per_class: tuple[float | None, ...]
    confusion: Counts  # [label][said]


class Filters(NamedTuple):
    """The first layer's kernels, as they are now; of many the first."""

    step: int
    shape: tuple[int, int, int, int]  # (kernels, channels, height, width)
    values: tuple[float, ...]  # in that order


class Finished(NamedTuple):
    """All steps are done."""

    step: int
    seconds: float  # of training steps
    images_per_second: float
    mistakes: tuple[Mistake, ...]  # on the test pictures, the surest first


class Failed(NamedTuple):
    """It ended early. `Problem(kind, **values)` says why; `plan.remedy(kind, ...)` what to try."""

    step: int
    kind: str
    values: dict[str, Any]


Event = Started | Progress | Validating | Epoch | Filters | Finished | Failed
KINDS: dict[str, Any] = {
    form.__name__.lower(): form
    for form in (Started, Progress, Validating, Epoch, Filters, Finished, Failed)
}
INNER: dict[str, Any] = {"points": Point, "mistakes": Mistake}  # fields that hold such tuples


def write(event: Event) -> str:
    """One line of JSON."""
    found = {"event": type(event).__name__.lower(), **event._asdict()}
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def read(line: str) -> Event:
    """The event of a line.

    Raises:
        ValueError: where the line is none, as after a crash in the middle of it.
    """
    try:
        found = json.loads(line)
        form = KINDS[found.pop("event")]
        event: Event = form(**{name: _tuples(name, value) for name, value in found.items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"This line is no event: {line[:80]}") from error
    return event


def _tuples(name: str, value: Any) -> Any:
    if not isinstance(value, list):
        return value
    form = INNER.get(name)
    found = [_tuples("", item) for item in value]
    return tuple(form(*item) for item in found) if form else tuple(found)
