"""The settings of pooling: the course's examples, what fits, and what the panels write."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.components.stage import Edit
from cnnviz.ops import pool
from cnnviz.ops.adaptive import adaptive_pool
from cnnviz.ops.pooling import MODES
from cnnviz.ops.pooling_equals import tournament
from cnnviz.ops.windows import Axis, Window
from cnnviz.problems import Problem
from cnnviz.ui.formula import pytorch_latex
from cnnviz.ui.links import write
from cnnviz.ui.pooling.relu import lines_of
from cnnviz.ui.pooling.resize import spans_table
from cnnviz.ui.pooling.settings import (
    EXAMPLE_SETTINGS,
    PoolSettings,
    edit_planes,
    example_of,
    in_mode,
    input_planes,
    largest_window,
    most_padding,
    walk_of,
    ways_to_fit,
    with_example,
    with_window,
)
from cnnviz.ui.pooling.shape import rounding_table
from cnnviz.ui.pooling.shift import ShiftSettings, comparisons
from tests.unit.session import in_session
from tests.unit.ui.test_formula import NUMBERS

PADDED = [[5, 7], [13, 15]]
COURSE = {
    ("ramp", "max"): [[4, 5], [7, 8]],
    ("ramp", "avg"): [[2, 3], [5, 6]],
    ("three", "max"): [[10]],
    ("padded", "max"): PADDED,
    ("wide", "max"): PADDED,
    ("channels", "max"): [PADDED, [[6, 8], [14, 16]]],
    ("notes", "max"): [[3, 12], [3, 4]],
    ("notes", "avg"): [[0, 3], [0, 1]],
    ("halves", "max"): PADDED,
}
pairs = st.tuples(st.integers(1, 8), st.integers(1, 8))


@pytest.mark.parametrize(("example", "mode"), COURSE)
def test_examples_give_what_the_course_prints(example: str, mode: str) -> None:
    now = with_example(PoolSettings(mode=mode, dilation=3, padding=(2, 2)), example)
    assert walk_of(now, input_planes(now)).output.tolist() == COURSE[example, mode]


@pytest.mark.parametrize("name", EXAMPLE_SETTINGS)
@pytest.mark.parametrize("mode", MODES)
def test_example_is_known_again_whatever_is_kept_of_its_windows(name: str, mode: str) -> None:
    assert example_of(with_example(PoolSettings(mode=mode), name)) == name


def test_settings_of_ones_own_are_no_example() -> None:
    now = PoolSettings(window=(4, 1))
    assert example_of(now) == "own"
    assert with_example(now, "own") == now


@given(pairs, st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_padding_follows_a_smaller_window(
    window: tuple[int, int], padding: tuple[int, int]
) -> None:
    now = with_window(PoolSettings(padding=padding), window)
    assert now.window == window
    assert all(p <= most for p, most in zip(now.padding, most_padding(window), strict=True))
    assert pool(torch.ones(16, 16), Window(window, 1, now.padding)).output.numel()


@given(pairs, st.sampled_from(MODES), st.integers(1, 4), st.integers(0, 1))
def test_largest_window_fits_and_a_larger_one_does_not(
    shape: tuple[int, int], mode: str, dilation: int, padding: int
) -> None:
    now = PoolSettings(mode=mode, dilation=dilation, padding=(padding, padding))
    rows, cols = largest_window(now, shape)
    step = 1 if mode == "avg" else dilation
    for k, n in ((rows, shape[0]), (cols, shape[1])):
        assert step * (k - 1) + 1 <= n + 2 * padding
        assert k == 8 or step * k + 1 > n + 2 * padding


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (PoolSettings(padding=(4, 0)), "pool_padding"),
        (PoolSettings(window=(6, 6)), "window_too_large"),
        (PoolSettings(window=(3, 3), dilation=4), "window_too_large"),
        (
            PoolSettings(input="own", cells=((1.0,),), dilation=2, padding=(1, 1)),
            "pool_nothing",
        ),
    ],
)
def test_every_way_out_of_a_refusal_fits(now: PoolSettings, kind: str) -> None:
    x = input_planes(now)
    with pytest.raises(Problem) as caught:
        walk_of(now, x)
    assert caught.value.kind == kind
    ways = in_session(lambda: ways_to_fit(now, x))
    assert 1 <= len(ways) <= 2
    for changes in ways.values():
        assert len(walk_of(replace(now, **changes), x))


def test_number_typed_into_the_second_channel_changes_the_first() -> None:
    edit = Edit(1, "cell", {"at": [1, 0, 0], "value": 7.0, "plane": "input"})
    now = edit_planes(PoolSettings(planes=2), edit)
    assert input_planes(now)[:, 0, 0].tolist() == [6, 7]


def test_photo_has_its_colours_as_channels() -> None:
    now = PoolSettings(input="photo", photo="coffee", side=32, planes=3)
    red, _, blue = input_planes(now)
    assert red.equal(input_planes(replace(now, planes=1, channel="red")))
    assert blue.equal(input_planes(replace(now, planes=1, channel="blue")))


def test_drawing_has_one_channel() -> None:
    assert input_planes(PoolSettings(input="draw", planes=3)).shape == (28, 28)


def test_default_settings_are_pytorchs_and_leave_the_link_empty() -> None:
    now = PoolSettings()
    x = input_planes(now)
    assert write(now) == {}
    assert walk_of(now, x).output.equal(torch.nn.MaxPool2d(2)(x[None])[0])


def test_dilation_that_a_mean_hides_stays_hidden() -> None:
    now = PoolSettings(mode="avg", dilation=4)
    assert in_mode(now, "max").dilation == 1
    assert in_mode(replace(now, mode="min"), "max").dilation == 4


# ---- what the panels write


@given(
    st.integers(1, 12),
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(0, 2),
    st.integers(1, 2),
)
def test_formula_in_ceil_mode_comes_to_pytorchs_size(
    n: int, k: int, s: int, p: int, d: int
) -> None:
    axis = Axis(k, s, min(p, k // 2), d, ceil_mode=True)
    try:
        window = Window((k,), s, axis.padding, d)
        size = pool(torch.zeros(n), window, ceil_mode=True).output.numel()
    except Problem:
        return
    latex = pytorch_latex("h", axis, n)
    assert r"\left\lceil" in latex
    assert r"\left\lfloor" not in latex
    found = NUMBERS.search(latex.replace("ceil", "floor").replace(" + 1 - 1 =", " + 1 ="))
    assert found
    above = eval(found["above"].replace(r"\cdot ", "*").replace("(", "*("))
    less = " + 1 - 1 = " in latex
    assert -(-above // int(found["below"])) + 1 - less == size
    assert latex.endswith(rf"\mathbf{{{size}}}")


def test_rounding_table_compares_both() -> None:
    walk = pool(torch.zeros(5, 4), Window(2, 2), ceil_mode=True)
    table = in_session(lambda: rounding_table(walk)).splitlines()
    assert table[2].endswith("| 2 | 2 |")
    assert table[3].startswith("| **Rounded up")
    assert table[3].endswith("| 3 | 2 |")


def test_window_that_fits_in_ceil_mode_only_has_no_size_in_the_other() -> None:
    walk = pool(torch.ones(2, 2), Window(3, 2), ceil_mode=True)
    assert in_session(lambda: rounding_table(walk)).splitlines()[2].endswith("| – | – |")


def test_table_of_spans_lists_what_each_output_reads() -> None:
    found = adaptive_pool(torch.zeros(1, 7, 20), (3, 2))
    rows = in_session(lambda: spans_table(found, 0)).splitlines()
    assert rows[2:] == [
        "| 0 | 0 | 3 | 0, 1, 2 |",
        "| 1 | 2 | 5 | 2, 3, 4 |",
        "| 2 | 4 | 7 | 4, 5, 6 |",
    ]
    assert in_session(lambda: spans_table(found, 1)).endswith("| 1 | 10 | 20 | 10 … 19 |")


@pytest.mark.parametrize(
    ("mode", "line"),
    [
        ("max", r"\max(3, −2) &= \mathrm{ReLU}(3 - (−2)) + (−2) = 5 + (−2) = \mathbf{3}"),
        ("min", r"\min(3, −2) &= −2 - \mathrm{ReLU}(−2 - 3) = −2 - 0 = \mathbf{−2}"),
    ],
)
def test_comparison_is_written_with_its_numbers(mode: str, line: str) -> None:
    (only,) = tournament(torch.tensor([3.0, -2.0]), mode)
    assert lines_of(only, mode) == [line]


def test_odd_one_out_is_written_as_going_on() -> None:
    first, _ = tournament(torch.tensor([1.0, 2.0, 9.0]))
    assert lines_of(first, "max")[1] == r"9 &\to 9"


def test_other_ways_of_pooling_are_shifted_alike() -> None:
    now = ShiftSettings(input="garment", padding=(1, 1), right=2)
    found = comparisons(now, input_planes(now))
    assert list(found) == ["none", "max", "avg", "max_dense", "blur"]
    assert found["max"].before.equal(walk_of(now, input_planes(now)).output)
    assert {stay.by for stay in found.values()} == {(0, 2)}
    assert {stay.stride for name, stay in found.items() if name in ("max", "avg", "blur")} == {
        (2, 2)
    }


def test_way_of_pooling_that_does_not_fit_is_left_out() -> None:
    now = ShiftSettings(input="own", cells=((1.0, 2.0),), dilation=2, padding=(1, 1), stride=(3, 3))
    found = comparisons(now, input_planes(now))
    assert "max_dense" not in found
    assert "none" in found
