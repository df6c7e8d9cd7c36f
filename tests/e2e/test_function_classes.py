"""Function classes by a reader's gestures: the star dragged and stepped, blocks edited, files."""

import io
import re
from urllib.parse import urlencode

import pytest
import torch
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from cnnviz.components import HERE
from cnnviz.export.numbers import short
from cnnviz.models.function_classes import ARRANGEMENTS, HEIGHT, WIDTH, Point
from cnnviz.models.identity import Start, one_block
from tests.e2e.stage_page import StagePage, Visit, box_of, frames_sent
from tests.e2e.test_geometry import in_browser
from tests.e2e.test_looks import SIDEWAYS
from tests.e2e.test_takeaway import download

NOTES = torch.tensor([[3.0, -1, 12, -1], [-3, 1, 0, 1], [2, -3, 0, 1], [3, -2, 4, -1]])


class ClassesPage(StagePage):
    """The page, opened by a link."""

    def __init__(self, page: Page, app_url: str, **link: object) -> None:
        super().__init__(page)
        page.goto(f"{app_url}/function-classes?{urlencode(link)}")
        expect(page.get_by_role("tab").first).to_be_visible(timeout=45_000)
        self.settle()
        self.picture = page.locator(".regions .scene svg")
        self.star = page.locator(".regions .star")

    def place(self, point: Point) -> tuple[float, float]:  # type: ignore[override]
        """Where a point of the plane is on the screen."""
        frame = box_of(self.picture)
        scale = min(frame["width"] / WIDTH, frame["height"] / HEIGHT)
        left = frame["x"] + (frame["width"] - WIDTH * scale) / 2
        top = frame["y"] + (frame["height"] - HEIGHT * scale) / 2
        return left + scale * point[0], top + scale * (HEIGHT - point[1])

    def drag(self, start: Point, end: Point) -> None:
        """Take the star and pull it, without letting go."""
        self.page.mouse.move(*self.place(start))
        self.page.mouse.down()
        self.page.mouse.move(*self.place(end), steps=5)

    def truth(self) -> Point:
        """Where the star says that it is."""
        x, y = re.findall(r"at ([\d.]+), ([\d.]+)\.", self.star.get_attribute("aria-label") or "")[
            0
        ]
        return float(x), float(y)

    def expect_distances(self, name: str, truth: Point) -> None:
        numbers = [f"{disc.distance(truth):.2f}" for disc in ARRANGEMENTS[name]]
        expect(self.page.locator(".regions .number")).to_have_text(numbers)

    def board(self, title: str) -> Locator:
        exact = re.compile(f"^{re.escape(title)}")
        return self.page.locator(".boards figure").filter(has_text=exact)


def test_nearest_points_of_the_browser_are_pythons(tab: Page) -> None:
    discs = [disc for name in ARRANGEMENTS for disc in ARRANGEMENTS[name]]
    truths = [(x / 3, y / 3) for x in range(0, 37, 2) for y in range(0, 28, 2)]
    truths += [(disc.x, disc.y) for disc in discs]
    given = {"discs": [disc._asdict() for disc in discs], "truths": truths}
    body = "return given.truths.map((t) => given.discs.map((disc) => nearest(disc, t)));"
    found = in_browser(tab, HERE / "regions/nearest.js", body, given)
    for truth, row in zip(truths, found, strict=True):
        for disc, said in zip(discs, row, strict=True):
            assert said["nearest"] == pytest.approx(disc.nearest(truth), abs=1e-12)
            assert said["distance"] == pytest.approx(disc.distance(truth), abs=1e-12)


def test_star_that_is_dragged_shows_distances_at_once_and_tells_at_the_end(
    tab: Page, app_url: str
) -> None:
    sent = frames_sent(tab)
    classes = ClassesPage(tab, app_url, arrangement="loose", x=10, y=7)
    before = len(sent)
    classes.drag((10, 7), (2, 1.5))
    held = classes.truth()
    assert held == pytest.approx((2, 1.5), abs=0.1)
    classes.expect_distances("loose", held)
    assert len(sent) == before  # nothing is asked of the server until the star is let go
    expect(tab).to_have_url(re.compile("x=10&"))
    tab.mouse.up()
    classes.expect_linked(f"x={held[0]:g}&y")
    classes.expect_distances("loose", held)
    tab.keyboard.press("Control+z")
    expect(tab).to_have_url(re.compile("x=10&"))
    classes.expect_distances("loose", (10, 7))
    tab.keyboard.press("Control+Shift+z")
    classes.expect_distances("loose", held)


