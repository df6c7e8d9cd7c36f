"""A reader trains a network: watches it, leaves, comes back, stops it, looks at it on a phone."""

import io
import re
import zipfile
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.e2e.stage_page import Visit, box_of

QUICK = {"data": "shapes", "data_options": "examples:640", "batch_size": 16, "epochs": 2}
ENDLESS = {**QUICK, "epochs": 10, "steps": 200_000}
PATIENCE = 60_000  # milliseconds: a worker has to load torch, on a machine that is busy


class TrainPage:
    """The page under a reader's hands."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.curves = page.locator(".curves").first  # the old one is leaving, perhaps
        self.main = page.get_by_role("main")

    def button(self, name: str) -> Locator:
        return self.main.get_by_role("button", name=name, exact=True)

    def wait(self) -> "TrainPage":
        """Until the browser has told who reads, and all is drawn."""
        expect(self.curves).to_be_visible(timeout=PATIENCE)
        expect(self.button("Train")).to_be_enabled(timeout=PATIENCE)
        return self

    def link(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.page.url).query))

    def train(self) -> str:
        """Press *Train*; the run's id."""
        self.button("Train").click()
        expect(self.page).to_have_url(re.compile(r"[?&]run="), timeout=PATIENCE)
        return self.link()["run"]

    def says(self, text: str | re.Pattern[str], timeout: float = PATIENCE) -> None:
        expect(self.main.get_by_text(text).first).to_be_visible(timeout=timeout)


def opened(page: Page, app_url: str, **link: object) -> TrainPage:
    page.goto(f"{app_url}/train?{urlencode(link)}")
    return TrainPage(page)


def test_training_is_watched_to_its_end_and_found_again(tab: Page, app_url: str) -> None:
    train = opened(tab, app_url, **QUICK, seed=1).wait()
    run = train.train()
    train.says("Finished.")
    train.says(re.compile("Epoch 2 of 2"))
    expect(train.button("Continue for 5 more epochs")).to_be_visible()
    rows = train.curves.get_by_text(re.compile(r"^\d+\.\d%$")).all_inner_texts()
    assert len(rows) == 2  # accuracy while training, and in the last test
    # the same link, later: the same curve, and the same numbers
    tab.reload()
    train.wait().says("Finished.")
    expect(train.curves.get_by_text(re.compile(r"^\d+\.\d%$")).first).to_be_visible()
    assert train.curves.get_by_text(re.compile(r"^\d+\.\d%$")).all_inner_texts() == rows
    # the same recipe is the same run
    again = opened(tab, app_url, **QUICK, seed=1).wait()
    assert again.train() == run
    again.says(re.compile("gives the same numbers"))


def test_run_goes_on_while_its_page_is_reloaded_changed_and_looked_at_by_others(
    tab: Page, app_url: str, visit: Visit
) -> None:
    train = opened(tab, app_url, **ENDLESS, seed=2).wait()
    run = train.train()
    train.says("Training.")
    expect(train.button("Stop")).to_be_enabled(timeout=PATIENCE)
    train.says(re.compile("images/s"))
    tab.reload()
    train.says(re.compile("images/s"))
    # a second tab of this browser is the same reader
    second = tab.context.new_page()
    other = opened(second, app_url, run=run)
    other.says(re.compile("images/s"))
    expect(other.button("Stop")).to_be_enabled(timeout=PATIENCE)
    # a control changes the recipe, and the run goes on by its own
    second.get_by_role("spinbutton", name="Batch").fill("32")
    second.keyboard.press("Enter")
    other.says(re.compile("differs from the controls"))
    expect(other.button("Stop")).to_be_enabled(timeout=PATIENCE)
    other.button("Take the run’s recipe").click()
    expect(second).to_have_url(re.compile("batch_size=16"))
    # another browser is another reader: it may look
    stranger = opened(visit(), app_url, run=run)
    stranger.says(re.compile("Somebody else began this run"))
    stranger.says(re.compile("images/s"))
    expect(stranger.button("Stop")).to_be_disabled()
    # a pause, a resume, and the end
    other.button("Pause").click()
    other.says("Paused.")
    other.button("Resume").click()
    other.says("Training.")
    other.button("Stop").click()
    other.says("Stopped.")
    train.says("Stopped.")  # the first tab hears of it
    second.close()


def test_rate_that_runs_away_is_said_with_a_smaller_one(tab: Page, app_url: str) -> None:
    link = {**QUICK, "network": "resnet-cifar", "lr": 10, "momentum": 0.999}
    train = opened(tab, app_url, **link).wait()
    train.train()
    train.says(re.compile("with a learning rate of 10"))
    train.button("Take learning rate 1").click()
    expect(tab).to_have_url(re.compile(r"[?&]lr=1&"))


def test_lesson_sets_the_page_and_undo_takes_it_back(tab: Page, app_url: str) -> None:
    train = opened(tab, app_url, panel="lesson").wait()
    tab.get_by_role("link", name="All zeros").or_(
        tab.get_by_role("link", name="Begin with every weight 0")
    ).click()
    expect(tab).to_have_url(re.compile("init=zeros"))
    train.says(re.compile("Changed: Initialisation Xavier → all zeros"))


@pytest.mark.parametrize(
    ("width", "height", "link"), [(390, 844, {}), (1920, 1080, {"view": "class"})]
)
def test_train_is_in_reach_on_a_phone_and_on_a_projector(
    width: int, height: int, link: dict[str, str], app_url: str, visit: Visit
) -> None:
    page = visit(viewport={"width": width, "height": height})
    train = opened(page, app_url, **QUICK, seed=3, **link).wait()
    place = box_of(train.button("Train"))
    assert place["y"] + place["height"] <= height
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    train.train()
    train.says("Finished.")


def own_zip() -> bytes:
    """Two classes of pictures, one of them damaged; the names are a stranger's."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, shade in (("<img src=x>", 40), ("$bright$", 220)):
            for number in range(10):
                picture = io.BytesIO()
                Image.new("RGB", (16, 16), (shade + number,) * 3).save(picture, "PNG")
                archive.writestr(f"{name}/{number}.png", picture.getvalue())
        archive.writestr("$bright$/broken.png", b"none")
    return out.getvalue()


def test_own_pictures_can_be_trained_with(tab: Page, app_url: str) -> None:
    train = TrainPage(tab)
    tab.goto(f"{app_url}/train?data=own&network=garment-conv&epochs=1&batch_size=8&panel=data")
    expect(train.curves).to_be_visible(timeout=PATIENCE)
    tab.locator("input[type=file]").set_input_files(
        {"name": "own.zip", "mimeType": "application/zip", "buffer": own_zip()}
    )
    train.says(re.compile("could not be read, and were left out: 1"))
    train.says(re.compile("<img src=x>"))  # as it is written
    train.wait().train()
    train.says("Finished.")
