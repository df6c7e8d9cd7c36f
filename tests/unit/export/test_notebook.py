"""The notebook is valid, and its cells run and check the numbers."""

from pathlib import Path

import nbformat
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient import NotebookClient
from torch import Tensor

from cnnviz.export.code import pytorch_code
from cnnviz.export.notebook import notebook
from cnnviz.ops import Window, correlate
from cnnviz.ops.kernels import named
from tests.unit.export.walks import correlations, disc

LINK = "http://localhost:8501/cross_correlation?p=1"


def made(x: Tensor, kernel: Tensor, window: Window, *, flip: bool = False) -> bytes:
    walk = correlate(x, kernel, window, flip=flip)
    code = pytorch_code(walk)
    return notebook("교차 상관", ["커널을 *입력* 위로 옮깁니다."], code, walk.output, LINK)


def read(blob: bytes) -> nbformat.NotebookNode:
    return nbformat.reads(blob.decode("utf-8"), as_version=4)


def sources(blob: bytes) -> dict[str, str]:
    return {cell.id: cell.source for cell in read(blob).cells}


def test_notebook_is_valid() -> None:
    nbformat.validate(read(made(disc(28), named("box"), Window(3))))


def test_notebook_says_what_it_is_and_where_it_comes_from() -> None:
    text = sources(made(disc(5), named("box"), Window(3)))["text"]
    assert text == f"# 교차 상관\n\n커널을 *입력* 위로 옮깁니다.\n\n<{LINK}>"


def test_the_same_settings_give_the_same_bytes() -> None:
    first, second = (made(disc(28), named("box"), Window(3)) for _ in range(2))
    assert first == second


def test_notebook_runs(tmp_path: Path) -> None:
    book = read(made(disc(20), named("sobel-x"), Window(3, padding=1), flip=True))
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(book, timeout=300, kernel_name="python3", resources=where).execute()
    assert book.cells[1].outputs[0].text == "torch.Size([20, 20])\n"


@settings(max_examples=30)
@given(correlations(), st.booleans())
def test_its_cells_check_the_numbers(case: tuple[Tensor, Tensor, Window], flip: bool) -> None:
    cells = sources(made(*case, flip=flip))
    names: dict[str, object] = {}
    exec(cells["code"], names)
    exec(cells["check"], names)


def test_a_wrong_number_is_found() -> None:
    x = torch.arange(9.0).reshape(3, 3)
    cells = sources(notebook("", [], pytorch_code(correlate(x, x)), torch.tensor([[205.0]])))
    names: dict[str, object] = {}
    exec(cells["code"], names)
    with pytest.raises(AssertionError):
        exec(cells["check"], names)


def test_a_large_output_is_checked_alone() -> None:
    """The check cell brings its own imports: the code before may have none."""
    x, kernel = torch.arange(40.0).reshape(5, 8), torch.ones(2, 2)
    window = Window(2, padding=7)
    cells = sources(made(x, kernel, window))
    assert "import zlib" in cells["check"]
    assert "import zlib" not in cells["code"]
    names: dict[str, object] = {}
    exec(cells["code"], names)
    exec(cells["check"], names)
