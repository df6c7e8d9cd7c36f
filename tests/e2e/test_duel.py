"""A reader lets recipes fight: watches the curves, reads them off, switches, comes back."""

import re
import secrets
import time
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from cnnviz.components import HERE
from cnnviz.export.numbers import short
from cnnviz.training.duels import DUELS
from cnnviz.training.events import Epoch, Event, Finished, Point, Progress, Started, write
from cnnviz.training.service.records import Record
from cnnviz.training.service.store import Store
from tests.e2e.stage_page import Visit
from tests.e2e.test_geometry import in_browser
from tests.e2e.test_looks import SIDEWAYS

PATIENCE = 240_000  # milliseconds: real trainings, on a machine that is busy
PHONE = {"width": 390, "height": 844}
STEPS = 471  # 3 epochs of 157
LONGER = """(length) => [...document.querySelectorAll("*")].some((e) => e.shadowRoot &&
    [...e.shadowRoot.querySelectorAll(".loss .lines path")]
        .reduce((sum, path) => sum + path.getAttribute("d").length, 0) > length)"""


class DuelPage:
    """The page under a reader's hands."""

    def __init__(self, page: Page, app_url: str, **link: object) -> None:
        self.page = page
        page.goto(f"{app_url}/duel?{urlencode(link)}")
        self.main = page.get_by_role("main")
        self.curves = page.locator(".curves")
        self.panels = page.locator(".curves .panels")
        expect(self.curves).to_be_visible(timeout=60_000)
        expect(page.locator(".curves .loss svg text").first).to_be_visible(timeout=60_000)

    def link(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def switch(self, name: str) -> Locator:
        return self.curves.get_by_role("button", name=name, exact=True)

    def lines(self, panel: str) -> list[str]:
        """The paths that are drawn in a panel."""
        found = self.curves.locator(f".{panel} .lines path")
        return [str(path.get_attribute("d")) for path in found.all()]

    def values(self) -> list[str]:
        return self.curves.locator("tbody td").all_inner_texts()


def rows(side: int) -> list[Point]:
    """Made-up curves of 471 points, which the browser has to show as they are."""
    return [
        Point(step, 2.3 / (1 + step / (40 + 40 * side)), min(1.0, step / (600 - 100 * side)))
        for step in range(1, STEPS + 1)
    ]


def epochs(side: int) -> list[Epoch]:
    """A test an epoch: 60, 70, 80 % of one side, 10 points more of the other."""
    found = []
    for epoch in (1, 2, 3):
        right = 50 + 10 * epoch + 10 * side
        counts = ((right, 100 - right), (100 - right, right))
        share = right / 100
        found.append(Epoch(epoch, 157 * epoch, 1, 0.5, 1 - share, share, (share, share), counts))
    return found


@pytest.fixture(scope="module")
def trained(runs_folder: Path) -> dict[str, str]:
    """The link of a duel that is over, kept where the server finds it."""
    store, names = Store(runs_folder), []
    for i, side in enumerate(DUELS["dense"].sides("mnist", 9998)):
        run = secrets.token_urlsafe(16)
        names.append(run)
        store.write(Record(run, run, side.recipe, time.time(), "", "finished"))
        events: list[Event] = [Started(0, STEPS, 157, 1000, 10_000, 200, ("0", "1"))]
        events.append(Progress(STEPS, tuple(rows(i)), 1000.0, 0.0))
        events += [*epochs(i), Finished(STEPS, 12.0, 1000.0, ())]
        store.append(run, "".join(f"{write(event)}\n" for event in events))
    return {"duel": "dense", "data": "mnist", "seed": "9998", "runs": ",".join(names)}


def shown(side: int, step: int) -> list[str]:
    """Loss and accuracy after a step, as they are read."""
    _, loss, accuracy = rows(side)[step - 1]
    return [short(float(np.float32(loss))), f"{100 * accuracy:.1f}%"]


@pytest.fixture
def duel(tab: Page, app_url: str, trained: dict[str, str]) -> DuelPage:
    found = DuelPage(tab, app_url, **trained)
    expect(found.curves.locator(".loss .lines path").first).to_be_attached(timeout=60_000)
    return found


def test_duel_is_watched_live_and_stopped(tab: Page, app_url: str) -> None:
    seed = secrets.randbelow(9000)
    duel = DuelPage(tab, app_url, duel="init", data="mnist", seed=seed)
    start = duel.main.get_by_role("button", name="Train all", exact=True)
    expect(start).to_be_enabled(timeout=PATIENCE)
    start.click()
    expect(tab).to_have_url(re.compile("runs="), timeout=PATIENCE)
    expect(duel.curves.locator(".loss .lines path.training").first).to_be_attached(timeout=PATIENCE)
    # what a reader switches stays, whatever comes
    duel.switch("Logarithmic loss").click()
    length = len("".join(duel.lines("loss")))
    tab.wait_for_function(LONGER, arg=length, timeout=PATIENCE)
    expect(duel.switch("Logarithmic loss")).to_have_attribute("aria-pressed", "true")
    tab.reload()
    expect(duel.curves.locator(".loss .lines path.training").first).to_be_attached(timeout=PATIENCE)
    duel.main.get_by_role("button", name="Stop", exact=True).click()
    expect(start).to_be_enabled(timeout=PATIENCE)
    expect(duel.main.get_by_text("Stopped").first).to_be_visible(timeout=PATIENCE)


def test_link_of_a_duel_shows_its_curves_and_what_came_of_it(duel: DuelPage) -> None:
    expect(duel.main.get_by_text("Convolutional is ahead of Dense by")).to_be_visible(
        timeout=60_000
    )
    assert len(duel.lines("loss")) == 2 * 3  # of each side: raw, smoothed, validation
    expect(duel.main.get_by_role("button", name="Train all")).to_be_disabled()


def test_values_are_read_by_keyboard_in_both_panels_at_once(duel: DuelPage) -> None:
    latest = duel.values()
    assert latest == [*shown(0, STEPS), "0.2", "80.0%", *shown(1, STEPS), "0.1", "90.0%"]
    duel.panels.focus()
    duel.page.keyboard.press("Home")
    none = ["–", "–"]  # no test has been yet
    assert duel.values() == [*shown(0, 1), *none, *shown(1, 1), *none]
    expect(duel.curves.locator(".cursor .here")).to_have_count(2)
    expect(duel.curves.locator(".live")).to_contain_text("Dense, Training: loss")
    duel.page.keyboard.press("End")
    assert duel.values() == latest
    duel.page.keyboard.press("ArrowLeft")
    expect(duel.curves.locator(".where")).to_contain_text("step 470")
    assert duel.values() == [*shown(0, 470), "0.3", "70.0%", *shown(1, 470), "0.2", "80.0%"]
    duel.page.keyboard.press("Escape")
    expect(duel.curves.locator(".cursor .here")).to_have_count(0)
    assert duel.values() == latest


def test_pointer_reads_the_nearest_point(duel: DuelPage) -> None:
    box = duel.curves.locator(".accuracy svg").bounding_box()
    assert box
    duel.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.5 * box["height"])
    expect(duel.curves.locator(".cursor .here")).to_have_count(2)
    told = duel.curves.locator(".where").inner_text()
    epoch = float(re.findall(r"epoch ([\d.]+)", told)[0])
    assert 1.4 < epoch < 2.0
    duel.page.mouse.move(box["x"], box["y"] - 200)
    expect(duel.curves.locator(".where")).to_contain_text("Latest")


