"""Photos: the samples, and every odd and bad picture through the upload."""

import itertools

import pytest
from playwright.sync_api import FilePayload, Page, expect

from cnnviz.data import pictures
from cnnviz.ops import Window, correlate, kernels
from cnnviz.problems import Problem
from tests.e2e.stage_page import StagePage, open_stage
from tests.pictures import CASES

SIDE = 128
OTHER_KINDS = ("picture.gif", "picture.svg", "picture.tiff")  # the file dialog refuses these
ACCEPTED = {name: blob for name, (blob, accepted) in CASES.items() if accepted}
REFUSED = {
    name: blob
    for name, (blob, accepted) in CASES.items()
    if not accepted and name not in OTHER_KINDS
}


def upload(page: Page, name: str, blob: bytes) -> None:
    file = FilePayload(name=name, mimeType="application/octet-stream", buffer=blob)
    page.locator("input[type=file]").first.set_input_files(file)


def refusal_of(blob: bytes) -> str:
    with pytest.raises(Problem) as refused:
        pictures.decode(blob)
    return str(refused.value)


def expect_picture(stage: StagePage, blob: bytes) -> None:
    """The stage shows this picture under the identity with padding 1, its middle to the letter."""
    x = pictures.plane(pictures.decode(blob), SIDE).float() / 255
    walk = correlate(x, kernels.named("identity"), Window(3, padding=1))
    expect(stage.slider).to_have_attribute("max", str(len(walk)))
    stage.slider.fill(str(len(walk) // 2 + 1))
    stage.expect_walk(walk, len(walk) // 2 + 1)


def test_sample_photos_are_bundled(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="photo", kernel="sobel-x")
    expect(stage.title("input")).to_have_text("Input 128 × 128")
    camera = stage.picture("input")
    stage.choose("Photo", "Cup of coffee")
    expect(stage.title("input")).not_to_have_text("Input 128 × 128")
    assert stage.picture("input") != camera
    tab.get_by_role("group", name="Longer side in pixels").get_by_role("slider").press("End")
    expect(stage.title("input")).to_contain_text("256")


def test_one_colour_of_a_photo_is_another_plane(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="photo", photo="coffee", side=32, kernel="identity")
    grey = stage.live.inner_text()
    stage.choose("Channel", "Red")
    stage.expect_linked("channel")
    expect(stage.live).not_to_have_text(grey)


def test_every_odd_picture_is_shown_and_every_bad_one_refused(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="photo", kernel="identity", padding=1)
    error = tab.get_by_test_id("stAlert")
    pairs = zip(ACCEPTED.items(), itertools.cycle(REFUSED.items()), strict=False)
    for (good, shown), (bad, refused) in pairs:
        upload(tab, bad, refused)
        expect(error, bad).to_have_text(refusal_of(refused))
        upload(tab, good, shown)
        expect(error, good).to_have_count(0)
        expect_picture(stage, shown)


def test_files_of_other_kinds_are_refused_and_the_photo_stays(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="photo", kernel="identity", padding=1)
    upload(tab, "plain.png", ACCEPTED["plain.png"])
    expect_picture(stage, ACCEPTED["plain.png"])
    for name in OTHER_KINDS:
        upload(tab, name, CASES[name][0])
        expect(tab.get_by_text("files are not allowed").last).to_be_visible()
    expect_picture(stage, ACCEPTED["plain.png"])


def test_what_was_done_to_a_picture_is_said(tab: Page, app_url: str) -> None:
    open_stage(tab, app_url, input="photo", kernel="identity", padding=1)
    upload(tab, "animated.webp", CASES["animated.webp"][0])
    expect(tab.get_by_text("The picture is animated: this is its first frame.")).to_be_visible()
    upload(tab, "rotated.png", CASES["rotated.png"][0])
    expect(tab.get_by_text("It was turned upright, as the camera noted.")).to_be_visible()


def test_link_to_ones_own_photo_says_that_it_carries_none(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="photo", photo="own")
    expect(tab.get_by_text("A link does not carry a photo")).to_be_visible()
    expect(stage.title("input")).to_have_text("Input 128 × 128")
