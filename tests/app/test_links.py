"""A link restores the page; one that asks for nonsense is answered with a notice."""

import re
from urllib.parse import parse_qsl

import pytest
import torch

from cnnviz.ui.i18n import ASSETS
from tests.app.reader import act, address, follow, run, stage, toasts, visit

LINKS = sorted(
    {
        link
        for file in (ASSETS / "lessons").rglob("cross-correlation.md")
        for link in re.findall(r"\]\(\?([^)]*)\)", file.read_text(encoding="utf-8"))
    }
)


def test_address_of_the_page_as_it_opens_says_the_language_only() -> None:
    assert address(visit()) == {"lang": "en"}


@pytest.mark.parametrize(
    "link",
    [
        {"input": "own", "cells": "1 -2.5_0 1e-05", "kernel": "own", "weights": "0.5_-3"},
        {"input": "garment", "label": "3", "nth": "7", "kernel": "direction", "angle": "200"},
        {"input": "photo", "photo": "coffee", "side": "50", "channel": "red", "kernel": "box"},
        {"input": "bar", "stride": "2", "padding": "3", "dilation": "2", "panel": "code"},
        {"panel": "learn", "pair": "mine", "lr": "0.001", "updates": "20", "seed": "5"},
        {"operation": "convolution", "view": "class"},
    ],
)
def test_address_is_the_link_that_the_page_was_opened_by(link: dict[str, str]) -> None:
    link = {"lang": "ko", **link}
    app = visit(link)
    assert address(app) == link
    assert not app.toast


def test_drawing_and_edits_are_restored_by_the_address() -> None:
    app = visit({"input": "draw", "kernel": "sobel-y"})
    act(app, kind="draw", values=[(7 * i) % 256 for i in range(784)])
    act(app, kind="cell", plane="kernel", at=[0, 1, 1], value=-0.125)
    before, after = stage(app), stage(visit(address(app)))
    assert after.input.equal(before.input)
    assert after.kernel.equal(before.kernel)
    assert after.output.equal(before.output)


def test_link_says_the_step() -> None:
    assert stage(visit({"step": "3"})).meta["step"] == 2


def test_step_is_left_to_the_stage_to_write() -> None:
    assert "step" not in address(visit({"step": "3"}))


def test_step_past_the_end_is_told_and_falls_back_to_the_first() -> None:
    app = visit({"step": "5"})
    assert "from 1 to 4" in toasts(app)
    assert stage(app).meta["step"] == 0


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stride", "0"),
        ("stride", "nan"),
        ("stride", "99999999999999999999"),
        ("padding", "-1"),
        ("dilation", "two"),
        ("kernel", "nonsense"),
        ("input", ""),
        ("cells", "1 nan"),
        ("cells", "1 2_3"),
        ("weights", " ".join(["1"] * 12)),
        ("drawing", "AAAA"),
        ("lr", "inf"),
        ("step", "0"),
        ("step", "1e3"),
        ("unknown", "1"),
        ("<b>`x`</b>", "**bold** $x$ [a](b)"),
        ("cells", "1 " * 9000),
    ],
)
def test_nonsense_in_a_link_is_told_and_the_page_stands(name: str, value: str, lang: str) -> None:
    app = visit({name: value, "lang": lang})
    assert len(app.toast) == 1
    assert name.strip("<b>`/") in toasts(app)
    assert len(toasts(app)) < 1000
    assert stage(app).output.tolist() == [[[19, 25], [37, 43]]]


def test_all_that_is_wrong_with_a_link_is_told_and_the_rest_is_used() -> None:
    app = visit({"stride": "nan", "padding": "1", "unknown": "x"})
    assert "stride" in toasts(app)
    assert "unknown" in toasts(app)
    assert stage(app).meta["window"]["padding"] == [1, 1]


def test_notice_is_given_once() -> None:
    assert not run(visit({"stride": "0"})).toast


def test_strangers_text_is_shown_as_code() -> None:
    assert "`**bold**`" in toasts(visit({"stride": "**bold**"}))


def test_streamlits_own_parameters_are_no_settings() -> None:
    app = visit({"embed": "true", "embed_options": "light_theme"})
    assert not app.toast


# ---- links on the page


@pytest.mark.parametrize("link", LINKS)
def test_every_link_of_the_lessons_opens_the_page_without_a_notice(link: str) -> None:
    app = visit(dict(parse_qsl(link, strict_parsing=True)))
    assert not app.toast
    assert stage(app).output.numel()


@pytest.mark.parametrize("link", LINKS)
def test_every_link_of_the_lessons_can_be_clicked(link: str) -> None:
    app = follow(visit({"panel": "lesson"}), link)
    assert not app.toast
    shown, wanted = address(app), dict(parse_qsl(link))
    assert {name: shown.get(name, value) for name, value in wanted.items()} == wanted


def test_clicked_link_changes_what_it_names_and_goes_to_its_step() -> None:
    app = follow(visit({"padding": "1", "panel": "lesson"}), "input=bar&kernel=edge&step=5")
    shown = stage(app)
    assert shown.kernel.tolist() == [[[1, -1]]]
    assert shown.meta["window"]["padding"] == [1, 1]
    assert shown.meta["step"] == 4
    assert shown.meta["link"] == 1


def test_clicked_link_can_be_undone() -> None:
    app = follow(visit(), "input=bar&kernel=edge")
    act(app, kind="undo")
    assert stage(app).output.equal(torch.tensor([[[19.0, 25.0], [37.0, 43.0]]]))


@pytest.mark.parametrize("query", ["stride=nan", "x=1", "input=&kernel=box", "%ff=%00", "&&==&"])
def test_clicked_nonsense_leaves_the_page_standing(query: str) -> None:
    assert stage(follow(visit(), query)).output.numel()
