"""What the browser is told of function classes: plain JSON, with Python's own numbers."""

import json
import math

import pytest

from cnnviz.components.regions import payload
from cnnviz.models.function_classes import ARRANGEMENTS, TRUTH, Disc

LIMITS = ((0.2, 11.8), (0.2, 8.8))


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_payload_is_plain_json_with_each_discs_nearest_point(name: str) -> None:
    discs = ARRANGEMENTS[name]
    data = json.loads(json.dumps(payload(discs, TRUTH, LIMITS), allow_nan=False))
    assert [Disc(**disc) for disc in data["discs"]] == [*discs]
    assert data["truth"] == [*TRUTH]
    assert len(data["found"]) == len(discs)
    for found, disc in zip(data["found"], discs, strict=True):
        assert math.dist(found["nearest"], TRUTH) == pytest.approx(found["distance"])
        assert math.dist(found["nearest"], disc[:2]) == pytest.approx(disc.radius)


def test_limits_are_of_x_and_of_y() -> None:
    assert payload(ARRANGEMENTS["nested"], TRUTH, LIMITS)["meta"]["limits"] == LIMITS
