"""Stacks of layers by name, and in one line of text: `c3p1-m2s2` is a 3 × 3 convolution with
padding 1 and a 2 × 2 max pooling with stride 2."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cnnviz.models.receptive_field import Layer

LETTERS = {"c": "conv", "m": "max", "a": "avg"}
LAYER = re.compile(r"([cma])(\d{1,3})(?:s(\d{1,3}))?(?:p(\d{1,3}))?(?:d(\d{1,3}))?", re.ASCII)


def read_stack(text: str) -> tuple[Layer, ...]:
    """The layers of `c5p2-a2s2`; what is left out is stride 1, padding 0, dilation 1.

    Raises ValueError for what is no such text, and `Problem` (one too) for what is no layer.
    """
    return tuple(map(_read_layer, text.split("-")))


def _read_layer(text: str) -> Layer:
    match = LAYER.fullmatch(text)
    if not match:
        raise ValueError(f"{text} is no layer")
    letter, k, s, p, d = match.groups()
    return Layer(LETTERS[letter], int(k), int(s or 1), int(p or 0), int(d or 1))


def write_stack(layers: Sequence[Layer]) -> str:
    """The text that `read_stack` takes, as short as it gets."""
    return "-".join(map(_write_layer, layers))


def _write_layer(layer: Layer) -> str:
    optional = (("s", layer.stride, 1), ("p", layer.padding, 0), ("d", layer.dilation, 1))
    more = (f"{letter}{value}" for letter, value, default in optional if value != default)
    return f"{layer.kind[0]}{layer.kernel_size}{''.join(more)}"


STACKS: Mapping[str, tuple[Layer, ...]] = {
    name: read_stack(text)
    for name, text in {
        "three": "c3-c3-c3",
        "one": "c7",
        "lenet": "c5p2-a2s2-c5-a2s2",  # d2l 7.6
        "vgg": "c3p1-c3p1-m2s2-c3p1-c3p1-m2s2-c3p1-c3p1-c3p1-m2s2",  # VGG-16's first blocks
        "dilated": "c3p1-c3p2d2-c3p4d4",  # as in WaveNet and DeepLab
        "gridding": "c3p2d2-c3p2d2-c3p2d2",  # what their growing dilations avoid
        "alexnet": "c11s4p2-m3s2-c5p2-m3s2-c3p1-c3p1-c3p1-m3s2",
    }.items()
}
