"""A page with a stage under a reader's hands: what the browser tests do to it and see on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import torch
from playwright.sync_api import FloatRect, Locator, Page, expect

from cnnviz.data import datasets
from cnnviz.export.numbers import short
from cnnviz.ops import Walk
from cnnviz.ui.settings import drawing

PATH = "cross-correlation"
SIDE = 28  # of a drawing
BUTTONS = ("First", "Back", "Play", "Forward", "Last")
MOST_TERMS = 25  # that a step's sentence says

Visit = Callable[..., Page]  # the fixture `visit`
Point = tuple[float, float]
Cell = tuple[int, int]


class StagePage:
    """The stage of a page; `open_stage` opens one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".stage")
        self.live = self.box.locator(".live")
        self.slider = self.box.get_by_role("slider")
        self.speed = self.box.get_by_role("combobox")
        self.hint = self.box.locator(".hint")

    def wait(self) -> StagePage:
        """Until the stage stands and the server has nothing more to say."""
        # the first page of a server waits for torch to load, on a busy machine for long
        expect(self.live).to_have_text(re.compile(r"\S"), timeout=45_000)
        self.settle()
        return self

    def settle(self) -> None:
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )

    def rewind(self) -> StagePage:
        """As after opening: at the first step, nothing pointed at, pinned or focused."""
        self.page.mouse.move(0, 0)
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Home")
        self.expect_step(1)
        return self

    def button(self, name: str) -> Locator:
        return self.box.get_by_role("button", name=name, exact=True)

    # ---- what is on it

    def plane(self, column: str) -> Locator:
        """The plane of "input", "kernel", "output" or "lens"."""
        return self.box.locator(f".plane.{column}")

    def title(self, column: str) -> Locator:
        return self.box.locator(f".{column} h3")

    def canvas(self, column: str) -> Locator:
        return self.plane(column).locator("canvas")

    def cell(self, column: str, at: Cell) -> Locator:
        return self.plane(column).locator(f'[data-at="{at[0]},{at[1]}"]')

    def values(self, column: str) -> Locator:
        """The numbers of a plane as they are read, row by row."""
        return self.plane(column).locator("[data-at]:not(.padding) .value")

    def marked(self, column: str, mark: str) -> set[Cell]:
        """The cells that carry a mark: "window", "fed", "used", "picked", "now", "leftover"."""
        cells = self.plane(column).locator(f".{mark}")
        places = cells.evaluate_all("cells => cells.map((cell) => cell.dataset.at)")
        return {(int(row), int(col)) for row, col in (at.split(",") for at in places)}

    def picture(self, column: str) -> str:
        """All pixels of a plane, to be compared with another time's."""
        data: str = self.canvas(column).evaluate("canvas => canvas.toDataURL()")
        return data

    def expect_step(self, step: int, of: int | None = None) -> None:
        """The sentence and the slider are at this step, counted from 1."""
        count = "" if of is None else f" of {of}"
        expect(self.live).to_have_text(re.compile(rf"^Step {step}{count}\b"))
        expect(self.slider).to_have_value(str(step))

    def expect_walk(self, walk: Walk, step: int = 1) -> None:
        """The sentence is what this walk's step says, number by number."""
        expect(self.live).to_have_text(sentence(walk, step))

    # ---- what a reader does

    def type_into(self, column: str, at: Cell, text: str, end: str = "Enter") -> None:
        """Click a cell, type, and end with a key."""
        self.cell(column, at).click()
        self.page.keyboard.type(text)
        self.page.keyboard.press(end)

    def place(self, column: str, at: Point) -> tuple[float, float]:
        """Where a point of a plane of pixels, in cells, is on the screen."""
        frame = box_of(self.canvas(column))
        rows, cols = shape_of(self.title(column))
        return (
            frame["x"] + (at[1] + 0.5) * frame["width"] / cols,
            frame["y"] + (at[0] + 0.5) * frame["height"] / rows,
        )

    def point_at(self, column: str, at: Point) -> None:
        self.page.mouse.move(*self.place(column, at))

    def draw(self, *points: Point) -> None:
        """A stroke on the input through these points, in cells of the 28 × 28."""
        mouse = self.page.mouse
        self.point_at("input", points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*self.place("input", point), steps=6)
        mouse.up()

    def drawn(self) -> torch.Tensor:
        """The drawing that stands in the address, (28, 28) from 0 to 255; empty without one."""
        text = self.link().get("drawing")
        pixels = drawing_codec().read(text) if text else bytes(SIDE * SIDE)
        return torch.frombuffer(bytearray(pixels), dtype=torch.uint8).reshape(SIDE, SIDE)

    def expect_linked(self, name: str, value: str = "") -> None:
        """The address comes to hold this setting, with a value that begins so."""
        expect(self.page).to_have_url(re.compile(rf"[?&]{name}={re.escape(value)}"))

    def link(self) -> dict[str, str]:
        """What the address bar holds."""
        return dict(parse_qsl(urlsplit(self.page.url).query))

    # ---- Streamlit's controls

    def slide(self, name: str, *keys: str) -> None:
        """Keys on a slider: "Stride", "Padding on each side", "Dilation"."""
        for key in keys:
            self.page.get_by_role("group", name=name).get_by_role("slider").press(key)

    def choose(self, name: str, option: str) -> None:
        """An option of a drop-down list."""
        box = self.page.get_by_role("combobox", name=name, exact=True)
        # an open list closes when the page scrolls: so scroll first, and let it come to rest
        box.evaluate("box => box.scrollIntoView({ block: 'center' })")
        self.page.wait_for_timeout(300)
        box.click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def tap_choice(self, name: str) -> None:
        """A choice among some that all stand there."""
        radios = self.page.get_by_role("main").get_by_role("radiogroup")
        radios.get_by_text(name, exact=True).click()

    def toasts(self) -> Locator:
        return self.page.get_by_test_id("stToast")


def open_stage(page: Page, app_url: str, path: str = PATH, **link: object) -> StagePage:
    """Open a page of the app by a link with these settings."""
    page.goto(f"{app_url}/{path}?{urlencode(link)}")
    return StagePage(page).wait()


def sentence(walk: Walk, step: int = 1) -> str:
    """What the stage says of a step, counted from 1."""
    now = walk.step(step - 1)
    cells, weights = now.cells.flatten().tolist(), now.kernel.flatten().tolist()
    terms = [f"{factor(x)}·{factor(k)}" for x, k in zip(cells, weights, strict=True)]
    if len(terms) > MOST_TERMS:
        terms[MOST_TERMS:] = [f"… ({len(terms) - MOST_TERMS} more)"]
    return f"Step {step} of {len(walk)}: {' + '.join(terms)} = {short(now.total)}"


def factor(value: float) -> str:
    return f"({short(value)})" if value < 0 else short(value)


def garment(label: int = 9, nth: int = 0) -> torch.Tensor:
    """A picture of Fashion-MNIST as the page takes it, from 0 to 1."""
    return datasets.pick("fashion-mnist", label, nth).float() / 255


def drawing_codec() -> Any:
    return drawing(SIDE).metadata["codec"]


def box_of(locator: Locator) -> FloatRect:
    box = locator.bounding_box()
    assert box, f"{locator} is not on the page"
    return box


def shape_of(title: Locator) -> tuple[int, int]:
    """Rows and columns in a plane's heading."""
    numbers = re.findall(r"\d+", title.locator("small").inner_text())
    rows, cols = ([1, *map(int, numbers)])[-2:]
    return rows, cols


def frames_sent(page: Page) -> list[str | bytes]:
    """A list of every frame that the page sends to the server; call before opening a page."""
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent
