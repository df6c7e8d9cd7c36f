"""Matrices whose products are a correlation, against PyTorch and a loop over cells."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops import Window, correlate
from cnnviz.ops.views import Views, four_views, im2col, reads, sizes, terms, toeplitz
from tests.unit.ops.strategies import Shape, fitting, per_axis

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
RAMP = torch.arange(9.0).reshape(3, 3)
K = torch.tensor([[0.0, 1.0], [2.0, 3.0]])


def numbers(shape: Shape, seed: int = 0) -> Tensor:
    """Small whole numbers: their sums are exact in float32."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(-9, 10, shape, generator=generator).float()


def spread(window: Window, axes: int) -> dict[str, Shape]:
    names = ("kernel_size", "stride", "padding", "dilation")
    return {name: per_axis(getattr(window, name), axes) for name in names}


def conv(x: Tensor, kernel: Tensor, window: Window) -> Tensor:
    """(C, *spatial) with (O, C, *kernel_size), by PyTorch."""
    settings = spread(window, x.ndim - 1)
    del settings["kernel_size"]
    return CONV[x.ndim - 1](x[None], kernel, **settings)[0]  # type: ignore[arg-type]


def looped(kernel: Tensor, window: Window, shape: Shape) -> Tensor:
    """The matrix of a bare correlation, written cell by cell."""
    outputs = list(itertools.product(*map(range, window.output_shape(shape))))
    inputs = {cell: i for i, cell in enumerate(itertools.product(*map(range, shape)))}
    matrix = torch.zeros(len(outputs), len(inputs))
    for o, output in enumerate(outputs):
        for weight, cell in zip(kernel.flatten(), window.reads(output, shape), strict=True):
            if cell in inputs:
                matrix[o, inputs[cell]] += weight
    return matrix


def test_course_example_as_a_matrix() -> None:
    assert toeplitz(K, Window(2), (3, 3)).tolist() == [
        [0, 1, 0, 2, 3, 0, 0, 0, 0],
        [0, 0, 1, 0, 2, 3, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 2, 3, 0],
        [0, 0, 0, 0, 0, 1, 0, 2, 3],
    ]


def test_course_example_as_columns() -> None:
    columns = im2col(RAMP, Window(2))
    assert columns.tolist() == [[0, 1, 3, 4], [1, 2, 4, 5], [3, 4, 6, 7], [4, 5, 7, 8]]
    assert (K.flatten() @ columns).tolist() == [19, 25, 37, 43]


@given(fitting(axes=2), st.integers(1, 3))
def test_columns_are_those_of_unfold(case: tuple[Window, Shape], channels: int) -> None:
    window, shape = case
    x = numbers((channels, *shape))
    expected = F.unfold(x[None], **spread(window, 2))[0]
    assert im2col(x, window, channels=True).equal(expected)


@given(fitting())
def test_kernel_as_a_row_times_the_columns_is_pytorchs_output(case: tuple[Window, Shape]) -> None:
    window, shape = case
    x, kernel = numbers(shape), numbers(per_axis(window.kernel_size, len(shape)), 1)
    expected = conv(x[None], kernel[None, None], window)
    assert (kernel.flatten() @ im2col(x, window)).equal(expected.flatten())


@given(fitting(), st.integers(1, 3), st.integers(1, 3))
def test_matrix_times_the_flat_input_is_pytorchs_output(
    case: tuple[Window, Shape], channels: int, outputs: int
) -> None:
    window, shape = case
    x = numbers((channels, *shape))
    kernel = numbers((outputs, channels, *per_axis(window.kernel_size, len(shape))), 1)
    expected = conv(x, kernel, window)
    assert (toeplitz(kernel, window, shape) @ x.flatten()).equal(expected.flatten())


@given(fitting())
def test_matrix_is_the_one_written_cell_by_cell(case: tuple[Window, Shape]) -> None:
    window, shape = case
    kernel = numbers(per_axis(window.kernel_size, len(shape)))
    assert toeplitz(kernel, window, shape).equal(looped(kernel, window, shape))


@given(fitting(axes=2))
def test_transposed_matrix_is_the_transposed_convolution(case: tuple[Window, Shape]) -> None:
    window, shape = case
    kernel = numbers(per_axis(window.kernel_size, 2))
    x = numbers(shape).requires_grad_()
    output = conv(x[None], kernel[None, None], window)[0]
    upstream = numbers(tuple(output.shape), 2)
    (gradient,) = torch.autograd.grad(output, x, upstream)
    assert (toeplitz(kernel, window, shape).T @ upstream.flatten()).equal(gradient.flatten())


