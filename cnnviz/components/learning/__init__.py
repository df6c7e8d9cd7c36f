"""A kernel being learned: kernel, gradient and loss, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch

from cnnviz.components import register
from cnnviz.components.stage import encode
from cnnviz.ops import LearningStep

SHARED = (
    "geometry.js",
    "format.js",
    "transport.js",
    "plane.js",
    "number_plane.js",
    "mount.js",
    "planes.css",
)
_learning = register("learning", *(f"shared/{file}" for file in SHARED))


def learning(
    path: Sequence[LearningStep],
    lr: float,
    key: str,
    strings: Mapping[str, str],
    *,
    classroom: bool,
) -> None:
    """Show a path of `learn_kernel` over a 2-D kernel; `strings` come from the catalogue."""
    rows, cols = path[0].kernel.shape
    data = {
        "meta": {
            "rows": rows,
            "cols": cols,
            "lr": lr,
            "key": key,
            "strings": dict(strings),
            "classroom": classroom,
        },
        "kernels": encode(torch.stack([step.kernel for step in path])),
        "gradients": encode(torch.stack([step.gradient for step in path])),
        "losses": encode(torch.tensor([step.loss for step in path])),
    }
    _learning(key=key, data=data)
