"""A network that the reader composes, block by block, in one line of text.

`conv32k3-max2-residual64s2-average-linear10`: a word with its main number, then letters with
theirs. Every block is one of `cnnviz.models.blocks`, or a layer of PyTorch's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import nn

from cnnviz.models.blocks import (
    Bottleneck,
    ConvBlock,
    DenseBlock,
    Inception,
    NiNBlock,
    Residual,
    ResNeXtBlock,
    VGGBlock,
)
from cnnviz.models.families.head import flat_features
from cnnviz.problems import Problem

Numbers = Mapping[str, int]
MOST_BLOCKS = 24
PART = re.compile(r"([a-z]+)(\d{0,5})((?:[a-z]\d{1,3})*)", re.ASCII)
LETTER = re.compile(r"([a-z])(\d{1,3})", re.ASCII)


class Call(NamedTuple):
    """A module as it is constructed: `Residual(32, 64, True, 2)`."""

    form: type[nn.Module]
    args: tuple[Any, ...] = ()

    def build(self) -> nn.Module:
        return self.form(*self.args)

    def __str__(self) -> str:
        package = "nn." if self.form.__module__.startswith("torch.nn") else ""
        return f"{package}{self.form.__name__}({', '.join(map(repr, self.args))})"


@dataclass(frozen=True)
class Spec:
    """A kind of block: the range of its main number and of its letters, and how it is built.

    `call(c_in, n, numbers)` constructs it; `c_out(c_in, n, numbers)` are its channels.
    """

    main: tuple[int, int, int] | None  # default, lowest, highest; None where it has no number
    letters: Mapping[str, tuple[int, int, int]]
    call: Callable[[int, int, Numbers], Call]
    c_out: Callable[[int, int, Numbers], int] = lambda c_in, n, _: n


@dataclass(frozen=True)
class Piece:
    """A block of the reader's: `residual64s2` is Piece("residual", 64, (("s", 2),))."""

    word: str
    n: int
    letters: tuple[tuple[str, int], ...]


def _inception(c_in: int, n: int, of: Numbers) -> Call:
    """In the proportions of GoogLeNet's first block, 64 : 96, 128 : 16, 32 : 32 of 256."""
    u, reduce = n // 16, of["r"]
    args = (c_in, 4 * u, (6 * u * reduce, 8 * u), (u * reduce, 2 * u), n - 14 * u)
    return Call(Inception, args)


def _changes(c_in: int, n: int, of: Numbers) -> bool:
    """Whether a shortcut needs a 1×1 convolution."""
    return c_in != n or of["s"] > 1


