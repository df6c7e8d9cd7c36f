"""Four views under a reader's hands: point, pin, type, and look at it in pixels and on a phone."""

import io
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage_page import Visit, box_of, frames_sent

Cell = tuple[int, int]
ALL = {(0, 0), (0, 1), (1, 0), (1, 1)}


class BoardsPage:
    """The boards, by their place: view and board counted from 0."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".boards")
        self.said = self.box.locator(".said")
        self.live = self.box.locator(".live")

    def board(self, view: int, nth: int = 0) -> Locator:
        return self.box.locator(".view").nth(view).locator(".board").nth(nth)

    def cell(self, view: int, nth: int, at: Cell) -> Locator:
        return self.board(view, nth).locator(f'[data-at="{at[0]},{at[1]}"]')

    def lit(self, view: int, nth: int = 0) -> set[Cell]:
        cells = self.board(view, nth).locator(".lit")
        places = cells.evaluate_all("cells => cells.map((cell) => cell.dataset.at)")
        return {(int(row), int(col)) for row, col in (at.split(",") for at in places)}

    def count(self, view: int, nth: int = 0) -> int:
        """How many cells are lit, on boards of pixels as well."""
        return int(self.board(view, nth).locator("svg").get_attribute("data-lit") or 0)

    def pinned(self) -> Locator:
        return self.box.locator("path.pinned:not([d=''])")

    def values(self, view: int, nth: int) -> Locator:
        return self.board(view, nth).locator(".value")


def open_boards(page: Page, app_url: str, **link: object) -> BoardsPage:
    page.goto(f"{app_url}/four-views?{urlencode(link)}")
    found = BoardsPage(page)
    expect(found.said).to_have_text(re.compile(r"\S"), timeout=45_000)  # torch is imported first
    expect(found.board(3).locator(".value").first).to_be_visible()
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
    return found


def test_output_cell_lights_its_window_column_row_and_line(tab: Page, app_url: str) -> None:
    sent = frames_sent(tab)
    boards = open_boards(tab, app_url)
    assert sent
    sent.clear()
    boards.cell(0, 2, (0, 1)).hover()
    sum_of_four = "Output Y, row 1, column 2: 25 = 1·0 + 2·1 + 4·2 + 5·3"
    expect(boards.said).to_have_text(sum_of_four)
    assert boards.lit(0, 0) == {(0, 1), (0, 2), (1, 1), (1, 2)}
    assert boards.lit(0, 1) == ALL
    assert boards.lit(1, 1) == {(row, 1) for row in range(4)}
    assert boards.lit(1, 2) == {(0, 1)}
    assert boards.lit(2, 0) == {(1, 1), (1, 2), (1, 4), (1, 5)}
    assert boards.lit(2, 1) == {(1, 0), (2, 0), (4, 0), (5, 0)}
    assert boards.lit(2, 2) == {(1, 0)}
    assert boards.lit(3) == {(1, 0)}
    expect(boards.cell(3, 0, (1, 0))).to_have_text("Y[0, 1] = (X[0:2, 1:3] * K).sum()  # 25")
    expect(boards.live).to_have_text(sum_of_four)
    assert not sent  # the browser does it alone


def test_weight_lights_its_diagonal_and_a_line_of_code_its_output(tab: Page, app_url: str) -> None:
    boards = open_boards(tab, app_url)
    boards.cell(0, 1, (0, 1)).hover()
    assert boards.lit(2, 0) == {(0, 1), (1, 2), (2, 4), (3, 5)}
    assert boards.lit(1, 1) == {(1, col) for col in range(4)}
    assert boards.lit(0, 2) == ALL
    boards.cell(3, 0, (2, 0)).hover()
    assert boards.lit(0, 2) == {(1, 0)}
    assert boards.lit(2, 0) == {(2, 3), (2, 4), (2, 6), (2, 7)}


def test_cell_of_a_matrix_is_one_product_and_an_empty_one_none(tab: Page, app_url: str) -> None:
    boards = open_boards(tab, app_url)
    boards.cell(1, 1, (3, 0)).hover()
    expect(boards.said).to_have_text("im2col(X), row 4, column 1: 4 · in 1 product: 4·3")
    assert (boards.lit(0, 0), boards.lit(0, 1), boards.lit(0, 2)) == ({(1, 1)}, {(1, 1)}, {(0, 0)})
    boards.cell(2, 0, (0, 2)).hover()
    expect(boards.said).to_have_text("A, row 1, column 3: empty · in no product")
    assert boards.lit(0, 0) == set()


def test_click_pins_until_a_second_click_or_escape(tab: Page, app_url: str) -> None:
    boards = open_boards(tab, app_url)
    boards.cell(0, 2, (1, 1)).click()
    boards.cell(0, 2, (0, 0)).hover()
    assert boards.lit(1, 1) == {(row, 0) for row in range(4)}  # what is pointed at wins
    tab.mouse.move(0, 0)
    assert boards.lit(1, 1) == {(row, 3) for row in range(4)}
    expect(boards.pinned()).to_have_count(1)
    boards.cell(0, 2, (1, 1)).click()
    tab.mouse.move(0, 0)
    expect(boards.pinned()).to_have_count(0)
    assert boards.lit(1, 1) == set()
    boards.cell(2, 2, (3, 0)).click()
    expect(boards.pinned()).to_have_count(1)
    tab.keyboard.press("Escape")
    expect(boards.pinned()).to_have_count(0)


def test_keyboard_goes_from_cell_to_cell_and_pins(tab: Page, app_url: str) -> None:
    boards = open_boards(tab, app_url)
    boards.cell(0, 2, (0, 0)).focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    expect(boards.live).to_have_text("Output Y, row 2, column 2: 43 = 4·0 + 5·1 + 7·2 + 8·3")
    assert boards.lit(3) == {(3, 0)}
    tab.keyboard.press("Enter")
    expect(boards.pinned()).to_have_count(1)
    tab.keyboard.press("ArrowLeft")
    assert boards.lit(3) == {(2, 0)}


def test_typed_weight_and_cell_count_everywhere(tab: Page, app_url: str) -> None:
    boards = open_boards(tab, app_url, padding=1, stride=2)
    boards.cell(0, 1, (0, 0)).click()
    tab.keyboard.type("10")
    tab.keyboard.press("Enter")
    expect(boards.values(1, 0)).to_have_text(["10", "1", "2", "3"])
    boards.cell(0, 0, (1, 1)).click()  # the first cell inside of the padding
    tab.keyboard.type("-2")
    tab.keyboard.press("Enter")
    expect(boards.values(2, 1).first).to_have_text("−2")
    expect(boards.cell(0, 2, (0, 0)).locator(".value")).to_have_text("−6")
    expect(boards.cell(3, 0, (0, 0))).to_have_text("Y[0, 0] = (Xp[0:2, 0:2] * K).sum()  # −6")
    expect(tab.get_by_text("All four agree")).to_be_visible()
    boards.cell(0, 0, (0, 0)).click()  # padding takes no number
    tab.keyboard.type("7")
    expect(boards.box.locator("input")).to_have_count(0)
    boards.box.get_by_role("button", name="Undo").click()
    expect(boards.values(2, 1).first).to_have_text("0")
    tab.keyboard.press("Control+z")
    expect(boards.values(1, 0)).to_have_text(["0", "1", "2", "3"])
    tab.keyboard.press("Control+Shift+z")
    expect(boards.values(1, 0)).to_have_text(["10", "1", "2", "3"])


def test_large_matrices_are_pixels_that_answer_alike(tab: Page, app_url: str) -> None:
    sent = frames_sent(tab)
    boards = open_boards(tab, app_url, input="diagonal", kernel="sobel-x", padding=1)
    assert sent
    sent.clear()
    matrix = boards.board(2, 0).locator("canvas")
    frame = box_of(matrix)
    # row 10, column 9: the output in row 2, column 3 reads the input in row 2, column 2
    at = {"x": 9.5 * frame["width"] / 64, "y": 10.5 * frame["height"] / 64}
    expect(boards.board(2, 0).locator("small")).to_have_text("64 × 64")
    matrix.hover(position=at)  # type: ignore[arg-type]
    expect(boards.said).to_have_text("A, row 11, column 10: −2 · in 1 product: 0·(−2)")
    assert [boards.count(view) for view in range(4)] == [1, 1, 1, 1]
    assert boards.count(0, 1) == 1
    line = boards.cell(3, 0, (10, 0))
    expect(line).to_be_in_viewport()  # the list of lines has come to it
    expect(line).to_have_text(re.compile(r"^Y\[1, 2\] "))
    tab.mouse.move(0, 0)
    assert boards.count(0, 1) == 0
    kernel = box_of(boards.board(0, 1).locator(".plane"))
    tab.mouse.move(kernel["x"] + kernel["width"] / 2, kernel["y"] + kernel["height"] / 2)
    expect(boards.said).to_have_text("Kernel K, row 2, column 2: 0 · in 64 products")
    assert boards.count(2, 0) == 64
    assert not sent


def test_phone_shows_every_board_within_its_width(visit: Visit, app_url: str) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    boards = open_boards(page, app_url, input="pattern", kernel="cross")
    planes = boards.box.locator(".plane:not(.code)")
    expect(planes).to_have_count(9)
    for plane in planes.all():
        frame = box_of(plane)
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= 390
    boards.cell(0, 1, (1, 1)).tap()
    expect(boards.pinned()).to_have_count(1)
    assert boards.count(0, 2) == 16


@pytest.mark.parametrize("width", [1366, 1920])
def test_boards_do_not_move_when_numbers_change(visit: Visit, app_url: str, width: int) -> None:
    boards = open_boards(visit(viewport={"width": width, "height": 900}), app_url)
    before = [box_of(boards.board(view, 0)) for view in range(4)]
    boards.cell(0, 1, (0, 0)).click()
    boards.page.keyboard.type("5")
    boards.page.keyboard.press("Enter")
    expect(boards.values(1, 0).first).to_have_text("5")
    assert [box_of(boards.board(view, 0)) for view in range(4)] == before


def test_lesson_sets_the_page_and_png_shows_the_pinned_output(tab: Page, app_url: str) -> None:
    boards = open_boards(tab, app_url, panel="lesson")
    tab.get_by_role("link", name="A convolution").click()
    expect(boards.board(0, 1).locator("h3")).to_contain_text("flipped")
    expect(boards.values(0, 1)).to_have_text(["3", "2", "1", "0"])
    pictures = []
    for at in ((0, 0), (1, 1)):
        boards.cell(0, 2, at).click()
        with tab.expect_download() as started:
            tab.get_by_role("button", name="PNG", exact=True).click()
        assert started.value.suggested_filename == "four-views.png"
        pictures.append(Path(started.value.path()).read_bytes())
    assert Image.open(io.BytesIO(pictures[0])).width == 1600
    assert pictures[0] != pictures[1]
