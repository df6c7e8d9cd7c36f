"""A walk as a picture for slides: one step as a PNG, the whole walk as a looping GIF.

There are no words on it, so it reads the same in every language.
"""

from __future__ import annotations

import io
from collections import Counter

from PIL import Image

from cnnviz.export.lettering import Colour
from cnnviz.export.painter import Painter
from cnnviz.ops import Walk
from cnnviz.problems import Problem

NARROWEST, WIDEST = 480, 3840  # pixels
LONGEST = 1000  # milliseconds that a frame of a short walk stays
REST = 1500  # and that the last frame stays longer
COLOURS = 255  # a GIF has 256; Pillow marks with the last what did not change
PLAIN, RAMP = 90, 14  # of them the most frequent ones; steps from background to ink
SAMPLES = 6  # frames looked at for their colours


def png(walk: Walk, step: int, *, dark: bool = False, width: int = 1600) -> bytes:
    """One step as a PNG, `width` pixels wide.

    A convolution has the sign ∗, and its kernel the title flip(K).

    Raises:
        Problem: (a `ValueError`) for a step outside the walk, or a width out of range.
    """
    file = io.BytesIO()
    _painter(walk, dark, width).draw(step).save(file, "PNG", optimize=True)
    return file.getvalue()


def gif(
    walk: Walk,
    *,
    dark: bool = False,
    width: int = 960,
    most_frames: int = 120,
    seconds: float = 12.0,
) -> bytes:
    """The whole walk as a GIF that loops, `width` pixels wide.

    Args:
        most_frames: a longer walk is sampled evenly, with its first and last step (so at least 2).
        seconds: one round, before the rest on the last frame; a short walk takes less.

    Raises:
        Problem: (a `ValueError`) for a width out of range.
    """
    painter, steps = _painter(walk, dark, width), sampled(len(walk), most_frames)
    palette = _SharedPalette(painter, steps)
    each = min(LONGEST, 1000 * seconds / len(steps))
    duration = [max(20, 10 * round(each / 10))] * len(steps)  # a GIF counts in 10 ms
    duration[-1] += REST
    file = io.BytesIO()
    drawn = (palette.apply(painter.draw(step)) for step in steps)
    next(drawn).save(
        file, "GIF", save_all=True, append_images=drawn, duration=duration, loop=0, disposal=1
    )
    return file.getvalue()


def sampled(steps: int, most: int) -> list[int]:
    """Up to `most` steps, evenly apart, the first and the last among them."""
    count = min(steps, max(2, most))
    return [round(i * (steps - 1) / max(1, count - 1)) for i in range(count)]


def _painter(walk: Walk, dark: bool, width: int) -> Painter:
    if not NARROWEST <= width <= WIDEST:
        raise Problem("picture_width", low=NARROWEST, high=WIDEST, width=width)
    return Painter(walk, dark=dark, width=width)


class _SharedPalette:
    """The colours that serve all frames of a GIF.

    What is most frequent in some of the frames, exactly as it is, so that plain areas keep their
    colour; then the inks on their way from the background, for the edges of letters; then more.
    """

    def __init__(self, painter: Painter, steps: list[int]) -> None:
        frequent: Counter[Colour] = Counter()
        for i in sampled(len(steps), SAMPLES):
            image = painter.draw(steps[i])
            for count, colour in image.getcolors(image.width * image.height) or []:
                if isinstance(colour, tuple):
                    frequent[colour[0], colour[1], colour[2]] += count
        often = sorted(frequent, key=lambda colour: (-frequent[colour], colour))
        # Pillow looks colours up by cells 4 levels wide, at their lower corner: so let every
        # cell have one colour only, look up corners, and put the colours in afterwards
        cells: dict[Colour, Colour] = {}
        for red, green, blue in [*often[:PLAIN], *painter.palette.ramps(RAMP), *often[PLAIN:]]:
            cells.setdefault((red & ~3, green & ~3, blue & ~3), (red, green, blue))
        self.colours = _levels(list(cells.values()))
        self.corners = Image.new("P", (1, 1))
        self.corners.putpalette(_levels(list(cells)))

    def apply(self, image: Image.Image) -> Image.Image:
        """The picture in these colours."""
        indexed = image.quantize(palette=self.corners, dither=Image.Dither.NONE)
        indexed.putpalette(self.colours)
        return indexed


def _levels(colours: list[Colour]) -> list[int]:
    """Red, green, blue, red, ... of `COLOURS` colours, the first one repeated at the end."""
    full = [*colours[:COLOURS], *colours[:1] * (COLOURS - len(colours))]
    return [level for colour in full for level in colour]
