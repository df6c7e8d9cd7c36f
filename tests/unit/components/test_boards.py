"""What linked boards send is plain JSON and holds exactly their numbers, masks and terms."""

import base64
import json
import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from cnnviz.components.boards import Board, payload

RAMP = torch.arange(6.0).reshape(2, 3)
TERMS = torch.tensor([0, 1, 5, -1])


def board(name: str = "x", **more: Any) -> Board:
    fields: dict[str, Any] = {"title": "Input", "role": "input", "values": RAMP, "of": TERMS}
    return Board(name, **{**fields, **more})


def shown(*views: list[Board], headings: tuple[str, ...] = ()) -> dict[str, Any]:
    """The payload, as it arrives in the browser."""
    sent = payload(views, headings)
    arrived: dict[str, Any] = json.loads(json.dumps(sent, allow_nan=False))
    assert arrived == sent
    return arrived


def whole(text: str) -> list[int]:
    numbers: list[int] = np.frombuffer(base64.b64decode(text), dtype="<i4").tolist()
    return numbers


def test_board_arrives_with_its_numbers_and_terms() -> None:
    ((sent,),) = shown([board()])["views"]
    assert np.frombuffer(base64.b64decode(sent["values"]), dtype="<f4").tolist() == [*range(6)]
    assert whole(sent["of"]) == [0, 1, 5, -1]
    assert (sent["rows"], sent["cols"], sent["role"]) == (2, 3, "input")
    assert [sent[mask] for mask in ("blank", "hue", "padding")] == [None, None, None]


def test_masks_arrive_as_whole_numbers_row_by_row() -> None:
    odd = RAMP.long() % 2 == 1
    ((sent,),) = shown([board(blank=odd, padding=~odd, hue=RAMP.long() - 1)])["views"]
    assert whole(sent["blank"]) == [0, 1, 0, 1, 0, 1]
    assert whole(sent["padding"]) == [1, 0, 1, 0, 1, 0]
    assert whole(sent["hue"]) == [-1, 0, 1, 2, 3, 4]


def test_transposed_values_are_sent_row_by_row() -> None:
    ((sent,),) = shown([board(values=RAMP.T)])["views"]
    values = np.frombuffer(base64.b64decode(sent["values"]), dtype="<f4").tolist()
    assert values == [0, 3, 1, 4, 2, 5]


def test_views_keep_their_order_and_headings() -> None:
    data = shown([board("a"), board("b", before="=")], [board("c")], headings=("One", "Two"))
    assert [[sent["name"] for sent in view] for view in data["views"]] == [["a", "b"], ["c"]]
    assert data["views"][0][1]["before"] == "="
    assert data["meta"] == {"headings": ["One", "Two"], "factors": None}


def test_lines_stand_in_for_numbers() -> None:
    ((sent,),) = shown([board(values=torch.zeros(6, 1), lines=tuple("abcdef"))])["views"]
    assert sent["lines"] == list("abcdef")


def test_number_of_full_colour_is_the_boards_own_unless_it_is_given() -> None:
    ((own, given),) = shown([board(), board("y", most=2.5)])["views"]
    assert (own["most"], given["most"]) == (None, 2.5)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"role": "bias"}, "role"),
        ({"values": torch.arange(6.0)}, "rows, cols"),
        ({"values": torch.zeros(0, 3)}, "rows, cols"),
        ({"of": torch.tensor([0, 6])}, "cell from 0"),
        ({"of": torch.tensor([-2])}, "cell from 0"),
        ({"of": torch.tensor([[0]])}, "cell from 0"),
        ({"of": torch.tensor([0.0])}, "whole"),
        ({"hue": RAMP}, "whole"),
        ({"blank": torch.zeros(3, 2, dtype=torch.bool)}, "blank"),
        ({"padding": torch.zeros(6, dtype=torch.bool)}, "padding"),
        ({"lines": ("a", "b")}, "lines"),
        ({"most": 0.0}, "positive"),
        ({"most": math.inf}, "positive"),
        ({"most": math.nan}, "positive"),
    ],
)
def test_board_that_does_not_fit_together_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        board(**wrong)


def test_boards_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="name of its own"):
        payload([[board("x")], [board("x")]])


def test_boards_with_other_terms_are_refused() -> None:
    with pytest.raises(ValueError, match="same terms"):
        payload([[board("x"), board("y", of=TERMS[:2])]])


def test_missing_headings_are_refused() -> None:
    with pytest.raises(ValueError, match="headings"):
        payload([[board("x")], [board("y")]], ("One",))


def test_factors_that_are_no_boards_are_refused() -> None:
    assert payload([[board("x"), board("k")]], (), ("x", "k"))["meta"]["factors"] == ["x", "k"]
    with pytest.raises(ValueError, match="there is no"):
        payload([[board("x")]], (), ("x", "k"))


@pytest.mark.parametrize("bad", [torch.nan, torch.inf])
def test_number_that_json_does_not_know_is_refused(bad: float) -> None:
    values: Tensor = RAMP.clone()
    values[0, 0] = bad
    with pytest.raises(ValueError, match="finite"):
        payload([[board(values=values)]])
