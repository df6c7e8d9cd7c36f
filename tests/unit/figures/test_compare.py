"""Figures of two networks against each other: their data are the numbers given."""

import pytest

from cnnviz.figures.compare import Bit, causes, parts, signed
from cnnviz.figures.style import GREY, ORANGE, VIOLET
from cnnviz.models.compare import PARTS, Change
from cnnviz.models.comparisons import COMPARISONS, compared

NAMES = {"conv": "convolutional", "dense": "fully connected", "other": "other"}
SIDES = ("before", "after")
ALEXNET = compared(*COMPARISONS["alexnet-vgg"])


def by_part(measure: str) -> dict[str, Change]:
    return {part: ALEXNET.change(measure, part) for part in PARTS}


def test_each_part_is_a_bar_on_both_sides_before_on_top() -> None:
    figure = parts(by_part("parameters"), NAMES, SIDES)
    assert [(bar.name, bar.marker.color, tuple(bar.x)) for bar in figure.data] == [
        ("convolutional", ORANGE, (2_469_696, 14_714_688)),
        ("fully connected", VIOLET, (58_631_144, 123_642_856)),
        ("other", GREY, (0, 0)),
    ]
    assert all(tuple(bar.y) == SIDES for bar in figure.data)
    assert figure.layout.barmode == "stack"
    assert figure.layout.yaxis.autorange == "reversed"


def test_share_is_written_where_the_bar_has_room_and_always_told() -> None:
    conv, dense, _ = parts(by_part("parameters"), NAMES, SIDES).data
    assert tuple(dense.text) == ("96%", "89%")
    assert tuple(conv.text) == ("", "")
    assert tuple(conv.customdata) == ("4.0%", "10.6%")


def test_longer_bar_reaches_almost_the_end_of_the_axis() -> None:
    figure = parts(by_part("macs"), NAMES, SIDES)
    low, high = figure.layout.xaxis.range
    assert low == 0
    assert 15_470_264_320 < high < 1.1 * 15_470_264_320


def test_networks_without_a_quantity_have_empty_bars() -> None:
    nothing = dict.fromkeys(PARTS, Change(0, 0))
    for bar in parts(nothing, NAMES, SIDES).data:
        assert tuple(bar.x) == (0, 0)
        assert tuple(bar.customdata) == ("0.0%", "0.0%")


def test_causes_are_bars_in_their_parts_colour_under_their_label_and_number() -> None:
    bits = [Bit("+ Conv2d", "conv", 1200), Bit("− Linear", "dense", -5), Bit("rest", "other", 0)]
    figure = causes(bits, "Parameters", "#0d1424")
    (bars,) = figure.data
    assert list(bars.x) == [1200, -5, 0]
    assert list(bars.marker.color) == [ORANGE, VIOLET, GREY]
    written = [note.text for note in figure.layout.annotations]
    assert written == [
        "+ Conv2d   <b>+1,200</b>",
        "− Linear   <b>−5</b>",
        "rest   <b>±0</b>",
    ]
    assert {note.font.color for note in figure.layout.annotations} == {"#0d1424"}
    low, high = figure.layout.xaxis.range
    assert low < -5
    assert high > 1200


def test_every_label_lies_between_its_bar_and_the_one_above() -> None:
    figure = causes([Bit(str(i), "conv", i) for i in range(5)], "", "#0d1424")
    bottom, top = figure.layout.yaxis.range
    for i, note in enumerate(figure.layout.annotations):
        assert top < note.y < bottom
        assert i - 0.5 < note.y < i


@pytest.mark.parametrize(("value", "text"), [(1200, "+1,200"), (-1200, "−1,200"), (0, "±0")])
def test_difference_is_written_with_its_sign(value: int, text: str) -> None:
    assert signed(value) == text
