"""From dense to convolution under a reader's hands: point, move, and train both networks."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage_page import box_of, frames_sent

BOARDS = ("input", "kernel", "dense", "dense-output", "shared", "shared-output")


class MatrixPage:
    """The linked boards of the page by their names."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".boards").first
        self.said = self.box.locator(".said")

    def board(self, name: str) -> Locator:
        return self.box.locator(".board").nth(BOARDS.index(name))

    def heading(self, name: str) -> Locator:
        return self.board(name).locator("h3")

    def point_at(self, name: str, row: int, col: int) -> None:
        """Point at a cell, counted from 0, of numbers or of pixels."""
        rows, cols = self.shape(name)
        frame = box_of(self.board(name).locator(".plane"))
        self.page.mouse.move(
            frame["x"] + (col + 0.5) * frame["width"] / cols,
            frame["y"] + (row + 0.5) * frame["height"] / rows,
        )

    def shape(self, name: str) -> tuple[int, int]:
        rows, cols = self.heading(name).locator("small").inner_text().split(" × ")
        return int(rows), int(cols)

    def expect_lit(self, **counts: int) -> None:
        """So many cells are lit on each of these boards."""
        for name, count in counts.items():
            svg = self.board(name.replace("_", "-")).locator("svg")
            expect(svg).to_have_attribute("data-lit", str(count))

    def settle(self) -> None:
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )

    def picture(self, name: str) -> str:
        """All that a board shows, to be compared with another time's."""
        plane = self.board(name).locator(".plane")
        data: str = plane.evaluate(
            "plane => plane.querySelector('canvas')?.toDataURL() ?? plane.innerText"
        )
        return data


def open_page(page: Page, app_url: str, **link: Any) -> MatrixPage:
    page.goto(f"{app_url}/dense-to-convolution?{urlencode(link)}")
    found = MatrixPage(page)
    expect(found.said).to_have_text(re.compile(r"\S"), timeout=45_000)  # torch is imported first
    expect(found.board("shared-output").locator(".plane")).to_be_visible()
    found.settle()
    return found


def test_output_of_the_convolution_lights_its_window_and_that_of_the_dense_layer_everything(
    tab: Page, app_url: str
) -> None:
    sent = frames_sent(tab)
    page = open_page(tab, app_url)
    sent.clear()
    page.point_at("shared-output", 3, 4)
    expect(page.said).to_contain_text("in 9 products")
    page.expect_lit(input=9, kernel=9, shared=9, dense=9, dense_output=1, shared_output=1)
    page.point_at("shared-output", 0, 0)  # a corner reads four cells
    page.expect_lit(input=4, kernel=4, shared=4, dense=4)
    page.point_at("dense-output", 3, 4)
    expect(page.said).to_contain_text("in 64 products")
    page.expect_lit(input=64, dense=64, shared=9, kernel=9)
    assert not sent  # the browser does it alone


def test_free_weight_lights_its_diagonal_in_both_matrices(tab: Page, app_url: str) -> None:
    page = open_page(tab, app_url)
    page.point_at("kernel", 1, 1)
    expect(page.said).to_contain_text("in 64 products")
    page.expect_lit(kernel=1, shared=64, dense=64, input=64)
    page.point_at("kernel", 0, 0)
    page.expect_lit(kernel=1, shared=49, dense=49, input=49)


def test_place_in_one_matrix_is_the_same_place_in_the_other(tab: Page, app_url: str) -> None:
    page = open_page(tab, app_url)
    page.point_at("shared", 20, 21)
    page.expect_lit(shared=1, dense=1, kernel=1, input=1, dense_output=1, shared_output=1)
    page.point_at("dense", 20, 50)  # where the convolution has a zero
    page.expect_lit(dense=1, shared=0, kernel=0, input=1, dense_output=1, shared_output=0)
    page.point_at("shared", 20, 50)
    expect(page.said).to_contain_text("empty · in no product")


