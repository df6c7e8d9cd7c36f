"""The arithmetic of one step as coloured text: 0·0 + 1·1 + 3·2 + 4·3 = 19."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnviz.export.drawing import Palette
from cnnviz.export.lettering import Run, measure
from cnnviz.export.numbers import short
from cnnviz.ops import Step

MOST_TERMS = 9  # all of a 3 × 3 kernel
FIRST_TERMS = 6  # of more than that
Line = list[Run]
SPACE: Run = (" ", (0, 0, 0))


def equation(step: Step, palette: Palette, *, bias: bool) -> list[Line]:
    """The step in pieces that stay together on a line: terms, the bias, the total."""
    cells, weights = step.cells.flatten(), step.kernel.flatten()
    count = len(cells) if len(cells) <= MOST_TERMS else FIRST_TERMS
    terms: list[Line] = [
        [(_factor(x), palette.input), ("·", palette.muted), (_factor(k), palette.kernel)]
        for x, k in zip(cells[:count].tolist(), weights[:count].tolist(), strict=True)
    ]
    if count < len(cells):
        terms.append([("…", palette.muted)])
    if bias:
        terms.append([(_factor(step.bias), palette.kernel)])
    plus, equals = ("+ ", palette.muted), ("= ", palette.muted)
    total = [equals, (short(step.total), palette.output)]
    return [terms[0], *([plus, *term] for term in terms[1:]), total]


def _factor(value: float) -> str:
    text = short(value)
    return f"({text})" if value < 0 else text


def set_lines(pieces: Sequence[Line], count: int) -> list[Line]:
    """The pieces on `count` lines, as many on each: their places do not move between steps."""
    each = math.ceil(len(pieces) / count)
    rows = [pieces[i : i + each] for i in range(0, len(pieces), each)]
    return [[run for piece in row for run in (*piece, SPACE)][:-1] for row in rows]


def widest(lines: Sequence[Line], size: int) -> float:
    """The width of the longest line, in pixels."""
    return max(sum(measure(text, size) for text, _ in line) for line in lines)
