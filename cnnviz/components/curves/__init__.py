"""Curves: loss and accuracy of one to four runs while they train, read off by pointer and keyboard.

What a reader switches (the scale, the smoothing, which curves) acts in the browser alone, and
stays as it is when points are added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import torch

from cnnviz.components import register
from cnnviz.components.stage import encode

PARTS = ("format.js", "mount.js", "planes.css")
MOST_SERIES = 4  # the palette's
_curves = register("curves", *(f"shared/{file}" for file in PARTS))

Row = tuple[int, float, float]  # step, loss, accuracy


class Series(NamedTuple):
    """One run."""

    name: str  # shown where there are several
    training: Iterable[Row]  # in the order of steps, as all that follows
    validation: Iterable[Row]  # one an epoch
    steps: int  # in all, which the axis has room for; 0 where that is not known yet
    steps_per_epoch: int


def curves(
    key: str, series: Sequence[Series], words: Mapping[str, str], *, classroom: bool
) -> None:
    """Show the curves of one to four runs; `words` are the catalogue's `curves`.

    Raises:
        ValueError: for more runs, or a number that is not finite.
    """
    data = payload(series)
    data["meta"] |= {"key": key, "strings": dict(words), "classroom": classroom}
    _curves(key=key, data=data)


def payload(series: Sequence[Series]) -> dict[str, Any]:
    """What the browser needs: of each run its points as rows of three float32."""
    if not 1 <= len(series) <= MOST_SERIES:
        raise ValueError(f"{len(series)} runs, 1 … {MOST_SERIES} are allowed")
    return {
        "meta": {
            "runs": [
                {
                    "name": one.name,
                    "steps": max(0, one.steps),
                    "steps_per_epoch": max(1, one.steps_per_epoch),
                }
                for one in series
            ]
        },
        "training": [_rows(one.training) for one in series],
        "validation": [_rows(one.validation) for one in series],
    }


def _rows(rows: Iterable[Row]) -> str:
    return encode(torch.tensor([tuple(row) for row in rows], dtype=torch.float32))
