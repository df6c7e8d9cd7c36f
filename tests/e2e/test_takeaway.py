"""Take it along: the files that the page hands out."""

import io
import json
import re
from pathlib import Path

import pytest
import torch
from PIL import Image
from playwright.sync_api import Page, expect

from cnnviz.export.code import pytorch_code
from cnnviz.ops import Window, correlate, kernels
from tests.e2e.stage_page import StagePage, open_stage

RAMP = torch.arange(9.0).reshape(3, 3)


def download(page: Page, button: str) -> tuple[str, bytes]:
    """The file's name and content."""
    with page.expect_download() as started:
        page.get_by_role("button", name=button, exact=True).click()
    name = started.value.suggested_filename
    expect(page.get_by_text(f"Saved as {name}.")).to_be_visible()
    return name, Path(started.value.path()).read_bytes()


def colour_of(stage: StagePage, name: str) -> torch.Tensor:
    """A colour of the page's own style: red, green, blue."""
    script = "(stage, name) => getComputedStyle(stage).getPropertyValue(name)"
    found = stage.box.evaluate(script, f"--{name}").strip()
    return torch.tensor([*bytes.fromhex(found.removeprefix("#"))])


def test_png_is_a_picture_in_the_colours_of_the_page(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, step=2)
    name, content = download(tab, "PNG")
    assert name == "cross-correlation.png"
    image = Image.open(io.BytesIO(content)).convert("RGB")
    assert min(image.size) > 300
    shown = torch.tensor([colour for _, colour in image.getcolors(1 << 24) or []])
    for hue in ("orange", "green"):  # the frames of the window and of the output cell
        assert (shown - colour_of(stage, f"st-{hue}-color")).abs().amax(1).min() < 8, hue


def test_png_shows_the_step_on_view(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url)
    _, first = download(tab, "PNG")
    stage.button("Last").click()
    _, last = download(tab, "PNG")
    assert first != last


def test_gif_has_a_frame_for_each_step(tab: Page, app_url: str) -> None:
    open_stage(tab, app_url)
    name, content = download(tab, "GIF")
    assert name == "cross-correlation.gif"
    image = Image.open(io.BytesIO(content))
    assert image.n_frames == 4  # type: ignore[attr-defined]


def test_notebook_holds_the_code_and_the_way_back(tab: Page, app_url: str) -> None:
    open_stage(tab, app_url, padding=1, operation="convolution", step=3)
    name, content = download(tab, "Notebook")
    assert name == "cross-correlation.ipynb"
    cells = ["".join(cell["source"]) for cell in json.loads(content)["cells"]]
    code = pytorch_code(correlate(RAMP, kernels.named("ramp"), Window(2, padding=1), flip=True))
    assert code.strip() in cells
    assert any("assert_close" in cell for cell in cells)
    assert "padding=1" in cells[0]
    assert "step=3" in cells[0]


def test_code_on_the_page_computes_what_is_on_the_page(tab: Page, app_url: str) -> None:
    stage = open_stage(tab, app_url, input="bar", kernel="sobel-x", stride=2, padding=1)
    tab.get_by_role("tab", name="PyTorch code").click()
    code = tab.get_by_test_id("stCode").locator("code").inner_text()
    names: dict[str, torch.Tensor] = {}
    exec(code, names)
    stage.button("Last").click()
    totals = [f"{total:g}".replace("-", "−") for total in names["Y"].flatten().tolist()]
    expect(stage.values("output")).to_have_text(totals)


@pytest.mark.parametrize("button", ["PNG", "GIF"])
def test_picture_of_a_garment_is_handed_out_too(tab: Page, app_url: str, button: str) -> None:
    open_stage(tab, app_url, input="garment", kernel="sobel-x", step=100)
    _, content = download(tab, button)
    Image.open(io.BytesIO(content)).verify()


def test_window_that_does_not_fit_leaves_only_the_link(tab: Page, app_url: str) -> None:
    tab.goto(f"{app_url}/cross-correlation?kernel=sobel-x&dilation=6")
    expect(tab.get_by_text(re.compile("spans 13 cells"))).to_be_visible()
    for name in ("PNG", "GIF", "Notebook"):
        expect(tab.get_by_role("button", name=name, exact=True)).to_be_disabled()
    expect(tab.get_by_role("button", name="Copy link")).to_be_enabled()
