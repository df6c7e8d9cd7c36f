"""The page shows torch's numbers for all four kinds, and the sounds that a stride leaves."""

import io
import json
import re
from functools import partial
from itertools import product
from urllib.parse import parse_qsl

import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch import Tensor

from cnnviz.data.volumes import VOLUMES
from cnnviz.ui.dimensions import KERNELS, SIGNALS
from cnnviz.ui.i18n import ASSETS
from tests.app import reader
from tests.app.reader import click, file_of, follow, labels, run, sent, stage, toasts

PAGE = "dimensions"
PANELS = ("kinds", "signal", "sound", "formula", "code", "products", "lesson")
CONV = {"1d": F.conv1d, "2d": F.conv2d, "3d": F.conv3d, "volume": F.conv2d}
ONES = [[[1.0] * 5]]
LINKS = sorted(
    {
        link
        for file in (ASSETS / "lessons").rglob(f"{PAGE}.md")
        for link in re.findall(r"\]\(\?([^)]*)\)", file.read_text(encoding="utf-8"))
    }
)
visit = partial(reader.visit, page=PAGE)
act = partial(reader.act, page=PAGE)
control = partial(reader.control, page=PAGE)


def choose(app: AppTest, kind: str, name: str, value: object) -> AppTest:
    control(app, kind, name).set_value(value)
    return run(app)


def torchs(kind: str, app: AppTest, stride: int = 1, padding: int = 0, dilation: int = 1) -> Tensor:
    """The output that PyTorch computes from the input and the kernel on the stage."""
    shown = stage(app)
    x, kernel = shown.input, shown.kernel
    if kind == "1d":
        x, kernel = x[:, 0], kernel[:, 0]
    if kind == "3d":
        x, kernel = x[None], kernel[None]
    around = (0, padding, padding) if kind == "3d" else padding
    output = CONV[kind](x[None], kernel[None], None, stride, around, dilation)[0]
    return output.reshape(shown.output.shape)


def test_page_opens_on_the_courses_ones_and_gives_ones() -> None:
    shown = stage(visit())
    assert shown.input.tolist() == ONES
    assert shown.kernel.tolist() == [[[0.25, 0.5, 0.25]]]
    assert shown.output.tolist() == [[[1, 1, 1]]]


@pytest.mark.parametrize(("kind", "name"), [(k, name) for k in KERNELS for name in KERNELS[k]])
def test_every_kernel_of_every_kind_is_shown_with_torchs_numbers(kind: str, name: str) -> None:
    link = {"kind": kind, f"kernel_{kind}": name, "signal": "sine", "cells": "16"}
    dilation = 1 if kind == "3d" else 2
    for settings in ({}, {"stride": 2, "padding": 1, "dilation": dilation}):
        app = visit({**link, **{key: str(value) for key, value in settings.items()}})
        torch.testing.assert_close(stage(app).output, torchs(kind, app, **settings))
        assert not app.toast


def test_only_a_signal_lies_above_its_kernel_and_output() -> None:
    flat = [kind for kind in CONV if stage(visit({"kind": kind})).meta["flat"]]
    assert flat == ["1d"]


@pytest.mark.parametrize("kind", ["2d", "3d", "volume"])
@pytest.mark.parametrize("volume", VOLUMES)
def test_every_volume_is_shown(kind: str, volume: str) -> None:
    shown = stage(visit({"kind": kind, "volume": volume, "slice": "3"}))
    whole = VOLUMES[volume]()
    assert shown.input.equal(whole[2:3] if kind == "2d" else whole)


def test_three_d_window_moves_in_depth_and_a_volumes_2d_window_does_not() -> None:
    link = {"kernel_3d": "mean", "kernel_volume": "mean", "size": "3"}
    assert stage(visit({**link, "kind": "3d", "depth": "2"})).output.shape == (3, 3, 3)
    assert stage(visit({**link, "kind": "volume"})).output.shape == (1, 3, 3)


