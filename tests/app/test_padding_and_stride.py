"""The page of padding and stride shows torch's numbers, and what its settings are called."""

import re

import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest
from torch import Tensor

from tests.app.reader import act, click, control, labels, mail, run, run_with, sent, stage, visit

PAGE = "padding-and-stride"
SUM = {"kernel": "own", "input": "diagonal"}  # kernels of ones
LINK_3X5 = {**SUM, "weights": "1 1 1 1 1_1 1 1 1 1_1 1 1 1 1"}


def opened(link: dict[str, str] | None = None) -> AppTest:
    return visit(link, page=PAGE)


def numbers(app: AppTest) -> tuple[Tensor, Tensor, Tensor]:
    shown = stage(app)
    return shown.input[0], shown.kernel[0], shown.output[0]


@pytest.mark.parametrize(
    ("link", "shape"),
    [
        ({"kernel": "box", "padding": "1"}, (8, 8)),
        ({"weights": "1 1 1_1 1 1_1 1 1_1 1 1_1 1 1", **SUM, "padding": "2x1"}, (8, 8)),
        ({"kernel": "box", "padding": "1", "stride": "2"}, (4, 4)),
        ({**LINK_3X5, "padding": "0x1", "stride": "3x4"}, (2, 2)),
    ],
)
def test_every_row_of_the_courses_table(link: dict[str, str], shape: tuple[int, int]) -> None:
    app = opened(link)
    assert not app.toast
    assert numbers(app)[2].shape == shape


@pytest.mark.parametrize("name", ["same", "uneven", "halved", "apart"])
def test_examples_of_the_table_are_chosen_and_known_again(name: str) -> None:
    app = opened()
    control(app, "selectbox", "example", page=PAGE).set_value(name)
    run(app)
    assert control(app, "selectbox", "example", page=PAGE).value == name
    assert numbers(app)[0].shape == (8, 8)


def test_control_that_is_gone_says_nothing_more() -> None:
    app = opened()
    before = app._tree.get_widget_states().widgets
    control(app, "selectbox", "example", page=PAGE).set_value("apart")
    run(app)
    # the browser still holds both sliders, which were parted, when it sends the undo
    gone = [state for state in before if re.search(r"\.(padding|stride)\.\d+\.en$", state.id)]
    assert len(gone) == 2
    mail(app, f"{PAGE}.stage", "edits", {"kind": "undo"})
    run_with(app, gone)
    assert numbers(app)[2].shape == (8, 8)
    assert not stage(app).meta["undo"]


def test_settings_of_ones_own_are_no_example() -> None:
    app = opened({"dilation": "2"})
    assert control(app, "selectbox", "example", page=PAGE).value == "none"


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_padding_mode_is_pytorchs(mode: str) -> None:
    app = opened({"padding_mode": mode, "padding": "2x1", "kernel": "emboss", "input": "ramp"})
    x, kernel, output = numbers(app)
    padded = F.pad(x[None, None], (1, 1, 2, 2), mode=mode)
    torch.testing.assert_close(output, F.conv2d(padded, kernel[None, None])[0, 0])
    assert sent(app, "stage")["padded"]  # type: ignore[index]


@pytest.mark.parametrize(("name", "side"), [("valid", 6), ("same", 8), ("full", 10)])
def test_preset_sets_the_padding_and_is_marked(name: str, side: int) -> None:
    app = click(opened({"padding": "3", "kernel": "box"}), name)
    assert numbers(app)[2].shape == (side, side)
    button = next(button for button in app.button if button.label == name)
    assert button.proto.type == "primary"


def test_even_kernel_has_no_preset_same() -> None:
    (button,) = [b for b in opened({"kernel": "ramp"}).button if b.label == "same"]
    assert button.disabled
    assert "even kernel" in button.help


def test_rest_of_a_stride_is_hatched_and_said() -> None:
    app = opened({"kernel": "box", "padding": "1", "stride": "2"})
    assert stage(app).meta["leftover"] == [[8], [8]]
    text = " ".join(markdown.value for markdown in app.markdown)
    assert "(8 + 2 − 3) / 2 = 3.5" in text
    assert "**4**" in text
    assert "it would be 5" in text


def test_terms_of_both_conventions_stand_in_one_table() -> None:
    app = opened({**LINK_3X5, "padding": "0x1", "stride": "3x4"})
    (table,) = [markdown.value for markdown in app.markdown if "$2p$" in markdown.value]
    assert r"$2\cdot0 = 0$ | $2\cdot1 = 2$" in table


