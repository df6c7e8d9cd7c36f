"""Everything on screen is in the link, and a strange link breaks nothing."""

import re

import pytest
import torch
from playwright.sync_api import Page, expect

from cnnviz.ops import Window, correlate, kernels
from tests.e2e.stage_page import PATH, StagePage, Visit, open_stage

RAMP = torch.arange(9.0).reshape(3, 3)
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def copied_link(page: Page) -> str:
    """What "Copy link" puts on the clipboard."""
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    link: str = page.evaluate("navigator.clipboard.readText()")
    return link


def reopened(visit: Visit, link: str) -> StagePage:
    """The link, opened by somebody else."""
    page = visit()
    page.goto(link)
    return StagePage(page).wait()


def go_home_and_back(page: Page) -> None:
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("See how")
    page.get_by_role("link", name="7.2 Cross-correlation").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cross-correlation")


# ---- a link shows the same


def test_copied_link_shows_the_same_settings_cells_and_step(visit: Visit, app_url: str) -> None:
    stage = open_stage(visit(**CLIPBOARD), app_url)
    stage.type_into("input", (2, 2), "-0.5")
    expect(stage.values("input").last).to_have_text("−0.5")
    stage.slide("Padding on each side", "ArrowRight")
    stage.tap_choice("Convolution")
    expect(stage.title("kernel")).to_contain_text("flipped")
    stage.button("Last").click()
    stage.button("Back").click()
    other = reopened(visit, copied_link(stage.page))
    mine = RAMP.clone()
    mine[2, 2] = -0.5
    other.expect_walk(correlate(mine, kernels.named("ramp"), Window(2, padding=1), flip=True), 15)
    other.expect_step(15, of=16)
    for column in ("input", "kernel", "output"):
        expect(other.values(column)).to_have_text(stage.values(column).all_inner_texts())


def test_copied_link_shows_the_same_drawing(visit: Visit, app_url: str) -> None:
    stage = open_stage(visit(**CLIPBOARD), app_url, input="draw", kernel="emboss", stride=2)
    stage.draw((5, 5), (20, 14), (5, 22))
    stage.expect_linked("drawing")
    stage.page.mouse.click(*stage.place("output", (6, 6)))
    stage.expect_step(6 * 13 + 6 + 1)
    stage.page.mouse.move(0, 0)
    link, said = copied_link(stage.page), stage.live.inner_text()
    other = reopened(visit, link)
    expect(other.live).to_have_text(said)
    assert other.picture("input") == stage.picture("input")
    assert other.picture("output") == stage.picture("output")


def test_link_keeps_korean_and_the_classroom(visit: Visit, app_url: str) -> None:
    stage = open_stage(visit(), app_url, lang="ko", view="class", stride=2)
    other = reopened(visit, stage.page.url)
    expect(other.live).to_have_text("1단계 중 1단계: 0·0 + 1·1 + 3·2 + 4·3 = 19")
    expect(other.page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(other.page.get_by_role("button", name="강의실 모드 끝내기")).to_be_visible()


def test_link_without_clipboard_is_shown_to_be_copied_by_hand(visit: Visit, app_url: str) -> None:
    page = visit()
    # as on a page without https
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    stage = open_stage(page, app_url, input="bar", kernel="edge")
    stage.button("Last").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("Copy the link from the field above.")).to_be_visible()
    field = page.locator("input[readonly]:visible")
    expect(field).to_have_value(re.compile(r"[?&]step=42\b"))
    expect(field).to_have_value(page.url)


