"""Both forms of the shape formula show the reader's numbers, and these are right."""

import re

import pytest
import torch
from hypothesis import given

from cnnviz.ops import Window, correlate
from cnnviz.ops.windows import Axis
from cnnviz.ui.formula import book_latex, leftover_line, pytorch_latex
from tests.unit.ops.strategies import Shape, fitting
from tests.unit.session import in_session

NUMBERS = re.compile(
    r"= \\left\\lfloor \\frac{(?P<above>[^}]*)}{(?P<below>\d+)} \\right\\rfloor"
    r"(?P<after>( \+ 1)?) = \\mathbf{(?P<result>\d+)}"
)


def claim(latex: str) -> tuple[int, int]:
    """What the numbers in the formula come to, and what it says they come to."""
    found = NUMBERS.search(latex)
    assert found, latex
    above = found["above"].replace(r"\cdot ", "*").replace("(", "*(")
    below, after = int(found["below"]), found["after"] or "+ 0"
    return eval(f"({above}) // {below} {after}"), int(found["result"])


@pytest.mark.parametrize(
    ("axis", "book", "pytorch"),
    [
        # kernel_size, stride, padding, dilation; an input of 8
        (Axis(3, 1, 1, 1), (r"{8-3+2+1}{1}", 8), (r"{8+2\cdot 1-1(3-1)-1}{1}", 8)),
        (Axis(5, 1, 2, 1), (r"{8-5+4+1}{1}", 8), (r"{8+2\cdot 2-1(5-1)-1}{1}", 8)),
        (Axis(3, 2, 1, 1), (r"{8-3+2+2}{2}", 4), (r"{8+2\cdot 1-1(3-1)-1}{2}", 4)),
        (Axis(3, 3, 0, 1), (r"{8-3+0+3}{3}", 2), (r"{8+2\cdot 0-1(3-1)-1}{3}", 2)),
        (Axis(5, 4, 1, 1), (r"{8-5+2+4}{4}", 2), (r"{8+2\cdot 1-1(5-1)-1}{4}", 2)),
    ],
)
def test_rows_of_the_textbooks_table(
    axis: Axis, book: tuple[str, int], pytorch: tuple[str, int]
) -> None:
    for latex, (fraction, result) in (
        (book_latex("h", axis, 8), book),
        (pytorch_latex("h", axis, 8), pytorch),
    ):
        assert rf"\frac{fraction}" in latex
        assert latex.endswith(rf"= \mathbf{{{result}}}")


@given(fitting(axes=1))
def test_both_forms_come_to_pytorchs_size(case: tuple[Window, Shape]) -> None:
    window, (n,) = case
    (axis,) = window.along((n,))
    conv = torch.nn.Conv1d(1, 1, axis.kernel_size, axis.stride, axis.padding, axis.dilation)
    size = conv(torch.zeros(1, 1, n)).shape[-1]
    assert claim(book_latex("h", axis, n)) == (size, size)
    assert claim(pytorch_latex("h", axis, n)) == (size, size)


@pytest.mark.parametrize("latex", [book_latex, pytorch_latex])
@pytest.mark.parametrize("name", ["d", "h", "w", ""])
def test_letters_carry_the_name_of_their_axis(latex: object, name: str) -> None:
    shown = latex(name, Axis(3, 2, 1, 1), 8)
    assert set(re.findall(r"_(\w)", shown)) == set(name)
    assert "_-" not in shown


@pytest.mark.parametrize(
    ("shape", "stride", "sentence"),
    [
        ((7, 7), 2, "The windows read every row and column."),
        ((8, 7), 2, "No window reads 1 of the rows and 0 of the columns"),
        ((5, 6), 3, "No window reads 2 of the rows and 0 of the columns"),
        ((7,), 2, "The windows read every cell."),
        ((8,), 2, "No window reads 1 of the cells"),
        ((7, 7, 7), 2, "The windows read every row and column."),
        ((8, 7, 8), 2, "No window reads 1 of the slices, 0 of the rows and 1 of the columns"),
    ],
)
def test_line_says_what_the_stride_leaves_over(shape: Shape, stride: int, sentence: str) -> None:
    kernel = torch.ones((3,) * len(shape))
    walk = correlate(torch.zeros(shape), kernel, Window(3, stride))
    assert in_session(lambda: leftover_line(walk)).startswith(sentence)
