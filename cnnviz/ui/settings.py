"""What is on screen, as frozen dataclasses whose fields know how they stand in a link.

A page's settings are a dataclass whose fields are made by `choice`, `whole`, `pair`, `number`,
`numbers`, `words`, `grid`, `stack`, `drawing`, `layers`, `option`, `options`, `paths`, `token` or
`tokens`. Each carries its default, its range, and how it reads and writes its part of the link, so
that this one table is all there is: the controls take their ranges from it, and `cnnviz.ui.links`
reads and writes by it.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import math
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnviz.models import Layer, read_stack, write_stack
from cnnviz.models.options import Option

Grid = tuple[tuple[float, ...], ...]
Pair = tuple[int, int]  # of rows and of columns
Layers = tuple[Layer, ...]
Stack = tuple[Grid, ...]  # planes of one size
OptionTexts = tuple[tuple[str, str], ...]  # names and values

LAYER_LIMITS = {"kernel_size": (1, 11), "stride": (1, 4), "padding": (0, 8), "dilation": (1, 16)}
TOKEN = re.compile(r"[\w-]*", re.ASCII)
LARGEST = 1e6  # of a cell: what a reader can type, and what float32 squares without overflow


@dataclass(frozen=True)
class Codec:
    """How one setting stands in a link; `read` raises ValueError for what it does not take."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]
    allowed: str  # key of the sentence that says what is allowed, under `link.`
    limits: Mapping[str, object]  # the values in that sentence, and the controls' ranges
    longest: int = 40  # characters; more is refused unread
    written: bool = True  # False where the browser writes this part of the link itself
    view: bool = False  # True for how one looks at the page, which an undo leaves alone


