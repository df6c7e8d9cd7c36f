"""A network's picture has its nodes in their colours; its CSV has the table's numbers."""

import csv
import io
import tomllib
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from cnnviz.export.drawing import DARK, LIGHT, mix
from cnnviz.export.network import FILLED, RED, VIOLET, network_png, rounded, table_csv
from cnnviz.models import registry
from cnnviz.models.diagram import Diagram, Node, diagram
from tests.unit.models.networks import table

ROOT = Path(__file__).parents[3]
THEME = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
TITLE = ["LeNet-5", "61,706 parameters"]


def drawn(name: str, *opened: str) -> Diagram:
    return diagram(*table(name), opened)


def image(found: Diagram, *, dark: bool = False, width: int = 1600) -> Image.Image:
    return Image.open(io.BytesIO(network_png(found, TITLE, dark, width)))


def place(found: Diagram, node: Node, picture: Image.Image) -> tuple[int, int]:
    """A pixel in the node's front sheet, off every line."""
    scale = min(2.0, picture.width / found.width)
    x = node.x + (node.sheet[0] or node.width) / 3
    y = node.y + node.height - (node.sheet[1] or node.height) / 4
    top = picture.height - scale * found.height
    left = (picture.width - scale * found.width) / 2
    return round(left + scale * x), round(top + scale * y)


@pytest.mark.parametrize("dark", [False, True])
def test_nodes_are_filled_with_the_colour_of_their_role(dark: bool) -> None:
    found, palette = drawn("lenet"), DARK if dark else LIGHT
    picture = image(found, dark=dark)
    violet = ImageColor.getrgb(VIOLET[dark])
    inks = {"input": palette.input, "conv": palette.kernel, "spatial": palette.output}
    for node in found.nodes:
        expected = mix(palette.background, inks.get(node.role, violet[:3]), FILLED)
        assert picture.getpixel(place(found, node, picture)) == pytest.approx(expected, abs=2)
    assert picture.getpixel((1, 1)) == palette.background


def test_picture_has_the_width_asked_for_and_grows_for_a_network_that_is_long() -> None:
    assert image(drawn("lenet"), width=1200).width == 1200
    assert image(drawn("lenet")).width == 1600
    long = drawn("resnet50", "layer1.0", "layer2.0", "layer3.0", "layer4.0")
    assert image(long).width > 1600


def test_light_and_dark_pictures_differ_and_the_same_is_the_same() -> None:
    found = drawn("lenet")
    assert network_png(found, TITLE, False) != network_png(found, TITLE, True)
    assert network_png(found, TITLE) == network_png(found, TITLE, False)


def test_opening_a_block_changes_the_picture() -> None:
    assert image(drawn("residuals")).size != image(drawn("residuals", "1")).size


@pytest.mark.parametrize("name", ["inceptions", "densenet121", "plain", "volume"])
def test_every_kind_of_network_can_be_drawn(name: str) -> None:
    rows, shape = table(name)
    groups = {row.group for row in rows}
    picture = image(diagram(rows, shape, groups))
    colours = picture.convert("RGB").getcolors(2**24)
    assert colours is not None
    assert len(colours) > 50


def test_layer_that_does_not_fit_is_drawn_red() -> None:
    found = diagram(*table("alexnet", 40))
    picture = image(found).convert("RGB")
    red = ImageColor.getrgb(RED[0])
    near = [
        c
        for _, c in picture.getcolors(2**24) or []
        if sum(abs(a - b) for a, b in zip(c, red, strict=True)) < 6
    ]
    assert near


def test_colours_are_the_themes() -> None:
    for at, theme in enumerate(("light", "dark")):
        assert VIOLET[at] == THEME[theme]["violetColor"]
        assert RED[at] == THEME[theme]["redColor"]


def test_corners_are_rounded_and_ends_stay() -> None:
    line = rounded([(0, 0), (100, 0), (100, 50)], 10)
    assert (line[0], line[-1]) == ((0, 0), (100, 50))
    assert (100, 0) not in line
    assert line[1] == (90, 0)
    assert rounded([(0, 0), (5, 5)], 10) == [(0, 0), (5, 5)]


def test_csv_has_every_rows_numbers() -> None:
    rows = table("resnet18")[0]
    read = list(csv.DictReader(io.StringIO(table_csv(rows))))
    assert [int(line["parameters"]) for line in read] == [row.parameters for row in rows]
    assert sum(int(line["parameters"]) for line in read) == 11_689_512
    assert read[0] == {
        "path": "conv1", "kind": "Conv2d", "detail": "64@7×7, s 2, p 3",
        "output_shape": "64×112×112", "parameters": "9408", "parameters_formula": "64·(3·7·7)",
        "macs": "118013952", "activation_bytes": "3211264", "receptive_field": "7×7",
        "jump": "2×2", "group": "", "branch": "", "inputs": "-1", "problem": "",
    }  # fmt: skip


def test_csv_says_why_a_layer_does_not_fit() -> None:
    rows = table("alexnet", 40)[0]
    *_, last = csv.DictReader(io.StringIO(table_csv(rows)))
    assert last["problem"] == str(rows[-1].problem)


def test_inputs_of_a_join_are_listed() -> None:
    rows = table("inceptions")[0]
    at = next(i for i, row in enumerate(rows) if row.kind == "concat")
    line = list(csv.DictReader(io.StringIO(table_csv(rows))))[at]
    assert line["inputs"] == " ".join(map(str, rows[at].inputs))


def test_picture_of_the_longest_network_stays_within_what_viewers_open() -> None:
    rows = registry.table("free", (("blocks", "-".join(["dense16n16"] * 24)),), (1, 28, 28))
    drawn = diagram(rows, (1, 28, 28), {row.group for row in rows})
    assert drawn.width > 100_000
    assert Image.open(io.BytesIO(network_png(drawn, ["Own blocks"]))).width == 16_000
