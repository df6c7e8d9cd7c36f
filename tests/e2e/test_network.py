"""A network under a reader's hands: diagram, table and bars light each other up, blocks open."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from cnnviz.models.registry import table

PATH = "architecture"
Visit = Callable[..., Page]  # the fixture `visit`


class NetworkPage:
    """The network of a page; `opened` opens one."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.box = page.locator(".networks")
        self.said = self.box.locator(".said")
        self.frames = self.box.locator(".frame")

    def line(self, name: str) -> Locator:
        """The table's line that begins so."""
        heads = self.page.get_by_role("rowheader", name=re.compile(rf"^\W*{re.escape(name)}"))
        return self.box.locator("tbody tr").filter(has=heads).first

    def node(self, label: str, nth: int = 0) -> Locator:
        """The diagram's node with this shape below it, or this title above it."""
        return self.box.locator(".node").filter(has_text=label).nth(nth)

    def expect_lit(self, lines: list[str], label: str, how: str = "lit") -> None:
        """These lines and this one node."""
        lit = self.box.locator(f"tbody tr.{how} > th")
        expect(lit).to_have_text([re.compile(rf"^\W*{re.escape(name)}") for name in lines])
        node = self.box.locator(f".node.{how}")
        expect(node).to_have_count(1)
        expect(node).to_contain_text(label)

    def settle(self) -> None:
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )


def opened(page: Page, app_url: str, query: str) -> NetworkPage:
    page.goto(f"{app_url}/{PATH}?{query}")
    found = NetworkPage(page)
    expect(found.box.locator(".node.input")).to_be_visible(timeout=45_000)
    found.settle()
    return found


def box_of(element: Locator) -> FloatRect:
    box = element.bounding_box()
    assert box
    return box


def lines_of(element: Locator, column: str) -> list[str]:
    return element.locator(f"tbody tr.row > .col-{column}").all_text_contents()


def test_pointing_lights_a_layer_in_diagram_table_and_bars(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "network=lenet")
    network.line("Conv2d 16@5×5").hover()
    network.expect_lit(["Conv2d 16@5×5"], "16×10×10")
    expect(network.box.locator(".bar.lit")).to_have_count(3)
    expect(network.said).to_have_text(re.compile(r"^Conv2d 16@5×5: 58\s% of the work with 4\s% "))

    network.node("6×28×28").hover()
    network.expect_lit(["Conv2d 6@5×5, p 2", "Sigmoid"], "6×28×28")
    expect(network.said).to_contain_text("Conv2d 6@5×5")

    network.box.locator(".cost").first.locator(".bar.dense").first.hover()
    network.expect_lit(["Linear 120"], "120")

    tab.mouse.move(2, 2)
    expect(network.box.locator(".lit")).to_have_count(0)


def test_table_says_the_cores_numbers(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "network=lenet")
    rows = table("lenet", (), (1, 28, 28))
    said = [f"{row.parameters:,}" if row.parameters else "–" for row in rows]
    assert lines_of(network.box, "parameters") == said
    assert lines_of(network.box, "output") == ["×".join(map(str, row.output_shape)) for row in rows]
    total = network.box.locator("tfoot .col-parameters")
    expect(total).to_have_text("61,706")


def test_click_keeps_a_layer_until_it_is_let_go(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "network=lenet")
    network.node("16×5×5").click()
    tab.mouse.move(2, 2)
    network.settle()
    network.expect_lit(["AvgPool2d 2, s 2"], "16×5×5", "chosen")
    expect(network.said).to_contain_text("no weights")
    network.line("Linear 84").hover()
    expect(network.said).to_contain_text("Linear 84")
    tab.mouse.move(2, 2)
    expect(network.said).to_contain_text("AvgPool2d")
    tab.keyboard.press("Escape")
    expect(network.box.locator(".chosen")).to_have_count(0)


