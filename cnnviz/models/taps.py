"""A block of a network run on a real input, with the tensor at every point on its way.

What stands at a point is described as data, a `Tap`: nothing that shows a block has to look into
the network itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.ops import Walk, Window, correlate, pool
from cnnviz.ops.windows import Axis

KINDS = {
    nn.Conv2d: "conv",
    nn.BatchNorm2d: "bn",
    nn.ReLU: "relu",
    nn.MaxPool2d: "pool",
}
OPERATIONS = {"relu": "relu", "add": "add", "__add__": "add", "cat": "concat", "concat": "concat"}
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
    branch: str = ""  # "main" or "shortcut" before an addition, "1", "2", ... before a concat
    column: int = 0  # the longest way from the input has so many steps
    slide: Slide | None = None  # of "conv" and "pool"
    norm: Norm | None = None  # of "bn"


def tapped(block: nn.Module, x: Tensor) -> list[Tap]:
    """Run `block`, as it is, on a picture `x` (C, H, W), and tap every point in the order of time.

    The first tap is the input, the last one the output. A batch norm in training normalises with
    this picture's own statistics; its running ones stay as they were.

    Raises:
        ValueError: for a block that does something else than convolve, pool, normalise, add,
            concatenate and ReLU.
    """
    trace = _Trace(x)
    with torch.no_grad(), _statistics_kept(block), trace.following(block), trace:
        output = block(x[None])
    if trace.index(output) != len(trace.taps) - 1:
        raise ValueError("A block ends with one of the points that can be shown.")
    return _placed(_named(trace.taps))


class _Trace(TorchFunctionMode):
    """Takes down what modules and operations between them make, in the order of time."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.taps = [Tap("input", "", "input", x)]
        self.kept: list[Tensor] = []  # alive, so that no other tensor gets one's id
        self.known: dict[int, int] = {}
        self.depth = 0  # of leaf modules that are running: what they call is theirs

    def index(self, tensor: Tensor) -> int:
        """Which tap this tensor is; the first unknown one is the input with its batch axis."""
        if not self.known:
            self._keep(tensor, 0)
        if id(tensor) not in self.known:
            raise ValueError("This block computes something between its points: it is not shown.")
        return self.known[id(tensor)]

    def _keep(self, tensor: Tensor, index: int) -> None:
        self.kept.append(tensor)
        self.known[id(tensor)] = index

    def add(self, tap: Tap, output: Tensor) -> None:
        self._keep(output, len(self.taps))
        self.taps.append(replace(tap, value=output[0].clone()))

    @contextmanager
    def following(self, block: nn.Module) -> Iterator[None]:
        """Hooks on every leaf, for as long as the block runs."""
        handles = []
        for path, module in block.named_modules():
            if type(module) in KINDS:
                handles.append(module.register_forward_pre_hook(self._entered))
                handles.append(module.register_forward_hook(self._left(path)))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _entered(self, module: nn.Module, args: tuple[Tensor, ...]) -> None:
        self.index(args[0])
        self.depth += 1

    def _left(self, path: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def take(module: nn.Module, args: tuple[Tensor, ...], output: Tensor) -> None:
            self.depth -= 1
            kind = KINDS[type(module)]
            slide = _slide(module) if kind in ("conv", "pool") else None
            norm = _norm(module, args[0]) if isinstance(module, nn.BatchNorm2d) else None
            read = (self.index(args[0]),)
            self.add(Tap("", path, kind, output, read, slide=slide, norm=norm), output)

        return take

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        kind = OPERATIONS.get(getattr(func, "__name__", ""))
        if not self.depth and kind:
            read = args[0] if kind == "concat" else args[: 2 if kind == "add" else 1]
            self.add(Tap("", "", kind, result, tuple(map(self.index, read))), result)
        return result


@contextmanager
def _statistics_kept(block: nn.Module) -> Iterator[None]:
    """Running statistics are put back after a run in training."""
    before = {name: buffer.clone() for name, buffer in block.named_buffers()}
    try:
        yield
    finally:
        for name, buffer in block.named_buffers():
            buffer.copy_(before[name])


def _slide(module: Any) -> Slide:
    if isinstance(module, nn.Conv2d):
        k_h, k_w = module.kernel_size
        s_h, s_w = module.stride
        p_h, p_w = (int(p) for p in module.padding)
        bias = None if module.bias is None else module.bias.detach()
        window = Window((k_h, k_w), (s_h, s_w), (p_h, p_w))
        return Slide(window, module.weight.detach(), bias, module.groups)
    return Slide(Window(module.kernel_size, module.stride, module.padding))


def _norm(module: nn.BatchNorm2d, x: Tensor) -> Norm:
    """With the statistics that the module has just used."""
    if module.training or module.running_mean is None or module.running_var is None:
        var, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
    else:
        mean, var = module.running_mean.clone(), module.running_var.clone()
    return Norm(mean, var, module.weight.detach(), module.bias.detach(), module.eps)


# ---- names and places


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


def _placed(taps: Sequence[Tap]) -> list[Tap]:
    """With each point's column, and the branch of the addition or concatenation it is on."""
    found: list[Tap] = []
    for tap in taps:
        column = 1 + max((found[i].column for i in tap.inputs), default=-1)
        found.append(replace(tap, column=column))
    for tap in taps:
        if tap.kind in JOINS:
            for branch, members in zip(_branch_names(tap), _exclusive(taps, tap), strict=True):
                for i in members:
                    found[i] = replace(found[i], branch=branch)
    return found


def _branch_names(join: Tap) -> list[str]:
    if join.kind == "add":
        return ["main", "shortcut"]
    return [str(n) for n in range(1, len(join.inputs) + 1)]


def _exclusive(taps: Sequence[Tap], join: Tap) -> list[set[int]]:
    """For each input of a join the points that lie on the way to it and to no other."""
    ways = [_before(taps, i) for i in join.inputs]
    return [
        way - set().union(*(other for j, other in enumerate(ways) if j != n))
        for n, way in enumerate(ways)
    ]


def _before(taps: Sequence[Tap], i: int) -> set[int]:
    """A point and all that it was made of."""
    return {i}.union(*(_before(taps, j) for j in taps[i].inputs))


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


def source_of(taps: Sequence[Tap], concat: Tap, channel: int) -> tuple[int, int]:
    """Which tap, and which of its channels, became this channel of a concatenation."""
    for i in concat.inputs:
        if channel < len(taps[i].value):
            return i, channel
        channel -= len(taps[i].value)
    raise IndexError("The concatenation has no such channel.")


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
