"""Settings of channels: whatever is chosen, planes, kernels and groups go on fitting together."""

from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.components.stage import Edit
from cnnviz.problems import Problem
from cnnviz.ui.channels import (
    COURSE_PLANES,
    COURSE_WEIGHTS,
    INPUTS,
    KINDS,
    ChannelSettings,
    bias_of,
    channel_walk,
    channels_in,
    channels_out,
    divisors,
    edit_channels,
    fitted,
    planes_of,
    pointwise_of,
    stack_of,
    with_groups,
    with_input,
    with_kind,
    with_planes,
)
from cnnviz.ui.links import allowed, read, write


def cell(plane: str, at: list[int], value: float, **more: Any) -> Edit:
    return Edit(1, "cell", {"plane": plane, "at": at, "value": value, **more})


def test_course_is_the_courses() -> None:
    assert channel_walk(ChannelSettings()).output.tolist() == [
        [[56, 72], [104, 120]],
        [[76, 100], [148, 172]],
        [[96, 128], [192, 224]],
    ]


ACTS = st.one_of(
    st.tuples(st.just(with_input), st.sampled_from(INPUTS)),
    st.tuples(st.just(with_planes), st.integers(1, 8)),
    st.tuples(st.just(with_kind), st.sampled_from([kind for kind in KINDS if kind != "named"])),
    st.tuples(st.just("c_out"), st.integers(1, 8)),
    st.tuples(st.just("groups"), st.integers(0, 3)),  # one of those that divide
)


@given(st.lists(ACTS, max_size=6))
def test_whatever_a_reader_chooses_fits(acts: list[tuple[Any, Any]]) -> None:
    now = ChannelSettings(side=8, padding=2)
    for act, value in acts:
        before = now
        if act == "c_out":
            now = fitted(replace(now, c_out=value), now) if now.kernels != "named" else now
        elif act == "groups":
            choices = [n for n in divisors(channels_in(now)) if channels_out(now) % n == 0]
            now = with_groups(now, choices[value % len(choices)])
        else:
            now = act(now, value)
        assert allowed(now, before)
        walk = channel_walk(now)
        assert walk.input.shape[0] == channels_in(now)
        assert walk.output.shape[0] == channels_out(now)
        assert read(ChannelSettings, write(now)) == (replace(now, shot=0), [])


@pytest.mark.parametrize(("c_out", "groups", "expected"), [(3, 2, 4), (1, 4, 4), (7, 4, 8)])
def test_groups_bring_as_many_outputs_as_they_can_share(
    c_out: int, groups: int, expected: int
) -> None:
    now = with_groups(with_planes(ChannelSettings(c_out=c_out), 4), groups)
    assert (now.c_out, now.groups) == (expected, groups)


def test_new_plane_is_the_last_plus_1() -> None:
    planes = planes_of(with_planes(ChannelSettings(), 4))
    assert planes[:2].equal(torch.tensor(COURSE_PLANES))
    assert planes[3].equal(planes[1] + 2)
    assert len(planes_of(with_planes(ChannelSettings(), 1))) == 1


def test_own_kernels_keep_their_places_when_channels_come_and_go() -> None:
    now = with_kind(ChannelSettings(), "own")
    more = with_planes(now, 3)
    assert stack_of(more)[:, :2].equal(stack_of(now))
    assert not stack_of(more)[:, 2].any()
    assert stack_of(with_planes(more, 2)).equal(stack_of(now))
    assert stack_of(fitted(replace(now, c_out=1), now)).equal(stack_of(now)[:1])


def test_photo_brings_kernels_for_colours_and_takes_them_away_again() -> None:
    photo = with_input(ChannelSettings(), "photo")
    assert (photo.kernels, channels_in(photo)) == ("named", 3)
    assert with_input(photo, "course").kernels == "course"
    assert with_input(replace(photo, kernels="random"), "own").kernels == "random"


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        (ChannelSettings(kernels="named"), "stack_rgb"),
        (ChannelSettings(kernels="own", c_out=2), "stack_count"),
        (ChannelSettings(groups=3), "correlate_groups"),
    ],
)
def test_links_that_do_not_fit_are_refused_in_words(settings: ChannelSettings, kind: str) -> None:
    with pytest.raises(Problem) as refused:
        channel_walk(settings)
    assert refused.value.kind == kind


