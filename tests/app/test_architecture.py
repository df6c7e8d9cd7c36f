"""The page of architectures, without a browser: links, options, blocks, misfits, files."""

import csv
import io
import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.models.registry import catalogue, network, table
from cnnviz.models.rows import totals
from cnnviz.ui.i18n import ASSETS
from tests.app import reader
from tests.app.reader import address, click, file_of, follow, labels, mail, run, sent, toasts

PAGE = "architecture"
LESSONS = [(ASSETS / "lessons" / lang / f"{PAGE}.md").read_text("utf-8") for lang in ("en", "ko")]
LINKS = sorted({link for text in LESSONS for link in re.findall(r"\]\(\?([^)]*)\)", text)})


def visit(locale: str = "en", **link: str) -> AppTest:
    return reader.visit(link, page=PAGE, locale=locale)


def shown(app: AppTest) -> dict[str, Any]:
    """What the network component was sent; there has to be one, and it shows one network."""
    data = sent(app, "network")
    assert data is not None
    (found,) = data["tables"]
    return dict(found)


def lines(app: AppTest) -> list[str]:
    return [line["title"] for line in shown(app)["lines"]]


def act(app: AppTest, **edit: Any) -> AppTest:
    mail(app, f"{PAGE}.network", "edits", edit)
    return run(app)


def control(app: AppTest, kind: str, name: str, lang: str = "en") -> Any:
    return reader.control(app, kind, name, lang, page=PAGE)


# ---- what is shown


def test_page_opens_with_the_courses_lenet() -> None:
    app = visit()
    assert app.title[0].value == "LeNet-5"
    assert "61,706 parameters · 416,520 multiply-accumulates · 0.83 MFLOPs" in app.markdown[0].value
    assert lines(app)[:3] == ["Conv2d 6@5×5, p 2", "Sigmoid", "AvgPool2d 2, s 2"]


@pytest.mark.parametrize("name", catalogue())
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_every_network_is_shown_in_both_languages(name: str, locale: str) -> None:
    app = visit(locale, network=name)
    sums = totals(table(name, (), network(name).input_shape))
    assert f"{sums.parameters:,}" in app.markdown[0].value
    assert not toasts(app)


def test_options_of_a_link_are_those_of_the_network() -> None:
    app = visit(network="lenet", options="activation:relu;channels:8.20;hidden:64.32")
    assert lines(app)[:2] == ["Conv2d 8@5×5, p 2", "ReLU"]
    assert lines(app)[-1] == "Linear 10"
    assert not toasts(app)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("colour:red", "one of c_in, classes, activation"),
        ("activation:step", "one of sigmoid, relu, tanh"),
        ("channels:6", "2 × (1 … 1024)"),
        ("hidden:0.84", "2 × (1 … 16384)"),
        ("kernel_size:99999999999999999999", "1 … 11"),
    ],
)
def test_option_that_the_network_does_not_take_is_said_and_forgotten(
    options: str, said: str
) -> None:
    app = visit(network="lenet", options=f"{options};classes:7")
    assert said in toasts(app)
    assert address(app)["options"] == "classes:7"
    assert lines(app)[-1] == "Linear 7"


@pytest.mark.parametrize("options", ["x", "a:1;a:2", ":1", ";".join(f"a{i}:1" for i in range(17))])
def test_options_that_are_none_are_refused_whole(options: str) -> None:
    app = visit(options=options)
    assert "hidden:64" in toasts(app)
    assert lines(app)[0] == "Conv2d 6@5×5, p 2"


# ---- changing it


def test_another_network_starts_with_its_own_options_and_input() -> None:
    app = visit(network="lenet", options="classes:7", size="32")
    control(app, "selectbox", "network").set_value("resnet18")
    run(app)
    assert address(app).keys() >= {"network"}
    assert not {"options", "size"} & address(app).keys()
    assert "11,689,512" in app.markdown[0].value


def test_dense_layer_follows_the_input_unless_it_is_kept_as_printed() -> None:
    app = visit(size="32")
    assert "Linear 120" in lines(app)
    assert shown(app)["lines"][-1]["problem"] == ""
    control(app, "button_group", "made_for").set_value("paper")
    run(app)
    assert "400" in shown(app)["lines"][-1]["problem"]
    assert "576" in app.warning[0].value


def test_misfit_has_a_way_out_in_one_click() -> None:
    app = visit(size="32", made_for="paper")
    assert {"Make the dense layer for this input", "Back to the usual input"} <= set(labels(app))
    click(app, "Make the dense layer for this input")
    assert not app.warning
    assert address(app)["size"] == "32"


def test_list_of_numbers_is_typed() -> None:
    app = visit()
    control(app, "text_input", "lenet.hidden").set_value("200, 100")
    run(app)
    assert address(app)["options"] == "hidden:200.100"
    assert "Linear 200" in lines(app)


@pytest.mark.parametrize("text", ["200", "200, x", "", "0, 84", "1, 2, 3"])
def test_list_that_does_not_fit_is_said_and_taken_back(text: str) -> None:
    app = visit()
    control(app, "text_input", "lenet.hidden").set_value(text)
    run(app)
    assert "2 × (1 … 16384)" in toasts(app)
    assert control(app, "text_input", "lenet.hidden").value == "120, 84"
    assert "options" not in address(app)


def test_another_number_of_stages_brings_as_many_channels() -> None:
    app = visit(network="vgg-d2l")
    control(app, "text_input", "vgg-d2l.convs").set_value("1, 1, 2")
    run(app)
    assert control(app, "text_input", "vgg-d2l.channels").value == "64, 128, 256"
    assert shown(app)["lines"][3]["cells"]["output"] == f"{256 * 28 * 28}"
    click_undo(app)
    assert control(app, "text_input", "vgg-d2l.channels").value == "64, 128, 256, 512, 512"


