"""From dense to convolution: the course's counts, torch's numbers on boards, one training."""

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

from cnnviz.data.glyphs import GLYPHS, glyph
from cnnviz.training.shapes import train_both
from cnnviz.ui.i18n import ASSETS
from cnnviz.ui.shapes import Run
from tests.app.reader import click, control, file_of, follow, go, labels, mail, run, sent, toasts
from tests.app.reader import visit as open_page
from tests.unit.export.test_code import run as run_code

PAGE = "dense-to-convolution"
TRAIN = "Train both"


def visit(link: dict[str, str] | None = None, **options: Any) -> AppTest:
    return open_page(link, page=PAGE, **options)


def boards(app: AppTest) -> dict[str, dict[str, Any]]:
    """Every board of the main picture by its name."""
    data = sent(app, "boards")
    assert data is not None
    return {board["name"]: board for view in data["views"] for board in view}


def values(app: AppTest, name: str) -> Tensor:
    board = boards(app)[name]
    floats = np.frombuffer(base64.b64decode(board["values"]), dtype="<f4").copy()
    return torch.from_numpy(floats).reshape(board["rows"], board["cols"])


def whole(board: dict[str, Any], name: str) -> Tensor:
    numbers = np.frombuffer(base64.b64decode(board[name]), dtype="<i4").copy()
    return torch.from_numpy(numbers)


def said(app: AppTest) -> str:
    return "\n".join(element.value for element in app.markdown)


def edit(app: AppTest, at: tuple[int, int], value: object) -> AppTest:
    message = {"kind": "cell", "plane": "input", "at": [0, *at], "value": value}
    mail(app, f"{PAGE}.boards", "edits", message)
    return run(app)


# ---- counts


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_table_has_the_courses_formulas_and_counts(lang: str) -> None:
    table = said(visit({"panel": "counts", "lang": lang, "c_in": "3", "c_out": "2"}))
    for formula, here, megapixel in (
        (r"$(HW)^2 = (8 \cdot 8)^2$", "4,096", "1,000,000,000,000"),
        (r"$(2H-1)(2W-1) = (2 \cdot 8-1)(2 \cdot 8-1)$", "225", "3,996,001"),
        (r"$(2\Delta+1)^2 = (2 \cdot 1+1)^2$", "9", "9"),
        (
            r"$(2\Delta+1)^2 \cdot c_i \cdot c_o = (2 \cdot 1+1)^2 \cdot 3 \cdot 2$",
            "54",
            "54",
        ),
    ):
        assert f"| {formula} | **{here}** | {megapixel} |" in table


def test_sliders_count_in_the_table_and_in_the_titles() -> None:
    app = visit({"panel": "counts"})
    control(app, "slider", "side", page=PAGE).set_value(5)
    control(app, "slider", "delta", page=PAGE).set_value(2)
    app = run(app)
    assert "**625**" in said(app)
    assert "**81**" in said(app)
    assert "**25**" in said(app)
    assert boards(app)["dense"]["title"] == "Dense layer: 625 weights"
    assert boards(app)["shared"]["title"] == "Convolution: 25 weights"


# ---- the boards


@pytest.mark.parametrize(
    ("layer", "weights", "kernel"),
    [("invariance", 225, (15, 15)), ("locality", 9, (3, 3)), ("channels", 54, (6, 9))],
)
def test_as_many_colours_as_weights(layer: str, weights: int, kernel: tuple[int, int]) -> None:
    app = visit({"layer": layer, "c_in": "3", "c_out": "2"})
    found = boards(app)
    dense, shared = whole(found["dense"], "hue"), whole(found["shared"], "hue")
    assert len(dense.unique()) == len(dense)
    colours = shared[shared >= 0].unique()
    assert len(colours) == weights
    assert torch.equal(whole(found["kernel"], "hue").unique(), colours)
    assert (found["kernel"]["rows"], found["kernel"]["cols"]) == kernel
    assert torch.equal(whole(found["shared"], "blank") == 1, shared < 0)


