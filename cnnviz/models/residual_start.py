"""How a residual block starts, and what its first steps of training do to it.

With `zero_init_residual` (Goyal et al. 2017) the last batch norm's scale γ is 0 at first: the block
adds nothing, and gives ReLU(x). Only γ and β get a gradient then; after one step all weights do.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.models.forms import Form, build, last_norm
from cnnviz.models.identity import size

STEPS = 30
RATE = 0.5
DEPTH = 12


@dataclass(frozen=True)
class FirstSteps:
    """Training from the start on: before the first step and after each."""

    added: list[float]  # how large what the block adds is, against its output: RMS / RMS
    loss: list[float]
    conv_gradient: list[float]  # of the first convolution's weights: the norm
    scale_gradient: list[float]  # of γ


def first_steps(form: Form, x: Tensor, steps: int = STEPS, rate: float = RATE) -> FirstSteps:
    """Teach the block to give what another one, with other weights, makes of `x` (C, H, W).

    Stochastic gradient descent on the mean squared error, on this one picture.
    """
    block = build(replace(form, training=True))
    with torch.no_grad():
        teacher = build(
            replace(form, training=True, zero_init_residual=False, seed=form.seed + 1000)
        )
        target = teacher(x[None])
    norm, first = last_norm(block), block.get_submodule("conv1")
    assert isinstance(first, nn.Conv2d)
    optimiser = torch.optim.SGD(block.parameters(), lr=rate)
    found = FirstSteps([], [], [], [])
    for _ in range(steps + 1):
        added, output = _run(block, norm, x)
        loss = F.mse_loss(output, target)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        assert first.weight.grad is not None
        assert norm.weight.grad is not None
        found.added.append(size(added) / size(output))
        found.loss.append(float(loss.detach()))
        found.conv_gradient.append(float(first.weight.grad.norm()))
        found.scale_gradient.append(float(norm.weight.grad.norm()))
        optimiser.step()
    return found


def _run(block: nn.Module, norm: nn.BatchNorm2d, x: Tensor) -> tuple[Tensor, Tensor]:
    """What the block adds, and its output."""
    caught: list[Tensor] = []
    handle = norm.register_forward_hook(lambda module, args, output: caught.append(output))
    try:
        output = block(x[None])
    finally:
        handle.remove()
    return caught[0], output


def through(form: Form, x: Tensor, depth: int = DEPTH) -> list[float]:
    """How large the signal is after 0, 1, ..., `depth` such blocks in a row: RMS over the first.

    Blocks that keep the shape, with bare shortcuts, each with weights of its own.
    """
    form = replace(form, c_in=len(x), c_out=len(x), use_1x1conv=False, stride=1, training=True)
    if form.kind == "resnext":
        form = replace(form, groups=1)
    signal, sizes = x[None], []
    with torch.no_grad():
        for number in range(depth + 1):
            sizes.append(size(signal) / size(x))
            signal = build(replace(form, seed=form.seed + number))(signal)
    return sizes


def apart(form: Form, x: Tensor) -> float:
    """How far a fresh block's output lies from ReLU of its shortcut, at most."""
    block = build(form)
    with torch.no_grad():
        added, output = _run(block, last_norm(block), x)
        # the output is ReLU(added + shortcut), so this is what the shortcut alone would give
        shortcut = shortcut_of(block, x)
        assert added.shape == shortcut.shape
        return float((output - F.relu(shortcut)).abs().max())


def shortcut_of(block: nn.Module, x: Tensor) -> Tensor:
    """What the shortcut of a residual block, bare or with its convolution, brings: (1, C, H, W)."""
    modules = dict(block.named_children())
    names = ("conv4", "bn4") if "bn3" in modules else ("conv3",)
    carried = x[None]
    for name in names:
        if name in modules:
            carried = modules[name](carried)
    return carried
