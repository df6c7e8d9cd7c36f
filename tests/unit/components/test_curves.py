"""What the browser is told of runs: every point, as plain JSON."""

import base64
import json
import math

import numpy as np
import pytest

from cnnviz.components.curves import Series, payload
from cnnviz.training.events import Point

POINTS = (Point(1, 2.3, 0.125), Point(2, 2.1, 0.25), Point(200_000, 0.5, 1.0))
RUN = Series("a", POINTS, [(2, 1.9, 0.3)], 200_000, 2)


def rows(text: str) -> list[list[float]]:
    found: list[list[float]] = np.frombuffer(base64.b64decode(text), "<f4").reshape(-1, 3).tolist()
    return found


def test_payload_is_plain_json_with_every_point() -> None:
    data = json.loads(json.dumps(payload([RUN]), allow_nan=False))
    assert data["meta"]["runs"] == [{"name": "a", "steps": 200_000, "steps_per_epoch": 2}]
    assert rows(data["training"][0]) == [list(np.float32(point)) for point in POINTS]
    assert rows(data["validation"][0]) == [[2, np.float32(1.9), np.float32(0.3)]]


def test_a_run_that_has_not_begun_has_no_points() -> None:
    data = payload([Series("", (), (), 0, 0)])
    assert data["training"] == data["validation"] == [""]
    assert data["meta"]["runs"][0]["steps_per_epoch"] == 1


def test_points_may_come_from_a_generator() -> None:
    data = payload([RUN._replace(training=(point for point in POINTS))])
    assert len(rows(data["training"][0])) == 3


@pytest.mark.parametrize("count", [0, 5])
def test_there_are_one_to_four_runs(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} runs"):
        payload([RUN] * count)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        payload([RUN._replace(training=[(1, bad, 0.5)])])
