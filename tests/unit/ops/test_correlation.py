"""`correlate` gives PyTorch's numbers, and its walk tells how each of them came about."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.data.examples import EXAMPLES
from cnnviz.ops import Walk, Window, correlate, kernels
from cnnviz.problems import Problem
from tests.unit.ops.strategies import Correlation, Shape, correlations, fitting, per_axis

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
RAMP = torch.tensor(EXAMPLES["ramp"].cells)
K = torch.tensor([[0.0, 1.0], [2.0, 3.0]])
few = settings(max_examples=40)  # each is a walk
SHAPES = ((2, 4, 4), (2, 2, 3, 3))  # of an input with channels and of its kernel


def run(case: Correlation, *, flip: bool = False) -> Walk:
    x, kernel, window, bias, groups, _ = case
    return correlate(x, kernel, window, bias=bias, groups=groups, flip=flip)


def torchs(case: Correlation, kernel: Tensor) -> Tensor:
    return CONV[case.x.ndim - 1](case.x[None], kernel, **case.torch)[0]


def refused(*args: object, **kwargs: object) -> Problem:
    with pytest.raises(Problem) as caught:
        correlate(*args, **kwargs)
    return caught.value


# ---- the output


@given(correlations())
def test_output_is_pytorchs(case: Correlation) -> None:
    torch.testing.assert_close(run(case).output, torchs(case, case.kernel), rtol=1e-4, atol=1e-4)


@given(correlations())
def test_flip_is_pytorch_with_the_kernel_flipped(case: Correlation) -> None:
    flipped = case.kernel.flip(*range(2, case.kernel.ndim))
    output = run(case, flip=True).output
    torch.testing.assert_close(output, torchs(case, flipped), rtol=1e-4, atol=1e-4)


@given(fitting(), st.integers(0, 2**16), st.booleans())
def test_bare_input_is_one_channel(case: tuple[Window, Shape], seed: int, flip: bool) -> None:
    window, shape = case
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(shape, generator=generator)
    kernel = torch.randn(per_axis(window.kernel_size, len(shape)), generator=generator)
    bare = correlate(x, kernel, window, bias=0.5, flip=flip)
    stacked = correlate(x[None], kernel[None, None], window, bias=[0.5], flip=flip)
    assert bare.output.equal(stacked.output[0])
    assert bare.padded.equal(stacked.padded[0])


def test_flip_is_the_convolution_of_mathematics() -> None:
    f, g = torch.randn(4, 5, dtype=torch.double), torch.randn(2, 3, dtype=torch.double)
    expected = torch.zeros(5, 7, dtype=torch.double)
    for i, j, a, b in itertools.product(range(5), range(7), range(4), range(5)):
        if 0 <= i - a < 2 and 0 <= j - b < 3:
            expected[i, j] += f[a, b] * g[i - a, j - b]
    full = correlate(f, g, Window((2, 3), padding=(1, 2)), flip=True)
    torch.testing.assert_close(full.output, expected)


def test_window_is_the_kernels_size_with_stride_1_by_default() -> None:
    assert correlate(RAMP, K).window == Window((2, 2))


def test_input_is_not_changed() -> None:
    x, kernel = RAMP.clone(), K.clone()
    correlate(x, kernel, Window(2, padding=1), bias=1.0, flip=True)
    assert x.equal(RAMP)
    assert kernel.equal(K)


def test_kernel_of_the_walk_is_the_one_that_was_applied() -> None:
    assert correlate(RAMP, K, flip=True).kernel.tolist() == [[3, 2], [1, 0]]


def test_whole_numbers_are_computed_as_float32() -> None:
    walk = correlate(torch.arange(9).reshape(3, 3), torch.tensor([[0, 1], [2, 3]]))
    assert {walk.input.dtype, walk.kernel.dtype, walk.output.dtype} == {torch.float32}
    assert walk.output.tolist() == [[19, 25], [37, 43]]


def test_bytes_of_a_picture_do_not_overflow() -> None:
    white = torch.full((2, 2), 255, dtype=torch.uint8)
    assert correlate(white, torch.ones(2, 2, dtype=torch.uint8)).output.item() == 1020


@pytest.mark.parametrize("wide", ["x", "kernel"])
def test_float64_stays_float64(wide: str) -> None:
    x, kernel = (RAMP.double(), K) if wide == "x" else (RAMP, K.double())
    assert correlate(x, kernel).output.dtype == torch.float64


# ---- the textbook


def test_ramp_of_7_2() -> None:
    assert correlate(RAMP, K).output.tolist() == [[19, 25], [37, 43]]


def test_first_cell_of_the_ramp_is_spelled_out_as_in_7_2() -> None:
    step = correlate(RAMP, K).step(0)
    assert step.cells.tolist() == [[0, 1], [3, 4]]
    assert step.kernel.tolist() == [[0, 1], [2, 3]]
    assert step.products.tolist() == [[0, 1], [6, 12]]
    assert step.total == 19


def test_bar_of_7_2_shows_where_it_begins_and_ends() -> None:
    x = torch.ones(6, 8)
    x[:, 2:6] = 0
    assert torch.tensor(EXAMPLES["bar"].cells).equal(x)
    walk = correlate(x, kernels.named("edge"))
    assert walk.output.tolist() == [[0, 1, 0, 0, 0, -1, 0]] * 6


def test_edge_kernel_does_not_see_the_bar_of_7_2_lying_down() -> None:
    x = torch.tensor(EXAMPLES["bar"].cells).T
    assert correlate(x, kernels.named("edge")).output.equal(torch.zeros(8, 5))


def test_pattern_of_the_korean_notes() -> None:
    example = EXAMPLES["pattern"]
    output = correlate(torch.tensor(example.cells), kernels.named(example.kernel)).output
    assert output.shape == (4, 4)
    assert output[0].tolist() == [3, 1, 1, 3]
    assert output[1, 0] == 1
    assert output[3, 3] == 1


def test_two_input_channels_of_7_4() -> None:
    walk = correlate(torch.stack([RAMP, RAMP + 1]), torch.stack([K, K + 1])[None])
    assert walk.output.tolist() == [[[56, 72], [104, 120]]]


def test_three_output_channels_of_7_4() -> None:
    kernel = torch.stack([K, K + 1])
    stacked = torch.stack([kernel, kernel + 1, kernel + 2])
    assert stacked.shape == (3, 2, 2, 2)
    assert correlate(torch.stack([RAMP, RAMP + 1]), stacked).output.tolist() == [
        [[56, 72], [104, 120]],
        [[76, 100], [148, 172]],
        [[96, 128], [192, 224]],
    ]


@given(st.integers(0, 2**16))
def test_1_by_1_kernel_is_a_matrix_product_over_channels(seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(3, 3, 3, generator=generator)
    kernel = torch.randn(2, 3, 1, 1, generator=generator)
    expected = (kernel.reshape(2, 3) @ x.reshape(3, 9)).reshape(2, 3, 3)
    torch.testing.assert_close(correlate(x, kernel).output, expected, rtol=0, atol=1e-6)


def test_signal_of_ones_under_a_blur_stays_ones() -> None:
    walk = correlate(torch.ones(5), torch.tensor([0.25, 0.5, 0.25]))
    assert walk.output.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("kernel_size", "padding", "stride", "expected"),
    [
        ((3, 3), 1, 1, (8, 8)),
        ((5, 3), (2, 1), 1, (8, 8)),
        ((3, 3), 1, 2, (4, 4)),
        ((3, 5), (0, 1), (3, 4), (2, 2)),
    ],
)
def test_output_has_the_shapes_of_7_3(
    kernel_size: Shape, padding: int | Shape, stride: int | Shape, expected: Shape
) -> None:
    window = Window(kernel_size, stride, padding)
    assert correlate(torch.rand(8, 8), torch.rand(kernel_size), window).output.shape == expected


def test_kernel_as_deep_as_the_volume_gives_one_plane() -> None:
    assert correlate(torch.rand(4, 6, 6), torch.rand(4, 3, 3)).output.shape == (1, 4, 4)


# ---- the steps


@few
@given(correlations())
def test_every_step_tells_how_its_output_came_about(case: Correlation) -> None:
    walk = run(case)
    assert len(walk) == walk.output.numel()
    for i in range(len(walk)):
        step = walk.step(i)
        assert step.total == walk.output[step.index].item()
        assert step.products.equal(step.cells * step.kernel)
        summed = step.products.double().sum().item() + step.bias
        assert math.isclose(summed, step.total, rel_tol=1e-4, abs_tol=1e-4)


@few
@given(correlations())
def test_steps_go_through_the_output_row_by_row(case: Correlation) -> None:
    walk = run(case)
    places = list(itertools.product(*map(range, walk.output.shape)))
    assert [walk.step(i).index for i in range(len(walk))] == places


@few
@given(correlations())
def test_step_reads_the_cells_that_its_window_names(case: Correlation) -> None:
    walk = run(case)
    padding = per_axis(case.window.padding, len(walk.spatial))
    for i in (0, len(walk) - 1):
        step = walk.step(i)
        group = step.index[0] // (len(case.kernel) // case.groups)
        first = group * case.kernel.shape[1]
        for plane, cells in enumerate(step.cells, start=first):
            read = case.window.reads(step.index[1:], walk.spatial)
            places = (tuple(map(sum, zip(cell, padding, strict=True))) for cell in read)
            assert cells.flatten().tolist() == [walk.padded[plane][at].item() for at in places]


def test_step_of_a_channel_has_its_own_bias() -> None:
    walk = correlate(torch.ones(1, 2, 2), torch.ones(2, 1, 2, 2), bias=[10, 20])
    assert [(walk.step(i).bias, walk.step(i).total) for i in range(2)] == [(10, 14), (20, 24)]


def test_step_of_a_bare_walk_has_the_form_of_its_input() -> None:
    step = correlate(torch.ones(4), torch.ones(2), bias=1.0).step(2)
    assert (step.index, step.cells.shape, step.bias, step.total) == ((2,), (2,), 1, 3)


@pytest.mark.parametrize("i", [-1, 4, 10**9])
def test_step_outside_the_walk_is_refused(i: int) -> None:
    with pytest.raises(ValueError, match=f"Step {i} .* 4 steps"):
        correlate(RAMP, K).step(i)


# ---- what does not fit


@pytest.mark.parametrize(
    ("x", "kernel"),
    [
        ((), ()),
        ((3, 3), (2,)),
        ((4, 4, 4), (2, 2)),
        ((2, 3, 3, 3, 3), (2, 2, 2, 2, 2)),
        ((1, 2, 3, 3, 3, 3), (1, 2, 2, 2, 2, 2)),
    ],
)
def test_input_and_kernel_of_unrelated_shapes_are_refused(x: Shape, kernel: Shape) -> None:
    problem = refused(torch.ones(x), torch.ones(kernel))
    assert str(x) in str(problem)
    assert str(kernel) in str(problem)


def test_kernel_of_another_size_than_the_window_is_refused() -> None:
    problem = refused(RAMP, K, Window(3))
    assert "(2, 2)" in str(problem)
    assert "kernel_size 3" in str(problem)


def test_kernel_with_other_channels_than_the_input_is_refused() -> None:
    problem = refused(torch.ones(3, 4, 4), torch.ones(1, 2, 3, 3))
    assert problem.values == {"channels": 3, "groups": 1, "expected": 3, "found": 2}


@pytest.mark.parametrize("groups", [0, -1, 3, 4])
def test_groups_that_do_not_divide_the_channels_are_refused(groups: int) -> None:
    x, kernel = (torch.ones(shape) for shape in SHAPES)
    assert f"got {groups}" in str(refused(x, kernel, groups=groups))


def test_kernel_without_outputs_is_refused() -> None:
    assert refused(torch.ones(2, 4, 4), torch.ones(0, 2, 3, 3)).kind == "correlate_groups"


@pytest.mark.parametrize("bias", [[], [1.0], [1.0, 2.0, 3.0], 1.0])
def test_bias_of_another_length_than_the_outputs_is_refused(bias: float | list[float]) -> None:
    x, kernel = (torch.ones(shape) for shape in SHAPES)
    assert refused(x, kernel, bias=bias).values["outputs"] == 2


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("where", ["input", "kernel", "bias"])
def test_numbers_that_are_not_finite_are_refused(where: str, bad: float) -> None:
    x, kernel, bias = (torch.ones(shape) for shape in (*SHAPES, (2,)))
    {"input": x, "kernel": kernel, "bias": bias}[where].view(-1)[0] = bad
    assert refused(x, kernel, bias=bias).kind == "not_finite"


def test_nan_that_no_window_reads_is_refused_all_the_same() -> None:
    x = torch.tensor([1.0, 2.0, math.nan])
    assert refused(x, torch.ones(2), Window(2, stride=2)).kind == "not_finite"


def test_sum_that_overflows_is_refused() -> None:
    large = torch.full((2,), 3e38)
    assert refused(large, torch.ones(2)).kind == "not_finite"


@pytest.mark.parametrize("shape", [(0, 3), (3, 0)])
def test_empty_input_is_refused(shape: Shape) -> None:
    assert str(shape) in str(refused(torch.ones(shape), torch.ones(1, 1)))


# ---- padding that copies


@given(fitting(), st.sampled_from(["reflect", "replicate", "circular"]), st.integers(0, 2**16))
def test_padding_mode_is_pytorchs(case: tuple[Window, Shape], mode: str, seed: int) -> None:
    window, shape = case
    axes = len(shape)
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(2, *shape, generator=generator)
    module = getattr(torch.nn, f"Conv{axes}d")(
        2,
        3,
        window.kernel_size,
        window.stride,
        window.padding,
        window.dilation,
        padding_mode=mode,
        bias=False,
    )
    kernel = module.weight.detach()
    try:
        expected = module(x[None])[0].detach()
    except (RuntimeError, NotImplementedError):  # more padding than there are cells to copy
        assert refused(x, kernel, window, padding_mode=mode).kind == "padding_mode_room"
        return
    found = correlate(x, kernel, window, padding_mode=mode)
    torch.testing.assert_close(found.output, expected, rtol=1e-4, atol=1e-4)


def test_unknown_padding_mode_is_refused_with_the_known_ones() -> None:
    problem = refused(RAMP, K, padding_mode="mirror")
    assert problem.kind == "padding_mode"
    assert "reflect" in str(problem)


@given(correlations())
def test_planes_add_up_to_the_output(case: Correlation) -> None:
    walk = run(case)
    total = walk.sums().sum(1)
    if case.bias is not None:
        total = total + case.bias.reshape(-1, *[1] * (case.x.ndim - 1))
    torch.testing.assert_close(total, walk.output, rtol=1e-4, atol=1e-4)
