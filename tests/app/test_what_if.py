"""The page "What if", without a browser: comparisons, changes, misfits, links, files."""

import csv
import io
import json
import re
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from cnnviz.models.comparisons import COMPARISONS, compared, plan
from cnnviz.models.plan import Plan
from cnnviz.models.rows import totals
from cnnviz.ui import links
from cnnviz.ui.i18n import ASSETS
from cnnviz.ui.whatif.sides import SidesSettings, comparison_of, with_plans
from tests.app import reader
from tests.app.reader import address, click, file_of, follow, labels, mail, run, sent, toasts

PAGE = "what-if"
LESSONS = [(ASSETS / "lessons" / lang / f"{PAGE}.md").read_text("utf-8") for lang in ("en", "ko")]
LINKS = sorted({link for text in LESSONS for link in re.findall(r"\]\(\?([^)]*)\)", text)})
TABS = ("where", "lesson", "code")


def link_to(*plans: Plan) -> dict[str, str]:
    before, after = plans
    return links.write(with_plans(SidesSettings(), before, after))


def visit(name: str = "alexnet-vgg", locale: str = "en", **link: str) -> AppTest:
    return reader.visit(link_to(*COMPARISONS[name]) | link, page=PAGE, locale=locale)


def shown(app: AppTest) -> list[dict[str, Any]]:
    """Both tables as the network component was sent them."""
    data = sent(app, "network")
    assert data is not None
    before, after = data["tables"]
    return [before, after]


def marks(app: AppTest, side: int) -> list[str]:
    return [f"{line['mark']} {line['title']}" for line in shown(app)[side]["lines"] if line["mark"]]


def values(app: AppTest) -> list[str]:
    """The three large numbers."""
    return [metric.value for metric in app.metric]


def act(app: AppTest, **edit: Any) -> AppTest:
    mail(app, f"{PAGE}.networks", "edits", edit)
    return run(app)


def choose(app: AppTest, kind: str, name: str, value: Any, lang: str = "en") -> AppTest:
    control(app, kind, name, lang).set_value(value)
    return run(app)


def control(app: AppTest, kind: str, name: str, lang: str = "en") -> Any:
    return reader.control(app, kind, name, lang, page=PAGE)


def words(app: AppTest) -> str:
    return " ".join(text.value for text in app.markdown)


# ---- what is shown


def test_page_opens_with_alexnet_against_vgg() -> None:
    app = reader.visit(page=PAGE)
    assert [table["name"] for table in shown(app)] == ["Before: AlexNet", "After: VGG-16"]
    assert values(app) == ["61.1 M → 138 M", "714 M → 15.5 G", "2.31 MiB → 57.7 MiB"]
    assert [metric.delta for metric in app.metric][:2] == [
        "+77,256,704 (× 2.26)",
        "+14,756,075,840 (× 21.7)",
    ]
    assert "22 → 40 rows: **16 changed**, 1 removed, 19 added." in words(app)
    assert "**96\u00a0%** of the parameters before and **89\u00a0%** after" in words(app)
    assert address(app) == {"lang": "en"}


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_is_shown_with_its_question_in_both_languages(
    name: str, locale: str
) -> None:
    app = visit(name, locale)
    assert control(app, "selectbox", "comparison", locale).value == name
    assert app.markdown[0].value.endswith(("?", "?”", "까?"))
    here = compared(*COMPARISONS[name])
    difference = here.change("parameters").difference
    assert app.metric[0].delta.startswith(f"{difference:+,}".replace("-", "−").replace("+0", "±0"))
    for side, table in enumerate(COMPARISONS[name]):
        assert shown(app)[side]["totals"]["parameters"] == f"{totals(table.rows).parameters:,}"
    assert not toasts(app)


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("panel", TABS)
def test_every_tab_opens_in_both_languages(panel: str, locale: str) -> None:
    assert visit("modern", locale, panel=panel).tabs


def test_rows_are_marked_on_both_sides() -> None:
    app = visit("modern")
    assert marks(app, 0)[:2] == ["changed Sigmoid", "changed AvgPool2d 2, s 2"]
    assert marks(app, 1)[:2] == ["added BatchNorm2d", "changed ReLU"]


