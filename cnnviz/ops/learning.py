"""Learning a kernel from an input and the output it should give (d2l 7.2.4)."""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.ops.correlation import check_finite, correlate
from cnnviz.ops.windows import Window
from cnnviz.problems import Problem

MOST_STEPS = 1000


class LearningStep(NamedTuple):
    """A kernel on the way, with its own loss and gradient; all three belong together."""

    kernel: Tensor  # (*kernel_size)
    gradient: Tensor  # (*kernel_size), of the loss at this kernel
    loss: float  # sum of squared errors at this kernel


def learn_kernel(
    x: Tensor,
    y: Tensor,
    kernel_size: int | tuple[int, ...],
    lr: float = 3e-2,
    steps: int = 10,
    seed: int = 0,
    *,
    window: Window | None = None,
) -> list[LearningStep]:
    """Find the kernel that turns `x` into `y` by gradient descent, as in the course.

    Args:
        x: (*spatial), `y`: what a cross-correlation with the sought kernel gives of it.
        kernel_size: of the sought kernel; a whole number is the same on every axis.
        lr: K ← K − lr · ∂loss/∂K, with the loss summed over all cells, not averaged.
        steps: updates, 1 to 1,000.
        seed: of the random start, drawn as `torch.nn.Conv2d` draws its weights.
        window: stride, padding and dilation, where they are not the default.

    Returns:
        The start and the state after each update: `steps + 1` entries. Fewer when the
        learning rate is too large: the list then ends with the last finite loss.

    Raises:
        Problem: (a `ValueError`) where shapes do not fit or a number is out of range.
    """
    size = (kernel_size,) * x.ndim if isinstance(kernel_size, int) else kernel_size
    window = window or Window(size)
    if not (math.isfinite(lr) and lr > 0):
        raise Problem("learn_lr", lr=lr)
    if not 1 <= steps <= MOST_STEPS:
        raise Problem("learn_steps", low=1, high=MOST_STEPS, steps=steps)
    expected = correlate(x, torch.zeros(size), window).output.shape  # says what does not fit
    if y.shape != expected:
        raise Problem(
            "learn_shapes",
            kernel_size=size,
            x=tuple(x.shape),
            expected=tuple(expected),
            y=tuple(y.shape),
        )
    check_finite(y)
    path: list[LearningStep] = []
    kernel = _random_start(size, seed)
    for _ in range(steps + 1):
        state = _measure(x, y, kernel, window)
        if state is None:
            break
        path.append(state)
        kernel = kernel - lr * state.gradient
    return path


def stable_learning_rate(x: Tensor, window: Window) -> float:
    """The learning rate above which gradient descent on this input must diverge.

    The summed squared error is a quadratic in the kernel with Hessian 2·AᵀA, where A's rows
    are the cells that each window covers; descent converges for lr < 2 / λmax = 1 / λmax(AᵀA).
    Infinite for an input of zeros, which teaches nothing.
    """
    axes = window.along(tuple(x.shape))
    size = tuple(axis.kernel_size for axis in axes)
    # one-hot kernels pick out A's columns: column j holds what tap j reads everywhere
    taps = torch.eye(math.prod(size), dtype=x.dtype).reshape(-1, 1, *size)
    columns = correlate(x[None], taps, window).output.flatten(1).double()
    largest = float(torch.linalg.eigvalsh(columns @ columns.T)[-1])
    return 1 / largest if largest > 0 else math.inf


def _random_start(size: tuple[int, ...], seed: int) -> Tensor:
    bound = 1 / math.sqrt(math.prod(size))
    generator = torch.Generator().manual_seed(seed)
    return torch.empty(size).uniform_(-bound, bound, generator=generator)


def _measure(x: Tensor, y: Tensor, kernel: Tensor, window: Window) -> LearningStep | None:
    """The kernel's loss and gradient, or None where they are no longer finite."""
    kernel = kernel.clone().requires_grad_()
    try:
        error = correlate(x, kernel, window).output - y
    except Problem as problem:
        if problem.kind != "not_finite":
            raise
        return None
    loss = (error**2).sum()
    (gradient,) = torch.autograd.grad(loss, kernel)
    if not (torch.isfinite(loss) and torch.isfinite(gradient).all()):
        return None
    return LearningStep(kernel.detach(), gradient, float(loss.detach()))
