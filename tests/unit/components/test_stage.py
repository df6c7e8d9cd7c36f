"""The stage's payload is plain JSON and holds exactly the walk's numbers."""

import base64
import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import streamlit
import torch
from hypothesis import given
from torch import Tensor

from cnnviz.components.stage import Edit, Options, encode, payload, take_edit
from cnnviz.ops import Walk, Window, correlate
from tests.unit.ops.strategies import Correlation, correlations
from tests.unit.session import in_session

TITLES = {"input": "Input", "kernel": "Kernel", "output": "Output"}
RAMP = torch.arange(9.0).reshape(3, 3)
K = torch.tensor([[0.0, 1.0], [2.0, 3.0]])


def shown(walk: Walk, **options: Any) -> dict[str, Any]:
    """The payload, as it arrives in the browser."""
    sent = payload(walk, Options(TITLES, {"play": "Play"}, **options))
    arrived: dict[str, Any] = json.loads(json.dumps(sent, allow_nan=False))
    assert arrived == sent
    return arrived


def decode(data: Mapping[str, Any], name: str) -> Tensor:
    about = data["meta"][name]
    floats = np.frombuffer(base64.b64decode(data[name]), dtype="<f4").copy()
    return torch.from_numpy(floats).reshape(-1, about["rows"], about["cols"])


@given(correlations().filter(lambda case: case.x.ndim <= 3))
def test_walk_arrives_bit_for_bit(case: Correlation) -> None:
    x, kernel, window, bias, groups, _ = case
    walk = correlate(x, kernel, window, bias=bias, groups=groups)
    data = shown(walk)
    for name in TITLES:
        sent: Tensor = getattr(walk, name)
        assert decode(data, name).flatten().equal(sent.flatten())
    about = data["meta"]
    assert about["input"]["planes"] == len(x)
    assert about["kernel"]["planes"] == len(x) // groups
    assert about["output"]["planes"] == len(kernel)
    assert about["groups"] == groups
    assert about["bias"] == (None if bias is None else bias.tolist())


def test_bare_walk_is_one_plane_of_each() -> None:
    data = shown(correlate(RAMP, K))
    assert [data["meta"][name]["planes"] for name in TITLES] == [1, 1, 1]
    assert decode(data, "output").tolist() == [[[19, 25], [37, 43]]]


def test_float64_is_sent_as_the_nearest_float32() -> None:
    tenth = torch.tensor([0.1], dtype=torch.float64)
    assert np.frombuffer(base64.b64decode(encode(tenth)), dtype="<f4") == np.float32(0.1)


def test_numbers_are_sent_row_by_row_whatever_their_order_in_memory() -> None:
    assert encode(RAMP.T) == encode(RAMP.T.contiguous())
    assert encode(RAMP.T) != encode(RAMP)


@pytest.mark.parametrize("window", [Window(2), Window((2,), (2,), (1,), (1,))])
def test_signal_is_a_picture_of_one_row(window: Window) -> None:
    walk = correlate(torch.arange(5.0), torch.tensor([1.0, -1.0]), window)
    data = shown(walk)
    for name in TITLES:
        assert data["meta"][name]["rows"] == 1
    assert decode(data, "output")[0, 0].equal(walk.output)
    rows_and_columns = [setting[0] for setting in data["meta"]["window"].values()]
    assert rows_and_columns == [1, 1, 0, 1]
    assert data["meta"]["leftover"][0] == []


def test_window_is_spelled_out_for_rows_and_columns() -> None:
    walk = correlate(torch.rand(8, 9), torch.rand(3, 2), Window((3, 2), (2, 3), (1, 0), 2))
    assert shown(walk)["meta"]["window"] == {
        "kernel_size": [3, 2],
        "stride": [2, 3],
        "padding": [1, 0],
        "dilation": [2, 2],
    }


def test_padding_is_drawn_around_the_input_only() -> None:
    about = shown(correlate(RAMP, K, Window(2, padding=(2, 1))))["meta"]
    assert [about[name]["pad"] for name in TITLES] == [[2, 1], [0, 0], [0, 0]]


def test_leftover_is_the_windows() -> None:
    walk = correlate(torch.rand(8, 7), torch.rand(3, 3), Window(3, stride=2))
    assert shown(walk)["meta"]["leftover"] == [[7], []]


def test_flipped_kernel_is_shown_flipped() -> None:
    assert decode(shown(correlate(RAMP, K, flip=True)), "kernel").tolist() == [[[3, 2], [1, 0]]]


@pytest.mark.parametrize(("step", "expected"), [(0, 0), (3, 3), (4, 3), (10**6, 3)])
def test_step_past_the_end_is_the_last(step: int, expected: int) -> None:
    assert shown(correlate(RAMP, K), step=step)["meta"]["step"] == expected


def test_only_what_may_be_edited_is_editable() -> None:
    about = shown(correlate(RAMP, K), editable=frozenset({"kernel"}))["meta"]
    assert [about[name]["editable"] for name in TITLES] == [False, True, False]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_number_that_json_does_not_know_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        encode(torch.tensor([1.0, bad]))


def test_number_beyond_float32_is_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        encode(torch.tensor([1e300], dtype=torch.float64))


# ---- what the reader does


def edits(*events: object) -> list[Edit | None]:
    """What `take_edit` makes of these events, one after the other."""

    def act() -> list[Edit | None]:
        taken = []
        for event in events:
            streamlit.session_state["stage"] = event
            taken.append(take_edit("stage"))
        return taken

    return in_session(act)


def test_edit_is_taken_with_its_details() -> None:
    event = {"kind": "cell", "plane": "kernel", "at": [0, 1, 1], "value": 2, "stamp": 1}
    (edit,) = edits({"event": event})
    assert edit == Edit("cell", {"plane": "kernel", "at": [0, 1, 1], "value": 2})


def test_edit_is_taken_once() -> None:
    event = {"event": {"kind": "undo", "stamp": 1}}
    assert edits(event, event) == [Edit("undo", {}), None]


def test_same_act_again_is_another_edit() -> None:
    first, second = ({"event": {"kind": "undo", "stamp": stamp}} for stamp in (1, 2))
    assert edits(first, second) == [Edit("undo", {})] * 2


@pytest.mark.parametrize(
    "state", [None, {}, {"event": None}, {"event": "undo"}, {"event": [1]}, {"event": 3.5}]
)
def test_what_is_no_event_is_no_edit(state: object) -> None:
    assert edits(state) == [None]
