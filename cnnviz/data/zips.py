"""Zip files from strangers: looked through and refused before anything in them is unpacked.

Nothing is ever written to the disk (no `extractall`). What the table of contents claims is checked
first; Python's zipfile then gives no more of a file than was claimed, and compares its checksum.
"""

from __future__ import annotations

import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from cnnviz.problems import Problem

LOCAL_HEADER = 30  # bytes before an entry's name and data (APPNOTE.TXT 4.3.7)
MOST_ENTRIES = 5000
MOST_RATIO = 100  # of what a file unpacks to
MAX_ARCHIVE, MAX_FILE, MAX_TOTAL = 200 * 2**20, 20 * 2**20, 500 * 2**20  # bytes
LONGEST_NAME = 80  # of a folder or a file
RECORD = b"PK\x01\x02"  # begins each record of the table of contents
ENCRYPTED = 0x1 | 0x40 | 0x2000  # plainly, strongly, or the table of contents itself
UTF8 = 0x800
DRIVE = re.compile(r"[A-Za-z]:")
# direction marks and overrides, which make a name look like another
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Entry(NamedTuple):
    """A file in an archive."""

    info: ZipInfo
    path: tuple[str, ...]  # folders, and the file's own name

    @property
    def shown(self) -> str:
        return shown("/".join(self.path))


class Archive(NamedTuple):
    """An open zip whose entries were all checked; folders and what systems add are left out."""

    file: ZipFile
    entries: Sequence[Entry]

    def read(self, entry: Entry) -> bytes | None:
        """The content of a file; None where it is damaged."""
        try:
            return self.file.read(entry.info)
        except (
            Exception
        ):  # zlib, zipfile and struct have a dozen kinds for bytes that make no sense
            return None


@contextmanager
def opened(blob: bytes) -> Iterator[Archive]:
    """The archive, with every entry checked.

    Raises:
        Problem: (a `ValueError`) for a file that is no zip, or one that is not to be trusted.
    """
    if len(blob) > MAX_ARCHIVE:
        _heavy("zip_large", "", len(blob), MAX_ARCHIVE)
    if blob.count(RECORD) > MOST_ENTRIES:  # before a million records become a million objects
        raise Problem("zip_entries", limit=f"{MOST_ENTRIES:,}")
    try:
        file = ZipFile(BytesIO(blob))
    except Exception as error:
        raise Problem("zip_format") from error
    with file:
        infos = file.infolist()
        for info in infos:
            _check(info)
        total = sum(info.file_size for info in infos)
        if total > MAX_TOTAL:
            _heavy("zip_total", "", total, MAX_TOTAL)
        _check_apart(infos)
        found = [Entry(info, _path(info)) for info in infos if not info.is_dir()]
        yield Archive(file, [entry for entry in found if not _of_the_system(entry.path)])


def shown(name: str) -> str:
    """A name for a sentence: not too long, and nothing in it that is not seen."""
    seen = "".join(letter if letter.isprintable() else "?" for letter in TURNING.sub("?", name))
    return seen if len(seen) <= LONGEST_NAME else seen[: LONGEST_NAME - 1] + "…"


# ---- checks of what the table of contents says


def _check(info: ZipInfo) -> None:
    name = shown(info.orig_filename)
    if info.flag_bits & ENCRYPTED:
        raise Problem("zip_encrypted", name=name)
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise Problem("zip_link", name=name)
    if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise Problem("zip_method", name=name)
    if info.file_size > MAX_FILE:
        _heavy("zip_file", name, info.file_size, MAX_FILE)
    if info.file_size > MOST_RATIO * max(1, info.compress_size):
        ratio = info.file_size // max(1, info.compress_size)
        raise Problem("zip_ratio", name=name, ratio=f"{ratio:,}", limit=MOST_RATIO)
    _path(info)


def _heavy(kind: str, name: str, size: int, limit: int) -> None:
    megabytes = -(-size * 10 // 2**20) / 10  # up to a tenth
    raise Problem(kind, name=name, megabytes=f"{megabytes:,}", limit=limit // 2**20)


def _check_apart(infos: Sequence[ZipInfo]) -> None:
    """No two entries may share bytes: a bomb of 42 kB holds terabytes in that way."""
    ends = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        if info.header_offset < ends:
            raise Problem("zip_damaged")
        ends = info.header_offset + LOCAL_HEADER + info.compress_size


def _path(info: ZipInfo) -> tuple[str, ...]:
    """The folders and the name of an entry, which lie within the archive's own folder."""
    name = _decoded(info).replace("\\", "/")
    if "\0" in info.orig_filename or name.startswith("/") or DRIVE.match(name):
        raise Problem("zip_outside", name=shown(name))
    path = tuple(part for part in name.split("/") if part not in ("", "."))
    if ".." in path or not path:
        raise Problem("zip_outside", name=shown(name))
    for part in path:
        controls = any(unicodedata.category(letter) == "Cc" for letter in part)
        if controls or TURNING.search(part) or len(part) > LONGEST_NAME:
            raise Problem("zip_name", name=shown(part), most=LONGEST_NAME)
    return path


def _decoded(info: ZipInfo) -> str:
    """The name with its letters put together (macOS takes 한 apart).

    Where it is not marked as UTF-8, zipfile reads it as code page 437; Korean Windows writes 949.
    """
    name = info.orig_filename
    if not info.flag_bits & UTF8:
        for encoding in ("utf-8", "cp949"):
            try:
                name = name.encode("cp437").decode(encoding)
                break
            except UnicodeError:
                continue
    return unicodedata.normalize("NFC", name)


def _of_the_system(path: Sequence[str]) -> bool:
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in path)
    return hidden or path[-1].lower() in ("thumbs.db", "desktop.ini")