def test_step_goes_into_the_address_where_the_walk_rests(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.button("Last").click()
    expect(tab).to_have_url(re.compile(r"[?&]step=4\b"))
    tab.reload()
    stage.wait().expect_step(4, of=4)
    stage.button("First").click()
    expect(tab).not_to_have_url(re.compile("step="))


def test_address_holds_what_differs_from_the_start_and_no_more(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    stage.slide("Stride", "ArrowRight")
    stage.expect_linked("stride")
    assert stage.link() == {"lang": "en", "stride": "2"}
    stage.slide("Stride", "ArrowLeft")
    expect(tab).not_to_have_url(re.compile("stride"))


# ---- state survives


def test_settings_and_step_survive_another_page(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, padding=1)
    stage.type_into("input", (1, 1), "7")
    expect(stage.values("input").nth(4)).to_have_text("7")
    stage.page.keyboard.press("Escape")
    stage.button("Last").click()
    stage.button("Back").click()
    said = stage.live.inner_text()
    go_home_and_back(tab)
    expect(stage.live).to_have_text(said)
    stage.expect_step(15, of=16)
    expect(stage.values("input").nth(4)).to_have_text("7")
    stage.button("Undo").click()
    expect(stage.values("input").nth(4)).to_have_text("4")


def test_drawing_survives_another_page(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="draw", kernel="box")
    stage.draw((14, 5), (14, 22))
    stage.expect_linked("drawing")
    inked = stage.picture("input")
    go_home_and_back(tab)
    expect(stage.canvas("input")).to_be_visible()
    stage.settle()
    assert stage.picture("input") == inked


def test_step_stays_where_it_is_as_the_stride_changes(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="bar", kernel="edge", step=9)
    stage.slide("Stride", "ArrowRight")
    expect(stage.title("output")).to_have_text("Output 3 × 4")
    stage.expect_step(6, of=12)  # row 2, column 2, as before


def test_step_stays_as_the_language_changes(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="bar", kernel="edge", padding=1)
    stage.slider.focus()
    for _ in range(8):
        tab.keyboard.press("ArrowRight")
    tab.get_by_role("radiogroup", name="Language").get_by_text("한국어").click()
    expect(stage.live).to_have_text(re.compile("^72단계 중 9단계: "))
    expect(stage.title("input")).to_contain_text("입력")


# ---- strange links


@pytest.mark.parametrize(
    "link",
    [
        {"colour": "red", "stride": "0", "padding": "nan"},
        {"stride": "9", "dilation": "1e9", "lang": "xx"},
        {"lr": "inf", "kernel": "nonsense", "cells": "1 nan_2 3"},
        {"input": "**bold**[x](http://example.org)<b>", "view": "# big"},
    ],
    ids=lambda link: "-".join(link),
)
def test_settings_that_a_link_may_not_have_are_told_and_left_out(
    tab: Page, app_url: str, link: dict[str, str]
) -> None:
    stage = open_stage(tab, app_url, **link)
    told = tab.get_by_test_id("stToastContainer")
    for name, value in link.items():
        expect(told).to_contain_text(name)
        expect(told).to_contain_text(value)  # letter by letter, so never as Markdown
    expect(told.get_by_role("link")).to_have_count(0)
    stage.expect_walk(correlate(RAMP, kernels.named("ramp")))
    assert stage.link() == {"lang": "en"}


def test_oversized_values_are_refused_and_cut_in_the_notice(tab: Page, app_url: str) -> None:
    link = {"cells": "_".join(["1 " * 17] * 17), "drawing": "A" * 6000, "x" * 500: "y" * 500}
    stage = open_stage(tab, app_url, **link)
    for part in ("cells", "drawing", "xxx"):
        expect(stage.toasts().first).to_contain_text(part)
    assert len(stage.toasts().first.inner_text()) < 1500
    stage.expect_walk(correlate(RAMP, kernels.named("ramp")))


def test_good_part_of_a_strange_link_is_used(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, stride="x", padding=1)
    expect(stage.toasts()).to_contain_text("stride")
    stage.expect_walk(correlate(RAMP, kernels.named("ramp"), Window(2, padding=1)))


def test_step_past_the_end_is_told_and_starts_at_the_first(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, step=5)
    expect(stage.toasts()).to_contain_text("step")
    expect(stage.toasts()).to_contain_text("from 1 to 4")
    stage.expect_step(1, of=4)
    assert "step" not in stage.link()


def test_step_of_a_link_is_where_the_page_opens(tab: Page, app_url: str) -> None:
    open_stage(tab, app_url, step=3).expect_walk(correlate(RAMP, kernels.named("ramp")), 3)
    expect(tab.get_by_test_id("stToast")).to_have_count(0)


def test_link_whose_window_does_not_fit_still_opens(tab: Page, app_url: str) -> None:
    tab.goto(f"{app_url}/{PATH}?kernel=sobel-x&dilation=6")
    expect(tab.get_by_text("spans 13 cells")).to_be_visible()
    tab.get_by_role("button", name="Use dilation 1").click()
    StagePage(tab).expect_walk(correlate(RAMP, kernels.named("sobel-x")))


# ---- links within the page


def test_link_in_the_lesson_sets_the_page_without_a_new_tab(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, step=3)
    opened = len(tab.context.pages)
    tab.get_by_role("tab", name="Lesson").click()
    tab.get_by_role("link", name="The bar").click()
    expect(stage.live).to_have_text("Step 1 of 42: 1·1 + 1·(−1) = 0")
    expect(tab.get_by_role("tab", name="Lesson")).to_have_attribute("aria-selected", "true")
    assert len(tab.context.pages) == opened
    stage.button("Undo").click()
    stage.expect_step(1, of=4)
