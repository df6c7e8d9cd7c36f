"""Stacks of layers for Hypothesis: every combination that fits its picture."""

from typing import NamedTuple

import torch
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnviz.models import Layer, field_table
from cnnviz.ops.windows import Cell
from cnnviz.problems import Problem


class Stack(NamedTuple):
    """Layers that fit a picture, and a cell of the last of them."""

    layers: list[Layer]
    size: Cell
    cell: Cell


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    """Any layer that PyTorch has, within a few cells."""
    kind = draw(st.sampled_from(("conv", "max", "avg")))
    k, s = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    d = 1 if kind == "avg" else draw(st.integers(1, 3))
    p = draw(st.integers(0, 3 if kind == "conv" else k // 2))
    return Layer(kind, k, s, p, d)


@st.composite
def stacks(draw: st.DrawFn) -> Stack:
    """Up to four layers over a picture of up to 20 × 20; those that do not fit are left out."""
    size = (draw(st.integers(1, 20)), draw(st.integers(1, 20)))
    found: list[Layer] = []
    for layer in draw(st.lists(layers(), max_size=4)):
        try:
            field_table([*found, layer], size)
        except Problem:
            continue
        found.append(layer)
    last = field_table(found, size)[-1].size
    cell = (draw(st.integers(0, last[0] - 1)), draw(st.integers(0, last[1] - 1)))
    return Stack(found, size, cell)


def ones(stack: list[Layer]) -> nn.Sequential:
    """Each layer as a PyTorch convolution of ones with its window, so that nothing cancels out
    and no maximum hides a cell."""
    modules = []
    for layer in stack:
        k, s, p, d = layer.axis[:4]
        module = nn.Conv2d(1, 1, k, s, p, d, bias=False, dtype=torch.float64)
        nn.init.ones_(module.weight)
        modules.append(module)
    return nn.Sequential(*modules)


def gradients(network: nn.Sequential, size: Cell, cell: Cell) -> list[Tensor]:
    """The gradient of a cell of the last layer for the input, (H, W), and each layer."""
    x = torch.rand(1, 1, *size, dtype=torch.float64, requires_grad=True)
    planes = [x]
    for module in network:
        planes.append(module(planes[-1]))
    return [g[0, 0] for g in torch.autograd.grad(planes[-1][0, 0][cell], planes)]
