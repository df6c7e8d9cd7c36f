"""Batch normalisation of feature maps (Ioffe and Szegedy 2015; d2l 8.5).

x̂ = (x − μ) / √(σ² + ε), y = γ·x̂ + β, for each channel over all images and all places. Training
takes μ and σ² from the batch at hand and keeps running averages of them; evaluation takes those.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import check_finite
from cnnviz.problems import Problem

EPS = 1e-5
MOMENTUM = 0.1


@dataclass(frozen=True)
class Statistics:
    """Mean and variance of each channel, both (C,)."""

    mean: Tensor
    var: Tensor


@dataclass(frozen=True)
class Normalised:
    """A batch before and after; `input`, `normalised` and `output` are (N, C, H, W)."""

    input: Tensor
    normalised: Tensor  # x̂
    output: Tensor  # γ·x̂ + β
    gamma: Tensor  # (C,)
    beta: Tensor  # (C,)
    batch: Statistics  # of this batch, biased: divided by n = N·H·W
    used: Statistics  # the batch's in training, the running ones in evaluation
    running: Statistics  # as this pass leaves them: evaluation does not change them
    eps: float


def feature_maps(images: Tensor, kernels: Tensor) -> Tensor:
    """A channel for each kernel: uint8 (N, H, W) and (C, kh, kw) → float64 (N, C, H′, W′).

    The products in float32, which is ten times as fast; their statistics are sums of many.
    """
    return F.conv2d(images[:, None] / 255, kernels[:, None]).double()


def fresh(channels: int) -> Statistics:
    """What a new layer starts from: mean 0 and variance 1."""
    return Statistics(torch.zeros(channels), torch.ones(channels))


def statistics(x: Tensor, *, unbiased: bool = False) -> Statistics:
    """Each channel's mean and variance over images and places of (N, C, H, W).

    Biased, divided by n = N·H·W, is what a batch is normalised with. Unbiased, by n − 1, is what
    goes into the running variance: an estimate for images that are not in the batch.
    """
    if x.ndim != 4 or not x.numel():
        raise Problem("batch_axes", shape=tuple(x.shape))
    n = x.numel() // x.shape[1]
    if unbiased and n < 2:
        raise Problem("batch_single", shape=tuple(x.shape))
    var, mean = torch.var_mean(x, dim=(0, 2, 3), correction=int(unbiased))
    return Statistics(mean, var)


def updated(running: Statistics, new: Statistics, momentum: float = MOMENTUM) -> Statistics:
    """(1 − m)·running + m·new, as PyTorch's; `new` is one more batch's, unbiased."""
    if not 0 <= momentum <= 1:
        raise Problem("batch_momentum", momentum=momentum)
    mean = (1 - momentum) * running.mean + momentum * new.mean
    return Statistics(mean, (1 - momentum) * running.var + momentum * new.var)


def running_path(
    batches: Iterable[Statistics], channels: int, momentum: float = MOMENTUM
) -> list[Statistics]:
    """A layer's running statistics at the start and after each batch, given as to `updated`."""
    path = [fresh(channels)]
    for new in batches:
        path.append(updated(path[-1], new, momentum))
    return path


def batch_norm(
    x: Tensor,
    gamma: Tensor,
    beta: Tensor,
    running: Statistics | None = None,
    *,
    training: bool = True,
    momentum: float = MOMENTUM,
    eps: float = EPS,
) -> Normalised:
    """Normalise a batch as `torch.nn.BatchNorm2d` does.

    Args:
        x: (N, C, H, W). gamma, beta: (C,), scale and shift.
        running: the layer's running statistics so far; by default those of a new layer.
        training: normalise with the batch's own statistics and update the running ones;
            otherwise normalise with the running ones and leave them.
        momentum: the weight of the newest batch in the running statistics, 0 to 1.

    Raises:
        Problem: (a `ValueError`) where shapes do not fit, or a channel has a single value.
    """
    batch = statistics(x)
    channels = x.shape[1]
    if gamma.shape != (channels,) or beta.shape != (channels,):
        raise Problem("batch_scale", channels=channels, gamma=len(gamma), beta=len(beta))
    check_finite(x, gamma, beta)
    before = running or fresh(channels)
    used = batch if training else before
    after = updated(before, statistics(x, unbiased=True), momentum) if training else before
    normalised = (x - _along(used.mean)) / torch.sqrt(_along(used.var) + eps)
    output = _along(gamma) * normalised + _along(beta)
    return Normalised(x, normalised, output, gamma, beta, batch, used, after, eps)


def _along(channels: Tensor) -> Tensor:
    """(C,) → (1, C, 1, 1): one number for all images and places of a channel."""
    return channels[None, :, None, None]
