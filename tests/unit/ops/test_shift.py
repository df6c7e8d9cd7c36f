"""A shift moves every cell; which outputs stay is compared cell by cell."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops import Walk, Window, pool
from cnnviz.ops.shift import BORDERS, Stay, blur_pool, shifted, stays
from cnnviz.problems import Problem

RAMP = torch.arange(9.0).reshape(3, 3)
distances = st.integers(-6, 6)


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


@given(distances, distances, st.sampled_from(BORDERS))
def test_every_cell_moves_by_the_shift(down: int, right: int, border: str) -> None:
    x = noise(2, 4, 5)
    moved = shifted(x, (down, right), border)
    for r in range(4):
        for c in range(5):
            i, j = r - down, c - right
            inside = 0 <= i < 4 and 0 <= j < 5
            came = x[:, i % 4, j % 5] if inside or border == "circular" else torch.zeros(2)
            assert moved[:, r, c].equal(came)


def test_shift_by_nothing_changes_nothing() -> None:
    stay = stays(RAMP, lambda x: pool(x, Window(2)), (0, 0))
    assert bool(stay.same.all())
    assert stay.change == 0
    assert stay.along == (4, 4)


def test_border_that_there_is_not_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        shifted(RAMP, (0, 1), "mirror")
    assert caught.value.kind == "shift_border"


def test_maximum_of_a_lone_dot_stays_while_the_dot_stays_in_its_window() -> None:
    dot = torch.zeros(4, 4)
    dot[0, 0] = 1

    def pooled(x: Tensor) -> Walk:
        return pool(x, Window(2, 2))

    assert bool(stays(dot, pooled, (1, 1)).same.all())
    assert stays(dot, pooled, (0, 2)).same.tolist() == [[False, False], [True, True]]


def test_mean_change_is_the_mean_of_the_differences() -> None:
    stay = stays(RAMP, lambda x: pool(x, Window(1)), (0, 1))
    # 0 comes in on the left: 0−0, 0−1, 1−2; 0−3, 3−4, 4−5; ...
    assert stay.change == pytest.approx((0 + 1 + 1 + 3 + 1 + 1 + 6 + 1 + 1) / 9)


@given(distances, distances, st.sampled_from(["max", "avg", "min"]))
def test_with_stride_1_and_no_padding_every_output_moves_along(
    down: int, right: int, mode: str
) -> None:
    stay = stays(noise(2, 7, 8), lambda x: pool(x, Window(2), mode), (down, right))
    assert stay.along is not None
    kept, of = stay.along
    assert kept == of == 2 * max(0, 6 - abs(down)) * max(0, 7 - abs(right))


def test_shift_that_is_no_multiple_of_the_stride_has_nowhere_to_move_to() -> None:
    x = noise(8, 8)
    assert stays(x, lambda x: pool(x, Window(2, 2)), (0, 1)).along is None
    assert stays(x, lambda x: pool(x, Window(2, 2)), (0, 2)).along == (12, 12)
    assert stays(x, lambda x: pool(x, Window(2, (1, 2))), (1, 0)).along == (24, 24)


def test_outputs_that_do_not_move_along_are_not_counted() -> None:
    before, after = torch.tensor([[1.0, 2, 3]]), torch.tensor([[9.0, 1, 5]])
    assert Stay(before, after, (1, 1), (0, 1)).along == (1, 2)


@pytest.mark.parametrize("stride", [1, 2, (2, 3)])
@pytest.mark.parametrize("shape", [(9, 8), (3, 9, 8)])
def test_blur_pool_is_zhangs(stride: int | tuple[int, int], shape: tuple[int, ...]) -> None:
    x = noise(*shape)
    found = blur_pool(x, Window((2, 3), stride, (1, 1)))
    planes = x.reshape(1, -1, 9, 8)
    channels = planes.shape[1]
    dense = F.max_pool2d(planes, (2, 3), 1, (1, 1))
    kernel = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]).div(16).expand(channels, 1, 3, 3)
    padded = F.pad(dense, (1, 1, 1, 1), "replicate")
    expected = F.conv2d(padded, kernel, None, stride, groups=channels)
    torch.testing.assert_close(found.output.reshape(expected.shape), expected)
    assert found.output.shape == pool(x, Window((2, 3), stride, (1, 1))).output.shape


def test_blur_before_the_stride_changes_less_under_a_shift() -> None:
    x = noise(16, 16)
    window = Window(2, 2)
    plain = stays(x, lambda x: pool(x, window), (0, 1), "circular")
    blurred = stays(x, lambda x: blur_pool(x, window), (0, 1), "circular")
    assert blurred.change < plain.change
