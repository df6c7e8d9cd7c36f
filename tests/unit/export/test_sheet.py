"""Planes in a row: every panel is drawn, with its values' colours and its marks."""

import io

import pytest
import torch
from PIL import Image

from cnnviz.export.drawing import DARK, LIGHT
from cnnviz.export.sheet import Panel, sheet_gif, sheet_png

RAMP = Panel("X", torch.arange(9.0).reshape(3, 3), "input")
SIGNED = Panel("K", torch.tensor([[1.0, -1.0], [0.0, 2.0]]), "kernel")
PIXELS = Panel("Y", torch.linspace(0, 1, 28 * 28).reshape(28, 28), "output")


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def colours(content: bytes) -> set[tuple[int, int, int]]:
    image = opened(content).convert("RGB")
    found = image.getcolors(image.width * image.height)
    assert found
    return {colour for _, colour in found}


@pytest.mark.parametrize("dark", [False, True])
def test_picture_is_as_wide_as_asked_on_the_readers_ground(dark: bool) -> None:
    image = opened(sheet_png([RAMP, SIGNED, PIXELS], dark, 900)).convert("RGB")
    assert image.width == 900
    assert image.getpixel((0, 0)) == (DARK if dark else LIGHT).background


@pytest.mark.parametrize("panel", [RAMP, SIGNED, PIXELS], ids=["ramp", "signed", "pixels"])
def test_title_has_the_colour_of_its_role(panel: Panel) -> None:
    assert getattr(LIGHT, panel.role) in colours(sheet_png([panel], dark=False))


def test_mark_is_a_frame_in_the_kernels_colour() -> None:
    marked = Panel("X", RAMP.values, "input", marked=((0, 0, 2, 2),))
    assert LIGHT.kernel not in colours(sheet_png([RAMP], dark=False))
    assert LIGHT.kernel in colours(sheet_png([marked], dark=False))


def test_large_plane_is_grey_pixels_from_black_to_white() -> None:
    found = colours(sheet_png([PIXELS], dark=False))
    assert {(0, 0, 0), (255, 255, 255)} <= found


def test_animation_has_a_frame_for_each_row_of_panels() -> None:
    frames = [[Panel("X", RAMP.values + i, "input")] for i in range(3)]
    animation = opened(sheet_gif(frames, dark=False, milliseconds=200))
    assert animation.n_frames == 3  # type: ignore[attr-defined]
    assert animation.info["duration"] == 200


def test_plane_of_one_row_stays_within_the_picture() -> None:
    image = opened(sheet_png([Panel("X", torch.ones(1, 5), "input")], dark=False, width=600))
    assert image.height < 600
