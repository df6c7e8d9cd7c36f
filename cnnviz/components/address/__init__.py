"""The address bar, kept at the link of what is on screen; and links that set the page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from cnnviz.components import register
from cnnviz.components.mail import messages, token

_address = register("address")
KEY = "address"
LONGEST = 20_000  # characters of a link


def address(link: Mapping[str, str], language: str) -> None:
    """Show this link in the address bar; `language` is the page's."""
    data = {"query": urlencode(link), "language": language, "token": token()}
    _address(key=KEY, data=data, on_followed_change=lambda: None)


def followed() -> tuple[int, dict[str, str]] | None:
    """The link on the page that was clicked last, with its number, until `mark_followed`."""
    found = messages(KEY, "followed", st.session_state.get("followed", 0))
    if not found:
        return None
    query = str(found[-1].get("query"))[:LONGEST]
    return found[-1]["id"], dict(parse_qsl(query))


def mark_followed(number: int) -> None:
    """Not to be followed again."""
    st.session_state["followed"] = number
