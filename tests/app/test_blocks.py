"""The page of blocks shows torch's numbers at every point, and a stage for every kernel."""

import base64
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.models.forms import BLOCKS
from cnnviz.ui.blocks.settings import BlockSettings, panels_of, taps_of
from tests.app.reader import act, click, control, follow, labels, run, sent, stage, toasts, visit

PAGE = "blocks"
LESSONS = Path(__file__).parents[2] / "assets/lessons"
GARMENT = {"input": "garment", "stem": "4", "c_out": "4"}


def open_page(link: dict[str, str] | None = None) -> AppTest:
    return visit(link, page=PAGE)


def shown(app: AppTest) -> dict[str, Any]:
    """What the picture of the block was sent."""
    data = sent(app, "block")
    assert data is not None
    return data


def names(app: AppTest) -> list[str]:
    return [tap["name"] for tap in shown(app)["meta"]["taps"]]


def shapes(app: AppTest) -> dict[str, tuple[int, ...]]:
    return {
        tap["name"]: (tap["channels"], tap["rows"], tap["cols"])
        for tap in shown(app)["meta"]["taps"]
    }


def maps(app: AppTest, name: str) -> Tensor:
    """The maps of a point, (C, H, W)."""
    data = shown(app)
    text = data["maps"][names(app).index(name)]
    floats = np.frombuffer(base64.b64decode(text), dtype="<f4").copy()
    return torch.from_numpy(floats).reshape(shapes(app)[name])


