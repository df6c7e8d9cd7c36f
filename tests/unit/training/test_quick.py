"""The quick pooling is PyTorch's: the same numbers to the last bit, forwards and backwards."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnviz.models.registry import build
from cnnviz.training.quick import HalvingAverage, quicken


def rand(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@given(
    st.tuples(*[st.integers(1, 5)] * 2, *[st.integers(2, 13)] * 2),
    st.integers(0, 999),
    st.booleans(),
)
def test_forward_and_gradient_are_those_of_pytorch(
    shape: tuple[int, int, int, int], seed: int, last: bool
) -> None:
    x = rand(*shape, seed=seed)
    x = x.contiguous(memory_format=torch.channels_last) if last else x
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()
    found, expected = HalvingAverage()(ours), F.avg_pool2d(theirs, 2)
    weights = rand(*expected.shape, seed=seed + 1)
    (found * weights).sum().backward()
    (expected * weights).sum().backward()
    assert torch.equal(found, expected)
    assert torch.equal(ours.grad, theirs.grad)


def test_gradient_agrees_with_finite_differences() -> None:
    x = rand(2, 3, 4, 6).double().requires_grad_()
    assert torch.autograd.gradcheck(HalvingAverage(), x)


def test_training_with_it_gives_the_weights_of_plain_pytorch() -> None:
    plain, quick = build("lenet"), build("lenet")
    quick.load_state_dict(plain.state_dict())
    quicken(quick)
    assert sum(isinstance(layer, HalvingAverage) for layer in quick.modules()) == 2
    x, y = rand(8, 1, 28, 28).abs(), torch.arange(8)
    for network in (plain, quick):
        optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
        for _ in range(3):
            optimizer.zero_grad()
            F.cross_entropy(network(x), y).backward()
            optimizer.step()
    assert plain.state_dict().keys() == quick.state_dict().keys()
    for one, other in zip(plain.parameters(), quick.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    "pooling",
    [
        nn.AvgPool2d(3, 2),
        nn.AvgPool2d(2, 1),
        nn.AvgPool2d(2, padding=1),
        nn.AvgPool2d(2, ceil_mode=True),
        nn.AvgPool2d(2, divisor_override=3),
        nn.MaxPool2d(2),
    ],
)
def test_other_poolings_stay(pooling: nn.Module) -> None:
    network = nn.Sequential(nn.Sequential(pooling))
    quicken(network)
    assert network[0][0] is pooling