def test_reads_are_counted_with_and_without_padding() -> None:
    app = opened({"panel": "reads", "kernel": "box"})
    assert len(app.get("plotly_chart")) == 2
    text = " ".join(markdown.value for markdown in app.markdown)
    assert "corner: **4**; the middle: **9**" in text
    assert len(opened({"panel": "reads", "padding": "0"}).get("plotly_chart")) == 1


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("kind", ["convolution", "transposed"])
@pytest.mark.parametrize("panel", ["conventions", "reads", "code", "products", "lesson"])
def test_every_panel_opens(panel: str, kind: str, lang: str) -> None:
    small = {"input": "ramp", "kernel": "ramp", "padding": "0", "stride": "2"}
    app = opened({"panel": panel, "kind": kind, "lang": lang, **small})
    assert not app.toast
    assert len(app.tabs) == (5 if kind == "convolution" else 4)


# ---- what does not fit


def test_kernel_that_does_not_fit_is_mended_by_a_click() -> None:
    app = opened({"kernel": "sobel-x", "padding": "0", "dilation": "6"})
    assert sent(app, "stage") is None
    assert "13 cells" in app.warning[0].value
    assert numbers(click(app, "Use dilation 1"))[2].shape == (6, 6)


def test_padding_that_has_nothing_to_mirror_is_mended_by_a_click() -> None:
    app = opened({"input": "ramp", "padding": "5", "padding_mode": "reflect"})
    assert "at most 2" in app.warning[0].value
    assert numbers(click(app, "Pad with zeros"))[2].shape == (11, 11)


@pytest.mark.parametrize("value", ["0", "1x2x3", "9", "a", "1x"])
def test_stride_that_is_none_is_refused_by_name(value: str) -> None:
    assert "stride" in opened({"stride": value}).toast[0].value


# ---- transposed


def test_transposed_convolution_is_pytorchs() -> None:
    link = {"kind": "transposed", "input": "ramp", "kernel": "emboss", "stride": "2x3"}
    app = opened({**link, "padding": "1x0", "output_padding": "1x2", "dilation": "1"})
    x, kernel, output = numbers(app)
    expected = F.conv_transpose2d(
        x[None, None], kernel[None, None], stride=(2, 3), padding=(1, 0), output_padding=(1, 2)
    )
    torch.testing.assert_close(output, expected[0, 0])


def test_transposed_convolution_starts_small() -> None:
    app = opened({"input": "garment"})
    control(app, "button_group", "kind", page=PAGE).set_value("transposed")
    x, _, output = numbers(run(app))
    assert x.shape == (3, 3)
    assert output.shape == (6, 6)


def test_too_many_strokes_are_refused_with_a_way_back() -> None:
    app = opened({"kind": "transposed", "input": "garment", "padding": "0"})
    assert "400,000" in app.warning[0].value
    assert numbers(click(app, "Use the 3 × 3 ramp"))[2].shape == (6, 6)


def test_output_padding_as_large_as_the_stride_is_refused_with_a_way_back() -> None:
    link = {"kind": "transposed", "input": "ramp", "kernel": "ramp", "padding": "0"}
    app = opened({**link, "stride": "2", "output_padding": "2"})
    assert "0 to 1; got 2" in app.warning[0].value
    assert numbers(click(app, "Use no output padding"))[2].shape == (6, 6)


def test_checkerboard_is_counted_and_said() -> None:
    link = {"kind": "transposed", "input": "ramp", "kernel": "box", "stride": "2", "padding": "0"}
    app = opened({**link, "panel": "reads"})
    assert any("1 to 4" in markdown.value for markdown in app.markdown)


@pytest.mark.parametrize(
    "link",
    [
        {"padding_mode": "circular", "padding": "2x1", "stride": "2x1"},
        {"kind": "transposed", "input": "ramp", "kernel": "ramp", "stride": "2", "padding": "0"},
    ],
)
def test_code_gives_the_numbers_on_the_stage_when_it_is_run(link: dict[str, str]) -> None:
    app = opened({**link, "panel": "code"})
    names: dict[str, Tensor] = {}
    exec(app.code[0].value, names)
    torch.testing.assert_close(names["Y"], stage(app).output[0])


def test_edits_reach_the_stage_that_is_shown() -> None:
    cell = {"kind": "cell", "plane": "input", "at": [0, 0, 0], "value": 7}
    app = act(opened(), page=PAGE, **cell)
    assert float(numbers(app)[0][0, 0]) == 7
    assert "Undo the last change" not in labels(app)
