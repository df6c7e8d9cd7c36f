"""Zips for tests, good ones and every kind of bad one, made in memory."""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

from tests.pictures import encode

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)


def picture(colour: tuple[int, int, int] = RED, size: tuple[int, int] = (12, 10)) -> bytes:
    return encode(Image.new("RGB", size, colour), "PNG")


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An ordinary zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, blob in files.items():
            archive.writestr(name, blob)
    return out.getvalue()


def classes(count: int = 5, before: str = "") -> dict[str, bytes]:
    """So many pictures of each of two classes, no two alike."""
    found = {}
    for i in range(count):
        found[f"{before}cats/{i}.png"] = picture((200, i, 0))
        found[f"{before}dogs/{i}.png"] = picture((0, i, 200))
    return found


def with_entry(name: str, blob: bytes = b"x", **changes: int) -> bytes:
    """A good zip and one more entry, of which something in the table of contents is changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for good, content in classes().items():
            archive.writestr(good, content)
        info = zipfile.ZipInfo("replaced")
        info.filename = info.orig_filename = name
        info.compress_type = changes.pop("compress_type", zipfile.ZIP_DEFLATED)
        info.external_attr = changes.pop("external_attr", 0o100644 << 16)
        archive.writestr(info, blob)
        for field, value in changes.items():
            setattr(info, field, value)
    return out.getvalue()


def linked(target: bytes = b"/etc/passwd") -> bytes:
    return with_entry("cats/link.png", target, external_attr=(stat.S_IFLNK | 0o777) << 16)


def raw(name: bytes, flags: int = 0, content: bytes = b"x") -> bytes:
    """A zip of one stored entry, byte by byte: names that zipfile itself would not write."""
    crc, size = zlib.crc32(content), len(content)
    numbers = [crc, size, size]
    fields = b"".join(n.to_bytes(4, "little") for n in numbers)
    length = len(name).to_bytes(2, "little")
    common = (20).to_bytes(2, "little") + flags.to_bytes(2, "little") + bytes(6)
    local = b"PK\x03\x04" + common + fields + length + bytes(2) + name + content
    central = b"PK\x01\x02" + (20).to_bytes(2, "little") + common + fields + length
    central += bytes(8) + bytes(4) + bytes(4) + name
    end = b"PK\x05\x06" + bytes(4) + b"\x01\0\x01\0" + len(central).to_bytes(4, "little")
    return local + central + end + len(local).to_bytes(4, "little") + bytes(2)