def click_undo(app: AppTest) -> None:
    act(app, kind="undo")


def test_blocks_of_ones_own_are_added_and_taken_away() -> None:
    app = visit(network="free", options="blocks:conv8-max2")
    app.selectbox(key=f"{PAGE}.blocks.word").set_value("residual")
    click(app, "Add")
    assert address(app)["options"] == "blocks:conv8-max2-residual"
    click(app, "Remove the last")
    click(app, "Remove the last")
    assert address(app)["options"] == "blocks:conv8"
    assert any(b.label == "Remove the last" and b.disabled for b in app.button)


def test_block_that_does_not_exist_is_said() -> None:
    app = visit(network="free")
    control(app, "text_input", "blocks").set_value("conv8-soup")
    run(app)
    assert "`soup` is no block" in toasts(app)
    assert "options" not in address(app)


def test_blocks_that_do_not_go_together_are_refused_with_a_way_back() -> None:
    app = visit(network="free", options="blocks:linear20-conv8")
    assert sent(app, "network") is None
    assert "no rows and columns left" in app.warning[0].value
    click(app, "Start from the usual options")
    assert sent(app, "network") is not None


def test_size_that_the_dense_layer_is_made_for_is_no_option_of_a_link() -> None:
    app = visit(options="size:10.10")
    assert "size" in toasts(app)
    assert "options" not in address(app)
    assert "Linear 10" in lines(app)


@pytest.mark.parametrize(
    "link",
    [
        {"network": "resnet-d2l", "options": "use_1x1conv:0"},
        {"network": "vgg-d2l", "options": "convs:1.1.1.1.1.1.1.1;channels:8.8.8.8.8.8.8.8"},
        {"network": "lenet", "size": "4"},
        {"network": "alexnet", "size": "1", "options": "head:average"},
    ],
)
def test_misfit_of_a_link_has_a_way_out_that_fits(link: dict[str, str]) -> None:
    app = visit(**link)
    assert app.warning
    out = [button for button in app.button if (button.key or "").startswith(f"{PAGE}.misfit")]
    assert out
    out[0].click()
    assert not run(app).warning


def test_another_network_has_no_row_and_block_of_the_one_before() -> None:
    app = visit(network="resnet18", row="12", open="layer1.0")
    control(app, "selectbox", "network").set_value("lenet")
    assert address(run(app)) == {"lang": "en"}


def test_changed_network_is_called_so() -> None:
    assert visit(network="resnet-cifar", options="n:18").title[0].value.endswith(", changed")
    assert visit("ko", options="activation:relu").title[0].value == "LeNet-5, 변경됨"
    assert visit(options="classes:7").title[0].value == "LeNet-5"


# ---- rows and blocks


def test_block_is_opened_and_folded_and_stands_in_the_link() -> None:
    app = visit(network="resnet18")
    folded = len(lines(app))
    act(app, kind="open", table=0, group="layer2.0", on=True)
    assert address(app)["open"] == "layer2.0"
    assert len(lines(app)) > folded
    act(app, kind="open", table=0, group="layer2.0", on=False)
    assert "open" not in address(app)


def test_picked_row_stands_in_the_link_and_is_nothing_to_undo() -> None:
    app = visit()
    act(app, kind="pick", table=0, row=3)
    data = sent(app, "network")
    assert data is not None
    assert address(app)["row"] == "4"
    assert data["meta"]["chosen"] == [0, 3]
    assert not data["meta"]["undo"]


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "pick", "row": "3"},
        {"kind": "pick", "row": -7},
        {"kind": "pick"},
        {"kind": "open", "group": 3},
        {"kind": "open"},
        {"kind": "open", "group": "<script>", "on": True},
        {"kind": "explode"},
    ],
)
def test_damaged_edit_changes_nothing(edit: dict[str, Any]) -> None:
    app = visit()
    before = address(app)
    act(app, **edit)
    assert address(app) == before


def test_columns_are_the_readers() -> None:
    app = visit(columns="output,memory")
    data = sent(app, "network")
    assert data is not None
    assert data["meta"]["columns"] == ["layer", "output", "memory"]


@pytest.mark.parametrize("query", LINKS)
def test_link_of_the_lesson_sets_the_page(query: str) -> None:
    app = visit(network="densenet121", options="classes:7", size="100")
    follow(app, query)
    assert not toasts(app)
    data = sent(app, "network")
    assert data is not None
    wanted = dict(part.split("=", 1) for part in query.split("&"))
    assert address(app).get("network", "lenet") == wanted["network"]


# ---- files


def test_table_is_taken_along_as_csv() -> None:
    content = file_of(visit(network="resnet18"), "csv", page=PAGE)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert sum(int(row["parameters"]) for row in rows) == 11_689_512


def test_notebook_holds_the_code_and_no_drawing() -> None:
    book = json.loads(file_of(visit(), "notebook", page=PAGE))
    code = [cell["source"] for cell in book["cells"] if cell["cell_type"] == "code"]
    assert len(code) == 1
    assert "def lenet(" in "".join(code[0])


def test_picture_is_a_png() -> None:
    assert file_of(visit(), "png", page=PAGE).startswith(b"\x89PNG")


def test_code_is_shown() -> None:
    app = visit(panel="code", options="activation:relu")
    assert "activation='relu'" in app.code[0].value
