"""The page of receptive fields, without a browser: links, the editor, cells, refusals, files."""

import base64
import json
import re
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.data import datasets
from cnnviz.models import STACKS, feature_maps
from cnnviz.ui.i18n import ASSETS
from tests.app import reader
from tests.app.reader import address, click, follow, labels, mail, run, sent, toasts

PAGE = "receptive-field"
BOOT = datasets.pick("fashion-mnist", 9, 0).float() / 255
LESSONS = [(ASSETS / "lessons" / lang / f"{PAGE}.md").read_text("utf-8") for lang in ("en", "ko")]
LINKS = sorted({link for text in LESSONS for link in re.findall(r"\]\(\?([^)]*)\)", text)})


def visit(**link: str) -> AppTest:
    return reader.visit(link, page=PAGE)


def shown(app: AppTest) -> dict[str, Any]:
    """What the picture was sent; there has to be one."""
    data = sent(app, "field")
    assert data is not None
    return data


def planes(app: AppTest) -> list[Tensor]:
    data = shown(app)
    found = []
    for about, text in zip(data["meta"]["planes"], data["planes"], strict=True):
        floats = np.frombuffer(base64.b64decode(text), dtype="<f4").copy()
        found.append(torch.from_numpy(floats).reshape(about["rows"], about["cols"]))
    return found


def titles(app: AppTest) -> list[str]:
    return [plane["title"] for plane in shown(app)["meta"]["planes"]]


def at(app: AppTest) -> tuple[int, list[int]]:
    chosen = shown(app)["meta"]["at"]
    return chosen["layer"], chosen["cell"]


def control(app: AppTest, kind: str, name: str, lang: str = "en") -> Any:
    return reader.control(app, kind, name, lang, page=PAGE)


def act(app: AppTest, **edit: Any) -> AppTest:
    return reader.act(app, page=PAGE, **edit)


