"""How well a classifier does, and on what: beyond the one number of its accuracy.

A confusion matrix counts in row i, column j the pictures of class i that were taken for class j.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

Counts = tuple[tuple[int, ...], ...]


class Mistake(NamedTuple):
    """A picture that was taken for something else."""

    picture: int  # its number in the test set
    label: int
    said: int
    probabilities: tuple[float, ...]  # of every class


def confusion(labels: Tensor, said: Tensor, classes: int) -> Counts:
    """The confusion matrix of labels and answers, both (N,) and int64."""
    cells = torch.bincount(labels * classes + said, minlength=classes * classes)
    return tuple(tuple(row) for row in cells.reshape(classes, classes).tolist())


def accuracy(counts: Counts) -> float:
    """Correct answers out of all; 0 of none."""
    total = sum(map(sum, counts))
    return sum(row[i] for i, row in enumerate(counts)) / total if total else 0.0


def error_rate(counts: Counts) -> float:
    """1 − accuracy."""
    return 1 - accuracy(counts)


def per_class(counts: Counts) -> tuple[float | None, ...]:
    """Of each class the share that was recognised (its recall); None where it has no pictures."""
    return tuple(row[i] / sum(row) if sum(row) else None for i, row in enumerate(counts))


def confident_mistakes(probabilities: Tensor, labels: Tensor, most: int = 12) -> list[Mistake]:
    """The mistakes that the network was surest of, the surest first.

    Args:
        probabilities: (N, classes).
        labels: (N,).
    """
    sure, said = probabilities.max(1)
    wrong = (said != labels).nonzero().flatten()
    order = wrong[sure[wrong].argsort(descending=True, stable=True)][:most]
    return [
        Mistake(i, int(labels[i]), int(said[i]), tuple(probabilities[i].tolist()))
        for i in order.tolist()
    ]