def choose(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    control(app, kind, name, page=PAGE).set_value(value)
    return run(app)


def words(app: AppTest) -> str:
    return " ".join(text.value for text in [*app.markdown, *app.caption])


def open_map(app: AppTest, tap: int, channel: int, at: tuple[int, int]) -> AppTest:
    """Click a cell of a map."""
    return act(app, page=PAGE, kind="open", tap=tap, map=channel, at=[*at], cell=[*at])


def test_page_opens_on_a_residual_block_that_adds_the_photo_itself() -> None:
    app = open_page()
    assert names(app) == ["input", "conv1", "bn1", "relu1", "conv2", "bn2", "add", "relu2"]
    assert set(shapes(app).values()) == {(3, 21, 32)}
    assert maps(app, "add").equal(maps(app, "bn2") + maps(app, "input"))
    assert len(shown(app)["meta"]["inks"]) == 3


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_chosen_and_shown_with_its_panels(block: str) -> None:
    app = open_page()
    choose(app, "selectbox", "block", block)
    meta = shown(app)["meta"]
    assert meta["taps"][-1]["inputs"]
    assert not app.toast
    assert not app.warning
    labels = [tab.label for tab in app.tabs]
    assert len(labels) == len(panels_of(BlockSettings(block=block)))


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_numbers_are_torchs(mode: str) -> None:
    app = open_page({"mode": mode, **GARMENT})
    conv1 = maps(app, "conv1")
    block = shown(app)["meta"]["taps"]
    if mode == "train":
        expected = F.batch_norm(conv1[None], None, None, training=True)[0]
    else:
        expected = conv1 / (1 + 1e-5) ** 0.5
        assert block[2]["norm"]["mean"] == [0] * 4
    torch.testing.assert_close(maps(app, "bn1"), expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(maps(app, "relu1"), expected.relu(), atol=1e-4, rtol=1e-4)


def test_options_change_the_points() -> None:
    app = open_page({"block": "vgg", "c_out": "6"})
    choose(app, "number_input", "convs", 3)
    assert names(app)[-2:] == ["relu3", "pool"]
    assert shapes(app)["pool"] == (6, 10, 16)
    choose(app, "selectbox", "block", "inception")
    choose(app, "number_input", "width2", 4)
    assert shapes(app)["b2_2"][0] == 4
    choose(app, "toggle", "reduced", False)
    assert "b2" in names(app)
    choose(app, "selectbox", "block", "resnext")
    assert control(app, "selectbox", "groups", page=PAGE).options == ["1", "2", "4", "8"]
    choose(app, "selectbox", "groups", 2)
    assert shown(app)["meta"]["taps"][4]["reads"][0] == [0, 4]
    choose(app, "button_group", "shortcut", "conv")
    choose(app, "button_group", "stride", 2)
    assert shapes(app)["add"] == (8, 11, 16)
    choose(app, "button_group", "shortcut", "bare")
    assert shapes(app)["add"] == (8, 21, 32)


def test_zero_init_leaves_the_photo_as_it_is() -> None:
    app = choose(open_page(), "toggle", "zero", True)
    assert not maps(app, "bn2").any()
    assert maps(app, "relu2").equal(maps(app, "input"))


def test_another_input_keeps_what_can_be_added() -> None:
    app = choose(open_page(), "button_group", "input", "garment")
    assert shapes(app)["add"] == (1, 28, 28)
    assert shown(app)["meta"]["inks"] == []
    choose(app, "slider", "stem", 5)
    assert shapes(app)["add"] == (5, 28, 28)


# ---- the stage


@pytest.mark.parametrize(
    "link",
    [
        {},
        {"block": "vgg", "c_out": "4"},
        {"block": "resnext", "stem": "4", "c_out": "4", "groups": "2"},
    ],
    ids=["residual", "vgg", "resnext"],
)
def test_click_on_a_map_with_a_kernel_opens_its_stage_with_the_very_numbers(
    link: dict[str, str],
) -> None:
    taps = taps_of(BlockSettings(**{k: int(v) if v.isdigit() else v for k, v in link.items()}))  # type: ignore[arg-type]
    for i, tap in enumerate(taps):
        if tap.slide is None:
            continue
        app = open_map(open_page(link), i, 1, (2, 3))
        seen = stage(app)
        torch.testing.assert_close(seen.output[0], tap.value[1], atol=1e-5, rtol=1e-5)
        assert seen.meta["step"] == 2 * tap.value.shape[2] + 3
        if tap.slide.weight is not None:
            assert seen.kernel.equal(tap.slide.weight[1])
        assert sent(app, "block") is None
        assert not seen.meta["input"]["editable"]


def test_stage_of_the_first_layer_shows_the_photos_colours() -> None:
    seen = stage(open_map(open_page(), 1, 0, (0, 0)))
    assert seen.meta["input"]["tags"] == ["Red", "Green", "Blue"]
    assert len(seen.meta["input"]["inks"]) == 3


def test_stage_is_in_the_link_and_left_by_its_button() -> None:
    app = open_page({"layer": "4", "map": "2", "row": "3", "col": "4", "step": "5"})
    assert stage(app).meta["step"] == 4
    assert "**conv2**, channel 2 of 3, made of **relu1**" in words(app)
    click(app, "Back to the block")
    meta = shown(app)["meta"]
    assert meta["steps"][meta["step"]] == [4, -1]
    assert meta["at"] == {"map": 1, "cell": [2, 3]}


def test_link_to_a_point_without_a_kernel_opens_the_block() -> None:
    app = open_page({"layer": "2"})
    assert sent(app, "stage") is None
    assert names(app)[2] == "bn1"


def test_another_block_closes_the_stage() -> None:
    app = open_map(open_page(), 1, 0, (0, 0))
    choose(app, "selectbox", "block", "dense")
    assert sent(app, "stage") is None
    assert names(app)[-1] == "concat2"


def test_pinned_map_and_cell_stay_and_can_be_undone_around() -> None:
    app = act(open_page(), page=PAGE, kind="pin", map=2, cell=[4, 5])
    assert shown(app)["meta"]["at"] == {"map": 2, "cell": [4, 5]}
    choose(app, "number_input", "seed", 7)
    act(app, page=PAGE, kind="undo")
    assert shown(app)["meta"]["at"] == {"map": 2, "cell": [4, 5]}
    assert control(app, "number_input", "seed", page=PAGE).value == 0


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "open", "tap": 2, "map": 0, "at": [0, 0], "cell": [0, 0]},
        {"kind": "open", "tap": 99, "map": 0, "at": [0, 0], "cell": [0, 0]},
        {"kind": "open", "tap": 1, "map": 0, "at": [21, 0], "cell": [0, 0]},
        {"kind": "open", "tap": True, "map": 0, "at": [0, 0], "cell": [0, 0]},
        {"kind": "pin", "map": "1", "cell": [0, 0]},
        {"kind": "pin", "map": 0, "cell": [0]},
        {"kind": "pin", "map": 0, "cell": None},
        {"kind": "pin", "map": 0, "cell": [0, 999]},
    ],
)
def test_damaged_click_is_told_and_changes_nothing(edit: dict[str, Any]) -> None:
    app = act(open_page(), page=PAGE, **edit)
    assert "did not arrive whole" in toasts(app)
    assert shown(app)["meta"]["at"] == {"map": 0, "cell": [10, 15]}


# ---- refusals


@pytest.mark.parametrize(
    ("link", "said", "way"),
    [
        ({"c_out": "6"}, "shapes differ", "Put a 1 × 1 convolution on the shortcut"),
        ({"stride": "2"}, "shapes differ", "Keep channels and size"),
        (
            {"block": "resnext", "stem": "6", "c_out": "6"},
            "do not divide 6 channels",
            "Use groups that divide the channels",
        ),
    ],
)
def test_what_cannot_be_added_is_said_with_a_way_back(
    link: dict[str, str], said: str, way: str
) -> None:
    app = open_page(link)
    assert sent(app, "block") is None
    assert said in app.warning[0].value
    assert way in labels(app)
    assert names(click(app, way))[-1].startswith("relu")


