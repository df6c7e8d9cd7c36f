"""Costs are what PyTorch has and what a loop counts."""

from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnviz.ops.costs import ConvLayer, cost, separable, variants
from cnnviz.problems import Problem

Case = tuple[ConvLayer, nn.Conv2d, torch.Tensor]


@st.composite
def layers(draw: st.DrawFn) -> Case:
    """A layer, the same in PyTorch, and an input for it."""
    groups, a, b = (draw(st.integers(1, 3)) for _ in range(3))
    size = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    shape = draw(st.tuples(st.integers(3, 6), st.integers(3, 6)))
    bias, padding, stride = draw(st.booleans()), draw(st.integers(0, 1)), draw(st.integers(1, 2))
    module = nn.Conv2d(groups * a, groups * b, size, stride, padding, groups=groups, bias=bias)
    x = torch.zeros(groups * a, *shape)
    rows, cols = module(x[None]).shape[2:]
    return ConvLayer(groups * a, groups * b, size, shape, (rows, cols), groups, bias), module, x


@given(layers())
def test_parameters_and_memory_are_pytorchs(
    case: Case,
) -> None:
    layer, module, x = case
    numbers = list(module.parameters())
    y = module(x[None])
    assert layer.parameters == sum(each.numel() for each in numbers)
    assert layer.parameter_bytes == sum(each.nbytes for each in numbers)
    assert layer.input_bytes == x.nbytes
    assert layer.output_bytes == y.nbytes


@given(layers())
def test_multiply_accumulates_are_what_a_loop_counts(
    case: Case,
) -> None:
    layer, module, x = case
    y = module(x[None])[0]
    counted = 0
    for _ in product(*map(range, y.shape)):  # every output cell
        for _ in product(*map(range, module.weight.shape[1:])):  # every weight that it reads with
            counted += 1
    assert layer.macs == counted


def test_sums_are_written_with_the_layers_numbers() -> None:
    layer = ConvLayer(2, 3, (2, 2), (3, 3), (2, 2))
    assert layer.sum == "3·(2·2·2)+3"
    assert eval(layer.sum.replace("·", "*")) == layer.parameters == 27
    assert layer.product == "3·(2·2·2)·(2·2)"
    assert eval(layer.product.replace("·", "*")) == layer.macs == 96
    assert ConvLayer(4, 4, (3,), (9,), (7,), groups=4, bias=False).sum == "4·(1·3)"


def test_doubling_both_channels_makes_four_times_the_work() -> None:
    found = variants(ConvLayer(3, 8, (3, 3), (10, 10), (10, 10), bias=False))
    now = found["now"]
    assert [found[name].macs / now.macs for name in ("twice_in", "twice_out", "both")] == [2, 2, 4]
    assert found["both"].parameters == 4 * now.parameters
    assert found["twice_in"].input_bytes == 2 * now.input_bytes
    assert found["twice_in"].output_bytes == now.output_bytes
    assert found["twice_out"].output_bytes == 2 * now.output_bytes


def test_separable_is_pytorchs_depthwise_and_pointwise_modules() -> None:
    layer = ConvLayer(6, 10, (3, 3), (8, 8), (6, 6))
    modules = nn.Sequential(nn.Conv2d(6, 6, 3, groups=6, bias=False), nn.Conv2d(6, 10, 1))
    found = cost(*separable(layer))
    assert found.parameters == sum(each.numel() for each in modules.parameters())
    assert found.macs == 6 * 9 * 36 + 60 * 36
    middle = modules[0](torch.zeros(1, 6, 8, 8))
    assert found.output_bytes == middle.nbytes + modules[1](middle).nbytes
    assert found.bytes == found.input_bytes + found.parameter_bytes + found.output_bytes


def test_separable_needs_its_known_share_of_the_work() -> None:
    layer = ConvLayer(32, 64, (3, 3), (14, 14), (14, 14), bias=False)  # Howard et al. 2017, 3.1
    share = cost(*separable(layer)).macs / layer.macs
    assert share == pytest.approx(1 / 64 + 1 / 9)


def test_groups_that_do_not_divide_are_refused() -> None:
    with pytest.raises(Problem, match="groups must divide"):
        ConvLayer(3, 4, (1, 1), (2, 2), (2, 2), groups=2)
