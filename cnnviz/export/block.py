"""A block as PyTorch code that rebuilds it, and as a sheet of its feature maps."""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.utils import parameters_to_vector

from cnnviz.export.code import tensor_code
from cnnviz.export.sheet import Panel, Role
from cnnviz.models import blocks
from cnnviz.models.forms import Form, build
from cnnviz.models.taps import Tap


def block_code(form: Form, taps: Sequence[Tap]) -> str:
    """Runnable code with the block's own class, its weights and its input X; it leaves Y.

    It asserts the shape at every layer.
    """
    parameters = parameters_to_vector(build(form).parameters()).detach()
    made = [tensor_code("X", taps[0].value), tensor_code("P", parameters)]
    modules = sorted({name for code in made for name in code.imports})
    shapes = {tap.path: tuple(tap.value.shape) for tap in taps if tap.path}
    output = tuple(taps[-1].value.shape)
    mode = "train()  # a batch norm takes this picture's own mean and variance"
    if not form.training:
        mode = "eval()  # a batch norm takes its running mean 0 and variance 1"
    normalises = any(tap.norm for tap in taps)
    return "\n".join(
        [
            *[f"import {name}" for name in modules],
            *([""] if modules else []),
            "import torch",
            "import torch.nn.functional as F",
            "from torch import Tensor, nn",
            "",
            "",
            *_classes(form),
            f"block = {form.call}",
            *([f"block.{mode}"] if normalises else []),
            "",
            "# the page's own weights, in the order of block.parameters()",
            *[line for code in made for line in code.lines],
            "nn.utils.vector_to_parameters(P, block.parameters())",
            "",
            "shapes = {  # what every layer gives, without the batch",
            *(f'    "{path}": {shape},' for path, shape in shapes.items()),
            "}",
            "seen = {}",
            "for name, module in block.named_modules():",
            "    if name in shapes:",
            "        module.register_forward_hook(",
            "            lambda _, __, y, name=name: seen.update({name: tuple(y.shape[1:])})",
            "        )",
            "",
            "with torch.no_grad():",
            f"    Y = block(X[None])[0]  # {output}",
            "assert seen == shapes",
            f"assert tuple(Y.shape) == {output}",
            "print(Y.shape)",
            "",
        ]
    )


def _classes(form: Form) -> list[str]:
    """The source of the block's class and of what it builds on, as it stands in this app."""
    lines: list[str] = []
    for kind in reversed(form.module.__mro__):
        if kind.__module__ == blocks.__name__:
            lines += [*inspect.getsource(kind).rstrip().split("\n"), "", ""]
    return lines


# ---- pictures


def block_panels(taps: Sequence[Tap], now: int, channel: int) -> list[Panel]:
    """Every point's maps as one plane, those up to a step (tap, channel) filled in.

    `channel` is −1 where the step shows all channels of its point.
    """
    if not 0 <= now < len(taps):
        raise ValueError(f"There is no point {now}.")
    panels = []
    for i, tap in enumerate(taps):
        known = 0 if i > now else len(tap.value)
        if i == now and channel >= 0:
            known = channel + 1
        shown = tap.value.clone()
        shown[known:] = 0
        role: Role = "input" if i == 0 else "output"
        if tap.kind == "conv":
            role = "kernel"
        shape = " × ".join(map(str, tap.value.shape))
        panels.append(Panel(_title(tap), _mosaic(shown), role, shape=shape, blank=not known))
    return panels


def _title(tap: Tap) -> str:
    if tap.slide is None:
        return tap.name
    size = tap.slide.window.kernel_size
    sizes = size if isinstance(size, tuple) else (size, size)
    return f"{tap.name} {'×'.join(map(str, sizes))}"


def _mosaic(maps: Tensor) -> Tensor:
    """(C, H, W) side by side in about a square, a cell of 0 between them."""
    channels, rows, cols = maps.shape
    across = math.ceil(math.sqrt(channels * rows / cols))
    down = math.ceil(channels / across)
    sheet = torch.zeros(down * (rows + 1) - 1, across * (cols + 1) - 1)
    for c, plane in enumerate(maps):
        r, s = c // across * (rows + 1), c % across * (cols + 1)
        sheet[r : r + rows, s : s + cols] = plane
    return sheet
