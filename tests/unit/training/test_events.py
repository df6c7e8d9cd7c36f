"""Events survive the way through a file as they were."""

import json

import pytest

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
    read,
    write,
)
from cnnviz.training.metrics import Mistake

EVENTS: list[Event] = [
    Started(0, 100, 10, 61_706, 1000, 200, ("t-shirt", "<b>한글</b>\n")),
    Progress(7, (Point(6, 2.3, 0.1), Point(7, 2.2, 0.125)), 1234.5, 9.75),
    Progress(7, (), 0.0, 0.0),
    Validating(10, 128, 200),
    Epoch(1, 10, 2.0, 0.25, 1.9, 0.5, (0.5, None), ((1, 1), (0, 0))),
    Filters(10, (1, 1, 2, 2), (0.1, -0.25, 0.0, 3.0)),
    Finished(100, 12.5, 8000.0, (Mistake(5, 0, 1, (0.1, 0.9)), Mistake(9, 1, 0, (0.8, 0.2)))),
    Finished(100, 12.5, 8000.0, ()),
    Failed(3, "train_diverged", {"step": 3, "loss": "nan", "lr": "10"}),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_event_is_one_line_and_back(event: Event) -> None:
    line = write(event)
    assert "\n" not in line
    found = read(line)
    assert found == event
    assert type(found) is type(event)


def test_points_and_mistakes_keep_their_names() -> None:
    progress, finished = read(write(EVENTS[1])), read(write(EVENTS[6]))
    assert isinstance(progress, Progress)
    assert progress.points[1].accuracy == 0.125
    assert isinstance(finished, Finished)
    assert finished.mistakes[1].probabilities == (0.8, 0.2)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_line_that_a_crash_cut_off_is_none(event: Event) -> None:
    line = write(event)
    for end in range(0, len(line), 7):
        with pytest.raises(ValueError, match="no event"):
            read(line[:end])


@pytest.mark.parametrize("line", ["{}", "5", "[]", '{"event": "other"}', '{"event": "started"}'])
def test_other_json_is_no_event(line: str) -> None:
    json.loads(line)
    with pytest.raises(ValueError, match="no event"):
        read(line)
