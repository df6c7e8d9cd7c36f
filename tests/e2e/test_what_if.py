"""Two networks under a reader's hands: choosing, changing, mending, taking along."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from cnnviz.models.comparisons import COMPARISONS, compared
from tests.e2e.test_looks import SIDEWAYS
from tests.e2e.test_takeaway import download

PATH = "what-if"
Visit = Callable[..., Page]  # the fixture `visit`
TOO_SMALL = "before_network=vgg-d2l&after_network=vgg-d2l&after_size=96&after_made_for=paper"
LENETS = "before_network=lenet&after_network=lenet-modern"


class WhatIf:
    """The page; `opened` opens it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.networks = page.locator(".networks article")
        self.numbers = page.get_by_test_id("stMetricValue")
        self.before = page.locator(".st-key-side-before")
        self.after = page.locator(".st-key-side-after")

    def settle(self) -> None:
        expect(self.page.get_by_test_id("stApp")).to_have_attribute(
            "data-test-script-state", "notRunning"
        )

    def marked(self, side: int, mark: str) -> Locator:
        """The first cells of the rows that are marked so."""
        return self.networks.nth(side).locator(f"tbody tr.{mark} > th")

    def choose(self, label: str, option: str) -> None:
        """A choice from the list with this label."""
        self.page.get_by_role("combobox", name=re.compile(label)).first.click()
        self.page.get_by_role("option", name=option, exact=True).click()
        self.settle()


def opened(page: Page, app_url: str, query: str = "") -> WhatIf:
    page.goto(f"{app_url}/{PATH}?{query}")
    found = WhatIf(page)
    expect(found.networks.last.locator("tfoot")).to_be_visible(timeout=45_000)
    found.settle()
    return found


def test_prepared_comparison_is_one_choice_and_one_undo(tab: Page, app_url: str) -> None:
    page = opened(tab, app_url)
    expect(page.numbers).to_have_text(["61.1 M → 138 M", "714 M → 15.5 G", "2.31 MiB → 57.7 MiB"])
    page.choose("Comparison", "Plain → residual")
    expect(tab.get_by_text("What do shortcuts cost")).to_be_visible()
    expect(page.networks.nth(1).locator("h2")).to_have_text("After: ResNet-18 (d2l 8.6)")
    added = compared(*COMPARISONS["residual"]).change("parameters")
    total = page.networks.nth(1).locator("tfoot .col-parameters")
    expect(total).to_have_text(f"{added.after:,}")
    expect(tab).to_have_url(re.compile("before_options=shortcuts%3A0"))
    tab.get_by_role("button", name="Undo").click()
    expect(page.numbers.first).to_have_text("61.1 M → 138 M")


def test_option_of_one_network_is_changed_and_its_rows_are_marked(tab: Page, app_url: str) -> None:
    page = opened(tab, app_url, "before_network=lenet&after_network=lenet")
    for mark in ("changed", "added", "removed"):
        expect(page.marked(1, mark)).to_have_count(0)
    page.after.get_by_role("button", name="Options").click()
    tab.get_by_text("maximum", exact=True).click()
    expect(page.marked(1, "changed")).to_have_text([re.compile("MaxPool2d 2, s 2")] * 2)
    expect(page.marked(0, "changed")).to_have_text([re.compile("AvgPool2d 2, s 2")] * 2)
    expect(page.after).to_contain_text("Pooling: average → maximum")
    tab.get_by_text("Batch norm", exact=True).click()
    expect(page.marked(1, "added")).to_have_text([re.compile("BatchNorm2d")] * 2)
    expect(page.numbers.first).to_have_text("61,706 → 61,750")
    # what is changed before is carried to what was the same
    tab.keyboard.press("Escape")
    page.before.get_by_role("spinbutton", name="Input height").fill("32")
    tab.keyboard.press("Enter")
    expect(page.after.get_by_role("spinbutton", name="Input height")).to_have_value("32")
    expect(page.after.get_by_role("spinbutton", name="Input width")).to_have_value("32")


def test_row_that_does_not_fit_is_said_and_mended_with_one_click(tab: Page, app_url: str) -> None:
    page = opened(tab, app_url, TOO_SMALL)
    failed = page.networks.nth(1).locator("tr.problem")
    expect(failed).to_contain_text("expects 25088 numbers")
    expect(tab.get_by_role("alert")).to_contain_text("After: VGG-11 (d2l 8.2), Linear (6) does not")
    tab.get_by_role("button", name="Make the dense layer for this input").click()
    expect(failed).to_have_count(0)
    expect(tab.get_by_role("alert")).to_have_count(0)
    expect(page.numbers.first).to_have_text("129 M → 44.9 M")


def test_click_keeps_a_row_of_the_second_table_and_the_link_knows_it(
    tab: Page, app_url: str
) -> None:
    page = opened(tab, app_url, LENETS)
    row = page.networks.nth(1).locator("tbody tr").nth(1)
    row.click()
    expect(row).to_have_class(re.compile("chosen"))
    expect(tab).to_have_url(re.compile("row_after=2"))
    again = opened(tab, app_url, f"{LENETS}&row_after=2")
    chosen = again.networks.nth(1).locator("tbody tr.chosen")
    expect(chosen).to_have_text(re.compile("BatchNorm2d"))


def test_causes_are_told_in_the_measure_that_is_chosen(tab: Page, app_url: str) -> None:
    opened(tab, app_url, "before_network=vgg16&after_network=vgg16&after_options=head:average")
    figure = tab.locator(".js-plotly-plot").last
    expect(figure).to_contain_text("− Linear 4096 (2 ×)")
    expect(figure).to_contain_text("−119,545,856")
    tab.get_by_test_id("stButtonGroup").filter(has_text="Memory of activations").get_by_text(
        "Memory of activations"
    ).click()
    expect(figure).to_contain_text("−32,768")


def test_table_file_holds_both_networks_with_their_marks(tab: Page, app_url: str) -> None:
    opened(tab, app_url, LENETS)
    name, content = download(tab, "CSV")
    assert name == "what-if.csv"
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [line["side"] for line in lines].count("before") == 12
    assert [line["kind"] for line in lines if line["mark"] == "added"] == ["BatchNorm2d"] * 2


@pytest.mark.parametrize(
    ("width", "height", "query"),
    [(1920, 1080, ""), (1366, 768, "lang=ko"), (390, 844, LENETS), (1920, 1080, "view=class")],
)
def test_page_fits_every_screen(
    visit: Visit, app_url: str, width: int, height: int, query: str
) -> None:
    page = visit(viewport={"width": width, "height": height})
    found = opened(page, app_url, query)
    assert page.evaluate(SIDEWAYS) == 0
    for number in found.numbers.all():  # none is cut
        assert number.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
    # the question's numbers stand on the first screen, on a phone too
    box = found.numbers.first.bounding_box()
    assert box
    assert box["y"] + box["height"] < height