def test_own_kernels_can_be_chosen_where_a_links_do_not_fit() -> None:
    now = with_kind(ChannelSettings(kernels="named"), "own")
    assert channel_walk(now).output.shape == (3, 2, 2)


def test_bias_is_one_number_for_each_output() -> None:
    now = ChannelSettings(biased="on", bias=(0.5, 0, -1, 4, 5, 6, 7, 8))
    bias = bias_of(now)
    assert bias is not None
    assert bias.tolist() == [0.5, 0, -1]
    plain = channel_walk(replace(now, biased="off")).output
    assert channel_walk(now).output.equal(plain + bias[:, None, None])


def test_pointwise_panel_takes_the_pages_kernels_where_they_are_1_by_1() -> None:
    now = with_groups(ChannelSettings(kernels="pointwise", c_out=2), 2)
    stack, mine = pointwise_of(now)
    assert mine
    grouped = F.conv2d(planes_of(now)[None], channel_walk(now).kernel, groups=2)
    torch.testing.assert_close(F.conv2d(planes_of(now)[None], stack), grouped)
    other, mine = pointwise_of(ChannelSettings())
    assert not mine
    assert other.shape == (3, 2, 1, 1)


# ---- edits


def test_edited_cell_makes_the_planes_ones_own() -> None:
    now = edit_channels(ChannelSettings(), cell("input", [1, 2, 0], 0.1))
    planes = torch.tensor(COURSE_PLANES)
    planes[1, 2, 0] = 0.1
    assert now.input == "own"
    assert planes_of(now).equal(planes)
    assert write(now)["planes"].endswith("0.1 8 9")  # as typed, not as float32 stores it


def test_edited_weight_is_that_of_its_output_channel() -> None:
    now = edit_channels(ChannelSettings(), cell("kernel", [0, 1, 1], -7, channel=2))
    changed = stack_of(now) != torch.tensor(COURSE_WEIGHTS).reshape(3, 2, 2, 2)
    assert changed.nonzero().tolist() == [[2, 0, 1, 1]]
    assert stack_of(now)[2, 0, 1, 1] == -7


def test_edited_weight_of_a_group_lies_on_the_groups_own_planes() -> None:
    before = with_groups(with_planes(ChannelSettings(c_out=4), 4), 2)
    now = edit_channels(before, cell("kernel", [1, 0, 0], 50, channel=3))
    assert (stack_of(now) == 50).nonzero().tolist() == [[3, 3, 0, 0]]
    assert now.groups == 2


def test_edited_weight_of_flipped_kernels_changes_where_it_is_shown() -> None:
    before = ChannelSettings(operation="convolution")
    now = edit_channels(before, cell("kernel", [0, 0, 0], 50, channel=1))
    assert channel_walk(now).kernel[1, 0, 0, 0] == 50


def test_photo_is_not_edited() -> None:
    photo = with_input(ChannelSettings(), "photo")
    assert edit_channels(photo, cell("input", [0, 0, 0], 1)) == photo


@pytest.mark.parametrize(
    "edit",
    [
        cell("input", [2, 0, 0], 1),
        cell("input", [-1, 0, 0], 1),
        cell("input", [0, 3, 0], 1),
        cell("input", [0, 0], 1),
        cell("input", [], 1),
        cell("input", [0, 0, 0], float("nan")),
        cell("kernel", [0, 0, 0], 1),
        cell("kernel", [0, 0, 0], 1, channel=3),
        cell("kernel", [0, 0, 0], 1, channel="1"),
        cell("kernel", [2, 0, 0], 1, channel=0),
        cell("kernel", [0, 2, 0], 1, channel=0),
        Edit(1, "cell", {"plane": "kernel"}),
    ],
)
def test_damaged_edit_is_refused(edit: Edit) -> None:
    with pytest.raises(Problem):
        edit_channels(ChannelSettings(), edit)


@pytest.mark.parametrize("kind", ["draw", "clear", "nonsense"])
def test_other_acts_change_nothing(kind: str) -> None:
    assert edit_channels(ChannelSettings(), Edit(1, kind, {})) == ChannelSettings()
