"""Components that draw in the browser: a folder each, with real .html, .css and .js files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent


def register(name: str, *parts: str) -> Any:
    """Register the component `name` from its folder; `parts` are files it shares with others.

    Streamlit's component files can only be served from an installed package, so their text is
    read here, once, and handed over: `parts` first, then the folder's own files.
    """
    folder = HERE / name
    files = [HERE / part for part in parts] + sorted(
        folder.glob("*"), key=lambda f: _order(f, name)
    )
    text = {
        suffix: "\n".join(f.read_text(encoding="utf-8") for f in files if f.suffix == suffix)
        for suffix in (".html", ".css", ".js")
    }
    return st.components.v2.component(
        f"cnnviz.{name}",
        html=text[".html"] or None,
        css=text[".css"] or None,
        js=text[".js"] + "\n",
    )


def _order(file: Path, name: str) -> tuple[bool, str]:
    """The component's main file last: it uses what the others define."""
    return file.stem == name, file.name
