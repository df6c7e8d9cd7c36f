"""The page of pooling: torch's numbers on the stage and in every panel, links, refusals, files."""

import base64
import io
import json
import re
from dataclasses import fields
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.ui.i18n import ASSETS
from cnnviz.ui.inputs import GROUPS
from cnnviz.ui.pooling.resize import ResizeSettings
from cnnviz.ui.pooling.settings import EXAMPLE_SETTINGS
from cnnviz.ui.pooling.shift import ShiftSettings
from tests.app import reader
from tests.app.reader import address, click, follow, go, labels, mail, run, sent, stage, toasts
from tests.app.reader import visit as open_page

PAGE = "pooling"
INPUTS = [name for names in GROUPS.values() for name in names]
PANELS = ("formula", "shift", "resize", "mean", "relu", "code", "lesson")
PADDED = [[5.0, 7.0], [13.0, 15.0]]


def visit(link: dict[str, str] | None = None, **options: Any) -> AppTest:
    return open_page(link, page=PAGE, **options)


def act(app: AppTest, *more: dict[str, Any], **edit: Any) -> AppTest:
    return reader.act(app, *more, page=PAGE, **edit)


def control(app: AppTest, kind: str, name: str, lang: str = "en") -> Any:
    return reader.control(app, kind, name, lang, page=PAGE)


def choose(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    control(app, kind, name).set_value(value)
    return run(app)


def values(app: AppTest) -> dict[str, Tensor]:
    """The numbers of every linked grid, by its name."""
    data = sent(app, "boards")
    assert data is not None
    found = {}
    for board in (board for view in data["views"] for board in view):
        floats = np.frombuffer(base64.b64decode(board["values"]), dtype="<f4").copy()
        found[board["name"]] = torch.from_numpy(floats).reshape(board["rows"], board["cols"])
    return found


def said(app: AppTest) -> str:
    return "\n".join(text.value for text in app.markdown)


# ---- the stage


def test_page_opens_on_blocks_of_four() -> None:
    shown = stage(visit())
    assert shown.output.tolist() == [PADDED]
    assert shown.meta["window"]["stride"] == [2, 2]
    assert shown.meta["mode"] == "max"
    assert shown.meta["sign"] == "max"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"input": "ramp", "stride": "1"}, [[[4, 5], [7, 8]]]),
        ({"input": "ramp", "stride": "1", "mode": "avg"}, [[[2, 3], [5, 6]]]),
        ({"window": "3"}, [[[10]]]),
        ({"window": "3", "padding": "1", "stride": "2"}, [PADDED]),
        ({"window": "2x3", "padding": "0x1"}, [PADDED]),
        (
            {"window": "3", "padding": "1", "stride": "2", "planes": "2"},
            [PADDED, [[6, 8], [14, 16]]],
        ),
        ({"input": "notes"}, [[[3, 12], [3, 4]]]),
        ({"input": "notes", "mode": "avg"}, [[[0, 3], [0, 1]]]),
    ],
)
def test_links_show_what_the_course_prints(link: dict[str, str], expected: list[Any]) -> None:
    app = visit(link)
    assert stage(app).output.tolist() == expected
    assert not app.toast


def test_examples_of_the_course_are_chosen_and_named() -> None:
    app = visit()
    for name in EXAMPLE_SETTINGS:
        choose(app, "selectbox", "example", name)
        assert control(app, "selectbox", "example").value == name
    assert stage(app).output.tolist() == [[[3, 12], [3, 4]]]
    choose(app, "slider", "planes", 2)
    assert control(app, "selectbox", "example").value == "own"


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("mode", ["max", "avg", "min"])
def test_every_input_is_pooled_as_by_torch(name: str, mode: str) -> None:
    app = visit({"input": name, "mode": mode, "window": "3x2", "stride": "2x1", "padding": "1"})
    shown = stage(app)
    pool = F.avg_pool2d if mode == "avg" else F.max_pool2d
    sign = -1 if mode == "min" else 1
    expected = sign * pool(sign * shown.input, (3, 2), (2, 1), 1)
    torch.testing.assert_close(shown.output, expected)
    assert not app.toast


