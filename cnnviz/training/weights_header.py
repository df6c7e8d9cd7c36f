"""The header of a safetensors file from a stranger, read by hand and with bounds.

The format (https://github.com/huggingface/safetensors): 8 bytes that say how long the header is,
the header as JSON, and the numbers of all tensors without gap or overlap. Nothing here trusts any
of it, and no number of a tensor is looked at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from cnnviz.problems import Problem

MOST_HEADER = 2**20  # bytes; one with a thousand tensors has a tenth of it
LENGTH = 8  # bytes that hold the header's length, the lowest first
ABOUT = "__metadata__"
SHOWN = 60  # letters of a name from the file
ZIPS = (b"PK\x03\x04", b"PK\x05\x06")  # torch.save packs its pickle into a zip
PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))
FIELDS = {"dtype", "shape", "data_offsets"}


class Entry(NamedTuple):
    """What the header says of a tensor."""

    dtype: str  # "F32"
    shape: tuple[int, ...]
    start: int  # of its bytes, counted from the header's end
    end: int


class Header(NamedTuple):
    """All tensors by name, and the text about them."""

    tensors: Mapping[str, Entry]
    about: Mapping[str, str]
    end: int  # where the numbers begin, in bytes from the file's start


def read_header(blob: bytes) -> Header:
    """The header; its tensors are well formed and lie within the file, and no more is known.

    Raises:
        Problem: (a `ValueError`) for a pickle, and for whatever is not as the format says.
    """
    _check_kind(blob)
    length = int.from_bytes(blob[:LENGTH], "little")
    if length > MOST_HEADER:
        raise Problem("weights_header", found=f"{length:,}", most=f"{MOST_HEADER:,}")
    end = LENGTH + length
    if len(blob) < end:
        raise Problem("weights_short", needed=f"{end:,}", found=f"{len(blob):,}")
    found = _parsed(blob[LENGTH:end])
    about = found.pop(ABOUT, {})
    if not isinstance(about, dict) or not all(isinstance(v, str) for v in about.values()):
        raise Problem("weights_entry", name=ABOUT)
    tensors = {name: _entry(name, values) for name, values in found.items()}
    whole = end + max((entry.end for entry in tensors.values()), default=0)
    if whole != len(blob):
        kind = "weights_short" if whole > len(blob) else "weights_rest"
        raise Problem(kind, needed=f"{whole:,}", found=f"{len(blob):,}")
    return Header(tensors, about, end)


def shown(name: str) -> str:
    """A name from the file as a sentence may quote it: short, and of letters that are seen."""
    seen = "".join(letter if letter.isprintable() else "?" for letter in name[:SHOWN])
    return seen + ("…" if len(name) > SHOWN else "")


def _check_kind(blob: bytes) -> None:
    if not blob:
        raise Problem("weights_empty")
    # a header of 640 bytes is 80 02 00 …: its brace tells it from a pickle
    pickled = blob.startswith(PICKLES) and blob[LENGTH : LENGTH + 1] != b"{"
    if pickled or blob.startswith(ZIPS):
        raise Problem("weights_pickle")
    # the first byte of a header is fixed
    if blob[LENGTH : LENGTH + 1] not in (b"{", b""):
        raise Problem("weights_format")
    if len(blob) <= LENGTH:
        raise Problem("weights_short", needed=LENGTH + 2, found=len(blob))


def _parsed(text: bytes) -> dict[str, Any]:
    try:
        found = json.loads(text.decode("utf-8"), object_pairs_hook=_once)
    except Problem:
        raise
    except (ValueError, RecursionError) as error:  # also of UTF-8, and of numbers without end
        raise Problem("weights_format") from error
    if not isinstance(found, dict):
        raise Problem("weights_format")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object in which no name comes twice: readers differ in which one they take."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Problem("weights_twice", name=shown(name))
        found[name] = value
    return found


def _entry(name: str, values: Any) -> Entry:
    """Well formed, whatever it is of."""
    if isinstance(values, dict) and set(values) == FIELDS:
        dtype, shape, offsets = values["dtype"], values["shape"], values["data_offsets"]
        formed = isinstance(dtype, str) and _whole_numbers(shape) and _whole_numbers(offsets)
        if formed and len(offsets) == 2 and offsets[0] <= offsets[1]:
            return Entry(dtype, tuple(shape), *offsets)
    raise Problem("weights_entry", name=shown(name))


def _whole_numbers(values: Any) -> bool:
    """A list of them, from 0, as any file can hold: a bool is none, nor is 1.0."""
    return (
        isinstance(values, list)
        and len(values) <= LENGTH
        and all(type(v) is int and 0 <= v < 2**63 for v in values)
    )
