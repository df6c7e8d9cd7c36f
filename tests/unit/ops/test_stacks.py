"""Kernel stacks hold what the course prints, and groups cut out of them what PyTorch takes."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.data.pictures import Picture, plane
from cnnviz.ops import correlate
from cnnviz.ops.stacks import RGB_NAMES, course_stack, grouped, in_group, random_stack, rgb_stack
from cnnviz.problems import Problem

X = torch.tensor([[[0.0, 1, 2], [3, 4, 5], [6, 7, 8]], [[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]])
K = torch.tensor([[[0.0, 1], [2, 3]], [[1.0, 2], [3, 4]]])


def test_courses_stack_is_k_and_k_plus_1_and_k_plus_2() -> None:
    stack = course_stack(3, 2)
    assert stack.equal(torch.stack([K, K + 1, K + 2]))
    assert correlate(X, stack).output.tolist() == [
        [[56, 72], [104, 120]],
        [[76, 100], [148, 172]],
        [[96, 128], [192, 224]],
    ]


def test_what_each_plane_adds_comes_to_the_courses_first_channel() -> None:
    walk = correlate(X, course_stack(1, 2), bias=[10])
    assert walk.sums().tolist() == [[[[19, 25], [37, 43]], [[37, 47], [67, 77]]]]
    assert walk.output.tolist() == [[[66, 82], [114, 130]]]


def test_random_stack_is_its_seeds_and_short_to_read() -> None:
    one = random_stack(4, 3, 2, seed=5)
    assert one.shape == (4, 3, 2, 2)
    assert one.equal(random_stack(4, 3, 2, seed=5))
    assert not one.equal(random_stack(4, 3, 2, seed=6))
    assert (one * 10).equal((one * 10).round())
    assert one.abs().max() <= 0.9


@pytest.mark.parametrize("name", RGB_NAMES)
def test_every_colour_kernel_has_three_planes(name: str) -> None:
    stack = rgb_stack([name])
    assert stack.shape[:2] == (1, 3)
    assert stack.shape[2] == stack.shape[3]
    assert stack.shape[2] in (1, 3)


def test_luminance_is_a_grey_photo() -> None:
    pixels = torch.randint(0, 256, (3, 9, 16), generator=torch.Generator().manual_seed(0)).byte()
    grey = correlate(pixels.float(), rgb_stack(["luminance"])).output[0]
    assert (grey - plane(Picture(pixels, ()), 16)).abs().max() <= 1  # which is rounded to 8 bits


def test_point_beside_a_larger_kernel_stands_in_its_middle() -> None:
    x = torch.rand(3, 6, 5)
    alone = correlate(x, rgb_stack(["red-green"])).output[0]
    beside = correlate(x, rgb_stack(["red-green", "edge-x"])).output[0]
    assert beside.equal(alone[1:-1, 1:-1])


@pytest.mark.parametrize("names", [[], ["luminance", "infrared"]])
def test_unknown_colour_is_refused_with_those_there_are(names: list[str]) -> None:
    with pytest.raises(Problem, match="red-green"):
        rgb_stack(names)


@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 3), st.integers(0, 99))
def test_grouped_convolution_is_a_full_one_with_zeros_between_groups(
    groups: int, outputs: int, inputs: int, seed: int
) -> None:
    torch.manual_seed(seed)
    c_out, c_in = groups * outputs, groups * inputs
    stack, x = torch.randn(c_out, c_in, 2, 3), torch.randn(c_in, 5, 6)
    found = correlate(x, grouped(stack, groups), groups=groups).output
    zeros = torch.zeros_like(stack)
    for o in range(c_out):  # by hand: the channels of one group
        first = o // outputs * inputs
        zeros[o, first : first + inputs] = stack[o, first : first + inputs]
    torch.testing.assert_close(found, F.conv2d(x[None], zeros)[0])


def test_depthwise_takes_one_plane_for_each_output() -> None:
    assert in_group(4, 4, 4).equal(torch.eye(4, dtype=torch.bool))
    assert grouped(course_stack(4, 4), 4).shape == (4, 1, 2, 2)


@pytest.mark.parametrize("groups", [0, 2, 3])
def test_groups_that_do_not_divide_are_refused(groups: int) -> None:
    with pytest.raises(Problem, match="groups must divide"):
        grouped(course_stack(3, 4), groups)
