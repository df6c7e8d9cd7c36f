"""Where everything stands on the picture of a walk: settled once, the same for every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PIL import ImageDraw
from torch import Tensor

from cnnviz.export.drawing import Grid, Palette
from cnnviz.export.equation import equation, set_lines, widest
from cnnviz.export.lettering import Colour, measure, write
from cnnviz.export.numbers import short
from cnnviz.export.view import Place, Planes, place_of, planes_of
from cnnviz.ops import Pooling, Walk

DESIGNED = 960  # pixels wide; lengths below are at this width
MARGIN, GAP = 28, 60
TITLE, TITLE_ROOM, TAG = 17, 30, 22  # writing; room above the planes, above each of several
MOST_NUMBERED = 18  # cells a side: 16 and a padding of 1
SIGNED = 0.42  # of the full colour, below text
MOST_PLANES = 4
MOST_HEIGHT = {1: 460, 2: 560, 3: 600, 4: 640}  # by planes one under the other
LEAST_HEIGHT = 110
MOST_MEASURED = 2000  # numbers; of a stack of more, evenly many are tried for their width
LARGEST_CELL, LARGEST_KERNEL_CELL, ROW_HEIGHT = 64, 46, 48  # the last of a 1-D walk
EQUATION_SIZES = [(26, 1), (23, 1), (20, 1), (21, 2), (18, 2), (16, 2), (15, 3)]  # size, lines


@dataclass(frozen=True)
class Lettering:
    """How a plane's numbers are written so that the widest fits its cell."""

    size: int  # pixels
    digits: int
    decimals: int

    def write(
        self,
        draw: ImageDraw.ImageDraw,
        at: tuple[float, float],
        value: float,
        ink: Colour,
        *,
        before: str = "",
        bold: bool = False,
    ) -> None:
        """Write the number around this point; `before` stands before it."""
        text = before + short(value, self.digits, self.decimals)
        write(draw, at, text, self.size, ink, bold=bold)


@dataclass(frozen=True)
class Column:
    """Planes of one tensor, one under the other, below its title."""

    grids: tuple[Grid, ...]
    lettering: Lettering | None  # None: cells too small for numbers
    more: int  # planes that are not shown
    tagged: bool  # one of several: room above each for its own small title

    @property
    def middle(self) -> float:
        """Of its planes, from the left."""
        left, _, right, _ = self.grids[0].outer
        return (left + right) / 2


@dataclass(frozen=True)
class Layout:
    """Places and sizes on the picture, in its pixels, from its left and top."""

    width: int  # pixels, of the picture
    height: int  # pixels
    unit: float  # pixels that are 1 at the designed width
    input: Column  # X, left
    kernel: Column  # K, in the middle
    output: Column  # Y, right
    weights: Lettering | None  # of the weights under the window's numbers
    signs: tuple[float, float, float]  # pixels: x of ★ or ∗, x of =, y of both
    equation: tuple[float, int, int]  # pixels: y of the first line, size; count of lines
    footer: float  # pixels: y of the progress

    def px(self, length: float) -> int:
        """A length at the designed width, in this picture's pixels; at least 1."""
        return max(1, round(length * self.unit))


def titles(walk: Walk, place: Place) -> list[tuple[str, str]]:
    """Names of X, K and Y, with which part of them is drawn, and that part's shape.

    The kernel is called flip(K) where the walk's kernel is K flipped; pooling has its window there.
    """
    channel = place.step.index[:1] if walk.kernel.ndim > walk.input.ndim else ()
    kernel = (f"{'flip(K)' if walk.flip else 'K'}{_index(channel)}", _shape(place.step.kernel))
    if isinstance(walk, Pooling):
        kernel = (walk.mode, " × ".join(str(axis.kernel_size) for axis in walk.axes))
    return [
        ("X", _shape(walk.input)),
        kernel,
        (f"Y{_index(place.plane)}", _shape(walk.output[place.plane])),
    ]


