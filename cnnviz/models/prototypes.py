"""A linear classifier that needs no training: its weights are the classes' mean images.

With equally likely classes that spread alike in every direction, the probability of class c is
softmax(w_c·x + b_c) with w_c = μ_c/σ² and b_c = −‖μ_c‖²/2σ² (linear discriminant analysis:
Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 4.3). Its temperature is
the variance σ²; here it is 1, which a softmax with a temperature can change.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from cnnviz.data import datasets


@lru_cache
def mean_images(name: str) -> Tensor:
    """The mean training image of each class: (classes, 28, 28), from 0 to 1. Read, never write."""
    dataset = datasets.load(name, "train")
    classes = range(len(dataset.classes))
    return torch.stack([dataset.images[dataset.labels == c].float().mean(0) for c in classes]) / 255


def logits(name: str, image: Tensor) -> Tensor:
    """The score of each class for an image (28, 28) from 0 to 1: (classes,)."""
    weights = mean_images(name).flatten(1)
    return weights @ image.flatten() - weights.square().sum(1) / 2
