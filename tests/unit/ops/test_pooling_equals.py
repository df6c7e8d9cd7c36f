"""A mean is a correlation, and a maximum a few differences, ReLUs and sums."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.ops import Pooling, Window, pool
from cnnviz.ops.pooling_equals import (
    extreme_by_relu,
    gather,
    mean_by_correlation,
    pool_by_relu,
    tournament,
)
from cnnviz.problems import Problem
from tests.unit.ops.strategies import PoolCase, poolings

SIXTEEN = torch.arange(16).reshape(4, 4)
numbers = st.integers(-1000, 1000).map(float)


def pooled(case: PoolCase, mode: str) -> Pooling:
    include = case.count_include_pad
    return pool(case.x, case.window, mode, ceil_mode=case.ceil_mode, count_include_pad=include)


@given(poolings())
def test_mean_is_a_depthwise_correlation_scaled_where_fewer_cells_count(case: PoolCase) -> None:
    if case.mode != "avg":
        return
    walk = pooled(case, "avg")
    found = mean_by_correlation(walk)
    torch.testing.assert_close(found.output, walk.output)
    assert found.correlation.groups == len(case.x)


@pytest.mark.parametrize("bare", [True, False])
def test_correlation_of_the_mean_is_pytorchs_convolution(bare: bool) -> None:
    x = torch.randn(3, 7, 6, generator=torch.Generator().manual_seed(0))
    x = x[0] if bare else x
    found = mean_by_correlation(pool(x, Window((3, 2), 2, (1, 0)), "avg"))
    channels = 1 if bare else 3
    kernel = torch.full((channels, 1, 3, 2), 1 / 6)
    expected = F.conv2d(x.reshape(1, channels, 7, 6), kernel, None, 2, (1, 0), 1, channels)
    torch.testing.assert_close(found.correlation.output.reshape(expected.shape), expected)
    assert bool((found.scale == 1).all())


def test_correlation_has_to_be_scaled_where_padding_does_not_count() -> None:
    walk = pool(SIXTEEN, Window(3, 1, 1), "avg", count_include_pad=False)
    found = mean_by_correlation(walk)
    assert not found.correlation.output.allclose(walk.output)
    assert found.scale[0].tolist() == [9 / 4, 9 / 6, 9 / 6, 9 / 4]
    torch.testing.assert_close(found.output, walk.output)


@given(st.lists(st.tuples(numbers, numbers), min_size=1))
def test_relu_gives_the_larger_and_the_smaller_of_two(pairs: list[tuple[float, float]]) -> None:
    a, b = torch.tensor(pairs).unbind(1)
    assert extreme_by_relu(a, b).equal(torch.maximum(a, b))
    assert extreme_by_relu(a, b, "min").equal(torch.minimum(a, b))


@pytest.mark.parametrize(("n", "rounds"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (9, 4)])
def test_tournament_has_as_many_rounds_as_n_can_be_halved(n: int, rounds: int) -> None:
    cells = torch.randperm(n, generator=torch.Generator().manual_seed(n)).float()
    found = tournament(cells)
    assert len(found) == rounds == math.ceil(math.log2(n))
    assert sum(each.won.numel() for each in found) == n - 1
    if found:
        assert found[-1].won.tolist() == [n - 1]


@given(poolings())
def test_whole_pooling_comes_out_of_relu_alone(case: PoolCase) -> None:
    if case.mode == "avg":
        return
    assert pool_by_relu(pooled(case, case.mode)).equal(pooled(case, case.mode).output)


@given(poolings())
def test_gathered_windows_are_what_the_steps_read(case: PoolCase) -> None:
    walk = pooled(case, case.mode)
    cells = gather(walk.padded, walk.axes, tuple(walk.output.shape[1:]))
    assert cells.shape == (*walk.output.shape, math.prod(walk.kernel.shape[2:]))
    for i in (0, len(walk) // 2, len(walk) - 1):
        step = walk.step(i)
        # NaN is padding that a mean does not count
        expected = step.cells.flatten()
        torch.testing.assert_close(cells[step.index], expected, rtol=0, atol=0, equal_nan=True)


def test_gathered_windows_are_those_of_unfold() -> None:
    x = torch.randn(2, 6, 5, generator=torch.Generator().manual_seed(0))
    walk = pool(x, Window((3, 2), 1))
    expected = x.unfold(1, 3, 1).unfold(2, 2, 1).flatten(-2)
    assert gather(walk.padded, walk.axes, tuple(walk.output.shape[1:])).equal(expected)


def test_mean_has_no_winner_and_a_maximum_no_weights() -> None:
    with pytest.raises(Problem):
        pool_by_relu(pool(SIXTEEN, Window(2), "avg"))
    with pytest.raises(Problem):
        mean_by_correlation(pool(SIXTEEN, Window(2), "max"))
