"""Walks of every kind, for the tests of what is exported."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops import Walk, Window, correlate, pool
from cnnviz.ops.kernels import named


def ramp() -> Walk:
    """The textbook's 3 × 3 input and 2 × 2 kernel, padded by 1: 16 steps."""
    return correlate(torch.arange(9.0).reshape(3, 3), named("ramp"), Window(2, padding=1))


def bar() -> Walk:
    x = torch.ones(6, 8)
    x[:, 2:6] = 0
    return correlate(x, named("edge"))


def disc(side: int) -> Tensor:
    """An 8-bit picture of a soft disc, values k/255."""
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, side)] * 2, indexing="ij")
    return (torch.exp(-3 * (x * x + y * y)) * 255).round() / 255


def picture() -> Walk:
    """28 × 28 pixels under a Sobel kernel: signed output."""
    return correlate(disc(28), named("sobel-x"), Window(3, padding=1))


def one_row() -> Walk:
    return correlate(torch.ones(5), torch.tensor([0.25, 0.5, 0.25]))


def channels() -> Walk:
    """Two input and three output channels, with a bias."""
    x = torch.stack([torch.arange(9.0).reshape(3, 3), torch.arange(1.0, 10).reshape(3, 3)])
    kernel = torch.stack([named("ramp"), named("ramp") + 1])
    stack = torch.stack([kernel, kernel + 1, kernel + 2])
    return correlate(x, stack, Window(2), bias=[0, 0.5, -1])


def grouped() -> Walk:
    """Four channels in two groups."""
    x = torch.arange(64.0).reshape(4, 4, 4) - 20
    return correlate(x, torch.ones(2, 2, 3, 3), Window(3, padding=1), groups=2)


def volume() -> Walk:
    """Depth 6, with a kernel 5 deep: more planes than a picture shows."""
    x = torch.arange(6 * 5 * 4.0).reshape(6, 5, 4) / 7 - 8
    return correlate(x, torch.ones(5, 2, 2) / 3, Window((5, 2, 2), padding=(1, 0, 1)))


def dilated() -> Walk:
    """Rows and columns are left over, between taps and past the last window."""
    x = torch.arange(49.0).reshape(7, 7) - 20
    return correlate(x, named("sobel-y"), Window(3, stride=2, dilation=2, padding=1))


def large_kernel() -> Walk:
    return correlate(disc(64), torch.linspace(-1, 1, 121).reshape(11, 11), Window(11, padding=5))


def pooled() -> Walk:
    """A maximum over padding of −∞."""
    return pool(torch.arange(16.0).reshape(4, 4), Window(3, 2, 1))


def pooled_past_the_end() -> Walk:
    """A mean over channels whose last windows reach past the input."""
    x = torch.arange(50.0).reshape(2, 5, 5) - 20
    return pool(x, Window(2, 2), "avg", ceil_mode=True)


def pooled_picture() -> Walk:
    return pool(disc(28), Window(2, 2))


def reflected() -> Walk:
    x = torch.arange(16.0).reshape(4, 4)
    return correlate(x, torch.ones(2, 2), Window(2, padding=2), padding_mode="reflect")


EVERY_KIND = [
    ramp,
    bar,
    picture,
    one_row,
    channels,
    grouped,
    volume,
    dilated,
    large_kernel,
    pooled,
    pooled_past_the_end,
    pooled_picture,
    reflected,
]


@st.composite
def correlations(draw: st.DrawFn) -> tuple[Tensor, Tensor, Window]:
    """An input, a kernel and a window that fit: 1-D to 3-D, with and without channels.

    Numbers are sixteenths, so that float32 adds them up exactly in any order.
    """
    axes = draw(st.integers(1, 3))
    size = tuple(draw(st.integers(1, 3)) for _ in range(axes))
    dilation, padding, stride = (
        tuple(draw(st.integers(low, 2)) for _ in range(axes)) for low in (1, 0, 1)
    )
    least = [
        max(1, d * (k - 1) + 1 - 2 * p) for k, d, p in zip(size, dilation, padding, strict=True)
    ]
    shape = tuple(draw(st.integers(n, n + 3)) for n in least)
    if draw(st.booleans()):
        inputs, outputs = draw(st.integers(1, 6)), draw(st.integers(1, 3))
        shape, kernel_shape = (inputs, *shape), (outputs, inputs, *size)
    else:
        kernel_shape = size
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    x, kernel = (
        torch.randint(draw(st.sampled_from([-160, 0])), 160, of, generator=generator) / 16
        for of in (shape, kernel_shape)
    )
    return x, kernel, Window(size, stride, padding, dilation)