@pytest.mark.parametrize("layer", ["invariance", "locality", "channels"])
def test_equal_colour_is_equal_weight_on_matrix_and_kernel(layer: str) -> None:
    app = visit({"layer": layer, "side": "5"})
    found = boards(app)
    of_colour = dict(
        zip(whole(found["kernel"], "hue").tolist(), values(app, "kernel").flatten(), strict=True)
    )
    cells = zip(
        whole(found["shared"], "hue").tolist(), values(app, "shared").flatten(), strict=True
    )
    for hue, value in cells:
        assert value == (of_colour[hue] if hue >= 0 else 0)


@pytest.mark.parametrize("drawing", GLYPHS)
def test_outputs_are_torchs(drawing: str) -> None:
    app = visit({"drawing": drawing, "right": "-1", "down": "2", "seed": "7"})
    x = values(app, "input")
    assert torch.equal(x, glyph(drawing, 8, 8)[0].roll((2, -1), (0, 1)))
    kernel = values(app, "kernel")[None, None]
    assert torch.equal(
        values(app, "shared-output"), F.conv2d(x[None, None], kernel, padding=1)[0, 0]
    )
    assert torch.equal(
        values(app, "dense-output").flatten(), F.linear(x.flatten(), values(app, "dense"))
    )


def test_outputs_of_channels_are_torchs() -> None:
    app = visit({"layer": "channels", "c_in": "3", "c_out": "2", "side": "4", "delta": "1"})
    x = values(app, "input").reshape(3, 4, 4)
    assert torch.equal(x[1], x[0] / 2)
    kernel = values(app, "kernel").reshape(2, 3, 3, 3).permute(0, 2, 1, 3)
    expected = F.conv2d(x[None], kernel, padding=1)[0]
    assert torch.equal(values(app, "shared-output").reshape(2, 4, 4), expected)


@pytest.mark.parametrize("layer", ["invariance", "locality", "channels"])
def test_terms_are_products_of_the_same_pair_of_cells(layer: str) -> None:
    app = visit({"layer": layer, "side": "4"})
    found = boards(app)
    of = {name: whole(board, "of") for name, board in found.items()}

    def at(name: str) -> Tensor:
        flat = values(app, name).flatten()
        return torch.where(of[name] < 0, torch.zeros(()), flat[of[name].clamp(min=0)])

    sums = {
        "dense-output": (of["dense-output"], at("input") * at("dense")),
        "shared-output": (of["shared-output"], at("input") * at("kernel")),
    }
    for name, (cells, products) in sums.items():
        total = torch.zeros(len(values(app, name).flatten()))
        total.index_add_(0, cells[cells >= 0].long(), products[cells >= 0])
        assert torch.equal(total, values(app, name).flatten())
    assert torch.equal(at("shared"), at("kernel"))
    kept = of["shared"] >= 0
    assert torch.equal(of["dense"][kept], of["shared"][kept])  # the same place in both matrices


# ---- the shift


def errors(app: AppTest) -> tuple[str, str]:
    titles = (boards(app)[f"{name}-output"]["title"] for name in ("dense", "shared"))
    dense, shared = (title.removeprefix("Output: shift error ") for title in titles)
    return dense, shared


def test_convolution_moves_along_and_the_dense_layer_does_not() -> None:
    dense, shared = errors(visit({"right": "2", "down": "1"}))
    assert shared == "0"
    assert float(dense) > 0.5


def test_arrows_move_the_drawing_and_the_outputs_follow() -> None:
    app = visit({"right": "0", "down": "0"})
    assert errors(app) == ("0", "0")
    before = values(app, "shared-output")
    app = click(click(app, "→"), "↓")
    assert torch.equal(values(app, "input"), glyph("arrow", 8, 8)[0].roll((1, 1), (0, 1)))
    assert torch.equal(values(app, "shared-output"), before.roll((1, 1), (0, 1)))
    app = click(click(app, "←"), "↑")
    assert torch.equal(values(app, "shared-output"), before)


