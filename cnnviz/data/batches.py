"""Batches of real images, drawn with a seed so that a link brings the same ones back."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from cnnviz.data import datasets
from cnnviz.problems import Problem


def batch(name: str, size: int, seed: int, split: str = "test") -> Tensor:
    """`size` different images of any classes: uint8 (size, 28, 28)."""
    images = datasets.load(name, split).images
    if not 1 <= size <= len(images):
        raise Problem("batch_size", size=size, most=len(images))
    return images[_shuffled(len(images), seed)[:size]]


def epoch(name: str, size: int, count: int, seed: int = 0) -> Iterator[Tensor]:
    """The first `count` training batches of `size` images of one shuffled pass over the set."""
    images = datasets.load(name, "train").images
    if size < 1 or size * count > len(images):
        raise Problem("batch_size", size=size, most=len(images) // max(1, count))
    order = _shuffled(len(images), seed)
    for i in range(count):
        yield images[order[i * size : (i + 1) * size]]


def _shuffled(count: int, seed: int) -> Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed))
