"""Four views: torch's numbers on every board, terms that match, edits, refusals, files."""

import base64
import io
import re
from typing import Any
from urllib.parse import parse_qsl

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.ui.i18n import ASSETS
from cnnviz.ui.kernels import CHOICES
from cnnviz.ui.small_inputs import NAMES
from tests.app.reader import click, control, follow, mail, run, sent, toasts
from tests.app.reader import visit as open_page
from tests.unit.export.test_code import run as run_code

PAGE = "four-views"
AGREE = "All four agree"


def visit(link: dict[str, str] | None = None, **options: Any) -> AppTest:
    return open_page(link, page=PAGE, **options)


def boards(app: AppTest) -> dict[str, dict[str, Any]]:
    """Every board by its name, its numbers decoded."""
    data = sent(app, "boards")
    assert data is not None
    return {board["name"]: board for view in data["views"] for board in view}


def values(app: AppTest, name: str) -> Tensor:
    board = boards(app)[name]
    floats = np.frombuffer(base64.b64decode(board["values"]), dtype="<f4").copy()
    return torch.from_numpy(floats).reshape(board["rows"], board["cols"])


def whole(text: str) -> list[int]:
    numbers: list[int] = np.frombuffer(base64.b64decode(text), dtype="<i4").tolist()
    return numbers


def agreement(app: AppTest) -> str:
    (line,) = [text.value for text in app.markdown if "largest difference" in text.value]
    return str(line)


def edit(app: AppTest, plane: str, at: tuple[int, int], value: object) -> AppTest:
    mail(
        app,
        f"{PAGE}.boards",
        "edits",
        {"kind": "cell", "plane": plane, "at": [0, *at], "value": value},
    )
    return run(app)


def test_page_opens_on_the_course_example_in_four_ways() -> None:
    app = visit()
    assert values(app, "output").tolist() == [[19, 25], [37, 43]]
    assert values(app, "output_row").tolist() == [[19, 25, 37, 43]]
    assert values(app, "output_column").tolist() == [[19], [25], [37], [43]]
    assert boards(app)["code"]["lines"][0] == "Y[0, 0] = (X[0:2, 0:2] * K).sum()  # 19"
    assert values(app, "matrix")[0].tolist() == [0, 1, 0, 2, 3, 0, 0, 0, 0]
    assert agreement(app) == (
        "✓ **All four agree:** the largest difference between any two results is **0**."
    )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("operation", ["correlation", "convolution"])
def test_every_input_is_computed_as_by_torch(name: str, operation: str) -> None:
    link = {"input": name, "kernel": "gaussian", "padding": "1", "stride": "2"}
    app = visit({**link, "operation": operation})
    x, kernel = values(app, "input"), values(app, "kernel")
    expected = F.conv2d(x[None, None], kernel[None, None], stride=2)[0, 0]
    for board in ("output", "output_row", "output_column", "code"):
        assert values(app, board).flatten().allclose(expected.flatten(), atol=1e-5), board
    assert AGREE in agreement(app)


@pytest.mark.parametrize("name", CHOICES)
def test_every_kernel_is_computed_as_by_torch(name: str) -> None:
    app = visit({"input": "bar", "kernel": name, "dilation": "2", "padding": "1"})
    x, kernel = values(app, "input"), values(app, "kernel")
    expected = F.conv2d(x[None, None], kernel[None, None], dilation=2)[0, 0]
    assert values(app, "output").allclose(expected, atol=1e-5)
    assert AGREE in agreement(app)


def test_boards_terms_are_factors_and_results_of_the_same_products() -> None:
    app = visit({"input": "pattern", "kernel": "sobel-x", "padding": "1", "stride": "2"})
    found = boards(app)
    of = {name: torch.tensor(whole(board["of"])) for name, board in found.items()}

    def at(name: str) -> Tensor:
        flat = values(app, name).flatten()
        return torch.where(of[name] < 0, torch.zeros(()), flat[of[name].clamp(min=0)])

    products = at("input") * at("kernel")
    assert (at("columns") * at("kernel_row")).equal(products)
    assert (at("matrix") * at("input_column")).equal(products)
    total = torch.zeros(9).index_add(0, of["output"], products)
    assert total.equal(values(app, "output").flatten())
    for name in ("output_row", "output_column", "code"):
        assert of[name].equal(of["output"])


def test_shared_weights_have_one_colour_and_zeros_are_empty() -> None:
    matrix = boards(visit())["matrix"]
    hue, blank = torch.tensor(whole(matrix["hue"])), torch.tensor(whole(matrix["blank"]))
    assert blank.sum() == 36 - 16
    assert [int((hue == tap).sum()) for tap in range(4)] == [4, 4, 4, 4]
    assert (hue == -1).equal(blank == 1)


def test_padding_is_hatched_around_the_input_and_has_no_column_in_the_matrix() -> None:
    app = visit({"padding": "1"})
    found = boards(app)
    assert sum(whole(found["input"]["padding"])) == 25 - 9
    assert found["matrix"]["cols"] == 9
    assert sum(whole(found["columns"]["padding"])) == whole(found["input_column"]["of"]).count(-1)


# ---- what the reader does


def test_typed_weight_counts_in_all_views() -> None:
    app = edit(visit(), "kernel", (1, 1), 5)
    assert values(app, "kernel_row").tolist() == [[0, 1, 2, 5]]
    assert values(app, "output")[0, 0] == 0 * 0 + 1 * 1 + 3 * 2 + 4 * 5
    assert AGREE in agreement(app)


