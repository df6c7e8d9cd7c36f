"""The page shows torch's numbers for every choice of input, kernel and operation."""

import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.data.examples import EXAMPLES
from cnnviz.ui.inputs import GROUPS
from cnnviz.ui.kernels import CHOICES
from tests.app.reader import Stage, control, run, sent, stage, visit

INPUTS = [name for names in GROUPS.values() for name in names]
PANELS = ("formula", "code", "products", "learn", "lesson")


def torchs(shown: Stage) -> Tensor:
    """The output that PyTorch computes from the input and the kernel on the stage."""
    settings = {
        name: tuple(shown.meta["window"][name]) for name in ("stride", "padding", "dilation")
    }
    return F.conv2d(shown.input[None], shown.kernel[None], **settings)[0]


def right(app: AppTest) -> bool:
    shown = stage(app)
    return torch.allclose(shown.output, torchs(shown), rtol=1e-4, atol=1e-5)


def choose(app: AppTest, control: str, name: str, value: object) -> AppTest:
    (found,) = [one for one in app.get(control) if one.key == f"cross-correlation.{name}.en"]
    found.set_value(value)
    return run(app)


def test_page_opens_on_the_ramp_at_the_first_step() -> None:
    shown = stage(visit())
    assert shown.input.tolist() == [[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]
    assert shown.kernel.tolist() == [[[0, 1], [2, 3]]]
    assert shown.output.tolist() == [[[19, 25], [37, 43]]]
    assert shown.meta["step"] == 0


def test_bar_shows_where_it_begins_and_ends() -> None:
    shown = stage(visit({"input": "bar", "kernel": "edge"}))
    assert shown.output.tolist() == [[[0, 1, 0, 0, 0, -1, 0]] * 6]


@pytest.mark.parametrize("name", INPUTS)
def test_every_input_is_shown_with_torchs_numbers(name: str) -> None:
    app = visit({"input": name, "kernel": "sobel-x", "padding": "1"})
    assert right(app)
    assert not app.toast


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("operation", ["correlation", "convolution"])
def test_every_kernel_is_shown_with_torchs_numbers(name: str, operation: str) -> None:
    app = visit({"input": "pattern", "kernel": name, "operation": operation, "padding": "1"})
    assert right(app)
    assert not app.toast


@pytest.mark.parametrize("stride", ["1", "3"])
@pytest.mark.parametrize("dilation", ["1", "2"])
def test_stride_padding_and_dilation_are_shown_with_torchs_numbers(
    stride: str, dilation: str
) -> None:
    link = {"input": "pattern", "kernel": "own", "weights": "1 -2 3_4 5 -6_7 8 9", "padding": "2"}
    app = visit({**link, "stride": stride, "dilation": dilation})
    assert right(app)
    assert stage(app).meta["window"]["dilation"] == [int(dilation)] * 2


def test_every_kind_of_input_is_chosen_by_its_control() -> None:
    app = visit()
    for group, names in GROUPS.items():
        choose(app, "button_group", "group", group)
        for name in names if group != "draw" else ():
            choose(app, "selectbox", "input", name)
            assert right(app)
    assert not app.toast


def test_example_of_the_course_brings_its_kernel() -> None:
    app = visit()
    for name, example in EXAMPLES.items():
        choose(app, "selectbox", "input", name)
        assert control(app, "selectbox", "kernel").value == example.kernel


def test_every_kernel_is_chosen_by_its_control_and_described() -> None:
    app = visit({"input": "garment"})
    for name in CHOICES:
        choose(app, "selectbox", "kernel", name)
        assert right(app)
        assert any(caption.value for caption in app.caption)


def test_every_garment_and_digit_is_another_picture() -> None:
    seen = set()
    for name in ("garment", "digit"):
        for label in range(10):
            shown = stage(visit({"input": name, "label": str(label), "nth": "199"}))
            seen.add(tuple(shown.input.flatten().tolist()))
    assert len(seen) == 20


def test_photos_channels_and_size_are_chosen() -> None:
    photo = {"input": "photo", "photo": "coffee", "side": "64", "kernel": "box"}
    inputs = [stage(visit({**photo, "channel": name})).input for name in ("red", "blue")]
    assert max(inputs[0].shape) == 64
    assert not inputs[0].equal(inputs[1])


def test_photo_that_a_link_cannot_carry_is_replaced_and_said() -> None:
    app = visit({"input": "photo", "photo": "own", "kernel": "box"})
    assert "sample" in app.info[0].value
    assert right(app)


@pytest.mark.parametrize("control", ["input_rows", "input_cols", "kernel_rows", "kernel_cols"])
def test_sizes_are_changed_and_what_stays_keeps_its_place(control: str) -> None:
    app = visit({"padding": "3"})
    name = control.split("_")[0]
    before = getattr(stage(app), name)
    choose(app, "number_input", control, 5)
    after = getattr(stage(app), name)
    _, rows, cols = before.shape
    assert after[:, :rows, :cols].equal(before)
    assert after.sum() == before.sum()
    assert 5 in after.shape[1:]


def test_direction_is_turned_by_its_slider() -> None:
    app = visit({"input": "garment", "kernel": "direction"})
    choose(app, "slider", "angle", 0)
    assert stage(app).kernel.tolist() == [[[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]]


def test_convolution_shows_the_kernel_flipped() -> None:
    app = choose(visit(), "radio", "operation", "convolution")
    assert stage(app).kernel.tolist() == [[[3, 2], [1, 0]]]
    assert stage(app).meta["kernel"]["title"] == "Kernel, flipped"
    assert stage(app).output.tolist() == [[[5, 11], [23, 29]]]


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"kernel": "box"}, "symmetric"),
        ({"kernel": "sobel-x"}, "its own negative"),
        ({"kernel": "ramp"}, "changes the output"),
        ({"kernel": "ramp", "input": "own", "cells": "1 1 1_1 1 1_1 1 1"}, "stays the same"),
    ],
)
def test_line_says_what_the_flip_changed(link: dict[str, str], said: str) -> None:
    app = visit({**link, "operation": "convolution"})
    assert [caption.value for caption in app.caption if said in caption.value]


