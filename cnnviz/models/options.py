"""What can be chosen about a network: names, ranges, and how a choice stands in a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cnnviz.problems import Problem

Value = Any  # bool, int, float, str, or a tuple of int


@dataclass(frozen=True)
class Option:
    """One setting of a network, an argument of its builder.

    `default` says what kind it is: a switch (bool), a whole number, a share (float), one of
    `choices` (str), or a list of whole numbers (tuple), whose length is from `fewest` to `most`.
    Of a text that `reads` checks, `choices` are the words that it is made of.
    """

    name: str
    default: Value
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    fewest: int = 0
    most: int = 0
    reads: Callable[[str], Any] | None = None  # of a text: refuses what is none with a `Problem`
    like: str = ""  # a list as long as the one of this name

    def check(self, value: Value) -> Value:
        """The value, as the builder takes it.

        Raises:
            Problem: (a `ValueError`) that says what is allowed.
        """
        if not self._takes(value):
            raise Problem(
                "option_value", name=self.name, value=str(value)[:80], allowed=self.allowed
            )
        if self.reads:
            self.reads(value)
        return tuple(value) if isinstance(self.default, tuple) else value

    def _takes(self, value: Value) -> bool:
        if isinstance(self.default, bool):
            return isinstance(value, bool)
        if isinstance(self.default, tuple):
            return (
                isinstance(value, (tuple, list))
                and self.fewest <= len(value) <= self.most
                and all(map(self._whole, value))
            )
        if isinstance(self.default, str):
            return isinstance(value, str) and (self.reads is not None or value in self.choices)
        if isinstance(self.default, int):
            return self._whole(value)
        return isinstance(value, (int, float)) and self.low <= value <= self.high

    def _whole(self, value: Value) -> bool:
        return type(value) is int and self.low <= value <= self.high

    @property
    def allowed(self) -> str:
        """What is allowed, in words that need no translation."""
        if isinstance(self.default, bool):
            return "True, False"
        if self.choices:
            return ", ".join(self.choices)
        numbers = f"{self.low:g} … {self.high:g}"
        if isinstance(self.default, tuple):
            many = f"{self.fewest}" if self.fewest == self.most else f"{self.fewest} … {self.most}"
            return f"{many} × ({numbers})"
        return numbers

    def read(self, text: str) -> Value:
        """A value from a link: `6.16` for a list, `1` for a switch.

        Raises ValueError for what is none, and `Problem` (one too) for what is not allowed.
        """
        if isinstance(self.default, bool):
            if text not in ("0", "1"):
                raise ValueError(text)
            return text == "1"
        if isinstance(self.default, tuple):
            return self.check(tuple(int(part) for part in text.split(".")))
        if isinstance(self.default, str):
            return self.check(text)
        return self.check(int(text) if isinstance(self.default, int) else float(text))

    def write(self, value: Value) -> str:
        """The text that `read` takes."""
        if isinstance(value, bool):
            return str(int(value))
        if isinstance(value, tuple):
            return ".".join(map(str, value))
        return f"{value:g}" if isinstance(value, float) else str(value)


def checked(options: Mapping[str, Option], given: Mapping[str, Value]) -> dict[str, Value]:
    """All options with their values: what is given, and the defaults of the others.

    Raises:
        Problem: (a `ValueError`) for an unknown name or a value that is not allowed.
    """
    for name in given:
        if name not in options:
            raise Problem("option_unknown", name=name[:40], allowed=", ".join(options))
    found = {
        name: option.check(given[name]) if name in given else option.default
        for name, option in options.items()
    }
    for name, option in options.items():
        if option.like and len(found[name]) != len(found[option.like]):
            lengths = {"first": len(found[option.like]), "second": len(found[name])}
            raise Problem("option_lengths", one=option.like, other=name, **lengths)
    return found
