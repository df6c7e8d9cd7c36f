"""Two networks taken along: diagrams as a picture, tables as CSV, code that asserts both."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from cnnviz.export.network import COLUMNS, cells, network_image
from cnnviz.models.compare import Comparison
from cnnviz.models.diagram import diagram, scale_of

SIDES = ("before", "after")
Shape = tuple[int, ...]


def comparison_csv(found: Comparison) -> str:
    """Both tables, a line a row; rows that stand beside each other have the same place."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("place", "side", "mark", *COLUMNS))
    for place, pair in enumerate(found.pairs, 1):
        for side, rows in enumerate((found.before, found.after)):
            number = pair.row(side)
            if number is not None:
                writer.writerow((place, SIDES[side], pair.mark, *cells(rows[number])))
    return out.getvalue()


def comparison_png(
    found: Comparison,
    shapes: tuple[Shape, Shape],
    lines: tuple[Sequence[str], Sequence[str]],
    open_blocks: Sequence[str],
    dark: bool = False,
) -> bytes:
    """Both diagrams to one scale, the one before on top, each under its title lines."""
    tables = (found.before, found.after)
    scale = scale_of(*zip(tables, shapes, strict=True))
    drawn = [
        diagram(rows, shape, open_blocks, scale) for rows, shape in zip(tables, shapes, strict=True)
    ]
    widest = max(each.width for each in drawn)
    images = [
        network_image(replace(each, width=widest), titles, dark)
        for each, titles in zip(drawn, lines, strict=True)
    ]
    size = (images[0].width, sum(image.height for image in images))
    sheet = Image.new("RGB", size)
    y = 0
    for image in images:
        sheet.paste(image, (0, y))
        y += image.height
    file = io.BytesIO()
    sheet.save(file, "PNG", optimize=True)
    return file.getvalue()


def comparison_code(before: str, after: str, found: Comparison) -> str:
    """The code of both networks, one after the other, and what they differ by.

    `before` and `after` are of `network_code`, and leave `net`.
    """
    parts = [
        "# ---- before",
        before.rstrip(),
        "\nbefore = sum(weight.numel() for weight in net.parameters())\n\n\n# ---- after",
        after.rstrip(),
        "\nafter = sum(weight.numel() for weight in net.parameters())",
    ]
    if found.failed == (None, None):
        parts.append(f"assert after - before == {found.change('parameters').difference:_}")
    # the first lines of a file are the only place for imports from the future
    future = "from __future__ import annotations\n"
    return future + "\n" + "\n".join(parts).replace(future, "") + "\n"