def test_arrow_ends_where_the_drawing_may_go_no_further() -> None:
    app = visit({"right": "3", "down": "-3"})
    disabled = {button.label for button in app.button if button.disabled}
    assert {"→", "↑"} <= disabled
    assert not {"←", "↓", "↺"} & disabled
    assert errors(click(app, "↺")) == ("0", "0")


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("link", "word"),
    [
        ({"right": "0", "down": "0"}, ("Nothing is moved", "아직 옮기지")),
        ({"right": "2", "down": "1"}, ("exactly 0: its output", "정확히 0입니다. 출력이")),
        ({"right": "-3", "down": "0"}, ("only at the border", "가장자리에서만")),
    ],
)
def test_panel_says_what_the_shift_did(
    lang: str, link: dict[str, str], word: tuple[str, str]
) -> None:
    app = visit({"panel": "shift", "lang": lang, **link})
    assert word[lang == "ko"] in said(app)
    assert len(app.get("bidi_component")) >= 2


def test_panel_fills_in_the_errors_formula() -> None:
    app = visit({"panel": "shift"})
    (formula,) = [element.value for element in app.latex]
    for letter, name in (("W", "dense"), ("V", "shared")):
        found = re.search(
            rf"f_{letter}\(x\) .rVert}} &= .frac{{(\S+?)}}{{(\S+?)}} = .mathbf{{(\S+?)}}", formula
        )
        assert found, formula
        above, below, error = map(float, found.groups())
        assert above / below == pytest.approx(error, abs=0.01)
        assert error == float(errors(app)[name == "shared"])


# ---- one's own drawing


def test_typed_cell_becomes_part_of_the_drawing_and_moves_with_it() -> None:
    app = edit(visit({"drawing": "dot", "right": "1", "down": "0"}), (0, 1), 2)
    assert values(app, "input")[0, 1] == 2
    app = click(app, "→")
    x = values(app, "input")
    assert x[0, 2] == 2
    assert x.count_nonzero() == 2
    assert "drawing=own" in sent(app, "address")["query"]


def test_typed_cell_of_a_fainter_channel_is_that_bright() -> None:
    app = visit({"layer": "channels", "c_in": "2", "side": "4", "drawing": "dot", "right": "0"})
    app = edit(app, (5, 1), 1)  # the second channel's second row
    x = values(app, "input")
    assert (x[5, 1], x[1, 1]) == (1, 2)


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        ((0, 0), 1, "outside"),  # the shift has brought this cell in
        ((40, 0), 1, "outside"),
        ((3, 3), 1e9, "must lie between"),
        ((3, 3), "one", "finite"),
    ],
)
def test_nonsense_on_the_board_is_refused_in_words(
    at: tuple[int, int], value: object, words: str
) -> None:
    app = visit({"right": "2", "down": "1"})
    before = values(app, "input")
    app = edit(app, at, value)
    assert words in toasts(app)
    assert torch.equal(values(app, "input"), before)


def test_own_drawing_starts_from_what_is_there_and_is_cut_to_the_side() -> None:
    app = visit({"drawing": "ring", "right": "0", "down": "0"})
    control(app, "selectbox", "drawing", page=PAGE).set_value("own")
    app = run(app)
    assert torch.equal(values(app, "input"), glyph("ring", 8, 8)[0])
    control(app, "slider", "side", page=PAGE).set_value(4)
    assert torch.equal(values(run(app), "input"), glyph("ring", 8, 8)[0, :4, :4])


# ---- links and controls


def test_reach_and_channels_are_out_of_reach_where_they_do_nothing() -> None:
    def disabled(layer: str) -> list[bool]:
        app = visit({"layer": layer})
        kinds = {"delta": "slider", "c_in": "number_input", "c_out": "number_input"}
        return [control(app, kind, name, page=PAGE).disabled for name, kind in kinds.items()]

    assert disabled("invariance") == [True, True, True]
    assert disabled("locality") == [False, True, True]
    assert disabled("channels") == [False, False, False]