def test_leftover_is_sent_to_be_hatched_and_said() -> None:
    app = visit({"input": "bar", "kernel": "identity", "stride": "2"})
    assert stage(app).meta["leftover"] == [[5], [7]]
    assert any("No window reads 1 of the rows" in text.value for text in app.markdown)


# ---- below the stage


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_opens(panel: str, lang: str) -> None:
    app = visit({"panel": panel, "lang": lang})
    shown = {
        "formula": app.latex,
        "code": app.code,
        "products": sent(app, "products"),
        "learn": sent(app, "learning"),
        "lesson": [text for text in app.markdown if len(text.value) > 500],
    }
    assert [name for name, content in shown.items() if content] == [panel]


def test_formula_is_shown_the_books_way_and_pytorchs_way() -> None:
    app = visit({"input": "bar", "kernel": "sobel-x", "padding": "1", "stride": "2"})
    formulas = " ".join(latex.value for latex in app.latex)
    for numbers in (r"{6-3+2+2}{2}", r"{8-3+2+2}{2}"):
        assert numbers in formulas
    for numbers in (r"{6+2\cdot 1-1(3-1)-1}{2}", r"{8+2\cdot 1-1(3-1)-1}{2}"):
        assert numbers in formulas
    text = " ".join(markdown.value for markdown in app.markdown)
    assert "total of rows or columns" in text
    assert "on each side" in text


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"operation": "convolution", "padding": "1", "stride": "2"},
        {"input": "garment", "kernel": "gaussian", "dilation": "2"},
        {"input": "photo", "side": "40", "kernel": "direction"},
    ],
)
def test_code_gives_the_numbers_on_the_stage_when_it_is_run(link: dict[str, str]) -> None:
    app = visit({**link, "panel": "code"})
    names: dict[str, Tensor] = {}
    exec(app.code[0].value, names)
    torch.testing.assert_close(names["Y"], stage(app).output[0], rtol=1e-4, atol=1e-5)
