"""Gradient descent finds the course's kernel, with PyTorch's own gradients."""

import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.data.examples import EXAMPLES
from cnnviz.ops import LearningStep, Window, correlate, learn_kernel, stable_learning_rate
from cnnviz.problems import Problem

X = torch.tensor(EXAMPLES["bar"].cells)
Y = correlate(X, torch.tensor([[1.0, -1.0]])).output
cells = st.integers(-3, 3).map(float)
few = settings(max_examples=40)  # each is a descent


def planes(rows: int, cols: int) -> st.SearchStrategy[Tensor]:
    row = st.lists(cells, min_size=cols, max_size=cols)
    return st.lists(row, min_size=rows, max_size=rows).map(torch.tensor)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Tensor, Tensor, Window]:
    """An input that teaches something, what a small kernel gives of it, and their window."""
    x = draw(planes(draw(st.integers(3, 5)), draw(st.integers(3, 5))))
    rows, cols = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    stride, padding, dilation = (draw(st.integers(low, 2)) for low in (1, 0, 1))
    window = Window((rows, cols), stride, padding, dilation)
    assume(math.isfinite(stable_learning_rate(x, window)))
    return x, correlate(x, draw(planes(rows, cols)), window).output, window


def learn(
    case: tuple[Tensor, Tensor, Window], lr: float, steps: int, seed: int
) -> list[LearningStep]:
    x, y, window = case
    return learn_kernel(x, y, window.kernel_size, lr, steps, seed, window=window)


@pytest.mark.parametrize("seed", [0, 1, 2, 7, 123, 999])
def test_edge_kernel_of_the_course_is_learned_in_ten_steps(seed: int) -> None:
    path = learn_kernel(X, Y, (1, 2), lr=3e-2, steps=10, seed=seed)
    assert len(path) == 11
    assert path[-1].loss < 0.2
    assert (path[-1].kernel - torch.tensor([[1.0, -1.0]])).abs().max() < 0.1


def test_almost_every_start_learns_the_edge_kernel() -> None:
    ends = [learn_kernel(X, Y, (1, 2), seed=seed)[-1] for seed in range(100)]
    kernels = torch.stack([end.kernel for end in ends])
    assert (kernels - torch.tensor([[1.0, -1.0]])).abs().max() < 0.1
    assert sum(end.loss < 0.2 for end in ends) > 90


def test_course_settings_are_the_default() -> None:
    path, spelled = learn_kernel(X, Y, (1, 2)), learn_kernel(X, Y, (1, 2), 3e-2, 10, 0)
    assert [step.loss for step in path] == [step.loss for step in spelled]


@few
@given(problems(), st.integers(0, 999))
def test_gradient_and_loss_are_autograds(case: tuple[Tensor, Tensor, Window], seed: int) -> None:
    x, y, window = case
    slide = (None, window.stride, window.padding, window.dilation)
    for step in learn(case, 0.1 * stable_learning_rate(x, window), 3, seed):
        kernel = step.kernel.clone().requires_grad_()
        loss = ((F.conv2d(x[None, None], kernel[None, None], *slide)[0, 0] - y) ** 2).sum()
        loss.backward()
        assert step.loss == pytest.approx(loss.item(), rel=1e-4, abs=1e-4)
        torch.testing.assert_close(step.gradient, kernel.grad, rtol=1e-4, atol=1e-3)


def test_gradient_is_the_errors_correlated_with_the_input() -> None:
    start = learn_kernel(X, Y, (1, 2))[0]
    error = F.conv2d(X[None, None], start.kernel[None, None])[0, 0] - Y
    expected = 2 * F.conv2d(X[None, None], error[None, None])[0, 0]
    torch.testing.assert_close(start.gradient, expected)


@few
@given(problems(), st.integers(0, 999))
def test_each_kernel_is_the_one_before_less_a_step_along_its_gradient(
    case: tuple[Tensor, Tensor, Window], seed: int
) -> None:
    lr = 0.1 * stable_learning_rate(case[0], case[2])
    path = learn(case, lr, 5, seed)
    for before, after in pairwise(path):
        torch.testing.assert_close(after.kernel, before.kernel - lr * before.gradient)


def test_same_seed_gives_the_same_start_and_another_seed_another() -> None:
    first, again, other = (learn_kernel(X, Y, (1, 2), seed=seed)[0].kernel for seed in (5, 5, 6))
    assert first.equal(again)
    assert not first.equal(other)


