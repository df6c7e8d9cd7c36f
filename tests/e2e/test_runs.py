"""One's runs by a reader's gestures: trained, compared, shared, taken along, brought back."""

import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from safetensors.torch import load

from cnnviz.training.recipe import Recipe
from cnnviz.training.weights import recipe_of

SHORT = "data=shapes&data_options=examples:64&network=lenet-modern&options=channels:2.3;hidden:8.8"
LONG = 120_000  # milliseconds that a short training may take beside others


@pytest.fixture(scope="module")
def reader(browser: Browser, app_url: str) -> Iterator[BrowserContext]:
    """A reader who has trained one recipe with two seeds."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768},
        locale="en-US",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    for seed in (0, 1):
        page.goto(f"{app_url}/train?{SHORT}&epochs=1&seed={seed}")
        page.get_by_role("button", name="Train", exact=True).click()
        expect(page.get_by_text(re.compile("took "))).to_be_visible(timeout=LONG)
    page.close()
    yield context
    context.close()


@pytest.fixture
def page(reader: BrowserContext, app_url: str) -> Iterator[Page]:
    page = reader.new_page()
    page.goto(f"{app_url}/runs")
    expect(rows(page)).to_have_count(2, timeout=LONG)
    yield page
    page.close()


def rows(page: Page) -> Locator:
    return page.get_by_role("checkbox", name=re.compile("LeNet|Mine"))


def tick(page: Page, nth: int) -> None:
    rows(page).nth(nth).locator("xpath=ancestor::label").click()


def download(page: Page, button: str) -> tuple[str, bytes]:
    with page.expect_download() as started:
        page.get_by_role("button", name=button, exact=True).first.click()
    name = started.value.suggested_filename
    expect(page.get_by_text(f"Saved as {name}.")).to_be_visible()
    return name, Path(started.value.path()).read_bytes()


def bring(page: Page, name: str, blob: bytes) -> None:
    page.get_by_role("tab", name="Own weights").click()
    page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": blob}
    )


def test_two_seeds_are_laid_over_each_other_and_differ_by_chance(page: Page) -> None:
    expect(page.get_by_text("One run.")).to_be_visible()
    tick(page, 1)
    expect(page.get_by_text("differs: what lies between these runs")).to_be_visible()
    expect(page.locator(".run-compared th[scope=col]")).to_have_count(2)
    expect(page.locator(".run-compared tr.differs")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"compare=[\w-]{22}%2C[\w-]{22}"))
    page.reload()
    expect(page.locator(".run-compared th[scope=col]")).to_have_count(2)


def test_name_is_kept_and_shown_everywhere_as_it_was_typed(page: Page) -> None:
    page.get_by_role("button", name="Change").first.click()
    field = page.get_by_label("Name", exact=True)
    field.fill("Mine <b>*1*</b>")
    field.press("Enter")
    field.press("Escape")
    name = "Mine <b>*1*</b>"
    listed = page.locator("[data-testid=stCheckbox]").get_by_text(name, exact=True)
    expect(listed).to_be_visible()
    expect(page.locator(".run-compared th[scope=col]").first).to_have_text(name)
    page.reload()
    expect(listed).to_be_visible()


def test_copied_link_lets_others_watch_and_nothing_else(
    page: Page, browser: Browser, app_url: str
) -> None:
    page.get_by_role("button", name="Copy link").first.click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(app_url) + r"/train\?run=[\w-]{22}", link)
    other = browser.new_context(locale="en-US").new_page()
    other.goto(link)
    expect(other.get_by_text("Somebody else began this run")).to_be_visible(timeout=LONG)
    expect(other.get_by_text(re.compile("took "))).to_be_visible()
    expect(other.get_by_role("button", name="Stop")).to_be_disabled()


def test_weights_go_out_and_come_back_with_the_same_accuracy(page: Page) -> None:
    name, blob = download(page, "Weights")
    assert name.endswith(".safetensors")
    assert load(blob)
    assert isinstance(recipe_of(blob), Recipe)
    shown = page.locator(".run-compared tr.result td").first.inner_text()
    bring(page, name, blob)
    fits = page.get_by_text("by the recipe in the file")
    expect(fits).to_be_visible()
    expect(fits).to_contain_text(f"accuracy {shown}")


def test_pickle_is_refused_with_its_reason(page: Page) -> None:
    bring(page, "net.pt", pickle.dumps({"weight": [0.0] * 9}))
    expect(page.get_by_text("opening a pickle can run any program")).to_be_visible()


def test_script_that_is_handed_out_repeats_the_run(page: Page) -> None:
    name, blob = download(page, "Python script")
    assert name.endswith(".py")
    names: dict[str, object] = {"__name__": "script"}
    exec(compile(blob, name, "exec"), names)
    (found,) = names["tests"]  # type: ignore[misc]
    shown = page.locator(".run-compared tr.result td").first.inner_text()
    assert f"{found[1]:.1%}" == shown


def test_phone_shows_list_and_curves_without_scrolling_sideways(
    reader: BrowserContext, app_url: str
) -> None:
    page = reader.new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{app_url}/runs?lang=ko")
    expect(page.get_by_role("heading", name="실행 목록")).to_be_visible()
    expect(page.locator(".run-facts").nth(2)).to_contain_text("완료")
    expect(page.get_by_text("실행이 하나입니다.")).to_be_visible()
    main = page.locator("[data-testid=stMain]")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    page.close()
