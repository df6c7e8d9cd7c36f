"""A reader on the page of one, two and three dimensions: steps, edits, charts and sounds."""

import io
import re
import wave

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

from cnnviz.data.volumes import ball, moving
from cnnviz.export.numbers import short
from cnnviz.ops import Walk, Window, correlate, kernels
from tests.e2e.stage_page import StagePage, Visit, box_of, factor, open_stage, sentence

PATH = "dimensions"


def played(page: Page) -> list[tuple[int, np.ndarray]]:
    """Samples a second, and the samples, of each player on the page, as the browser gets them."""
    players = page.locator("audio")
    expect(players).to_have_count(3)
    found = []
    for player in players.all():
        answer = page.request.get(page.evaluate("player => player.src", player.element_handle()))
        assert answer.ok
        with wave.open(io.BytesIO(answer.body())) as file:
            frames = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2") / 32767
            found.append((file.getframerate(), frames))
    return found


def peak(rate: int, samples: np.ndarray) -> float:
    """The loudest frequency by NumPy's Fourier transform."""
    loud = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.fft.rfftfreq(len(samples), 1 / rate)[loud.argmax()])


def planes_sentence(walk: Walk, step: int) -> str:
    """What the stage says of a step over several channels: what each of them adds."""
    now = walk.step(step - 1)
    sums = [factor(total) for total in now.products.sum((1, 2)).tolist()]
    return f"Step {step} of {len(walk)}: {' + '.join(sums)} = {short(now.total)}"


def test_courses_signal_is_stepped_and_edited(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, PATH)
    stage.expect_walk(correlate(torch.ones(5), torch.tensor([0.25, 0.5, 0.25])))
    stage.button("Last").click()
    expect(stage.values("output")).to_have_text(["1", "1", "1"])
    stage.type_into("input", (0, 4), "5")
    expect(stage.values("output").last).to_have_text("2")
    stage.type_into("kernel", (0, 0), "0")
    expect(stage.values("output").first).to_have_text("0.75")
    stage.expect_linked("weights")
    assert stage.link()["values"] == "1 1 1 1 5"


def test_signal_has_the_whole_width_and_its_numbers_stay_numbers(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, PATH, signal="sine", cells=16, kernel_1d="central")
    expect(stage.values("input")).to_have_count(16)
    columns = [box_of(stage.plane(name)) for name in ("input", "kernel", "output")]
    above, kernel, output = columns
    assert above["y"] + above["height"] < kernel["y"]
    assert kernel["x"] + kernel["width"] < output["x"]
    stage.type_into("input", (0, 4), "2")
    stage.button("Last").click()
    expect(stage.values("output").nth(2)).to_have_text("0.5")  # (2 − 1) / 2


def test_kinds_are_switched_and_each_walks_as_torch_says(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, PATH, volume="ball", slice=3)
    laplacian = kernels.named("laplacian")
    walks = {
        "2-D: a picture": correlate(ball()[2], laplacian),
        "2-D over a volume": correlate(ball(), laplacian.expand(1, 4, -1, -1)),
        "3-D: a volume": correlate(ball(), kernels.in_space("edge")),
    }
    for label, walk in walks.items():
        stage.tap_choice(label)
        stage.settle()
        says = sentence if walk.bare else planes_sentence
        for button, step in (("First", 1), ("Last", len(walk))):
            stage.button(button).click()
            expect(stage.live).to_have_text(says(walk, step))


def test_window_goes_from_slice_to_slice(tab: Page, app_url: str) -> None:
    walk = correlate(moving(), kernels.in_space("motion"), Window((2, 1, 1), padding=(0, 1, 1)))
    stage = open_stage(tab, app_url, PATH, kind="3d", kernel_3d="motion", padding=1, step=49)
    stage.expect_walk(walk, 49)
    stage.button("Forward").click()  # from the last cell of a slice to the first of the next
    assert walk.step(48).index[0] + 1 == walk.step(49).index[0]
    stage.expect_walk(walk, 50)


def test_stride_by_keyboard_changes_the_table_of_shapes(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, PATH, cells=9, kernel_2d="mean")
    table = tab.get_by_test_id("stTable")
    expect(table.get_by_role("row").nth(1)).to_contain_text("(1, 7)")
    stage.slide("Stride", "ArrowRight")
    expect(table.get_by_role("row").nth(1)).to_contain_text("(1, 4)")
    expect(table.get_by_role("row").nth(2)).to_contain_text("(1, 2, 2)")
    expect(stage.title("output")).to_have_text("Output 4")


def test_players_play_the_tone_its_alias_and_the_alias_made_quiet(tab: Page, app_url: str) -> None:
    link = {"panel": "sound", "sound": "tone", "frequency": 5000, "every": 4}
    open_stage(tab, app_url, PATH, **link)
    sound, strided, smoothed = played(tab)
    assert [rate for rate, _ in (sound, strided, smoothed)] == [24_000, 6000, 6000]
    assert np.array_equal(strided[1], sound[1][::4])
    peaks = [peak(*each) for each in (sound, strided, smoothed)]
    assert peaks == pytest.approx([5000, 1000, 1000], abs=2)
    # cos(π · 5000 / 24000)⁸: what nine weights of Pascal's triangle let through
    assert np.ptp(smoothed[1]) / np.ptp(strided[1]) == pytest.approx(0.157, abs=0.005)
    expect(tab.get_by_text("1,000 Hz", exact=False).first).to_be_visible()
    # a browser that cannot play a file never comes to know how long it is
    for player in tab.locator("audio").all():
        expect(player).to_have_js_property("readyState", 4)
    durations = tab.locator("audio").evaluate_all("players => players.map((p) => p.duration)")
    assert durations == pytest.approx([1.5] * 3, abs=0.01)


def test_charts_follow_their_controls(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, PATH, panel="signal", noise=0.5)
    lines = tab.locator(".js-plotly-plot .scatterlayer .trace path.js-line")
    expect(lines).to_have_count(4)
    before = lines.nth(1).get_attribute("d")
    stage.choose("Smoothed by", "Mean")
    expect(lines.nth(1)).not_to_have_attribute("d", str(before))
    expect(tab.get_by_text("Smoothing leaves 33%")).to_be_visible()  # 1 / √9
    tab.get_by_role("tab", name="Sound").click()
    expect(tab.locator(".js-plotly-plot .heatmaplayer image")).to_have_count(3)


def test_lessons_link_sets_the_page(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, PATH, panel="lesson")
    tab.get_by_role("link", name="a fast sine").click()
    stage.expect_linked("stride")
    expect(stage.title("output")).to_have_text("Output 8")
    tab.get_by_role("link", name="a 1 × 1 kernel").click()
    walk = correlate(moving(), torch.tensor([1.0, 0, 0, -1]).reshape(1, 4, 1, 1))
    expect(stage.live).to_have_text(planes_sentence(walk, 1))
    stage.button("Last").click()
    totals = [short(total) for total in walk.output.flatten().tolist()]
    expect(stage.values("output")).to_have_text(totals)


@pytest.mark.parametrize("kind", ["1d", "2d", "3d", "volume"])
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1366, 768)])
def test_page_does_not_scroll_sideways(
    visit: Visit, app_url: str, kind: str, width: int, height: int
) -> None:
    page = visit(viewport={"width": width, "height": height}, locale="ko-KR")
    page.goto(f"{app_url}/{PATH}?kind={kind}")
    stage = StagePage(page).wait()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    assert box_of(stage.box)["width"] <= width
    expect(stage.live).to_have_text(re.compile("단계"))