def test_window_of_the_settings_is_shown_along_each_axis() -> None:
    link = {"window": "2x3", "stride": "1x2", "padding": "1x0", "dilation": "2"}
    app = visit({"input": "bar", **link})
    window = stage(app).meta["window"]
    assert window["kernel_size"] == [2, 3]
    assert window["stride"] == [1, 2]
    assert window["padding"] == [1, 0]
    assert window["dilation"] == [2, 2]


def test_ceil_mode_keeps_the_last_window() -> None:
    app = visit({"input": "ramp"})
    assert stage(app).output.tolist() == [[[4]]]
    choose(app, "toggle", "rounding.on", True)
    assert stage(app).output.tolist() == [[[4, 5], [7, 8]]]
    assert address(app)["rounding"] == "ceil"


def test_mean_counts_the_padding_or_not() -> None:
    app = visit({"input": "ramp", "mode": "avg", "padding": "1"})
    assert stage(app).output.tolist() == [[[0, 0.75], [2.25, 6]]]
    choose(app, "toggle", "count_pad.on", False)
    assert stage(app).output.tolist() == [[[0, 1.5], [4.5, 6]]]


def test_stride_follows_the_window_until_it_is_let_go() -> None:
    app = visit({"input": "garment"})
    choose(app, "slider", "window.8", 4)
    assert stage(app).meta["window"]["stride"] == [4, 4]
    choose(app, "toggle", "tied", False)
    assert stage(app).meta["window"]["stride"] == [4, 4]
    choose(app, "slider", "window.8", 3)
    assert stage(app).meta["window"]["stride"] == [4, 4]
    choose(app, "slider", "stride.8", 1)
    assert stage(app).meta["window"]["stride"] == [1, 1]
    choose(app, "toggle", "tied", True)
    assert stage(app).meta["window"]["stride"] == [3, 3]
    assert "stride" not in address(app)


def test_padding_ends_at_half_the_window_and_shrinks_with_it() -> None:
    app = visit({"window": "4", "padding": "2"})
    assert control(app, "slider", "padding.2").max == 2
    choose(app, "slider", "window.8", 2)
    assert stage(app).meta["window"]["padding"] == [1, 1]
    assert control(app, "slider", "padding.1").max == 1
    choose(app, "slider", "window.6", 1)
    assert control(app, "slider", "padding.0").disabled


def test_controls_that_a_mean_or_a_maximum_does_not_know_are_away() -> None:
    app = visit({"mode": "avg"})
    names = [slider.label for slider in app.slider] + [toggle.label for toggle in app.toggle]
    assert "Dilation" not in names
    assert "Count the padding" in names
    choose(app, "button_group", "mode", "max")
    names = [slider.label for slider in app.slider] + [toggle.label for toggle in app.toggle]
    assert "Dilation" in names
    assert "Count the padding" not in names


def test_channels_are_named_and_pooled_each_for_itself() -> None:
    app = visit({"planes": "3"})
    shown = stage(app)
    assert shown.meta["input"]["tags"] == ["X", "X + 1", "X + 2"]
    assert shown.output[2].equal(shown.output[0] + 2)
    app = visit({"input": "photo", "photo": "coffee", "side": "40", "planes": "3"})
    assert stage(app).meta["output"]["tags"] == ["Red", "Green", "Blue"]


def test_edit_of_any_channel_changes_all_and_is_undone() -> None:
    app = visit({"planes": "2"})
    act(app, kind="cell", plane="input", at=[1, 0, 0], value=21)
    assert stage(app).input[:, 0, 0].tolist() == [20, 21]
    assert stage(app).output[:, 0, 0].tolist() == [20, 21]
    act(app, kind="undo")
    assert stage(app).output[:, 0, 0].tolist() == [5, 6]
    act(app, kind="redo")
    assert stage(app).output[:, 0, 0].tolist() == [20, 21]
    act(app, kind="cell", plane="input", at=[0, 0, 0], value=1e9)
    assert stage(app).input[0, 0, 0] == 20
    assert "1,000,000" in toasts(app)