def choice(default: str, options: Sequence[str], *, view: bool = False) -> Any:
    """One of some language-neutral words."""

    def read(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    allowed = {"options": ", ".join(options)}
    return _field(default, Codec(read, str, "choice", allowed, view=view))


def whole(default: int, low: int, high: int, *, written: bool = True, view: bool = False) -> Any:
    """A whole number from `low` to `high`."""

    def read(text: str) -> int:
        return int(_within(float(int(text)), low, high))

    limits = {"low": low, "high": high}
    return _field(default, Codec(read, str, "whole", limits, written=written, view=view))


def pair(default: Pair, low: int, high: int, *, view: bool = False) -> Any:
    """Two whole numbers from `low` to `high`, of rows and columns; in the link `2` or `2x3`."""

    def read(text: str) -> Pair:
        numbers = [int(_within(float(int(part)), low, high)) for part in text.split("x")]
        rows, cols = numbers if len(numbers) > 1 else numbers * 2
        return rows, cols

    def write(both: Pair) -> str:
        rows, cols = both
        return str(rows) if rows == cols else f"{rows}x{cols}"

    return _field(default, Codec(read, write, "pair", {"low": low, "high": high}, view=view))


def number(default: float, low: float, high: float, *, view: bool = False) -> Any:
    """A number from `low` to `high`."""

    def read(text: str) -> float:
        return _within(float(text), low, high)

    limits = {"low": low, "high": high}
    return _field(default, Codec(read, shortest, "number", limits, view=view))


def words(default: Sequence[str], options: Sequence[str], most: int, *, view: bool = False) -> Any:
    """One to `most` of some language-neutral words, each once; in the link `red,edge-x`."""

    def read(text: str) -> tuple[str, ...]:
        found = tuple(text.split(","))
        if not set(found) <= set(options) or not len(set(found)) == len(found) <= most:
            raise ValueError(text)
        return found

    allowed = {"options": ", ".join(options), "most": most}
    return _field(tuple(default), Codec(read, ",".join, "words", allowed, 200, view=view))


def grid(default: Grid, side: int) -> Any:
    """Rows of finite numbers, up to `side` × `side`; in the link `0 1 2_3 4 5`."""

    def read(text: str) -> Grid:
        rows = _rows(text)
        check_grid(rows, side)
        return rows

    allowed = {"side": side, "largest": LARGEST}
    return _field(default, Codec(read, _write_rows, "grid", allowed, 16_000))


def stack(default: Stack, planes: int, side: int) -> Any:
    """One to `planes` grids of one size, up to `side` × `side`; in the link `0 1_2 3;1 2_3 4`."""

    def read(text: str) -> Stack:
        found = tuple(map(_rows, text.split(";")))
        for rows in found:
            check_grid(rows, side)
        if len(found) > planes or len({(len(rows), len(rows[0])) for rows in found}) > 1:
            raise ValueError("not planes of one size")
        return found

    def write(grids: Stack) -> str:
        return ";".join(map(_write_rows, grids))

    allowed = {"planes": planes, "side": side, "largest": LARGEST}
    return _field(default, Codec(read, write, "stack", allowed, 50_000))


def _rows(text: str) -> Grid:
    return tuple(tuple(map(float, row.split())) for row in text.split("_"))


def _write_rows(rows: Grid) -> str:
    return "_".join(" ".join(map(shortest, row)) for row in rows)


def numbers(default: tuple[float, ...], low: float, high: float, fewest: int, most: int) -> Any:
    """`fewest` to `most` numbers, each from `low` to `high`; in the link `0.5 1 2`."""

    def read(text: str) -> tuple[float, ...]:
        found = tuple(_within(float(part), low, high) for part in text.split())
        if not fewest <= len(found) <= most:
            raise ValueError(text)
        return found

    def write(values: tuple[float, ...]) -> str:
        return " ".join(map(shortest, values))

    limits = {"low": low, "high": high, "fewest": fewest, "most": most}
    return _field(default, Codec(read, write, "numbers", limits, longest=25 * most))


def drawing(side: int) -> Any:
    """A picture of `side` × `side` bytes, row by row, compressed in the link; None if untouched."""

    def read(text: str) -> bytes:
        try:
            packed = base64.urlsafe_b64decode(text.encode("ascii") + b"===")
            unpacked = zlib.decompressobj().decompress(packed, side * side + 1)
        except (UnicodeEncodeError, binascii.Error, zlib.error) as error:
            raise ValueError("not a drawing") from error
        if len(unpacked) != side * side:
            raise ValueError("not a drawing of this size")
        return unpacked

    def write(pixels: bytes) -> str:
        return base64.urlsafe_b64encode(zlib.compress(pixels, 9)).decode().rstrip("=")

    return _field(bytes(side * side), Codec(read, write, "drawing", {"side": side}, 4_000))


def layers(default: Layers, most: int) -> Any:
    """One to `most` layers with a window within `LAYER_LIMITS`; in the link `c3p1-m2s2`."""

    def read(text: str) -> Layers:
        found = read_stack(text)
        if len(found) > most:
            raise ValueError("too many layers")
        for layer in found:
            for name, (low, high) in LAYER_LIMITS.items():
                _within(getattr(layer, name), low, high)
        return found

    limits = {"most": most, **{name: high for name, (_, high) in LAYER_LIMITS.items()}}
    return _field(default, Codec(read, write_stack, "layers", limits, 16 * most))


def option(of: Option, default: Any = None) -> Any:
    """What another table has as an `Option`; `default` where the page's is not the table's."""
    # shorter texts, such as `Option.write` makes, need not read back as the same number
    write = shortest if isinstance(of.default, float) else of.write
    allowed = {"allowed": of.allowed, "low": of.low, "high": of.high, "options": of.choices}
    return _field(
        of.default if default is None else default, Codec(of.read, write, "option", allowed)
    )


def token(*, view: bool = False) -> Any:
    """A name that a machine gave: letters, digits, - and _; empty for none."""

    def read(text: str) -> str:
        if not TOKEN.fullmatch(text):
            raise ValueError(text)
        return text

    return _field("", Codec(read, str, "token", {}, 80, view=view))


def tokens(most: int, *, view: bool = False) -> Any:
    """Up to `most` names that a machine gave, each once; in the link with commas between."""

    def read(text: str) -> tuple[str, ...]:
        found = tuple(text.split(",")) if text else ()
        plain = all(name and TOKEN.fullmatch(name) for name in found)
        if not plain or not len(set(found)) == len(found) <= most:
            raise ValueError(text)
        return found

    return _field((), Codec(read, ",".join, "tokens", {"most": most}, 80 * most, view=view))


def options() -> Any:
    """Settings that another table knows, still as text; in the link `hidden:64;dropout:0.2`.

    Whoever uses them checks the names and reads the values.
    """

    def read(text: str) -> OptionTexts:
        found = tuple(_read_option(part) for part in text.split(";") if text)
        if len(found) > 16 or len({name for name, _ in found}) < len(found):
            raise ValueError(text)
        return found

    def write(values: OptionTexts) -> str:
        return ";".join(f"{name}:{text}" for name, text in values)

    return _field((), Codec(read, write, "options", {}, 1000))


def paths(most: int, *, view: bool = False) -> Any:
    """Up to `most` dotted names of modules, each once; in the link `layer1.0,layer2.0`."""

    def read(text: str) -> tuple[str, ...]:
        found = tuple(text.split(",")) if text else ()
        plain = all(
            part.isidentifier() or part.isdigit() for path in found for part in path.split(".")
        )
        if not plain or not len(set(found)) == len(found) <= most:
            raise ValueError(text)
        return found

    return _field((), Codec(read, ",".join, "paths", {"most": most}, 40 * most, view=view))


def _read_option(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.isidentifier():
        raise ValueError(text)
    return name, value


def check_grid(rows: Grid, side: int) -> None:
    """Raise ValueError unless the rows are equally long, within `side`, and all finite."""
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 1 <= widths.pop() <= side or len(rows) > side:
        raise ValueError("not a grid of this size")
    for row in rows:
        for value in row:
            _within(value, -LARGEST, LARGEST)


def shortest(value: float) -> str:
    """The shortest text that reads back as the same float: 3, -0.5, 1e-05."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def codec(settings: type[Any], name: str) -> Codec:
    """The codec of one field."""
    found = {field.name: field.metadata["codec"] for field in dataclasses.fields(settings)}
    codec: Codec = found[name]
    return codec


def limits(settings: type[Any], name: str) -> tuple[Any, Any]:
    """The lowest and highest value of a numeric field: the range of its control."""
    found = codec(settings, name).limits
    return found["low"], found["high"]


def _field(default: Any, codec: Codec) -> Any:
    return dataclasses.field(default=default, metadata={"codec": codec})


def _within(value: float, low: float, high: float) -> float:
    # written so that NaN, which is neither, is refused as well
    if not low <= value <= high or not math.isfinite(value):
        raise ValueError(value)
    return value
