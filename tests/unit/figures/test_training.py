"""The figures of a trained network show its counts, and escape what a class may be called."""

import io
import itertools

import pytest
import torch
from PIL import Image

from cnnviz.figures import tiles
from cnnviz.figures.training import LONGEST, brief, confusion, per_class
from cnnviz.training.metrics import Counts

COUNTS = ((8, 2, 0), (1, 4, 0), (0, 0, 0))
NAMES = ("shirt", "coat", "<b>bag</b>")
INK = "#0d1424"
BAD = '<a href="https://example.invalid">x</a>'


def sentence(label: str, said: str, n: int, share: str) -> str:
    return f"{label} {said} {n} {share}"


def matrix(counts: Counts = COUNTS, names: tuple[str, ...] = NAMES) -> dict:  # type: ignore[type-arg]
    figure = confusion(counts, names, INK, label="L", said="S", sentence=sentence)
    found: dict = figure.to_plotly_json()  # type: ignore[type-arg]
    return found


def test_confusion_writes_every_count_and_leaves_nothing_empty_of_words() -> None:
    (cells,) = matrix()["data"]
    assert cells["text"] == [["8", "2", ""], ["1", "4", ""], ["", "", ""]]
    assert cells["customdata"][0][:2] == ["shirt shirt 8 80.0%", "shirt coat 2 20.0%"]
    assert cells["customdata"][2][0] == "&lt;b&gt;bag&lt;/b&gt; shirt 0 0.0%"


def test_right_answers_have_the_other_colour_than_wrong_ones() -> None:
    (cells,) = matrix()["data"]
    for i, j in itertools.product(range(3), repeat=2):
        value = cells["z"][i][j]
        assert value**2 == pytest.approx(COUNTS[i][j] / max(1, sum(COUNTS[i])))
        assert value >= 0 if i == j else value <= 0


@pytest.mark.parametrize("classes", [2, 10, 20])
def test_confusion_has_a_row_and_a_name_for_every_class(classes: int) -> None:
    counts = tuple(tuple(int(i == j) for j in range(classes)) for i in range(classes))
    found = matrix(counts, tuple(f"class {i}" for i in range(classes)))
    assert len(found["layout"]["yaxis"]["ticktext"]) == classes
    assert found["layout"]["height"] / classes >= 30
    assert found["data"][0]["textfont"]["size"] >= 11


def test_bars_keep_the_classes_order_and_say_where_nothing_was_tested() -> None:
    (bars,) = per_class((0.8, 0.385, None), NAMES, "none", INK).to_plotly_json()["data"]
    assert list(bars["x"]) == [0.8, 0.385, 0]
    assert list(bars["text"]) == ["80%", "38%", "none"]
    assert list(bars["customdata"])[1:] == ["coat: 38.5%", "&lt;b&gt;bag&lt;/b&gt;: none"]


def test_no_name_of_a_class_reaches_plotly_as_html() -> None:
    shown = per_class((0.5, None), (BAD, BAD), "none", INK).to_json()
    found = confusion(((1, 1), (1, 1)), (BAD, BAD), INK, label="", said="", sentence=sentence)
    for text in (shown, found.to_json()):
        assert "<a" not in text
        assert "\\u003ca" not in text


def test_a_long_name_is_cut_on_an_axis() -> None:
    assert brief("x" * LONGEST) == "x" * LONGEST
    assert brief("x" * (LONGEST + 1)) == "x" * (LONGEST - 1) + "…"


# ---- tiles


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_a_kernel_is_orange_above_zero_blue_below_and_seen_through_at_zero() -> None:
    found = opened(tiles.kernel(torch.tensor([[[1.0, -1.0, 0.0, 0.5]]]), 1.0))
    assert found.mode == "RGBA"
    pixels = [found.getpixel((i, 0)) for i in range(4)]
    assert pixels[:2] == [(217, 119, 6, 255), (59, 120, 224, 255)]
    assert pixels[2][3] == 0
    assert pixels[3] == (217, 119, 6, 128)


def test_a_kernel_of_colours_is_grey_at_zero() -> None:
    weights = torch.zeros(3, 1, 2)
    weights[0, 0, 1] = 2.0
    found = opened(tiles.kernel(weights, 2.0))
    assert [found.getpixel((i, 0)) for i in range(2)] == [(128, 128, 128), (255, 128, 128)]


def test_kernels_of_zeros_are_drawn() -> None:
    assert opened(tiles.kernel(torch.zeros(1, 5, 5), 0.0)).getextrema()[3] == (0, 0)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_picture_keeps_its_pixels(channels: int) -> None:
    pixels = torch.randint(0, 256, (channels, 4, 5), dtype=torch.uint8)
    found = opened(tiles.picture(pixels))
    assert found.size == (5, 4)
    rows = torch.tensor(list(found.tobytes())).reshape(4, 5, channels)
    assert torch.equal(rows.permute(2, 0, 1), pixels.long())
