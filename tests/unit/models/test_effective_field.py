"""Effective fields: gradients of real networks, within the theoretical field, and Gaussian."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnviz.models import (
    Layer,
    effective_field,
    effective_size,
    feature_maps,
    field_of,
    field_table,
    growth,
)
from cnnviz.models.effective_field import DRAWS, LARGEST_GROWTH, WEIGHTS, draws_for
from cnnviz.problems import Problem
from tests.unit.models.stacks import Stack, stacks

CONV = Layer("conv", 3, padding=1)
PICTURE = torch.rand(24, 24, generator=torch.Generator().manual_seed(5))


@settings(max_examples=60, deadline=None)
@given(stacks(), st.sampled_from(WEIGHTS))
def test_gradient_stays_within_the_theoretical_field(stack: Stack, weights: str) -> None:
    picture = torch.rand(stack.size, generator=torch.Generator().manual_seed(1))
    field = effective_field(stack.layers, stack.cell, picture, weights=weights, draws=3)
    assert field.shape == stack.size
    assert field.min() >= 0
    rows, cols = field_of(stack.layers, stack.cell, stack.size)[0]
    outside = torch.ones(stack.size, dtype=torch.bool)
    for row in rows.cells:
        outside[row, list(cols.cells)] = False
    assert not field[outside].any()


def test_gradient_is_a_finite_difference_of_the_network() -> None:
    """Of an average and a maximum pooling too; in one network, as PyTorch computes it."""
    layers = [CONV, Layer("avg", 2, 2), Layer("conv", 3, dilation=2), Layer("max", 2, 1)]
    cell, nudge = (3, 2), 1e-2
    field = effective_field(layers, cell, PICTURE, weights="uniform")
    for row, col in ((4, 4), (8, 7), (10, 9), (20, 20)):
        more, less = PICTURE.clone(), PICTURE.clone()
        more[row, col] += nudge
        less[row, col] -= nudge
        high, low = (feature_maps(layers, x, weights="uniform")[-1][cell] for x in (more, less))
        slope = float(high - low) / (2 * nudge)
        assert float(field[row, col]) == pytest.approx(slope, abs=2e-4)


def test_uniform_network_is_a_chain_of_averages() -> None:
    x = PICTURE[None, None]
    for plane in feature_maps([CONV, CONV], PICTURE, weights="uniform")[1:]:
        x = F.avg_pool2d(x, 3, 1, 1)  # counts the padding, as a convolution does
        torch.testing.assert_close(plane, x[0, 0])


@pytest.mark.parametrize(
    "layers",
    [
        [Layer("conv", 3)] * 6,
        [Layer("conv", 5), Layer("avg", 2, 2), Layer("conv", 3, dilation=2), Layer("conv", 4)],
    ],
)
def test_variance_of_a_uniform_field_is_the_sum_of_its_layers(layers: list[Layer]) -> None:
    """Each adds (j·d)²(k²−1)/12, as independent uniform variables do: hence the square root."""
    rows = field_table(layers, (80, 80))
    field = effective_field(layers, (5, 5), torch.rand(80, 80), weights="uniform").sum(0)
    places, mass = torch.arange(80.0), field / field.sum()
    mean = (mass * places).sum()
    expected = sum(
        (row.jump * layer.dilation) ** 2 * (layer.kernel_size**2 - 1) / 12
        for row, layer in zip(rows, layers, strict=False)
    )
    assert float((mass * (places - mean) ** 2).sum()) == pytest.approx(expected, rel=1e-3)


def test_uniform_gradient_of_one_picture_sums_to_one() -> None:
    field = effective_field([Layer("conv", 3)] * 3, (9, 9), PICTURE, weights="uniform")
    assert float(field.sum()) == pytest.approx(1)


def test_same_seed_gives_the_same_field_and_another_another() -> None:
    def field(seed: int) -> torch.Tensor:
        return effective_field([CONV] * 2, (9, 9), PICTURE, draws=2, seed=seed)

    assert field(1).equal(field(1))
    assert not field(1).equal(field(2))


def test_field_of_several_networks_is_the_mean_of_each() -> None:
    """Draw 1 of seed 0 is another network than draw 0; their mean does not favour one."""
    two, one = (effective_field([CONV] * 3, (9, 9), PICTURE, draws=draws) for draws in (2, 1))
    other = 2 * two - one
    assert other.min() > -1e-6
    assert not torch.allclose(other, one)


def test_relu_mutes_what_is_negative() -> None:
    linear, relu = (feature_maps([CONV] * 2, PICTURE, weights=w) for w in ("linear", "relu"))
    assert linear[1].min() < 0
    assert relu[1].min() == 0
    assert relu[2].min() < 0  # nothing follows the last layer


def test_maps_show_the_channel_that_varies_most() -> None:
    layers = [Layer("conv", 3)]
    shown = feature_maps(layers, PICTURE, weights="linear", seed=3)
    weights = torch.randn(4, 1, 3, 3, generator=torch.Generator().manual_seed(3 * DRAWS)) / 3
    x = (PICTURE - PICTURE.mean()) / PICTURE.std(correction=0)
    channels = F.conv2d(x[None, None], weights)[0]
    torch.testing.assert_close(shown[1], max(channels, key=lambda plane: float(plane.std())))
    assert shown[0].equal(PICTURE)


def test_picture_of_one_colour_has_a_field_too() -> None:
    field = effective_field([CONV] * 2, (9, 9), torch.zeros(24, 24), weights="linear")
    assert field.isfinite().all()
    assert field.max() > 0


# ---- its size


def test_size_of_a_gaussian_is_the_area_within_its_threshold() -> None:
    sigma = 12.0
    away = torch.arange(-60.0, 61.0)
    field = torch.exp(-(away[:, None] ** 2 + away**2) / (2 * sigma**2))
    radius = sigma * math.sqrt(-2 * math.log(0.0455))
    assert effective_size(field) == pytest.approx(math.sqrt(math.pi) * radius, rel=0.01)


def test_field_of_zeros_has_no_size() -> None:
    assert effective_size(torch.zeros(3, 3)) == 0


def test_effective_field_grows_as_the_root_and_the_theoretical_in_proportion() -> None:
    sizes = growth([Layer("conv", 3)] * 12, weights="uniform")
    assert sizes[0] == 3
    assert sizes[11] / sizes[2] == pytest.approx(math.sqrt(12 / 3), rel=0.1)  # type: ignore[operator]
    assert sizes == sorted(sizes)  # type: ignore[type-var]


def test_growth_leaves_out_what_is_too_large() -> None:
    sizes = growth([Layer("conv", 11, 4), Layer("conv", 11, 4), Layer("conv", 11)])
    assert [size is None for size in sizes] == [False, False, True]
    assert field_table([Layer("conv", 11, 4)] * 2, (400, 400))[-1].receptive_field <= LARGEST_GROWTH


def test_growth_counts_no_padding() -> None:
    bare = [Layer("conv", 3)] * 3
    assert growth([CONV] * 3, weights="linear") == growth(bare, weights="linear")


def test_fewer_networks_are_drawn_where_each_takes_long() -> None:
    assert draws_for([CONV] * 3, (28, 28)) == DRAWS
    assert 1 <= draws_for([CONV] * 12, (128, 128)) < DRAWS
    assert draws_for([Layer("conv", 11, padding=5)] * 12, (128, 128)) == 1
    assert draws_for([Layer("max", 2, 2)], (8, 8)) == DRAWS


def test_cell_outside_is_refused() -> None:
    with pytest.raises(Problem, match="Cell"):
        effective_field([CONV], (24, 0), PICTURE)
