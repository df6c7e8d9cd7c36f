"""The kernel that is learned: it converges, it diverges, and the page says which."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage_page import open_stage


def learning(page: Page) -> Locator:
    return page.get_by_role("region", name="A kernel being learned")


def test_course_pair_is_learned_in_ten_updates(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    tab.get_by_role("tab", name="Learn the kernel").click()
    lesson = learning(tab)
    expect(lesson.locator(".live")).to_have_text(re.compile("^After 0 of 10 updates: loss "))
    lesson.get_by_role("button", name="Last").click()
    said = lesson.locator(".live")
    expect(said).to_have_text(re.compile("^After 10 of 10 updates: loss "))
    found = re.search(r"loss (\S+), kernel (\S+), (\S+)", said.inner_text())
    assert found
    loss, left, right = (float(text.replace("−", "-")) for text in found.groups())
    assert loss < 0.2
    assert abs(left - 1) < 0.1
    assert abs(right + 1) < 0.1
    stage.expect_step(1, of=4)  # the stage above has its own steps


def test_learning_has_its_own_keyboard(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, panel="learn")
    learning(tab).get_by_role("button", name="Forward").click()
    tab.keyboard.press("ArrowRight")
    expect(learning(tab).locator(".live")).to_have_text(re.compile("^After 2 of 10"))
    stage.expect_step(1)


def test_too_large_a_learning_rate_is_told_and_mended(tab: Page, app_url: str) -> None:
    open_stage(tab, app_url, panel="learn", lr=0.05)
    warning = tab.get_by_test_id("stAlert")
    expect(warning).to_contain_text("It diverges: with learning rate 0.05")
    tab.get_by_role("button", name=re.compile("^Use learning rate")).click()
    expect(tab.get_by_text(re.compile(r"^After 10 updates at learning rate"))).to_be_visible()
    expect(warning).to_have_count(0)
    expect(tab).to_have_url(re.compile(r"[?&]lr=0\.0[1-3]"))


def test_learning_rate_typed_on_the_page_counts(tab: Page, app_url: str) -> None:
    open_stage(tab, app_url, panel="learn")
    field = tab.get_by_role("spinbutton", name="Learning rate")
    field.fill("0.05")
    field.press("Enter")
    expect(tab.get_by_test_id("stAlert")).to_contain_text("It diverges")


def test_ones_own_input_and_output_are_learned_from(tab: Page, app_url: str) -> None:
    open_stage(tab, app_url, panel="learn", pair="mine", lr=0.001, input="pattern", kernel="cross")
    expect(learning(tab).locator(".plane.kernel [data-at]")).to_have_count(9)
    expect(tab.get_by_text(re.compile("summed squared error fell from"))).to_be_visible()
