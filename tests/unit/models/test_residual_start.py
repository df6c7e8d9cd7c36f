"""A residual block whose last scale is 0 starts as its shortcut, and learns all the same."""

from dataclasses import replace

import pytest
import torch

from cnnviz.models.forms import Form, build
from cnnviz.models.residual_start import apart, first_steps, through
from tests.unit.models.forms import picture

SHORTCUTS = [
    Form("residual", 3),
    Form("residual", 3, 4, use_1x1conv=True, stride=2),
    Form("bottleneck", 3, 4, use_1x1conv=True),
    Form("resnext", 4, 4, groups=2),
]


@pytest.mark.parametrize("form", SHORTCUTS, ids=lambda form: form.call)
def test_block_that_starts_at_zero_is_relu_of_its_shortcut(form: Form) -> None:
    x = picture(form)
    assert apart(replace(form, zero_init_residual=True), x) == 0
    assert apart(form, x) > 0.1


@pytest.mark.parametrize("form", SHORTCUTS, ids=lambda form: form.call)
def test_only_the_scale_has_a_gradient_at_first(form: Form) -> None:
    zero = first_steps(replace(form, zero_init_residual=True), picture(form), steps=3)
    assert (zero.added[0], zero.conv_gradient[0]) == (0, 0)
    assert zero.scale_gradient[0] > 0
    assert zero.conv_gradient[1] > 0
    assert zero.added[1] > 0
    one = first_steps(form, picture(form), steps=0)
    assert one.conv_gradient[0] > 0


@pytest.mark.parametrize("zero", [True, False])
def test_first_steps_bring_the_loss_down(zero: bool) -> None:
    form = Form("residual", 3, zero_init_residual=zero)
    found = first_steps(form, picture(form), steps=20)
    assert len(found.loss) == 21
    assert found.loss[-1] < 0.9 * found.loss[0]


def test_gradient_of_the_scale_is_autograds() -> None:
    form = Form("residual", 3, zero_init_residual=True)
    x = picture(form)
    block, target = build(form), build(Form("residual", 3, seed=1000))(x[None]).detach()
    (block(x[None]) - target).square().mean().backward()
    assert first_steps(form, x, steps=0).scale_gradient[0] == pytest.approx(
        float(block.bn2.weight.grad.norm()), rel=1e-5
    )


def test_signal_passes_any_number_of_blocks_that_start_at_zero() -> None:
    form = Form("residual", 3, zero_init_residual=True)
    assert through(form, picture(form), 8) == [1.0] * 9
    growing = through(Form("residual", 3), picture(form), 8)
    assert growing[0] == 1
    assert growing[8] > growing[4] > growing[1] > 1


def test_signal_is_that_of_blocks_one_after_the_other() -> None:
    form = Form("bottleneck", 3, 3)
    x = picture(form)
    y = build(replace(form, seed=1))(build(form)(x[None]))
    size = torch.sqrt((y**2).mean() / (x**2).mean())
    assert through(form, x, 2)[2] == pytest.approx(float(size.detach()), rel=1e-5)