def test_three_d_kernel_as_deep_as_the_volume_is_the_2d_convolution_over_it() -> None:
    link = {"kernel_3d": "mean", "kernel_volume": "mean", "size": "3", "depth": "4"}
    one, other = (stage(visit({**link, "kind": kind})) for kind in ("3d", "volume"))
    torch.testing.assert_close(one.output, other.output)


def test_motion_is_nothing_where_the_cross_stands_still() -> None:
    output = stage(visit({"kind": "3d", "kernel_3d": "motion"})).output
    assert output[:2].abs().sum((1, 2)).gt(0).all()
    assert not output[2].any()


def test_one_by_one_kernel_mixes_channels_only() -> None:
    shown = stage(visit({"kind": "volume", "kernel_volume": "mix"}))
    assert shown.output.equal((shown.input[0] - shown.input[3])[None])


# ---- the controls


def test_every_kind_signal_and_kernel_is_chosen_by_its_control() -> None:
    app = visit()
    for kind, names in KERNELS.items():
        choose(app, "radio", "kind", kind)
        for name in names:
            choose(app, "selectbox", f"kernel_{kind}", name)
            torch.testing.assert_close(stage(app).output, torchs(kind, app))
    choose(app, "radio", "kind", "1d")
    for name in SIGNALS:
        choose(app, "selectbox", "signal", name)
        torch.testing.assert_close(stage(app).output, torchs("1d", app))
    assert not app.toast


def test_own_signal_and_kernel_start_from_what_is_there() -> None:
    app = visit({"signal": "step", "cells": "8", "kernel_1d": "second"})
    before = stage(app)
    choose(app, "selectbox", "signal", "own")
    choose(app, "selectbox", "kernel_1d", "own")
    assert stage(app).input.equal(before.input)
    assert stage(app).kernel.equal(before.kernel)
    choose(app, "number_input", "cells", 10)
    choose(app, "slider", "taps", 2)
    assert stage(app).input.tolist() == [[[0, 0, 0, 0, 1, 1, 1, 1, 0, 0]]]
    assert stage(app).kernel.tolist() == [[[1, -2]]]


def test_edited_signal_and_kernel_give_torchs_new_output_and_can_be_undone() -> None:
    app = act(visit(), kind="cell", plane="input", at=[0, 0, 2], value=5)
    act(app, kind="cell", plane="kernel", at=[0, 0, 0], value=-1)
    assert stage(app).input.tolist() == [[[1, 1, 5, 1, 1]]]
    assert stage(app).kernel.tolist() == [[[-1, 0.5, 0.25]]]
    torch.testing.assert_close(stage(app).output, torchs("1d", app))
    act(app, {"kind": "undo", "id": 10**9}, kind="undo")
    assert stage(app).output.tolist() == [[[1, 1, 1]]]


def test_weight_of_a_channel_is_edited_on_its_own_plane() -> None:
    app = visit({"kind": "volume", "kernel_volume": "mix"})
    act(app, kind="cell", plane="kernel", at=[2, 0, 0], value=7)
    assert stage(app).kernel.flatten().tolist() == [1, 0, 7, -1]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    ("link", "damage"),
    [
        ({}, {"at": [0, 1, 0]}),
        ({}, {"at": [0, 0, 5]}),
        ({}, {"value": float("nan")}),
        ({}, {"kind": "draw", "values": [0] * 784}),
        ({}, {"plane": "output"}),
        ({"kind": "2d"}, {}),
        ({"kind": "3d"}, {"plane": "kernel"}),
        ({"kind": "volume"}, {"plane": "kernel"}),
        ({"kind": "volume", "kernel_volume": "mix"}, {"plane": "kernel", "at": [4, 0, 0]}),
        ({"kind": "volume", "kernel_volume": "mix"}, {"plane": "kernel", "at": "000"}),
    ],
    ids=str,
)
def test_damaged_edit_is_told_and_changes_nothing(
    link: dict[str, str], damage: dict[str, object], lang: str
) -> None:
    app = visit({**link, "lang": lang})
    before = stage(app)
    act(app, **{"kind": "cell", "plane": "input", "at": [0, 0, 0], "value": 9, **damage})
    assert len(app.toast) == 1
    assert stage(app).output.equal(before.output)


