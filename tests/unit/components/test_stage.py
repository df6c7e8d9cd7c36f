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

from cnnviz.components.mail import token
from cnnviz.components.stage import Edit, Options, edits, encode, payload
from cnnviz.ops import Walk, Window, correlate, correlate_transposed, pool
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
    assert [about[name]["pad"] for name in TITLES] == [
        [[2, 2], [1, 1]],
        [[0, 0], [0, 0]],
        [[0, 0], [0, 0]],
    ]


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


def taken(state: object, after: int = 0, *, own: bool = True) -> list[Edit]:
    """What `edits` makes of a component's state, by default with this session's token."""

    def act() -> list[Edit]:
        word = token()
        if own and isinstance(state, dict) and isinstance(state.get("edits"), dict):
            state["edits"]["token"] = word
        streamlit.session_state["stage"] = state
        return edits("stage", after)

    return in_session(act)


def undo(number: object) -> dict[str, object]:
    return {"id": number, "kind": "undo"}


def test_edit_is_taken_with_its_details() -> None:
    message = {"id": 7, "kind": "cell", "plane": "kernel", "at": [0, 1, 1], "value": 2}
    (edit,) = taken({"edits": {"messages": [message]}})
    assert (edit.id, edit.kind, edit.detail["at"]) == (7, "cell", [0, 1, 1])


def test_edits_come_in_the_order_of_their_numbers() -> None:
    found = taken({"edits": {"messages": [undo(3), undo(1), undo(2)]}})
    assert [edit.id for edit in found] == [1, 2, 3]


def test_edit_that_was_taken_before_is_left_out() -> None:
    found = taken({"edits": {"messages": [undo(1), undo(2)]}}, after=1)
    assert [edit.id for edit in found] == [2]


def test_edit_of_another_session_is_left_out() -> None:
    state = {"edits": {"token": "another", "messages": [undo(1)]}}
    assert taken(state, own=False) == []


@pytest.mark.parametrize(
    "state",
    [
        None,
        {},
        {"edits": None},
        {"edits": "undo"},
        {"edits": [1]},
        {"edits": {"messages": None}},
        {"edits": {"messages": ["undo", 3, None, undo("1"), undo(True), undo(None)]}},
    ],
)
def test_what_is_no_edit_is_left_out(state: object) -> None:
    assert taken(state) == []


# ---- more than one plane, and other things than sums


def floats(data: Mapping[str, Any], name: str) -> Tensor:
    return torch.from_numpy(np.frombuffer(base64.b64decode(data[name]), dtype="<f4").copy())


def test_what_each_plane_adds_is_sent_and_comes_to_the_output() -> None:
    x, kernel = torch.randn(4, 5, 5), torch.randn(6, 2, 3, 3)
    data = shown(correlate(x, kernel, groups=2))
    sums = floats(data, "sums").reshape(6, 2, 3, 3)
    torch.testing.assert_close(sums.sum(1), decode(data, "output"))
    alone = torch.nn.functional.conv2d(x[None, 3:4], kernel[4:5, 1:2])
    torch.testing.assert_close(sums[4, 1], alone[0, 0])


def test_slices_of_a_volume_are_planes_under_a_window_in_depth() -> None:
    volume, kernel = torch.randn(6, 4, 3), torch.randn(2, 3, 2)
    data = shown(correlate(volume, kernel, Window((2, 3, 2), (2, 1, 1), dilation=(3, 1, 1))))
    assert data["meta"]["depth"] == {"k": 2, "s": 2, "p": 0, "d": 3, "o": 2}
    assert [data["meta"][name]["planes"] for name in TITLES] == [6, 2, 2]
    assert decode(data, "kernel").equal(kernel)


@pytest.mark.parametrize(
    "walk",
    [
        correlate(torch.ones(4, 4, 4), torch.ones(2, 2, 2), Window(2, padding=1)),
        correlate(torch.ones(2, 4, 4, 4), torch.ones(1, 2, 2, 2, 2)),
    ],
    ids=["padded in depth", "with channels"],
)
def test_volume_that_the_stage_cannot_show_is_refused(walk: Walk) -> None:
    with pytest.raises(ValueError, match="volume"):
        shown(walk)


def test_padding_that_copies_is_sent_whole() -> None:
    walk = correlate(RAMP, K, Window(2, padding=2), padding_mode="reflect")
    assert floats(shown(walk), "padded").reshape(7, 7).equal(walk.padded)
    assert "padded" not in shown(correlate(RAMP, K, Window(2, padding=2)))


def test_pooling_says_which_cell_won() -> None:
    walk = pool(RAMP, Window(2))
    data = shown(walk)
    assert data["meta"]["mode"] == "max"
    assert floats(data, "winners").tolist() == [3, 3, 3, 3]


def test_mean_says_how_many_cells_counted_and_reaches_past_the_padding() -> None:
    data = shown(pool(RAMP, Window(2, 2), "avg", ceil_mode=True))
    assert floats(data, "counts").tolist() == [4, 2, 2, 1]
    assert data["meta"]["input"]["pad"] == [[0, 1], [0, 1]]


def test_window_of_pooling_is_named_by_its_own_shape() -> None:
    about = shown(pool(torch.ones(3, 4, 4), Window(2)))["meta"]
    assert [about[name]["shape"] for name in TITLES] == ["3 × 4 × 4", "2 × 2", "3 × 3 × 3"]


def test_transposed_convolution_is_sent_stroke_by_stroke_with_its_margin() -> None:
    painting = correlate_transposed(RAMP, K, Window(2, 2, (1, 0)), (1, 0))
    sent = payload(painting, Options(TITLES, {}, step=99))
    about = sent["meta"]
    assert about["mode"] == "paint"
    assert about["output"]["pad"] == [[1, 1], [0, 0]]
    assert about["output"]["shape"] == "5 × 6"
    assert about["step"] == len(painting) - 1
    partials = floats(sent, "partials").reshape(9, 7, 6)
    assert partials[-1, 1:-1].equal(decode(sent, "output")[0])
    assert partials[0].count_nonzero() == 0  # the ramp begins with 0


def test_transposed_convolution_over_one_axis_is_refused() -> None:
    painting = correlate_transposed(torch.ones(3), torch.ones(2))
    with pytest.raises(ValueError, match="two axes"):
        payload(painting, Options(TITLES, {}))
