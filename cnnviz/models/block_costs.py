"""What blocks cost, and what the same reach would cost otherwise: layers as data, way by way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnnviz.models.receptive_field import Layer, field_table
from cnnviz.ops.costs import ConvLayer

Layers = tuple[ConvLayer, ...]
Size = tuple[int, int]  # rows, columns: kept by every layer here

# GoogLeNet's inception (3a): Szegedy et al. 2015, table 1
GOOGLENET_3A = (192, (64, 96, 128, 16, 32, 32), (28, 28))
# a block of the second stage of ResNet-50 (He et al. 2016) and of ResNeXt-50 32×4d (Xie et al.)
RESNET_2 = (256, (56, 56))


def conv(c_in: int, c_out: int, k: int, size: Size, groups: int = 1) -> ConvLayer:
    """A k×k convolution that keeps the size."""
    return ConvLayer(c_in, c_out, (k, k), size, size, groups)


def inception_branches(
    c_in: int, widths: Sequence[int], size: Size, *, reduced: bool
) -> dict[str, Layers]:
    """The convolutions of each branch: "1×1", "3×3", "5×5", "pool"; with or without reductions.

    `widths`: c1, (c2a, c2b), (c3a, c3b), c4 in a row, as `Inception` takes them.
    """
    c1, c2a, c2b, c3a, c3b, c4 = widths
    one = (conv(c_in, c1, 1, size),)
    if not reduced:
        return {
            "1×1": one,
            "3×3": (conv(c_in, c2b, 3, size),),
            "5×5": (conv(c_in, c3b, 5, size),),
            "pool": (),
        }
    return {
        "1×1": one,
        "3×3": (conv(c_in, c2a, 1, size), conv(c2a, c2b, 3, size)),
        "5×5": (conv(c_in, c3a, 1, size), conv(c3a, c3b, 5, size)),
        "pool": (conv(c_in, c4, 1, size),),
    }


def residual_ways(c: int, c_mid: int, c_wide: int, groups: int, size: Size) -> dict[str, Layers]:
    """What may stand beside a shortcut of `c` channels: two 3×3, a bottleneck, one in groups.

    The bottleneck has `c_mid` channels, the one in groups `c_wide`.
    """
    return {
        "basic": (conv(c, c, 3, size), conv(c, c, 3, size)),
        "bottleneck": (
            conv(c, c_mid, 1, size),
            conv(c_mid, c_mid, 3, size),
            conv(c_mid, c, 1, size),
        ),
        "groups": (
            conv(c, c_wide, 1, size),
            conv(c_wide, c_wide, 3, size, groups),
            conv(c_wide, c, 1, size),
        ),
    }


def parameters(ways: Mapping[str, Layers]) -> int:
    return sum(layer.parameters for layers in ways.values() for layer in layers)


def macs(ways: Mapping[str, Layers]) -> int:
    return sum(layer.macs for layers in ways.values() for layer in layers)


def fields_of(*kernels: int) -> int:
    """How many pixels along a side a cell sees after convolutions of these sizes."""
    layers = [Layer("conv", k, padding=k // 2) for k in kernels]
    return field_table(layers, (32, 32))[-1].receptive_field


def weights_of(c: int, *kernels: int) -> int:
    """The weights of convolutions of these sizes in a row, c channels each: k²·c², no biases."""
    return sum(k * k * c * c for k in kernels)
