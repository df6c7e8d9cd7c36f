"""Between the convolutions by a reader's gestures: topics, linked planes, masks, scores, files."""

import io
import re
from urllib.parse import urlencode

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cnnviz.export.numbers import short
from cnnviz.ops import kernels
from tests.e2e.stage_page import StagePage, Visit, box_of, garment
from tests.e2e.test_takeaway import download

MAP = F.conv2d(garment()[None, None], kernels.named("sobel-x")[None, None])[0, 0]


class BetweenPage(StagePage):
    """The page, opened by a link."""

    def __init__(self, page: Page, app_url: str, **link: object) -> None:
        super().__init__(page)
        page.goto(f"{app_url}/between?{urlencode(link)}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("tab").first).to_be_visible()
        self.settle()

    def board(self, title: str) -> Locator:
        return self.page.locator(".boards figure").filter(has_text=title)

    def said(self) -> Locator:
        """The line below the linked planes."""
        return self.page.locator(".boards .said")

    def table(self) -> Locator:
        return self.page.get_by_test_id("stDataFrame")

    def line(self, start: str) -> Locator:
        return self.page.get_by_test_id("stMarkdown").filter(has_text=re.compile(f"^{start}"))


def test_cell_that_is_pointed_at_is_said_with_its_activation_and_derivative(
    tab: Page, app_url: str
) -> None:
    between = BetweenPage(tab, app_url, gain=2)
    frame = box_of(between.board("Activated").locator("canvas"))
    row, col = 12, 20
    across, down = frame["width"] / 26, frame["height"] / 26
    tab.mouse.move(frame["x"] + (col + 0.5) * across, frame["y"] + (row + 0.5) * down)
    x = 2 * MAP[row, col]
    y = torch.sigmoid(x)
    told = f"Feature map x: {short(float(x))} · Activated f(x): {short(float(y))}"
    slope = short(float(y * (1 - y)))
    expect(between.said()).to_have_text(
        f"row {row + 1}, column {col + 1} · {told} · Derivative f′(x): {slope}"
    )
    for title in ("Feature map", "Activated", "Derivative"):
        expect(between.board(title).locator("svg")).to_have_attribute("data-lit", "1")


def test_topic_changes_picture_controls_and_address(tab: Page, app_url: str) -> None:
    between = BetweenPage(tab, app_url)
    for name, slug, control in (
        ("Batch norm", "batchnorm", "Batch size"),
        ("Dropout", "dropout", "p, the share that is dropped"),
        ("Softmax", "softmax", "Temperature T"),
    ):
        between.tap_choice(name)
        between.expect_linked("topic")
        expect(tab.get_by_role("group", name=control)).to_be_visible()
        expect(tab).to_have_url(re.compile(f"topic={slug}"))
    expect(tab.locator(".boards")).to_have_count(0)
    expect(between.table()).to_be_visible()


def test_gain_slider_saturates_the_map(tab: Page, app_url: str) -> None:
    between = BetweenPage(tab, app_url)
    expect(between.line("Saturated")).to_contain_text(": 0%")
    between.slide("Gain: multiply the feature map by", "End")
    x = 20 * MAP
    flat = torch.sigmoid(x) * (1 - torch.sigmoid(x)) < 0.01
    expect(between.line("Saturated")).to_contain_text(f": {float(flat.float().mean()):.0%}")
    expect(tab).to_have_url(re.compile("gain=20"))


def test_drawing_on_the_tab_below_becomes_the_map(tab: Page, app_url: str) -> None:
    between = BetweenPage(tab, app_url)
    between.tap_choice("Draw")
    tab.get_by_role("link", name="on the tab below").click()
    between.wait()
    canvas = between.board("Feature map").locator("canvas")
    empty = canvas.evaluate("canvas => canvas.toDataURL()")
    between.canvas("input").scroll_into_view_if_needed()
    between.draw((6, 6), (20, 20))
    between.expect_linked("drawing")
    between.settle()
    assert between.drawn().any()
    assert canvas.evaluate("canvas => canvas.toDataURL()") != empty


def test_next_mask_drops_others_and_is_in_the_address(tab: Page, app_url: str) -> None:
    between = BetweenPage(tab, app_url, topic="dropout")
    numbers = between.board("Mask").locator("[data-at] .value")
    expect(numbers).to_have_count(36)
    before = numbers.all_inner_texts()
    tab.get_by_role("button", name="Next mask").click()
    expect(tab).to_have_url(re.compile("mask=2"))
    between.settle()
    kept = torch.rand(6, 6, generator=torch.Generator().manual_seed(2)) >= 0.5
    expect(numbers).to_have_text([str(int(k)) for k in kept.flatten()])
    assert numbers.all_inner_texts() != before


def test_score_that_is_typed_moves_the_bars(tab: Page, app_url: str) -> None:
    between = BetweenPage(tab, app_url, topic="softmax", logits="0 0 0")
    labels = tab.locator(".js-plotly-plot .bartext")
    expect(labels).to_have_text(["33%"] * 3)
    tab.get_by_label("Score 2", exact=True).fill("2")
    tab.get_by_label("Score 2", exact=True).press("Enter")
    shares = torch.softmax(torch.tensor([0.0, 2, 0]), 0).tolist()
    expect(labels).to_have_text([f"{short(100 * share, 2)}%" for share in shares])
    expect(between.line("Most likely")).to_contain_text("class 2: 78.7%")


def test_lesson_leads_from_topic_to_topic(tab: Page, app_url: str) -> None:
    between = BetweenPage(tab, app_url, panel="lesson", lang="ko")
    # what follows links inside the page is there once it has put the address in its own order
    expect(tab).to_have_url(re.compile(r"\?lang=ko&panel=lesson"))
    tab.get_by_role("link", name="모든 점수에 90을 더해").click()
    expect(tab).to_have_url(re.compile("topic=softmax"))
    expect(tab).to_have_url(re.compile("shift=90"))
    expect(between.table()).to_be_visible()
    tab.get_by_role("link", name="크기가 2인 배치").click()
    expect(tab).to_have_url(re.compile("batch_size=2"))
    expect(tab.get_by_role("tab", name="이동 통계량")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("topic", ["batchnorm", "softmax"])
def test_animation_is_handed_out(tab: Page, app_url: str, topic: str) -> None:
    BetweenPage(tab, app_url, topic=topic)
    name, content = download(tab, "GIF")
    assert name == f"between-{topic}.gif"
    assert Image.open(io.BytesIO(content)).n_frames > 5  # type: ignore[attr-defined]


def test_topic_is_at_hand_on_a_projector_and_on_a_phone(visit: Visit, app_url: str) -> None:
    wide = BetweenPage(visit(viewport={"width": 1920, "height": 1080}), app_url, view="class")
    wide.tap_choice("Dropout")
    expect(wide.board("Mask")).to_be_visible()
    phone = BetweenPage(visit(viewport={"width": 390, "height": 844}), app_url, topic="softmax")
    expect(phone.page.get_by_text("Batch norm", exact=True)).to_be_in_viewport()
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
