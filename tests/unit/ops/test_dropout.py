"""Dropout against torch's, mask by mask and on average."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops.dropout import averaging, drop, dropout, masks
from cnnviz.problems import Problem

rates = st.floats(0, 0.95)
seeds = st.integers(0, 9999)
SHAPE = torch.Size((8, 8))
X = torch.linspace(-2, 3, 64).reshape(8, 8)


@given(rates, seeds)
def test_with_torchs_mask_the_result_is_torchs(p: float, seed: int) -> None:
    torch.manual_seed(seed)
    kept = F.dropout(torch.ones(SHAPE), p) != 0
    torch.manual_seed(seed)
    assert drop(X, kept, p).equal(F.dropout(X, p))


@given(rates, seeds)
def test_kept_values_are_scaled_and_the_others_are_0(p: float, seed: int) -> None:
    done = dropout(X, p, seed)
    assert done.scale == pytest.approx(1 / (1 - p))
    torch.testing.assert_close(done.output[done.kept], X[done.kept] * done.scale)
    assert not done.output[~done.kept].any()


@given(seeds)
def test_share_of_dropped_values_is_p(seed: int) -> None:
    shape = torch.Size((100, 100))
    for p in (0.1, 0.5, 0.9):
        share = 1 - float(masks(shape, p, seed).float().mean())
        assert abs(share - p) < 5 * (p * (1 - p) / 10_000) ** 0.5


@given(rates, rates, seeds)
def test_a_larger_p_drops_more_of_the_same(a: float, b: float, seed: int) -> None:
    low, high = sorted((a, b))
    assert not (masks(SHAPE, high, seed) & ~masks(SHAPE, low, seed)).any()


@given(rates, seeds, st.integers(1, 20))
def test_a_seed_begins_with_the_same_mask_however_many_follow(
    p: float, seed: int, count: int
) -> None:
    assert masks(SHAPE, p, seed, count)[0].equal(dropout(X, p, seed).kept)


def test_another_seed_is_another_mask() -> None:
    assert not masks(SHAPE, 0.5, 0).equal(masks(SHAPE, 0.5, 1))


@given(rates, seeds)
def test_evaluation_passes_everything_through(p: float, seed: int) -> None:
    done = dropout(X, p, seed, training=False)
    assert done.output.equal(X)
    assert done.output.equal(F.dropout(X, p, training=False))
    assert done.kept.all()
    assert done.scale == 1


def test_nothing_is_dropped_at_p_0() -> None:
    assert dropout(X, 0.0, 3).output.equal(X)
    assert not averaging(X, 0.0, 3, 5).error.any()


@pytest.mark.parametrize("p", [0.2, 0.5, 0.8])
def test_mean_over_many_masks_comes_to_the_input_as_the_theory_says(p: float) -> None:
    path = averaging(X, p, 0, 2000)
    assert path.error[-1] < 0.2 * path.error[0]
    ratio = path.error / path.expected
    assert 0.7 < float(ratio[100:].mean()) < 1.3
    torch.testing.assert_close(path.mean, X, atol=5 * float(path.expected[-1]), rtol=0)


def test_error_is_that_of_the_mean() -> None:
    path = averaging(X, 0.5, 7, 3)
    by_hand = drop(X, masks(SHAPE, 0.5, 7, 3), 0.5).mean(0)
    torch.testing.assert_close(path.mean, by_hand)
    error = (by_hand - X).square().mean().sqrt()
    torch.testing.assert_close(path.error[-1].float(), error)


@given(rates, seeds)
def test_gradient_passes_where_a_value_was_kept(p: float, seed: int) -> None:
    x: Tensor = X.clone().requires_grad_()
    done = dropout(x, p, seed)
    (gradient,) = torch.autograd.grad(done.output.sum(), x)
    torch.testing.assert_close(gradient, done.kept * done.scale)


@pytest.mark.parametrize("p", [1.0, -0.1, 2.0, float("nan")])
def test_p_out_of_range_is_refused(p: float) -> None:
    with pytest.raises(Problem) as caught:
        dropout(X, p)
    assert caught.value.kind == "dropout_p"
