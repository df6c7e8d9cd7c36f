"""What the browser is sent of a block: plain JSON, every map, and how the points hang together."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from cnnviz.components.block import BlockOptions, payload
from cnnviz.models.forms import Form, build
from cnnviz.models.taps import Tap, steps_of, tapped
from tests.unit.models.forms import FORMS, picture


def shown(form: Form, **options: Any) -> tuple[list[Tap], dict[str, Any]]:
    """The taps, and the payload as it arrives in the browser."""
    taps = tapped(build(form), picture(form))
    sent = payload(taps, BlockOptions({"play": "Play"}, **options))
    arrived: dict[str, Any] = json.loads(json.dumps(sent, allow_nan=False))
    assert arrived == sent
    return taps, arrived


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_maps_arrive_bit_for_bit_and_a_concatenations_are_not_sent_twice(form: Form) -> None:
    taps, data = shown(form)
    for tap, text in zip(taps, data["maps"], strict=True):
        floats = np.frombuffer(base64.b64decode(text), dtype="<f4")
        expected = [] if tap.kind == "concat" else tap.value.flatten().tolist()
        assert floats.tolist() == expected
    assert [tuple(step) for step in data["meta"]["steps"]] == steps_of(taps)


def test_points_say_where_they_stand_and_what_they_read() -> None:
    _, data = shown(FORMS["halved"])
    points = {point["name"]: point for point in data["meta"]["taps"]}
    assert [points[name]["lane"] for name in ("input", "conv1", "conv3", "add")] == [
        None,
        0,
        1,
        None,
    ]
    assert points["add"]["inputs"] == [5, 6]
    assert points["add"]["lanes"] == [0, 1]
    assert points["conv1"]["window"] == [
        {"k": 3, "s": 2, "p": 1, "d": 1, "o": 4},
        {"k": 3, "s": 2, "p": 1, "d": 1, "o": 5},
    ]
    assert points["bn1"]["window"] is None


def test_groups_are_in_what_a_channel_reads() -> None:
    _, data = shown(FORMS["resnext"])
    points = {point["name"]: point for point in data["meta"]["taps"]}
    assert points["conv2"]["reads"] == [[0, 2], [0, 2], [2, 4], [2, 4]]
    assert points["conv1"]["reads"] == [[0, 4]] * 4


def test_pooling_reads_its_own_channel() -> None:
    _, data = shown(FORMS["vgg"])
    assert data["meta"]["taps"][-1]["reads"] == [[0, 1], [1, 2], [2, 3], [3, 4]]


def test_normalisation_is_sent_with_its_numbers() -> None:
    taps, data = shown(FORMS["zero"])
    norm = data["meta"]["taps"][5]["norm"]
    assert norm["gamma"] == [0, 0, 0]
    assert norm["mean"] == pytest.approx(taps[4].value.mean((1, 2)).tolist(), abs=1e-5)
    assert norm["std"] == pytest.approx(taps[4].value.std((1, 2), correction=0).tolist(), abs=1e-3)


def test_cell_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no cell"):
        shown(FORMS["residual"], cell=(7, 0))


def test_largest_block_of_the_page_makes_less_than_a_megabyte() -> None:
    from cnnviz.ui.blocks.settings import LARGEST_SIDE, MOST, MOST_WIDTH, BlockSettings, form_of

    widest = [
        BlockSettings(block="dense", stem=MOST, convs=3, growth=4),
        BlockSettings(block="bottleneck", stem=MOST, c_out=8, c_mid=8, shortcut="conv"),
        BlockSettings(block="inception", stem=MOST, widths=(float(MOST_WIDTH),) * 6),
        BlockSettings(block="vgg", stem=MOST, c_out=MOST, convs=3),
    ]
    for now in widest:
        form = form_of(now)
        x = picture(form, LARGEST_SIDE, LARGEST_SIDE)
        data = payload(tapped(build(form), x), BlockOptions({}))
        assert len(json.dumps(data)) < 1_050_000, form.call
