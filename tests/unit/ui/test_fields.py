"""The formulas hold the table's numbers, and what they say is true when computed."""

import re

import pytest
from hypothesis import given, settings

from cnnviz.models import STACKS, Layer, field_table
from cnnviz.ui.fields import formula_lines, table_markdown
from tests.unit.models.stacks import Stack, stacks
from tests.unit.session import in_session

COLUMNS = {"field": "receptive_field", "jump": "jump", "padding": "padding"}


def computed(line: str) -> tuple[int, int]:
    """What a line's numbers come to, and what it says they do."""
    _, middle, result = re.fullmatch(r"(\w_\{\d+\}) &= (.*) = \\mathbf\{(\d+)\}", line).groups()  # type: ignore[union-attr]
    code = (
        middle.replace(r"\cdot", "*").replace(r"\left\lfloor", "(").replace(r"\right\rfloor", ")")
    )
    code = re.sub(r"(\d)\(", r"\1*(", code).replace("/", "//")
    return eval(code), int(result)


@settings(deadline=None)
@given(stacks())
def test_every_filled_in_formula_is_true(stack: Stack) -> None:
    rows = field_table(stack.layers, stack.size)
    for name in ("size", *COLUMNS):
        for line in formula_lines(name, stack.layers, rows):
            if "_l" not in line:
                value, said = computed(line)
                assert value == said


@settings(deadline=None)
@given(stacks())
def test_results_are_the_tables(stack: Stack) -> None:
    rows = field_table(stack.layers, stack.size)
    for name, column in COLUMNS.items():
        said = [computed(line)[1] for line in formula_lines(name, stack.layers, rows)[1:]]
        assert said == [getattr(row, column) for row in rows[1:]]


def test_rows_and_columns_have_their_own_lines_where_they_differ() -> None:
    layers = [Layer("conv", 3)]
    assert len(formula_lines("size", layers, field_table(layers, (8, 8)))) == 2
    lines = formula_lines("size", layers, field_table(layers, (8, 12)))
    assert [line[:2] for line in lines] == ["h_", "h_", "w_", "w_"]
    assert [computed(line)[1] for line in (lines[1], lines[3])] == [6, 10]


@pytest.mark.parametrize(("lang", "first"), [("en", "Input"), ("ko", "입력")])
def test_table_has_a_line_for_the_input_and_each_layer(lang: str, first: str) -> None:
    layers = STACKS["alexnet"]
    rows = field_table(layers, (128, 96))
    table = in_session(lambda: table_markdown(layers, rows), lang=lang).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    assert len(cells) == 2 + len(rows)
    assert cells[2] == [first, "128 × 96", "1", "1", "0", "1"]
    assert cells[-1][1:] == ["3 × 2", "195", "32", "66", "32"]
