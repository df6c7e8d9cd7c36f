"""Softmax with a temperature against torch.softmax."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops.softmax import softmax
from cnnviz.problems import Problem

numbers = st.floats(-50, 50, width=32)
vectors = st.lists(numbers, min_size=1, max_size=10).map(torch.tensor)
temperatures = st.floats(0.1, 10)


@given(vectors, temperatures)
def test_probabilities_are_torchs(logits: Tensor, temperature: float) -> None:
    done = softmax(logits, temperature)
    torch.testing.assert_close(done.probabilities, torch.softmax(logits / temperature, 0))


@given(vectors, temperatures)
def test_probabilities_sum_to_1_and_keep_the_order(logits: Tensor, temperature: float) -> None:
    found = softmax(logits, temperature).probabilities
    assert float(found.sum()) == pytest.approx(1)
    assert (found[logits.argsort()].diff() >= 0).all()


@given(vectors, temperatures, st.integers(-100, 100))
def test_adding_a_constant_to_all_logits_changes_nothing(
    logits: Tensor, temperature: float, shift: int
) -> None:
    plain, shifted = (softmax(z, temperature) for z in (logits, logits + shift))
    torch.testing.assert_close(shifted.probabilities, plain.probabilities, atol=1e-3, rtol=0)


def test_form_of_the_book_overflows_where_the_shifted_one_does_not() -> None:
    done = softmax(torch.tensor([100.0, 99.0]))
    assert done.naive.isnan().all()
    assert done.probabilities.tolist() == pytest.approx([math.e / (1 + math.e), 1 / (1 + math.e)])


@given(vectors)
def test_a_higher_temperature_is_less_certain(logits: Tensor) -> None:
    entropies = [softmax(logits, temperature).entropy for temperature in (0.1, 0.5, 1, 3, 10)]
    assert all(after >= before - 1e-9 for before, after in pairwise(entropies))


@given(vectors, temperatures)
def test_entropy_is_torchs_in_bits(logits: Tensor, temperature: float) -> None:
    theirs = torch.distributions.Categorical(logits=logits.double() / temperature).entropy()
    assert softmax(logits, temperature).entropy == pytest.approx(
        float(theirs) / math.log(2), abs=1e-4
    )


def test_entropy_goes_from_0_to_the_logarithm_of_the_classes() -> None:
    assert softmax(torch.tensor([500.0, 0.0])).entropy == pytest.approx(0)
    assert softmax(torch.zeros(8)).entropy == pytest.approx(3)


def test_ratio_of_two_probabilities_is_the_exponential_of_their_distance() -> None:
    found = softmax(torch.tensor([3.0, 1.0]), 2.0).probabilities
    assert float(found[0] / found[1]) == pytest.approx(math.exp((3 - 1) / 2))


@pytest.mark.parametrize("shape", [(), (0,), (2, 3)])
def test_anything_but_a_vector_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(Problem) as caught:
        softmax(torch.zeros(shape))
    assert caught.value.kind == "softmax_axes"


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_temperature_that_is_not_positive_is_refused(temperature: float) -> None:
    with pytest.raises(Problem) as caught:
        softmax(torch.zeros(3), temperature)
    assert caught.value.kind == "softmax_temperature"
