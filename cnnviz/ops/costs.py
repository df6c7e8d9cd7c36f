"""What a convolutional layer costs: parameters, multiply-accumulates, memory (d2l 7.4, exercise 2).

A multiply-accumulate is one multiplication and one addition: two FLOPs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cnnviz.problems import Problem

FLOAT = 4  # bytes of a float32


@dataclass(frozen=True)
class ConvLayer:
    """A convolutional layer and the sizes it is used on; no batch.

    Raises:
        Problem: (a `ValueError`) where the groups do not divide both channels.
    """

    c_in: int
    c_out: int
    kernel_size: tuple[int, ...]
    input_size: tuple[int, ...]  # spatial, as the output's
    output_size: tuple[int, ...]
    groups: int = 1
    bias: bool = True

    def __post_init__(self) -> None:
        if self.groups < 1 or self.c_in % self.groups or self.c_out % self.groups:
            raise Problem(
                "correlate_groups", channels=self.c_in, outputs=self.c_out, groups=self.groups
            )

    @property
    def weights(self) -> int:
        """c_out · (c_in / groups) · k_h · k_w."""
        return self.c_out * (self.c_in // self.groups) * math.prod(self.kernel_size)

    @property
    def parameters(self) -> int:
        """The weights and one bias per output channel."""
        return self.weights + (self.c_out if self.bias else 0)

    @property
    def macs(self) -> int:
        """Multiply-accumulates: each weight is used once for every cell of an output plane.

        Adding the bias is not counted; products with padding are, as hardware computes them.
        """
        return self.weights * math.prod(self.output_size)

    @property
    def input_bytes(self) -> int:
        return FLOAT * self.c_in * math.prod(self.input_size)

    @property
    def parameter_bytes(self) -> int:
        return FLOAT * self.parameters

    @property
    def output_bytes(self) -> int:
        return FLOAT * self.c_out * math.prod(self.output_size)

    @property
    def sum(self) -> str:
        """How the parameters add up: `3·(2·2·2)+3`."""
        inner = "·".join(map(str, (self.c_in // self.groups, *self.kernel_size)))
        return f"{self.c_out}·({inner})" + (f"+{self.c_out}" if self.bias else "")

    @property
    def product(self) -> str:
        """How the multiply-accumulates multiply: `3·(2·2·2)·(2·2)`."""
        cells = "·".join(map(str, self.output_size))
        return f"{replace(self, bias=False).sum}·({cells})"


def separable(layer: ConvLayer) -> tuple[ConvLayer, ConvLayer]:
    """The depthwise layer and the 1×1 layer that together stand in for one (Howard et al. 2017).

    The first has a kernel of its own for each input channel, the second mixes the channels.
    """
    depthwise = replace(layer, c_out=layer.c_in, groups=layer.c_in, bias=False)
    ones = (1,) * len(layer.kernel_size)
    pointwise = replace(layer, kernel_size=ones, input_size=layer.output_size, groups=1)
    return depthwise, pointwise


@dataclass(frozen=True)
class Cost:
    """Sums over layers that run one after the other; what is between them counts once."""

    parameters: int
    macs: int
    input_bytes: int
    parameter_bytes: int
    output_bytes: int  # of all layers: what training keeps

    @property
    def bytes(self) -> int:
        return self.input_bytes + self.parameter_bytes + self.output_bytes


def cost(*layers: ConvLayer) -> Cost:
    """What these layers cost together, each reading what the one before wrote."""
    return Cost(
        parameters=sum(layer.parameters for layer in layers),
        macs=sum(layer.macs for layer in layers),
        input_bytes=layers[0].input_bytes,
        parameter_bytes=sum(layer.parameter_bytes for layer in layers),
        output_bytes=sum(layer.output_bytes for layer in layers),
    )


def variants(layer: ConvLayer) -> dict[str, Cost]:
    """The layer as it is, with channels doubled, and taken apart: name → cost."""
    twice_in = replace(layer, c_in=2 * layer.c_in)
    twice_out = replace(layer, c_out=2 * layer.c_out)
    return {
        "now": cost(layer),
        "twice_in": cost(twice_in),
        "twice_out": cost(twice_out),
        "both": cost(replace(twice_in, c_out=2 * layer.c_out)),
        "separable": cost(*separable(layer)),
    }
