"""Two languages: labels from catalogues, longer texts as Markdown, both under `assets/`.

`t("stage.play")` gives the label in the reader's language. The sentences of the core's refusals
(`problem.*`) are English at home, in `cnnviz.problems`; only their translations are catalogued.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from cnnviz.problems import SENTENCES, Problem

LANGUAGES = {"en": "English", "ko": "한국어"}
ASSETS = Path(__file__).parents[2] / "assets"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Dotted key → text, from all files in `assets/i18n/<language>/`; a key stands in one."""
    texts: dict[str, str] = {}
    for file in sorted((ASSETS / "i18n" / language).glob("*.toml")):
        found = dict(_flatten(tomllib.loads(file.read_text(encoding="utf-8"))))
        if twice := found.keys() & texts.keys():
            raise ValueError(f"{file.name} says again what another file says: {sorted(twice)}")
        texts |= found
    if language == "en":
        texts |= {f"problem.{kind}": sentence for kind, sentence in SENTENCES.items()}
    return texts


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def language() -> str:
    """The reader's language: chosen, or from the link, or the browser's."""
    return str(st.session_state.get("lang", "en"))


def t(key: str, /, **values: object) -> str:
    """The text with this key in the reader's language, with {placeholders} filled in."""
    text = catalogue(language())[key]
    return text.format(**values) if values else text


def texts(prefix: str) -> dict[str, str]:
    """Every text under a prefix, without it: what a component in the browser needs."""
    start = f"{prefix}."
    found = catalogue(language()).items()
    return {key.removeprefix(start): text for key, text in found if key.startswith(start)}


def explain(problem: Problem) -> str:
    """A refusal of the core, in the reader's language."""
    return t(f"problem.{problem.kind}", **problem.values)


def lesson(name: str) -> str:
    """The Markdown text `assets/lessons/<language>/<name>.md`."""
    return (ASSETS / "lessons" / language() / f"{name}.md").read_text(encoding="utf-8")
