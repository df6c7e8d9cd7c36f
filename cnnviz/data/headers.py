"""What the first bytes of a picture say, read without a decoder.

Pillow has no way to ask for the size of a huge picture: it raises before it tells. So the size is
read here first, and the refusal can say it.
"""

from struct import unpack_from

# start-of-frame markers: 0xC0 to 0xCF without DHT (C4), JPG (C8) and DAC (CC)
JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_format(blob: bytes) -> str | None:
    """The format by its signature: "PNG", "JPEG", "WEBP" or "BMP"; None for anything else."""
    if blob.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if blob.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if blob.startswith(b"RIFF") and blob[8:12] == b"WEBP":
        return "WEBP"
    if blob.startswith(b"BM"):
        return "BMP"
    return None


def claimed_size(blob: bytes) -> tuple[int, int] | None:
    """The width and height in pixels that the header claims; None where it has none."""
    read = {"PNG": _png, "JPEG": _jpeg, "WEBP": _webp, "BMP": _bmp}
    found = picture_format(blob)
    # 30 bytes hold each fixed header; of a shorter picture, Pillow's own check has to do
    return read[found](blob) if found and len(blob) >= 30 else None


def sixteen_bit(blob: bytes) -> bool:
    """Whether it is a PNG of 16 bits a channel; none of the other formats has so many."""
    return picture_format(blob) == "PNG" and blob[24:25] == b"\x10"


def _png(blob: bytes) -> tuple[int, int]:
    width, height = unpack_from(">II", blob, 16)
    return width, height


def _bmp(blob: bytes) -> tuple[int, int]:
    if blob[14] == 12:  # the OS/2 header
        width, height = unpack_from("<HH", blob, 18)
    else:
        width, height = unpack_from("<ii", blob, 18)
    return abs(width), abs(height)  # a negative height means rows from the top


def _webp(blob: bytes) -> tuple[int, int] | None:
    kind = blob[12:16]
    if kind == b"VP8X":
        return int.from_bytes(blob[24:27], "little") + 1, int.from_bytes(blob[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(blob[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = unpack_from("<HH", blob, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(blob: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(blob) and blob[at] == 0xFF:
        if blob[at + 1] in JPEG_FRAMES:
            height, width = unpack_from(">HH", blob, at + 5)
            return width, height
        # a second 0xFF is padding; every other segment says its own length
        at += 1 if blob[at + 1] == 0xFF else 2 + int.from_bytes(blob[at + 2 : at + 4], "big")
    return None
