"""Changing: cells by typing, undo and redo, the flipped kernel, the brush, real images."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from cnnviz.ops import Walk, Window, correlate, kernels
from tests.e2e.stage_page import StagePage, Visit, garment, open_stage

RAMP = torch.arange(9.0).reshape(3, 3)
KERNEL = kernels.named("ramp")


def changed(plane: torch.Tensor, at: tuple[int, int], value: float) -> torch.Tensor:
    plane = plane.clone()
    plane[at] = value
    return plane


def expect_output(stage: StagePage, walk: Walk) -> None:
    """The output's numbers, all of them: the stage goes to the last step for it."""
    stage.button("Last").click()
    totals = [f"{total:g}".replace("-", "−") for total in walk.output.flatten().tolist()]
    expect(stage.values("output")).to_have_text(totals)


# ---- cells


def test_typed_input_cell_comes_back_computed(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.type_into("input", (0, 0), "10")
    walk = correlate(changed(RAMP, (0, 0), 10), KERNEL)
    stage.expect_walk(walk)
    expect_output(stage, walk)
    expect(tab.get_by_role("combobox", name="Grid", exact=True)).to_have_value("My own grid")


def test_typed_weight_comes_back_computed(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.type_into("kernel", (1, 0), "-2.5")
    walk = correlate(RAMP, changed(KERNEL, (1, 0), -2.5))
    stage.expect_walk(walk)
    expect_output(stage, walk)
    expect(tab.get_by_role("combobox", name="Kernel", exact=True)).to_have_value("My own kernel")


def test_second_click_on_a_cell_opens_it_for_editing(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    cell = stage.cell("input", (2, 2))
    cell.click()
    cell.click()
    field = cell.get_by_role("textbox")
    expect(field).to_have_value("8")
    field.fill("0,5")
    field.press("Tab")
    expect(stage.values("input").last).to_have_text("0.5")


def test_arrows_move_between_the_cells_of_a_grid(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.cell("input", (0, 0)).click()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    expect(stage.cell("input", (1, 1))).to_be_focused()
    stage.expect_step(1)
    tab.keyboard.type("7")
    tab.keyboard.press("Enter")
    stage.expect_walk(correlate(changed(RAMP, (1, 1), 7), KERNEL))


def test_escape_leaves_the_cell_as_it_was(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.type_into("input", (0, 0), "99", end="Escape")
    expect(stage.cell("input", (0, 0)).get_by_role("textbox")).to_have_count(0)
    stage.expect_walk(correlate(RAMP, KERNEL))
    expect(stage.button("Undo")).to_be_disabled()


def test_bad_numbers_are_refused_with_a_sentence(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    for text in ("-abc", "1e999", "1-1", "2000000"):
        stage.type_into("input", (0, 1), text)
        expect(stage.hint).to_have_text(
            f"“{text}” is not a number between −1000000 and 1000000; the cell keeps its value."
        )
        expect(stage.values("input").nth(1)).to_have_text("1")
        stage.expect_walk(correlate(RAMP, KERNEL))
    expect(stage.button("Undo")).to_be_disabled()


def test_typing_letters_into_an_open_cell_is_refused(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.cell("kernel", (0, 0)).click()
    tab.keyboard.press("Enter")
    tab.keyboard.type("abc")
    tab.keyboard.press("Enter")
    expect(stage.hint).to_contain_text("“abc” is not a number")
    expect(stage.values("kernel").first).to_have_text("0")


def test_undo_and_redo_by_button(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    expect(stage.button("Undo")).to_be_disabled()
    stage.type_into("input", (0, 0), "10")
    edited = correlate(changed(RAMP, (0, 0), 10), KERNEL)
    stage.expect_walk(edited)
    stage.button("Undo").click()
    stage.expect_walk(correlate(RAMP, KERNEL))
    stage.button("Redo").click()
    stage.expect_walk(edited)
    expect(stage.button("Redo")).to_be_disabled()


def test_undo_and_redo_by_keyboard(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.type_into("input", (0, 0), "10")
    edited = correlate(changed(RAMP, (0, 0), 10), KERNEL)
    stage.expect_walk(edited)
    tab.keyboard.press("Control+z")
    stage.expect_walk(correlate(RAMP, KERNEL))
    tab.keyboard.press("Control+Shift+z")
    stage.expect_walk(edited)


def test_undo_takes_back_a_control_too(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.slide("Padding on each side", "ArrowRight")
    stage.expect_walk(correlate(RAMP, KERNEL, Window(2, padding=1)))
    stage.button("Undo").click()
    stage.expect_walk(correlate(RAMP, KERNEL))


def test_convolution_shows_the_flipped_kernel_and_edits_the_right_weight(
    tab: Page, app_url: str
) -> None:
    stage = open_stage(tab, app_url)
    stage.tap_choice("Convolution")
    stage.expect_walk(correlate(RAMP, KERNEL, flip=True))
    expect(stage.title("kernel")).to_contain_text("Kernel, flipped")
    expect(stage.values("kernel")).to_have_text(["3", "2", "1", "0"])
    expect(tab.get_by_text("For this kernel and input that changes the output.")).to_be_visible()
    stage.type_into("kernel", (0, 0), "9")  # the kernel's last weight, shown first
    mine = changed(KERNEL, (1, 1), 9)
    stage.expect_walk(correlate(RAMP, mine, flip=True))
    stage.tap_choice("Cross-correlation")
    stage.expect_walk(correlate(RAMP, mine))


def test_flip_of_a_symmetric_kernel_changes_nothing_and_says_so(tab: Page, app_url: str) -> None:
    link = {"input": "bar", "kernel": "laplacian", "operation": "convolution"}
    open_stage(tab, app_url, **link)
    expect(tab.get_by_text("the flip changes nothing")).to_be_visible()


def test_window_that_does_not_fit_is_explained_with_a_way_back(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, kernel="sobel-x")
    stage.slide("Dilation", "ArrowRight")
    expect(tab.get_by_text("spans 5 cells, but the padded input has only 3")).to_be_visible()
    tab.get_by_role("button", name="Use padding 1").click()
    stage.expect_walk(correlate(RAMP, kernels.named("sobel-x"), Window(3, 1, 1, 2)))


def test_grid_grows_by_its_controls_and_keeps_its_cells(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    tab.get_by_role("spinbutton", name="Columns").first.press("ArrowUp")
    tab.keyboard.press("Enter")
    wider = torch.cat([RAMP, torch.zeros(3, 1)], 1)
    expect(stage.title("input")).to_have_text("Input 3 × 4")
    expect_output(stage, correlate(wider, KERNEL))


# ---- the brush


@pytest.fixture
def drawn(tab: Page, app_url: str) -> StagePage:
    """A stroke across the empty canvas."""
    stage = open_stage(tab, app_url, input="draw", kernel="box")
    expect(stage.button("Draw")).to_have_attribute("aria-pressed", "true")
    stage.draw((14, 5), (14, 22))
    stage.expect_linked("drawing")
    return stage


def test_drawing_comes_back_computed(drawn: StagePage) -> None:
    ink = drawn.drawn()
    assert (ink[14, 6:22] > 250).all()
    assert not ink[:11].any()
    assert not ink[18:].any()
    step = 13 * 26 + 13 + 1
    drawn.point_at("output", (13, 13))
    drawn.expect_walk(correlate(ink.float() / 255, kernels.named("box")), step)


def test_eraser_takes_ink_away(drawn: StagePage) -> None:
    before = drawn.drawn()
    drawn.button("Erase").click()
    with drawn.page.expect_event("framenavigated"):
        drawn.draw((8, 14), (20, 14))
    after = drawn.drawn()
    assert not after[14, 14]
    assert after[14, 8] == before[14, 8] == 255


def test_clearing_empties_the_canvas_and_undo_brings_it_back(drawn: StagePage) -> None:
    inked = drawn.picture("input")
    drawn.button("Clear the drawing").click()
    expect(drawn.page).not_to_have_url(re.compile("drawing="))
    assert drawn.picture("input") != inked
    drawn.button("Undo").click()
    drawn.expect_linked("drawing")
    assert drawn.picture("input") == inked


def test_undo_takes_back_one_stroke(drawn: StagePage) -> None:
    once = drawn.link()["drawing"]
    with drawn.page.expect_event("framenavigated"):
        drawn.draw((5, 5), (22, 5))
    assert drawn.link()["drawing"] != once
    drawn.button("Undo").click()
    drawn.page.wait_for_url(lambda url: once in url)


def test_drawing_survives_a_reload(drawn: StagePage) -> None:
    inked, output = drawn.picture("input"), drawn.picture("output")
    drawn.page.reload()
    drawn.wait()
    assert drawn.picture("input") == inked
    assert drawn.picture("output") == output


def test_looking_does_not_draw(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="garment", kernel="sobel-x")
    stage.draw((5, 5), (20, 20))
    stage.point_at("output", (10, 10))
    stage.expect_walk(correlate(garment(), kernels.named("sobel-x")), 10 * 26 + 10 + 1)
    expect(stage.button("Undo")).to_be_disabled()


def test_garment_is_drawn_on_as_on_paper(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="garment", kernel="sobel-x")
    stage.button("Draw").click()
    stage.draw((1, 1), (1, 26))
    stage.expect_linked("drawing")
    ink = stage.drawn()
    assert (ink[1, 2:26] == 255).all()
    assert ink[8:].equal((garment() * 255).round().byte()[8:])


def test_finger_draws(visit: Visit, app_url: str) -> None:
    phone = visit(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    stage = open_stage(phone, app_url, input="draw", kernel="box")
    stage.canvas("input").scroll_into_view_if_needed()
    touch = phone.context.new_cdp_session(phone)
    for kind, at in [("touchStart", (5, 14)), *(("touchMove", (r, 14)) for r in range(6, 24))]:
        x, y = stage.place("input", at)
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    stage.expect_linked("drawing")
    assert (stage.drawn()[7:22, 14] == 255).all()


# ---- real images


def test_garment_and_digit_are_chosen_by_class_and_number(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.tap_choice("Image")
    expect(stage.title("input")).to_have_text("Input 28 × 28")
    stage.choose("Class", "Trouser")
    stage.expect_linked("label")
    stage.point_at("output", (9, 9))
    stage.expect_walk(correlate(garment(1), kernels.named("sobel-x")), 9 * 26 + 9 + 1)
    trouser = stage.picture("input")
    stage.choose("Image", "Digit (MNIST)")
    expect(tab).to_have_url(re.compile("input=digit"))
    assert stage.picture("input") != trouser


def test_example_brings_its_own_kernel(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.choose("Grid", "6 × 8 bar")
    expect(stage.title("kernel")).to_have_text("Kernel 1 × 2")
    expect(stage.live).to_have_text("Step 1 of 42: 1·1 + 1·(−1) = 0")
