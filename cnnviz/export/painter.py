"""Draws the steps of a walk: the still ground, and on it what moves."""

from __future__ import annotations

from itertools import pairwise, product

from PIL import Image, ImageDraw

from cnnviz.export.drawing import DARK, LIGHT, frame, mix, ring
from cnnviz.export.equation import equation, set_lines, widest
from cnnviz.export.ground import Ground
from cnnviz.export.layout import MARGIN, arrange
from cnnviz.export.lettering import measure, write, write_runs
from cnnviz.export.view import Place, held, place_of, planes_of, winner
from cnnviz.ops import Pooling, Walk

WASH = 0.15  # of a frame's colour, inside it


class Painter:
    """The pictures of one walk; what stands still between steps is drawn once."""

    def __init__(self, walk: Walk, *, dark: bool, width: int) -> None:
        self.walk, self.palette = walk, DARK if dark else LIGHT
        self.layout = arrange(walk, width, self.palette)
        self.ground = Ground(walk, self.layout, self.palette)
        self._turn_to(place_of(walk, 0))

    def draw(self, i: int) -> Image.Image:
        """The picture of step `i`, RGB; raises what `walk.step` raises."""
        place = place_of(self.walk, i)
        if place.plane != self.plane:
            self._turn_to(place)
        image = self.before.copy()
        draw = ImageDraw.Draw(image)
        for n in range(len(self.layout.input.grids)):
            self._draw_window(draw, place, n)
        if isinstance(self.walk, Pooling):
            self._draw_held(image, draw, place)
        self._reveal(image, place)
        self._draw_current(draw, place)
        self._draw_equation(draw, place)
        self._draw_footer(draw, i)
        return image

    def _turn_to(self, place: Place) -> None:
        """Draw the planes at this place as they stay while the window walks over them."""
        self.plane, self.planes = place.plane, planes_of(self.walk, place)
        self.before, self.after = self.ground.draw(place, self.planes)

    def _draw_window(self, draw: ImageDraw.ImageDraw, place: Place, n: int) -> None:
        palette, column, px = self.palette, self.layout.input, self.layout.px
        grid = column.grids[n]
        for (i, row), (j, col) in product(enumerate(place.rows), enumerate(place.cols)):
            if column.lettering:
                weight = float(self.planes.kernels[n, i, j])
                self._draw_tap(draw, n, (row, col), weight)
        gaps = any(b - a > 1 for taps in (place.rows, place.cols) for a, b in pairwise(taps))
        if gaps and grid.cell_width >= px(6):
            for row, col in product(place.rows, place.cols):
                frame(draw, grid.box(row, col), palette.kernel, px(2))
        high, wide = (taps[-1] - taps[0] + 1 for taps in (place.rows, place.cols))
        whole = grid.box(place.rows[0], place.cols[0], high, wide)
        if column.lettering:
            frame(draw, whole, palette.kernel, px(3))
        else:
            ring(draw, whole, palette.kernel, palette.background, px(3))

    def _draw_held(self, image: Image.Image, draw: ImageDraw.ImageDraw, place: Place) -> None:
        """What pooling's window holds, and what it took, there and on the input."""
        self.ground.draw_held(image, held(place))
        if taken := winner(place):
            row, col = taken
            on_input = (place.rows[row], place.cols[col])
            for column, cell in ((self.layout.kernel, taken), (self.layout.input, on_input)):
                box = column.grids[0].box(*cell)
                frame(draw, box, self.palette.output, self.layout.px(3))

    def _draw_tap(
        self, draw: ImageDraw.ImageDraw, n: int, cell: tuple[int, int], weight: float
    ) -> None:
        """A cell under the window: its number and, where there is room, the weight below."""
        palette, column, under = self.palette, self.layout.input, self.layout.weights
        grid, value = column.grids[n], float(self.planes.inputs[n][cell])
        wash = mix(palette.background, palette.kernel, WASH)
        draw.rectangle(grid.box(*cell), fill=wash, outline=mix(wash, palette.kernel, 0.45))
        x, y = grid.middle(*cell)
        if under:
            lower = (x, y + 0.27 * grid.cell_height)
            under.write(draw, lower, weight, palette.kernel, before="×")
            y -= 0.13 * grid.cell_height
        if column.lettering:
            ink = palette.muted if self.planes.padding[n][cell] else palette.text
            column.lettering.write(draw, (x, y), value, ink)

    def _reveal(self, image: Image.Image, place: Place) -> None:
        """Copy the output's rows that are done, and what is done of this one."""
        grid, (row, col) = self.layout.output.grids[0], place.cell
        for done in (grid.box(0, 0, row, grid.cols), grid.box(row, 0, 1, col + 1)):
            image.paste(self.after.crop(done), done[:2])

    def _draw_current(self, draw: ImageDraw.ImageDraw, place: Place) -> None:
        """The output cell that the window gives now."""
        palette, column, px = self.palette, self.layout.output, self.layout.px
        grid, value = column.grids[0], float(self.planes.output[place.cell])
        box = grid.box(*place.cell)
        if column.lettering:
            draw.rectangle(box, fill=mix(palette.background, palette.output, WASH))
            column.lettering.write(draw, grid.middle(*place.cell), value, palette.text, bold=True)
            frame(draw, box, palette.output, px(3))
        else:
            ring(draw, box, palette.output, palette.background, px(3))

    def _draw_equation(self, draw: ImageDraw.ImageDraw, place: Place) -> None:
        top, size, count = self.layout.equation
        room = self.layout.width - 2 * self.layout.px(MARGIN)
        pieces = equation(self.walk, place.step, self.palette)
        lines = set_lines(pieces, count)
        # the size was settled on a sample of the steps; a longer equation shrinks
        smaller = min(size, int(size * room / widest(lines, size)))
        for i, line in enumerate(lines):
            write_runs(draw, (self.layout.width / 2, top + 1.5 * size * i), line, smaller)

    def _draw_footer(self, draw: ImageDraw.ImageDraw, i: int) -> None:
        """How far the walk is: a thin bar, and the step's number counted from 1."""
        palette, px, y, steps = self.palette, self.layout.px, self.layout.footer, len(self.walk)
        left, right, high = px(MARGIN), self.layout.width - px(MARGIN), px(2)
        write(draw, (right, y), f"{i + 1} / {steps}", px(14), palette.muted, align=1)
        right -= round(measure(f"{steps} / {steps}", px(14))) + px(14)
        draw.rectangle((left, y - high, right, y + high), fill=palette.line)
        done = left + (right - left) * (i + 1) / steps
        draw.rectangle((left, y - high, done, y + high), fill=palette.input)
