"""A block of a network run on a real input, with the tensor at every point on its way.

What stands at a point is described as data, a `Tap`: nothing that shows a block has to look into
the network itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from cnnviz.models.summary import LayerRow, shape_table
from cnnviz.ops import Walk, Window, correlate, pool
from cnnviz.ops.windows import Axis

KINDS = {  # as a shape table has them
    "Conv2d": "conv",
    "BatchNorm2d": "bn",
    "ReLU": "relu",
    "MaxPool2d": "pool",
    "add": "add",
    "concat": "concat",
}
JOINS = ("add", "concat")


@dataclass(frozen=True)
class Slide:
    """The window of a convolution or a max pooling, with all that it needs to be walked again."""

    window: Window
    weight: Tensor | None = None  # (c_out, c_in / groups, k_h, k_w); None for a pooling
    bias: Tensor | None = None  # (c_out,)
    groups: int = 1


@dataclass(frozen=True)
class Norm:
    """What a batch normalisation does to each channel: γ·(x − μ)/√(σ² + ε) + β; all (C,)."""

    mean: Tensor
    var: Tensor
    gamma: Tensor
    beta: Tensor
    eps: float


@dataclass(frozen=True)
class Tap:
    """The tensor at one point of a block."""

    name: str  # free of language: "conv1", "relu", "concat"
    path: str  # dotted name of the module; "" for the input and for operations without one
    kind: str  # "input", "conv", "bn", "relu", "pool", "add" or "concat"
    value: Tensor  # (C, H, W)
    inputs: tuple[int, ...] = ()  # the taps that it reads
    branch: str = ""  # "main" or "shortcut", or "1", "2", ..., of what joins it with another
    column: int = 0  # the longest way from the input has so many steps
    parameters: int = 0
    parameters_formula: str = ""
    macs: int = 0  # multiply-accumulates
    slide: Slide | None = None  # of "conv" and "pool"
    norm: Norm | None = None  # of "bn"


def tapped(block: nn.Module, x: Tensor) -> list[Tap]:
    """Run `block`, as it is, on a picture `x` (C, H, W), and tap every point in the order of time.

    The first tap is the input, the last one the output. The block's shape table says what is done
    in between, and here it is done. A batch norm in training normalises with this picture's own
    statistics; its running ones stay as they were.

    Raises:
        ValueError: for a block that does something else than convolve, pool, normalise, add,
            concatenate and ReLU.
    """
    taps = [Tap("input", "", "input", x)]
    with torch.no_grad(), _statistics_kept(block):
        for row in shape_table(block, tuple(x.shape)):
            taps.append(_tap(block, row, taps))
    return _named(taps)


def _tap(block: nn.Module, row: LayerRow, taps: Sequence[Tap]) -> Tap:
    """The point of one row; the rows before it are the taps from the second on."""
    if row.kind not in KINDS or row.problem:
        raise ValueError(f"A point that is shown is one of {', '.join(KINDS)}, not {row.kind}.")
    inputs = tuple(i + 1 for i in row.inputs)
    read = [taps[i].value for i in inputs]
    module = block.get_submodule(row.path)
    has_module = type(module).__name__ == row.kind
    kind = KINDS[row.kind]
    return Tap(
        name="",
        path=row.path if has_module else "",
        kind=kind,
        value=module(read[0][None])[0] if has_module else _operation(kind, read),
        inputs=inputs,
        branch=row.branch,
        column=1 + max(taps[i].column for i in inputs),
        parameters=row.parameters,
        parameters_formula=row.parameters_formula,
        macs=row.macs,
        slide=_slide(module) if kind in ("conv", "pool") else None,
        norm=_norm(module, read[0]) if isinstance(module, nn.BatchNorm2d) else None,
    )


def _operation(kind: str, read: Sequence[Tensor]) -> Tensor:
    """What a forward does without a module."""
    if kind == "add":
        return read[0] + read[1]
    return torch.cat(list(read)) if kind == "concat" else read[0].relu()


@contextmanager
def _statistics_kept(block: nn.Module) -> Iterator[None]:
    """Running statistics are put back after a run in training."""
    before = {name: buffer.clone() for name, buffer in block.named_buffers()}
    try:
        yield
    finally:
        for name, buffer in block.named_buffers():
            buffer.copy_(before[name])


def _slide(module: nn.Module) -> Slide:
    if isinstance(module, nn.Conv2d):
        k_h, k_w = module.kernel_size
        s_h, s_w = module.stride
        p_h, p_w = (int(p) for p in module.padding)
        bias = None if module.bias is None else module.bias.detach()
        window = Window((k_h, k_w), (s_h, s_w), (p_h, p_w))
        return Slide(window, module.weight.detach(), bias, module.groups)
    assert isinstance(module, nn.MaxPool2d)
    return Slide(Window(module.kernel_size, module.stride, module.padding))


def _norm(module: nn.BatchNorm2d, x: Tensor) -> Norm:
    """With the statistics that the module has just used."""
    if module.training or module.running_mean is None or module.running_var is None:
        var, mean = torch.var_mean(x, dim=(1, 2), correction=0)
    else:
        mean, var = module.running_mean.clone(), module.running_var.clone()
    return Norm(mean, var, module.weight.detach(), module.bias.detach(), module.eps)


# ---- names


def _named(taps: Sequence[Tap]) -> list[Tap]:
    """Points named as in their block's code; what has no name there is numbered by its kind."""
    kinds = [tap.kind for tap in taps if not _own_name(tap)]
    several, so_far = Counter(kinds), Counter[str]()
    found = []
    for tap in taps:
        name = _own_name(tap)
        if not name:
            so_far[tap.kind] += 1
            name = tap.kind + (str(so_far[tap.kind]) if several[tap.kind] > 1 else "")
        found.append(replace(tap, name=name))
    return found


