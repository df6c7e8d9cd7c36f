"""The page of channels shows torch's numbers for every choice of planes, kernels and groups."""

import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.ops.stacks import RGB_NAMES
from cnnviz.ui.channels import COURSE_PLANES, KINDS
from tests.app.reader import Stage, act, click, control, labels, run, sent, stage, toasts, visit

PAGE = "channels"
PANELS = ("stack", "pointwise", "row", "costs", "formula", "code", "products", "lesson")
PHOTO = {"input": "photo", "side": "16"}
OUTPUT = [[[56, 72], [104, 120]], [[76, 100], [148, 172]], [[96, 128], [192, 224]]]
LESSONS = Path(__file__).parents[2] / "assets/lessons"


def open_page(link: dict[str, str] | None = None) -> AppTest:
    return visit(link, page=PAGE)


def torchs(shown: Stage) -> Tensor:
    """The output that PyTorch computes from what is on the stage."""
    meta = shown.meta
    stack = shown.kernel.reshape(meta["output"]["planes"], -1, *shown.kernel.shape[1:])
    settings = {name: tuple(meta["window"][name]) for name in ("stride", "padding", "dilation")}
    bias = None if meta["bias"] is None else torch.tensor(meta["bias"])
    return F.conv2d(shown.input[None], stack, bias, groups=meta["groups"], **settings)[0]


def right(app: AppTest) -> bool:
    shown = stage(app)
    return torch.allclose(shown.output, torchs(shown), rtol=1e-4, atol=1e-5)


