"""Activation functions on a feature map, with the derivative that a gradient is multiplied by.

Sigmoid, tanh and ReLU: d2l 5.1.2; GELU: Hendrycks and Gimpel 2016. The derivatives come from
autograd, so that what is shown is what training would use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.ops.correlation import check_finite
from cnnviz.problems import Problem

FUNCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky-relu": F.leaky_relu,  # slope 0.01 on the left
    "gelu": F.gelu,
}
NAMES = tuple(FUNCTIONS)
FLAT = 0.01  # a derivative below this lets next to no gradient through


@dataclass(frozen=True)
class Activated:
    """A feature map before and after; all three tensors have its shape."""

    input: Tensor
    output: Tensor
    derivative: Tensor  # of the function at each cell; ReLU's at 0 is 0, as in PyTorch

    @property
    def saturated(self) -> float:
        """The share of cells, 0 to 1, that let next to no gradient through: |derivative| < 0.01."""
        return float((self.derivative.abs() < FLAT).float().mean())


def activate(x: Tensor, name: str) -> Activated:
    """Put every cell through the activation function with this name.

    Args:
        x: any shape; whole numbers are computed as float32.
        name: one of `NAMES`.

    Raises:
        Problem: (a `ValueError`) for another name, or numbers that are not finite.
    """
    if name not in FUNCTIONS:
        raise Problem("activation_unknown", name=name, allowed=", ".join(NAMES))
    x = (x if x.dtype.is_floating_point else x.float()).detach()
    check_finite(x)
    leaf = x.clone().requires_grad_()
    output = FUNCTIONS[name](leaf)
    # each cell depends on itself alone, so the sum's gradient holds every cell's derivative
    (derivative,) = torch.autograd.grad(output.sum(), leaf)
    return Activated(x, output.detach(), derivative)