# ---- choosing and changing


def test_prepared_comparison_sets_both_sides_and_is_undone_as_one() -> None:
    app = choose(visit(), "selectbox", "comparison", "groups")
    assert address(app) == {"lang": "en", **link_to(*COMPARISONS["groups"])}
    assert "Groups: 1 → 32" in words(app)
    act(app, kind="undo")
    assert address(app) == {"lang": "en"}


def test_changed_network_starts_as_a_copy_and_says_what_was_changed() -> None:
    app = choose(visit("modern"), "button_group", "mode", "change")
    assert values(app)[0] == "61,706 → 61,706"
    assert marks(app, 0) == marks(app, 1) == []
    choose(app, "number_input", "after_lenet.kernel_size", 3)
    assert "Kernel size: 5 → 3" in words(app)
    assert address(app)["after_options"] == "kernel_size:3"
    assert values(app)[0] == f"61,706 → {sums(plan('lenet', kernel_size=3)):,}"


def sums(plan: Plan) -> int:
    return totals(plan.rows).parameters


def test_change_before_is_carried_over() -> None:
    app = choose(visit("groups"), "number_input", "before_resnet50.classes", 10)
    assert address(app)["before_options"] == "classes:10"
    assert "classes:10" in address(app)["after_options"]
    assert "groups:32" in address(app)["after_options"]
    choose(app, "number_input", "before_size.h", 96)
    assert address(app)["before_size"] == address(app)["after_size"] == "96"


def test_two_networks_are_chosen_side_by_side() -> None:
    app = choose(visit("groups"), "button_group", "mode", "two")
    assert [table["name"] for table in shown(app)] == ["Before: ResNet-50", "After: ResNet-101"]
    choose(app, "selectbox", "after_network", "densenet121")
    assert shown(app)[1]["totals"]["parameters"] == "7,978,856"
    assert control(app, "selectbox", "comparison").value == "own"
    assert app.markdown[0].value.startswith("Two networks side by side")


def test_sides_are_swapped() -> None:
    app = click(visit(), "Swap")
    assert values(app)[0] == "138 M → 61.1 M"
    assert app.metric[0].delta == "−77,256,704 (÷ 2.26)"


@pytest.mark.parametrize(
    "name", ["garment-dense", "vgg-narrow", "nin", "googlenet", "resnet-cifar", "densenet-d2l"]
)
def test_networks_of_every_family_can_be_changed(name: str) -> None:
    app = visit("modern", before_network=name, after_network=name)
    assert marks(app, 0) == marks(app, 1) == []
    choose(app, "number_input", f"after_{name}.classes", 7)
    before, after = (table["lines"][-1]["cells"]["output"] for table in shown(app))
    assert before != after == "7"
    assert marks(app, 1)


def test_blocks_of_ones_own_are_added_on_the_side_that_is_changed() -> None:
    app = visit("modern", before_network="free", after_network="free")
    app.button(key=f"{PAGE}.after_blocks.add").click()
    run(app)
    added = [mark for mark in marks(app, 1) if mark.startswith("added")]
    assert added
    assert not [mark for mark in marks(app, 0) if mark.startswith("removed")]


# ---- what does not fit


def test_first_row_that_does_not_fit_is_told_and_mended_in_one_click() -> None:
    app = visit("too-small")
    assert "After: VGG-11 (d2l 8.2), Linear (`6`) does not fit" in app.warning[0].value
    assert shown(app)[1]["lines"][-1]["problem"]
    assert "as far as both networks get" in words(app)
    assert values(app)[0] == "9.22 M → 9.22 M"
    click(app, "Make the dense layer for this input")
    assert not app.warning
    follows = Plan("vgg-d2l", (("size", (96, 96)),), (1, 96, 96))
    assert values(app)[0] == f"129 M → {sums(follows) / 1e6:.1f} M"


def test_failing_addition_leads_back_to_the_options_as_printed() -> None:
    app = visit("shortcut")
    assert "add (`5.0`)" in app.warning[0].value
    click(app, "Start from the usual options")
    assert not app.warning
    assert values(app)[0] == "11.2 M → 11.2 M"


