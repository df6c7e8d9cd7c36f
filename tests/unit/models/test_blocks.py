"""The blocks give the shapes, and are made of the layers, that the course prints."""

import pytest
import torch
from torch import nn

from cnnviz.models.blocks import (
    Bottleneck,
    DenseBlock,
    Inception,
    NiNBlock,
    Plain,
    Residual,
    ResNeXtBlock,
    Transition,
    VGGBlock,
)


def parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.mark.parametrize(
    ("block", "x", "y"),
    [
        (VGGBlock(3, 8, 2), (2, 3, 12, 12), (2, 8, 6, 6)),
        (NiNBlock(1, 96, 11, 4, 0), (2, 1, 224, 224), (2, 96, 54, 54)),  # d2l 8.3
        (Inception(192, 64, (96, 128), (16, 32), 32), (1, 192, 12, 12), (1, 256, 12, 12)),
        (Residual(3, 3), (4, 3, 6, 6), (4, 3, 6, 6)),  # d2l 8.6
        (Residual(3, 6, use_1x1conv=True, stride=2), (4, 3, 6, 6), (4, 6, 3, 3)),
        (Bottleneck(8, 2, 8), (4, 8, 6, 6), (4, 8, 6, 6)),
        (Bottleneck(8, 4, 16, 2, True, 2), (4, 8, 6, 6), (4, 16, 3, 3)),
        (ResNeXtBlock(32, 32, 16), (4, 32, 96, 96), (4, 32, 96, 96)),  # d2l 8.6.5
        (DenseBlock(3, 10, 2), (4, 3, 8, 8), (4, 23, 8, 8)),  # d2l 8.7
        (Transition(23, 10), (4, 23, 8, 8), (4, 10, 4, 4)),
        (Plain(3, 6, 2), (4, 3, 6, 6), (4, 6, 3, 3)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, nn.Module) else str(value),
)
def test_block_gives_the_printed_shape(
    block: nn.Module, x: tuple[int, ...], y: tuple[int, ...]
) -> None:
    assert tuple(block(torch.randn(x)).shape) == y


def test_residual_block_whose_last_scale_is_zero_is_a_relu() -> None:
    block = Residual(3, 3)
    nn.init.zeros_(block.bn2.weight)
    x = torch.randn(4, 3, 6, 6)
    torch.testing.assert_close(block(x), x.relu())


def test_residual_block_adds_what_the_plain_block_computes() -> None:
    residual, plain = Residual(3, 3).eval(), Plain(3, 3).eval()
    plain.load_state_dict(residual.state_dict())
    x = torch.randn(2, 3, 6, 6).relu()
    inner = residual.bn2(residual.conv2(residual.bn1(residual.conv1(x)).relu()))
    torch.testing.assert_close(plain(x), inner.relu())
    torch.testing.assert_close(residual(x), (inner + x).relu())


def test_groups_divide_the_weights_of_the_middle_convolution() -> None:
    one, eight = Bottleneck(16, 8, 16), Bottleneck(16, 8, 16, groups=8)
    assert one.conv2.weight.numel() == 8 * eight.conv2.weight.numel()
    assert parameters(one) - parameters(eight) == 8 * 8 * 9 - 8 * 9


def test_resnext_block_is_a_bottleneck_of_its_share() -> None:
    block = ResNeXtBlock(32, 64, groups=4, bottleneck=0.5, use_1x1conv=True)
    assert block.conv2.weight.shape == (32, 8, 3, 3)


def test_dense_block_keeps_its_input_in_the_first_channels() -> None:
    x = torch.randn(2, 3, 8, 8)
    torch.testing.assert_close(DenseBlock(3, 10, 2)(x)[:, :3], x)


def test_inception_branches_stand_side_by_side_in_their_order() -> None:
    block, x = Inception(4, 1, (2, 3), (2, 2), 2), torch.randn(1, 4, 5, 5)
    first = block.b1_1(x).relu()
    last = block.b4_2(nn.functional.max_pool2d(x, 3, 1, 1)).relu()
    torch.testing.assert_close(block(x)[:, :1], first)
    torch.testing.assert_close(block(x)[:, -2:], last)
