"""Architectures under a reader's hands: choosing, typing, mending, taking along."""

import csv
import io
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.test_network import NetworkPage, opened
from tests.e2e.test_takeaway import download


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a select box; what is typed narrows a long list, which is drawn in parts."""
    page.get_by_role("combobox", name=label).click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option, exact=True).click()


def type_in(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Enter")


def expect_typed(page: Page, label: str, text: str) -> None:
    """The field with this text, and soon no other: an old one stays until the page is through."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_have_count(1)
    expect(field).to_have_value(text)


def headline(page: Page) -> str:
    return page.get_by_role("main").get_by_text("multiply-accumulates ·").inner_text()


def test_another_network_is_chosen_and_found_again_after_a_reload(tab: Page, app_url: str) -> None:
    opened(tab, app_url, "")
    choose(tab, "Network", "ResNet-18")
    expect(tab.get_by_role("heading", name="ResNet-18", exact=True)).to_be_visible()
    assert "11,689,512 parameters" in headline(tab)
    tab.wait_for_url("**network=resnet18**")
    tab.reload()
    expect(tab.get_by_role("heading", name="ResNet-18", exact=True)).to_be_visible(timeout=45_000)


def test_what_is_typed_changes_picture_table_and_sums_and_is_undone(
    tab: Page, app_url: str
) -> None:
    network = opened(tab, app_url, "")
    type_in(tab, "Channels", "8, 32")
    expect(network.node("32×10×10")).to_be_visible()
    expect(network.line("Conv2d 32@5×5")).to_contain_text("32·(8·5·5)+32")
    tab.get_by_role("button", name="Undo").click()
    expect(network.node("16×10×10")).to_be_visible()
    network.settle()
    expect_typed(tab, "Channels", "6, 16")


def test_typing_nonsense_is_said_and_taken_back(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "")
    type_in(tab, "Dense layers", "many")
    expect(tab.get_by_text("2 × (1 … 16384)")).to_be_visible()
    network.settle()
    expect_typed(tab, "Dense layers", "120, 84")


def test_misfit_is_mended_in_one_click(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "")
    tab.get_by_text("28×28", exact=True).click()
    type_in(tab, "Input height", "32")
    expect(network.box.locator("tr.problem")).to_contain_text("576")
    tab.get_by_role("button", name="Make the dense layer for this input").click()
    expect(network.box.locator("tr.problem")).to_have_count(0)
    expect(network.line("Linear 10")).to_be_visible()


def test_own_network_grows_block_by_block(tab: Page, app_url: str) -> None:
    network = opened(tab, app_url, "network=free&options=blocks:conv8")
    choose(tab, "Next block", "Inception")
    tab.get_by_role("button", name="Add", exact=True).click()
    expect(network.node("256×28×28")).to_be_visible()
    tab.get_by_role("button", name="Remove the last").click()
    expect(network.node("256×28×28")).to_have_count(0)


def test_table_and_picture_are_taken_along(tab: Page, app_url: str, tmp_path: Path) -> None:
    opened(tab, app_url, "network=vgg-narrow")
    name, content = download(tab, "CSV")
    assert name == "architecture-vgg-narrow.csv"
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[0]["output_shape"] == "16×224×224"
    name, content = download(tab, "PNG")
    assert content.startswith(b"\x89PNG")


def test_columns_are_chosen(tab: Page, app_url: str) -> None:
    network: NetworkPage = opened(tab, app_url, "")
    tab.get_by_role("button", name="Columns").click()
    tab.get_by_role("button", name="Memory", exact=True).click()
    expect(network.box.locator("thead .col-memory")).to_be_visible()
    tab.wait_for_url("**memory**")
