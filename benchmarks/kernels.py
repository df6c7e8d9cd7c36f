"""Our operation beside PyTorch's own, and beside the double loop that the course writes."""

import time
from collections.abc import Callable
from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor

from benchmarks.table import Peer, Row
from cnnviz.ops import correlate

ROUNDS, MOMENT = 60, 0.025  # seconds


def large_picture() -> Row:
    """The largest photo and a large kernel: what it costs to keep the walk."""
    x, kernel = _random(256, 256), _random(7, 7)
    batch, stack = x[None, None], kernel[None, None]
    ours, peer = alternate(lambda: correlate(x, kernel), lambda: F.conv2d(batch, stack))
    return Row(
        "correlate, 256×256 with 7×7", "ms", ours, (Peer("F.conv2d", peer),), at_most_times=3
    )


def walk() -> Row:
    """A drawing under a 3×3 kernel, as the course would compute it."""
    X, K = _random(28, 28), _random(3, 3)
    ours, peer = alternate(lambda: correlate(X, K), lambda: corr2d(X, K))
    return Row(
        "the walk, 28×28 with 3×3", "ms", ours, (Peer("corr2d", peer),), at_most_times=1 / 100
    )


def corr2d(X: Tensor, K: Tensor) -> Tensor:
    """Compute 2D cross-correlation: the course's own lines (d2l 7.2.1)."""
    h, w = K.shape
    Y = torch.zeros((X.shape[0] - h + 1, X.shape[1] - w + 1))
    for i in range(Y.shape[0]):
        for j in range(Y.shape[1]):
            Y[i, j] = (X[i : i + h, j : j + w] * K).sum()
    return Y


def alternate(
    ours: Callable[[], object], peer: Callable[[], object]
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Milliseconds of a call, in rounds that time both, so that a busy machine hits both."""
    for call in (ours, peer):  # the first calls build caches and start threads
        for_a_moment(call)
    rounds = [(for_a_moment(ours), for_a_moment(peer)) for _ in range(ROUNDS)]
    first, second = zip(*rounds, strict=True)
    return first, second


def for_a_moment(call: Callable[[], object]) -> float:
    """Milliseconds of a call, the median of as many as fit into a moment."""
    samples: list[float] = []
    end = time.perf_counter() + MOMENT
    while not samples or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        samples.append((time.perf_counter() - start) * 1000)
    return median(samples)


def _random(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(0))
