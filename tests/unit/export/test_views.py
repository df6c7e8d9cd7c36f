"""The code of all four ways, run; and the pictures that step through the outputs."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.export.views import four_ways_code, sheet, window_line
from cnnviz.ops import Walk, Window, correlate
from cnnviz.ops.views import four_views
from tests.unit.export.test_code import run
from tests.unit.ops.strategies import Shape, fitting, per_axis

RAMP = torch.arange(9.0).reshape(3, 3)
K = torch.tensor([[0.0, 1.0], [2.0, 3.0]])


def walk_over(window: Window, shape: Shape, *, flip: bool = False) -> Walk:
    generator = torch.Generator().manual_seed(1)
    x = torch.randint(-9, 10, shape, generator=generator).float()
    kernel = torch.randint(-9, 10, per_axis(window.kernel_size, 2), generator=generator).float()
    return correlate(x, kernel, window, flip=flip)


def test_lines_of_the_course_example_read_as_the_course_writes_them() -> None:
    walk = correlate(RAMP, K)
    assert [window_line(walk, i) for i in range(4)] == [
        "Y[0, 0] = (X[0:2, 0:2] * K).sum()  # 19",
        "Y[0, 1] = (X[0:2, 1:3] * K).sum()  # 25",
        "Y[1, 0] = (X[1:3, 0:2] * K).sum()  # 37",
        "Y[1, 1] = (X[1:3, 1:3] * K).sum()  # 43",
    ]


def test_line_of_a_padded_dilated_window_slices_the_padded_input() -> None:
    walk = correlate(RAMP, K, Window(2, stride=2, padding=1, dilation=2))
    assert window_line(walk, 3) == "Y[1, 1] = (Xp[2:5:2, 2:5:2] * K).sum()  # 0"


@given(fitting(axes=2))
def test_lines_run_and_give_the_output(case: tuple[Window, Shape]) -> None:
    walk = walk_over(*case)
    names = {
        "X": walk.padded,
        "Xp": walk.padded,
        "K": walk.kernel,
        "Y": torch.empty(walk.output.shape),
    }
    exec("\n".join(window_line(walk, i) for i in range(len(walk))), names)
    assert names["Y"].equal(walk.output)


@settings(max_examples=40, deadline=None)
@given(fitting(axes=2), st.booleans())
def test_all_four_ways_run_and_agree(case: tuple[Window, Shape], flip: bool) -> None:
    walk = walk_over(*case, flip=flip)
    views = four_views(walk)
    names = run(four_ways_code(walk))
    for name in ("Y", "by_columns", "by_matrix", "by_torch"):
        assert names[name].equal(walk.output), name
    assert names["columns"].equal(views.columns)
    assert names["A"].equal(views.matrix)
    assert names["K"].equal(walk.kernel)


def test_code_notices_a_result_that_differs() -> None:
    code = four_ways_code(correlate(RAMP, K)).replace("= K[i, j]", "= K[j, i]")
    with pytest.raises(AssertionError):
        run(code)


def framed(values: Tensor, marked: tuple[tuple[int, int, int, int], ...]) -> list[float]:
    cells = [values[r : r + h, c : c + w].flatten() for r, c, h, w in marked]
    return torch.cat(cells).tolist()


@pytest.mark.parametrize("dilation", [1, 2])
def test_frames_of_a_picture_hold_one_outputs_factors(dilation: int) -> None:
    walk = walk_over(Window(2, 1, 1, dilation), (4, 5))
    views = four_views(walk)
    x, _, columns, matrix, y = sheet(views, 7)
    step = walk.step(7)
    cells = step.cells.flatten().tolist()
    assert framed(x.values, x.marked) == cells
    assert framed(columns.values, columns.marked) == cells
    row = torch.tensor(framed(matrix.values, matrix.marked))
    assert float(row @ walk.input.flatten()) == step.total
    assert framed(y.values, y.marked) == [step.total]
