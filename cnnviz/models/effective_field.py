"""How much each pixel really counts for a deep cell: the effective receptive field.

After Luo, Li, Urtasun and Zemel, *Understanding the Effective Receptive Field in Deep
Convolutional Neural Networks* (NeurIPS 2016): it is the gradient of the cell with respect to the
input. For many layers it comes close to a Gaussian, whose width grows as the square root of
their number, while the theoretical field grows in proportion to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.models.receptive_field import Layer, field_table
from cnnviz.ops.windows import Cell
from cnnviz.problems import Problem

WEIGHTS = ("uniform", "linear", "relu")
CHANNELS = 4  # of every layer of a network with random weights
DRAWS = 16  # networks to average over, where that is quick
WORK = 120_000_000  # multiply-accumulates forward; about 0.15 s with the gradient, on one core
EFFECTIVE = (
    1 - 0.9545
)  # of the greatest: as far as two standard deviations of a Gaussian, as in Luo
LARGEST_GROWTH = 160  # cells along a field that `growth` computes


def draws_for(layers: Sequence[Layer], size: Cell) -> int:
    """Over how many random networks a field can be averaged within one rerun: 1 to `DRAWS`."""
    return max(1, min(DRAWS, WORK // max(1, _work(layers, size))))


def _work(layers: Sequence[Layer], size: Cell) -> int:
    """Multiply-accumulates of one random network over a picture of this size."""
    work, channels = 0, 1
    for layer, row in zip(layers, field_table(layers, size)[1:], strict=True):
        if layer.kind == "conv":
            work += math.prod(row.size) * layer.kernel_size ** len(size) * channels * CHANNELS
            channels = CHANNELS
    return work


def effective_field(
    layers: Sequence[Layer],
    cell: Cell,
    x: Tensor,
    *,
    weights: str = "relu",
    draws: int = DRAWS,
    seed: int = 0,
) -> Tensor:
    """The mean absolute gradient of a cell of the last layer: (H, W), nowhere negative.

    Args:
        cell: (row, column).
        x: the picture, (H, W).
        weights: "uniform" (all equal, one channel), "linear" (random) or "relu" (random, with a
            ReLU after every convolution that another layer follows).
        draws: networks to average over; one where the weights are uniform.

    Raises:
        Problem: (a `ValueError`) where a layer does not fit or there is no such cell.
    """
    size = field_table(layers, tuple(x.shape))[-1].size
    if len(cell) != 2 or not all(0 <= i < n for i, n in zip(cell, size, strict=True)):
        raise Problem("cell_outside", cell=tuple(cell), shape=size)
    draws = 1 if weights == "uniform" else draws
    start = _prepared(x, weights).expand(draws, *x.shape).clone().requires_grad_()
    out = [start[:, None], *_run(layers, start, weights, seed)][-1]  # (draws, channels, h, w)
    # each network has its own copy of the picture, so one sum gives every network's gradient
    (gradient,) = torch.autograd.grad(out[..., cell[0], cell[1]].sum(), start)
    return gradient.abs().mean(0)


def feature_maps(
    layers: Sequence[Layer], x: Tensor, *, weights: str = "relu", seed: int = 0
) -> list[Tensor]:
    """The input and what every layer makes of it, in the first of `effective_field`'s networks.

    Of each layer's channels the one that varies most: (H, W) each.
    """
    with torch.no_grad():
        outputs = _run(layers, _prepared(x, weights)[None], weights, seed)
    maps = [
        output[0, int(output[0].flatten(1).std(1, correction=0).argmax())] for output in outputs
    ]
    return [x, *maps]


def effective_size(field: Tensor) -> float:
    """The side of a square as large as the area where a field is above 4.55 % of its greatest.

    Luo et al. measure so; along a line it is that length itself. Zero for a field of zeros.
    """
    greatest = float(field.max())
    area = int((field > EFFECTIVE * greatest).sum()) if greatest else 0
    return float(area ** (1 / field.ndim))


def growth(layers: Sequence[Layer], *, weights: str = "relu", seed: int = 0) -> list[float | None]:
    """The effective size after each layer, far from every border: with noise for a picture.

    None where the field is too large to be computed in passing.
    """
    bare = [replace(layer, padding=0) for layer in layers]
    sizes: list[float | None] = []
    for number in range(1, len(bare) + 1):
        some, side = bare[:number], 1
        for layer in reversed(some):  # as much as one cell needs
            side = (side - 1) * layer.stride + layer.axis.extent
        if side > LARGEST_GROWTH or _work(some, (side, side)) > WORK // 8:
            sizes.append(None)
            continue
        noise = torch.randn(side, side, generator=torch.Generator().manual_seed(seed))
        draws = max(1, draws_for(some, (side, side)) // 2)
        field = effective_field(some, (0, 0), noise, weights=weights, draws=draws, seed=seed)
        sizes.append(effective_size(field))
    return sizes


def _prepared(x: Tensor, weights: str) -> Tensor:
    """Random networks get a picture of mean 0 and variance 1: a ReLU is deaf to black."""
    if weights == "uniform":
        return x
    return (x - x.mean()) / x.std(correction=0).clamp_min(1e-6)


def _run(layers: Sequence[Layer], x: Tensor, weights: str, seed: int) -> list[Tensor]:
    """Every layer's output, (draws, channels, H, W), for pictures (draws, H, W).

    The networks of all draws run as the groups of one.
    """
    draws, channels = len(x), 1
    # one for each network, so that the first is the same however many follow
    generators = [torch.Generator().manual_seed(seed * DRAWS + draw) for draw in range(draws)]
    x, outputs = x[None], []  # (1, draws · channels, H, W) from here on
    for number, layer in enumerate(layers, 1):
        if layer.kind == "conv":
            kernel = _kernel(layer, channels, weights, generators)
            channels = len(kernel) // draws
            x = F.conv2d(x, kernel, None, layer.stride, layer.padding, layer.dilation, groups=draws)
            if weights == "relu" and number < len(layers):
                x = F.relu(x)
        else:
            x = _pool(layer, x)
        outputs.append(x[0].reshape(draws, channels, *x.shape[2:]))
    return outputs


def _kernel(
    layer: Layer, channels: int, weights: str, generators: Sequence[torch.Generator]
) -> Tensor:
    """(draws · out, in, k, k); random ones keep the variance from layer to layer (He 2015)."""
    k = layer.kernel_size
    if weights == "uniform":
        return torch.full((1, 1, k, k), 1 / k**2)
    gain = 2 if weights == "relu" else 1
    shape = (CHANNELS, channels, k, k)
    numbers = torch.cat([torch.randn(shape, generator=generator) for generator in generators])
    return numbers * math.sqrt(gain / (channels * k**2))


def _pool(layer: Layer, x: Tensor) -> Tensor:
    k, s, p, d = layer.axis[:4]
    if layer.kind == "max":
        x = F.max_pool2d(x, k, s, p, d)
        return torch.where(x.isneginf(), 0, x)  # a window of padding alone has no greatest
    return F.avg_pool2d(x, k, s, p)
