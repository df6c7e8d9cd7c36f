"""Figures of the way from a dense layer to a convolution: their data are the numbers given."""

import pytest

from cnnviz.figures.dense import accuracies, collapse
from cnnviz.figures.style import ORANGE, VIOLET
from cnnviz.ops.dense import STEPS, weight_counts
from cnnviz.training.shapes import Look, Score

NAMES = {name: name.upper() for name in STEPS}
LINES = {
    f"{network}-{half}": f"{network} {half}"
    for network in ("dense", "convolution")
    for half in ("left", "right")
}


def look(epoch: float, dense: float) -> Look:
    scores = {"left": Score(dense, (1, 2, 3, 4)), "right": Score(0.25, (0, 0, 10, 0))}
    return Look(epoch, {"dense": scores, "convolution": scores})


def test_bars_are_the_counts_the_dense_layer_on_top_and_violet() -> None:
    figure = collapse(weight_counts(8, 8, 1, 2, 3), NAMES, "weights")
    (bars,) = figure.data
    assert list(bars.x) == [4096, 225, 9, 54]
    assert list(bars.y) == list(NAMES.values())
    assert bars.marker.color == (VIOLET, ORANGE, ORANGE, ORANGE)
    assert figure.layout.yaxis.autorange == "reversed"


@pytest.mark.parametrize("delta", [0, 3])
def test_every_bar_lies_within_the_axis(delta: int) -> None:
    counts = weight_counts(10, 10, delta)
    low, high = collapse(counts, NAMES, "weights").layout.xaxis.range
    assert 10**low < min(count.weights for count in counts)
    assert 10**high > max(count.weights for count in counts)


def test_lines_are_both_networks_on_both_halves_in_percent() -> None:
    figure = accuracies([look(0, 0.25), look(0.25, 0.5)], 4, LINES, "epochs", "accuracy", "guess")
    assert [line.name for line in figure.data] == list(LINES.values())
    left, right, *_ = figure.data
    assert (list(left.x), list(left.y)) == ([0, 0.25], [25, 50])
    assert (list(right.x), list(right.y)) == ([0, 0.25], [25, 25])
    assert left.line.color == right.line.color == VIOLET
    assert left.line.dash != right.line.dash


def test_axes_have_room_for_all_epochs_before_there_is_a_look() -> None:
    figure = accuracies([], 7, LINES, "epochs", "accuracy", "guess")
    assert list(figure.layout.xaxis.range) == [0, 7]
    (line,) = figure.layout.shapes
    assert line.y0 == line.y1 == 25