def test_start_is_drawn_as_conv2d_draws_its_weights() -> None:
    starts = torch.stack([learn_kernel(X, Y, (1, 2), steps=1, seed=n)[0].kernel for n in range(50)])
    torch.manual_seed(0)
    conv = torch.nn.Conv2d(1, 200, (1, 2), bias=False)
    bound = 1 / math.sqrt(2)
    assert starts.abs().max() <= bound
    assert starts.abs().max() == pytest.approx(conv.weight.abs().max().item(), abs=0.05)


def test_learning_does_not_touch_torchs_own_random_numbers() -> None:
    before = torch.get_rng_state()
    learn_kernel(X, Y, (1, 2))
    assert torch.get_rng_state().equal(before)


def test_whole_number_is_the_kernels_size_on_every_axis() -> None:
    y = correlate(X, torch.ones(2, 2)).output
    assert learn_kernel(X, y, 2)[0].kernel.shape == (2, 2)


@pytest.mark.parametrize("shape", [(9,), (4, 4, 4)])
def test_kernels_of_one_and_three_axes_are_learned_too(shape: tuple[int, ...]) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    sought = torch.ones((2,) * len(shape))
    lr = 0.9 * stable_learning_rate(x, Window(2))
    path = learn_kernel(x, correlate(x, sought).output, 2, lr, steps=1000)
    torch.testing.assert_close(path[-1].kernel, sought, rtol=0, atol=1e-2)


# ---- the learning rate


@given(problems())
def test_stable_rate_is_the_reach_of_the_largest_curvature(
    case: tuple[Tensor, Tensor, Window],
) -> None:
    x, y, window = case

    def loss(kernel: Tensor) -> Tensor:
        slide = (None, window.stride, window.padding, window.dilation)
        output = F.conv2d(x.double()[None, None], kernel[None, None], *slide)
        return ((output[0, 0] - y) ** 2).sum()

    start = torch.zeros(window.kernel_size, dtype=torch.double)
    hessian = torch.autograd.functional.hessian(loss, start).reshape(start.numel(), -1)
    assert stable_learning_rate(x, window) == pytest.approx(
        2 / torch.linalg.eigvalsh(hessian)[-1].item(), rel=1e-5
    )


@few
@given(problems(), st.integers(0, 999))
def test_descent_below_the_stable_rate_never_climbs(
    case: tuple[Tensor, Tensor, Window], seed: int
) -> None:
    limit = stable_learning_rate(case[0], case[2])
    losses = [step.loss for step in learn(case, 0.9 * limit, 30, seed)]
    assert len(losses) == 31
    assert all(after <= before + 1e-3 for before, after in pairwise(losses))


@few
@given(problems(), st.integers(0, 999))
def test_descent_above_the_stable_rate_diverges(
    case: tuple[Tensor, Tensor, Window], seed: int
) -> None:
    limit = stable_learning_rate(case[0], case[2])
    path = learn(case, 2 * limit, 40, seed)
    assert path[-1].loss > path[0].loss


def test_zeros_teach_nothing_at_any_rate() -> None:
    assert stable_learning_rate(torch.zeros(4, 4), Window(2)) == math.inf


def test_path_ends_with_the_last_finite_loss() -> None:
    path = learn_kernel(X, Y, (1, 2), lr=10.0, steps=1000)
    assert 1 < len(path) < 1001
    for step in path:
        assert math.isfinite(step.loss)
        assert step.kernel.isfinite().all()
        assert step.gradient.isfinite().all()


# ---- what does not fit


@pytest.mark.parametrize("lr", [0.0, -0.03, math.nan, math.inf])
def test_learning_rate_that_is_not_positive_is_refused(lr: float) -> None:
    with pytest.raises(ValueError, match=f"got {lr}"):
        learn_kernel(X, Y, (1, 2), lr=lr)


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_steps_out_of_range_are_refused(steps: int) -> None:
    with pytest.raises(ValueError, match=f"from 1 to 1000; got {steps}"):
        learn_kernel(X, Y, (1, 2), steps=steps)


def test_target_of_another_shape_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        learn_kernel(X, X, (1, 2))
    assert caught.value.values["expected"] == (6, 7)
    assert "(6, 8)" in str(caught.value)


def test_kernel_larger_than_the_input_is_refused() -> None:
    with pytest.raises(Problem) as caught:
        learn_kernel(X, Y, 7)
    assert caught.value.kind == "window_too_large"
