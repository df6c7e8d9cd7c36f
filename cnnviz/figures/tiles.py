"""Kernels and small pictures as PNG, every cell a few pixels wide."""

from __future__ import annotations

import base64
import io

import torch
from PIL import Image, ImageColor
from torch import Tensor

from cnnviz.figures.style import BLUE, ORANGE


def kernel(weights: Tensor, most: float) -> bytes:
    """One kernel: of one channel orange where positive, blue where negative, seen through at zero.

    Of three channels it is a picture of the colours that it looks for, grey at zero.

    Args:
        weights: (C, h, w).
        most: the size of a weight that has the full colour.
    """
    share = (weights.float() / (most or 1.0)).clamp(-1, 1)
    if len(share) == 3:
        return picture((127.5 * (share + 1)).round().to(torch.uint8))
    first = share[0][..., None]
    orange, blue = (torch.tensor(ImageColor.getrgb(colour)) for colour in (ORANGE, BLUE))
    tint = torch.where(first >= 0, orange, blue)
    pixels = torch.cat([tint, (255 * first.abs()).round()], -1).to(torch.uint8)
    return _png(Image.fromarray(pixels.numpy(), "RGBA"))


def picture(pixels: Tensor) -> bytes:
    """A picture: uint8 (1, H, W) or (3, H, W)."""
    values = pixels[0] if len(pixels) == 1 else pixels.permute(1, 2, 0).contiguous()
    return _png(Image.fromarray(values.numpy()))


def as_uri(png: bytes) -> str:
    """A picture as its own address: a server forgets a file when a page is drawn anew."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _png(image: Image.Image) -> bytes:
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()
