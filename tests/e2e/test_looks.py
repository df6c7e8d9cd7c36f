"""How it looks: screens, languages, the classroom, light and dark, motion."""

import itertools
from contextlib import suppress
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.e2e.stage_page import StagePage, Visit, box_of, open_stage

PROJECTOR = {"width": 1920, "height": 1080}
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
INPUTS = {
    "ramp": {},
    "garment": {"input": "garment", "kernel": "sobel-x"},
    "padded": {"input": "diagonal", "kernel": "sobel-x", "padding": 1},
}
READABLE = 4.5  # WCAG 2.2 AA, 1.4.3
SIGNED = {"input": "pattern", "kernel": "emboss", "padding": 1, "step": 36}

# Every element of the stage with words of its own: its text, its colour and what lies under it.
WORDS = """
(stage) => {
  const canvas = document.createElement("canvas");
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const above = (e) => e.parentElement ?? e.getRootNode().host;
  const under = (e) => (e ? [...under(above(e)), getComputedStyle(e).backgroundColor] : []);
  const seen = (colours) => {
    for (const colour of ["white", ...colours]) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
    }
    return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  };
  const own = (e) => [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join("");
  return [...stage.querySelectorAll("*")]
    .filter((e) => own(e).trim() && e.getClientRects().length)
    .filter((e) => !e.closest(".live, option, :disabled"))
    .map((e) => ({
      text: own(e),
      colour: seen([...under(e), getComputedStyle(e).color]),
      ground: seen(under(e)),
    }));
}
"""

# What of the stage reaches out of it, or is wider than the place it has.
OVERFLOWING = """
(stage) => {
  const frame = stage.getBoundingClientRect();
  const out = (e) => {
    const box = e.getBoundingClientRect();
    return box.width && (box.left < frame.left - 1 || box.right > frame.right + 1 ||
      box.top < frame.top - 1 || box.bottom > frame.bottom + 1);
  };
  const wide = (e) => e.matches(".equation, .top, .transport") && e.scrollWidth > e.clientWidth;
  return [...stage.querySelectorAll("*")]
    .filter((e) => !e.closest(".live") && (out(e) || wide(e)))
    .map((e) => `${e.tagName} ${e.className} ${e.textContent.slice(0, 30)}`);
}
"""


SIDEWAYS = """
() => Math.max(0, ...[document.scrollingElement, document.querySelector("[data-testid=stMain]")]
    .map((e) => e.scrollWidth - e.clientWidth))
"""


class Box(NamedTuple):
    """Where a control is."""

    name: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0.5 and down > 0.5


def controls(stage: StagePage) -> list[Box]:
    """The transport's visible parts."""
    parts = stage.box.locator(".transport > :visible").all()
    boxes = [(part.evaluate("e => e.outerHTML.slice(0, 60)"), box_of(part)) for part in parts]
    return [
        Box(name, box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"])
        for name, box in boxes
    ]


def expect_tidy(stage: StagePage) -> None:
    """No scrolling sideways, nothing out of the stage's box, no control on another."""
    # once the page has come to rest: after a new size it takes some frames
    fits = f"(stage) => !({SIDEWAYS})() && !({OVERFLOWING})(stage).length"
    with suppress(TimeoutError):
        stage.page.wait_for_function(fits, arg=stage.box.element_handle(), timeout=5_000)
    assert stage.page.evaluate(SIDEWAYS) == 0, "pixels to scroll sideways"
    assert stage.box.evaluate(OVERFLOWING) == []
    for one, other in itertools.combinations(controls(stage), 2):
        assert not one.overlaps(other), (one, other)


def lowest(stage: StagePage) -> float:
    """Where the transport ends, from the top of the screen."""
    return max(control.bottom for control in controls(stage))


def luminance(colour: list[int]) -> float:
    """Relative luminance (WCAG 2.2)."""
    linear = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: list[int], ground: list[int]) -> float:
    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def background(page: Page) -> list[int]:
    style = "e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number)"
    found: list[int] = page.get_by_test_id("stApp").evaluate(style)
    return found[:3]


# ---- screens


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("shown", ["ramp", "garment"])
def test_nothing_is_cut_and_the_stage_is_seen_without_scrolling(
    tab: Page, app_url: str, shown: str, lang: str
) -> None:
    tab.set_viewport_size(LAPTOP)
    stage = open_stage(tab, app_url, lang=lang, **INPUTS[shown])
    expect_tidy(stage)
    assert lowest(stage) <= LAPTOP["height"]
    tab.set_viewport_size(PROJECTOR)
    expect_tidy(stage)
    assert lowest(stage) <= PROJECTOR["height"]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("shown", ["ramp", "garment"])
def test_nothing_is_cut_on_a_phone(tab: Page, app_url: str, shown: str, lang: str) -> None:
    tab.set_viewport_size(PHONE)
    expect_tidy(open_stage(tab, app_url, lang=lang, **INPUTS[shown]))


def test_home_page_fits_every_screen(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, path="")
    for screen in (PROJECTOR, LAPTOP, PHONE):
        tab.set_viewport_size(screen)
        expect_tidy(stage)


