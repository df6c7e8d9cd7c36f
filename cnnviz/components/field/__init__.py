"""A stack of layers as pictures side by side, and what a cell of one sees of those before it.

Python sends the layers' windows and maps; the browser finds the field of whatever cell is pointed
at and lets it grow backwards. A cell that is chosen, and what is drawn on the input, comes back
as an edit, which `cnnviz.components.stage.edits` takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from cnnviz.components import register
from cnnviz.components.mail import token
from cnnviz.components.stage import encode
from cnnviz.models import Layer, field_table

SHARED = (
    "shared/geometry.js",
    "shared/format.js",
    "shared/transport.js",
    "shared/plane.js",
    "shared/pixel_plane.js",
    "shared/tools.js",
    "shared/tools.css",
    "shared/outbox.js",
    "shared/step_address.js",
    "shared/stepped.js",
    "shared/mount.js",
    "shared/planes.css",
    "shared/sentence.css",
)
_field = register("field", *SHARED)

MOST_MARGIN = 0.3  # of a plane's longer side: room around it for what a field has of padding


@dataclass(frozen=True)
class FieldOptions:
    """How a stack is shown."""

    titles: Sequence[str]  # of the input and of every layer
    strings: Mapping[str, str]  # labels and sentences, from the catalogue
    at: tuple[int, int, int]  # the chosen cell: layer (0 is the input), row, column
    draw: bool = False  # whether the input may be drawn on
    brush: bool = False  # whether the brush is in hand from the start
    undo: bool = False  # whether there is something to undo
    redo: bool = False
    step: int | None = None  # where to start, and where to go when `link` changes; None: the end
    link: int = 0
    classroom: bool = False
    done: int = 0  # the last edit that this contains


def field(maps: Sequence[Tensor], layers: Sequence[Layer], key: str, options: FieldOptions) -> None:
    """Show the maps (H, W) of the input and of every layer, and the field of a cell."""
    data = payload(maps, layers, options)
    data["meta"] |= {"key": key, "token": token()}
    _field(key=key, data=data, on_edits_change=lambda: None)


def payload(
    maps: Sequence[Tensor], layers: Sequence[Layer], options: FieldOptions
) -> dict[str, Any]:
    """What the browser needs: plain JSON, with the maps as float32 bytes in base64.

    Raises:
        ValueError: where the maps are not those of the layers, or the cell does not exist.
    """
    rows = field_table(layers, tuple(maps[0].shape))
    sizes = [row.size for row in rows]
    if [tuple(plane.shape) for plane in maps] != sizes or len(options.titles) != len(sizes):
        raise ValueError(f"These layers make {sizes}.")
    layer, *cell = options.at
    in_range = 0 <= layer < len(sizes)
    if not in_range or not all(0 <= i < n for i, n in zip(cell, sizes[layer], strict=True)):
        raise ValueError(f"There is no cell {options.at}.")
    planes = [
        {
            "title": title,
            "rows": size[0],
            "cols": size[1],
            "margin": _margin(layers[number:], size),
        }
        for number, (title, size) in enumerate(zip(options.titles, sizes, strict=True))
    ]
    meta = {
        "planes": planes,
        "layers": [dict(zip("kspd", layer.axis[:4], strict=True)) for layer in layers],
        "at": {"layer": layer, "cell": cell},
        "strings": dict(options.strings),
        "draw": options.draw,
        "brush": options.brush,
        "undo": options.undo,
        "redo": options.redo,
        "step": options.step,
        "link": options.link,
        "classroom": options.classroom,
        "done": options.done,
    }
    return {"meta": meta, "planes": [encode(plane) for plane in maps]}


def _margin(later: Sequence[Layer], size: tuple[int, ...]) -> int:
    """How far beyond a plane's border the field of any cell of a later layer reaches."""
    return min(field_table(later, size)[-1].padding, int(MOST_MARGIN * max(size)))