def _shape(tensor: Tensor) -> str:
    return " × ".join(map(str, tensor.shape))


def _index(index: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, index))}]" if index else ""


def arrange(walk: Walk, width: int, palette: Palette) -> Layout:
    """Settle the picture of this walk at `width` pixels."""
    unit = width / DESIGNED
    last = place_of(walk, len(walk) - 1)  # whose titles are the longest
    named = titles(walk, last)
    names = [measure("  ".join(title), round(TITLE * unit)) for title in named]
    forms = [
        _Form(*shape, title_width=name, unit=unit, one_row=len(walk.axes) == 1)
        for shape, name in zip(_shapes(planes_of(walk, last)), names, strict=True)
    ]
    # of one size where numbers fit, so that the kernel can be seen lying on the input
    kernel_cells = (0, 32 * unit, forms[1].cell_alone())
    trials = [_trial(walk, forms, kernel) for kernel in kernel_cells]
    readable = [trial for trial in trials if trial.lettering[0] and trial.lettering[1]]
    best = readable[0] if readable else trials[0 if trials[0].lettering[0] else -1]
    return _place(walk, width, forms, best, palette)


def _shapes(drawn: Planes) -> list[tuple[int, int, int]]:
    """Planes, rows and columns of what is drawn of X, K and Y."""
    planes, rows, cols = drawn.inputs.shape
    return [(planes, rows, cols), (planes, *drawn.kernels.shape[1:]), (1, *drawn.output.shape)]


@dataclass(frozen=True)
class _Form:
    """Planes of one tensor before they have a place."""

    planes: int
    rows: int
    cols: int
    title_width: float
    unit: float
    one_row: bool

    @property
    def shown(self) -> int:
        return min(self.planes, MOST_PLANES)

    @property
    def tag(self) -> float:
        """Room above each of several planes for its own small title."""
        return TAG * self.unit if self.planes > 1 else 0

    def width(self, cell: float) -> float:
        return max(self.cols * cell, self.title_width)

    def cell_height(self, cell: float) -> float:
        return max(cell, ROW_HEIGHT * self.unit) if self.one_row else cell

    def height(self, cell: float) -> float:
        more = self.tag if self.planes > self.shown else 0
        return self.shown * (self.rows * self.cell_height(cell) + self.tag) + more

    @property
    def most_height(self) -> float:
        return MOST_HEIGHT[self.shown] * self.unit

    def cell_alone(self) -> float:
        """The cell of a kernel whose size does not depend on the input's."""
        wide = 0.22 * DESIGNED * self.unit / self.cols
        high = (self.most_height / self.shown - 2 * self.tag) / self.rows
        return max(1, int(min(LARGEST_KERNEL_CELL * self.unit, wide, high)))


class _Trial(NamedTuple):
    """Cell widths of X, K and Y that fit the picture, and whether numbers fit them."""

    cells: tuple[float, float, float]
    lettering: tuple[Lettering | None, Lettering | None, Lettering | None]


def _trial(walk: Walk, forms: list[_Form], kernel: float) -> _Trial:
    """The largest cells that fit: whole pixels, or a whole number of them in a pixel."""
    unit = forms[0].unit
    room = (DESIGNED - 2 * MARGIN - 2 * GAP) * unit
    for cell in (*range(int(LARGEST_CELL * unit), 0, -1), *(1 / n for n in range(2, 65))):
        cells = (cell, max(cell, kernel), cell)
        wide = sum(map(_Form.width, forms, cells))
        high = max(map(_Form.height, forms, cells))
        if wide <= room and high <= forms[0].most_height:
            break
    middle = walk.input if isinstance(walk, Pooling) else walk.kernel
    x, k, y = map(_lettering, (walk.input, middle, walk.output), forms, cells)
    return _Trial(cells, (x, k, y))


