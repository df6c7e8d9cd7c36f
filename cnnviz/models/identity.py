"""A residual block as it starts, beside the same block without its shortcut (d2l 8.6.2).

Both have the same layers with the same weights: g(x) = norm(conv(ReLU(norm(conv(x))))). The plain
block gives g(x), the residual block x + g(x), and a last ReLU may follow. Where g starts as 0, the
residual block starts as the identity (Goyal et al. 2017; torchvision's `zero_init_residual`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.models.blocks import Residual
from cnnviz.problems import Problem

STARTS = ("usual", "zero")
KINDS = ("plain", "residual")
MOST_DEPTH = 30
MOST_UPDATES = 200
CHANNELS, SIDE, BATCH = 8, 8, 4  # of the signal that is sent through many blocks


@dataclass(frozen=True)
class Start:
    """How blocks are built, and what their weights are before any training."""

    start: str = "usual"  # or "zero": the last layer of g is 0
    norm: bool = True  # batch norm after each convolution, with the statistics of the batch
    relu: bool = True  # a last ReLU
    seed: int = 0


def begin(how: Start, channels: int, generator: torch.Generator) -> Residual:
    """A block with PyTorch's usual first weights, uniform in ±1/√fan_in, or with g = 0."""
    block = Residual(channels, channels).double()
    for conv in (block.conv1, block.conv2):
        bound = conv.weight[0].numel() ** -0.5
        for parameter in conv.parameters():
            nn.init.uniform_(parameter, -bound, bound, generator=generator)
    if how.start == "zero":
        for parameter in (block.bn2 if how.norm else block.conv2).parameters():
            nn.init.zeros_(parameter)
    return block


def branch(block: Residual, x: Tensor, *, norm: bool) -> Tensor:
    """g(x), as in the block's own forward; without batch norm where there is none: (N, C, H, W)."""
    y: Tensor = block.conv1(x)
    y = block.conv2(F.relu(block.bn1(y) if norm else y))
    return block.bn2(y) if norm else y


def output(block: Residual, x: Tensor, how: Start, kind: str) -> Tensor:
    """What the block makes of x: "residual", or "plain" without the shortcut."""
    y = branch(block, x, norm=how.norm)
    if kind == "residual":
        y = y + x
    return F.relu(y) if how.relu else y


# ---- on one plane


class Planes(NamedTuple):
    """One block's numbers, each (rows, cols)."""

    x: Tensor
    g: Tensor
    sum: Tensor  # x + g(x)
    residual: Tensor  # what the residual block gives
    plain: Tensor  # what the plain block gives


def one_block(x: Tensor, how: Start) -> Planes:
    """A block with one channel on a plane (rows, cols).

    Raises:
        Problem: for one cell, of which batch norm could make only 0.
    """
    if how.norm and x.numel() < 2:
        raise Problem("norm_one_cell")
    generator = torch.Generator().manual_seed(how.seed)
    block, batch = begin(how, 1, generator), x.double()[None, None]
    with torch.no_grad():
        g = branch(block, batch, norm=how.norm)
        found = (batch, g, batch + g, *(output(block, batch, how, k) for k in reversed(KINDS)))
    return Planes(*(plane[0, 0].float() for plane in found))


# ---- many in a row


class Course(NamedTuple):
    """Before the first block and after each: depth + 1 numbers."""

    signal: list[float]  # root of the mean square of what runs through
    gradient: list[float]  # the same of the gradient that comes back; 1 after the last block


def first_signal(how: Start, generator: torch.Generator, batch: int = BATCH) -> Tensor:
    """(batch, CHANNELS, SIDE, SIDE): normal numbers; of a ReLU, if the blocks end with one."""
    shape = (batch, CHANNELS, SIDE, SIDE)
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    return F.relu(x) if how.relu else x


def course(how: Start, depth: int, kind: str) -> Course:
    """Send a signal through `depth` blocks, and a random gradient of size 1 back.

    Raises:
        Problem: for a depth beyond 1 to MOST_DEPTH.
    """
    if not 1 <= depth <= MOST_DEPTH:
        raise Problem("depth_range", most=MOST_DEPTH, depth=depth)
    generator = torch.Generator().manual_seed(how.seed)
    signals = [first_signal(how, generator).requires_grad_()]
    back = torch.randn(signals[0].shape, generator=generator, dtype=torch.float64)
    for _ in range(depth):
        block = begin(how, CHANNELS, generator)
        signals.append(output(block, signals[-1], how, kind))
    gradients = torch.autograd.grad(signals[-1], signals, back / size(back))
    return Course([size(signal) for signal in signals], [size(each) for each in gradients])


def size(tensor: Tensor) -> float:
    """The root of the mean square."""
    return float(tensor.detach().square().mean().sqrt())


# ---- learned


def learn_identity(how: Start, lr: float, updates: int, kind: str) -> list[float]:
    """The loss mean((y − x)²) before and after each of some updates by gradient descent.

    A block of CHANNELS channels sees the same 16 signals each time; every weight is free.
    """
    generator = torch.Generator().manual_seed(how.seed)
    x = first_signal(how, generator, 16)
    block = begin(how, CHANNELS, generator)
    descent = torch.optim.SGD(block.parameters(), lr)
    losses = []
    for _ in range(updates + 1):
        loss = F.mse_loss(output(block, x, how, kind), x)
        losses.append(float(loss.detach()))
        descent.zero_grad()
        torch.autograd.backward(loss)
        descent.step()
    return losses
