"""Activations and derivatives, against closed forms, finite differences, torch's layers."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnviz.ops.activations import NAMES, activate
from cnnviz.problems import Problem

LAYERS = {
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "leaky-relu": nn.LeakyReLU(),
    "gelu": nn.GELU(),
}
values = st.floats(-30, 30, width=32)
maps = st.lists(values, min_size=1, max_size=30).map(torch.tensor)


def slope(name: str, x: Tensor, h: float = 1e-6) -> Tensor:
    """Central differences in float64."""
    ahead, behind = (activate(x.double() + shift, name).output for shift in (h, -h))
    return (ahead - behind) / (2 * h)


@pytest.mark.parametrize("name", NAMES)
@given(x=maps)
def test_output_is_that_of_torchs_layer(name: str, x: Tensor) -> None:
    assert activate(x, name).output.equal(LAYERS[name](x))


@pytest.mark.parametrize("name", NAMES)
@given(x=maps)
def test_derivative_is_the_slope(name: str, x: Tensor) -> None:
    x = torch.where(x.abs() < 1e-4, 0.5, x)  # the corner at 0 has no slope
    torch.testing.assert_close(
        activate(x, name).derivative.double(), slope(name, x), atol=1e-5, rtol=1e-5
    )


@given(x=maps)
def test_derivatives_of_the_course_follow_from_the_outputs(x: Tensor) -> None:
    sigmoid, tanh = activate(x.double(), "sigmoid"), activate(x.double(), "tanh")
    torch.testing.assert_close(sigmoid.derivative, sigmoid.output * (1 - sigmoid.output))
    torch.testing.assert_close(tanh.derivative, 1 - tanh.output**2)
    assert activate(x, "relu").derivative.equal((x > 0).float())


def test_derivatives_at_zero() -> None:
    at_zero = [float(activate(torch.zeros(1), name).derivative) for name in NAMES]
    assert at_zero == pytest.approx([0.25, 1, 0, 0.01, 0.5])


def test_saturation_counts_the_cells_that_let_nothing_through() -> None:
    x = torch.tensor([[-9.0, 0.0], [9.0, 1.0]])
    assert activate(x, "sigmoid").saturated == 0.5
    assert activate(x, "relu").saturated == 0.5  # −9 and the corner
    assert activate(x, "leaky-relu").saturated == 0


@given(x=maps, gain=st.floats(1, 20))
def test_a_larger_gain_never_saturates_fewer_cells(x: Tensor, gain: float) -> None:
    for name in ("sigmoid", "tanh"):
        assert activate(gain * x, name).saturated >= activate(x, name).saturated


def test_the_map_itself_stays_as_it_was() -> None:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    done = activate(x, "relu")
    assert done.input.tolist() == [-1, 2]
    assert x.grad is None
    assert not done.output.requires_grad


def test_whole_numbers_are_computed_as_floats() -> None:
    assert activate(torch.tensor([-2, 3]), "relu").output.tolist() == [0.0, 3.0]


def test_unknown_name_and_infinite_numbers_are_refused() -> None:
    with pytest.raises(Problem, match=r"softplus.*sigmoid"):
        activate(torch.ones(2), "softplus")
    with pytest.raises(Problem, match="finite"):
        activate(torch.tensor([torch.inf]), "relu")
