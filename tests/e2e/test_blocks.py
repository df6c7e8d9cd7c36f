"""Blocks under a reader's hands: revealed, pointed at, opened on the stage, taken along."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cnnviz.export.numbers import short
from cnnviz.models.taps import Tap, steps_of
from cnnviz.ui.blocks.settings import BlockSettings, taps_of
from tests.e2e.stage_page import StagePage, box_of, factor, frames_sent

PATH = "blocks"
MIDDLE = (10, 15)  # of the photo, 21 × 32
INCEPTION = {"block": "inception", "stem": 6}
Cell = tuple[int, int]


class BlockPage:
    """The page's picture; `open_block` opens it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".block")
        self.sentence = self.box.locator(".sentence")
        self.bench = self.box.locator(".bench")

    def settle(self) -> "BlockPage":
        """Until the server has nothing more to say and the cards have found their places."""
        expect(self.sentence).to_have_text(re.compile(r"\S"), timeout=60_000)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning", timeout=60_000
        )
        script = "cards => JSON.stringify(cards.map(card => card.getBoundingClientRect()))"
        before, now = "", self.box.locator(".card").evaluate_all(script)
        while now != before:
            self.page.wait_for_timeout(250)
            before, now = now, self.box.locator(".card").evaluate_all(script)
        return self

    def tile(self, tap: int, channel: int) -> Locator:
        return self.box.locator(f'.tile[data-tap="{tap}"][data-map="{channel}"]')

    def place(self, tap: int, channel: int, cell: Cell, size: Cell) -> dict[str, float]:
        """Where the middle of a cell lies on a tile, for a click or the pointer."""
        box = box_of(self.tile(tap, channel))
        rows, cols = size
        return {
            "x": (cell[1] + 0.5) * box["width"] / cols,
            "y": (cell[0] + 0.5) * box["height"] / rows,
        }

    def button(self, name: str) -> Locator:
        return self.box.get_by_role("button", name=name, exact=True)

    def known(self) -> list[tuple[int, int]]:
        """The maps on view: (tap, channel)."""
        script = "tiles => tiles.map(t => [Number(t.dataset.tap), Number(t.dataset.map)])"
        found = self.box.locator(".tile:not(.ahead)").evaluate_all(script)
        return [(tap, channel) for tap, channel in found]

    def framed(self, tap: int, channel: int, size: Cell) -> list[int] | None:
        """The cells in a tile's frame: first and last row, first and last column."""
        mark = self.tile(tap, channel).locator("i")
        if not mark.is_visible():
            return None
        inset = mark.evaluate("i => i.style.inset")
        top, right, bottom, left = ([float(part.rstrip("%")) / 100 for part in inset.split()] * 4)[
            :4
        ]
        rows, cols = size
        ends = (top * rows, rows - 1 - bottom * rows, left * cols, cols - 1 - right * cols)
        return [round(end) for end in ends]

    def expect_step(self, step: int, of: int) -> None:
        expect(self.box.locator(".where")).to_have_text(f"step {step} of {of}")


def open_block(page: Page, url: str, **link: Any) -> BlockPage:
    page.goto(f"{url}/{PATH}?{urlencode(link)}")
    return BlockPage(page).settle()


def link_of(page: Page) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.url).query))


def taps(**link: Any) -> list[Tap]:
    return taps_of(BlockSettings(**link))


def test_block_is_revealed_point_by_point_and_an_addition_channel_by_channel(
    tab: Page, app_url: str
) -> None:
    page, points = open_block(tab, app_url), taps()
    steps = steps_of(points)
    page.expect_step(10, of=10)
    assert len(page.known()) == 3 * len(points)
    sent = frames_sent(tab)
    page.button("First").click()
    expect(page.sentence).to_contain_text("input: 3 channels of 21 × 32")
    assert page.known() == [(0, 0), (0, 1), (0, 2)]
    for step in range(2, 8):  # up to the addition's first channel
        tab.keyboard.press("ArrowRight")
        page.expect_step(step, of=10)
    for n, (tap, channel) in enumerate(steps[6:9]):
        assert page.known()[-1] == (tap, channel)
        main, shortcut, total = (float(points[i].value[channel][MIDDLE]) for i in (5, 0, 6))
        expect(page.sentence).to_have_text(
            f"add, channel {channel + 1} of 3, row 11, column 16: "
            f"{short(main)} + {factor(shortcut)} = {short(total)}"
        )
        expect(page.bench.locator("output")).to_have_text(
            [short(main), short(shortcut), short(total)]
        )
        expect(page.box.locator(".live")).to_have_text(page.sentence.inner_text())
        tab.keyboard.press("ArrowRight")
        page.expect_step(8 + n, of=10)
    assert not sent  # the browser does it alone
    expect(tab).not_to_have_url(re.compile("step="))
    page.button("Back").click()
    expect(tab).to_have_url(re.compile("step=9"))