def test_block_opens_in_table_and_diagram_and_folds_again(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "network=resnet50")
    total = network.box.locator("tfoot .col-parameters").text_content()
    block = network.line("Bottleneck layer1.1 × 2")
    expect(block).to_have_css("display", "table-row")
    expect(block).to_have_attribute("aria-expanded", "false")
    expect(network.frames).to_have_count(0)
    block.click()
    expect(block).to_have_attribute("aria-expanded", "true")
    expect(network.frames).to_have_count(1)
    expect(network.box.locator("tr.copy > th")).to_have_text(["layer1.1", "layer1.2"])
    expect(network.box.locator(".edge.shortcut")).to_have_count(1)
    expect(network.box.locator("tfoot .col-parameters")).to_have_text(total or "")

    network.box.locator("tr.inside.row.conv").first.hover()
    expect(network.box.locator(".node.lit")).to_have_count(1)
    network.frames.locator(".title").click()
    expect(network.frames).to_have_count(0)
    expect(network.box.locator("tr.inside")).to_have_count(0)

    network.node("layer1.0").click()
    expect(network.frames).to_have_count(1)
    expect(network.line("Bottleneck layer1.0")).to_have_attribute("aria-expanded", "true")


def test_opened_block_comes_into_view(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "network=googlenet")
    network.line("Inception inception4c").click()
    expect(network.frames).to_have_count(1)
    picture, frame = box_of(network.box.locator(".picture")), box_of(network.frames)
    assert picture["x"] <= frame["x"]
    assert frame["x"] + frame["width"] <= picture["x"] + picture["width"]


def test_keyboard_walks_the_table_opens_a_block_and_keeps_its_place(
    tab: Page, app_url: str
) -> None:
    network = opened(tab, app_url, "network=resnet18")
    network.box.locator("tbody tr > th").first.focus()
    for _ in range(4):
        tab.keyboard.press("ArrowDown")
    block = network.line("Residual layer1.0 × 2")
    expect(block.locator("th")).to_be_focused()
    expect(network.node("layer1.0")).to_have_class(re.compile(r"\blit\b"))
    tab.keyboard.press("Enter")
    expect(block).to_have_attribute("aria-expanded", "true")
    expect(block.locator("th")).to_be_focused()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowRight")
    expect(network.box.locator("tr.inside.row.conv").first.locator("td").first).to_be_focused()
    tab.keyboard.press(" ")
    expect(network.box.locator("tbody tr.chosen > th")).to_contain_text("Conv2d 64@3×3")
    tab.keyboard.press("End")
    expect(network.line("Linear 1000").locator("td").first).to_be_focused()


def test_phone_scrolls_the_table_and_the_diagram_but_not_the_page(
    visit: Visit, app_url: str
) -> None:
    page = visit(viewport={"width": 390, "height": 844})
    network = opened(page, app_url, "network=resnet18")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    name = network.box.locator("tbody tr > th").first
    number = network.box.locator("tbody tr > .col-parameters").first
    before = [box_of(cell)["x"] for cell in (name, number)]
    network.box.locator(".sheet").evaluate("box => { box.scrollLeft = 120; }")
    assert box_of(name)["x"] == pytest.approx(before[0], abs=1)
    assert box_of(number)["x"] == pytest.approx(before[1] - 120, abs=1)
    picture = network.box.locator(".picture")
    assert picture.evaluate("box => box.scrollWidth > box.clientWidth")
    network.line("Linear 1000").click()
    node, around = (box_of(e) for e in (network.box.locator(".node.chosen"), picture))
    assert around["x"] <= node["x"]
    assert node["x"] + node["width"] <= around["x"] + around["width"]


def test_layer_that_does_not_fit_ends_table_and_diagram_in_red(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "network=alexnet&size=40")
    line = network.box.locator("tbody tr").last
    expect(line).to_have_class(re.compile(r"\bproblem\b"))
    expect(line.locator(".sentence")).to_have_text(re.compile(r"3×3.*1×1.*larger"))
    expect(network.box.locator(".node").last).to_have_class(re.compile(r"\bfailed\b"))
    expect(network.box.locator(".edge.failed")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_their_meaning_in_both_themes(visit: Visit, app_url: str, scheme: str) -> None:
    network = opened(visit(color_scheme=scheme), app_url, "network=lenet")
    inks: dict[str, Any] = {
        role: network.box.locator(f".node.{role} .shape").first.evaluate(
            "shape => getComputedStyle(shape).stroke"
        )
        for role in ("input", "conv", "spatial", "dense")
    }
    light = {"input": (47, 111, 222), "conv": (217, 119, 6), "spatial": (11, 143, 106)}
    dark = {"input": (122, 169, 255), "conv": (242, 162, 74), "spatial": (63, 207, 158)}
    for role, ink in (light if scheme == "light" else dark).items():
        assert inks[role] == f"rgb{ink}"
    assert len(set(inks.values())) == 4
