"""Pictures from strangers: decoded safely or refused with a sentence, and cut into one plane.

Every refusal is a `Problem`. Nothing about a file is believed before it is checked: its length,
its signature, the size in its header, and only then its pixels.
"""

import math
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import torch
from PIL import Image, ImageOps
from PIL.Image import Resampling, Transpose
from torch import Tensor

from cnnviz.data.headers import claimed_size, picture_format, sixteen_bit
from cnnviz.problems import Problem

FORMATS = ["PNG", "JPEG", "WEBP", "BMP"]
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 25_000_000
MAX_SIDE = 256
CHANNELS = {"red": 0, "green": 1, "blue": 2}

# EXIF orientation -> what turns the stored pixels upright (EXIF 2.32, tag 0x0112)
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture. `pixels`: uint8 (3, H, W), red, green, blue.

    `notes`: what was done to it, in codes for the page to translate: "first_frame" (it is
    animated), "sixteen_bit" (scaled to 8 bits), "composited" (transparency put on white),
    "rotated" (turned or mirrored as its EXIF data say).
    """

    pixels: Tensor
    notes: tuple[str, ...]


def decode(blob: bytes) -> Picture:
    """A PNG, JPEG, WebP or BMP file as a Picture; of an animated one, the first frame.

    At most 20 MB and 25 megapixels. Raises Problem, and nothing else, for what it refuses.
    """
    _check(blob)
    try:
        # Image.open refuses what is far over the limit by itself, before decoding
        with Image.open(BytesIO(blob), formats=FORMATS) as image:
            _check_size(*image.size)
            image.load()
            return _picture(image, deep=sixteen_bit(blob))
    except Problem:
        raise
    except Exception as error:  # decoders raise a dozen kinds for bytes that make no sense
        raise Problem("picture_damaged") from error


def plane(picture: Picture, side: int, channel: str = "grey") -> Tensor:
    """One plane of `picture`, scaled so that its longer side is `side` (1 to 256) pixels.

    channel: "grey" (luma, 0.299 red + 0.587 green + 0.114 blue), "red", "green" or "blue".
    Returns uint8 (h, w), each side at least 1. Raises Problem for another side or channel.
    """
    if not 1 <= side <= MAX_SIDE:
        raise Problem("side_range", side=side, low=1, high=MAX_SIDE)
    if channel != "grey" and channel not in CHANNELS:
        raise Problem("channel_unknown", channel=channel, allowed=", ".join(["grey", *CHANNELS]))
    if channel == "grey":
        image = Image.fromarray(picture.pixels.permute(1, 2, 0).numpy()).convert("L")
    else:
        image = Image.fromarray(picture.pixels[CHANNELS[channel]].numpy())
    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    # Neither filter overshoots: a halo would look like an edge to an edge kernel
    smooth = Resampling.HAMMING if scale < 1 else Resampling.BILINEAR
    return torch.from_numpy(np.array(image.resize((width, height), smooth)))


def planes(picture: Picture, side: int) -> Tensor:
    """Red, green and blue of `picture`, scaled as by `plane`: uint8 (3, h, w)."""
    return torch.stack([plane(picture, side, channel) for channel in CHANNELS])


def square(picture: Picture, side: int) -> Tensor:
    """The middle square of `picture`, scaled to `side` pixels: uint8 (3, side, side)."""
    image = Image.fromarray(picture.pixels.permute(1, 2, 0).numpy())
    smooth = Resampling.HAMMING if min(image.size) > side else Resampling.BILINEAR
    fitted = ImageOps.fit(image, (side, side), smooth)
    return torch.from_numpy(np.array(fitted)).permute(2, 0, 1).contiguous()


def shrink(picture: Picture, side: int = 2 * MAX_SIDE) -> Picture:
    """The picture with its longer side at most `side`: all that `plane` needs of a large one."""
    image = Image.fromarray(picture.pixels.permute(1, 2, 0).numpy())
    image.thumbnail((side, side))
    return Picture(torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous(), picture.notes)


def _check(blob: bytes) -> None:
    """Refuse by what is known without a decoder: length, signature, size in the header."""
    if not blob:
        raise Problem("picture_empty")
    if len(blob) > MAX_BYTES:
        raise Problem("picture_heavy", megabytes=_ceil(len(blob) / 2**20), limit=MAX_BYTES // 2**20)
    if picture_format(blob) is None:
        raise Problem("picture_format")
    if size := claimed_size(blob):
        _check_size(*size)


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise Problem(
            "picture_huge",
            width=width,
            height=height,
            megapixels=_ceil(width * height / 1e6),
            limit=MAX_PIXELS // 1_000_000,
        )


def _ceil(value: float) -> float:
    """Up to one decimal place, so that a hair over the limit never reads as the limit itself."""
    return math.ceil(value * 10) / 10


def _picture(image: Image.Image, deep: bool) -> Picture:
    """The loaded `image` with every oddity taken out, and a note of each.

    deep: the file has 16 bits a channel. Pillow tells by the mode for greys only.
    """
    notes = []
    if image.format in ("PNG", "WEBP") and getattr(image, "is_animated", False):
        notes.append("first_frame")
    if deep:
        notes.append("sixteen_bit")
    orientation = _orientation(image)
    if image.mode[0] in "IF":
        image = _eight_bit(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        alpha = image.getchannel("A")
        if np.asarray(alpha).min() < 255:  # an alpha channel often hides nothing
            notes.append("composited")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=alpha)
        image = white
    image = image.convert("RGB")
    if orientation in UPRIGHT:
        notes.append("rotated")
        image = image.transpose(UPRIGHT[orientation])
    return Picture(torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous(), tuple(notes))


def _orientation(image: Image.Image) -> int:
    """The EXIF orientation; 1 (upright) when the EXIF data are broken: the pixels may be fine."""
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # whatever a broken EXIF block makes the parser raise
        return 1


def _eight_bit(image: Image.Image) -> Image.Image:
    """A 16-bit grey image (mode I;16, I;16B, I or F) as "L", or "LA" if one grey is transparent.

    Scaled, 65535 -> 255, where Pillow's own conversion would clip at 255.
    """
    values = np.asarray(image)
    scaled = (values.astype(np.float32) / 257).round().clip(0, 255)
    grey = Image.fromarray(scaled.astype(np.uint8))
    clear = image.info.get("transparency")
    if clear is not None:
        grey.putalpha(Image.fromarray(np.where(values == clear, 0, 255).astype(np.uint8)))
    return grey
