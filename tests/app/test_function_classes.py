"""Function classes: each topic's numbers, its links, its refusals, its files, in both languages."""

import base64
import io
import math
import re
from typing import Any
from urllib.parse import parse_qsl

import nbformat
import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.models.function_classes import ARRANGEMENTS, TRUTH
from cnnviz.models.identity import Start, course, one_block
from cnnviz.ui.i18n import ASSETS
from tests.app.reader import click, control, file_of, follow, labels, mail, run, sent, toasts
from tests.app.reader import visit as open_page
from tests.unit.export.test_code import run as run_code

PAGE = "function-classes"
PANELS = {
    "regions": ("numbers", "code", "lesson"),
    "fits": ("numbers", "code", "lesson"),
    "identity": ("learning_identity", "code", "lesson"),
    "depth": ("numbers", "code", "lesson"),
}
NOTES = torch.tensor([[3.0, -1, 12, -1], [-3, 1, 0, 1], [2, -3, 0, 1], [3, -2, 4, -1]])


def visit(link: dict[str, str] | None = None, **options: Any) -> AppTest:
    return open_page(link, page=PAGE, **options)


def text(app: AppTest) -> str:
    return "\n".join(element.value for element in [*app.markdown, *app.info, *app.caption])


def state(app: AppTest) -> Any:
    return app.session_state[f"{PAGE}/history"].now


def change(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    control(app, kind, name, page=PAGE).set_value(value)
    return run(app)


def act(app: AppTest, part: str, **edit: Any) -> AppTest:
    """Do something on the picture of this part of the page: "regions" or "boards"."""
    mail(app, f"{PAGE}.{part}", "edits", edit)
    return run(app)


def regions(app: AppTest) -> dict[str, Any]:
    data = sent(app, "regions")
    assert data is not None
    return data


def boards(app: AppTest) -> dict[str, Tensor]:
    """The numbers of each board, by its title and the heading that it stands under."""
    data = sent(app, "boards")
    assert data is not None
    found = {}
    for heading, view in zip(data["meta"]["headings"], data["views"], strict=True):
        for board in view:
            floats = np.frombuffer(base64.b64decode(board["values"]), dtype="<f4").copy()
            shape = board["rows"], board["cols"]
            found[f"{heading}: {board['title']}"] = torch.from_numpy(floats).reshape(shape)
    return found


def rows(app: AppTest) -> list[list[str]]:
    """The cells of the table of numbers, without its head."""
    (table,) = [m.value for m in app.markdown if m.value.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.split("\n")[2:]]


# ---- every topic


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(("topic", "panel"), [(t, p) for t in PANELS for p in PANELS[t]])
def test_every_tab_of_every_topic_opens(topic: str, panel: str, lang: str) -> None:
    app = visit({"topic": topic, "panel": panel, "lang": lang})
    assert not app.toast
    assert not app.warning
    charts = {"regions": 0, "fits": 2, "identity": 0, "depth": 2}[topic]
    assert len(app.get("plotly_chart")) == charts + (panel == "learning_identity")
    assert len(app.code) == (panel == "code")
    assert any(m.value.startswith("|") for m in app.markdown) == (panel == "numbers")
    assert ("f\\*" in text(app)) == (panel == "lesson")


def test_every_link_of_the_lesson_is_understood() -> None:
    links = re.findall(r"\]\(\?([^)]*)\)", (ASSETS / f"lessons/en/{PAGE}.md").read_text())
    assert len(links) >= 12
    app = visit({"panel": "lesson"})
    for link in links:
        app = follow(app, link)
        assert not app.toast, link
        for name, value in parse_qsl(link):
            now = getattr(state(app), name)
            assert now == type(now)(value), (link, name)


def test_lesson_has_the_same_links_in_both_languages() -> None:
    en, ko = (
        re.findall(r"\]\(\?([^)]*)\)", (ASSETS / f"lessons/{lang}/{PAGE}.md").read_text())
        for lang in ("en", "ko")
    )
    assert sorted(en) == sorted(ko)


@pytest.mark.parametrize(
    "link",
    [
        {"topic": "attention"},
        {"arrangement": "chaos"},
        {"x": "12"},
        {"y": "nan"},
        {"target": "noise"},
        {"nested": "pieces"},
        {"size": "13"},
        {"start": "one"},
        {"depth": "31"},
        {"lr": "0"},
    ],
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nonsense_in_a_link_is_told_and_the_page_stands(link: dict[str, str], lang: str) -> None:
    app = visit({**link, "lang": lang})
    assert next(iter(link)) in toasts(app)
    assert regions(app)["truth"] == [*TRUTH]


@pytest.mark.parametrize(
    "link",
    [
        {"arrangement": "loose", "x": "1.25", "y": "8"},
        {"topic": "fits", "target": "bell", "nested": "added", "other": "redrawn", "units": "9"},
        {"topic": "identity", "input": "own", "cells": "1 -2_0.5 3", "start": "zero"},
        {"topic": "depth", "depth": "30", "norm": "none", "last": "none", "seed": "4"},
    ],
)
def test_address_is_the_link_that_the_page_was_opened_by(link: dict[str, str]) -> None:
    data = sent(visit({"lang": "ko", **link}), "address")
    assert data is not None
    assert dict(parse_qsl(data["query"])) == {"lang": "ko", **link}


# ---- regions


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_distances_are_those_of_the_classes(name: str) -> None:
    app = visit({"arrangement": name, "x": "2", "y": "8.5"})
    expected = [math.dist((2, 8.5), disc[:2]) - disc.radius for disc in ARRANGEMENTS[name]]
    expected = [max(0.0, distance) for distance in expected]
    assert [found["distance"] for found in regions(app)["found"]] == pytest.approx(expected)
    assert [row[4] for row in rows(app)] == [f"{distance:.2f}" for distance in expected]
    holds = [row[5] for row in rows(app)]
    assert holds == ["–", *["yes" if name == "nested" else "no"] * 5]


def test_truth_that_is_dragged_moves_and_comes_back() -> None:
    app = act(visit(), "regions", kind="move", x=3.5, y=1.25)
    assert regions(app)["truth"] == [3.5, 1.25]
    assert regions(app)["meta"]["undo"]
    app = act(app, "regions", kind="undo")
    assert regions(app)["truth"] == [*TRUTH]
    assert regions(act(app, "regions", kind="redo"))["truth"] == [3.5, 1.25]


def test_slider_moves_the_truth() -> None:
    app = change(visit(), "slider", "x", 4.0)
    assert regions(app)["truth"] == [4.0, TRUTH[1]]


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "move", "x": 99, "y": 1},
        {"kind": "move", "x": math.nan, "y": 1},
        {"kind": "move", "x": "1", "y": 1},
        {"kind": "move", "y": 1},
        {"kind": "cell", "x": 1, "y": 1},
    ],
)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_damaged_move_is_said_and_changes_nothing(edit: dict[str, Any], lang: str) -> None:
    app = act(visit({"lang": lang}), "regions", **edit)
    assert app.toast
    assert regions(app)["truth"] == [*TRUTH]


