"""Take it along: buttons for the link and for files that are made when they are asked for."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import streamlit as st

from cnnviz.components import register

_take = register("take", "shared/format.js", "shared/planes.css")


class Wish(NamedTuple):
    """A file that a reader asked for. Comes from a browser: check before use."""

    kind: str  # "png", "gif" or "notebook"
    step: int  # the stage's, from 0
    href: str  # the page's address
    stamp: int


class File(NamedTuple):
    """What answers a wish: a file, or a sentence why there is none."""

    wish: Wish
    name: str = ""
    mime: str = ""
    content: bytes = b""
    refused: str = ""


def take_wish(key: str) -> Wish | None:
    """The wish since the last run, once."""
    wish = (st.session_state.get(key) or {}).get("wish")
    if not isinstance(wish, Mapping) or wish.get("stamp") == st.session_state.get(f"{key}/stamp"):
        return None
    st.session_state[f"{key}/stamp"] = wish.get("stamp")
    try:
        return Wish(str(wish["kind"]), int(wish["step"]), str(wish["href"]), int(wish["stamp"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def take(key: str, strings: Mapping[str, str], file: File | None, *, ready: bool) -> None:
    """Show the buttons; hand over the file if one was made."""
    data = {"strings": dict(strings), "ready": ready, "file": file and _payload(file)}
    _take(key=key, data=data, on_wish_change=lambda: None)


def _payload(file: File) -> dict[str, Any]:
    return {
        "name": file.name,
        "mime": file.mime,
        "data": base64.b64encode(file.content).decode(),
        "refused": file.refused,
        "stamp": file.wish.stamp,
    }