def _bottleneck(c_in: int, n: int, of: Numbers) -> Call:
    return Call(Bottleneck, (c_in, max(1, n // 4), n, 1, _changes(c_in, n, of), of["s"]))


def _resnext(c_in: int, n: int, of: Numbers) -> Call:
    return Call(ResNeXtBlock, (c_in, n, of["g"], 0.5, _changes(c_in, n, of), of["s"]))


def _same(c_in: int, n: int, _: Numbers) -> int:
    return c_in


WIDTH = (64, 1, 2048)
STRIDE = {"s": (1, 1, 4)}
WINDOW = {"k": (3, 1, 11), **STRIDE, "p": (1, 0, 5)}
POOL = {"s": (2, 1, 4), "p": (0, 0, 5)}
BLOCKS: Mapping[str, Spec] = {
    "conv": Spec(WIDTH, WINDOW, lambda c, n, of: Call(ConvBlock, (c, n, *of.values()))),
    "vgg": Spec(WIDTH, {"n": (2, 1, 4)}, lambda c, n, of: Call(VGGBlock, (c, n, of["n"]))),
    "nin": Spec(WIDTH, WINDOW, lambda c, n, of: Call(NiNBlock, (c, n, *of.values()))),
    "inception": Spec((256, 16, 2048), {"r": (1, 0, 1)}, _inception),
    "residual": Spec(
        WIDTH, STRIDE, lambda c, n, of: Call(Residual, (c, n, _changes(c, n, of), of["s"]))
    ),
    "bottleneck": Spec((256, 4, 2048), STRIDE, _bottleneck),
    "resnext": Spec((256, 4, 2048), {"g": (32, 1, 64), **STRIDE}, _resnext),
    "dense": Spec(
        (32, 1, 256),
        {"n": (4, 1, 16)},
        lambda c, n, of: Call(DenseBlock, (c, n, of["n"])),
        lambda c, n, of: c + n * of["n"],
    ),
    "max": Spec((2, 1, 11), POOL, lambda c, n, of: Call(nn.MaxPool2d, (n, *of.values())), _same),
    "avg": Spec((2, 1, 11), POOL, lambda c, n, of: Call(nn.AvgPool2d, (n, *of.values())), _same),
    "average": Spec(None, {}, lambda c, n, of: Call(nn.AdaptiveAvgPool2d, (1,)), _same),
    "linear": Spec((120, 1, 8192), {}, lambda c, n, of: Call(nn.Linear, (c, n))),
}
START = "conv32k5p2-max2-residual64s2-residual128s2-average"


def read_blocks(text: str) -> tuple[Piece, ...]:
    """The blocks of `conv32k3-max2`; letters that are left out have their default.

    Raises:
        Problem: (a `ValueError`) that names the first piece that is none, and what it may be.
    """
    parts = text.split("-")
    if len(parts) > MOST_BLOCKS:
        raise Problem("free_many", count=len(parts), most=MOST_BLOCKS)
    return tuple(map(_read_piece, parts))


def _read_piece(text: str) -> Piece:
    match = PART.fullmatch(text)
    if not match or match[1] not in BLOCKS:
        raise Problem("free_word", word=text[:40], allowed=", ".join(BLOCKS))
    word, spec = match[1], BLOCKS[match[1]]
    given = {letter: int(number) for letter, number in LETTER.findall(match[3])}
    main = spec.main or (0, 0, 0)
    n = int(match[2]) if match[2] else main[0]
    _within(text, word, n, main)
    if unknown := set(given) - set(spec.letters):
        letters = ", ".join(spec.letters) or "–"
        raise Problem("free_letter", word=text[:40], letter=min(unknown), allowed=letters)
    numbers = {letter: given.get(letter, most[0]) for letter, most in spec.letters.items()}
    for letter, number in numbers.items():
        _within(text, letter, number, spec.letters[letter])
    if word in ("max", "avg") and numbers["p"] > n // 2:  # PyTorch's rule
        raise Problem("free_padding", word=text[:40], most=n // 2, padding=numbers["p"])
    return Piece(word, n, tuple(numbers.items()))


def _within(text: str, name: str, number: int, limits: tuple[int, int, int]) -> None:
    _, low, high = limits
    if not low <= number <= high:
        raise Problem("free_range", word=text[:40], name=name, low=low, high=high, number=number)


def write_blocks(pieces: tuple[Piece, ...]) -> str:
    """The text that `read_blocks` takes, without what is as usual."""
    return "-".join(map(_write_piece, pieces))


def _write_piece(piece: Piece) -> str:
    spec = BLOCKS[piece.word]
    letters = (f"{k}{v}" for k, v in piece.letters if v != spec.letters[k][0])
    return f"{piece.word}{piece.n if spec.main else ''}{''.join(letters)}"


def free(
    c_in: int = 1, classes: int = 10, size: tuple[int, int] = (28, 28), blocks: str = START
) -> nn.Sequential:
    """The blocks one after the other, and a dense layer with a number for each class.

    Raises:
        Problem: (a `ValueError`) for a text that is no such network.
    """
    return nn.Sequential(*(call.build() for call in calls(c_in, classes, size, blocks)))


@lru_cache(16)
def calls(c_in: int, classes: int, size: tuple[int, int], blocks: str) -> tuple[Call, ...]:
    """The modules of such a network, as they are constructed.

    Before the first dense layer stands a flattening; dense layers but the last have a ReLU.
    """
    found: list[Call] = []
    built: list[nn.Module] = []
    width, flat = c_in, False

    def add(call: Call) -> None:
        found.append(call)
        built.append(_built(call))

    for piece in read_blocks(blocks):
        spec, numbers = BLOCKS[piece.word], dict(piece.letters)
        if piece.word == "linear" and not flat:
            add(Call(nn.Flatten))
            width, flat = flat_features(nn.Sequential(*built), c_in, size), True
        elif piece.word != "linear" and flat:
            raise Problem("free_flat", word=_write_piece(piece))
        add(spec.call(width, piece.n, numbers))
        if piece.word == "linear":
            add(Call(nn.ReLU))
        width = spec.c_out(width, piece.n, numbers)
    if not flat:
        add(Call(nn.Flatten))
        width = flat_features(nn.Sequential(*built), c_in, size)
    return (*found, Call(nn.Linear, (width, classes)))


def _built(call: Call) -> nn.Module:
    """The module without weights, to see that it can be built and what it gives."""
    try:
        with torch.device("meta"):
            return call.build()
    except ValueError as error:  # groups that divide no channels
        raise Problem("free_groups", word=str(call), reason=str(error)) from error
