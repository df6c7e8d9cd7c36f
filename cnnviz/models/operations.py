"""What a forward does between its modules, as rows: `y + x`, `torch.cat`, `F.relu`, `x.flatten(1)`.

Functions are known by their name, so that a method, an operator and a function are one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cnnviz.models.layers import (
    POINT,
    UNKNOWN,
    Effect,
    Reach,
    Shape,
    adaptive_reach,
    by_axis,
    short,
    sizes,
)
from cnnviz.problems import Problem

CELLWISE = {
    "relu": "ReLU",
    "relu_": "ReLU",
    "relu6": "ReLU6",
    "leaky_relu": "LeakyReLU",
    "elu": "ELU",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "silu": "SiLU",
    "gelu": "GELU",
    "hardswish": "Hardswish",
    "hardsigmoid": "Hardsigmoid",
    "dropout": "Dropout",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
}
MERGES = {
    **dict.fromkeys(("add", "add_", "__add__", "__radd__", "__iadd__"), "add"),
    **dict.fromkeys(("mul", "mul_", "__mul__", "__rmul__", "__imul__"), "multiply"),
    **dict.fromkeys(("cat", "concat", "concatenate"), "concat"),
}
RESHAPES = ("flatten", "view", "reshape", "squeeze")
POOLS = {
    f"{kind}_pool{n}d": f"{kind.title()}Pool{n}d" for kind in ("max", "avg") for n in (1, 2, 3)
}
ADAPTIVE = {
    f"adaptive_{kind}_pool{n}d": f"Adaptive{kind.title()}Pool{n}d"
    for kind in ("max", "avg")
    for n in (1, 2, 3)
}
CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
PRODUCTS = ("matmul", "bmm", "__matmul__")


class Call(NamedTuple):
    """A function that was called on the way."""

    name: str
    tensors: tuple[Tensor, ...]  # among its arguments
    args: Sequence[Any]
    kwargs: Mapping[str, Any]

    def argument(self, place: int, name: str) -> Any:
        if name in self.kwargs:
            return self.kwargs[name]
        return self.args[place] if len(self.args) > place else None


def kind_of(call: Call) -> str:
    """How a row calls this function: by the module that does the same, where there is one."""
    name = call.name
    for names in (CELLWISE, MERGES, POOLS, ADAPTIVE):
        if name in names:
            return names[name]
    if name in RESHAPES:
        return "Flatten"
    return "matmul" if name in PRODUCTS else name.strip("_")


def merges(call: Call) -> bool:
    """Whether the function joins tensors, which then are branches or a shortcut."""
    return call.name in MERGES and len(call.tensors) > 1


def check(call: Call) -> None:
    """Refuse what cannot be added or concatenated, with both sizes."""
    if not merges(call):
        return
    shapes = [tuple(x.shape[1:]) for x in call.tensors]
    if kind_of(call) == "concat":
        dim = call.argument(1, "dim") or call.kwargs.get("axis") or 0
        dim %= len(shapes[0]) + 1
        rest = {(*shape[: dim - 1], *shape[dim:]) for shape in shapes}
        if dim > 0 and len(rest) > 1:
            raise Problem("row_concat", shapes=", ".join(map(sizes, shapes)))
        return
    if len(set(shapes)) == 1:
        return
    try:
        torch.broadcast_shapes(*shapes)  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        first, second = map(sizes, shapes[:2])
        raise Problem("row_add", first=first, second=second) from error


def run(function: Callable[..., Any], call: Call) -> Any:
    """What PyTorch gives; a sum of equal shapes it is not asked for, which is what takes time."""
    shapes = {x.shape for x in call.tensors}
    if kind_of(call) != "add" or len(call.tensors) != 2 or len(shapes) > 1:
        return function(*call.args, **call.kwargs)
    in_place = call.name in ("add_", "__iadd__")
    return call.tensors[0] if in_place else torch.empty(*shapes, device="meta")


def carries(before: Shape, shape: Shape, axes: int) -> bool:
    """Whether the picture's axes, the last ones, are still what they were."""
    return before[-axes:] == shape[-axes:] and min(len(before), len(shape)) > axes


def effect_of(call: Call, before: Shape, out: Tensor, axes: int) -> Effect | None:
    """What the function did to the tensor that had the shape `before`; None if that is no row.

    `axes`: how many of the last axes are the picture's.
    """
    name, shape = call.name, tuple(out.shape[1:])
    same = POINT if carries(before, shape, axes) or before == shape else UNKNOWN
    if name in CELLWISE or merges(call):
        return Effect(shape, reach=same, copies=out is not call.tensors[0])
    if name in RESHAPES:
        if len(shape) >= len(before) or same is POINT:
            return None
        return Effect(shape, copies=False, reach=POINT if math.prod(before[1:]) == 1 else None)
    if name == "mean":
        gone = len(before) > axes and math.prod(shape[1:]) == 1
        return Effect(shape, reach=None if gone else same) if shape != before else None
    if name in POOLS:
        return _pool(call, shape, axes)
    if name in ADAPTIVE:
        return Effect(shape, f"→ {sizes(shape[1:])}", reach=adaptive_reach(before[1:], shape[1:]))
    if name in CONVOLUTIONS:
        return _convolution(call, shape)
    if name == "linear":
        macs = call.tensors[1].numel() * math.prod(shape[:-1])
        return Effect(shape, macs=macs, reach=None if len(shape) == 1 else UNKNOWN)
    if name in PRODUCTS:
        macs = math.prod(shape) * call.tensors[0].shape[-1]
        return Effect(shape, macs=macs, reach=None if len(before) == 1 else UNKNOWN)
    return None


def _pool(call: Call, shape: Shape, axes: int) -> Effect:
    kernel_size = by_axis(call.argument(1, "kernel_size"), axes)
    stride = by_axis(call.argument(2, "stride") or kernel_size, axes)
    reach = tuple(Reach(k, s) for k, s in zip(kernel_size, stride, strict=True))
    return Effect(shape, f"{short(kernel_size)}, s {short(stride)}", reach=reach)


def _convolution(call: Call, shape: Shape) -> Effect:
    weight = call.tensors[1]
    axes = weight.ndim - 2
    stride = by_axis(call.argument(3, "stride") or 1, axes)
    dilation = by_axis(call.argument(5, "dilation") or 1, axes)
    along = zip(weight.shape[2:], stride, dilation, strict=True)
    reach = tuple(Reach(d * (k - 1) + 1, s) for k, s, d in along)
    return Effect(shape, macs=weight.numel() * math.prod(shape[1:]), reach=reach)


def tensors_in(values: Iterable[Any]) -> list[Tensor]:
    """The tensors among arguments, also in lists of them."""
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            found += tensors_in(value)
    return found
