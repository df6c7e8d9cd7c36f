"""A transposed convolution is PyTorch's, stroke by stroke, and transposes the convolution."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops import Painting, Window, correlate, correlate_transposed
from cnnviz.ops.coverage import paint_counts, read_counts
from cnnviz.problems import Problem
from tests.unit.ops.strategies import Shape, fitting, per_axis

few = settings(max_examples=30)  # each is a canvas for every stroke
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


@st.composite
def paintings(draw: st.DrawFn) -> tuple[Painting, Tensor]:
    """Random paintings, and what PyTorch makes of the same."""
    window, shape = draw(fitting())
    shape = tuple(min(n, 3) for n in shape)
    fields = [per_axis(getattr(window, name), len(shape)) for name in ("stride", "dilation")]
    added = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(*fields, strict=True))
    size = per_axis(window.kernel_size, len(shape))
    padding = per_axis(window.padding, len(shape))
    canvas = [
        (n - 1) * s + d * (k - 1) + 1 + a
        for n, s, d, k, a in zip(shape, *fields, size, added, strict=True)
    ]
    assume(all(side > 2 * p for side, p in zip(canvas, padding, strict=True)))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 2**16)))
    x = torch.randn(shape, generator=generator)
    kernel = torch.randn(size, generator=generator)
    expected = TRANSPOSED[len(shape)](
        x[None, None],
        kernel[None, None],
        stride=window.stride,
        padding=window.padding,
        output_padding=added,
        dilation=window.dilation,
    )
    return correlate_transposed(x, kernel, window, added), expected[0, 0]


@given(paintings())
def test_output_is_pytorchs(case: tuple[Painting, Tensor]) -> None:
    painting, expected = case
    torch.testing.assert_close(painting.output, expected, rtol=1e-4, atol=1e-5)
    shape = painting.window.transposed_shape(tuple(painting.input.shape), painting.output_padding)
    assert shape == tuple(expected.shape)


@few
@given(paintings())
def test_last_stroke_leaves_the_canvas(case: tuple[Painting, Tensor]) -> None:
    painting, _ = case
    torch.testing.assert_close(painting.partials[-1], painting.canvas, rtol=1e-4, atol=1e-5)


@few
@given(paintings())
def test_each_stroke_adds_its_products_where_it_says(case: tuple[Painting, Tensor]) -> None:
    painting, _ = case
    i = len(painting) // 2
    stroke = painting.step(i)
    before = painting.partials[i - 1] if i else torch.zeros_like(painting.canvas)
    added = painting.partials[i] - before
    along = zip(stroke.cells, painting.axes, strict=True)
    rows = [torch.tensor(taps) + axis.padding for taps, axis in along]
    for dim, row in enumerate(rows):
        added = added.index_select(dim, row)
    torch.testing.assert_close(added, stroke.products, rtol=1e-4, atol=1e-4)
    assert float(stroke.products.sum()) == pytest.approx(
        stroke.value * float(painting.kernel.sum()), abs=1e-4
    )


@given(fitting(), st.integers(0, 2**16))
def test_it_is_the_transpose_of_the_convolution(case: tuple[Window, Shape], seed: int) -> None:
    """⟨conv(x), y⟩ = ⟨x, transposed(y)⟩ for all x and y."""
    window, shape = case
    generator = torch.Generator().manual_seed(seed)
    kernel = torch.randn(per_axis(window.kernel_size, len(shape)), generator=generator)
    x = torch.randn(shape, generator=generator)
    there = correlate(x, kernel, window).output
    y = torch.randn(there.shape, generator=generator)
    fields = [per_axis(getattr(window, name), len(shape)) for name in ("stride", "dilation")]
    missing = tuple(
        n - ((o - 1) * axis.stride - 2 * axis.padding + axis.extent)
        for n, o, axis in zip(shape, there.shape, window.along(shape), strict=True)
    )
    # what the stride left over comes back as output padding, where PyTorch allows so much
    assume(all(0 <= m < max(s, d) for m, s, d in zip(missing, *fields, strict=True)))
    back = correlate_transposed(y, kernel, window, missing).output
    assert back.shape == x.shape
    assert float((there * y).sum()) == pytest.approx(float((x * back).sum()), rel=1e-3, abs=1e-3)


def test_two_by_two_of_the_textbook() -> None:
    x = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
    assert correlate_transposed(x, x).output.tolist() == [[0, 0, 1], [0, 4, 6], [4, 12, 9]]
    strided = correlate_transposed(x, x, Window(2, 2)).output
    assert strided.tolist() == [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]
    assert correlate_transposed(x, x, Window(2, padding=1)).output.tolist() == [[4]]


@pytest.mark.parametrize(
    ("window", "added", "kind"),
    [
        (Window(2, 2), 2, "output_padding"),
        (Window(2, 1, 2), 0, "transposed_empty"),
        (Window(3), 0, "correlate_kernel"),
    ],
)
def test_what_does_not_fit_is_refused(window: Window, added: int, kind: str) -> None:
    with pytest.raises(Problem) as caught:
        correlate_transposed(torch.ones(2, 2), torch.ones(2, 2), window, added)
    assert caught.value.kind == kind


def test_numbers_that_are_not_finite_are_refused() -> None:
    with pytest.raises(Problem):
        correlate_transposed(torch.tensor([[math.inf]]), torch.ones(1, 1))


# ---- how often a cell is met


@given(fitting())
def test_reads_are_counted_as_the_gradient_of_the_sum(case: tuple[Window, Shape]) -> None:
    window, shape = case
    x = torch.zeros(shape, requires_grad=True)
    correlate(
        x, torch.ones(per_axis(window.kernel_size, len(shape))), window
    ).output.sum().backward()
    assert x.grad is not None
    assert read_counts(window, shape).equal(x.grad)


@given(paintings())
def test_strokes_are_counted_as_a_painting_of_ones(case: tuple[Painting, Tensor]) -> None:
    painting, _ = case
    ones = correlate_transposed(
        torch.ones_like(painting.input),
        torch.ones_like(painting.kernel),
        painting.window,
        painting.output_padding,
    )
    found = paint_counts(painting.window, tuple(painting.input.shape), painting.output_padding)
    torch.testing.assert_close(found, ones.output)


def test_corner_is_read_once_and_the_middle_nine_times() -> None:
    counts = read_counts(Window(3), (8, 8))
    assert (counts[0, 0], counts[4, 4]) == (1, 9)
    assert read_counts(Window(3, padding=2), (8, 8)).unique().tolist() == [9]


# ---- presets of padding


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
@pytest.mark.parametrize("dilation", [1, 2])
def test_presets_are_those_of_the_field(kernel_size: int, dilation: int) -> None:
    sizes = {}
    for name in ("valid", "same", "full"):
        (axis,) = Window((kernel_size,), dilation=dilation).along((20,))
        padding = axis.padding_for(name)
        assert padding is not None
        sizes[name] = Window((kernel_size,), 1, padding, dilation).output_shape((20,))[0]
    extent = dilation * (kernel_size - 1) + 1
    assert sizes == {"valid": 21 - extent, "same": 20, "full": 19 + extent}


def test_even_kernel_has_no_padding_that_keeps_the_size() -> None:
    (axis,) = Window((2,)).along((5,))
    assert axis.padding_for("same") is None
