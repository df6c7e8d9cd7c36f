"""Pooling is PyTorch's, and its steps are what a reader would do by hand."""

import math
from itertools import product
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from torch import Tensor

from cnnviz.ops import Pooling, Window, correlate, pool
from cnnviz.problems import Problem
from tests.unit.ops.strategies import PoolCase, poolings

RAMP = torch.arange(9).reshape(3, 3)
SIXTEEN = torch.arange(16).reshape(4, 4)


def pooled(case: PoolCase) -> Pooling:
    return pool(
        case.x,
        case.window,
        case.mode,
        ceil_mode=case.ceil_mode,
        count_include_pad=case.count_include_pad,
    )


def torchs(case: PoolCase) -> Tensor:
    """The same by PyTorch's modules."""
    axes, window = case.x.ndim - 1, case.window
    settings: dict[str, Any] = {
        "kernel_size": window.kernel_size,
        "stride": window.stride,
        "padding": window.padding,
        "ceil_mode": case.ceil_mode,
    }
    if case.mode == "avg":
        module = getattr(torch.nn, f"AvgPool{axes}d")
        return module(**settings, count_include_pad=case.count_include_pad)(case.x[None])[0]
    module = getattr(torch.nn, f"MaxPool{axes}d")(**settings, dilation=window.dilation)
    return -module(-case.x[None])[0] if case.mode == "min" else module(case.x[None])[0]


def by_hand(case: PoolCase, index: tuple[int, ...]) -> float:
    """One output, from the cells that lie in its window, one by one."""
    channel, *places = index
    window, spatial = case.window, case.x.shape[1:]
    fields = (window.kernel_size, window.stride, window.padding, window.dilation)
    along = [
        [o * s - p + j * d for j in range(k)]
        for o, k, s, p, d in zip(places, *fields, strict=True)  # type: ignore[arg-type]
    ]
    found, counted = [], 0
    for cell in product(*along):
        if all(0 <= i < n for i, n in zip(cell, spatial, strict=True)):
            found.append(float(case.x[(channel, *cell)]))
        pads: tuple[int, ...] = window.padding  # type: ignore[assignment]
        counted += all(-p <= i < n + p for i, n, p in zip(cell, spatial, pads, strict=True))
    if case.mode == "avg":
        return sum(found) / (counted if case.count_include_pad else len(found))
    return max(found) if case.mode == "max" else min(found)


@given(poolings())
def test_pool_equals_pytorch(case: PoolCase) -> None:
    torch.testing.assert_close(pooled(case).output, torchs(case))