def choose(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    control(app, kind, name, page=PAGE).set_value(value)
    return run(app)


def words(app: AppTest) -> str:
    return " ".join(text.value for text in [*app.markdown, *app.caption])


def test_page_opens_on_the_courses_numbers() -> None:
    shown = stage(open_page())
    assert shown.input.equal(torch.tensor(COURSE_PLANES))
    assert shown.output.tolist() == OUTPUT


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("source", [{}, PHOTO], ids=["course", "photo"])
def test_every_kind_of_kernel_is_shown_with_torchs_numbers(
    kind: str, source: dict[str, str]
) -> None:
    if kind == "named" and not source:
        return
    channels = {"c_out": "2"} if kind != "own" else {"weights": ";".join(["1 -1_2 0"] * 9)}
    if kind == "own" and not source:
        channels = {"weights": ";".join(["1 -1_2 0"] * 6)}
    app = open_page({**source, "kernels": kind, **channels, "padding": "1", "stride": "2"})
    assert right(app)
    assert not app.toast


def test_planes_channels_groups_and_bias_are_chosen_by_their_controls() -> None:
    app = open_page()
    choose(app, "number_input", "c_in", 4)
    choose(app, "number_input", "input_rows", 5)
    assert stage(app).input.shape == (4, 5, 3)
    choose(app, "selectbox", "groups", 2)
    assert stage(app).meta["output"]["planes"] == 4
    assert stage(app).meta["groups"] == 2
    choose(app, "selectbox", "groups", 4)
    assert stage(app).meta["kernel"]["planes"] == 1
    choose(app, "selectbox", "c_out", 8)
    choose(app, "toggle", "biased", True)
    choose(app, "number_input", "bias.7", -2.5)
    assert stage(app).meta["bias"] == [1, 2, 3, 4, 5, 6, 7, -2.5]
    choose(app, "selectbox", "kernels", "random")
    choose(app, "number_input", "size", 2)
    choose(app, "number_input", "seed", 7)
    choose(app, "selectbox", "kernels", "own")
    choose(app, "number_input", "kernel_cols", 1)
    assert stage(app).kernel.shape[1:] == (2, 1)
    assert right(app)
    assert not app.toast


def test_output_channels_to_choose_are_those_that_groups_share() -> None:
    app = choose(open_page(), "selectbox", "groups", 2)
    assert control(app, "selectbox", "c_out", page=PAGE).options == ["2", "4", "6", "8"]
    assert control(app, "selectbox", "groups", page=PAGE).options == ["1", "2: depthwise"]


def test_photo_is_split_into_its_colours() -> None:
    app = choose(open_page({"side": "16"}), "button_group", "input", "photo")
    shown = stage(app)
    assert shown.meta["input"]["tags"] == ["Red", "Green", "Blue"]
    assert len(shown.meta["input"]["inks"]) == 3
    red, green, blue = shown.input.mean((1, 2))
    assert red > green > blue  # a red cup on a wooden table
    assert shown.meta["output"]["tags"] == ["Luminance", "Upright edges", "Red − green"]
    assert not shown.meta["input"]["editable"]
    assert shown.meta["kernel"]["editable"]
    assert right(app)


def test_named_kernels_are_one_for_each_output() -> None:
    app = open_page({**PHOTO, "kernels": "named"})
    choose(app, "multiselect", "names", list(RGB_NAMES[:5]))
    assert stage(app).meta["output"]["planes"] == 5
    assert stage(app).kernel.shape == (15, 1, 1)
    choose(app, "multiselect", "names", [])
    assert stage(app).meta["output"]["planes"] == 5
    choose(app, "button_group", "input", "course")
    assert stage(app).kernel.shape[1:] == (2, 2)
    assert right(app)


# ---- edits


def test_edited_weight_belongs_to_the_channel_on_view_and_is_undone() -> None:
    app = open_page()
    edit = {"kind": "cell", "plane": "kernel", "at": [1, 0, 1], "value": 9, "channel": 2}
    act(app, page=PAGE, **edit)
    stack = stage(app).kernel.reshape(3, 2, 2, 2)
    assert stack[2, 1, 0, 1] == 9
    assert stage(app).output[:2].tolist() == OUTPUT[:2]
    assert right(app)
    act(app, page=PAGE, kind="undo")
    assert stage(app).output.tolist() == OUTPUT


def test_damaged_edit_is_told_and_changes_nothing() -> None:
    edit = {"kind": "cell", "plane": "kernel", "at": [1, 0, 1], "value": 9, "channel": 8}
    app = act(open_page(), page=PAGE, **edit)
    assert "did not arrive whole" in toasts(app)
    assert stage(app).output.tolist() == OUTPUT


# ---- refusals


@pytest.mark.parametrize(
    ("link", "said", "way"),
    [
        ({"groups": "3"}, "groups must divide", "Use 1 group"),
        ({"kernels": "named"}, "red, green and blue", "Use the course’s kernels"),
        ({"kernels": "own", "c_out": "5"}, "kernel planes", "Use the course’s kernels"),
        ({"kernels": "random", "size": "5"}, "spans 5 cells", "Use padding 1"),
    ],
)
def test_what_does_not_fit_is_said_with_a_way_back(
    link: dict[str, str], said: str, way: str
) -> None:
    app = open_page(link)
    assert sent(app, "stage") is None
    assert said in app.warning[0].value
    assert way in labels(app)
    assert right(click(app, way))


# ---- below the stage


def boards(app: AppTest) -> list[str]:
    """The names of the boards on the page."""
    found = sent(app, "boards") or {"views": []}
    return [board["name"] for view in found["views"] for board in view]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_opens(panel: str, lang: str) -> None:
    app = open_page({"panel": panel, "lang": lang, "biased": "on", "padding": "1"})
    shown = {
        "stack": sent(app, "stack"),
        "pointwise": "pixels" in boards(app),
        "row": "one" in boards(app),
        "costs": [text for text in app.markdown if "| ---" in text.value],
        "formula": app.latex,
        "code": app.code,
        "products": sent(app, "products"),
        "lesson": [text for text in app.markdown if len(text.value) > 900],
    }
    assert [name for name, content in shown.items() if content] == [panel]


def test_stack_is_drawn_whole_and_groups_leave_a_part() -> None:
    meta = (sent(open_page({"groups": "2", "c_out": "4", "biased": "on"}), "stack") or {})["meta"]
    assert (meta["c_out"], meta["c_in"]) == (4, 2)
    assert meta["mine"] == [[True, False], [True, False], [False, True], [False, True]]
    assert meta["bias"] == [1, 2, 3, 4]


def test_pointwise_and_matrix_product_are_shown_equal() -> None:
    app = open_page({"panel": "pointwise", "kernels": "pointwise"})
    (said,) = re.findall(r"differ by at most \*\*(\S+)\*\*", words(app))
    assert float(said) <= 1e-5
    assert "equal" in words(app)
    views = (sent(app, "boards") or {})["views"]
    assert [[board["name"] for board in view] for view in views][1] == [
        "weights",
        "pixels",
        "product",
    ]
    assert [views[1][2][side] for side in ("rows", "cols")] == [3, 9]


def test_pointwise_kernels_are_taken_to_the_stage_by_a_click() -> None:
    app = open_page({"panel": "pointwise"})
    click(app, "Use them on the stage")
    assert stage(app).kernel.shape == (6, 1, 1)


def test_one_kernel_is_shown_for_two_in_a_row() -> None:
    app = open_page({"panel": "row"})
    choose(app, "selectbox", "second", "edge")
    assert "3 × 4 kernel" in words(app)
    assert "**11** weights, the one has **12**" in words(app)
    assert "which is rounding" in words(app)


def test_row_of_kernels_that_do_not_fit_the_photo_is_told() -> None:
    app = open_page({"panel": "row", "side": "8", "photo": "coffee", "first": "box"})
    assert right(app)  # 8 × 5 holds 5 × 5 still
    assert not app.warning


def test_costs_are_those_of_the_readers_layer() -> None:
    app = open_page({"panel": "costs", "biased": "on", "padding": "1"})
    text = words(app)
    assert "3·(2·2·2)+3 = **27**" in text
    assert "3·(2·2·2)·(4·4) = **384**, that is 768 FLOPs" in text
    assert "1,536\u00a0(×4)" in text
    assert "Doubling the padding from 1 to 2 makes the output 6 × 6" in text
    assert "**×2.25**" in text


@pytest.mark.parametrize(
    "link",
    [
        {"biased": "on"},
        {"groups": "2", "c_out": "4", "operation": "convolution", "padding": "1"},
        {**PHOTO, "kernels": "named"},
    ],
)
def test_code_gives_the_numbers_on_the_stage_when_it_is_run(link: dict[str, str]) -> None:
    app = open_page({**link, "panel": "code"})
    names: dict[str, Tensor] = {}
    exec(app.code[0].value, names)
    torch.testing.assert_close(names["Y"], stage(app).output, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_link_of_the_lesson_opens_a_stage_without_complaint(lang: str) -> None:
    text = (LESSONS / lang / "channels.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(\?([^)]*)\)", text)
    assert len(links) >= 6
    for link in links:
        app = open_page({**dict(parse_qsl(link)), "lang": lang})
        assert not app.toast
        assert right(app)


def test_both_lessons_have_the_same_links() -> None:
    found = [
        re.findall(r"\]\((\?[^)]*)\)", (LESSONS / lang / "channels.md").read_text(encoding="utf-8"))
        for lang in ("en", "ko")
    ]
    assert found[0] == found[1]
