"""Softmax with a temperature: from scores to probabilities (d2l 4.1; Hinton et al. 2015)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnviz.ops.correlation import check_finite
from cnnviz.problems import Problem


@dataclass(frozen=True)
class Softmax:
    """Every step from logits to probabilities, each (classes,)."""

    logits: Tensor
    temperature: float
    scaled: Tensor  # z / T
    exponentials: Tensor  # exp(z/T − max z/T): the largest is 1, so nothing overflows
    probabilities: Tensor
    naive: Tensor  # exp(z/T) / Σ exp(z/T) without the shift: not finite where float32 overflows

    @property
    def entropy(self) -> float:
        """In bits: 0 when certain of one class, log2(classes) when all are alike."""
        logs = torch.log_softmax(self.scaled.double(), 0)
        return max(0.0, -float((logs.exp() * logs).sum()) / math.log(2))


def softmax(logits: Tensor, temperature: float = 1.0) -> Softmax:
    """exp(z_i/T) / Σ exp(z_j/T) over a vector of logits.

    T < 1 sharpens, T > 1 flattens; T → 0 leaves the largest alone, T → ∞ makes all alike.

    Args:
        logits: (classes,), at least one; computed as float32.

    Raises:
        Problem: (a `ValueError`) for another shape, T ≤ 0, or numbers that are not finite.
    """
    if logits.ndim != 1 or not len(logits):
        raise Problem("softmax_axes", shape=tuple(logits.shape))
    if not (math.isfinite(temperature) and temperature > 0):
        raise Problem("softmax_temperature", temperature=temperature)
    logits = logits.float()
    scaled = logits / temperature
    check_finite(logits, scaled)
    exponentials = (scaled - scaled.max()).exp()
    raw = scaled.exp()
    probabilities = exponentials / exponentials.sum()
    return Softmax(logits, temperature, scaled, exponentials, probabilities, raw / raw.sum())