def test_switches_act_in_the_browser_alone_and_add_no_point(duel: DuelPage) -> None:
    sent: list[str] = []
    duel.page.on("websocket", lambda socket: sent.append(socket.url))
    before, values = duel.lines("loss"), duel.values()
    duel.switch("Validation").click()
    assert len(duel.lines("loss")) == len(before) - 2
    duel.switch("Validation").click()
    assert duel.lines("loss") == before
    duel.switch("Logarithmic loss").click()
    assert duel.lines("loss") != before
    assert [len(re.findall("[ML]", path)) for path in duel.lines("loss")] == [
        len(re.findall("[ML]", path)) for path in before
    ]
    slider = duel.curves.get_by_role("slider")
    slider.focus()
    duel.page.keyboard.press("Home")
    assert len(duel.lines("loss")) == len(before) - 2  # nothing is smoothed: no second curve
    assert duel.values() == values
    assert not sent


def test_duel_fits_a_phone_in_korean(visit: Visit, app_url: str, trained: dict[str, str]) -> None:
    page = visit(viewport=PHONE, locale="ko-KR", color_scheme="dark")
    link = {name: value for name, value in trained.items() if name != "lang"}
    duel = DuelPage(page, app_url, **link, lang="ko")
    expect(duel.main.get_by_text("앞섭니다")).to_be_visible(timeout=60_000)
    loss, accuracy = (
        duel.curves.locator(f".{name} svg").bounding_box() for name in ("loss", "accuracy")
    )
    assert loss
    assert accuracy
    assert accuracy["y"] > loss["y"] + loss["height"]  # one below the other
    assert page.evaluate(SIDEWAYS) == 0
    button = duel.main.get_by_role("button", name="모두 학습").bounding_box()
    assert button
    assert button["y"] + button["height"] <= PHONE["height"]  # in reach, wherever one reads


