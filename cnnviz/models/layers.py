"""What each kind of layer makes of a shape: the output, its parameters, its work, its window.

Nothing is computed on tensors here, and PyTorch's own layers are only read. Where a layer does not
fit, a `Problem` says which sizes, why, and what would.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from torch import nn

from cnnviz.ops.costs import ConvLayer
from cnnviz.ops.windows import Axis
from cnnviz.problems import Problem

Shape = tuple[int, ...]  # without the batch: channels first


class Reach(NamedTuple):
    """A window as the receptive field sees it."""

    extent: int  # cells that it spans
    stride: int


class Effect(NamedTuple):
    """What a layer does."""

    output_shape: Shape
    detail: str = ""
    macs: int = 0
    formula: str = ""  # of the parameters
    reach: tuple[Reach, ...] | None = None  # per axis, or `UNKNOWN`; None: every input cell counts
    copies: bool = True  # False where the result shares its input's memory


POINT = (Reach(1, 1),) * 3  # as many axes as are asked for
UNKNOWN: tuple[Reach, ...] = ()  # how far it reaches cannot be told


def by_axis(value: Any, axes: int) -> tuple[int, ...]:
    """A layer's setting for each axis: PyTorch takes one number for all."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


def sizes(values: Shape) -> str:
    return "×".join(map(str, values))


def short(values: Shape) -> str:
    """`3` for 3×3."""
    return str(values[0]) if len(set(values)) == 1 else sizes(values)


def _slide(axes: tuple[Axis, ...], shape: Shape) -> Shape:
    """The spatial sizes after a window; refuses one that is larger than what it slides over."""
    try:
        return tuple(axis.output_size(n) for axis, n in zip(axes, shape, strict=True))
    except Problem as problem:
        raise Problem(
            "row_window",
            extent=sizes(tuple(axis.extent for axis in axes)),
            size=sizes(shape),
            padded=sizes(tuple(n + 2 * axis.padding for axis, n in zip(axes, shape, strict=True))),
        ) from problem


def _spatial(shape: Shape, axes: int) -> Shape:
    if len(shape) != axes + 1:
        raise Problem("row_axes", axes=axes, shape=sizes(shape))
    return shape[1:]


def _extras(stride: Shape, padding: Any, dilation: Shape, usual_stride: Shape) -> str:
    """`, s 2, p 1, d 2` of what is not as usual."""
    text = "" if stride == usual_stride else f", s {short(stride)}"
    if isinstance(padding, str):
        text += f", p {padding}"
    elif any(padding):
        text += f", p {short(padding)}"
    return text + ("" if set(dilation) == {1} else f", d {short(dilation)}")


# ---- convolutions


def convolution(layer: Any, shape: Shape) -> Effect:
    """nn.Conv1d, 2d, 3d."""
    _spatial(shape, len(layer.kernel_size))
    if shape[0] != layer.in_channels:
        raise Problem("row_channels", expected=layer.in_channels, found=shape[0])
    setting = (layer.kernel_size, layer.stride, layer.padding, layer.dilation)
    bias = layer.bias is not None
    _check_padding_mode(layer, shape[1:])
    return _convolution(shape, layer.out_channels, *setting, layer.groups, bias)


def _check_padding_mode(layer: Any, spatial: Shape) -> None:
    """What is copied from the input has to be there: a mirror needs one cell more."""
    if layer.padding_mode in ("zeros", "replicate") or isinstance(layer.padding, str):
        return
    for n, padding in zip(spatial, layer.padding, strict=True):
        most = n - 1 if layer.padding_mode == "reflect" else n
        if padding > most:
            raise Problem(
                "padding_mode_room", mode=layer.padding_mode, n=n, most=most, padding=padding
            )


@lru_cache(4096)
def _convolution(
    shape: Shape,
    c_out: int,
    kernel_size: Shape,
    stride: Shape,
    padding: Shape | str,
    dilation: Shape,
    groups: int,
    bias: bool,
) -> Effect:
    spatial, none = _spatial(shape, len(kernel_size)), (0,) * len(kernel_size)
    windows = tuple(
        Axis(*one)
        for one in zip(
            kernel_size,
            stride,
            none if isinstance(padding, str) else padding,
            dilation,
            strict=True,
        )
    )
    output = spatial if padding == "same" else _slide(windows, spatial)
    cost = ConvLayer(shape[0], c_out, kernel_size, spatial, output, groups, bias)
    extras = _extras(stride, padding, dilation, (1,) * len(stride))
    return Effect(
        (c_out, *output),
        f"{c_out}@{sizes(kernel_size)}{extras}" + (f", g {groups}" if groups > 1 else ""),
        cost.macs,
        cost.sum,
        tuple(Reach(window.extent, window.stride) for window in windows),
    )


# ---- poolings


