"""Costs of blocks are those of the modules, and those that the papers print."""

import pytest

from cnnviz.models.block_costs import (
    GOOGLENET_3A,
    RESNET_2,
    fields_of,
    inception_branches,
    macs,
    parameters,
    residual_ways,
    weights_of,
)
from cnnviz.models.blocks import Bottleneck, Inception, NaiveInception


def count(module: object) -> int:
    """The parameters of a module's convolutions."""
    return sum(p.numel() for name, p in module.named_parameters() if "bn" not in name)  # type: ignore[attr-defined]


def test_googlenets_first_inception_costs_what_its_paper_prints() -> None:
    ways = inception_branches(*GOOGLENET_3A, reduced=True)
    assert parameters(ways) == 163_696  # 159 K of weights alone, in units of 1024
    assert macs(ways) == 128_049_152  # "128 M"
    assert parameters(ways) == count(Inception(192, 64, (96, 128), (16, 32), 32))


def test_without_reductions_it_costs_more_than_twice_as_much() -> None:
    ways = inception_branches(*GOOGLENET_3A, reduced=False)
    assert parameters(ways) == count(NaiveInception(192, 64, 128, 32))
    assert macs(ways) == 784 * (192 * 64 + 192 * 128 * 9 + 192 * 32 * 25)
    assert macs(ways) > 2 * macs(inception_branches(*GOOGLENET_3A, reduced=True))


def test_bottleneck_and_groups_are_counted_as_their_modules() -> None:
    c, size = RESNET_2
    ways = residual_ways(c, 64, 128, 32, size)
    found = {name: parameters({name: layers}) for name, layers in ways.items()}
    assert found["basic"] == 2 * (256 * 256 * 9 + 256)
    assert found["bottleneck"] == count(Bottleneck(256, 64, 256))
    assert found["groups"] == count(Bottleneck(256, 128, 256, groups=32))


def test_two_small_kernels_see_as_far_as_one_large_one_with_fewer_weights() -> None:
    assert fields_of(3, 3) == fields_of(5) == 5
    assert fields_of(3, 3, 3) == fields_of(7) == 7
    assert (weights_of(64, 3, 3), weights_of(64, 5)) == (18 * 64**2, 25 * 64**2)
    assert weights_of(1, 3, 3) / weights_of(1, 5) == pytest.approx(0.72)