def test_concatenation_fills_up_with_a_running_number(tab: Page, app_url: str) -> None:
    points = taps(**INCEPTION)
    first = len(points)  # the step of its first channel
    page = open_block(tab, app_url, **INCEPTION, step=first + 3)
    concat = len(points) - 1
    assert [place for place in page.known() if place[0] == concat] == [
        (concat, channel) for channel in range(4)
    ]
    value = short(float(points[concat].value[3][MIDDLE]))
    expect(page.sentence).to_have_text(
        "concat: channel 2 of relu3 takes its place as channel 4 of 9. "
        f"Row 11, column 16 stays {value}"
    )
    slots = page.bench.locator(".slot")
    expect(slots).to_have_count(9)
    expect(page.bench.locator(".slot.ahead")).to_have_count(5)
    expect(page.bench.locator(".slot.held")).to_have_text("4")
    page.button("Last").click()
    expect(page.bench.locator(".slot.ahead")).to_have_count(0)
    expect(page.sentence).to_contain_text("channel 2 of relu6 takes its place as channel 9 of 9")


def test_maps_move_to_their_place_unless_the_reader_wants_no_motion(
    visit: Callable[..., Page], app_url: str
) -> None:
    clicked = "b => (b.click(), b.getRootNode().querySelectorAll('.flying').length)"
    for motion, maps in (("no-preference", 2), ("reduce", 0)):
        page = open_block(visit(reduced_motion=motion), app_url, step=6)
        assert page.button("Forward").evaluate(clicked) == maps  # main and shortcut
        expect(page.box.locator(".flying")).to_have_count(0)
        page.button("First").click()
        page.expect_step(1, of=10)
        assert page.button("Forward").evaluate(clicked) == 0  # a convolution adds up many


def test_cell_under_the_pointer_shows_its_value_and_what_it_comes_from(
    tab: Page, app_url: str
) -> None:
    page, points = open_block(tab, app_url), taps()
    cell, size = (6, 9), (21, 32)
    page.tile(4, 1).hover(position=page.place(4, 1, cell, size))
    expect(page.sentence).to_contain_text("conv2: channel 2 of 3")
    expect(page.sentence).to_contain_text(f"column 10: {short(float(points[4].value[1][cell]))}")
    for channel in range(3):
        assert page.framed(3, channel, size) == [5, 7, 8, 10]  # what its 3 × 3 kernel reads
        assert page.framed(1, channel, size) == [5, 7, 8, 10]
        assert page.framed(0, channel, size) == [4, 8, 7, 11]  # two of them see 5 × 5
    assert page.framed(4, 0, size) is None
    assert page.framed(6, 1, size) is None  # comes later
    page.tile(6, 1).hover(position=page.place(6, 1, cell, size))
    assert page.framed(5, 1, size) == [6, 6, 9, 9]
    assert page.framed(5, 0, size) is None
    page.page.mouse.move(0, 0)
    expect(page.sentence).to_contain_text("relu2")


def test_strided_shortcut_comes_from_every_second_cell(tab: Page, app_url: str) -> None:
    link = {"c_out": 6, "shortcut": "conv", "stride": 2}
    page = open_block(tab, app_url, **link)
    assert [tap.name for tap in taps(**link)][6] == "conv3"
    page.tile(6, 0).hover(position=page.place(6, 0, (3, 4), (11, 16)))
    assert page.framed(0, 2, (21, 32)) == [6, 6, 8, 8]
    expect(page.sentence).to_contain_text("1 × 1 kernels")