def pooling(layer: Any, shape: Shape) -> Effect:
    """nn.MaxPool and nn.AvgPool, 1d to 3d."""
    axes = int(type(layer).__name__[-2])
    spatial = _spatial(shape, axes)
    if getattr(layer, "return_indices", False):
        raise Problem("row_failed", reason="return_indices=True gives two tensors")
    kernel_size, padding = by_axis(layer.kernel_size, axes), by_axis(layer.padding, axes)
    stride = by_axis(kernel_size if layer.stride is None else layer.stride, axes)
    dilation = by_axis(getattr(layer, "dilation", 1), axes)
    windows = tuple(
        Axis(k, s, p, d, layer.ceil_mode)
        for k, s, p, d in zip(kernel_size, stride, padding, dilation, strict=True)
    )
    for k, p in zip(kernel_size, padding, strict=True):
        if 2 * p > k:
            raise Problem("pool_padding", kernel_size=k, most=k // 2, padding=p)
    output = _slide(windows, spatial)
    detail = f"{short(kernel_size)}{_extras(stride, padding, dilation, ())}"
    reach = tuple(Reach(w.extent, w.stride) for w in windows)
    return Effect((shape[0], *output), detail, reach=reach)


def adaptive(layer: Any, shape: Shape) -> Effect:
    """nn.AdaptiveAvgPool and nn.AdaptiveMaxPool, 1d to 3d."""
    axes = int(type(layer).__name__[-2])
    spatial = _spatial(shape, axes)
    wanted = by_axis(layer.output_size, axes)
    output = tuple(n if m is None else m for m, n in zip(wanted, spatial, strict=True))
    return Effect((shape[0], *output), f"→ {sizes(output)}", reach=adaptive_reach(spatial, output))


def adaptive_reach(spatial: Shape, output: Shape) -> tuple[Reach, ...] | None:
    """The windows, where the output's cells have equal ones; one cell sees all there is."""
    pairs = list(zip(spatial, output, strict=True))
    if any(m < 1 or n % m for n, m in pairs) or set(output) == {1}:
        return None
    return tuple(Reach(n // m, n // m) for n, m in pairs)


# ---- dense layers, and what works cell by cell


def linear(layer: Any, shape: Shape) -> Effect:
    """nn.Linear: of the last axis, at every place that the others leave."""
    if shape[-1] != layer.in_features:
        raise Problem(
            "row_features",
            expected=layer.in_features,
            found=shape[-1],
            shape=sizes(shape),
            flat=math.prod(shape),
        )
    c_in, c_out = layer.in_features, layer.out_features
    formula = f"{c_out}·{c_in}" + (f"+{c_out}" if layer.bias is not None else "")
    places = math.prod(shape[:-1])
    reach = None if len(shape) == 1 else UNKNOWN  # which axes are the picture's is not known
    return Effect((*shape[:-1], c_out), str(c_out), c_out * c_in * places, formula, reach)


def batch_norm(layer: Any, shape: Shape) -> Effect:
    """nn.BatchNorm1d to 3d: a scale and a shift for each channel."""
    axes = int(type(layer).__name__[-2])
    if len(shape) != axes + 1 and not (axes == 1 and len(shape) == 1):
        raise Problem("row_axes", axes=axes, shape=sizes(shape))
    if shape[0] != layer.num_features:
        raise Problem("row_channels", expected=layer.num_features, found=shape[0])
    formula = f"2·{layer.num_features}" if layer.affine else ""
    return Effect(shape, formula=formula, reach=POINT)


def cellwise(layer: Any, shape: Shape) -> Effect:
    """Activations: each cell by itself."""
    return Effect(shape, reach=POINT, copies=not getattr(layer, "inplace", False))


def dropout(layer: Any, shape: Shape) -> Effect:
    return cellwise(layer, shape)._replace(detail=f"{layer.p:g}")


def identity(_: Any, shape: Shape) -> Effect:
    return Effect(shape, reach=POINT, copies=False)


def flatten(layer: Any, shape: Shape) -> Effect:
    """nn.Flatten: from `start_dim` to `end_dim`, which count the batch."""
    axes = len(shape) + 1
    start, end = layer.start_dim % axes - 1, layer.end_dim % axes
    if start < 0:
        raise Problem("row_batch")
    flat = (*shape[:start], math.prod(shape[start:end]), *shape[end:])
    alone = math.prod(shape[1:]) == 1  # each channel's only cell, which sees what it saw
    return Effect(flat, copies=False, reach=POINT if alone or flat == shape else None)


Rule = Callable[[Any, Shape], Effect]

RULES: dict[type[nn.Module], Rule] = {
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.Conv3d), convolution),
    **dict.fromkeys((nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d), pooling),
    **dict.fromkeys((nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d), pooling),
    **dict.fromkeys((nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d), adaptive),
    **dict.fromkeys((nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d), adaptive),
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d), batch_norm),
    **dict.fromkeys((nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU), cellwise),
    **dict.fromkeys((nn.Sigmoid, nn.Tanh, nn.Hardswish, nn.Hardsigmoid, nn.Softplus), cellwise),
    **dict.fromkeys((nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d), dropout),
    nn.Linear: linear,
    nn.Flatten: flatten,
    nn.Identity: identity,
}
