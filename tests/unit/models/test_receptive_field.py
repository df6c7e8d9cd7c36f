"""Theoretical fields: the gradient of a network of ones reaches exactly them."""

import pytest
import torch
from hypothesis import given

from cnnviz.models import Layer, field_of, field_table
from cnnviz.problems import Problem
from tests.unit.models.stacks import Stack, gradients, ones, stacks


def conv(k: int, s: int = 1, p: int = 0, d: int = 1) -> Layer:
    return Layer("conv", k, s, p, d)


def pool(k: int, s: int, p: int = 0) -> Layer:
    return Layer("max", k, s, p)


# ---- against gradients


@given(stacks())
def test_cells_of_a_field_are_those_that_a_gradient_reaches(stack: Stack) -> None:
    fields = field_of(stack.layers, stack.cell, stack.size)
    reached = gradients(ones(stack.layers), stack.size, stack.cell)
    assert len(fields) == len(reached) == len(stack.layers) + 1
    for (rows, cols), gradient in zip(fields, reached, strict=True):
        expected = torch.zeros_like(gradient, dtype=torch.bool)
        for row in rows.cells:
            expected[row, list(cols.cells)] = True
        assert (gradient != 0).equal(expected)


@given(stacks())
def test_sizes_are_pytorchs(stack: Stack) -> None:
    x = torch.rand(1, 1, *stack.size, dtype=torch.float64)
    rows = field_table(stack.layers, stack.size)
    assert rows[0].size == stack.size
    for row, module in zip(rows[1:], ones(stack.layers), strict=True):
        x = module(x)
        assert row.size == tuple(x.shape[2:])


@given(stacks())
def test_field_without_borders_is_r_wide_and_starts_where_jump_and_padding_say(
    stack: Stack,
) -> None:
    """In a picture so large that no padding is met: the gradient's box, with the padding moved
    into the picture's own cells."""
    row = field_table(stack.layers, stack.size)[-1]
    spans = field_of(stack.layers, stack.cell, stack.size)[0]
    bare = [Layer("conv", a.kernel_size, a.stride, 0, a.dilation) for a in stack.layers]
    side = row.receptive_field + 4 * row.jump
    gradient = gradients(ones(bare), (side, side), (4, 4))[0]
    reached = gradient.nonzero()
    low, high = reached.amin(0).tolist(), reached.amax(0).tolist()
    assert low == [4 * row.jump] * 2
    assert high == [4 * row.jump + row.receptive_field - 1] * 2
    for span, i in zip(spans, stack.cell, strict=True):
        assert span.first == i * row.jump - row.padding
        assert span.last - span.first + 1 == row.receptive_field


# ---- published numbers (Araujo et al. 2019, table; TensorFlow-Slim's networks)

ALEXNET = [
    conv(11, 4), pool(3, 2), conv(5, 1, 2), pool(3, 2),
    conv(3, 1, 1), conv(3, 1, 1), conv(3, 1, 1), pool(3, 2),
]  # fmt: skip
VGG16 = [
    layer
    for convs in (2, 2, 3, 3, 3)
    for layer in (*[conv(3, 1, 1)] * convs, pool(2, 2))
]  # fmt: skip
# the longest way through: the 3 × 3 of each unit, where Slim's last unit of a block strides; what
# TensorFlow pads before the pooling's first window is nothing
RESNET50 = [
    conv(7, 2, 3), pool(3, 2),
    *[conv(3, 1, 1)] * 2, conv(3, 2, 1),
    *[conv(3, 1, 1)] * 3, conv(3, 2, 1),
    *[conv(3, 1, 1)] * 5, conv(3, 2, 1),
    *[conv(3, 1, 1)] * 3,
]  # fmt: skip


@pytest.mark.parametrize(
    ("layers", "field", "stride", "padding"),
    [(ALEXNET, 195, 32, 64), (VGG16, 212, 32, 90), (RESNET50, 483, 32, 239)],
    ids=["AlexNet", "VGG-16", "ResNet-50"],
)
def test_published_networks_have_their_published_fields(
    layers: list[Layer], field: int, stride: int, padding: int
) -> None:
    row = field_table(layers, (224, 224))[-1]
    assert (row.receptive_field, row.jump, row.padding) == (field, stride, padding)


def test_fifth_convolution_of_alexnet_sees_163() -> None:
    assert field_table(ALEXNET, (224, 224))[7].receptive_field == 163


def test_three_small_kernels_see_what_a_large_one_sees() -> None:
    rows = field_table([conv(3)] * 3, (28, 28))
    assert [row.receptive_field for row in rows] == [1, 3, 5, 7]
    assert field_table([conv(7)], (28, 28))[-1][:2] == rows[-1][:2] == ((22, 22), 7)


def test_wavenets_doubling_dilations_see_1024_samples() -> None:
    layers = [conv(2, d=2**n) for n in range(10)]
    assert field_table(layers, (2000,))[-1].receptive_field == 1024


def test_centre_of_the_first_cell_lies_inside_where_padding_keeps_the_size() -> None:
    assert [row.centre for row in field_table([conv(3, 1, 1)] * 3, (9, 9))] == [0, 0, 0, 0]
    assert field_table([conv(4, 2)], (9, 9))[-1].centre == 1.5


# ---- borders, holes


def test_dilated_layers_leave_holes() -> None:
    rows, _ = field_of([conv(3, d=2), conv(3, d=2)], (0, 0), (20, 20))[0]
    assert (rows.first, rows.last) == (0, 8)
    assert rows.cells == (0, 2, 4, 6, 8)


def test_row_that_no_window_reads_is_not_in_a_field_at_the_border() -> None:
    # 6 rows, stride 2, no padding: the last row is left over, though the padding of the second
    # layer would reach over it
    rows, _ = field_of([conv(1, 2), conv(3, 1, 1)], (2, 2), (6, 6))[0]
    assert (rows.first, rows.last) == (2, 6)
    assert rows.cells == (2, 4)


def test_cell_of_the_padding_alone_sees_no_pixel() -> None:
    rows, cols = field_of([conv(1, p=2)], (0, 3), (4, 4))[0]
    assert (rows.first, rows.last, rows.cells) == (-2, -2, ())
    assert cols.cells == (1,)


def test_without_layers_a_cell_sees_itself() -> None:
    assert field_of([], (2, 3), (4, 4)) == [((2, 2, (2,)), (3, 3, (3,)))]


# ---- refusals


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (("lstm", 3), "layer_kind"),
        (("conv", 0), "window_low"),
        (("conv", 3, 0), "window_low"),
        (("avg", 3, 1, 0, 2), "layer_avg_dilation"),
        (("max", 3, 1, 2), "layer_pool_padding"),
    ],
)
def test_layer_that_pytorch_does_not_have_is_refused(arguments: tuple[str, int], kind: str) -> None:
    with pytest.raises(Problem) as caught:
        Layer(*arguments)
    assert caught.value.kind == kind


def test_layer_that_does_not_fit_is_named_with_its_sizes() -> None:
    with pytest.raises(Problem, match=r"Layer 3 spans 5 cells .* 3 × 4, with its padding 3 × 4"):
        field_table([conv(3), pool(2, 2), conv(5)], (9, 11))


def test_cell_outside_the_last_layer_is_refused() -> None:
    with pytest.raises(Problem, match=r"Cell \(26, 0\) lies outside the shape \(26, 26\)"):
        field_of([conv(3)], (26, 0), (28, 28))
