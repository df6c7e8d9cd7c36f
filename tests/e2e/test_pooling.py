"""Pooling under a reader's hands: step, point, part rows from columns, shift, take along."""

import io
import re
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage_page import StagePage, frames_sent, garment, open_stage

PAGE = "pooling"
PANELS = ("formula", "shift", "resize", "mean", "relu", "code", "lesson")
Cell = tuple[int, int]


def opened(page: Page, app_url: str, **link: object) -> StagePage:
    return open_stage(page, app_url, PAGE, **link)


def board(page: Page, title: str, nth: int = 0) -> Locator:
    """A linked grid by its title."""
    heading = page.locator(".boards .board h3 b").filter(has_text=re.compile(f"^{title}$"))
    return heading.nth(nth).locator("xpath=ancestor::figure")


def lit(grid: Locator) -> set[Cell]:
    places = grid.locator(".lit").evaluate_all("all => all.map((cell) => cell.dataset.at)")
    return {(int(row), int(col)) for row, col in (at.split(",") for at in places)}


def test_steps_mark_the_winner_and_say_it_without_the_server(tab: Page, app_url: str) -> None:
    sent = frames_sent(tab)
    stage = opened(tab, app_url, input="ramp", stride=1)
    sent.clear()
    expect(stage.live).to_have_text("Step 1 of 4: max(0, 1, 3, 4) = 4")
    assert stage.marked("input", "winner") == {(1, 1)}
    assert stage.marked("input", "window") == {(0, 0), (0, 1), (1, 0), (1, 1)}
    tab.keyboard.press("End")
    expect(stage.live).to_have_text("Step 4 of 4: max(4, 5, 7, 8) = 8")
    assert stage.marked("input", "winner") == {(2, 2)}
    assert stage.marked("lens", "winner") == {(1, 1)}
    expect(stage.values("output")).to_have_text(["4", "5", "7", "8"])
    assert not sent


def test_average_has_no_winner_and_divides_by_what_counts(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url)
    tab.get_by_role("radiogroup").get_by_text("Average", exact=True).click()
    expect(stage.live).to_have_text("Step 1 of 4: (0 + 1 + 4 + 5) / 4 = 2.5")
    assert stage.marked("input", "winner") == set()
    stage.slide("Padding", "ArrowRight")
    tab.get_by_text("Count the padding").click()
    # a single cell counts, and is no winner for that
    expect(stage.live).to_have_text("Step 1 of 9: 0 / 1 = 0")
    assert stage.marked("input", "winner") == set()


def test_typed_cell_is_pooled_anew_and_undone(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url)
    stage.type_into("input", (0, 0), "99")
    expect(stage.live).to_have_text("Step 1 of 4: max(99, 1, 4, 5) = 99")
    assert stage.marked("input", "winner") == {(0, 0)}
    stage.expect_linked("cells")
    tab.keyboard.press("Control+z")
    expect(stage.live).to_have_text("Step 1 of 4: max(0, 1, 4, 5) = 5")


def test_rows_are_parted_from_columns_and_put_together_again(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url)
    tab.get_by_role("button", name="Window: rows and columns apart").click()
    stage.slide("Window: columns", "ArrowRight")
    expect(stage.title("kernel").or_(stage.title("lens")).first).to_contain_text("2 × 3")
    expect(tab).to_have_url(re.compile("window=2x3"))
    tab.get_by_role("button", name="Window: rows and columns alike").click()
    expect(tab).not_to_have_url(re.compile("window="))
    expect(tab.get_by_role("group", name="Window", exact=True)).to_be_visible()


def test_example_of_the_course_is_chosen_and_shown(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url)
    stage.choose("Example of the course", "Two channels: X and X + 1")
    expect(stage.live).to_have_text(re.compile("^Step 1 of 8"))
    stage.button("Last").click()
    expect(stage.values("output")).to_have_text(["5", "7", "13", "15", "6", "8", "14", "16"])


def test_shifted_input_shows_what_stays_and_lights_the_same_window(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url, panel="shift", input="notes")
    expect(tab.get_by_text("4 of 4 outputs stay")).to_be_visible()
    stays = board(tab, "What stays")
    expect(stays.locator(".value")).to_have_text(["3", "12", "3", "4"])
    stays.locator('[data-at="0,0"]').hover()
    block = {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert lit(board(tab, "Before")) == lit(board(tab, "After")) == block
    stage.slide("To the right", "ArrowRight")
    expect(tab.get_by_text("0 of 4 outputs stay")).to_be_visible()
    expect(board(tab, "After", 1).locator(".value")).to_have_text(["0", "3", "0", "3"])


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_photo_in_three_planes_goes_through_every_panel(tab: Page, app_url: str, lang: str) -> None:
    stage = opened(tab, app_url, input="photo", photo="coffee", side=32, planes=3, lang=lang)
    panels = tab.get_by_role("tab")
    expect(panels).to_have_count(len(PANELS))
    for nth, name in [*enumerate(PANELS)][1:]:  # the first is open
        panels.nth(nth).click()
        # the next click waits until the server has answered this one: it can move the page
        stage.expect_linked("panel", name)
        stage.settle()
        expect(panels.nth(nth)).to_have_attribute("aria-selected", "true")
    expect(stage.live).to_have_text(re.compile("480"))  # three planes of 10 × 16


def test_link_of_the_lesson_sets_the_page(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url, panel="lesson", dilation=2)
    tab.get_by_role("link", name="a window of 2 × 3").click()
    expect(stage.live).to_have_text("Step 1 of 4: max(−∞, 0, 1, −∞, 4, 5) = 5")


def test_picture_taken_along_is_the_pooled_boot(tab: Page, app_url: str) -> None:
    stage = opened(tab, app_url, input="garment", window=4)
    pooled = F.max_pool2d(garment()[None], 4)[0]
    stage.button("Last").click()
    last = stage.live.inner_text()
    assert last.startswith("Step 49 of 49")
    assert torch.isclose(pooled[-1, -1], torch.tensor(float(last.rsplit("= ", 1)[1])), atol=1e-4)
    with tab.expect_download() as started:
        tab.get_by_role("button", name="PNG", exact=True).click()
    assert started.value.suggested_filename == "pooling.png"
    assert Image.open(io.BytesIO(Path(started.value.path()).read_bytes())).width == 1600


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_shows_the_page_without_scrolling_sideways(
    tab: Page, app_url: str, scheme: str
) -> None:
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(tab, app_url, panel="shift", planes=2, lang="ko")
    expect(board(tab, "그대로인 칸")).to_be_visible()
    wide = tab.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0
