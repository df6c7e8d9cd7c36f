"""The walk as PNG and GIF: complete, inside its borders, small."""

import io
import math
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFont
from torch import Tensor

from cnnviz.export.drawing import DARK, LIGHT, Palette
from cnnviz.export.layout import TITLE, arrange, titles
from cnnviz.export.lettering import ADVANCE, measure
from cnnviz.export.numbers import short
from cnnviz.export.painter import Painter
from cnnviz.export.picture import gif, png, sampled
from cnnviz.export.view import place_of
from cnnviz.ops import Pooling, Walk, Window, correlate
from cnnviz.ops.kernels import named
from cnnviz.problems import Problem
from tests.unit.export.walks import (
    EVERY_KIND,
    bar,
    channels,
    correlations,
    grouped,
    large_kernel,
    one_row,
    picture,
    ramp,
    volume,
)

every_kind = pytest.mark.parametrize("make", EVERY_KIND, ids=lambda make: make.__name__)


def opened(blob: bytes) -> Image.Image:
    return Image.open(io.BytesIO(blob))


def frames(blob: bytes) -> list[Image.Image]:
    image = opened(blob)
    shown = []
    for i in range(getattr(image, "n_frames", 1)):
        image.seek(i)
        shown.append(image.convert("RGB"))
    return shown


def edge(image: Image.Image, width: int = 6) -> set[object]:
    """The colours along the four borders."""
    w, h = image.size
    strips = [(0, 0, w, width), (0, h - width, w, h), (0, 0, width, h), (w - width, 0, w, h)]
    return {colour for box in strips for _, colour in image.crop(box).getcolors() or []}


# PNG


@every_kind
@pytest.mark.parametrize("dark", [False, True])
def test_png_has_the_width_asked_for_and_the_background(
    make: Callable[[], Walk], dark: bool
) -> None:
    image = opened(png(make(), 0, dark=dark, width=800))
    assert (image.format, image.width) == ("PNG", 800)
    assert image.getpixel((1, 1)) == (DARK if dark else LIGHT).background


@every_kind
def test_nothing_is_cut_at_the_borders(make: Callable[[], Walk]) -> None:
    walk = make()
    painter = Painter(walk, dark=False, width=960)
    for step in sampled(len(walk), 7):
        assert edge(painter.draw(step)) == {LIGHT.background}


@settings(max_examples=25)
@given(correlations(), st.sampled_from([480, 960]))
def test_any_walk_can_be_drawn_inside_its_borders(
    case: tuple[Tensor, Tensor, Window], width: int
) -> None:
    walk = correlate(*case)
    for step in (0, len(walk) - 1):
        image = opened(png(walk, step, width=width)).convert("RGB")
        assert edge(image, 3) == {LIGHT.background}


@pytest.mark.parametrize("step", [-1, 16])
def test_a_step_outside_is_refused_as_by_the_walk(step: int) -> None:
    with pytest.raises(Problem) as caught:
        png(ramp(), step)
    assert caught.value.kind == "step_outside"


@pytest.mark.parametrize("width", [0, 479, 3841])
def test_a_width_out_of_range_is_refused(width: int) -> None:
    for draw in (lambda: png(ramp(), 0, width=width), lambda: gif(ramp(), width=width)):
        with pytest.raises(Problem) as caught:
            draw()
        assert caught.value.kind == "picture_width"
        assert str(width) in str(caught.value)


def test_the_same_step_gives_the_same_bytes() -> None:
    assert png(channels(), 7) == png(channels(), 7)


def test_a_step_looks_the_same_whatever_was_drawn_before() -> None:
    painter = Painter(channels(), dark=False, width=960)
    first = painter.draw(6)
    for step in (11, 0):
        painter.draw(step)
    assert painter.draw(6) == first


# GIF


def test_gif_of_the_ramp_has_one_frame_a_step() -> None:
    assert len(frames(gif(ramp()))) == 16


def test_gif_loops_and_rests_on_its_last_frame() -> None:
    image = opened(gif(ramp()))
    assert image.info["loop"] == 0
    durations = []
    for i in range(16):
        image.seek(i)
        durations.append(image.info["duration"])
    assert set(durations[:-1]) == {750}  # 12 seconds for 16 steps
    assert durations[-1] > 2 * 750


@pytest.mark.parametrize("dark", [False, True])
def test_gif_keeps_the_colours_of_plain_areas(dark: bool) -> None:
    palette: Palette = DARK if dark else LIGHT
    for image in frames(gif(ramp(), dark=dark)):
        colours = {colour for _, colour in image.getcolors(2**20) or []}
        assert edge(image) == {palette.background}
        assert {palette.input, palette.kernel, palette.output} <= colours


