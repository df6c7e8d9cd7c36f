"""What a reader does faster than the server answers, and what is left behind."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.stage_page import open_stage


def test_cells_typed_in_one_go_all_count(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, kernel="identity", padding=1)
    stage.cell("input", (0, 0)).click()
    for digit in "579":  # Enter goes on to the cell below
        tab.keyboard.type(digit)
        tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile(r"cells=5\+1\+2_7\+4\+5_9\+7\+8"))


def test_strokes_drawn_in_one_go_all_stay(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="draw", kernel="box")
    for row in (5, 11, 17, 23):
        stage.draw((row, 6), (row, 20))
    rows = [5, 11, 17, 23]
    for _ in range(150):  # until the server has answered the last one
        if (stage.drawn()[rows, 7:20] > 250).all():
            break
        tab.wait_for_timeout(100)
    assert (stage.drawn()[rows, 7:20] > 250).all()
    assert (stage.drawn()[[8, 14, 20]] == 0).all()


def test_typing_and_undo_at_once_take_back_what_was_typed(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.type_into("input", (0, 0), "5")
    expect(stage.button("Undo")).to_have_attribute("aria-disabled", "false")
    stage.cell("input", (1, 1)).click()
    tab.keyboard.type("9")
    stage.button("Undo").click()  # leaving the cell keeps the 9, the click takes it back
    expect(stage.values("input").nth(4)).to_have_text("4")
    expect(stage.values("input").first).to_have_text("5")
    stage.settle()
    expect(stage.button("Redo")).to_have_attribute("aria-disabled", "false")
    expect(stage.values("input").nth(4)).to_have_text("4")


def test_eraser_stays_in_hand_on_a_garment(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="garment", kernel="sobel-x")
    stage.button("Erase").click()
    stage.draw((14, 5), (14, 22))
    stage.expect_linked("drawing")
    stage.settle()
    expect(stage.button("Erase")).to_have_attribute("aria-pressed", "true")


def test_looking_into_a_cell_does_not_edit_it(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, kernel="box")
    stage.cell("kernel", (0, 0)).dblclick()
    field = stage.cell("kernel", (0, 0)).get_by_role("textbox")
    expect(field).to_have_value("0.111111112")  # as float32 has it
    stage.title("input").click()
    expect(field).to_have_count(0)
    stage.settle()
    expect(tab).to_have_url(re.compile("kernel=box"))
    expect(stage.button("Undo")).to_have_attribute("aria-disabled", "true")


def test_address_follows_the_step_of_a_shorter_walk(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="pattern", kernel="cross")
    stage.button("Last").click()
    expect(tab).to_have_url(re.compile(r"step=16\b"))
    stage.slide("Stride", "ArrowRight")
    stage.expect_step(4, of=4)
    expect(tab).to_have_url(re.compile(r"step=4\b"))


def test_step_of_a_page_does_not_follow_to_another(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="garment", kernel="sobel-x")
    stage.button("Play").click()
    expect(stage.button("Pause")).to_be_visible()
    tab.get_by_role("link", name="Home").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text(re.compile("See how"))
    tab.wait_for_timeout(600)  # longer than the stage takes to write its step
    expect(tab).not_to_have_url(re.compile("step="))


def test_pointer_that_rests_past_the_end_of_a_new_walk_shows_numbers(
    tab: Page, app_url: str
) -> None:
    stage = open_stage(tab, app_url)
    tab.get_by_role("group", name="Stride").get_by_role("slider").focus()
    stage.cell("output", (1, 1)).hover()
    tab.keyboard.press("ArrowRight")
    stage.expect_step(1, of=1)
    expect(stage.box.locator(".equation")).not_to_contain_text("NaN")