# ---- fits


def test_errors_of_the_step_are_those_of_the_course_of_pieces() -> None:
    app = visit({"topic": "fits"})
    pieces = [row[2] for row in rows(app)]
    assert pieces[:4] == ["0.5", "0", "0.289 ▲", "0"]
    assert not any("▲" in row[1] for row in rows(app))
    assert "never rises" in text(app)
    assert "rises 5 times: first from 0 at size 2 to 0.289 at size 3" in text(app)


def test_class_that_is_chosen_is_the_one_that_is_said() -> None:
    app = change(visit({"topic": "fits"}), "slider", "size", 4)
    assert "the best of size 4 has the error **0**" in text(app)


def test_seed_draws_other_units_and_only_matters_where_there_are_some() -> None:
    app = visit({"topic": "fits", "other": "redrawn"})
    before = [row[2] for row in rows(app)]
    app = change(app, "number_input", "units", 3)
    assert [row[2] for row in rows(app)] != before
    app = change(app, "selectbox", "other", "pieces")
    assert control(app, "number_input", "units", page=PAGE).disabled


# ---- one block


@pytest.mark.parametrize("last", ["relu", "none"])
@pytest.mark.parametrize("start", ["zero", "usual"])
def test_boards_are_the_blocks_planes(start: str, last: str) -> None:
    found = boards(visit({"topic": "identity", "start": start, "last": last}))
    planes = one_block(NOTES, Start(start, relu=last == "relu"))
    expected = {
        "Residual block: x": NOTES,
        "Residual block: g(x)": planes.g,
        "Residual block: x + g(x)": NOTES + planes.g,
        "Plain block: x": NOTES,
        "Plain block: g(x)": planes.g,
    }
    if last == "relu":
        expected["Residual block: ReLU(x + g(x))"] = (NOTES + planes.g).relu()
        expected["Plain block: ReLU(g(x))"] = planes.g.relu()
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        torch.testing.assert_close(found[name], values)


def test_block_that_starts_as_0_is_called_the_identity_where_it_is() -> None:
    app = visit({"topic": "identity", "last": "none", "start": "zero"})
    assert "✓ **Residual block**" in text(app)
    assert "**Plain block**: 2 of 16" in text(app)  # the two cells that are 0
    app = change(app, "segmented_control", "last", "relu")
    assert f"**Residual block**: {int((NOTES >= 0).sum())} of 16" in text(app)
    assert "**3**" in text(app)  # −3 became 0