def test_gif_shows_the_same_frames_as_png() -> None:
    drawn = Painter(ramp(), dark=False, width=960)
    for step, image in enumerate(frames(gif(ramp()))):
        exact = torch.frombuffer(bytearray(drawn.draw(step).tobytes()), dtype=torch.uint8)
        shown = torch.frombuffer(bytearray(image.tobytes()), dtype=torch.uint8)
        assert (exact.int() - shown.int()).abs().float().mean() < 1


def test_a_one_step_walk_gives_a_gif_of_one_frame() -> None:
    walk = correlate(torch.tensor([[2.0]]), torch.tensor([[3.0]]))
    blob = gif(walk)
    assert opened(blob).format == "GIF"
    assert len(frames(blob)) == 1


@pytest.mark.parametrize("make", [picture, large_kernel], ids=lambda make: make.__name__)
def test_a_long_walk_is_a_gif_of_120_frames_below_2_megabytes(make: Callable[[], Walk]) -> None:
    blob = gif(make())
    assert getattr(opened(blob), "n_frames", 1) == 120
    assert len(blob) < 2_000_000


def test_all_frames_have_one_palette() -> None:
    """A frame with a palette of its own would change colours that stand still."""
    blob = gif(bar(), most_frames=5)
    still = (60, 70)  # in a cell of X
    assert len({image.getpixel(still) for image in frames(blob)[2:]}) == 1
    assert len({tuple(image.getpalette() or []) for image in [opened(blob)]}) == 1


@given(st.integers(1, 5000), st.integers(0, 200))
def test_sampled_steps_rise_from_the_first_to_the_last(steps: int, most: int) -> None:
    chosen = sampled(steps, most)
    assert chosen[0] == 0
    assert chosen[-1] == steps - 1
    assert len(set(chosen)) == len(chosen) == min(steps, max(2, most))
    gaps = [b - a for a, b in pairwise(chosen)]
    assert not gaps or max(gaps) - min(gaps) <= 1


# Correlation or convolution


def convolution() -> Walk:
    return correlate(torch.arange(9.0).reshape(3, 3), named("ramp"), Window(2), flip=True)


def unflipped(walk: Walk) -> Walk:
    """The same numbers, said to be a correlation's."""
    return replace(walk, flip=False)


def arms(painter: Painter) -> int:
    """How often a circle around the middle of the sign between X and K meets ink."""
    x, _, y = painter.layout.signs
    image, radius, around = painter.draw(0), 0.29 * painter.layout.px(22), 360
    turns = [2 * math.pi * i / around for i in range(around)]
    ink = [
        image.getpixel((round(x + radius * math.cos(t)), round(y + radius * math.sin(t))))
        != painter.palette.background
        for t in turns
    ]
    return sum(now and not before for before, now in zip([ink[-1], *ink], ink, strict=False))


@pytest.mark.parametrize("dark", [False, True])
def test_convolution_is_signed_by_an_asterisk_not_a_star(dark: bool) -> None:
    assert arms(Painter(convolution(), dark=dark, width=1920)) == 6
    assert arms(Painter(unflipped(convolution()), dark=dark, width=1920)) == 5


@every_kind
def test_the_title_of_a_flipped_kernel_says_so(make: Callable[[], Walk]) -> None:
    walk = make()
    place = place_of(walk, 0)
    plain, flipped = (titles(replace(walk, flip=flip), place) for flip in (False, True))
    assert (flipped[0], flipped[2]) == (plain[0], plain[2])
    if isinstance(walk, Pooling):  # which has no kernel to be flipped
        return
    assert plain[1][0].startswith("K")
    assert flipped[1] == (f"flip({plain[1][0][0]}){plain[1][0][1:]}", plain[1][1])


def test_the_title_of_a_flipped_kernel_is_drawn() -> None:
    plain, flipped = (
        Painter(replace(convolution(), flip=flip), dark=False, width=960) for flip in (False, True)
    )
    grid = plain.layout.kernel.grids[0]
    assert grid == flipped.layout.kernel.grids[0]
    left, top, right, _ = grid.outer
    drawn = [painter.draw(0).crop((left, 0, right, top)) for painter in (plain, flipped)]
    assert drawn[0] != drawn[1]


@every_kind
def test_the_title_of_a_flipped_kernel_stays_clear_of_the_other_titles(
    make: Callable[[], Walk],
) -> None:
    walk = replace(make(), flip=True)
    layout = arrange(walk, 960, LIGHT)
    names = titles(walk, place_of(walk, len(walk) - 1))
    columns = (layout.input, layout.kernel, layout.output)
    halves = [measure("  ".join(name), layout.px(TITLE)) / 2 for name in names]
    ends = [(c.middle - half, c.middle + half) for c, half in zip(columns, halves, strict=True)]
    assert ends[0][0] > 0
    assert ends[2][1] < layout.width
    for (_, end), (start, _) in pairwise(ends):
        assert end + 30 < start


