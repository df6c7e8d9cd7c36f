"""The parts of a training that a recipe names: first weights, loss, optimizer, learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Adam, AdamW, Optimizer

from cnnviz.models.registry import build
from cnnviz.training.chance import drawing
from cnnviz.training.plan import Plan
from cnnviz.training.quick import quicken
from cnnviz.training.recipe import Recipe

MOST_FILTERS, MOST_NUMBERS = 32, 20_000
LAYERS = (nn.Linear, nn.Conv2d)


def network(recipe: Recipe, plan: Plan) -> nn.Module:
    """The network with its first weights, on the CPU: the same for the same seed."""
    with drawing(recipe.seed, "weights"):
        found = build(recipe.network, **dict(plan.arguments))
        for layer in found.modules():
            if isinstance(layer, LAYERS):
                initialise(layer, recipe.init)
    quicken(found)
    return found


def initialise(layer: nn.Linear | nn.Conv2d, init: str) -> None:
    """First weights as d2l (Xavier, uniform), He et al. 2015 (Kaiming, normal), or all zero.

    Xavier and Kaiming leave the biases as PyTorch draws them, as d2l does.
    """
    if init == "xavier":
        nn.init.xavier_uniform_(layer.weight)
    elif init == "kaiming":
        nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    elif init == "zeros":
        for parameter in layer.parameters():
            nn.init.zeros_(parameter)


def squared_error(logits: Tensor, labels: Tensor) -> Tensor:
    """Σ (softmax − one-hot)² over the classes, mean over the pictures (Brier 1950)."""
    ideal = F.one_hot(labels, logits.shape[1])
    return (logits.softmax(1) - ideal).square().sum(1).mean()


LOSSES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "cross-entropy": F.cross_entropy,
    "squared-error": squared_error,
}


def optimizer(recipe: Recipe, parameters: Iterable[nn.Parameter]) -> Optimizer:
    """PyTorch's, in its fused form: the same arithmetic in one call."""
    forms: dict[str, Callable[..., Any]] = {
        "sgd": partial(SGD, momentum=recipe.momentum),
        "adam": Adam,
        "adamw": AdamW,
    }
    form = forms[recipe.optimizer]
    found: Optimizer = form(parameters, lr=recipe.lr, weight_decay=recipe.weight_decay, fused=True)
    return found


def rate(recipe: Recipe, step: int, steps: int) -> float:
    """The learning rate of a step, counted from 0, of so many.

    Cosine falls to 0 (Loshchilov and Hutter 2017). One-cycle grows from a 25th for 30 % of the
    steps and then falls to a 250,000th (Smith and Topin 2017), as PyTorch's `OneCycleLR`.
    """
    if recipe.schedule == "cosine":
        return recipe.lr * _eased(1, 0, step / steps)
    if recipe.schedule == "one-cycle" and steps > 1:
        peak, last = 0.3 * steps - 1, steps - 1
        if step < peak:
            return recipe.lr * _eased(1 / 25, 1, step / peak)
        return recipe.lr * _eased(1, 1 / 250_000, (step - peak) / (last - peak))
    return recipe.lr


def _eased(start: float, end: float, share: float) -> float:
    """From start to end along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


def first_filters(found: nn.Module, input_shape: tuple[int, ...]) -> Tensor | None:
    """The first layer's kernels, (kernels, C, h, w), of many the first; None where it has none.

    A dense layer's weights are as large as the picture.
    """
    layer = next((layer for layer in found.modules() if isinstance(layer, LAYERS)), None)
    if layer is None:
        return None
    weight = layer.weight.detach()
    if isinstance(layer, nn.Linear):
        if weight.shape[1] != math.prod(input_shape):
            return None
        weight = weight.reshape(-1, *input_shape)
    count = min(MOST_FILTERS, MOST_NUMBERS // weight[0].numel())
    return weight[:count] if count else None
