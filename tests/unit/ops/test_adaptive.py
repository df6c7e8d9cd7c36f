"""Adaptive pooling is PyTorch's, and its spans say what it reads."""

from itertools import product
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops import Window, pool
from cnnviz.ops.adaptive import adaptive_pool, spans
from cnnviz.problems import Problem

REDUCE = {"max": torch.amax, "min": torch.amin, "avg": torch.mean}


@st.composite
def adaptives(draw: st.DrawFn) -> tuple[Tensor, tuple[int, ...], str]:
    """An input with channels, an output size that may exceed it, and a mode."""
    axes = draw(st.integers(1, 3))
    shape = draw(st.tuples(*[st.integers(1, 7)] * (axes + 1)))
    size = draw(st.tuples(*[st.integers(1, 5)] * axes))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    return torch.randn(shape, generator=generator), size, draw(st.sampled_from(sorted(REDUCE)))


@given(adaptives())
def test_output_is_pytorchs(case: tuple[Tensor, tuple[int, ...], str]) -> None:
    x, size, mode = case
    name = "Avg" if mode == "avg" else "Max"
    module: Any = getattr(torch.nn, f"Adaptive{name}Pool{len(size)}d")(size)
    expected = -module(-x[None])[0] if mode == "min" else module(x[None])[0]
    torch.testing.assert_close(adaptive_pool(x, size, mode).output, expected)


@given(adaptives())
def test_spans_say_what_each_output_reads(case: tuple[Tensor, tuple[int, ...], str]) -> None:
    x, size, mode = case
    found = adaptive_pool(x, size, mode)
    for cell in product(*map(range, size)):
        read = [slice(*along[o]) for along, o in zip(found.spans, cell, strict=True)]
        expected = REDUCE[mode](x[:, *read], dim=tuple(range(1, x.ndim)))
        torch.testing.assert_close(found.output[:, *cell], expected)


@given(st.integers(1, 40), st.integers(1, 40))
def test_windows_cover_every_cell_and_differ_in_length_by_one_at_most(n: int, size: int) -> None:
    found = spans(n, size)
    lengths = {end - start for start, end in found}
    assert {i for start, end in found for i in range(start, end)} == set(range(n))
    assert max(lengths) - min(lengths) <= 1
    assert (sum(end - start for start, end in found) == n) == (n % size == 0)


def test_windows_of_seven_cells_in_three_overlap() -> None:
    assert spans(7, 3) == ((0, 3), (2, 5), (4, 7))


def test_windows_of_eight_cells_in_four_are_those_of_ordinary_pooling() -> None:
    x = torch.randn(2, 8, 8, generator=torch.Generator().manual_seed(0))
    found = adaptive_pool(x, (4, 4))
    assert found.even
    assert found.output.equal(pool(x, Window(2, 2)).output)
    assert not adaptive_pool(x, (3, 4)).even


def test_global_average_pooling_is_the_mean_of_each_channel() -> None:
    x = torch.arange(32).reshape(2, 4, 4)
    assert adaptive_pool(x, (1, 1), "avg").output.flatten().tolist() == [7.5, 23.5]


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ((torch.ones(1, 2, 2), (1, 1), "median"), "pool_mode"),
        ((torch.ones(2, 2), (1, 1)), "pool_axes"),
        ((torch.ones(1, 2, 2), (0, 1)), "window_low"),
        ((torch.ones(1, 0, 2), (1, 1)), "window_input_empty"),
        ((torch.full((1, 2, 2), torch.inf), (1, 1)), "not_finite"),
    ],
)
def test_what_does_not_fit_is_refused(arguments: tuple[Any, ...], kind: str) -> None:
    with pytest.raises(Problem) as caught:
        adaptive_pool(*arguments)
    assert caught.value.kind == kind
