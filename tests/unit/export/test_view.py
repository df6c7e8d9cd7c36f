"""Every walk, flat: the planes and places that a picture shows are those of the step."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.export.drawing import LIGHT
from cnnviz.export.equation import equation
from cnnviz.export.view import place_of, planes_of, winner
from cnnviz.ops import Walk, Window, correlate, pool
from tests.unit.export.walks import (
    EVERY_KIND,
    channels,
    correlations,
    dilated,
    grouped,
    large_kernel,
    one_row,
    pooled,
    pooled_past_the_end,
    ramp,
    volume,
)


def check(walk: Walk, i: int) -> None:
    """The planes under the window hold the step's own numbers."""
    place = place_of(walk, i)
    planes = planes_of(walk, place)
    cells = planes.inputs[:, list(place.rows)][:, :, list(place.cols)]
    torch.testing.assert_close(cells.flatten(), place.step.cells.flatten(), equal_nan=True)
    assert torch.equal(planes.kernels.flatten(), place.step.kernel.flatten())
    assert float(planes.output[place.cell]) == place.step.total
    assert len(planes.labels) == len(planes.kernel_labels) == len(planes.inputs)


@pytest.mark.parametrize("make", EVERY_KIND, ids=lambda make: make.__name__)
def test_every_step_finds_its_numbers_under_the_window(make: Callable[[], Walk]) -> None:
    walk = make()
    for i in range(0, len(walk), max(1, len(walk) // 50)):
        check(walk, i)


@settings(max_examples=60)
@given(correlations(), st.data())
def test_any_walk_finds_its_numbers_under_the_window(
    case: tuple[Tensor, Tensor, Window], data: st.DataObject
) -> None:
    walk = correlate(*case)
    check(walk, data.draw(st.integers(0, len(walk) - 1)))


def test_padding_is_where_there_is_no_input() -> None:
    planes = planes_of(ramp(), place_of(ramp(), 0))
    inside = torch.zeros(5, 5, dtype=torch.bool)
    inside[1:4, 1:4] = True
    assert torch.equal(planes.padding[0], ~inside)


def test_a_slice_of_padding_is_all_padding() -> None:
    planes = planes_of(volume(), place_of(volume(), 0))
    assert planes.labels == ("−1", "0", "1", "2", "3")
    assert planes.kernel_labels == ("0", "1", "2", "3", "4")
    assert planes.padding[0].all()
    assert not planes.padding[1].all()


def test_leftover_rows_and_columns_are_those_of_the_window() -> None:
    walk = dilated()
    leftover = planes_of(walk, place_of(walk, 0)).leftover
    assert leftover[:, 1].all()  # between the taps: stride and dilation are 2
    assert leftover[1].all()
    assert not leftover[::2, ::2].any()


def test_a_one_row_walk_is_one_row() -> None:
    place = place_of(one_row(), 2)
    planes = planes_of(one_row(), place)
    assert planes.inputs.shape == (1, 1, 5)
    assert (place.cell, place.rows, place.cols) == ((0, 2), (0,), (2, 3, 4))


def test_a_group_shows_its_own_channels() -> None:
    walk = grouped()
    planes = planes_of(walk, place_of(walk, len(walk) - 1))
    assert planes.labels == ("2", "3")
    assert planes.kernel_labels == ("0", "1")
    assert torch.equal(planes.inputs, walk.padded[2:])


# The equation below the planes


def text(walk: Walk, i: int) -> str:
    pieces = equation(walk, walk.step(i), LIGHT)
    return " ".join("".join(run for run, _ in piece) for piece in pieces)


def test_equation_of_the_ramp_is_the_textbooks() -> None:
    assert text(ramp(), 5) == "0·0 + 1·1 + 3·2 + 4·3 = 19"


def test_negative_factors_are_in_brackets_and_the_total_is_not() -> None:
    walk = correlate(torch.tensor([[-2.0, 1.0]]), torch.tensor([[3.0, -1.0]]))
    assert text(walk, 0) == "(−2)·3 + 1·(−1) = −7"


def test_nine_terms_are_written_out() -> None:
    walk = correlate(torch.ones(3, 3), torch.ones(3, 3))
    assert text(walk, 0).count("·") == 9


def test_more_terms_end_in_an_ellipsis_and_the_total() -> None:
    shown = text(large_kernel(), 0)
    assert shown.count("·") == 6
    assert "+ … = " in shown


def test_the_bias_is_the_last_term() -> None:
    assert text(channels(), 11).endswith("+ (−1) = 223")


def test_maximum_names_what_it_chose_from() -> None:
    assert text(pooled(), 2) == "max(−∞, 4, 5, −∞, 8, 9, −∞, 12, 13) = 13"


def test_mean_of_a_single_cell_has_no_brackets_and_no_winner() -> None:
    walk = pool(torch.ones(2, 2), Window(2, 2, 1), "avg", count_include_pad=False)
    assert text(walk, 0) == "1 / 1 = 1"
    assert winner(place_of(walk, 0)) is None


def test_mean_is_divided_by_what_counts() -> None:
    assert text(pooled_past_the_end(), 2) == "((−16) + (−11)) / 2 = −13.5"