def test_step_past_the_end_is_told() -> None:
    assert "step" in toasts(open_page({"step": "11"}))
    assert "step" in toasts(open_page({"layer": "1", "step": "673"}))


# ---- below the picture


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("block", BLOCKS)
def test_every_panel_opens(block: str, lang: str) -> None:
    link = {
        "vgg": {"c_out": "4"},
        "bottleneck": {"stem": "4", "c_out": "4"},
        "resnext": {"stem": "4", "c_out": "4"},
    }.get(block, {})
    app = open_page({"block": block, "lang": lang, **link})
    for panel in panels_of(BlockSettings(block=block)):
        follow(app, f"panel={panel}")
        found = {
            "points": "| --- | ---: | ---: | ---: | ---: |" in words(app),
            "small-kernels": sent(app, "boards") is not None,
            "at-start": len(app.get("plotly_chart")) == 2,
            "block-costs": "28 × 28" in words(app) or "56 × 56" in words(app),
            "code": bool(app.code),
            "lesson": any(len(text.value) > 900 for text in app.markdown),
        }
        assert found[panel]


def test_points_are_listed_with_shapes_and_counts() -> None:
    text = words(open_page({"c_out": "6", "shortcut": "conv", "stride": "2"}))
    assert (
        "**conv1** convolution | input | 6\u00a0×\u00a011\u00a0×\u00a016 | 6·(3·3·3)+6 = 168"
        in text
    )
    assert (
        "**conv3** convolution | input | 6\u00a0×\u00a011\u00a0×\u00a016 | 6·(3·1·1)+6 = 24" in text
    )
    assert "**add** addition | bn2, conv3" in text
    assert f"{6 * 27 * 11 * 16:,}" in text


def test_inceptions_costs_are_the_papers() -> None:
    text = words(open_page({"block": "inception", "stem": "6", "panel": "block-costs"}))
    assert "**163,696**" in text
    assert "**128,049,152**" in text
    assert "416 channels instead of 256" in text


def test_small_kernels_are_counted_and_computed_on_the_photo() -> None:
    app = open_page({"block": "vgg", "c_out": "6", "panel": "small-kernels"})
    text = words(app)
    assert "| c = 64 | 73,728 | 102,400 |" in text
    assert "**28% fewer**" in text
    twice, once = re.findall(r"give \*\*(\S+)\*\* and \*\*(\S+)\*\*", text)[0]
    assert twice == once
    views = (sent(app, "boards") or {})["views"]
    assert [board["name"] for board in views[0]] == ["patch", "first", "middle", "second", "twice"]


def test_start_is_said_in_numbers() -> None:
    text = words(open_page({"panel": "at-start"}))
    assert "by at most **0**" in text
    assert "conv1 has length 0" in text
    (scale,) = re.findall(r"that of γ has length \*\*(\S+)\*\*", text)
    assert float(scale) > 0


@pytest.mark.parametrize(
    "link",
    [{}, {"block": "inception", "stem": "4", "mode": "eval"}, {"block": "dense", "zero": "on"}],
)
def test_code_gives_the_blocks_output_when_it_is_run(link: dict[str, str]) -> None:
    app = open_page({**link, "panel": "code"})
    found: dict[str, Any] = {}
    exec(app.code[0].value, found)
    last = shown(app)["meta"]["taps"][-1]
    assert tuple(found["Y"].shape) == (last["channels"], last["rows"], last["cols"])
    if last["kind"] != "concat":
        torch.testing.assert_close(found["Y"], maps(app, last["name"]), atol=1e-5, rtol=1e-5)


def test_payload_is_light() -> None:
    app = open_page({"block": "bottleneck", "stem": "8", "c_out": "8", "c_mid": "8", "side": "40"})
    assert len(json.dumps(shown(app))) < 1_000_000


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_every_link_of_the_lesson_shows_a_block_without_complaint(lang: str) -> None:
    text = (LESSONS / lang / "blocks.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(\?([^)]*)\)", text)
    assert len(links) >= 8
    app = open_page({"lang": lang})
    for link in links:
        follow(app, link)
        assert not app.toast
        assert not app.warning
        wanted = dict(parse_qsl(link))
        assert control(app, "selectbox", "block", lang, page=PAGE).value == wanted["block"]
        assert names(app)


def test_link_of_the_lesson_leads_away_from_an_open_stage() -> None:
    app = open_map(open_page({"panel": "lesson"}), 1, 0, (20, 31))
    text = (LESSONS / "en/blocks.md").read_text(encoding="utf-8")
    follow(app, re.findall(r"\]\(\?([^)]*)\)", text)[0])
    assert not app.toast
    assert names(app)[-1] == "pool"
    assert shown(app)["meta"]["step"] is None
