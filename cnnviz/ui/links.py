"""Settings from a link and back, by the table that their fields are (`cnnviz.ui.settings`)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from cnnviz.ui.settings import Codec

S = TypeVar("S")


class Rejected(NamedTuple):
    """A part of a link that was not used, and why."""

    name: str
    value: str
    allowed: str  # key under `link.`
    limits: Mapping[str, object]


def read(settings: type[S], link: Mapping[str, str]) -> tuple[S, list[Rejected]]:
    """Settings from a link; what it does not take falls back to its default and is reported."""
    fields = {field.name: field for field in dataclasses.fields(settings)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    rejected = []
    for name, text in link.items():
        if name not in fields:
            rejected.append(Rejected(name, text, "unknown", {}))
            continue
        codec: Codec = fields[name].metadata["codec"]
        try:
            if len(text) > codec.longest:
                raise ValueError("too long")
            values[name] = codec.read(text)
        except (ValueError, OverflowError):
            rejected.append(Rejected(name, text, codec.allowed, codec.limits))
    return settings(**values), rejected


def write(settings: Any) -> dict[str, str]:
    """The link's part for these settings; what stands at its default is left out."""
    found = {}
    for field in dataclasses.fields(settings):
        value, codec = getattr(settings, field.name), field.metadata["codec"]
        if codec.written and value != field.default:
            found[field.name] = codec.write(value)
    return found


def keep_view(settings: S, now: S) -> S:
    """The settings, looked at as now: with the view's fields of `now`."""
    fields = dataclasses.fields(settings)  # type: ignore[arg-type]
    view = {f.name: getattr(now, f.name) for f in fields if f.metadata["codec"].view}
    return dataclasses.replace(settings, **view)  # type: ignore[type-var]


def allowed(new: Any, before: Any) -> bool:
    """Whether every setting that changed has a value that a link could give it."""
    for field in dataclasses.fields(new):
        value, codec = getattr(new, field.name), field.metadata["codec"]
        if value != getattr(before, field.name):
            try:
                codec.read(codec.write(value))
            except (ValueError, TypeError, OverflowError):
                return False
    return True
