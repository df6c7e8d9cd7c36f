"""Odd and bad pictures, made in memory, for the decoder's tests and for uploads in the browser.

    for name, (blob, accepted) in CASES.items(): ...

The names are file names, so that a test can upload them as they are.
"""

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image

RED, BLUE = (255, 0, 0), (0, 0, 255)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8"/></svg>'


def encode(image: Image.Image, file_format: str, **options: Any) -> bytes:
    """`image` as the bytes of a file."""
    out = io.BytesIO()
    image.save(out, file_format, **options)
    return out.getvalue()


def gradient(width: int = 32, height: int = 24) -> Image.Image:
    """A colour picture: red grows to the right, green downwards, blue is 128."""
    red = Image.linear_gradient("L").rotate(90).resize((width, height))
    green = Image.linear_gradient("L").resize((width, height))
    return Image.merge("RGB", (red, green, Image.new("L", (width, height), 128)))


def png(width: int, height: int, depth: int, colour: int, rows: bytes, extra: bytes = b"") -> bytes:
    """A PNG from its parts, valid or not: Pillow writes only what is true.

    rows: the scan lines, each after its filter byte. extra: whole chunks to put before them.
    """
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    """One PNG chunk with its length and checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def animated(file_format: str) -> bytes:
    """Two frames of 8 by 8: red, then blue."""
    first, second = (Image.new("RGB", (8, 8), colour) for colour in (RED, BLUE))
    return encode(first, file_format, save_all=True, append_images=[second], lossless=True)


def grey16(*values: int) -> bytes:
    """A 16-bit grey PNG of one row."""
    return png(len(values), 1, 16, 0, b"\0" + struct.pack(f">{len(values)}H", *values))


def oriented(orientation: int) -> bytes:
    """A 3 by 2 PNG, black but for a red top left corner, with an EXIF orientation."""
    image = Image.new("RGB", (3, 2))
    image.putpixel((0, 0), RED)
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encode(image, "PNG", exif=exif)


def half_clear_palette() -> bytes:
    """A palette PNG, 2 by 1: one transparent red pixel, one opaque blue pixel."""
    image = Image.new("P", (2, 1))
    image.putpalette([*RED, *BLUE])
    image.putpixel((1, 0), 1)
    return encode(image, "PNG", transparency=bytes([0, 255]))


def zipped() -> bytes:
    """A zip archive that holds a PNG."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("picture.png", encode(gradient(), "PNG"))
    return out.getvalue()


def _cases() -> dict[str, tuple[bytes, bool]]:
    image = gradient()
    jpeg = encode(image, "JPEG")
    accepted = {
        "plain.png": encode(image, "PNG"),
        "plain.jpg": jpeg,
        "plain.webp": encode(image, "WEBP"),
        "plain.bmp": encode(image, "BMP"),
        "animated.png": animated("PNG"),
        "animated.webp": animated("WEBP"),
        "cmyk.jpg": encode(image.convert("CMYK"), "JPEG"),
        "grey16.png": grey16(0, 257, 32896, 65535),
        "rgba.png": encode(Image.new("RGBA", (8, 8), (*RED, 0)), "PNG"),
        "grey_alpha.png": encode(Image.new("LA", (8, 8), (0, 128)), "PNG"),
        "palette_transparent.png": half_clear_palette(),
        "rotated.png": oriented(6),
        "one_pixel.png": encode(Image.new("RGB", (1, 1), RED), "PNG"),
        "one_bit.bmp": encode(image.convert("1"), "BMP"),
        "wrong_extension.jpg": encode(image, "PNG"),
        "long.png": encode(Image.new("L", (5000, 1), 9), "PNG"),
    }
    refused = {
        "empty.png": b"",
        "truncated.jpg": jpeg[: len(jpeg) // 2],
        "truncated.png": encode(image, "PNG")[:60],
        "signature_only.png": b"\x89PNG\r\n\x1a\n",
        "huge.png": png(30000, 30000, 8, 2, b"\0"),
        "text.png": b"This is no picture.\n",
        "archive.png": zipped(),
        "picture.gif": encode(image, "GIF"),
        "picture.svg": SVG,
        "picture.tiff": encode(image, "TIFF"),
        "gif_named.png": encode(image, "GIF"),
    }
    return {name: (blob, True) for name, blob in accepted.items()} | {
        name: (blob, False) for name, blob in refused.items()
    }


CASES = _cases()