# ---- what does not fit


def test_kernel_that_does_not_fit_is_explained_with_two_ways_back() -> None:
    link = {"signal": "ones", "taps": "5", "dilation": "2"}
    app = visit(link)
    assert sent(app, "stage") is None
    assert "spans 9 cells" in app.warning[0].value
    assert labels(app)[:2] == ["Use dilation 1", "Use padding 2"]
    click(app, "Use padding 2")
    assert stage(app).output.shape == (1, 1, 1)


def test_volume_is_not_padded_in_depth_so_that_only_less_dilation_fits() -> None:
    link = {"kind": "3d", "kernel_3d": "mean", "depth": "4", "size": "1", "dilation": "3"}
    app = visit({**link, "lang": "ko"})
    assert "팽창" in app.warning[0].value
    click(app, "팽창 1 적용")
    assert stage(app).output.shape == (1, 5, 5)


@pytest.mark.parametrize("dilation", ["1", "2", "3"])
def test_whatever_does_not_fit_has_a_way_back(dilation: str) -> None:
    for signal, kind in product(("5", "16"), ("1d", "2d", "3d", "volume")):
        link = {"kind": kind, "cells": signal, "taps": "11", "size": "4", "depth": "4"}
        means = {"kernel_2d": "mean", "kernel_3d": "mean", "kernel_volume": "mean"}
        app = visit({**link, **means, "dilation": dilation})
        if not sent(app, "stage"):
            click(app, next(label for label in labels(app) if label.startswith("Use ")))
        assert stage(app).output.numel()


# ---- below the stage


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("panel", PANELS)
def test_every_panel_opens(panel: str, lang: str) -> None:
    app = visit({"panel": panel, "lang": lang})
    shown = {
        "kinds": app.table,
        "signal": len(app.get("plotly_chart")) == 1,
        "sound": len(app.get("audio")) == 3,
        "formula": app.latex,
        "code": app.code,
        "products": sent(app, "products"),
        "lesson": [text for text in app.markdown if len(text.value) > 900],
    }
    assert [name for name, content in shown.items() if content] == [panel]


@pytest.mark.parametrize("panel", ["signal", "sound"])
def test_sound_says_that_it_belongs_to_1d_and_leads_there(panel: str) -> None:
    app = visit({"kind": "3d", "panel": panel})
    assert "1-D" in app.info[0].value
    assert not app.get("plotly_chart")
    click(app, "Go to 1-D")
    assert app.get("plotly_chart")
    assert stage(app).input.tolist() == ONES


def test_table_holds_the_shapes_of_torchs_layers() -> None:
    link = {"padding": "1", "stride": "2", "c_in": "3", "c_out": "8", "cells": "9"}
    means = {"kernel_2d": "mean", "kernel_3d": "mean", "kernel_volume": "mean", "depth": "2"}
    table = visit({**link, **means}).table[0].value
    around = {"stride": 2, "padding": 1}
    layers = [
        (torch.nn.Conv1d(3, 8, 3, **around), (3, 9)),
        (torch.nn.Conv2d(3, 8, 3, **around), (3, 5, 5)),
        (torch.nn.Conv3d(3, 8, (2, 3, 3), stride=2, padding=(0, 1, 1)), (3, 4, 5, 5)),
        (torch.nn.Conv2d(4, 8, 3, **around), (4, 5, 5)),
    ]
    assert table["Ways"].tolist() == ["1", "2", "3", "2"]
    for row, (layer, shape) in enumerate(layers):
        output = tuple(layer(torch.zeros(1, *shape)).shape[1:])
        expected = (shape, tuple(layer.weight.shape), output)
        for column, sizes in zip(("Input", "Kernel", "Output"), expected, strict=True):
            assert numbers(table[column].iloc[row]) == sizes
        parameters = sum(weights.numel() for weights in layer.parameters())
        assert numbers(table["Parameters"].iloc[row]) == (parameters,)
        formula = table.iloc[row, 4]
        assert {int(size) for size in re.findall(r"\+1=(\d+)", formula)} == set(output[1:])


def numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", text)))


def test_kind_that_does_not_fit_is_said_below_the_table_and_the_others_stay() -> None:
    app = visit({"cells": "16", "kernel_2d": "sobel-x", "padding": "1", "dilation": "3"})
    assert [text.value for text in app.caption if text.value.startswith("**3-D")]
    outputs = app.table[0].value["Output"].tolist()
    assert outputs[0] == "**(1,\N{NO-BREAK SPACE}12)**"
    assert outputs[2] == "–"


@pytest.mark.parametrize("kind", CONV)
def test_code_gives_the_numbers_on_the_stage_when_it_is_run(kind: str) -> None:
    app = visit({"kind": kind, "panel": "code", "stride": "2", "padding": "1"})
    names: dict[str, Tensor] = {}
    exec(app.code[0].value, names)
    shown = stage(app).output
    torch.testing.assert_close(names["Y"].reshape(shown.shape), shown)


@pytest.mark.parametrize("kind", CONV)
def test_formula_has_a_line_for_each_way_that_the_window_moves(kind: str) -> None:
    app = visit({"kind": kind, "panel": "formula"})
    for latex in app.latex:
        assert latex.value.count("&=") == {"1d": 1, "3d": 3}.get(kind, 2)


# ---- sounds


def test_tones_line_says_the_alias_that_the_players_play() -> None:
    link = {"panel": "sound", "sound": "tone", "frequency": "5000", "every": "4"}
    text = " ".join(markdown.value for markdown in visit(link).markdown)
    assert "|5,000 − 1 · 6,000| = **1,000 Hz**" in text
    low = " ".join(markdown.value for markdown in visit({**link, "every": "2"}).markdown)
    assert "still heard at **5,000 Hz**" in low


# ---- links and what is taken along


@pytest.mark.parametrize(
    "link",
    [
        {"kind": "3d", "volume": "ball", "kernel_3d": "motion", "stride": "2"},
        {"signal": "own", "values": "1 2.5 -3 4 5 6", "kernel_1d": "own", "weights": "0.5"},
        {"kind": "volume", "kernel_volume": "mix", "mix": "1 2 3 4", "c_in": "3", "c_out": "64"},
        {"panel": "sound", "sound": "chirp", "every": "5", "reach": "7", "smooth": "mean"},
        {"panel": "signal", "long": "step", "noise": "0.5", "seed": "3", "differ": "second"},
    ],
)
def test_address_is_the_link_that_the_page_was_opened_by(link: dict[str, str]) -> None:
    app = visit(link)
    assert dict(parse_qsl(sent(app, "address")["query"])) == {"lang": "en", **link}
    assert not app.toast


@pytest.mark.parametrize(
    ("name", "value"),
    [("kind", "4d"), ("values", "1 2"), ("mix", "1"), ("every", "7"), ("weights", "nan")],
)
def test_nonsense_in_a_link_is_told_and_the_page_stands(name: str, value: str) -> None:
    app = visit({name: value})
    assert name in toasts(app)
    assert stage(app).output.tolist() == [[[1, 1, 1]]]


@pytest.mark.parametrize("link", LINKS)
def test_every_link_of_the_lessons_is_followed(link: str) -> None:
    app = follow(visit({"panel": "lesson"}), link)
    assert not app.toast
    assert stage(app).output.numel()


@pytest.mark.parametrize("kind", CONV)
def test_pictures_and_notebook_of_every_kind_are_made(kind: str) -> None:
    app = visit({"kind": kind, "panel": "code"})
    for wanted in ("png", "gif", "notebook"):
        content = file_of(app, wanted, page=PAGE)
        if wanted == "notebook":
            code = json.loads(content)["cells"][1]["source"]
            assert "".join(code) == app.code[0].value.rstrip("\n")
        else:
            assert Image.open(io.BytesIO(content)).format == wanted.upper()
