"""The arithmetic of one step as coloured text: 0·0 + 1·1 + 3·2 + 4·3 = 19."""

from __future__ import annotations

import math
from collections.abc import Sequence

from cnnviz.export.drawing import Palette
from cnnviz.export.lettering import Run, measure
from cnnviz.export.numbers import short
from cnnviz.ops import Pooling, Step, Walk

MOST_TERMS = 9  # all of a 3 × 3 kernel
FIRST_TERMS = 6  # of more than that
Line = list[Run]
SPACE: Run = (" ", (0, 0, 0))


def equation(walk: Walk, step: Step, palette: Palette) -> list[Line]:
    """The step in pieces that stay together on a line: terms, the bias, the total."""
    if isinstance(walk, Pooling):
        return _pooled(walk, step, palette)
    cells, weights = step.cells.flatten(), step.kernel.flatten()
    count = len(cells) if len(cells) <= MOST_TERMS else FIRST_TERMS
    terms: list[Line] = [
        [(_factor(x), palette.input), ("·", palette.muted), (_factor(k), palette.kernel)]
        for x, k in zip(cells[:count].tolist(), weights[:count].tolist(), strict=True)
    ]
    if count < len(cells):
        terms.append([("…", palette.muted)])
    if walk.bias is not None:
        terms.append([(_factor(step.bias), palette.kernel)])
    plus = ("+ ", palette.muted)
    return [terms[0], *([plus, *term] for term in terms[1:]), _total(step, palette)]


def _pooled(walk: Pooling, step: Step, palette: Palette) -> list[Line]:
    """max(0, 1, 3, 4) = 4, or (0 + 1 + 3 + 4) / 4 = 2: of a mean only what counts."""
    mean = walk.mode == "avg"
    cells = [cell for cell in step.cells.flatten().tolist() if not math.isnan(cell)]
    count = len(cells) if len(cells) <= 2 * MOST_TERMS else FIRST_TERMS
    texts = [_factor(cell) if mean else short(cell) for cell in cells[:count]]
    if count < len(cells):
        texts.append("…")
    first, last = ("(", ")") if len(cells) > 1 or not mean else ("", "")
    first, last = (first, f"{last} / {len(cells)}") if mean else (f"{walk.mode}(", last)
    before, after = ("+ ", "") if mean else ("", ",")
    ink, muted = palette.input, palette.muted
    terms: list[Line] = [[(before, muted), (text, ink), (after, muted)] for text in texts]
    terms[0][0], terms[-1][2] = (first, muted), (last, muted)
    return [*terms, _total(step, palette)]


def _total(step: Step, palette: Palette) -> Line:
    return [("= ", palette.muted), (short(step.total), palette.output)]


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