@given(fitting())
def test_cells_that_are_read_are_the_windows(case: tuple[Window, Shape]) -> None:
    window, shape = case
    table = reads(window, shape)
    inputs = {cell: i for i, cell in enumerate(itertools.product(*map(range, shape)))}
    for o, output in enumerate(itertools.product(*map(range, window.output_shape(shape)))):
        assert table[:, o].tolist() == [inputs.get(c, -1) for c in window.reads(output, shape)]


# ---- terms


def picked(values: Tensor, cells: Tensor) -> Tensor:
    """The value at each cell, 0 where there is none."""
    return torch.where(cells < 0, torch.zeros(()), values.flatten()[cells.clamp(min=0)])


@given(fitting())
def test_every_board_holds_a_terms_two_factors(case: tuple[Window, Shape]) -> None:
    window, shape = case
    x, kernel = numbers(shape), numbers(per_axis(window.kernel_size, len(shape)), 1)
    walk, at = correlate(x, kernel, window), terms(window, shape)
    cells, weights = picked(x, at.input), picked(kernel, at.tap)
    assert picked(walk.padded, at.padded).equal(cells)
    assert picked(im2col(x, window), at.column).equal(cells)
    inside = at.matrix >= 0
    assert inside.equal(at.input >= 0)
    assert picked(toeplitz(kernel, window, shape), at.matrix)[inside].equal(weights[inside])
    total = torch.zeros(len(walk)).index_add(0, at.output, cells * weights)
    assert total.equal(walk.output.flatten())


def test_each_cell_of_the_columns_is_one_term() -> None:
    at = terms(Window(3, padding=1), (4, 5))
    assert sorted(at.column.tolist()) == list(range(9 * 20))


# ---- the four together


def test_four_ways_agree_to_the_last_bit_on_whole_numbers() -> None:
    views = four_views(correlate(RAMP, K))
    for way in (views.by_window, views.by_columns, views.by_matrix, views.by_torch):
        assert way.tolist() == [[19, 25], [37, 43]]
    assert views.difference == 0
    assert views.agree


@pytest.mark.parametrize("flip", [False, True])
@given(fitting(), st.integers(0, 2**16))
def test_four_ways_agree_within_rounding(flip: bool, case: tuple[Window, Shape], seed: int) -> None:
    window, shape = case
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(shape, generator=generator)
    kernel = torch.randn(per_axis(window.kernel_size, len(shape)), generator=generator)
    views = four_views(correlate(x, kernel, window, flip=flip))
    assert views.agree
    exact = conv(
        x.double()[None],
        (kernel.flip(*range(kernel.ndim)) if flip else kernel).double()[None, None],
        window,
    )[0]
    for way in (views.by_window, views.by_columns, views.by_matrix):
        assert way.double().allclose(exact, rtol=0, atol=1e-5 * math.prod(kernel.shape) * 10)


def test_a_wrong_result_is_no_agreement() -> None:
    views = four_views(correlate(RAMP, K))
    wrong = Views(**{**vars(views), "by_matrix": views.by_matrix + 0.01})
    assert wrong.difference == pytest.approx(0.01, rel=1e-3)
    assert not wrong.agree


# ---- sizes


@given(fitting())
def test_sizes_are_those_of_the_matrices(case: tuple[Window, Shape]) -> None:
    window, shape = case
    found = sizes(window, shape)
    matrix = toeplitz(torch.ones(per_axis(window.kernel_size, len(shape))), window, shape)
    assert found.columns == im2col(torch.zeros(shape), window).numel()
    assert found.matrix == matrix.numel()
    assert found.weights == int(matrix.count_nonzero())
    assert found.zeros == pytest.approx(float((matrix == 0).double().mean()))
    assert found.factor == found.taps * found.outputs / math.prod(shape)


def test_sizes_of_a_photo_are_told_without_making_its_matrix() -> None:
    found = sizes(Window(3, padding=1), (224, 224))
    assert found.matrix == 224**4  # ten gigabytes in float32
    assert found.factor == 9
    assert found.weights == (3 * 224 - 2) ** 2
