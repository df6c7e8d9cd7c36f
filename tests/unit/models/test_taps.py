"""Every point of a block is tapped: the tensors are the block's own, the walks make them again."""

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn

from cnnviz.models.forms import Form, build
from cnnviz.models.taps import (
    JOINS,
    Tap,
    axes_of,
    read_channels,
    steps_of,
    tapped,
    walk_to,
)
from tests.unit.models.forms import FORMS, forms, picture

CASES = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


def hooked(block: nn.Module, x: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """What forward hooks see of every module without children, and the output."""
    seen: dict[str, Tensor] = {}
    for path, module in block.named_modules():
        if not list(module.children()):
            module.register_forward_hook(lambda _, __, y, path=path: seen.update({path: y[0]}))
    with torch.no_grad():
        return seen, block(x[None])[0]


def named(taps: list[Tap]) -> dict[str, Tap]:
    return {tap.name: tap for tap in taps}


@settings(max_examples=60, deadline=None)
@given(forms())
def test_taps_are_what_forward_hooks_see_and_end_with_the_output(form: Form) -> None:
    x = picture(form)
    taps = tapped(build(form), x)
    seen, output = hooked(build(form), x)
    assert {tap.path for tap in taps if tap.path} == set(seen)
    for tap in taps:
        if tap.path:
            torch.testing.assert_close(tap.value, seen[tap.path])
    assert taps[0].value.equal(x)
    torch.testing.assert_close(taps[-1].value, output)


@settings(max_examples=60, deadline=None)
@given(forms())
def test_every_point_follows_from_the_points_it_reads(form: Form) -> None:
    taps = tapped(build(form), picture(form))
    for i, tap in enumerate(taps):
        read = [taps[j].value for j in tap.inputs]
        assert all(j < i for j in tap.inputs)
        if tap.kind == "relu":
            assert tap.value.equal(read[0].clamp_min(0))
        elif tap.kind == "add":
            assert tap.value.equal(read[0] + read[1])
        elif tap.kind == "concat":
            assert tap.value.equal(torch.cat(read))
        elif tap.norm:
            norm = tap.norm
            scale = norm.gamma / (norm.var + norm.eps).sqrt()
            made = (read[0] - norm.mean[:, None, None]) * scale[:, None, None]
            torch.testing.assert_close(
                made + norm.beta[:, None, None], tap.value, atol=1e-4, rtol=1e-4
            )


@settings(max_examples=40, deadline=None)
@given(forms())
def test_walk_to_every_map_ends_with_that_map(form: Form) -> None:
    taps = tapped(build(form), picture(form))
    for i, tap in enumerate(taps):
        for channel in range(len(tap.value)) if tap.slide else ():
            walk = walk_to(taps, i, channel)
            made = walk.output.reshape(tap.value.shape[1:])
            torch.testing.assert_close(made, tap.value[channel], atol=1e-5, rtol=1e-5)
            first = taps[tap.inputs[0]].value[list(read_channels(taps, tap, channel))]
            assert walk.input.reshape(first.shape).equal(first)


def test_walk_respects_groups() -> None:
    taps = tapped(build(FORMS["resnext"]), picture(FORMS["resnext"]))
    conv2 = taps.index(named(taps)["conv2"])
    assert [len(walk_to(taps, conv2, c).input) for c in range(4)] == [2, 2, 2, 2]
    assert [list(read_channels(taps, taps[conv2], c)) for c in (1, 2)] == [[0, 1], [2, 3]]


def test_point_without_a_window_has_no_walk() -> None:
    taps = tapped(build(FORMS["residual"]), picture(FORMS["residual"]))
    with pytest.raises(ValueError, match="no walk"):
        walk_to(taps, taps.index(named(taps)["bn1"]), 0)
    with pytest.raises(ValueError, match="no walk"):
        walk_to(taps, 1, 3)


def test_names_are_the_codes_own_and_others_are_numbered() -> None:
    def names(form: str) -> list[str]:
        return [tap.name for tap in tapped(build(FORMS[form]), picture(FORMS[form]))]

    assert names("residual") == ["input", "conv1", "bn1", "relu1", "conv2", "bn2", "add", "relu2"]
    assert names("vgg") == ["input", "conv1", "relu1", "conv2", "relu2", "pool"]
    assert names("naive")[-2:] == ["b4", "concat"]
    assert len(set(names("dense"))) == 13


def test_branches_are_named_by_what_joins_them() -> None:
    taps = named(tapped(build(FORMS["halved"]), picture(FORMS["halved"])))
    assert [taps[name].branch for name in ("conv1", "bn2", "conv3", "add", "input")] == [
        "main",
        "main",
        "shortcut",
        "",
        "",
    ]
    inception = named(tapped(build(FORMS["inception"]), picture(FORMS["inception"])))
    assert [inception[name].branch for name in ("b1_1", "b2_2", "b3_1", "b4_1")] == list("1234")


@CASES
def test_columns_go_on_along_every_wire(form: Form) -> None:
    taps = tapped(build(form), picture(form))
    for tap in taps:
        assert tap.column == max((taps[i].column + 1 for i in tap.inputs), default=0)


@CASES
def test_steps_go_point_by_point_and_a_join_channel_by_channel(form: Form) -> None:
    taps = tapped(build(form), picture(form))
    steps = steps_of(taps)
    assert steps == sorted(steps)
    for i, tap in enumerate(taps):
        channels = [channel for at, channel in steps if at == i]
        assert channels == (list(range(len(tap.value))) if tap.kind in JOINS else [-1])
    assert all(a != b for a, b in pairwise(steps))


def test_window_lies_along_the_input_that_it_reads() -> None:
    taps = tapped(build(FORMS["halved"]), picture(FORMS["halved"]))
    rows, cols = axes_of(taps, taps[1])
    assert (rows.kernel_size, rows.stride, rows.padding) == (3, 2, 1)
    assert (rows.output_size(7), cols.output_size(9)) == tuple(taps[1].value.shape[1:])


def test_tapping_leaves_the_block_as_it_was() -> None:
    block, x = build(FORMS["residual"]), picture(FORMS["residual"])
    before = {name: value.clone() for name, value in block.state_dict().items()}
    tapped(block, x)
    assert all(value.equal(before[name]) for name, value in block.state_dict().items())
    assert not any(module._forward_hooks for module in block.modules())
    assert block.training


def test_block_that_computes_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not Sigmoid"):
        tapped(nn.Sequential(nn.Conv2d(1, 1, 1), nn.Sigmoid(), nn.ReLU()), torch.rand(1, 3, 3))