# ---- what the browser computes by itself

RUN = HERE / "curves/run.js"
AXES = HERE / "curves/axes.js"


@pytest.mark.parametrize("keep", [0.0, 0.6, 0.98])
def test_smoothing_is_the_weighted_mean_that_forgets(tab: Page, keep: float) -> None:
    losses = np.float32(np.random.default_rng(0).uniform(0, 3, 50)).tolist()
    rows = [number for step, loss in enumerate(losses) for number in (step + 1, loss, 0.5)]
    body = "return [...new Points(given.rows, 10).smoothed(LOSS, given.keep)];"
    found = in_browser(tab, RUN, body, {"rows": rows, "keep": keep})
    for i, value in enumerate(found):
        weights = [keep ** (i - j) for j in range(i + 1)]
        assert value == pytest.approx(np.average(losses[: i + 1], weights=weights))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    "losses", [[2.3, 0.4], [1e-7, 3.0], [0.0, 0.2], [5000.0], [0.0], [], [1.0, 10.0], [0.0999]]
)
def test_axis_of_losses_holds_them_all_between_round_ticks(
    tab: Page, losses: list[float], log: bool
) -> None:
    body = """
    const axis = Axis.ofLosses(given.losses, given.log);
    const shares = given.losses.map((value) => axis.share(value));
    return { low: axis.low, high: axis.high, ticks: axis.ticks(7), shares };
    """
    found = in_browser(tab, AXES, body, {"losses": losses, "log": log})
    assert 0 <= found["low"] < found["high"]
    assert all(-1e-9 <= share <= 1 + 1e-9 for share in found["shares"])
    ticks = found["ticks"]
    assert 2 <= len(ticks) <= 10
    assert ticks == sorted(set(ticks))
    assert found["low"] * (1 - 1e-6) <= ticks[0]
    assert ticks[-1] <= found["high"] * (1 + 1e-6)


def test_axis_of_losses_moves_seldom(tab: Page) -> None:
    body = """
    const ends = new Set();
    for (let i = 1; i <= 400; i++) {
      const losses = Array.from({ length: i }, (_, j) => 2.4 * Math.exp(-j / 80));
      const axis = Axis.ofLosses(losses, given);
      ends.add(`${axis.low} ${axis.high}`);
    }
    return ends.size;
    """
    assert in_browser(tab, AXES, body, False) == 1
    assert in_browser(tab, AXES, body, True) <= 8
