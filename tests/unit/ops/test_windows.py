"""A window's shapes and cells are those of PyTorch's convolutions."""

import itertools
import re
from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given

from cnnviz.ops import Window
from cnnviz.problems import Problem
from tests.unit.ops.strategies import Shape, fitting, per_axis

CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}


def cells(shape: Shape) -> list[Shape]:
    return list(itertools.product(*map(range, shape)))


def padded_cells(window: Window, shape: Shape) -> list[Shape]:
    sides = zip(shape, per_axis(window.padding, len(shape)), strict=True)
    return list(itertools.product(*(range(-p, n + p) for n, p in sides)))


def refusal(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    return caught.value


@given(fitting())
def test_output_shape_is_pytorchs(case: tuple[Window, Shape]) -> None:
    window, shape = case
    kernel = torch.zeros(1, 1, *per_axis(window.kernel_size, len(shape)))
    settings = {name: getattr(window, name) for name in ("stride", "padding", "dilation")}
    expected = CONV[len(shape)](torch.zeros(1, 1, *shape), kernel, **settings)
    assert window.output_shape(shape) == tuple(expected.shape[2:])


@pytest.mark.parametrize(
    ("kernel_size", "padding", "stride", "expected"),
    [
        ((3, 3), 1, 1, (8, 8)),
        ((5, 3), (2, 1), 1, (8, 8)),
        ((3, 3), 1, 2, (4, 4)),
        ((3, 5), (0, 1), (3, 4), (2, 2)),
    ],
)
def test_output_shape_of_the_textbooks_table(
    kernel_size: Shape, padding: int | Shape, stride: int | Shape, expected: Shape
) -> None:
    assert Window(kernel_size, stride, padding).output_shape((8, 8)) == expected


def test_stride_that_does_not_divide_is_floored() -> None:
    assert Window(2, stride=2).output_shape((5,)) == (2,)


def test_window_as_large_as_the_padded_input_has_one_place() -> None:
    assert Window(5, padding=1).output_shape((3, 3)) == (1, 1)


def test_whole_number_is_the_same_on_every_axis() -> None:
    window, spelled = Window(3, 2, 1, 2), Window((3, 3), (2, 2), (1, 1), (2, 2))
    assert window.reads((1, 0), (7, 8)) == spelled.reads((1, 0), (7, 8))


@given(fitting())
def test_window_reads_what_pytorch_unfolds(case: tuple[Window, Shape]) -> None:
    window, shape = case
    axes = len(shape)
    sides = [p for p in reversed(per_axis(window.padding, axes)) for _ in range(2)]
    numbered = torch.arange(1, torch.tensor(shape).prod() + 1).reshape(shape).float()
    padded = F.pad(numbered, sides)
    size, dilation = per_axis(window.kernel_size, axes), per_axis(window.dilation, axes)
    for axis, (k, s, d) in enumerate(
        zip(size, per_axis(window.stride, axes), dilation, strict=True)
    ):
        padded = padded.unfold(axis, d * (k - 1) + 1, s)[..., ::d]
    for place in cells(window.output_shape(shape)):
        read = [
            numbered[cell].item()
            if all(0 <= i < n for i, n in zip(cell, shape, strict=True))
            else 0.0
            for cell in window.reads(place, shape)
        ]
        assert read == padded[place].flatten().tolist()


@given(fitting())
def test_reads_and_feeds_are_each_others_inverse(case: tuple[Window, Shape]) -> None:
    window, shape = case
    reads = {(o, i) for o in cells(window.output_shape(shape)) for i in window.reads(o, shape)}
    feeds = {(o, i) for i in padded_cells(window, shape) for o in window.feeds(i, shape)}
    assert reads == feeds


@given(fitting())
def test_leftover_is_what_no_output_reads(case: tuple[Window, Shape]) -> None:
    window, shape = case
    read = {i for o in cells(window.output_shape(shape)) for i in window.reads(o, shape)}
    everything = padded_cells(window, shape)
    for axis, unread in enumerate(window.leftover(shape)):
        coordinates = {cell[axis] for cell in everything}
        assert set(unread) == coordinates - {cell[axis] for cell in read}
        assert list(unread) == sorted(set(unread))


def test_leftover_past_a_stride_that_does_not_divide() -> None:
    assert Window(3, stride=2).leftover((8, 7)) == ((7,), ())


def test_leftover_between_windows_when_the_stride_exceeds_the_kernel() -> None:
    assert Window(1, stride=3).leftover((7,)) == ((1, 2, 4, 5),)


def test_leftover_names_padding_by_its_own_coordinates() -> None:
    assert Window(3, stride=3, padding=1).leftover((6,)) == ((5, 6),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kernel_size", 0),
        ("kernel_size", -3),
        ("stride", 0),
        ("stride", (1, 0)),
        ("padding", -1),
        ("padding", (0, -2)),
        ("dilation", 0),
        ("kernel_size", True),
        ("stride", True),
        ("padding", False),
        ("stride", 2.0),
        ("kernel_size", (3, 2.5)),
        ("stride", float("nan")),
        ("padding", "same"),
        ("padding", None),
        ("kernel_size", [3, 3]),
        ("kernel_size", ()),
        ("kernel_size", (3, 3, 3, 3)),
    ],
)
def test_nonsense_is_refused_with_its_name_and_value(name: str, value: object) -> None:
    settings = {"kernel_size": 3, name: value}
    sentence = str(refusal(lambda: Window(**settings)))
    assert name in sentence
    assert str(value) in sentence


def test_settings_of_different_numbers_of_axes_are_refused() -> None:
    assert "2 and 3" in str(refusal(lambda: Window((3, 3), stride=(1, 1, 1))))


@pytest.mark.parametrize(
    ("window", "shape", "numbers"),
    [
        (Window(4), (3, 3), ["4", "1", "4", "3"]),
        (Window(3, dilation=3), (6,), ["3", "3", "7", "6"]),
        (Window((2, 6), padding=1), (3, 3), ["6", "1", "6", "5"]),
    ],
)
def test_window_larger_than_the_padded_input_is_refused(
    window: Window, shape: Shape, numbers: list[str]
) -> None:
    problem = refusal(lambda: window.output_shape(shape))
    assert problem.kind == "window_too_large"
    assert re.findall(r"\d+", str(problem)) == numbers


@pytest.mark.parametrize("shape", [(8,), (8, 8, 8)])
def test_input_with_other_axes_than_the_window_is_refused(shape: Shape) -> None:
    assert str(shape) in str(refusal(lambda: Window((3, 3)).output_shape(shape)))


@pytest.mark.parametrize("shape", [(), (8, 8, 8, 8)])
def test_input_needs_one_to_three_axes(shape: Shape) -> None:
    assert str(shape) in str(refusal(lambda: Window(1).output_shape(shape)))


@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3, 3)])
def test_empty_input_is_refused_even_where_padding_would_fill_it(shape: Shape) -> None:
    assert str(shape) in str(refusal(lambda: Window(1, padding=2).output_shape(shape)))


@pytest.mark.parametrize("cell", [(2, 0), (0, -1), (0,), (0, 0, 0)])
def test_output_cell_outside_is_refused(cell: Shape) -> None:
    assert str(cell) in str(refusal(lambda: Window(2).reads(cell, (3, 3))))


@pytest.mark.parametrize("cell", [(4, 0), (0, -2), (0,), (0, 0, 0)])
def test_input_cell_beyond_the_padding_is_refused(cell: Shape) -> None:
    assert str(cell) in str(refusal(lambda: Window(2, padding=1).feeds(cell, (3, 3))))
