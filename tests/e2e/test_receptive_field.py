"""Receptive fields under a reader's hands: fields grow, are pointed at, chosen and taken along."""

import io
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cnnviz.components import HERE
from cnnviz.models import Layer, field_of, field_table
from cnnviz.problems import Problem
from tests.e2e.stage_page import box_of, frames_sent

PATH = "receptive-field"
Cell = tuple[int, int]


class FieldPage:
    """The page's picture; `open_field` opens it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".field")
        self.sentence = self.box.locator(".sentence")
        self.live = self.box.locator(".live")

    def settle(self) -> "FieldPage":
        """Until the server has nothing more to say and the planes have found their places."""
        expect(self.sentence).to_have_text(re.compile(r"\S"), timeout=60_000)
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state",
            "notRunning",
            timeout=60_000,  # the first chart loads Plotly
        )
        before, now = "", self.sizes()
        while now != before:
            self.page.wait_for_timeout(250)
            before, now = now, self.sizes()
        return self

    def sizes(self) -> str:
        """Where the planes stand and how large they are."""
        script = "planes => JSON.stringify(planes.map(plane => plane.getBoundingClientRect()))"
        found: str = self.box.locator("canvas").evaluate_all(script)
        return found

    def plane(self, layer: int) -> Locator:
        """The map of a layer; 0 is the input."""
        return self.box.locator(".plane").nth(layer)

    def place(self, layer: int, cell: Cell) -> tuple[float, float]:
        """Where a cell's middle is on the screen, in a stack without padding."""
        canvas = self.plane(layer).locator("canvas")
        canvas.scroll_into_view_if_needed()
        frame = box_of(canvas)
        rows, cols = map(int, self.box.locator("h3 small").nth(layer).inner_text().split(" × "))
        return (
            frame["x"] + (cell[1] + 0.5) * frame["width"] / cols,
            frame["y"] + (cell[0] + 0.5) * frame["height"] / rows,
        )

    def point_at(self, layer: int, cell: Cell) -> None:
        self.page.mouse.move(*self.place(layer, cell))

    def click(self, layer: int, cell: Cell) -> None:
        self.page.mouse.click(*self.place(layer, cell))

    def picture(self, layer: int) -> str:
        """All pixels of a plane, to be compared with another time's."""
        data: str = self.plane(layer).locator("canvas").evaluate("canvas => canvas.toDataURL()")
        return data

    def expect_field(self, sentence: str) -> None:
        """What is said, to the eye and to a screen reader."""
        expect(self.sentence).to_have_text(sentence)
        expect(self.live).to_have_text(sentence)

    def button(self, name: str) -> Locator:
        return self.box.get_by_role("button", name=name, exact=True)

    def link(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def metric(self, nth: int) -> Locator:
        return self.page.get_by_test_id("stMetricValue").nth(nth)


def open_field(page: Page, app_url: str, panel: str = "lesson", **link: object) -> FieldPage:
    """Open the page by a link; the charts take a while, so they are open only where they count."""
    page.goto(f"{app_url}/{PATH}?{urlencode({'panel': panel, **link})}")
    return FieldPage(page).settle()


def sees(who: str, cell: Cell, plane: str, rows: Cell, cols: Cell) -> str:
    """The sentence of a field in the middle of a picture; all counted from 1."""
    return (
        f"{who}: the cell in row {cell[0]}, column {cell[1]} sees {rows[1] - rows[0] + 1} × "
        f"{cols[1] - cols[0] + 1} cells of “{plane}”, rows {rows[0]} to {rows[1]}, "
        f"columns {cols[0]} to {cols[1]}."
    )


def random_stacks() -> list[tuple[list[Layer], Cell, Cell]]:
    """Stacks with strides, padding, dilation and holes: layers, picture, cell."""
    rng, found = random.Random(5), []
    while len(found) < 200:
        size = (rng.randint(1, 40), rng.randint(1, 40))
        layers = [
            Layer(
                "conv", rng.randint(1, 5), rng.randint(1, 4), rng.randint(0, 4), rng.randint(1, 3)
            )
            for _ in range(rng.randint(1, 5))
        ]
        try:
            rows, cols = field_table(layers, size)[-1].size
        except Problem:
            continue
        found.append((layers, size, (rng.randrange(rows), rng.randrange(cols))))
    return found


def test_fields_of_the_browser_are_pythons(tab: Page) -> None:
    stacks = random_stacks()
    given = [
        {
            "layers": [dict(zip("kspd", layer.axis[:4], strict=True)) for layer in layers],
            "planes": [{"rows": r.size[0], "cols": r.size[1]} for r in field_table(layers, size)],
            "look": {"layer": len(layers), "cell": cell},
        }
        for layers, size, cell in stacks
    ]
    files = [HERE / "shared/geometry.js", HERE / "field/model.js"]
    script = "\n".join(file.read_text(encoding="utf-8") for file in files)
    body = "return given.map(({ layers, planes, look }) => fieldsOf(layers, planes, look));"
    answers: list[Any] = tab.evaluate(f"(given) => {{ {script}\n {body} }}", given)
    for (layers, size, cell), answer in zip(stacks, answers, strict=True):
        expected = [
            [{**span._asdict(), "cells": list(span.cells)} for span in spans]
            for spans in field_of(layers, cell, size)
        ]
        assert answer == expected, (layers, size, cell)


def test_field_grows_backwards_step_by_step(tab: Page, app_url: str) -> None:
    field = open_field(tab, app_url)
    who, whole = "3. Conv 3 × 3", [field.picture(layer) for layer in range(4)]
    field.expect_field(sees(who, (11, 11), "Input", (11, 17), (11, 17)))
    tab.keyboard.press("Home")
    field.expect_field(f"{who}: the cell in row 11, column 11.")
    assert field.picture(3) == whole[3]  # its frame is there, the others come
    assert [field.picture(layer) == whole[layer] for layer in range(3)] == [False] * 3
    tab.keyboard.press("ArrowRight")
    field.expect_field(sees(who, (11, 11), "2. Conv 3 × 3", (11, 13), (11, 13)))
    assert [field.picture(layer) == whole[layer] for layer in range(3)] == [False, False, True]
    expect(tab).to_have_url(re.compile(r"[?&]step=2\b"))
    field.button("Play").click()
    expect(field.button("Pause")).to_be_visible()
    field.expect_field(sees(who, (11, 11), "Input", (11, 17), (11, 17)))
    expect(field.button("Play")).to_be_visible()
    assert [field.picture(layer) for layer in range(4)] == whole
    expect(tab).not_to_have_url(re.compile(r"[?&]step="))


def test_any_cell_shows_its_field_without_a_word_to_the_server(tab: Page, app_url: str) -> None:
    said = frames_sent(tab)
    field = open_field(tab, app_url, row=1, col=1)
    before, input_before = len(said), field.picture(0)
    field.point_at(2, (9, 4))
    field.expect_field(sees("2. Conv 3 × 3", (10, 5), "Input", (10, 14), (5, 9)))
    assert field.picture(0) != input_before
    field.point_at(1, (0, 25))
    field.expect_field(sees("1. Conv 3 × 3", (1, 26), "Input", (1, 3), (26, 28)))
    tab.mouse.move(2, 2)
    field.expect_field(sees("3. Conv 3 × 3", (1, 1), "Input", (1, 7), (1, 7)))
    assert field.picture(0) == input_before
    assert len(said) == before


def test_click_keeps_a_cell_and_computes_its_effective_field(tab: Page, app_url: str) -> None:
    field = open_field(tab, app_url, panel="effective")
    expect(field.metric(0)).to_have_text("7 × 7")
    field.click(2, (9, 4))
    expect(field.metric(0)).to_have_text("5 × 5")
    tab.mouse.move(2, 2)
    sentence = sees("2. Conv 3 × 3", (10, 5), "Input", (10, 14), (5, 9))
    field.expect_field(sentence)
    field.settle()
    link = field.link()
    assert (link["layer"], link["row"], link["col"]) == ("2", "10", "5")
    tab.reload()
    field.settle().expect_field(sentence)
    field.click(3, (0, 0))
    expect(field.metric(0)).to_have_text("7 × 7")
    field.button("Undo").click()
    expect(field.metric(0)).to_have_text("5 × 5")
    tab.mouse.move(2, 2)
    field.expect_field(sentence)


def test_keyboard_walks_over_a_plane_and_chooses(tab: Page, app_url: str) -> None:
    field = open_field(tab, app_url)
    field.plane(3).focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    field.expect_field(sees("3. Conv 3 × 3", (2, 2), "Input", (2, 8), (2, 8)))
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(re.compile(r"[?&]row=2&col=3\b"))
    field.settle().expect_field(sees("3. Conv 3 × 3", (2, 3), "Input", (2, 8), (3, 9)))


def test_padding_and_gaps_are_said_and_drawn(tab: Page, app_url: str) -> None:
    field = open_field(tab, app_url, stack="dilated", row=1, col=1)
    expect(field.sentence).to_contain_text("15 × 15 cells of “Input”, rows −6 to 8")
    expect(field.sentence).to_contain_text("161 of these 225 lie beyond the border")
    hatched = "canvas => canvas.getContext('2d').getImageData(3, 3, 12, 12).data.some(v => v)"
    assert field.plane(0).locator("canvas").evaluate(hatched)
    tab.keyboard.press("Home")  # nothing is framed on the input, so its margin is empty
    assert not field.plane(0).locator("canvas").evaluate(hatched)
    open_field(tab, app_url, stack="gridding")
    expect(field.sentence).to_contain_text("Only 49 of the 169 inside count")


def test_stack_is_built_by_hand(tab: Page, app_url: str) -> None:
    field = open_field(tab, app_url)
    tab.get_by_role("button", name="Add", exact=True).click()
    expect(field.box.locator("h3 b")).to_have_count(5)
    field.settle()
    tab.get_by_role("main").get_by_role("radiogroup").get_by_text("Max", exact=True).click()
    expect(field.box.locator("h3 b").nth(2)).to_have_text("2. Max 3 × 3 · p 1")
    field.settle()
    stride = tab.get_by_role("spinbutton", name="Stride s")
    stride.fill("2")
    stride.press("Enter")
    expect(field.box.locator("h3 b").nth(2)).to_have_text("2. Max 3 × 3 · s 2 · p 1")
    expect(field.sentence).to_contain_text("sees 13 × 13 cells of “Input”")
    expect(tab).to_have_url(re.compile(r"[?&]layers=c3-m3s2p1-c3-c3\b"))
    field.settle()
    tab.get_by_role("combobox", name="Stack", exact=True).click()
    tab.get_by_role("option", name="Like AlexNet").click()
    expect(field.sentence).to_contain_text("195 × 195")
    expect(field.box.locator("h3 b")).to_have_count(9)


def test_what_is_drawn_on_the_input_runs_through_the_layers(tab: Page, app_url: str) -> None:
    field = open_field(tab, app_url, input="draw", weights="uniform", row=1, col=1)
    before = field.picture(3)
    start, end = field.place(0, (12, 5)), field.place(0, (16, 22))
    tab.mouse.move(*start)
    tab.mouse.down()
    tab.mouse.move(*end, steps=8)
    tab.mouse.up()
    expect(tab).to_have_url(re.compile(r"[?&]drawing="))
    field.settle()
    tab.mouse.move(2, 2)
    assert field.picture(3) != before
    field.button("Clear the drawing").click()
    expect(tab).not_to_have_url(re.compile(r"[?&]drawing="))


def test_growth_is_taken_along_as_an_animation(tab: Page, app_url: str) -> None:
    open_field(tab, app_url, stack="lenet")
    with tab.expect_download() as started:
        tab.get_by_role("button", name="GIF", exact=True).click()
    image = Image.open(io.BytesIO(Path(started.value.path()).read_bytes()))
    assert image.n_frames == 5  # type: ignore[attr-defined]
    assert started.value.suggested_filename == "receptive-field.gif"


def test_phone_shows_every_plane_within_its_width(visit: Callable[..., Page], app_url: str) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True, locale="ko-KR")
    field = open_field(page, app_url, stack="vgg", input="photo")
    expect(field.sentence).to_contain_text("44 × 44칸")
    expect(field.box.locator(".plane")).to_have_count(11)
    for layer in range(11):
        frame = box_of(field.plane(layer))
        assert frame["x"] >= 0
        assert frame["x"] + frame["width"] <= 390
        assert frame["width"] >= 40
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    canvas = field.plane(10).locator("canvas")
    canvas.scroll_into_view_if_needed()
    frame = box_of(canvas)
    page.touchscreen.tap(frame["x"] + 0.05 * frame["width"], frame["y"] + 0.05 * frame["height"])
    expect(page).to_have_url(re.compile(r"[?&]row=1&col=1\b"))