@given(poolings())
def test_every_output_is_what_its_window_holds(case: PoolCase) -> None:
    walk = pooled(case)
    for i in (0, len(walk) // 2, len(walk) - 1):
        step = walk.step(i)
        assert step.total == pytest.approx(by_hand(case, step.index), abs=1e-5)


@given(poolings())
def test_weighted_cells_of_a_step_come_to_its_total(case: PoolCase) -> None:
    walk = pooled(case)
    for i in (0, len(walk) // 2, len(walk) - 1):
        step = walk.step(i)
        assert float(step.products.sum()) == pytest.approx(step.total, abs=1e-5)
        assert float(step.kernel.sum()) == pytest.approx(1)


@given(poolings())
def test_winner_is_the_first_of_the_extreme_cells(case: PoolCase) -> None:
    if case.mode == "avg":
        return
    walk = pooled(case)
    for i in range(min(len(walk), 20)):
        step = walk.step(i)
        cells = step.cells.flatten().tolist()
        best = max(cells) if case.mode == "max" else min(cells)
        assert int(walk.winners[step.index]) == cells.index(best)


@given(poolings())
def test_padded_input_holds_what_the_windows_read(case: PoolCase) -> None:
    walk = pooled(case)
    last = walk.step(len(walk) - 1)
    assert last.cells.shape[-len(walk.axes) :] == case.window.kernel_size
    kept = [slice(a, a + n) for (a, _), n in zip(walk.around, walk.spatial, strict=True)]
    inside = walk.padded[:, *kept]
    assert inside.equal(case.x)
    added = walk.padded.numel() - inside.numel()
    if case.mode == "avg":
        pads = case.window.padding if case.count_include_pad else (0,) * len(kept)
        counted = [n + 2 * p for n, p in zip(walk.spatial, pads, strict=True)]  # type: ignore[arg-type]
        assert int((~walk.padded.isnan()).sum()) == len(case.x) * math.prod(counted)
    else:
        assert int(walk.padded.isinf().sum()) == added


@pytest.mark.parametrize(
    ("mode", "expected"), [("max", [[4, 5], [7, 8]]), ("avg", [[2, 3], [5, 6]])]
)
def test_ramp_of_the_course(mode: str, expected: list[list[float]]) -> None:
    assert pool(RAMP, Window(2), mode).output.tolist() == expected


def test_sixteen_of_the_course() -> None:
    assert pool(SIXTEEN, Window(3, 3)).output.tolist() == [[10]]
    padded = [[5, 7], [13, 15]]
    assert pool(SIXTEEN, Window(3, 2, 1)).output.tolist() == padded
    assert pool(SIXTEEN, Window((2, 3), (2, 3), (0, 1))).output.tolist() == padded
    two = torch.stack((SIXTEEN, SIXTEEN + 1))
    assert pool(two, Window(3, 2, 1)).output.tolist() == [padded, [[6, 8], [14, 16]]]


def test_example_of_the_notes() -> None:
    x = torch.tensor([[3, -1, 12, -1], [-3, 1, 0, 1], [2, -3, 0, 1], [3, -2, 4, -1]])
    assert pool(x, Window(2, 2)).output.tolist() == [[3, 12], [3, 4]]
    assert pool(x, Window(2, 2), "avg").output.tolist() == [[0, 3], [0, 1]]


@pytest.mark.parametrize("size", [2, 3])
def test_average_is_a_correlation_with_equal_weights(size: int) -> None:
    x = torch.randn(6, 7, generator=torch.Generator().manual_seed(0))
    mean = pool(x, Window(size, 2), "avg").output
    weights = torch.full((size, size), 1 / size**2)
    torch.testing.assert_close(mean, correlate(x, weights, Window(size, 2)).output)


def test_ceil_mode_keeps_the_window_that_reaches_past_the_end() -> None:
    x = torch.arange(5)
    floored, ceiled = (pool(x, Window((2,), 2), ceil_mode=mode) for mode in (False, True))
    assert floored.output.tolist() == [1, 3]
    assert ceiled.output.tolist() == [1, 3, 4]
    assert ceiled.around == [(0, 1)]


def test_window_larger_than_its_input_fits_in_ceil_mode() -> None:
    assert pool(torch.ones(2, 2), Window(3, 2), ceil_mode=True).output.tolist() == [[1]]
    with pytest.raises(Problem) as caught:
        pool(torch.ones(2, 2), Window(3, 2))
    assert caught.value.kind == "window_too_large"


def test_mean_without_the_padding_is_divided_by_fewer_cells() -> None:
    x = torch.ones(3, 3)
    with_pad = pool(x, Window(3, 1, 1), "avg")
    without = pool(x, Window(3, 1, 1), "avg", count_include_pad=False)
    assert (float(with_pad.counts[0, 0]), float(without.counts[0, 0])) == (9, 4)
    assert float(with_pad.output[0, 0]) == pytest.approx(4 / 9)
    assert without.output.equal(x)


def test_padding_never_wins() -> None:
    below = torch.full((2, 2), -3.0)
    assert pool(below, Window(3, 1, 1)).output.equal(below)
    assert pool(-below, Window(3, 1, 1), "min").output.equal(-below)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ((RAMP, Window(2), "median"), "pool_mode"),
        ((RAMP, Window(2, padding=2), "max"), "pool_padding"),
        ((RAMP, Window(2, dilation=2), "avg"), "pool_dilation"),
        ((RAMP, Window((2, 2, 2)), "max"), "pool_axes"),
        ((torch.ones(1, 1), Window(2, 1, 1, 2), "max"), "pool_nothing"),
        ((torch.ones(2, 3, 3), Window((3, 1, 1), padding=(1, 0, 0)), "avg"), "pool_small"),
        ((torch.tensor([[math.nan]]), Window(1), "max"), "not_finite"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[Any, ...], kind: str) -> None:
    with pytest.raises(Problem) as caught:
        pool(*arguments)
    assert caught.value.kind == kind


def test_nobody_wins_a_mean() -> None:
    with pytest.raises(Problem):
        _ = pool(RAMP, Window(2), "avg").winners


def test_channels_are_pooled_each_for_itself() -> None:
    x = torch.randn(3, 5, 5, generator=torch.Generator().manual_seed(1))
    together = pool(x, Window(2, 2))
    assert together.output.equal(torch.stack([pool(plane, Window(2, 2)).output for plane in x]))
    torch.testing.assert_close(together.output, F.max_pool2d(x, 2))