def test_arrow_keys_move_the_star_and_are_told_together(tab: Page, app_url: str) -> None:
    classes = ClassesPage(tab, app_url, x=5, y=5)
    classes.star.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown"):
        tab.keyboard.press(key)
    assert classes.truth() == (5.2, 4.1)
    classes.expect_distances("nested", (5.2, 4.1))
    expect(tab).to_have_url(re.compile(r"x=5\.2&y=4\.1"))
    tab.get_by_role("button", name="Undo", exact=True).click()
    expect(tab).to_have_url(re.compile("x=5&y=5"))
    classes.expect_distances("nested", (5, 5))


def test_classes_that_are_not_nested_can_be_larger_and_farther(tab: Page, app_url: str) -> None:
    classes = ClassesPage(tab, app_url)
    said = tab.locator(".regions .said")
    expect(said).to_have_text("No class is farther from f* than the one before it.")
    classes.tap_choice("not nested")
    expect(said).to_contain_text("F₄ is larger than F₃, and yet its best function is farther")
    expect(tab.locator(".regions li.risen b")).to_have_text(["F₄", "F₅"])
    expect(tab.locator(".regions li.best b")).to_have_text("F₃")
    tab.mouse.click(*classes.place((1, 1)))
    expect(said).to_contain_text("F₂ is larger than F₁, and yet")
    expect(said).to_contain_text("The nearest class is F₆.")


def test_cell_of_the_sum_lights_the_two_that_it_comes_from(tab: Page, app_url: str) -> None:
    classes = ClassesPage(tab, app_url, topic="identity")
    planes = one_block(NOTES, Start())
    classes.board("x + g(x)").locator('[data-at="1,2"]').hover()
    for title in ("x4", "g(x)", "x + g(x)", "ReLU(x + g(x))"):
        expect(classes.board(title).first.locator("svg").first).to_have_attribute("data-lit", "1")
    told = tab.locator(".boards .said")
    expect(told).to_contain_text(f"g(x): {short(float(planes.g[1, 2]))}")
    expect(told).to_contain_text(f"x + g(x): {short(float(planes.sum[1, 2]))}")


def test_input_that_is_typed_comes_out_of_the_residual_block(tab: Page, app_url: str) -> None:
    classes = ClassesPage(tab, app_url, topic="identity", last="none", start="zero")
    cell = classes.board("x4").first.locator('[data-at="0,0"]')
    cell.click()
    tab.keyboard.type("-8")
    tab.keyboard.press("Enter")
    classes.expect_linked("cells")
    expect(classes.board("x + g(x)").locator('[data-at="0,0"] .value')).to_have_text("−8")
    expect(tab.get_by_text("It is the identity.")).to_be_visible()


def test_lesson_leads_from_topic_to_topic(tab: Page, app_url: str) -> None:
    ClassesPage(tab, app_url, panel="lesson", lang="ko")
    tab.get_by_role("link", name="세 조각").click()
    expect(tab).to_have_url(re.compile("topic=fits"))
    expect(tab.locator(".js-plotly-plot")).to_have_count(2)
    tab.get_by_role("link", name="배치 정규화가 없는 블록 30개").click()
    expect(tab).to_have_url(re.compile("depth=30"))
    expect(tab.get_by_text("일반 블록 30개")).to_be_visible()


@pytest.mark.parametrize("topic", ["regions", "depth"])
def test_animation_is_handed_out(tab: Page, app_url: str, topic: str) -> None:
    ClassesPage(tab, app_url, topic=topic, depth=6)
    name, content = download(tab, "GIF")
    assert name == f"function-classes-{topic}.gif"
    assert Image.open(io.BytesIO(content)).n_frames == 6  # type: ignore[attr-defined]


def test_every_topic_fits_a_phone_and_a_finger_drags_the_star(visit: Visit, app_url: str) -> None:
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    classes = ClassesPage(page, app_url, x=6, y=4)
    for name in ("Real functions", "One block", "Many blocks", "Classes as regions"):
        classes.tap_choice(name)
        classes.settle()
        assert page.evaluate(SIDEWAYS) == 0, name
    classes.picture.scroll_into_view_if_needed()
    page.touchscreen.tap(*classes.place((9, 6)))
    expect(page).not_to_have_url(re.compile("x=6&"))
    assert classes.truth() == pytest.approx((9, 6), abs=0.1)
