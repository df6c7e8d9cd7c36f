"""What is taken along of a dense layer beside a convolution: code that runs, pictures that move."""

import io
import itertools

import pytest
import torch
from PIL import Image

from cnnviz.data.glyphs import glyph
from cnnviz.export.dense import Shift, dense_code, dense_gif, dense_png, expected, way
from cnnviz.ops.dense import Layer, dense_layer, shared_layer
from tests.unit.export.test_code import run


def layers(
    side: int = 6, delta: int | None = 1, c_in: int = 1, c_out: int = 1, seed: int = 3
) -> tuple[Layer, Layer]:
    return (
        dense_layer(side, side, c_in, c_out, seed=seed),
        shared_layer(side, side, delta, c_in, c_out, seed=seed),
    )


@pytest.mark.parametrize("delta", [None, 0, 1, 3])
@pytest.mark.parametrize(("c_in", "c_out"), [(1, 1), (3, 2)])
@pytest.mark.parametrize("by", [(0, 0), (1, 2), (-3, 3)])
def test_code_draws_the_same_weights_and_gives_the_same_numbers(
    delta: int | None, c_in: int, c_out: int, by: Shift
) -> None:
    pair, x = layers(6, delta, c_in, c_out), glyph("corner", 6, 6, c_in)
    found = run(dense_code(*pair, x, by, 3))  # asserts the errors and the counts itself
    assert torch.equal(found["X"], x)
    assert torch.equal(found["W"], pair[0].weights)
    assert torch.equal(found["K"], pair[1].weights)
    torch.testing.assert_close(found["Y"], expected(*pair, x, by))


def test_code_notices_a_wrong_number() -> None:
    code = dense_code(*layers(), glyph("plus", 6, 6), (1, 1), 3)
    broken = code.replace("manual_seed(3)", "manual_seed(4)", 1)
    with pytest.raises(AssertionError):
        run(broken)


def test_code_of_an_empty_picture_runs() -> None:
    found = run(dense_code(*layers(), torch.zeros(1, 6, 6), (1, 1), 3))
    assert not found["Y"].any()


@pytest.mark.parametrize("by", [(2, -1), (-1, 0), (0, 3), (0, 0)])
def test_way_goes_cell_by_cell_to_the_shift(by: Shift) -> None:
    path = way(by)
    assert path[0] == (0, 0)
    assert path[-1] == by
    assert len(path) > 1
    for before, after in itertools.pairwise(path):
        assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) == 1


def test_picture_is_as_wide_as_asked_and_dark_where_asked() -> None:
    scene = (*layers(), glyph("ring", 6, 6), (1, 0))
    light, dark = (
        Image.open(io.BytesIO(dense_png(*scene, dark=dark))).convert("RGB")
        for dark in (False, True)
    )
    assert light.width == dark.width == 1600
    assert sum(light.getpixel((0, 0))) > 700
    assert sum(dark.getpixel((0, 0))) < 100


def test_animation_has_a_frame_for_every_cell_of_the_way() -> None:
    made = dense_gif(*layers(), glyph("ring", 6, 6), (2, -1), dark=False)
    animation = Image.open(io.BytesIO(made))
    assert animation.n_frames == len(way((2, -1))) == 4


def test_animation_of_channels_is_made() -> None:
    scene = (*layers(4, 1, 2, 3), glyph("dot", 4, 4, 2), (0, 1))
    assert Image.open(io.BytesIO(dense_gif(*scene, dark=True))).n_frames == 2
