"""Batch normalisation against torch's own layer, in both modes."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnviz.ops import correlate
from cnnviz.ops.normalisation import (
    Statistics,
    batch_norm,
    feature_maps,
    fresh,
    running_path,
    statistics,
    updated,
)
from cnnviz.problems import Problem


@st.composite
def batches(draw: st.DrawFn, count: int = 1) -> list[Tensor]:
    """Batches (N, C, H, W) of the same channels, each with values enough for a variance."""
    channels, seed = draw(st.integers(1, 4)), draw(st.integers(0, 2**16))
    generator = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(count):
        n, height, width = (draw(st.integers(1, 5)) for _ in range(3))
        shape = (n + (n * height * width == 1), channels, height, width)
        scale, shift = draw(st.floats(0.1, 20)), draw(st.floats(-20, 20))
        # in float64: two cells that are almost equal lose float32's digits in their variance
        found.append(torch.randn(shape, generator=generator).double() * scale + shift)
    return found


def scales(channels: int) -> tuple[Tensor, Tensor]:
    return torch.linspace(-2, 3, channels), torch.linspace(1, -1, channels)


def layer_like(channels: int, momentum: float) -> nn.BatchNorm2d:
    layer = nn.BatchNorm2d(channels, momentum=momentum)
    gamma, beta = scales(channels)
    layer.load_state_dict({**layer.state_dict(), "weight": gamma, "bias": beta})
    return layer.double()


@given(batches(count=4), st.floats(0, 1))
def test_training_and_then_evaluation_are_torchs(each: list[Tensor], momentum: float) -> None:
    channels = each[0].shape[1]
    layer, (gamma, beta) = layer_like(channels, momentum), scales(channels)
    running = fresh(channels)
    for x in each[:3]:
        done = batch_norm(x, gamma, beta, running, momentum=momentum)
        torch.testing.assert_close(done.output, layer(x).detach(), atol=1e-4, rtol=1e-4)
        running = done.running
    torch.testing.assert_close(running.mean, layer.running_mean, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(running.var, layer.running_var, atol=1e-4, rtol=1e-4)
    layer.eval()
    done = batch_norm(each[3], gamma, beta, running, training=False)
    torch.testing.assert_close(done.output, layer(each[3]).detach(), atol=1e-4, rtol=1e-4)
    assert done.running is running


@given(batches())
def test_training_gives_every_channel_mean_0_and_variance_1(each: list[Tensor]) -> None:
    x = each[0].double()
    channels = x.shape[1]
    found = batch_norm(x, torch.ones(channels), torch.zeros(channels), eps=0)
    again = statistics(found.normalised)
    torch.testing.assert_close(again.mean, torch.zeros_like(again.mean), atol=1e-6, rtol=0)
    torch.testing.assert_close(again.var, torch.ones_like(again.var))


@given(batches())
def test_gamma_and_beta_are_the_new_deviation_and_mean(each: list[Tensor]) -> None:
    x = each[0].double()
    gamma, beta = (each.double() for each in scales(x.shape[1]))
    found = statistics(batch_norm(x, gamma, beta, eps=0).output)
    torch.testing.assert_close(found.mean, beta)
    torch.testing.assert_close(found.var.sqrt(), gamma.abs())


@given(batches())
def test_gamma_and_beta_can_undo_the_normalisation(each: list[Tensor]) -> None:
    x = each[0].double()
    batch = statistics(x)
    done = batch_norm(x, (batch.var + 1e-5).sqrt(), batch.mean)
    torch.testing.assert_close(done.output, x)


def test_variance_of_the_batch_is_biased_and_the_running_one_is_not() -> None:
    x = torch.tensor([1.0, 3.0]).reshape(2, 1, 1, 1)
    assert statistics(x).var.item() == 1  # (1 + 1) / 2
    assert statistics(x, unbiased=True).var.item() == 2  # (1 + 1) / (2 − 1)
    after = updated(fresh(1), statistics(x, unbiased=True), momentum=0.1)
    assert after.var.item() == pytest.approx(0.9 * 1 + 0.1 * 2)
    assert after.mean.item() == pytest.approx(0.1 * 2)


def test_evaluation_with_a_new_layers_statistics_changes_next_to_nothing() -> None:
    x = torch.randn(3, 2, 4, 4, generator=torch.Generator().manual_seed(0))
    done = batch_norm(x, torch.ones(2), torch.zeros(2), training=False)
    torch.testing.assert_close(done.output, x / (1 + 1e-5) ** 0.5)


def test_path_is_what_a_layer_goes_through() -> None:
    generator = torch.Generator().manual_seed(1)
    each = [torch.randn(8, 3, 5, 5, generator=generator) * 3 + 2 for _ in range(40)]
    path = running_path([statistics(x, unbiased=True) for x in each], 3, momentum=0.2)
    assert len(path) == 41
    layer = nn.BatchNorm2d(3, momentum=0.2)
    for x, state in zip(each, path[1:], strict=True):
        layer(x)
        torch.testing.assert_close(state.mean, layer.running_mean)
        torch.testing.assert_close(state.var, layer.running_var)
    assert (path[-1].mean - 2).abs().max() < 0.5
    assert (path[-1].var - 9).abs().max() < 2


@given(batches())
def test_gradient_of_the_output_is_torchs(each: list[Tensor]) -> None:
    """Through mean and variance as well: the batch's images depend on one another."""
    x = each[0].double().requires_grad_()
    gamma, beta = (each.double() for each in scales(x.shape[1]))
    weights = torch.linspace(-1, 1, x.numel(), dtype=torch.float64).reshape(x.shape)
    ours = torch.autograd.grad((batch_norm(x, gamma, beta).output * weights).sum(), x)[0]
    output = F.batch_norm(x, None, None, gamma, beta, training=True)
    theirs = torch.autograd.grad((output * weights).sum(), x)[0]
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-5)


def test_a_channel_with_one_value_is_refused_in_training_alone() -> None:
    x, ones = torch.ones(1, 2, 1, 1), torch.ones(2)
    with pytest.raises(Problem, match="no variance"):
        batch_norm(x, ones, ones)
    state = Statistics(torch.zeros(2), torch.ones(2))
    assert batch_norm(x, ones, ones, state, training=False).output.shape == (1, 2, 1, 1)


@pytest.mark.parametrize(
    ("shape", "channels", "momentum", "kind"),
    [
        ((2, 3, 4), 3, 0.1, "batch_axes"),
        ((0, 3, 4, 4), 3, 0.1, "batch_axes"),
        ((2, 3, 4, 4), 2, 0.1, "batch_scale"),
        ((2, 3, 4, 4), 3, 1.5, "batch_momentum"),
    ],
)
def test_what_does_not_fit_is_refused(
    shape: tuple[int, ...], channels: int, momentum: float, kind: str
) -> None:
    scale = torch.ones(channels)
    with pytest.raises(Problem) as caught:
        batch_norm(torch.ones(shape), scale, scale, momentum=momentum)
    assert caught.value.kind == kind


def test_feature_maps_are_those_of_each_kernel_alone() -> None:
    images = torch.arange(2 * 36, dtype=torch.uint8).reshape(2, 6, 6)
    stack = torch.tensor([[[1.0, -1.0]], [[0.5, 2.0]]])
    maps = feature_maps(images, stack)
    assert maps.shape == (2, 2, 6, 5)
    for n, c in ((0, 0), (1, 1)):
        alone = correlate(images[n] / 255, stack[c]).output
        torch.testing.assert_close(maps[n, c].float(), alone)
