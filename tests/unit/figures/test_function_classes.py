"""Figures of function classes: the core's numbers, and marks only where an error rises."""

import pytest
from plotly.graph_objects import Figure

from cnnviz.figures.function_classes import along, decades, errors, fitted, losses
from cnnviz.models.function_fits import fits, points, target_values
from cnnviz.models.identity import Start, course, learn_identity

FAMILIES = {"nested": fits("step", "polynomial", 0), "other": fits("step", "pieces", 0)}
NAMES = {
    "target": "truth",
    "nested": "polynomials",
    "other": "pieces",
    "rise": "worse",
    "size": "k",
    "error": "e",
}
WORDS = {
    "residual": "residual",
    "plain": "plain",
    "block": "block",
    "update": "update",
    "loss": "loss",
}


def traces(figure: Figure) -> dict[str, list[tuple[object, ...]]]:
    """Name → the points of each trace of that name."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for trace in figure.data:
        found.setdefault(trace.name, []).append((list(trace.x), list(trace.y)))
    return found


@pytest.mark.parametrize("size", [1, 3, 12])
def test_fits_are_drawn_beside_the_target(size: int) -> None:
    found = traces(fitted("step", size, FAMILIES, NAMES))
    x = points().tolist()
    assert found["truth"] == [(x, target_values("step").tolist())]
    assert found["polynomials"] == [(x, FAMILIES["nested"][size - 1].values.tolist())]
    assert found["pieces"] == [(x, FAMILIES["other"][size - 1].values.tolist())]


def test_range_of_the_fits_stays_while_sizes_change() -> None:
    ranges = {fitted("bell", size, FAMILIES, NAMES).layout.yaxis.range for size in (1, 6, 12)}
    assert len(ranges) == 1


def test_ways_up_of_the_error_are_marked() -> None:
    found = traces(errors(3, FAMILIES, NAMES))
    assert found["pieces"][0][1] == [fit.error for fit in FAMILIES["other"]]
    ((x, y),) = found["worse"]
    assert [at for at in x if at] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    pieces = found["pieces"][0][1]
    assert [v for v in y if v is not None] == pieces[1:11]


def test_no_way_up_is_marked_where_both_are_nested() -> None:
    nested = {"nested": fits("step", "polynomial", 0), "other": fits("step", "added", 0)}
    ((x, y),) = traces(errors(3, nested, NAMES))["worse"]
    assert x == y == [None]


@pytest.mark.parametrize("what", ["signal", "gradient"])
def test_courses_leave_out_what_is_exactly_0(what: str) -> None:
    courses = {kind: course(Start("zero"), 3, kind) for kind in ("residual", "plain")}
    paths = {kind: getattr(path, what) for kind, path in courses.items()}
    found = traces(along(paths, WORDS))
    assert found["residual"] == [([0, 1, 2, 3], paths["residual"])]
    ((_, plain),) = found["plain"]
    assert plain == [paths["plain"][0] or None, None, None, paths["plain"][3] or None]
    assert [value for value in plain if value]  # one end is not 0


def test_losses_are_those_of_the_core() -> None:
    found = {kind: learn_identity(Start(), 0.1, 5, kind) for kind in ("residual", "plain")}
    drawn = traces(losses(found, WORDS))
    assert {name: points[0][1] for name, points in drawn.items()} == found


@pytest.mark.parametrize("values", [[1.0], [1e-26, 3.0], [0.7, 0.71], [0.1, 10, 100]])
def test_every_value_lies_well_inside_of_its_decades(values: list[float]) -> None:
    low, high = decades(values)
    assert 10 ** (low + 0.2) <= min(values)
    assert max(values) <= 10 ** (high - 0.2)


def test_axis_without_a_value_is_around_1() -> None:
    low, high = decades([])
    assert low < 0 < high
