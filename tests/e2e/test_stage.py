"""Watching: steps by hand, by keyboard and by playing; pointing at cells and weights."""

import re
from collections.abc import Callable, Iterator

import pytest
import torch
from playwright.sync_api import BrowserContext, Page, expect

from cnnviz.data.examples import EXAMPLES
from cnnviz.ops import Window, correlate, kernels
from tests.e2e.stage_page import BUTTONS, StagePage, Visit, frames_sent, garment, open_stage

RAMP_TOTALS = {1: "19", 2: "25", 3: "37", 4: "43"}
Opened = Callable[..., StagePage]
EDGE_ROW = ["0", "1", "0", "0", "0", "−1", "0"]


# Watching changes nothing that a page keeps but its step, so each is opened once and rewound.


@pytest.fixture(scope="module")
def _opened(common_context: BrowserContext, app_url: str) -> Iterator[Opened]:
    opened: dict[str, StagePage] = {}

    def get(**link: str) -> StagePage:
        name = str(link)
        if name not in opened:
            opened[name] = open_stage(common_context.new_page(), app_url, **link)
        return opened[name].rewind()

    yield get
    for stage in opened.values():
        stage.page.close()


@pytest.fixture
def ramp(_opened: Opened) -> StagePage:
    """The page as it opens: the 3 × 3 ramp with its 2 × 2 kernel."""
    return _opened()


@pytest.fixture
def bar(_opened: Opened) -> StagePage:
    """Six rows of seven steps."""
    return _opened(input="bar", kernel="edge")


@pytest.fixture
def boot(_opened: Opened) -> StagePage:
    """A garment of 28 × 28, in pixels."""
    return _opened(input="garment", kernel="sobel-x")


# ---- the textbook, read off the page


def test_page_opens_at_the_first_step_of_the_ramp(ramp: StagePage) -> None:
    expect(ramp.live).to_have_text("Step 1 of 4: 0·0 + 1·1 + 3·2 + 4·3 = 19")
    expect(ramp.values("output")).to_have_text(["19", "·", "·", "·"])
    expect(ramp.box.locator(".equation")).to_have_text("0·0 + 1·1 + 3·2 + 4·3 = 19")


def test_ramp_has_the_four_totals_of_the_book(ramp: StagePage) -> None:
    for step, total in RAMP_TOTALS.items():
        expect(ramp.live).to_have_text(re.compile(rf"^Step {step} of 4: .* = {total}$"))
        ramp.button("Forward").click()
    ramp.button("Last").click()
    expect(ramp.values("output")).to_have_text(list(RAMP_TOTALS.values()))


def test_bar_shows_its_edges_in_each_of_six_rows(bar: StagePage) -> None:
    bar.button("Last").click()
    expect(bar.values("output")).to_have_text(EDGE_ROW * 6)


def test_pattern_answers_as_in_the_notes(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="pattern", kernel="cross")
    stage.button("Last").click()
    walk = correlate(torch.tensor(EXAMPLES["pattern"].cells), kernels.named("cross"))
    totals = [f"{total:g}" for total in walk.output.flatten().tolist()]
    assert (totals[:5], totals[-1]) == (["3", "1", "1", "3", "1"], "1")
    expect(stage.values("output")).to_have_text(totals)


@pytest.mark.parametrize(("stride", "size"), [(1, "8 × 8"), (2, "4 × 4")])
def test_eight_by_eight_with_padding_keeps_or_halves_its_size(
    tab: Page, app_url: str, stride: int, size: str
) -> None:
    cells = "_".join(["0 1 2 3 4 5 6 7"] * 8)
    link = {"input": "own", "cells": cells, "kernel": "box", "padding": 1, "stride": stride}
    stage = open_stage(tab, app_url, **link)
    expect(stage.title("output")).to_have_text(f"Output {size}")
    formulas = tab.get_by_role("tabpanel").locator(".katex-html")
    expect(formulas.last).to_have_text(re.compile(rf"= ?{size[0]}\W*$"))


def test_grid_of_one_row_is_named_by_both_its_sides(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="own", cells="1 2 3 4", kernel="edge")
    expect(stage.title("input")).to_have_text("Input 1 × 4")
    expect(stage.title("output")).to_have_text("Output 1 × 3")


# ---- steps