def _lettering(values: Tensor, form: _Form, cell: float) -> Lettering | None:
    """The largest writing that fits the widest number, with fewer digits where it must."""
    if max(form.rows, form.cols) > MOST_NUMBERED:
        return None
    return fit_lettering(values, "", min(0.4 * cell, 24 * form.unit), cell, max(7, 7.5 * form.unit))


def fit_lettering(
    values: Tensor, sign: str, most: float, cell: float, least: float
) -> Lettering | None:
    """Writing of `least` to `most` pixels in which these numbers fit a cell."""
    if most < least:
        return None
    some = values.flatten()[:: max(1, values.numel() // MOST_MEASURED)].tolist()
    for digits, decimals in ((4, 9), (3, 9), (2, 9), (2, 2)):
        texts = (sign + short(value, digits, decimals) for value in some)
        size = min(most, 0.84 * cell / max(measure(text, 100) for text in texts) * 100)
        # fewer digits rather than small ones
        if size >= (least if digits == 2 else min(most, 1.6 * least)):
            return Lettering(int(size), digits, decimals)
    return None


def _under(column: Column, kernel: Tensor, unit: float) -> Lettering | None:
    """The writing of the weights under the window's numbers, where there is room for them."""
    cell, height = column.grids[0].cell_width, column.grids[0].cell_height
    if not column.lettering or height < 34 * unit:
        return None
    most = min(0.25 * height, 0.75 * column.lettering.size)
    return fit_lettering(kernel, "×", most, cell, max(7, 8 * unit))


def _place(walk: Walk, width: int, forms: list[_Form], trial: _Trial, palette: Palette) -> Layout:
    """Put columns of this size side by side, the equation and the progress below."""
    unit = width / DESIGNED
    high = max(LEAST_HEIGHT * unit, *map(_Form.height, forms, trial.cells))
    wide = list(map(_Form.width, forms, trial.cells))
    middle = (MARGIN + TITLE_ROOM) * unit + high / 2
    left = (width - sum(wide) - 2 * GAP * unit) / 2
    columns, signs = [], []
    for form, cell, writing, room in zip(forms, *trial, wide, strict=True):
        columns.append(_column(form, cell, writing, left + room / 2, middle))
        left += room + GAP * unit
        signs.append(left - GAP * unit / 2)
    top = middle + high / 2 + 44 * unit
    size, lines = _equation_size(walk, unit, palette)
    footer = top + (lines - 1) * 1.5 * size + 48 * unit
    return Layout(
        width=width,
        height=round(footer + 26 * unit),
        unit=unit,
        input=columns[0],
        kernel=columns[1],
        output=columns[2],
        weights=None if isinstance(walk, Pooling) else _under(columns[0], walk.kernel, unit),
        signs=(signs[0], signs[1], middle),
        equation=(top, size, lines),
        footer=footer,
    )


def _column(
    form: _Form, cell: float, lettering: Lettering | None, x: float, middle: float
) -> Column:
    height, step = form.cell_height(cell), form.rows * form.cell_height(cell) + form.tag
    left, top = round(x - form.cols * cell / 2), middle - form.height(cell) / 2 + form.tag
    grids = tuple(
        Grid(left, round(top + i * step), form.rows, form.cols, cell, height)
        for i in range(form.shown)
    )
    return Column(grids, lettering, form.planes - form.shown, form.planes > 1)


def _equation_size(walk: Walk, unit: float, palette: Palette) -> tuple[int, int]:
    """The largest writing in which the equations of some of the steps fit."""
    room = (DESIGNED - 2 * MARGIN) * unit
    steps = [walk.step(i) for i in range(0, len(walk), max(1, len(walk) // 30))]
    pieces = [equation(walk, step, palette) for step in steps]
    for size, lines in EQUATION_SIZES:
        pixels = round(size * unit)
        if all(widest(set_lines(piece, lines), pixels) <= room for piece in pieces):
            break
    return pixels, lines