def _own_name(tap: Tap) -> str:
    last = tap.path.split(".")[-1]
    return "" if last.isdigit() else last


# ---- what is done with them


def steps_of(taps: Sequence[Tap]) -> list[tuple[int, int]]:
    """The order in which a block is watched: (tap, channel), −1 for all channels at once.

    An addition and a concatenation go channel by channel.
    """
    return [
        (i, channel)
        for i, tap in enumerate(taps)
        for channel in (range(len(tap.value)) if tap.kind in JOINS else (-1,))
    ]


def read_channels(taps: Sequence[Tap], tap: Tap, channel: int) -> range:
    """Which channels of its input a convolution's or pooling's output channel reads."""
    if tap.slide is None or tap.slide.weight is None:
        return range(channel, channel + 1)
    width = tap.slide.weight.shape[1]
    group = channel // (len(tap.value) // tap.slide.groups)
    return range(group * width, (group + 1) * width)


def axes_of(taps: Sequence[Tap], tap: Tap) -> list[Axis]:
    """The window of a point that has one, along rows and columns."""
    assert tap.slide is not None
    _, rows, cols = taps[tap.inputs[0]].value.shape
    return tap.slide.window.along((rows, cols))


def walk_to(taps: Sequence[Tap], i: int, channel: int) -> Walk:
    """The walk that makes one channel of a convolution or pooling of the very tensors it read.

    A convolution's has all input channels of its group, a pooling's the channel's own.

    Raises:
        ValueError: for a point without a window, and for a channel that does not exist.
    """
    tap = taps[i]
    if tap.slide is None or not 0 <= channel < len(tap.value):
        raise ValueError(f"There is no walk to channel {channel} of {tap.name}.")
    read = read_channels(taps, tap, channel)
    x, slide = taps[tap.inputs[0]].value[read.start : read.stop], tap.slide
    if slide.weight is None:
        return pool(x[0], slide.window)
    bias = None if slide.bias is None else slide.bias[channel : channel + 1]
    return correlate(x, slide.weight[channel : channel + 1], slide.window, bias=bias)