def test_arrows_move_the_drawing_and_the_convolutions_output_comes_along(
    tab: Page, app_url: str
) -> None:
    page = open_page(tab, app_url, right=0, down=0)
    before = {name: page.picture(name) for name in BOARDS}
    tab.get_by_role("button", name="→").click()
    expect(tab).to_have_url(re.compile("right=1"))
    expect(page.heading("shared-output")).to_contain_text("shift error 0")
    expect(page.heading("dense-output")).to_contain_text(re.compile(r"shift error (0\.[5-9]|1\.)"))
    page.settle()
    for name in ("input", "dense-output", "shared-output"):
        assert page.picture(name) != before[name]
    for name in ("dense", "shared", "kernel"):
        assert page.picture(name) == before[name]
    tab.get_by_role("button", name="↺").click()
    expect(page.heading("dense-output")).to_contain_text("shift error 0")
    page.settle()
    assert {name: page.picture(name) for name in BOARDS} == before


def test_weights_collapse_from_choice_to_choice(tab: Page, app_url: str) -> None:
    page = open_page(tab, app_url, side=6)
    expect(page.heading("shared")).to_contain_text("Convolution: 9 weights")
    tab.get_by_text("Translation invariance: V[a, b]").click()
    expect(page.heading("shared")).to_contain_text("Translation invariance: 121 weights")
    expect(page.heading("dense")).to_contain_text("1,296 weights")
    tab.get_by_text("and channels: V[a, b, c, d]").click()
    expect(page.heading("shared")).to_contain_text("Convolution with channels: 36 weights")
    assert page.shape("shared") == page.shape("dense") == (72, 72)
    expect(tab).to_have_url(re.compile("layer=channels"))


def test_cell_that_is_typed_belongs_to_the_drawing(tab: Page, app_url: str) -> None:
    tab.set_viewport_size({"width": 1920, "height": 1080})
    page = open_page(tab, app_url, side=6, drawing="dot", right=0, down=0)
    page.board("input").locator('[data-at="1,1"]').click()
    tab.keyboard.type("3")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile("drawing=own"))
    tab.get_by_role("button", name="↓").click()
    expect(page.board("input").locator('[data-at="2,1"] .value')).to_have_text("3")


def test_both_networks_are_trained_by_a_click_and_told_apart_on_the_right(
    tab: Page, app_url: str
) -> None:
    open_page(tab, app_url, panel="shapes", epochs=1)
    expect(tab.get_by_test_id("stMetricValue")).to_have_text(["–"] * 4)
    tab.get_by_role("button", name="Train both").click()
    expect(tab.get_by_text(re.compile("^After 1 of 1 epochs"))).to_be_visible(timeout=60_000)
    found = [
        int(text.rstrip("%")) for text in tab.get_by_test_id("stMetricValue").all_inner_texts()
    ]
    dense_left, dense_right, *convolution = found
    assert dense_left > 70
    assert dense_right < 45
    assert min(convolution) > 90


def test_training_is_stopped_and_what_was_seen_stays(tab: Page, app_url: str) -> None:
    open_page(tab, app_url, panel="shapes", epochs=12)
    tab.get_by_role("button", name="Train both").click()
    seen = re.compile(r"^Training: (?!0 )\S+ of 12")  # more than 0
    expect(tab.get_by_text(seen)).to_be_visible(timeout=60_000)
    tab.get_by_test_id("stMain").get_by_role("button", name="Stop").click()
    said = tab.get_by_text(re.compile(r"fter (\S+) of 12 epochs"))
    expect(said).to_be_visible(timeout=30_000)
    stopped = re.search(r"fter (\S+) of 12 epochs", said.inner_text())
    assert stopped
    assert 0 < float(stopped[1]) < 12


@pytest.mark.parametrize(
    ("width", "height", "layer"),
    [(1920, 1080, "invariance"), (1366, 768, "channels"), (390, 844, "locality")],
)
def test_boards_fit_on_the_screen(
    tab: Page, app_url: str, width: int, height: int, layer: str
) -> None:
    tab.set_viewport_size({"width": width, "height": height})
    page = open_page(tab, app_url, layer=layer)
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    frames = [box_of(page.board(name).locator(".plane")) for name in BOARDS]
    assert all(frame["x"] >= 0 and frame["x"] + frame["width"] <= width for frame in frames)
    if width > 1000:
        assert box_of(page.box)["y"] + box_of(page.box)["height"] <= height
        dense, shared = frames[2], frames[4]
        assert dense["y"] == shared["y"]  # beside each other, equally large
        assert dense["width"] == shared["width"] > 180
