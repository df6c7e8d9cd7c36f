"""A stack taken along: its code runs and finds the same field, its pictures frame it."""

import contextlib
import io
from typing import Any

import pytest
import torch
from hypothesis import given, settings

from cnnviz.export.sheet import sheet_gif, sheet_png
from cnnviz.export.stack import seen, stack_code, stack_panels
from cnnviz.models import STACKS, Layer, effective_field, effective_size, feature_maps
from tests.unit.models.stacks import Stack, gradients, ones, stacks

PICTURE = torch.rand(28, 28, generator=torch.Generator().manual_seed(2))


def executed(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(code, names)
    return {**names, "printed": out.getvalue()}


@settings(max_examples=40, deadline=None)
@given(stacks())
def test_code_runs_its_assertions_and_leaves_the_field(stack: Stack) -> None:
    names = executed(stack_code(stack.layers, stack.cell, stack.size))
    assert names["Y"].equal(seen(stack.layers, stack.cell, stack.size))
    reached = gradients(ones(stack.layers), stack.size, stack.cell)[0] != 0
    assert names["Y"].bool().equal(reached)


def test_code_names_every_layer_as_pytorch_does() -> None:
    code = stack_code(STACKS["lenet"], (2, 2), (28, 28))
    assert "nn.Conv2d(1, 1, 5, padding=2, bias=False),\n" in code
    assert "nn.Conv2d(1, 1, 2, stride=2, bias=False),  # for nn.AvgPool2d(2, stride=2)" in code


def test_code_that_is_tampered_with_fails() -> None:
    code = stack_code([Layer("conv", 3)], (2, 2), (8, 8))
    with pytest.raises(AssertionError):
        executed(code.replace("nn.Conv2d(1, 1, 3,", "nn.Conv2d(1, 1, 3, dilation=2,"))
    with pytest.raises(AssertionError):
        executed(code.replace("row, col = 2, 2", "row, col = 2, 3"))


def test_code_prints_the_effective_size_of_equal_weights() -> None:
    layers = [Layer("conv", 3)] * 8
    field = effective_field(layers, (5, 5), PICTURE, weights="uniform")
    printed = executed(stack_code(layers, (5, 5), (28, 28)))["printed"]
    assert f"{effective_size(field):.1f} × {effective_size(field):.1f}" in printed


# ---- pictures


def test_frames_appear_one_layer_earlier_at_each_step() -> None:
    layers = STACKS["three"]
    maps = feature_maps(layers, PICTURE)
    for step in range(4):
        panels = stack_panels(maps, layers, (10, 4), step)
        assert [bool(panel.marked) for panel in panels] == [i >= 3 - step for i in range(4)]
    assert [panel.marked for panel in panels] == [
        ((10, 4, 7, 7),),
        ((10, 4, 5, 5),),
        ((10, 4, 3, 3),),
        ((10, 4, 1, 1),),
    ]
    assert [panel.caption for panel in panels] == ["7 × 7", "5 × 5", "3 × 3", "1 × 1"]


def test_frame_is_cut_off_at_the_border() -> None:
    layers = [Layer("conv", 5, padding=2), Layer("conv", 5, padding=2)]
    panels = stack_panels(feature_maps(layers, PICTURE), layers, (0, 27), 2)
    assert panels[0].marked == ((0, 23, 5, 5),)


def test_field_of_padding_alone_has_no_frame() -> None:
    layers = [Layer("conv", 1, padding=2)]
    assert stack_panels(feature_maps(layers, PICTURE), layers, (0, 0), 1)[0].marked == ()


@pytest.mark.parametrize("step", [-1, 4])
def test_step_that_does_not_exist_is_refused(step: int) -> None:
    maps = feature_maps(STACKS["three"], PICTURE)
    with pytest.raises(ValueError, match="step"):
        stack_panels(maps, STACKS["three"], (0, 0), step)


@pytest.mark.parametrize("name", ["three", "vgg"])
def test_picture_and_animation_can_be_drawn(name: str) -> None:
    layers = STACKS[name]
    maps = feature_maps(layers, PICTURE)
    frames = [stack_panels(maps, layers, (0, 0), step) for step in range(len(maps))]
    assert sheet_png(frames[0], dark=False) != sheet_png(frames[-1], dark=False)
    assert sheet_gif(frames, dark=True).startswith(b"GIF")