def test_right_and_left_arrow_move_by_one_step(ramp: StagePage) -> None:
    ramp.title("input").click()
    for key, step in [("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2)]:
        ramp.page.keyboard.press(key)
        ramp.expect_step(step, of=4)


def test_home_and_end_go_to_the_first_and_last_step(ramp: StagePage) -> None:
    ramp.title("input").click()
    for key, step in [("End", 4), ("ArrowRight", 4), ("Home", 1), ("ArrowLeft", 1)]:
        ramp.page.keyboard.press(key)
        ramp.expect_step(step, of=4)


def test_space_plays_and_pauses(bar: StagePage) -> None:
    bar.title("input").click()
    bar.page.keyboard.press("Space")
    expect(bar.button("Pause")).to_be_visible()
    bar.page.keyboard.press("Space")
    expect(bar.button("Play")).to_be_visible()


def test_keys_count_while_nothing_has_the_focus(ramp: StagePage) -> None:
    assert ramp.page.evaluate("document.activeElement === document.body")
    ramp.page.keyboard.press("ArrowRight")
    ramp.expect_step(2)
    ramp.page.keyboard.press("End")
    ramp.expect_step(4)


def test_keys_stay_with_a_control_that_has_the_focus(ramp: StagePage) -> None:
    ramp.page.get_by_role("spinbutton", name="Rows").first.focus()
    ramp.page.keyboard.press("Home")
    ramp.page.keyboard.press("ArrowRight")
    ramp.expect_step(1)


def test_each_button_goes_where_it_says(ramp: StagePage) -> None:
    steps = [("Forward", 2), ("Last", 4), ("Back", 3), ("First", 1), ("Back", 1), ("Forward", 2)]
    for name, step in steps:
        ramp.button(name).click()
        ramp.expect_step(step, of=4)


def test_controls_are_named(ramp: StagePage) -> None:
    for name in BUTTONS:
        expect(ramp.button(name)).to_be_visible()
    expect(ramp.box.get_by_role("slider", name="Step", exact=True)).to_be_visible()
    expect(ramp.box.get_by_role("combobox", name="Speed", exact=True)).to_be_visible()


def test_slider_scrubs_by_keyboard(bar: StagePage) -> None:
    bar.slider.focus()
    for key, step in [("End", 42), ("ArrowLeft", 41), ("Home", 1), ("ArrowRight", 2)]:
        bar.page.keyboard.press(key)
        bar.expect_step(step, of=42)


def test_slider_scrubs_by_dragging(bar: StagePage) -> None:
    frame = bar.slider.bounding_box()
    assert frame
    middle = frame["y"] + frame["height"] / 2
    bar.page.mouse.move(frame["x"] + 8, middle)
    bar.page.mouse.down()
    bar.page.mouse.move(frame["x"] + frame["width"] / 2, middle, steps=5)
    expect(bar.live).to_have_text(re.compile(r"^Step 2[0-3] of 42"))
    bar.page.mouse.move(frame["x"] + frame["width"] - 2, middle, steps=5)
    bar.page.mouse.up()
    bar.expect_step(42)


def test_play_runs_to_the_end_and_stops_there(ramp: StagePage) -> None:
    ramp.speed.select_option("20 per s")
    ramp.button("Play").click()
    ramp.expect_step(4)
    expect(ramp.button("Play")).to_be_visible()
    expect(ramp.values("output")).to_have_text(list(RAMP_TOTALS.values()))


def test_play_at_the_end_starts_again(bar: StagePage) -> None:
    bar.button("Last").click()
    bar.button("Play").click()
    expect(bar.button("Pause")).to_be_visible()
    expect(bar.slider).not_to_have_value("42")


def test_pause_stops_where_it_is(bar: StagePage) -> None:
    bar.button("Play").click()
    bar.expect_step(2)
    bar.button("Pause").click()
    expect(bar.button("Play")).to_be_visible()
    step = int(bar.slider.input_value())
    assert 2 <= step < 42
    bar.expect_step(step)


def test_a_move_by_hand_ends_playing(bar: StagePage) -> None:
    bar.button("Play").click()
    bar.button("First").click()
    expect(bar.button("Play")).to_be_visible()
    bar.expect_step(1)


def test_long_walk_is_fast_enough_to_be_watched_by_default(boot: StagePage) -> None:
    expect(boot.speed).to_have_value("60")


def test_fast_play_is_silent_until_it_rests(boot: StagePage) -> None:
    boot.live.evaluate("""(live) => {
        window.said = [];
        new MutationObserver(() => window.said.push(live.textContent))
            .observe(live, { childList: true, characterData: true, subtree: true });
    }""")
    boot.speed.select_option("300 per s")
    boot.button("Play").click()
    boot.expect_step(676, of=676)
    said = boot.page.evaluate("window.said")
    assert len(said) == 1, "a screen reader cannot follow this"


# ---- pointing


def test_pointing_at_an_output_cell_shows_its_window(ramp: StagePage) -> None:
    ramp.cell("output", (1, 0)).hover()
    expect(ramp.live).to_have_text(re.compile("^Step 3 of 4"))
    assert ramp.marked("input", "window") == {(1, 0), (1, 1), (2, 0), (2, 1)}
    ramp.title("input").hover()
    expect(ramp.live).to_have_text(re.compile("^Step 1 of 4"))


@pytest.mark.parametrize(
    "window",
    [Window((2, 3)), Window((2, 3), 2, 1), Window((2, 3), 1, 2, 2)],
    ids=["plain", "stride-and-padding", "dilation"],
)
def test_pointing_at_an_input_cell_marks_the_outputs_it_feeds(
    tab: Page, app_url: str, window: Window
) -> None:
    link = {"stride": window.stride, "padding": window.padding, "dilation": window.dilation}
    shape = (5, 6)
    cells = "_".join(["1 2 3 4 5 6"] * shape[0])
    own = {"input": "own", "cells": cells, "kernel": "own", "weights": "1 2 3_4 5 6"}
    stage = open_stage(tab, app_url, **own, **link)
    for cell in [(0, 0), (2, 3), (4, 5)]:
        stage.cell("input", cell).hover()
        assert stage.marked("input", "picked") == {cell}
        assert stage.marked("output", "fed") == set(window.feeds(cell, shape))


def test_pointing_at_a_weight_marks_every_input_it_multiplies(ramp: StagePage) -> None:
    ramp.cell("kernel", (0, 1)).hover()
    assert ramp.marked("input", "used") == {(0, 1), (0, 2), (1, 1), (1, 2)}
    ramp.title("input").hover()
    assert ramp.marked("input", "used") == set()


def test_weight_with_stride_is_used_where_the_windows_stand(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="bar", kernel="edge", stride=3)
    stage.cell("kernel", (0, 1)).hover()
    assert stage.marked("input", "used") == {(r, c) for r in (0, 3) for c in (1, 4, 7)}


def test_pixel_under_the_pointer_shows_its_window_in_the_lens(boot: StagePage) -> None:
    walk = correlate(garment(), kernels.named("sobel-x"))
    boot.point_at("output", (10, 12))
    boot.expect_walk(walk, 10 * 26 + 12 + 1)
    cells = walk.step(10 * 26 + 12).cells.flatten().tolist()
    shown = boot.values("lens").evaluate_all("all => all.map((one) => one.parentElement.title)")
    assert [float(text) for text in shown] == pytest.approx(cells, abs=1e-6)


def test_click_on_an_output_cell_goes_to_its_step(ramp: StagePage) -> None:
    ramp.cell("output", (1, 0)).click()
    ramp.expect_step(3)
    expect(ramp.values("output")).to_have_text(["19", "25", "37", "·"])


def test_click_on_an_output_pixel_goes_to_its_step(boot: StagePage) -> None:
    boot.page.mouse.click(*boot.place("output", (3, 4)))
    boot.expect_step(3 * 26 + 4 + 1)


def test_click_pins_what_is_lit_and_escape_lets_it_go(ramp: StagePage) -> None:
    ramp.cell("input", (1, 1)).click()
    ramp.title("input").hover()
    everywhere = {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert ramp.marked("output", "fed") == everywhere
    ramp.page.keyboard.press("Escape")
    assert ramp.marked("output", "fed") == set()


def test_leftover_columns_are_hatched(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, stride=2)
    assert stage.marked("input", "leftover") == {(0, 2), (1, 2), (2, 2), (2, 0), (2, 1)}
    expect(tab.get_by_text("No window reads 1 of the rows and 1 of the columns")).to_be_visible()


def test_table_of_products_follows_the_stage(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, panel="products")
    rows = tab.locator(".products tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.last).to_have_text("22" + "4" + "3" + "12")
    stage.button("Last").click()
    expect(rows.last).to_have_text("22" + "8" + "3" + "24")
    expect(tab.locator(".head .sum")).to_have_text("sum of 4 products = 43")


def test_table_of_products_follows_an_edit(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    tab.get_by_role("tab", name="All products").click()
    rows = tab.locator(".products tbody tr")
    expect(rows.first).to_have_text("11" + "0" + "0" + "0")
    stage.type_into("input", (0, 0), "5")
    expect(stage.values("input").first).to_have_text("5")
    expect(rows.first).to_have_text("11" + "5" + "0" + "0")


# ---- nothing goes to the server


def test_playing_scrubbing_and_pointing_send_nothing(tab: Page, app_url: str) -> None:
    sent = frames_sent(tab)
    boot = open_stage(tab, app_url, input="garment", kernel="sobel-x")
    assert sent, "the page talks to its server by some other way"
    before = len(sent)
    boot.speed.select_option("300 per s")
    boot.button("Play").click()
    boot.expect_step(676)
    boot.slider.focus()
    for key in ("Home", "ArrowRight", "End"):
        tab.keyboard.press(key)
    for column in ("input", "output"):
        boot.point_at(column, (2, 2))
        boot.point_at(column, (20, 20))
    boot.cell("kernel", (0, 0)).hover()
    tab.mouse.click(*boot.place("output", (5, 5)))
    boot.expect_linked("step")
    assert sent[before:] == []


# ---- by touch


def test_tap_on_an_output_cell_goes_to_its_step(visit: Visit, app_url: str) -> None:
    phone = visit(has_touch=True, viewport={"width": 390, "height": 844})
    stage = open_stage(phone, app_url)
    stage.cell("output", (1, 1)).tap()
    stage.expect_step(4)
    stage.button("Back").tap()
    stage.expect_step(3)
    stage.cell("input", (1, 1)).tap()
    assert len(stage.marked("output", "fed")) == 4