def test_cell_that_is_typed_goes_through_the_block() -> None:
    app = visit({"topic": "identity", "start": "zero"})
    app = act(app, "boards", kind="cell", plane="x", at=[0, 1, 2], value=7.5)
    assert boards(app)["Residual block: ReLU(x + g(x))"][1, 2] == 7.5
    assert state(app).input == "own"
    app = act(app, "boards", kind="undo")
    assert boards(app)["Residual block: x"].equal(NOTES)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_single_cell_under_batch_norm_is_explained_with_a_way_back(lang: str) -> None:
    link = {"topic": "identity", "input": "own", "cells": "5", "lang": lang, "start": "zero"}
    app = visit(link)
    assert len(app.warning) == 1
    assert sent(app, "boards") is None
    label = {"en": "Leave batch norm out", "ko": "배치 정규화 빼기"}[lang]
    assert label in labels(app)
    app = click(app, label)
    assert not app.warning
    assert {float(plane) for plane in boards(app).values()} == {0, 5}


def test_learning_says_where_both_blocks_come_to() -> None:
    app = visit({"topic": "identity", "panel": "learning_identity", "start": "zero"})
    assert "exactly 0 from the start" in text(app)
    assert "**Plain block**: the loss stays at" in text(app)
    app = change(app, "segmented_control", "start", "usual")
    (plain,) = re.findall(
        r"\*\*Plain block\*\*: the loss went from ([\d.]+) to \*\*([\d.]+)", text(app)
    )
    (res,) = re.findall(
        r"\*\*Residual block\*\*: the loss went from ([\d.]+) to \*\*([\d.]+)", text(app)
    )
    assert float(res[1]) < float(plain[1]) < float(plain[0])


# ---- many blocks


@pytest.mark.parametrize("norm", ["batch", "none"])
@pytest.mark.parametrize("start", ["usual", "zero"])
def test_table_is_the_course_of_both_kinds(start: str, norm: str) -> None:
    link = {"topic": "depth", "depth": "5", "start": start, "norm": norm}
    app = visit(link)
    assert not app.toast
    how = Start(start, norm == "batch")
    columns = [values for kind in ("residual", "plain") for values in course(how, 5, kind)]
    found = [[float(cell.replace("−", "-")) for cell in row] for row in rows(app)]
    assert [row[0] for row in found] == [0, 1, 2, 3, 4, 5]
    for i, values in enumerate(columns, 1):
        assert [row[i] for row in found] == pytest.approx(values, rel=6e-3)


def test_depth_slider_adds_blocks() -> None:
    app = change(visit({"topic": "depth"}), "slider", "depth", 30)
    assert len(rows(app)) == 31
    assert "**Plain block**, 30 blocks" in text(app)


# ---- taken along


@pytest.mark.parametrize("topic", PANELS)
def test_picture_and_animation_are_made(topic: str) -> None:
    app = visit({"topic": topic, "depth": "8", "start": "usual"})
    assert Image.open(io.BytesIO(file_of(app, "png", page=PAGE))).width == 1600
    animation = Image.open(io.BytesIO(file_of(app, "gif", page=PAGE)))
    frames = {"regions": 6, "fits": 12, "identity": 16, "depth": 8}[topic]
    assert animation.n_frames == frames  # type: ignore[attr-defined]


def test_pictures_of_blocks_that_give_exactly_0_are_made() -> None:
    app = visit({"topic": "depth", "depth": "30", "start": "zero"})
    assert Image.open(io.BytesIO(file_of(app, "png", page=PAGE))).width == 1600
    assert Image.open(io.BytesIO(file_of(app, "gif", page=PAGE))).n_frames == 16  # type: ignore[attr-defined]


def test_pictures_of_a_truth_that_every_class_holds_are_made() -> None:
    app = visit({"x": "3.2", "y": "4.9"})
    assert {found["distance"] for found in regions(app)["found"]} == {0}
    assert Image.open(io.BytesIO(file_of(app, "gif", page=PAGE))).n_frames == 6  # type: ignore[attr-defined]


@pytest.mark.parametrize("topic", PANELS)
def test_notebook_computes_the_pages_numbers_again(topic: str) -> None:
    link = {"topic": topic, "panel": "code", "other": "redrawn", "start": "usual", "depth": "7"}
    app = visit({**link, "arrangement": "loose"})
    book = nbformat.reads(file_of(app, "notebook", page=PAGE).decode(), as_version=4)
    nbformat.validate(book)
    assert book.cells[1].source == app.code[0].value.rstrip("\n")
    run_code("\n".join(cell.source for cell in book.cells if cell.id in ("code", "check")))
    wrong = book.cells[1].source + "\nY = Y + 1"
    with pytest.raises(AssertionError):
        run_code(f"{wrong}\n{book.cells[2].source}")
