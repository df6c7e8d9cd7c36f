"""Dropout: switch units off at random, scale up what is kept (Srivastava et al. 2014; d2l 5.6)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import check_finite
from cnnviz.problems import Problem

UNITS = 6  # along each side: few enough for every number to be read


@dataclass(frozen=True)
class Dropped:
    """A layer's values before and after one mask; all three tensors have the same shape."""

    input: Tensor
    kept: Tensor  # bool; all True in evaluation
    output: Tensor
    scale: float  # what the kept values are multiplied by: 1/(1−p), or 1 in evaluation


@dataclass(frozen=True)
class Averaging:
    """How the mean over n masks comes near the input, as n grows; both (masks,)."""

    error: Tensor  # root mean square of (mean over the first n masks − input)
    expected: Tensor  # what the theory says of it: rms(x)·√(p/(1−p)) / √n
    mean: Tensor  # over all masks, in the input's shape


def pooled(x: Tensor, side: int = UNITS) -> Tensor:
    """A plane as a layer of few units: ReLU, then the largest value of each of ≤ 6 × 6 regions."""
    rows, cols = (min(n, side) for n in x.shape)
    return F.adaptive_max_pool2d(x.relu()[None], (rows, cols))[0]


def masks(shape: torch.Size, p: float, seed: int, count: int = 1) -> Tensor:
    """The first `count` masks of a seed: bool (count, *shape), True where a value is kept.

    A larger p drops what a smaller one dropped, and more.
    """
    if not 0 <= p < 1:
        raise Problem("dropout_p", p=p)
    generator = torch.Generator().manual_seed(seed)
    # one mask after the other, so that the first is the same however many follow
    draws = [torch.rand(shape, generator=generator) for _ in range(count)]
    return torch.stack(draws) >= p


def drop(x: Tensor, kept: Tensor, p: float) -> Tensor:
    """What is kept, multiplied by 1/(1−p), and 0 elsewhere: `torch.nn.functional.dropout`."""
    return x * (kept / (1 - p))


def dropout(x: Tensor, p: float, seed: int = 0, *, training: bool = True) -> Dropped:
    """Drop each value with probability p and multiply what is kept by 1/(1−p).

    The scale keeps the expected value: (1−p)·x/(1−p) = x. So evaluation has nothing to correct,
    it passes x through. As `torch.nn.Dropout`, but with a mask that its seed brings back.

    Raises:
        Problem: (a `ValueError`) unless 0 ≤ p < 1, or where a number is not finite.
    """
    check_finite(x)
    kept = masks(x.shape, p, seed)[0]
    if not training:
        return Dropped(x, torch.ones_like(kept), x, 1.0)
    return Dropped(x, kept, drop(x, kept, p), 1 / (1 - p))


def averaging(x: Tensor, p: float, seed: int, count: int) -> Averaging:
    """The mean of dropout's results over more and more masks, against the input.

    One mask's result has the variance x²·p/(1−p) in each cell, so the error falls as 1/√n.
    """
    check_finite(x)
    outputs = drop(x, masks(x.shape, p, seed, count), p)
    n = torch.arange(1, count + 1, dtype=torch.float64)
    means = outputs.double().cumsum(0) / n.reshape(-1, *[1] * x.ndim)
    error = (means - x).square().flatten(1).mean(1).sqrt()
    expected = x.double().square().mean().sqrt() * math.sqrt(p / (1 - p)) / n.sqrt()
    return Averaging(error, expected, means[-1].to(x.dtype))
