"""1×1 is a matrix product, two kernels in a row are one: both against PyTorch's convolutions."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.ops import kernels
from cnnviz.ops.channels import (
    compose,
    in_a_row,
    patch_around,
    pointwise,
    with_relu_between,
)
from cnnviz.problems import Problem

SIZES = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(st.integers(1, 8), st.integers(1, 8), SIZES, st.integers(0, 999))
def test_pointwise_is_a_matrix_product_over_pixels(
    c_in: int, c_out: int, size: tuple[int, int], seed: int
) -> None:
    torch.manual_seed(seed)
    x, stack = torch.rand(c_in, *size), torch.rand(c_out, c_in, 1, 1) - 0.5
    found = pointwise(x, stack)
    assert found.product.equal(stack.reshape(c_out, c_in) @ x.reshape(c_in, -1))
    dense = F.linear(x.permute(1, 2, 0), stack[:, :, 0, 0]).permute(2, 0, 1)  # at every pixel
    torch.testing.assert_close(found.convolved, dense, atol=1e-6, rtol=0)
    assert found.difference <= 1e-6


def test_pointwise_of_the_courses_shape_differs_by_less_than_a_millionth() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.normal(0, 1, (3, 3, 3), generator=generator)
    found = pointwise(x, torch.normal(0, 1, (2, 3, 1, 1), generator=generator))
    assert found.product.shape == (2, 9)
    assert found.convolved.shape == (2, 3, 3)
    assert found.difference == (found.product.reshape(2, 3, 3) - found.convolved).abs().max()
    assert found.difference < 1e-6


@pytest.mark.parametrize("shape", [(2, 3, 2, 2), (2, 4, 1, 1), (2, 3)])
def test_kernel_that_is_not_pointwise_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(Problem, match="1×1"):
        pointwise(torch.ones(3, 4, 4), torch.ones(shape))


@given(SIZES, SIZES, st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.integers(0, 999))
def test_one_kernel_does_what_two_in_a_row_do(
    k1: tuple[int, int], k2: tuple[int, int], c_in: int, c_mid: int, c_out: int, seed: int
) -> None:
    torch.manual_seed(seed)
    first, second = torch.randn(c_mid, c_in, *k1), torch.randn(c_out, c_mid, *k2)
    x = torch.randn(c_in, 9, 8)
    one = compose(first, second)
    assert one.shape == (c_out, c_in, k1[0] + k2[0] - 1, k1[1] + k2[1] - 1)
    twice = F.conv2d(F.conv2d(x[None], first), second)
    torch.testing.assert_close(F.conv2d(x[None], one), twice, atol=1e-4, rtol=1e-4)


def test_difference_of_differences_is_the_second_derivative() -> None:
    edge = kernels.named("edge")
    assert compose(edge, edge).equal(kernels.named("second-derivative"))


@pytest.mark.parametrize(
    "shapes", [((3, 3), (2, 1, 3, 3)), ((4, 1, 2, 2), (1, 3, 2, 2)), ((3,), (3,))]
)
def test_kernels_that_do_not_follow_each_other_are_refused(
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
) -> None:
    with pytest.raises(Problem, match="in a row"):
        compose(torch.ones(shapes[0]), torch.ones(shapes[1]))


def test_both_ways_over_a_plane_agree_and_differ_only_at_the_border_if_padded() -> None:
    x = torch.rand(12, 14, generator=torch.Generator().manual_seed(1))
    sobel, box = kernels.named("sobel-x"), kernels.named("box")
    found = in_a_row(x, sobel, box)
    assert found.middle.shape == (10, 12)
    assert found.twice.shape == found.once.shape == (8, 10)
    assert found.difference < 1e-5
    two = F.conv2d(
        F.conv2d(x[None, None], sobel[None, None], padding=1), box[None, None], padding=1
    )
    one = F.conv2d(x[None, None], found.one[None, None], padding=2)
    torch.testing.assert_close(found.padded, (two - one)[0, 0])
    inside = found.padded[1:-1, 1:-1]
    assert inside.abs().max() < 1e-5
    assert found.border == found.padded.abs().max() > 0.1


@pytest.mark.parametrize("names", [("edge", "second-derivative"), ("ramp", "cross")])
def test_padded_ways_keep_the_planes_size_for_even_kernels_too(names: tuple[str, str]) -> None:
    found = in_a_row(torch.rand(9, 7), *map(kernels.named, names))
    assert found.padded.shape == (9, 7)


def test_kernels_that_together_are_larger_than_the_plane_are_refused() -> None:
    with pytest.raises(Problem, match=r"\(5, 5\)"):
        in_a_row(torch.rand(4, 9), kernels.named("box"), kernels.named("box"))


def test_relu_between_two_kernels_is_what_one_kernel_cannot_do() -> None:
    generator = torch.Generator().manual_seed(1)
    x, first, second = (torch.randn(n, n, generator=generator) for n in (6, 3, 3))
    layers = torch.nn.Sequential(
        torch.nn.Conv2d(1, 1, 3, bias=False), torch.nn.ReLU(), torch.nn.Conv2d(1, 1, 3, bias=False)
    )
    for layer, kernel in ((layers[0], first), (layers[2], second)):
        layer.weight.data = kernel[None, None]
    found = with_relu_between(x, first, second)
    torch.testing.assert_close(found, layers(x[None, None])[0, 0])
    # a kernel alone is linear: it turns its sign with the picture's
    assert not found.allclose(-with_relu_between(-x, first, second), atol=0.1)


@given(st.integers(5, 12), st.integers(5, 12), st.data())
def test_patch_has_the_cell_in_its_middle_where_there_is_room(
    rows: int, cols: int, data: st.DataObject
) -> None:
    plane = torch.arange(float(rows * cols)).reshape(rows, cols)
    row, col = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, cols - 1))
    patch, (top, left) = patch_around(plane, (row, col), 5)
    assert patch.shape == (5, 5)
    assert patch.equal(plane[top : top + 5, left : left + 5])
    assert plane[row, col] in patch
    if 2 <= row < rows - 2 and 2 <= col < cols - 2:
        assert patch[2, 2] == plane[row, col]