def metrics(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


# ---- what is shown


def test_page_opens_with_three_layers_over_a_boot() -> None:
    app = visit()
    found = planes(app)
    assert found[0].equal(BOOT)
    for plane, expected in zip(found, feature_maps(STACKS["three"], BOOT), strict=True):
        torch.testing.assert_close(plane, expected)
    assert titles(app) == ["Input", "1. Conv 3 × 3", "2. Conv 3 × 3", "3. Conv 3 × 3"]
    assert at(app) == (3, [10, 10])
    assert metrics(app)[0] == "7 × 7"


@pytest.mark.parametrize(
    ("stack", "field"),
    [("one", 7), ("lenet", 16), ("dilated", 15), ("gridding", 13)],
)
def test_named_stack_shows_its_theoretical_size(stack: str, field: int) -> None:
    assert metrics(visit(stack=stack))[0] == f"{field} × {field}"


def test_deep_stack_brings_a_photo_that_is_large_enough() -> None:
    app = visit()
    control(app, "selectbox", "stack").set_value("alexnet")
    assert planes(run(app))[0].shape[0] == 128
    assert metrics(app)[0] == "195 × 195"


def test_effective_field_is_smaller_than_the_theoretical_one() -> None:
    theoretical, effective, share = metrics(visit(stack="vgg", input="photo"))
    assert theoretical == "44 × 44"
    assert 20 < float(effective.split()[0]) < 44
    assert int(share.rstrip("%")) < 80


def test_equal_weights_draw_one_network_and_need_no_seed() -> None:
    app = visit(weights="uniform", stack="lenet")
    assert control(app, "number_input", "seed").disabled
    torch.testing.assert_close(
        planes(app)[1], feature_maps(STACKS["lenet"], BOOT, weights="uniform")[1]
    )


def test_table_holds_the_numbers_of_the_stack() -> None:
    table = next(m.value for m in visit(panel="field", stack="lenet").markdown if "| --" in m.value)
    assert r"4\. Avg 2 × 2 · s 2 | 5 × 5 | 16 | 4 | 2 | 6.5 |" in table


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("panel", ["effective", "field", "code", "lesson"])
def test_every_panel_opens_in_both_languages(panel: str, lang: str) -> None:
    app = visit(panel=panel, lang=lang, stack="vgg", input="photo")
    assert len(titles(app)) == 11
    assert not app.warning


def test_code_on_the_page_runs() -> None:
    (code,) = visit(panel="code", stack="gridding", row="1", col="5").code
    names: dict[str, Any] = {}
    exec(code.value, names)
    assert names["r"] == 13
    assert int(names["Y"].sum()) == 4 * 6  # every other row and column, cut off at two borders


# ---- cells


def test_chosen_cell_is_in_the_link_and_its_field_in_the_numbers() -> None:
    app = act(visit(), kind="pick", layer=2, cell=[4, 5])
    assert at(app) == (2, [4, 5])
    assert metrics(app)[0] == "5 × 5"
    link = address(app)
    assert (link["layer"], link["row"], link["col"]) == ("2", "5", "6")
    again = visit(**{name: text for name, text in link.items() if name != "lang"})
    assert at(again) == (2, [4, 5])


def test_cell_of_the_last_layer_stays_in_the_last_layer() -> None:
    app = act(visit(), kind="pick", layer=3, cell=[0, 0])
    assert "layer" not in address(app)
    click(app, "Add")
    assert at(app)[0] == 4


def test_cell_beyond_the_layer_is_the_nearest_one() -> None:
    assert at(visit(row="900", col="2", layer="9")) == (3, [21, 1])


def test_choice_of_a_cell_can_be_undone() -> None:
    app = act(visit(), kind="pick", layer=1, cell=[0, 0])
    assert at(act(app, kind="undo")) == (3, [10, 10])
    assert at(act(app, kind="redo")) == (1, [0, 0])


@pytest.mark.parametrize(
    "edit",
    [
        {"layer": 1},
        {"layer": "1", "cell": [0, 0]},
        {"layer": 1, "cell": [0]},
        {"layer": 1, "cell": [0, None]},
        {"layer": 1, "cell": [-1, 0]},
        {"layer": 1, "cell": [10**9, 0]},
    ],
)
def test_damaged_choice_changes_nothing_and_is_said(edit: dict[str, Any]) -> None:
    app = act(visit(), kind="pick", **edit)
    assert at(app) == (3, [10, 10])
    assert "did not arrive whole" in toasts(app)


def test_drawing_on_the_input_becomes_the_input() -> None:
    app = act(visit(), kind="draw", values=[255] * 784)
    assert planes(app)[0].equal(torch.ones(28, 28))


# ---- the editor


def test_kernel_size_of_the_edited_layer_makes_an_own_stack() -> None:
    app = visit(edited="2")
    control(app, "number_input", "layer_kernel_size").set_value(5)
    run(app)
    assert address(app)["layers"] == "c3-c5-c3"
    assert address(app)["stack"] == "own"
    assert metrics(app)[0] == "9 × 9"
    assert titles(app)[2] == "2. Conv 5 × 5"


def test_layer_can_be_added_moved_and_removed() -> None:
    app = visit(stack="own", layers="c5-m2s2", edited="2")
    click(app, "Add")
    assert address(app)["layers"] == "c5-m2s2-m2s2"
    assert address(app)["edited"] == "3"
    click(click(app, "Up"), "Up")
    assert address(app)["layers"] == "m2s2-c5-m2s2"
    click(app, "Down")
    assert address(app)["layers"] == "c5-m2s2-m2s2"
    click(app, "Remove")
    assert address(app)["layers"] == "c5-m2s2"


def test_other_layer_is_chosen_with_its_own_values() -> None:
    app = visit(stack="vgg", input="photo")
    control(app, "radio", "edited").set_value("3. Max 2 × 2 · s 2")
    run(app)
    assert control(app, "number_input", "layer_stride").value == 2
    assert control(app, "number_input", "layer_padding").max == 1
    assert "stack" in address(app)  # looking at a layer changes none
    assert address(app)["stack"] == "vgg"


def test_pooling_takes_no_more_padding_than_it_can_have() -> None:
    app = visit(stack="own", layers="c3p3d2-c3")
    control(app, "segmented_control", "layer_kind").set_value("avg")
    run(app)
    assert address(app)["layers"] == "a3p1-c3"
    assert control(app, "number_input", "layer_dilation").disabled


def test_last_layer_cannot_be_removed_and_a_thirteenth_not_added() -> None:
    (button,) = [b for b in visit(stack="one").button if b.label == "Remove"]
    assert button.disabled
    full = visit(stack="own", layers="-".join(["c1"] * 12))
    (button,) = [b for b in full.button if b.label == "Add"]
    assert button.disabled


# ---- refusals


def test_stack_that_does_not_fit_is_explained_and_led_back() -> None:
    app = visit(stack="alexnet")
    assert sent(app, "field") is None
    (warning,) = app.warning
    assert "Layer 4 spans 3 cells" in warning.value
    assert not sent(app, "take")["ready"]  # type: ignore[index]
    click(app, "Use the photo with 128 pixels")
    assert planes(app)[0].shape[0] == 128


def test_offered_padding_brings_the_picture_back() -> None:
    app = visit(stack="own", layers="c9s4-c7")
    click(app, "Layer 2 with padding 1")
    assert address(app)["layers"] == "c9s4-c7p1"
    assert planes(app)[2].shape == (1, 1)


def test_refusal_speaks_korean() -> None:
    (warning,) = visit(stack="alexnet", lang="ko").warning
    assert "4번째 층" in warning.value


def test_layers_that_do_not_exist_are_said_with_what_is_allowed() -> None:
    app = visit(layers="m3p2", step="9")
    assert "c3p1-m2s2" in toasts(app)
    assert "from 1 to 4" in toasts(app)
    assert len(titles(app)) == 4


# ---- lesson and files


@pytest.mark.parametrize("link", LINKS)
def test_link_of_the_lesson_sets_the_page(link: str) -> None:
    app = follow(visit(panel="lesson", row="3", layer="1", step="1"), link)
    assert not toasts(app)
    assert not app.warning
    wanted = dict(part.split("=") for part in link.split("&"))
    for name, text in wanted.items():
        assert address(app).get(name, text) == text
    assert shown(app)["meta"]["step"] is None


@pytest.mark.parametrize("kind", ["png", "gif", "notebook"])
def test_file_is_handed_out(kind: str) -> None:
    app = visit(stack="lenet")
    mail(app, f"{PAGE}.take", "wish", {"kind": kind, "step": 2, "href": "http://x/receptive-field"})
    file = sent(run(app), "take")["file"]  # type: ignore[index]
    assert not file["refused"]
    content = base64.b64decode(file["data"])
    starts = {"png": b"\x89PNG", "gif": b"GIF8", "notebook": b"{"}
    assert content.startswith(starts[kind])
    if kind == "notebook":
        cells = ["".join(cell["source"]) for cell in json.loads(content)["cells"]]
        names: dict[str, Any] = {"torch": torch}
        exec("\n".join(cells[1:3]), names)
        assert names["Y"].sum() == 16 * 16


def test_controls_stay_beside_a_refusal() -> None:
    assert {"Add", "Remove", "Up", "Down"} <= set(labels(visit(stack="alexnet")))
