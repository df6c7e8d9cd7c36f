"""Take it along: buttons for the link and for files that are made when they are asked for."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import streamlit as st

from cnnviz.components import register
from cnnviz.components.mail import messages, token

_take = register("take", "shared/format.js", "shared/mount.js", "shared/planes.css")


class Wish(NamedTuple):
    """A file that a reader asked for. Comes from a browser: check before use."""

    kind: str  # as the buttons: "png", "gif", "csv", "weights", "script", "notebook", "pictures"
    step: int  # the stage's, from 0
    href: str  # the page's address
    id: int  # rising


class File(NamedTuple):
    """What answers a wish: a file, or a sentence why there is none."""

    wish: Wish
    name: str = ""
    mime: str = ""
    content: bytes = b""
    refused: str = ""


def wish(key: str) -> Wish | None:
    """The reader's last wish, until a file has answered it."""
    found = messages(key, "wish", st.session_state.get(f"{key}/answered", 0))
    if not found:
        return None
    last = found[-1]
    step = last.get("step")
    return Wish(
        str(last.get("kind")),
        step if isinstance(step, int) else -1,
        str(last.get("href")),
        last["id"],
    )


def take(
    key: str,
    strings: Mapping[str, str],
    file: File | None,
    *,
    kinds: Sequence[str],
    ready: bool,
    href: str = "",
) -> None:
    """Show the buttons for these kinds of files; hand over the file if one was made.

    `href` is the link to copy, as seen from the page, where it is not the page's own.
    """
    data = {
        "strings": dict(strings),
        "kinds": ["link", *kinds],
        "ready": ready,
        "token": token(),
        "href": href,
        "file": file and _payload(file),
    }
    _take(key=key, data=data, on_wish_change=lambda: None)
    if file:  # only now: a run that is ended before this starts again with the wish
        st.session_state[f"{key}/answered"] = file.wish.id


def _payload(file: File) -> dict[str, Any]:
    return {
        "name": file.name,
        "mime": file.mime,
        "data": base64.b64encode(file.content).decode(),
        "refused": file.refused,
        "id": file.wish.id,
    }