def test_click_on_a_map_opens_its_stage_at_the_cell_and_the_link_does_as_well(
    tab: Page, app_url: str
) -> None:
    page, points = open_block(tab, app_url), taps()
    page.tile(4, 2).click(position=page.place(4, 2, (6, 9), (21, 32)))
    expect(tab.get_by_text("conv2, channel 3 of 3, made of relu1")).to_be_visible()
    step = 6 * 32 + 9 + 1
    stage = StagePage(tab).wait()
    stage.expect_step(step, of=21 * 32)
    total = short(float(points[4].value[2][6, 9]))
    expect(stage.box.locator(".equation")).to_have_text(re.compile(re.escape(f"= {total}") + "$"))
    assert link_of(tab) == {
        "lang": "en", "layer": "4", "map": "3", "row": "7", "col": "10", "step": str(step)
    }  # fmt: skip
    tab.reload()
    stage = StagePage(tab).wait()
    stage.expect_step(step, of=21 * 32)
    tab.get_by_role("button", name="Back to the block").click()
    page.settle()
    page.expect_step(5, of=10)
    expect(page.tile(4, 2)).to_have_class(re.compile("held"))
    page.button("Open the stage").click()
    expect(tab.get_by_text("conv2, channel 3 of 3, made of relu1")).to_be_visible()
    StagePage(tab).wait().expect_step(step, of=21 * 32)


def test_pooling_opens_with_its_own_window_and_other_maps_are_taken_in_hand(
    tab: Page, app_url: str
) -> None:
    page = open_block(tab, app_url, block="vgg", c_out=4)
    page.tile(2, 3).click(position=page.place(2, 3, (4, 8), (21, 32)))
    page.expect_step(3, of=6)
    expect(page.sentence).to_contain_text("relu1, channel 4 of 4, row 5, column 9")
    expect(tab).to_have_url(re.compile(r"map=4&row=5&col=9.*step=3"))
    tab.reload()
    page.settle()
    expect(page.sentence).to_contain_text("relu1, channel 4 of 4, row 5, column 9")
    page.tile(5, 1).click(position=page.place(5, 1, (2, 3), (10, 16)))
    expect(tab.get_by_text("pool, channel 2 of 4, made of relu2")).to_be_visible()
    expect(StagePage(tab).wait().title("output").locator("small")).to_have_text("10 × 16")


def test_keyboard_alone_reaches_a_map_and_opens_its_stage(tab: Page, app_url: str) -> None:
    page = open_block(tab, app_url)
    page.tile(0, 0).focus()
    tab.keyboard.press("Tab")
    expect(page.tile(1, 0)).to_be_focused()
    tab.keyboard.press("ArrowDown")
    expect(page.tile(1, 1)).to_be_focused()
    expect(page.sentence).to_contain_text("conv1: channel 2 of 3")
    page.expect_step(10, of=10)  # the arrow was the map's
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("conv1, channel 2 of 3, made of input")).to_be_visible()


def test_what_is_taken_along_is_the_block_at_its_step(
    tab: Page, app_url: str, tmp_path: Path
) -> None:
    open_block(tab, app_url, step=5)
    pictures = []
    for name in ("first", "last"):
        if name == "last":
            BlockPage(tab).button("Last").click()
        with tab.expect_download() as download:
            tab.get_by_role("button", name="PNG", exact=True).click()
        download.value.save_as(tmp_path / name)
        pictures.append(Image.open(io.BytesIO((tmp_path / name).read_bytes())))
    assert pictures[0].size == pictures[1].size
    assert pictures[0].tobytes() != pictures[1].tobytes()


def test_what_is_in_hand_is_in_sight_on_a_phone(visit: Callable[..., Page], app_url: str) -> None:
    tab = visit(viewport={"width": 390, "height": 844})
    page = open_block(tab, app_url, block="bottleneck", stem=6, c_out=6)
    graph = box_of(page.box.locator(".graph"))
    for step in ("Last", "First"):
        page.button(step).click()
        held = box_of(page.box.locator(".tile.held"))
        assert graph["x"] <= held["x"]
        assert held["x"] + held["width"] <= graph["x"] + graph["width"]
    wide = tab.evaluate(
        "() => Math.max(0, ...[document.scrollingElement,"
        " document.querySelector('[data-testid=stMain]')].map(e => e.scrollWidth - e.clientWidth))"
    )
    assert wide == 0, "pixels to scroll sideways"