@pytest.mark.parametrize(
    ("name", "value"),
    [("side", "11"), ("delta", "4"), ("c_in", "0"), ("right", "4"), ("layer", "x")],
)
def test_setting_out_of_range_in_a_link_is_told(name: str, value: str) -> None:
    app = visit({name: value})
    assert f"`{name}` = `{value}`" in toasts(app)
    assert boards(app)["shared"]["rows"] == 64


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_links_of_the_lesson_lead_to_settings_of_this_page(lang: str) -> None:
    text = (ASSETS / f"lessons/{lang}/{PAGE}.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(\?([^)]*)\)", text)
    app = visit({"panel": "lesson", "lang": lang})
    assert len(links) >= 6
    for query in links:
        app = follow(app, query)
        assert not app.toast
        now = app.session_state[f"{PAGE}/history"].now
        for name, value in parse_qsl(query):
            assert str(getattr(now, name)) == value


def test_page_speaks_korean_throughout() -> None:
    app = visit({"lang": "ko"})
    assert all(re.search("[가-힣]", board["title"]) for board in boards(app).values())


# ---- the experiment


def test_link_trains_nothing() -> None:
    app = visit({"panel": "shapes", "epochs": "12"})
    assert {metric.value for metric in app.metric} == {"–"}
    assert TRAIN in labels(app)


@pytest.mark.parametrize("epochs", ["0", "13", "1000000"])
def test_link_cannot_ask_for_a_long_training(epochs: str) -> None:
    app = visit({"panel": "shapes", "epochs": epochs})
    assert "epochs" in toasts(app)


def test_training_shows_that_only_the_convolution_knows_the_right_half() -> None:
    app = click(visit({"panel": "shapes", "epochs": "2"}), TRAIN)
    values = {metric.label: float(metric.value.rstrip("%")) for metric in app.metric}
    assert values["Dense, left"] > 75
    assert values["Dense, right"] < 45
    assert values["Convolution, left"] > 90
    assert values["Convolution, right"] > 90
    assert "After 2 of 2 epochs: on the **left** the dense network is right on" in said(app)
    app = run(go(go(app, "home"), PAGE))  # what was seen is kept
    assert "After 2 of 2 epochs" in said(app)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_training_that_was_stopped_early_is_not_judged(lang: str) -> None:
    app = visit({"panel": "shapes", "lang": lang})
    run_so_far = Run(4, 0, [next(train_both(4, 0))])
    app.session_state[f"{PAGE}/shapes"] = run_so_far
    text = said(run(app))
    assert ("too early" in text) == (lang == "en")
    assert "25%" not in text


# ---- taking it along


def test_notebook_computes_the_pages_outputs_and_errors() -> None:
    app = visit({"panel": "code", "layer": "channels", "side": "5", "seed": "9"})
    book = nbformat.reads(file_of(app, "notebook", page=PAGE).decode(), as_version=4)
    nbformat.validate(book)
    code = book.cells[1].source
    assert code == app.code[0].value.rstrip("\n")
    found = run_code(f"{code}\n{book.cells[2].source}")  # the check included
    dense, shared = errors(app)
    assert found["errors"].tolist() == pytest.approx([float(dense), float(shared)], abs=0.01)
    output = values(app, "shared-output").reshape(2, 5, 5)
    torch.testing.assert_close(found["Y"][1], output)


@pytest.mark.parametrize("kind", ["png", "gif"])
@pytest.mark.parametrize("layer", ["locality", "channels"])
def test_pictures_are_made(kind: str, layer: str) -> None:
    picture = Image.open(io.BytesIO(file_of(visit({"layer": layer}), kind, page=PAGE)))
    assert picture.format == kind.upper()
    assert getattr(picture, "n_frames", 1) == (4 if kind == "gif" else 1)
