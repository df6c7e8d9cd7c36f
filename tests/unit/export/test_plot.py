"""Curves and circles as pictures: at their place, in their colour, on the reader's ground."""

import io

import pytest
from PIL import Image

from cnnviz.export.drawing import DARK, LIGHT
from cnnviz.export.plot import BOTTOM, EDGE, HEIGHT, TOP, Circle, Curve, Plot, plots_gif, plots_png

LEVEL = Plot("n = 1", (0, 10), (0, 1), (Curve(((0, 0.75), (10, 0.75)), "output", 9),))
DOT = Plot("n = 2", (0, 10), (0, 5), circles=(Circle((2.5, 2.5), 0.5, "kernel", name="f*"),))
TICKS = Plot("n", (0, 1), (0, 1), x_ticks=((0.5, "3"),), y_ticks=((0.5, "−2"),))


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def at(plot: Plot, x: float, y: float) -> tuple[int, int]:
    """Where a point of a picture's only plot, without ticks at its side, is."""
    across = (x - plot.x[0]) / (plot.x[1] - plot.x[0])
    up = (y - plot.y[0]) / (plot.y[1] - plot.y[0])
    return (
        round(EDGE + across * (1600 - 2 * EDGE)),
        round(HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)),
    )


@pytest.mark.parametrize("dark", [False, True])
def test_curve_lies_where_its_points_are(dark: bool) -> None:
    image, palette = opened(plots_png([LEVEL], dark)), DARK if dark else LIGHT
    assert image.size == (1600, HEIGHT)
    for x in (1, 5, 9):
        assert image.getpixel(at(LEVEL, x, 0.75)) == palette.output
        assert image.getpixel(at(LEVEL, x, 0.5)) == palette.background


def test_circle_is_filled_around_its_middle() -> None:
    image = opened(plots_png([DOT], dark=False))
    assert image.getpixel(at(DOT, 2.5, 2.5)) == LIGHT.kernel
    assert image.getpixel(at(DOT, 2.9, 2.5)) == LIGHT.kernel
    assert image.getpixel(at(DOT, 3.2, 2.5)) == LIGHT.background


def test_pale_circle_has_a_line_around_it() -> None:
    plot = Plot("", (0, 10), (0, 5), circles=(Circle((5, 2.5), 2, "muted", 0.1),))
    image = opened(plots_png([plot], dark=False))
    inside = image.getpixel(at(plot, 5, 2.5))
    assert inside not in (LIGHT.muted, LIGHT.background)
    assert image.getpixel(at(plot, 7, 2.5)) != inside


def test_circle_on_even_axes_is_as_high_as_it_is_wide() -> None:
    circle = Circle((2, 2), 2, "kernel")
    image = opened(plots_png([Plot("", (0, 4), (0, 4), circles=(circle,), even=True)], False))
    wide, high = (HEIGHT - BOTTOM - TOP) / 4, (HEIGHT - BOTTOM - TOP) / 4
    x, y = 800, TOP + 2 * high
    for dx, dy in ((1.9, 0), (-1.9, 0), (0, 1.9), (0, -1.9), (1.3, 1.3)):
        assert image.getpixel((round(x + dx * wide), round(y + dy * high))) == LIGHT.kernel
    assert image.getpixel((round(x + 2.2 * wide), round(y))) == LIGHT.background


def test_line_of_a_circle_is_not_covered_by_a_later_one() -> None:
    large, small = Circle((5, 2.5), 2, "input", 0.1), Circle((7, 2.5), 2, "muted", 0.1)
    image = opened(plots_png([Plot("", (0, 10), (0, 5), circles=(large, small))], False))
    # the large one's right end lies in the middle of the other
    x, y = at(Plot("", (0, 10), (0, 5)), 7, 2.5)
    assert LIGHT.input in {image.getpixel((x + i, y)) for i in range(-6, 7)}


def test_ticks_are_written_beside_the_frame() -> None:
    with_ticks, without = (
        opened(plots_png([plot], dark=False)) for plot in (TICKS, Plot("n", (0, 1), (0, 1)))
    )
    below = (0, HEIGHT - BOTTOM + 4, 1600, HEIGHT)
    assert with_ticks.crop(below).getcolors() != without.crop(below).getcolors()
    beside = (0, TOP, EDGE + 70, HEIGHT - BOTTOM)
    assert with_ticks.crop(beside).getcolors() != without.crop(beside).getcolors()


def test_animation_has_a_picture_for_each_row_of_plots() -> None:
    animation = Image.open(io.BytesIO(plots_gif([[LEVEL, DOT], [DOT, LEVEL], [DOT, DOT]], False)))
    assert animation.n_frames == 3  # type: ignore[attr-defined]
    assert animation.width == 960