# ---- links


@pytest.mark.parametrize(
    "link",
    [
        {"input": "own", "cells": "1 -2.5_0 1e-05", "stride": "1", "planes": "2"},
        {"window": "2x3", "padding": "0x1", "stride": "3x2", "rounding": "ceil"},
        {"mode": "avg", "count_pad": "no", "padding": "1", "panel": "mean"},
        {"panel": "shift", "down": "-2", "right": "0", "border": "circular"},
        {"panel": "relu", "a": "-1.5", "b": "4", "place": "2", "mode": "min"},
        {"panel": "resize", "out": "3x2", "dilation": "2", "view": "class"},
    ],
)
def test_address_is_the_link_that_the_page_was_opened_by(link: dict[str, str]) -> None:
    link = {"lang": "ko", **link}
    app = visit(link)
    assert address(app) == link
    assert not app.toast


@pytest.mark.parametrize("link", [{"window": "2x"}, {"window": "0"}, {"stride": "9"}])
def test_link_that_asks_for_no_window_is_answered(link: dict[str, str]) -> None:
    app = visit(link)
    assert "2x3" in toasts(app)
    assert stage(app).output.tolist() == [PADDED]


DEFAULTS = {"panel": "formula"} | {
    field.name: field.metadata["codec"].write(field.default)
    for part in (ResizeSettings, ShiftSettings)
    for field in fields(part)
}
LINKS = re.findall(
    r"\]\(\?([^)]*)\)", (ASSETS / "lessons/en/pooling.md").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("query", LINKS)
def test_links_of_the_lesson_set_the_page_from_anywhere(query: str) -> None:
    app = visit({"dilation": "3", "rounding": "ceil", "panel": "lesson", "window": "1"})
    follow(app, query)
    assert not toasts(app)
    assert sent(app, "stage") is not None
    found = address(app)
    for name, text in parse_qsl(query):
        if name != "step":  # the stage writes it
            assert found.get(name, DEFAULTS.get(name)) == text, name


def test_lesson_of_both_languages_has_the_same_links() -> None:
    korean = (ASSETS / "lessons/ko/pooling.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\(\?([^)]*)\)", korean) == LINKS


# ---- refusals


@pytest.mark.parametrize(
    ("link", "button"),
    [
        ({"window": "6"}, "Use a window of 4 × 4 without padding"),
        ({"padding": "2"}, "Use padding 1 × 1"),
        ({"window": "3", "dilation": "4"}, "Use dilation 1"),
    ],
)
def test_window_that_does_not_fit_is_refused_with_a_way_back(
    link: dict[str, str], button: str
) -> None:
    app = visit(link)
    assert sent(app, "stage") is None
    assert app.warning[0].value
    assert app.slider  # the controls stay
    click(app, button)
    assert stage(app).output.numel()
    assert not app.warning


def test_input_that_became_too_small_is_refused_and_undone() -> None:
    app = visit({"window": "4"})
    choose(app, "number_input", "input_rows", 2)
    assert sent(app, "stage") is None
    click(app, "Undo the last change")
    assert stage(app).output.tolist() == [[[15]]]


def test_refusals_are_korean_for_koreans() -> None:
    app = visit({"padding": "2", "lang": "ko"})
    assert "패딩" in app.warning[0].value
    assert "패딩 1 × 1 적용" in labels(app)


# ---- panels


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("mode", ["max", "avg", "min"])
def test_every_panel_opens(panel: str, lang: str, mode: str) -> None:
    app = visit({"panel": panel, "lang": lang, "mode": mode, "planes": "2", "window": "3"})
    shown = {
        "formula": [latex for latex in app.latex if "frac" in latex.value],
        "shift": [text for text in app.markdown if "100%" in text.value or "(0%)" in text.value],
        "resize": [code for code in app.code if "adaptive" in code.value],
        "mean": [code for code in app.code if "groups=2" in code.value],
        "relu": [latex for latex in app.latex if "ReLU" in latex.value],
        "code": [code for code in app.code if "import torch" in code.value],
        "lesson": [text for text in app.markdown if len(text.value) > 500],
    }
    assert [name for name, content in shown.items() if content] == [panel]


def test_formula_in_ceil_mode_rounds_up() -> None:
    app = visit({"input": "ramp", "rounding": "ceil"})
    (latex,) = [each.value for each in app.latex]
    assert r"\left\lceil \frac{3+2\cdot 0-1(2-1)-1}{2} \right\rceil + 1 = \mathbf{2}" in latex
    assert "| **Rounded up (ceil)** | 2 | 2 |" in said(app)
    assert "| Rounded down (floor) | 1 | 1 |" in said(app)


def test_shift_shows_which_outputs_stay() -> None:
    cells = "_".join(["0 0 0 0", "0 9 0 0", "0 0 0 0", "0 0 0 5"])
    app = visit({"input": "own", "cells": cells, "panel": "shift", "right": "-1"})
    shown = values(app)
    assert shown["moved"][1].tolist() == [9, 0, 0, 0]
    assert shown["pooled"].tolist() == shown["again"].tolist() == [[9, 0], [0, 5]]
    assert "**4 of 4 outputs stay as they were**" in said(app)
    choose(app, "slider", "right", 1)
    assert values(app)["again"].tolist() == [[0, 9], [0, 0]]
    assert "**1 of 4 outputs stay as they were**" in said(app)
    choose(app, "radio", "border", "circular")
    assert values(app)["again"].tolist() == [[0, 9], [5, 0]]
    assert "**0 of 4 outputs stay as they were**" in said(app)


def test_shift_compares_ways_of_pooling() -> None:
    app = visit({"input": "garment", "panel": "shift"})
    (table,) = [text.value for text in app.markdown if text.value.startswith("| Pooling")]
    rows = {row.split(" | ")[0].strip("| "): row.split(" | ")[1:] for row in table.splitlines()}
    x = stage(app).input
    moved = F.pad(x, (1, 0))[..., :-1]
    for name, pool in (("Maximum", F.max_pool2d), ("Average", F.avg_pool2d)):
        before, after = pool(x, 2), pool(moved, 2)
        same = int(torch.isclose(before, after, atol=1e-6).sum())
        assert rows[name][0].startswith(f"{same} / 196 "), name
        change = float((before - after).abs().mean())
        assert float(rows[name][1]) == pytest.approx(change, rel=0.01)
        assert rows[name][2] == "– |"
    assert rows["Maximum, stride 1"][2] == "702 / 702 |"


def test_global_pooling_leaves_one_number_of_each_channel() -> None:
    app = visit({"planes": "2", "mode": "avg", "panel": "resize"})
    shown = values(app)
    assert shown["out0"].tolist() == [[7.5]]
    assert shown["out1"].tolist() == [[8.5]]
    assert "F.adaptive_avg_pool2d(X, (1, 1))  # (2, 1, 1)" in app.code[0].value


def test_adaptive_pooling_is_torchs_with_windows_listed() -> None:
    app = visit({"panel": "resize", "out": "3x2", "input": "bar"})
    x = stage(app).input
    assert values(app)["out0"].equal(F.adaptive_max_pool2d(x, (3, 2))[0])
    app = visit({"panel": "resize", "out": "3", "mode": "min"})
    assert values(app)["out0"].equal(-F.adaptive_max_pool2d(-stage(app).input, 3)[0])
    assert "| 1 | 1 | 3 | 1, 2 |" in said(app)
    assert "-F.adaptive_max_pool2d(-X, (3, 3))" in app.code[0].value


@pytest.mark.parametrize(
    ("link", "scaled"),
    [
        ({}, False),
        ({"padding": "1"}, False),
        ({"padding": "1", "count_pad": "no"}, True),
        ({"input": "ramp", "rounding": "ceil"}, True),
        ({"mode": "max", "dilation": "2"}, False),
    ],
)
def test_mean_is_shown_equal_to_a_correlation(link: dict[str, str], scaled: bool) -> None:
    app = visit({"mode": "avg", "panel": "mean", **link})
    shown = values(app)
    ones = shown["s0"] if scaled else torch.ones(())
    torch.testing.assert_close(shown["c0"] * ones, shown["y0"])
    assert ("s0" in shown) == scaled
    assert shown["k0"].tolist() == [[0.25, 0.25]] * 2
    assert re.search(r"Largest difference between the two: \*\*(0|\S+e−[78])\*\*", said(app))


def test_mean_in_code_gives_both_the_same() -> None:
    app = visit({"mode": "avg", "panel": "mean", "planes": "2", "padding": "1", "stride": "1"})
    first, kernel, second = app.code[0].value.splitlines()
    names: dict[str, Any] = {"F": F, "torch": torch, "X": stage(app).input}
    exec(kernel, names)
    torch.testing.assert_close(eval(first, names), eval(second, names))
    torch.testing.assert_close(eval(first, names), stage(app).output)


def test_relu_takes_the_readers_numbers() -> None:
    app = visit({"panel": "relu", "a": "-1", "b": "4"})
    assert r"\max(−1, 4) &= \mathrm{ReLU}(−1 - 4) + 4 = 0 + 4 = \mathbf{4}" in app.latex[1].value
    choose(app, "number_input", "a", 6.0)
    assert r"= 2 + 4 = \mathbf{6}" in app.latex[1].value


def test_relu_finds_the_winner_of_a_window() -> None:
    app = visit({"panel": "relu", "window": "3", "padding": "1", "stride": "2"})
    assert "It reads 0, 1, 4, 5." in said(app)
    choose(app, "number_input", "place", 4)
    assert "It reads 5, 6, 7, 9, 10, 11, 13, 14, 15." in said(app)
    assert r"\mathbf{15}" in app.latex[-1].value
    assert "**4 rounds**" in said(app)
    assert "Largest difference from PyTorch’s pooling: **0**" in said(app)


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"mode": "avg", "padding": "1", "count_pad": "no", "rounding": "ceil"},
        {"mode": "min", "planes": "2", "window": "2x3", "padding": "0x1"},
        {"input": "photo", "side": "40", "planes": "3", "dilation": "2"},
    ],
)
def test_code_gives_the_numbers_on_the_stage_when_it_is_run(link: dict[str, str]) -> None:
    app = visit({**link, "panel": "code"})
    names: dict[str, Tensor] = {}
    exec(app.code[0].value, names)
    torch.testing.assert_close(names["Y"].reshape(stage(app).output.shape), stage(app).output)


# ---- taken along


def test_files_hold_what_is_on_the_stage() -> None:
    app = visit({"mode": "avg"})

    def file(kind: str) -> bytes:
        wish = {"kind": kind, "step": 0, "href": "https://example.org/pooling"}
        mail(app, f"{PAGE}.take", "wish", wish)
        data = sent(run(app), "take")
        assert data is not None
        assert data["file"]["name"].startswith("pooling.")
        return base64.b64decode(data["file"]["data"])

    assert Image.open(io.BytesIO(file("png"))).width == 1600
    assert Image.open(io.BytesIO(file("gif"))).n_frames == 4  # type: ignore[attr-defined]
    cells = json.loads(file("notebook"))["cells"]
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    names: dict[str, Any] = {}
    exec(source, names)
    assert names["Y"].tolist() == [[2.5, 4.5], [10.5, 12.5]]


def test_page_is_kept_while_another_is_read() -> None:
    app = visit({"window": "3", "panel": "relu"})
    go(app, "cross-correlation")
    go(app, PAGE)
    assert stage(app).output.tolist() == [[[10]]]
