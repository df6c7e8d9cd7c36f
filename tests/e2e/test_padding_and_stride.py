"""Padding and stride under a reader's hands, and the strokes of a transposed convolution."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from cnnviz.data.examples import EXAMPLES
from cnnviz.ops import Window, correlate, kernels
from tests.e2e.stage_page import StagePage, open_stage

PATH = "padding-and-stride"
DIAGONAL = torch.tensor(EXAMPLES["diagonal"].cells)
RAMP = torch.arange(9.0).reshape(3, 3)
TRANSPOSED = {"kind": "transposed", "input": "ramp", "kernel": "ramp", "stride": 2, "padding": 0}


def opened(tab: Page, app_url: str, **link: object) -> StagePage:
    return open_stage(tab, app_url, PATH, **link)


def test_presets_and_per_axis_strides_reach_stage_and_link(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url, kernel="sobel-x")
    tab.get_by_role("button", name="full", exact=True).click()
    stage.expect_walk(correlate(DIAGONAL, kernels.named("sobel-x"), Window(3, padding=2)))
    stage.expect_linked("padding")
    tab.get_by_role("button", name=re.compile("Stride")).click()
    stage.slide("Stride: columns", "ArrowRight", "ArrowRight")
    expected = correlate(DIAGONAL, kernels.named("sobel-x"), Window(3, (1, 3), 2))
    stage.expect_walk(expected)
    expect(tab).to_have_url(re.compile("stride=1x3"))
    tab.reload()
    stage.wait().expect_walk(expected)


def test_padding_shows_what_it_copies(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url, input="ramp", kernel="box", padding=1)
    stage.choose("The padding holds", "Reflect: mirrored input")
    expect(stage.cell("input", (-1, -1)).locator(".value")).to_have_text("4")
    walk = correlate(RAMP, kernels.named("box"), Window(3, padding=1), padding_mode="reflect")
    stage.expect_walk(walk)


def test_what_no_window_reads_is_hatched(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url, kernel="box", padding=1, stride=2)
    marked = stage.marked("input", "leftover")
    assert marked == {(8, c) for c in range(-1, 9)} | {(r, 8) for r in range(-1, 9)}


def test_course_example_is_chosen_and_undone(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url)
    stage.choose("The course’s table", "3 × 5, uneven: 2 × 2")
    expect(stage.title("output")).to_contain_text("2 × 2")
    stage.button("Undo").click()
    expect(stage.title("output")).to_contain_text("8 × 8")


def test_heat_map_of_reads_is_drawn(tab: Page, app_url: str) -> None:
    opened(tab, app_url, kernel="box", panel="reads")
    expect(tab.locator(".js-plotly-plot .heatmaplayer")).to_have_count(2)
    expect(tab.locator(".js-plotly-plot").first).to_contain_text("9")


# ---- transposed


@pytest.fixture
def strokes(tab: Page, app_url: str) -> StagePage:
    return opened(tab, app_url, **TRANSPOSED)


def test_each_input_cell_paints_its_window(strokes: StagePage) -> None:
    assert strokes.marked("output", "window") == {(0, 0), (0, 1), (1, 0), (1, 1)}
    strokes.page.keyboard.press("ArrowRight")
    expect(strokes.live).to_have_text("Step 2 of 9: added to the window are + (1·0, 1·1, 1·2, 1·3)")
    assert strokes.marked("input", "now") == {(0, 1)}
    assert strokes.marked("output", "window") == {(0, 2), (0, 3), (1, 2), (1, 3)}
    strokes.page.keyboard.press("End")
    kernel = kernels.named("ramp")
    expected = torch.nn.functional.conv_transpose2d(RAMP[None, None], kernel[None, None], stride=2)
    numbers = [f"{int(value)}" for value in expected.flatten()]
    expect(strokes.values("output")).to_have_text(numbers)


def test_output_is_empty_where_nothing_was_painted_yet(strokes: StagePage) -> None:
    expect(strokes.values("output").last).to_have_text("0")
    strokes.page.keyboard.press("End")
    expect(strokes.values("output").last).to_have_text("24")


def test_output_cell_shows_which_input_paints_it(strokes: StagePage) -> None:
    strokes.cell("output", (3, 4)).hover()
    expect(strokes.plane("input").locator(".fed")).to_have_count(1)
    assert strokes.marked("input", "fed") == {(1, 2)}


def test_click_on_an_input_cell_goes_to_its_stroke(strokes: StagePage) -> None:
    strokes.cell("input", (2, 1)).click()
    strokes.expect_step(8, of=9)
    assert strokes.marked("output", "window") == {(4, 2), (4, 3), (5, 2), (5, 3)}


def test_cell_is_edited_and_paints_anew(strokes: StagePage) -> None:
    strokes.type_into("input", (0, 0), "5")
    expect(strokes.cell("output", (1, 1)).locator(".value")).to_have_text("15")
    strokes.expect_linked("cells")


def test_switch_to_transposed_starts_small(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url)
    tab.get_by_role("radio", name="Transposed").click()
    expect(stage.title("output").filter(has_text="6 × 6")).to_be_visible()
    expect(stage.box).to_have_count(1)  # the other kind's stage is gone
    expect(stage.live).to_contain_text("Step 1 of 9")
