"""Named kernels are what their names say; one made from a direction answers to that direction."""

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.ops import Window, correlate, kernels
from cnnviz.problems import Problem

DERIVATIVES = (
    "edge",
    "sobel-x",
    "sobel-y",
    "laplacian",
    "diagonal-down",
    "diagonal-up",
    "second-derivative",
)
MEANS = ("identity", "sharpen", "box", "gaussian", "emboss")
angles = st.floats(0, 2 * math.pi)


def sloping(dx: float, dy: float) -> Tensor:
    """A picture that grows evenly along (dx, dy); x points right, y down."""
    y, x = torch.meshgrid(torch.arange(3.0), torch.arange(3.0), indexing="ij")
    return dx * x + dy * y


def answer(kernel: Tensor, picture: Tensor) -> float:
    return correlate(picture, kernel).output.item()


@pytest.mark.parametrize("name", kernels.NAMES)
def test_every_name_gives_a_float32_plane(name: str) -> None:
    kernel = kernels.named(name)
    assert kernel.dtype == torch.float32
    assert kernel.ndim == 2


def test_kernels_of_the_issue_are_there() -> None:
    assert {*DERIVATIVES, *MEANS} <= set(kernels.NAMES)


@pytest.mark.parametrize("name", DERIVATIVES)
def test_derivatives_answer_0_to_an_even_picture(name: str) -> None:
    assert kernels.named(name).sum() == 0


@pytest.mark.parametrize("name", MEANS)
def test_means_keep_an_even_picture(name: str) -> None:
    assert kernels.named(name).sum().item() == pytest.approx(1)


@pytest.mark.parametrize("name", ["box", "gaussian"])
def test_blurs_have_no_negative_weight(name: str) -> None:
    assert (kernels.named(name) > 0).all()


def test_box_weighs_all_cells_alike_and_gaussian_the_centre_most() -> None:
    assert kernels.named("box").unique().numel() == 1
    assert kernels.named("gaussian").argmax() == 4


def test_gaussian_is_two_binomials() -> None:
    binomial = torch.tensor([1.0, 2.0, 1.0]) / 4
    torch.testing.assert_close(kernels.named("gaussian"), binomial.outer(binomial))


def test_identity_with_padding_returns_the_input() -> None:
    x = torch.rand(5, 7)
    assert correlate(x, kernels.named("identity"), Window(3, padding=1)).output.equal(x)


def test_edge_is_the_courses_kernel() -> None:
    assert kernels.named("edge").tolist() == [[1, -1]]


def test_sobel_x_is_sobel_y_transposed() -> None:
    assert kernels.named("sobel-x").equal(kernels.named("sobel-y").T)


def test_sobel_x_is_a_difference_smoothed_across() -> None:
    difference, smooth = torch.tensor([-1.0, 0.0, 1.0]), torch.tensor([1.0, 2.0, 1.0])
    assert kernels.named("sobel-x").equal(smooth.outer(difference))


def test_laplacian_is_the_sum_of_both_second_derivatives() -> None:
    across = torch.zeros(3, 3)
    across[1] = kernels.named("second-derivative")[0]
    assert kernels.named("laplacian").equal(across + across.T)


def test_sharpen_is_the_identity_minus_the_laplacian() -> None:
    expected = kernels.named("identity") - kernels.named("laplacian")
    assert kernels.named("sharpen").equal(expected)


@pytest.mark.parametrize(
    ("name", "along"),
    [
        ("sobel-x", (1, 0)),
        ("sobel-y", (0, 1)),
        ("diagonal-down", (1, -1)),
        ("diagonal-up", (-1, -1)),
        ("emboss", (1, 1)),
    ],
)
def test_edge_kernels_answer_most_along_their_direction(name: str, along: tuple[int, int]) -> None:
    directions = [(dx, dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1) if dx or dy]
    unit = {(dx, dy): sloping(dx, dy) / math.hypot(dx, dy) for dx, dy in directions}
    assert max(unit, key=lambda to: answer(kernels.named(name), unit[to])) == along


def test_second_derivative_sees_no_even_slope() -> None:
    slope = torch.arange(6.0)[None]
    assert correlate(slope, kernels.named("second-derivative")).output.equal(torch.zeros(1, 4))


def test_cross_answers_most_to_its_own_picture() -> None:
    cross = kernels.named("cross")
    others = [answer(cross, kernels.named(name)) for name in ("identity", "box", "gaussian")]
    assert answer(cross, cross) > max(others)


def test_named_kernel_is_the_callers_own() -> None:
    kernels.named("edge").zero_()
    assert kernels.named("edge").tolist() == [[1, -1]]


@pytest.mark.parametrize("name", ["", "Sobel-x", "sobel x", "nonsense"])
def test_unknown_name_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(ValueError, match=f"called {name};.*identity.*cross"):
        kernels.named(name)


# ---- from a direction