def test_both_sides_may_fail_and_each_has_its_ways_out() -> None:
    app = visit("too-small", before_size="64", before_made_for="paper")
    assert [warning.value.partition(":")[0] for warning in app.warning] == ["Before", "After"]
    assert labels(app).count("Make the dense layer for this input") == 2


def test_options_that_do_not_go_together_take_the_tables_place() -> None:
    app = visit(after_network="vgg-d2l", after_options="convs:1.1")
    assert "convs" in app.warning[0].value
    assert sent(app, "network") is None
    click(app, "Start from the usual options")
    assert not app.warning
    assert len(shown(app)) == 2


# ---- links


@pytest.mark.parametrize("link", LINKS)
def test_every_link_of_the_lesson_leads_to_its_comparison(link: str) -> None:
    app = follow(visit("modern", row_after="3", open="9"), link)
    assert not toasts(app)
    parts = dict(part.split("=", 1) for part in link.split("&"))
    fields = {
        name: text for name, text in parts.items() if name[:6] in ("before", "after_") and text
    }
    read, rejected = links.read(SidesSettings, fields)
    assert not rejected
    name = comparison_of(read)
    assert name != "own" or parts["after_options"] == "kernel_size:3"
    assert control(app, "selectbox", "comparison").value == name
    assert "row_after" not in address(app)


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"before_network": "skynet"}, "before_network"),
        ({"after_options": "colour:red"}, "colour"),
        ({"before_options": "dropout:7"}, "dropout"),
        ({"after_size": "5000"}, "after_size"),
        ({"measure": "beauty"}, "measure"),
        ({"row_before": "-1"}, "row_before"),
    ],
)
def test_nonsense_in_a_link_is_said_and_the_rest_is_shown(link: dict[str, str], said: str) -> None:
    app = reader.visit(link, page=PAGE)
    assert said in toasts(app)
    assert len(shown(app)) == 2


def test_picked_row_and_open_blocks_stand_in_the_link_and_are_no_step_of_undo() -> None:
    app = act(visit("deeper"), kind="pick", table=1, row=7)
    act(app, kind="open", table=1, group="layer3.1", on=True)
    assert address(app)["row_after"] == "8"
    assert address(app)["open"] == "layer3.1"
    act(app, kind="pick", table=0, row=2)
    assert "row_after" not in address(app)
    assert address(app)["row_before"] == "3"
    act(app, kind="undo")
    assert address(app)["before_network"] == "resnet50"


@pytest.mark.parametrize("edit", [{"kind": "pick", "row": "x"}, {"kind": "open", "group": 3}])
def test_damaged_edit_is_refused(edit: dict[str, Any]) -> None:
    app = act(visit("modern"), **edit)
    assert toasts(app)
    assert len(shown(app)) == 2


# ---- where it comes from


@pytest.mark.parametrize("measure", ["parameters", "macs", "activation_bytes"])
def test_difference_is_told_by_parts_in_every_measure(measure: str) -> None:
    app = visit("average", panel="where")
    choose(app, "button_group", "measure", measure)
    here = compared(*COMPARISONS["average"])
    for part in ("conv", "dense", None):
        change = here.change(measure, part)
        difference = f"{change.difference:+,}".replace("-", "−") if change.difference else "±0"
        assert f"| {change.before:,} | {change.after:,} | {difference} |" in words(app)


def test_measure_without_a_difference_says_so() -> None:
    assert visit("smaller", panel="where").info[0].value.startswith("There is no difference")


# ---- take it along


def test_files_hold_both_networks() -> None:
    app = visit("modern")
    table = file_of(app, "csv", page=PAGE).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert [line["kind"] for line in lines if line["mark"] == "added"] == ["BatchNorm2d"] * 2
    picture = Image.open(io.BytesIO(file_of(app, "png", page=PAGE)))
    assert picture.height > 600
    book = json.loads(file_of(app, "notebook", page=PAGE))
    text, code = ("".join(cell["source"]) for cell in book["cells"])
    assert "LeNet-5 → LeNet-5, modern" in text
    exec(compile(code, "notebook", "exec"), {})