def test_typed_weight_of_a_flipped_kernel_is_kept_where_it_was_typed() -> None:
    app = edit(visit({"operation": "convolution"}), "kernel", (0, 0), 7)
    assert values(app, "kernel").tolist() == [[7, 2], [1, 0]]


def test_typed_cell_is_counted_from_the_paddings_corner() -> None:
    app = edit(visit({"padding": "2"}), "input", (2, 3), 50)
    assert values(app, "input_column").flatten().tolist() == [0, 50, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize("value", [float("nan"), 1e7, "5", None])
def test_nonsense_in_a_cell_is_refused_in_words(value: object) -> None:
    app = edit(visit(), "input", (0, 0), value)
    assert app.toast
    assert values(app, "output").tolist() == [[19, 25], [37, 43]]


def test_example_brings_its_kernel() -> None:
    app = visit()
    control(app, "selectbox", "input", page=PAGE).set_value("bar")
    app = run(app)
    assert values(app, "kernel").tolist() == [[1, -1]]
    assert values(app, "output").tolist() == [[0, 1, 0, 0, 0, -1, 0]] * 6


def test_size_control_keeps_what_fits() -> None:
    app = visit()
    control(app, "number_input", "input_rows", page=PAGE).set_value(2)
    app = run(app)
    assert values(app, "input").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert values(app, "matrix").shape == (2, 6)


def lesson_links(lang: str) -> list[str]:
    text = (ASSETS / "lessons" / lang / "four-views.md").read_text(encoding="utf-8")
    return re.findall(r"\]\(\?([^)]*)\)", text)


@pytest.mark.parametrize("query", lesson_links("en"))
def test_every_link_of_the_lesson_sets_the_page(query: str) -> None:
    app = follow(visit({"stride": "2"}), query)
    assert AGREE in agreement(app)
    assert not app.toast
    link = dict(parse_qsl(query))
    if "dilation" in link:
        size = values(app, "kernel").shape[0]
        rows = values(app, "input").shape[0] - int(link["dilation"]) * (size - 1)
        assert values(app, "output").shape[0] == rows


def test_lessons_of_both_languages_have_the_same_links() -> None:
    assert lesson_links("en") == lesson_links("ko")


# ---- refusals


def test_too_many_outputs_are_explained_with_ways_back() -> None:
    app = visit({"input": "diagonal", "kernel": "sobel-x", "padding": "4"})
    assert sent(app, "boards") is None
    assert "196" in app.warning[0].value
    app = click(app, "Use stride 2")
    assert values(app, "output").shape == (7, 7)


def test_padding_can_be_dropped_with_one_click() -> None:
    app = visit({"input": "diagonal", "kernel": "sobel-x", "padding": "10"})
    assert values(click(app, "Use padding 0"), "output").shape == (6, 6)


def test_kernel_that_does_not_fit_is_explained_with_ways_back() -> None:
    app = visit({"dilation": "4", "lang": "ko"})
    assert "팽창" in app.warning[0].value
    app = visit({"dilation": "4"})
    assert values(click(app, "Use dilation 1"), "output").tolist() == [[19, 25], [37, 43]]


def test_grid_that_is_too_large_for_the_page_is_refused_from_a_link() -> None:
    app = visit({"input": "own", "cells": "_".join([" ".join(["1"] * 9)] * 9)})
    assert "8 × 8" in toasts(app)


# ---- panels and files


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("panel", ["sizes", "formula", "code", "lesson"])
def test_every_panel_opens(panel: str, lang: str) -> None:
    app = visit({"panel": panel, "lang": lang})
    assert values(app, "output").tolist() == [[19, 25], [37, 43]]
    assert not app.toast


def test_costs_are_those_of_the_matrices_on_the_page() -> None:
    (table,) = [text.value for text in visit().markdown if "| Output cells" in text.value]
    for row in ("4 × 4", "4 × 9", "1.78", "55.6 %", "144 B", "10.0 GB"):
        assert row in table, row


def test_code_on_the_page_runs_and_gives_the_pages_output() -> None:
    app = visit({"panel": "code", "input": "pattern", "kernel": "cross", "padding": "1"})
    assert run_code(app.code[0].value)["Y"].equal(values(app, "output"))


def wish(app: AppTest, **changes: object) -> dict[str, Any]:
    told = {"kind": "png", "step": 0, "href": "https://example.org/four-views", **changes}
    mail(app, f"{PAGE}.take", "wish", told)
    data = sent(run(app), "take")
    assert data is not None
    file: dict[str, Any] = data["file"]
    return file


def test_picture_shows_the_pinned_terms_output() -> None:
    app = visit()
    first, second, other = (wish(app, step=term)["data"] for term in (0, 3, 4))
    assert first == second  # terms 0 to 3 belong to the first output
    assert first != other
    assert Image.open(io.BytesIO(base64.b64decode(first))).width == 1600


@pytest.mark.parametrize("step", [-1, 16, None])
def test_picture_of_a_term_that_is_not_there_is_refused_in_words(step: object) -> None:
    assert wish(visit(), step=step)["refused"]


def test_animation_has_a_frame_for_every_output() -> None:
    file = wish(visit(), kind="gif")
    assert Image.open(io.BytesIO(base64.b64decode(file["data"]))).n_frames == 4  # type: ignore[attr-defined]


def test_notebook_computes_all_four_and_checks_them() -> None:
    file = wish(visit({"operation": "convolution", "padding": "1"}), kind="notebook")
    book = nbformat.reads(base64.b64decode(file["data"]).decode(), as_version=4)
    nbformat.validate(book)
    names = run_code("\n".join(cell.source for cell in book.cells[1:3]))
    assert names["by_matrix"].equal(names["expected"])