def test_stage_keeps_its_place_and_height_whatever_is_set(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    before = box_of(stage.box)
    stage.slide("Stride", "ArrowRight")
    expect(stage.values("output")).to_have_count(1)
    assert box_of(stage.box) == before
    stage.slide("Padding on each side", *["ArrowRight"] * 3)
    expect(stage.title("output")).to_have_text("Output 4 × 4")
    assert box_of(stage.box) == before
    stage.choose("Grid", "6 × 8 bar")
    expect(stage.title("input")).to_have_text("Input 6 × 8")
    assert box_of(stage.box) == before
    stage.tap_choice("Image")
    expect(stage.title("input")).to_have_text("Input 28 × 28")
    assert box_of(stage.box) == before


def test_stage_keeps_its_height_while_walking(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, **INPUTS["padded"])
    before = box_of(stage.box)
    for name in ("Last", "Back", "First", "Forward"):
        stage.button(name).click()
        assert box_of(stage.box) == before


# ---- languages


def test_korean_browser_opens_in_korean(visit: Visit, app_url: str) -> None:
    stage = open_stage(visit(locale="ko-KR"), app_url)
    expect(stage.live).to_have_text("4단계 중 1단계: 0·0 + 1·1 + 3·2 + 4·3 = 19")
    expect(stage.page.get_by_role("heading", level=1)).to_have_text("교차상관")
    for name in ("처음", "뒤로", "재생", "앞으로", "마지막"):
        expect(stage.button(name)).to_be_visible()


def test_browser_of_another_language_opens_in_english(visit: Visit, app_url: str) -> None:
    stage = open_stage(visit(locale="fr-FR"), app_url)
    expect(stage.page.get_by_role("heading", level=1)).to_have_text("Cross-correlation")


def test_language_is_switched_in_the_sidebar(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    language = tab.get_by_test_id("stSidebar").get_by_role("radiogroup")
    language.get_by_text("한국어").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("교차상관")
    expect(tab.get_by_test_id("stSidebar")).to_contain_text("강의실 모드")
    stage.expect_linked("lang")
    language.get_by_text("English").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("Cross-correlation")


# ---- the classroom


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_classroom_is_readable_from_the_last_row(tab: Page, app_url: str, lang: str) -> None:
    tab.set_viewport_size(PROJECTOR)
    stage = open_stage(tab, app_url, view="class", lang=lang, **INPUTS["padded"])
    stage.button({"en": "Last", "ko": "마지막"}[lang]).click()
    expect(tab.get_by_test_id("stSidebar")).to_be_hidden()
    sizes = stage.box.locator(".plane .value:visible").evaluate_all(
        "all => all.map((e) => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 28
    assert lowest(stage) <= PROJECTOR["height"]
    expect_tidy(stage)


def test_numbers_fit_their_cells_in_the_classroom(tab: Page, app_url: str) -> None:
    tab.set_viewport_size(PROJECTOR)
    stage = open_stage(tab, app_url, view="class", **SIGNED)
    assert cut(stage.box.locator(".plane .value:visible")) == []


def test_numbers_fit_their_cells_on_a_laptop(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, **SIGNED)
    stage.type_into("kernel", (0, 0), "-0.1234567")
    expect(stage.values("kernel").first).to_contain_text("−")
    stage.button("Last").click()
    assert cut(stage.box.locator(".plane .value:visible")) == []


def cut(numbers: Locator) -> list[str]:
    """The numbers that are wider than their cell."""
    found: list[str] = numbers.evaluate_all("""all => all
        .filter((e) => e.getBoundingClientRect().width > e.parentElement.clientWidth + 1)
        .map((e) => e.textContent)""")
    return found


def test_classroom_is_entered_and_left_by_its_buttons(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, step=3)
    tab.get_by_role("button", name="Classroom mode").click()
    expect(tab.get_by_test_id("stSidebar")).to_be_hidden()
    stage.expect_linked("view")
    stage.expect_step(3, of=4)
    tab.get_by_role("button", name="Settings").click()
    stage.slide("Padding on each side", "ArrowRight")
    expect(stage.title("output")).to_have_text("Output 4 × 4")
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Leave classroom mode").click()
    expect(tab.get_by_test_id("stSidebar")).to_be_visible()
    expect(stage.title("output")).to_have_text("Output 4 × 4")


# ---- light, dark, motion


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_of_the_stage_are_readable(visit: Visit, app_url: str, scheme: str) -> None:
    stage = open_stage(visit(color_scheme=scheme), app_url, **SIGNED)
    ground = luminance(background(stage.page))
    assert (ground < 0.02) if scheme == "dark" else (ground > 0.9)
    words = stage.box.evaluate(WORDS)
    assert len(words) > 100
    faint = {
        word["text"]: round(ratio, 2)
        for word in words
        if (ratio := contrast(word["colour"], word["ground"])) < READABLE
    }
    assert not faint


def test_live_picture_of_the_home_page_plays(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, path="")
    expect(stage.slider).not_to_have_value("1")


def test_live_picture_stands_still_where_less_motion_is_asked_for(
    visit: Visit, app_url: str
) -> None:
    stage = open_stage(visit(reduced_motion="reduce"), app_url, path="")
    expect(stage.button("Play")).to_be_visible()
    stage.expect_step(1)


# ---- at home


def test_nothing_is_fetched_from_elsewhere(visit: Visit, app_url: str) -> None:
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    stage = open_stage(page, app_url, path="")
    page.get_by_role("link", name="7.2 Cross-correlation").first.click()
    for name in ("PyTorch code", "All products", "Learn the kernel", "Lesson", "Shape formula"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
        stage.settle()
    elsewhere = [url for url in asked if not url.startswith((app_url, "data:", "blob:"))]
    assert asked
    assert elsewhere == []
