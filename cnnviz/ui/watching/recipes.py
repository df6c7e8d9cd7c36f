"""What recipes and their values are called in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cnnviz.data.sets import SOURCES
from cnnviz.training.presets import Change
from cnnviz.training.recipe import FIELDS
from cnnviz.ui.i18n import t
from cnnviz.ui.networks import network_title
from cnnviz.ui.settings import shortest

ZEROS = ("input_size", "examples", "steps")  # of these a 0 stands for something else


def change_line(changes: Iterable[Change]) -> str:
    """What changes from one recipe to another: `batch size 128 → 32, epochs 10 → 3`."""
    return ", ".join(
        f"{label(name)} {value_text(name, first)} → {value_text(name, second)}"
        for name, first, second in changes
    )


def label(name: str) -> str:
    """A field of the recipe, or an option of the data or of a network."""
    if name in FIELDS or name in ("data", "network"):
        return t(f"recipe.{name}")
    if any(name in source.options for source in SOURCES.values()):
        return t(f"data.option.{name}")
    return t(f"networks.option.{name}")


def value_text(name: str, value: Any) -> str:
    """Its value, as it is read."""
    if name in ZEROS and value == 0:
        return t(f"recipe.zero.{name}")
    if isinstance(value, bool):
        return t("recipe.word.on" if value else "recipe.word.off")
    if isinstance(value, tuple):
        return "–".join(map(str, value)) if name.endswith("radius") else ", ".join(map(str, value))
    if isinstance(value, float):
        return shortest(value)
    if isinstance(value, int):
        return str(value) if name in ("seed", "draw") else f"{value:,}"
    return _word(name, value)


def _word(name: str, word: str) -> str:
    if name == "data":
        return t(f"data.name.{word}")
    if name == "network":
        return network_title(word)
    if name == "digest":
        return word[:8]
    if name in FIELDS:
        return t(f"recipe.word.{word}")
    if name in ("subset", "place", "test_place"):
        return t(f"data.word.{word}")
    return word if name == "blocks" else t(f"networks.choice.{word}")
