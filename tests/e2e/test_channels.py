"""Channels under a reader's hands: several planes, the stack, 1×1, a phone."""

import re

import torch
from playwright.sync_api import Locator, Page, expect

from cnnviz.ops import correlate
from cnnviz.ops.stacks import course_stack
from tests.e2e.stage_page import Cell, StagePage, Visit, box_of, frames_sent, open_stage
from tests.e2e.test_four_views import BoardsPage

PATH = "channels"
X = torch.arange(9.0).reshape(3, 3) + torch.arange(2.0)[:, None, None]
WALK = correlate(X, course_stack(3, 2))


def cell(page: StagePage, column: str, plane: int, at: Cell) -> Locator:
    """A cell of one of several planes."""
    return page.plane(column).nth(plane).locator(f'[data-at="{at[0]},{at[1]}"]')


def output(page: StagePage) -> list[str]:
    return page.plane("output").locator(".value").all_inner_texts()


def row(page: StagePage, channel: int) -> Locator:
    """An output channel of the drawn stack."""
    return page.page.locator(f'.kernels [data-channel="{channel}"]')


def test_course_is_stepped_channel_by_channel_and_said_with_each_planes_sum(
    tab: Page, app_url: str
) -> None:
    page = open_stage(tab, app_url, PATH)
    equation = page.box.locator(".equation")
    expect(equation).to_have_text(
        "(0·0 + 1·1 + 3·2 + 4·3) + (1·1 + 2·2 + 4·3 + 5·4) = 19 + 37 = 56"
    )
    sent = frames_sent(tab)
    page.button("Last").click()
    page.expect_step(12, of=12)
    expect(equation).to_contain_text("= 91 + 133 = 224")
    numbers = [str(int(number)) for number in WALK.output.flatten().tolist()]
    assert output(page) == numbers
    expect(row(page, 2)).to_have_class(re.compile("now"))
    assert page.plane("kernel").locator(".value").all_inner_texts() == list("23453456")
    assert not sent  # the browser does it alone


def test_row_of_the_stack_leads_the_stage_to_its_output(tab: Page, app_url: str) -> None:
    page = open_stage(tab, app_url, PATH, step=2)
    row(page, 1).get_by_role("button").click()
    page.expect_step(6)  # the same cell of the second channel
    expect(row(page, 1)).to_have_class(re.compile("now"))
    expect(row(page, 0)).not_to_have_class(re.compile("now"))
    expect(cell(page, "output", 1, (0, 1))).to_have_text("100")


def test_typed_weight_is_the_channels_on_view_even_while_another_is_pointed_at(
    tab: Page, app_url: str
) -> None:
    page = open_stage(tab, app_url, PATH)
    row(page, 2).click()
    page.expect_step(9)
    cell(page, "kernel", 1, (0, 0)).click()
    tab.keyboard.type("-5")
    cell(page, "output", 0, (0, 0)).hover()  # its kernels are on view now
    tab.keyboard.press("Enter")
    page.expect_linked("weights")
    edited = course_stack(3, 2)
    edited[2, 1, 0, 0] = -5
    tab.mouse.move(0, 0)
    page.button("Last").click()
    numbers = [
        f"{int(n)}".replace("-", "−") for n in correlate(X, edited).output.flatten().tolist()
    ]
    expect(page.plane("output").locator(".value").last).to_have_text(numbers[-1])
    assert output(page) == numbers
    expect(row(page, 2).locator(".plane").nth(1).locator(".value").first).to_have_text("−5")
    page.button("Undo").click()
    expect(row(page, 2).locator(".plane").nth(1).locator(".value").first).to_have_text("3")


def test_groups_leave_planes_of_the_stack_empty_and_the_kernels_say_what_they_read(
    tab: Page, app_url: str
) -> None:
    planes = ";".join(["1 2_3 4"] * 4)
    page = open_stage(tab, app_url, PATH, input="own", planes=planes, c_out=2, groups=2)
    assert row(page, 0).locator(".absent").count() == 2
    tags = page.box.locator(".kernel .tagged small")
    expect(tags.first).to_have_text("1")
    row(page, 1).click()
    expect(tags.first).to_have_text("3")
    expect(tags.last).to_have_text("4")
    page.box.locator(".hint").hover()
    assert [len(page.plane("input").nth(p).locator(".window").all()) for p in range(4)] == [
        0,
        0,
        4,
        4,
    ]


def test_photo_is_split_and_a_channel_more_is_chosen(tab: Page, app_url: str) -> None:
    # so high that no list has to scroll the page, which closes it again
    tab.set_viewport_size({"width": 1366, "height": 1400})
    page = open_stage(tab, app_url, PATH, kernels="random")
    page.tap_choice("Photo")
    expect(page.title("input").locator("small")).to_have_text("3 × 21 × 32")
    photo = tab.locator(".st-key-rgb-photo img")
    expect(photo).to_have_js_property("complete", True)
    page.settle()
    page.choose("Kernels", "For red, green and blue")
    expect(page.plane("output")).to_have_count(3)
    page.settle()
    names = tab.get_by_role("combobox", name="One kernel per output channel")
    names.press_sequentially("Blue only")
    names.press("Enter")
    expect(page.plane("output")).to_have_count(4)
    expect(page.box.locator(".output .tagged small").last).to_have_text("Blue only")
    page.expect_linked("names")


def test_pixel_lights_its_column_and_what_is_taken_along_stays_the_stages_step(
    tab: Page, app_url: str
) -> None:
    page = open_stage(tab, app_url, PATH, kernels="pointwise", panel="pointwise", step=5)
    boards = BoardsPage(tab)
    boards.cell(0, 1, (1, 0)).hover()
    assert boards.lit(1, 1) == {(1, 3)}
    assert boards.lit(1, 2) == {(row, 3) for row in range(3)}
    assert boards.lit(2, 0) == {(1, 0)}
    boards.cell(1, 2, (0, 4)).click()
    expect(boards.said).to_contain_text("= 0.6·4 + (−0.5)·5")
    page.expect_step(5)


def test_planes_of_a_photo_fit_a_phone(visit: Visit, app_url: str) -> None:
    tab = visit(viewport={"width": 390, "height": 844})
    page = open_stage(tab, app_url, PATH, input="photo", kernels="named")
    frame = box_of(page.box)
    planes = page.box.locator(".plane")
    expect(planes).to_have_count(12)  # red, green, blue: input, window, kernel; three outputs
    for plane in planes.all():
        box = box_of(plane)
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert box["width"] > 60