def test_png_and_gif_take_whether_the_kernel_is_flipped() -> None:
    walk = convolution()
    assert png(walk, 0) != png(unflipped(walk), 0)
    assert gif(walk) != gif(unflipped(walk))


# What is on it


def test_the_output_fills_up_step_by_step() -> None:
    painter = Painter(picture(), dark=False, width=960)
    grid = painter.layout.output.grids[0]
    left, top, right, bottom = grid.box(20, 20)
    inside = (left + 1, top + 1, right - 1, bottom - 1)
    assert painter.draw(20 * 28 - 3).crop(inside).getcolors() == [
        ((inside[2] - inside[0]) * (inside[3] - inside[1]), LIGHT.empty)
    ]
    assert LIGHT.empty not in {c for _, c in painter.draw(783).crop(inside).getcolors() or []}


def test_the_window_stands_where_the_step_reads() -> None:
    painter = Painter(ramp(), dark=False, width=960)
    grid = painter.layout.input.grids[0]
    image = painter.draw(5)  # the window covers rows and columns 1 and 2 of the padded input
    left, top, right, bottom = grid.box(1, 1, 2, 2)
    for corner in ((left, top), (right, top), (left, bottom), (right, bottom)):
        assert image.getpixel(corner) == LIGHT.kernel
    assert image.getpixel(grid.box(0, 0)[:2]) != LIGHT.kernel


def test_negative_pixels_are_striped_and_positive_ones_are_not() -> None:
    x = torch.cat([torch.full((20, 10), -1.0), torch.full((20, 10), 1.0)], 1)
    painter = Painter(correlate(x, torch.ones(1, 1)), dark=False, width=960)
    image, grid = painter.draw(0), painter.layout.input.grids[0]
    negative, positive = (image.crop(grid.box(5, col, 4, 3)) for col in (4, 14))
    assert len(negative.getcolors() or []) > 1
    assert [colour for _, colour in positive.getcolors() or []] == [LIGHT.kernel]


def test_planes_beyond_four_are_counted() -> None:
    layout = arrange(volume(), 960, LIGHT)
    assert len(layout.input.grids) == len(layout.kernel.grids) == 4
    assert layout.input.more == layout.kernel.more == 1


@every_kind
def test_columns_stand_apart_and_planes_do_not_overlap(make: Callable[[], Walk]) -> None:
    layout = arrange(make(), 960, LIGHT)
    x, k, y = layout.input, layout.kernel, layout.output
    sign, equals, _ = layout.signs
    assert x.grids[0].outer[2] + 15 < sign < k.grids[0].left - 15
    assert k.grids[0].outer[2] + 15 < equals < y.grids[0].left - 15
    for column in (x, k, y):
        for above, below in pairwise(column.grids):
            assert above.outer[3] + 15 < below.top
        assert column.grids[-1].outer[3] < layout.equation[0] - layout.equation[1]


@every_kind
def test_every_number_fits_its_cell(make: Callable[[], Walk]) -> None:
    walk = make()
    layout = arrange(walk, 960, LIGHT)
    columns = (layout.input, layout.kernel, layout.output)
    for column, tensor in zip(columns, (walk.input, walk.kernel, walk.output), strict=True):
        if writing := column.lettering:
            texts = (short(v, writing.digits, writing.decimals) for v in tensor.flatten().tolist())
            widest = max(measure(text, writing.size) for text in texts)
            assert widest < column.grids[0].cell_width
            assert writing.size < column.grids[0].cell_height


@pytest.mark.parametrize("make", [ramp, bar, one_row, channels, grouped])
def test_small_walks_show_numbers(make: Callable[[], Walk]) -> None:
    layout = arrange(make(), 960, LIGHT)
    assert layout.input.lettering
    assert layout.kernel.lettering
    assert layout.output.lettering


def test_sixteen_by_sixteen_shows_numbers_and_more_shows_pixels() -> None:
    kernel, window = torch.ones(3, 3) / 9, Window(3, padding=1)
    levels = torch.arange(256.0).reshape(16, 16) / 255
    assert arrange(correlate(levels, kernel, window), 960, LIGHT).input.lettering
    assert not arrange(picture(), 960, LIGHT).input.lettering


def test_weights_stand_under_the_numbers_where_there_is_room() -> None:
    assert arrange(ramp(), 960, LIGHT).weights
    assert not arrange(picture(), 960, LIGHT).weights


def test_every_character_drawn_is_in_the_font_or_drawn_by_hand() -> None:
    font = ImageFont.load_default(40)
    missing = bytes(font.getmask("\U0010fffe"))
    for character in set("0123456789 .,e()[]+/=·…XKYflip") - {" "}:
        assert bytes(font.getmask(character)) != missing, character
    for character in ADVANCE:  # else it would not need to be drawn
        assert bytes(font.getmask(character)) == missing, character
