"""Some pictures of each class, to be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import torch
from PIL import Image
from torch import Tensor

from cnnviz.data.labelled import Split

GAP = 2  # pixels between two pictures, left clear


def samples(split: Split, label: int, count: int) -> Tensor:
    """The first pictures of a class, up to `count` of them: (n, C, H, W)."""
    return split.images[(split.labels == label).nonzero().flatten()[:count]]


def sheet(images: Sequence[Tensor], columns: int) -> bytes:
    """Pictures (C, H, W) of one size, grey or of red, green and blue, in rows: a PNG.

    What lies between them is clear, so that it suits a light and a dark page.
    """
    channels, height, width = images[0].shape
    rows = -(-len(images) // columns)
    across = min(columns, len(images))
    size = (rows * (height + GAP) - GAP, across * (width + GAP) - GAP)
    whole = torch.zeros(4, *size, dtype=torch.uint8)
    for number, image in enumerate(images):
        top, left = ((number // across) * (height + GAP), (number % across) * (width + GAP))
        place = whole[:, top : top + height, left : left + width]
        place[:3] = image if channels == 3 else image[:1]
        place[3] = 255
    out = BytesIO()
    Image.fromarray(whole.permute(1, 2, 0).contiguous().numpy()).save(out, "PNG")
    return out.getvalue()
