"""The shapes of all four kinds of convolution are those of torch's own layers."""

import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnviz.ops import Window
from cnnviz.ops.kinds import kind

LAYERS = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}


@st.composite
def windows(draw: st.DrawFn) -> tuple[tuple[int, ...], Window]:
    """A spatial shape, and a window that fits it."""
    axes = draw(st.integers(1, 3))
    one = st.integers(1, 4)
    size, stride, dilation = (tuple(draw(one) for _ in range(axes)) for _ in range(3))
    padding = tuple(draw(st.integers(0, 3)) for _ in range(axes))
    least = (d * (k - 1) + 1 for d, k in zip(dilation, size, strict=True))
    return tuple(n + draw(st.integers(0, 6)) for n in least), Window(
        size, stride, padding, dilation
    )


@given(windows(), st.integers(1, 5), st.integers(1, 5))
def test_shapes_and_parameters_are_torchs(
    placed: tuple[tuple[int, ...], Window], c_in: int, c_out: int
) -> None:
    spatial, window = placed
    found = kind("any", spatial, window, c_in, c_out)
    layer = LAYERS[len(spatial)](
        c_in, c_out, window.kernel_size, window.stride, window.padding, window.dilation
    )
    assert tuple(layer(torch.zeros(1, *found.input)).shape[1:]) == found.output
    assert tuple(layer.weight.shape) == found.weight
    assert sum(p.numel() for p in layer.parameters()) == found.parameters
    assert len(found.axes) == len(spatial)