def test_direction_to_the_right_is_sobel_x() -> None:
    assert kernels.from_direction(1, 0).equal(kernels.named("sobel-x"))


def test_direction_downwards_is_sobel_y() -> None:
    assert kernels.from_direction(0, 1).equal(kernels.named("sobel-y"))


@given(angles, st.floats(1e-3, 1e3))
def test_length_of_the_direction_does_not_matter(angle: float, length: float) -> None:
    dx, dy = math.cos(angle), math.sin(angle)
    expected = kernels.from_direction(dx, dy)
    torch.testing.assert_close(kernels.from_direction(length * dx, length * dy), expected)


@given(angles)
def test_opposite_direction_negates_the_kernel(angle: float) -> None:
    dx, dy = math.cos(angle), math.sin(angle)
    assert kernels.from_direction(-dx, -dy).equal(-kernels.from_direction(dx, dy))


@given(angles)
def test_direction_kernel_answers_most_along_its_direction(angle: float) -> None:
    kernel = kernels.from_direction(math.cos(angle), math.sin(angle))
    along = answer(kernel, sloping(math.cos(angle), math.sin(angle)))
    turns = [angle + turn * math.pi / 12 for turn in range(1, 24)]
    assert all(answer(kernel, sloping(math.cos(to), math.sin(to))) < along for to in turns)


@given(angles)
def test_direction_kernel_answers_0_across_its_direction(angle: float) -> None:
    kernel = kernels.from_direction(math.cos(angle), math.sin(angle))
    across = answer(kernel, sloping(-math.sin(angle), math.cos(angle)))
    assert across == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(
    ("dx", "dy"), [(0, 0), (0.0, -0.0), (math.nan, 1), (1, math.nan), (math.inf, 1)]
)
def test_direction_that_points_nowhere_is_refused(dx: float, dy: float) -> None:
    with pytest.raises(Problem) as caught:
        kernels.from_direction(dx, dy)
    assert caught.value.kind == "direction_zero"


# ---- on a line and in space


@pytest.mark.parametrize("size", range(1, 32))
@pytest.mark.parametrize("name", kernels.SMOOTHING)
def test_smoothing_on_a_line_sums_to_one_and_is_symmetric(name: str, size: int) -> None:
    kernel = kernels.on_a_line(name, size)
    assert kernel.shape == (size,)
    assert kernel.sum().item() == pytest.approx(1)
    assert kernel.equal(kernel.flip(0))


def test_gaussian_of_three_is_the_courses_kernel() -> None:
    kernel = kernels.on_a_line("gaussian", 3)
    assert kernel.tolist() == [0.25, 0.5, 0.25]
    assert correlate(torch.ones(5), kernel).output.tolist() == [1, 1, 1]


def test_gaussian_smoothed_by_a_gaussian_is_a_wider_gaussian() -> None:
    one, other = kernels.on_a_line("gaussian", 3), kernels.on_a_line("gaussian", 5)
    wider = correlate(one, other, Window(5, padding=4)).output
    assert wider.allclose(kernels.on_a_line("gaussian", 7))


@pytest.mark.parametrize("name", kernels.ON_A_LINE[2:])
def test_differences_on_a_line_are_those_of_a_parabola(name: str) -> None:
    n = torch.arange(6.0)
    answers = {
        "identity": n.square(),
        "difference": -(2 * n[:-1] + 1),
        "central": 2 * n[1:-1],
        "second": torch.full((4,), 2.0),
    }
    assert correlate(n.square(), kernels.on_a_line(name)).output.equal(answers[name])


def test_mean_in_space_is_the_mean_of_its_cells() -> None:
    block = torch.arange(12.0).reshape(3, 2, 2)
    answer = correlate(block, kernels.in_space("mean", 3, 2)).output
    assert answer.shape == (1, 1, 1)
    assert answer.item() == pytest.approx(5.5)


def test_motion_in_space_takes_the_next_slice_from_each() -> None:
    film = torch.randn(4, 3, 3)
    assert correlate(film, kernels.in_space("motion")).output.equal(film[:-1] - film[1:])


def test_edge_in_space_answers_to_no_slope_and_by_six_to_a_lone_dot() -> None:
    depth, rows, cols = torch.meshgrid(*[torch.arange(3.0)] * 3, indexing="ij")
    kernel = kernels.in_space("edge")
    assert correlate(2 * depth - rows + 3 * cols, kernel).output.item() == pytest.approx(0)
    dot = torch.zeros(3, 3, 3)
    dot[1, 1, 1] = 1
    assert correlate(dot, kernel).output.item() == -6
    assert (kernel == 1).sum() == 6


@pytest.mark.parametrize("make", [kernels.on_a_line, kernels.in_space])
def test_unknown_kernel_on_a_line_or_in_space_is_refused_with_those_there_are(
    make: Callable[[str], Tensor],
) -> None:
    with pytest.raises(Problem, match="mean"):
        make("blur")
