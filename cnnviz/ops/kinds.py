"""The four kinds of convolution beside each other: what moves where, and what is left.

A kind is named by where its window moves. "volume" is a 2-D convolution over a volume: its kernel
is as deep as the volume, so it moves only two ways, and the depth is its input channels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from cnnviz.ops.windows import Axis, Window

KINDS = ("1d", "2d", "3d", "volume")


@dataclass(frozen=True)
class Kind:
    """The shapes of one convolution, without the batch, as `torch.nn.Conv1d/2d/3d` has them."""

    name: str
    input: tuple[int, ...]  # (c_in, *spatial)
    weight: tuple[int, ...]  # (c_out, c_in, *kernel_size)
    output: tuple[int, ...]  # (c_out, *spatial)
    axes: tuple[Axis, ...]  # one for each way that the window moves

    @property
    def parameters(self) -> int:
        """Weights, and a bias for each output channel."""
        return math.prod(self.weight) + self.output[0]


def kind(name: str, spatial: tuple[int, ...], window: Window, c_in: int, c_out: int) -> Kind:
    """The shapes that a window over this spatial shape gives, by the one shape formula.

    Raises:
        Problem: (a `ValueError`) where the window does not fit.
    """
    axes = tuple(window.along(spatial))
    weight = (c_out, c_in, *(axis.kernel_size for axis in axes))
    return Kind(name, (c_in, *spatial), weight, (c_out, *window.output_shape(spatial)), axes)
