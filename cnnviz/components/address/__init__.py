"""The address bar, kept at the link of what is on screen; and links that set the page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from cnnviz.components import register

_address = register("address")
KEY = "address"


def address(link: Mapping[str, str], language: str) -> None:
    """Show this link in the address bar; `language` is the page's."""
    data = {"query": urlencode(link), "language": language}
    _address(key=KEY, data=data, on_followed_change=lambda: None)


def take_followed() -> dict[str, str]:
    """What a link on the page, clicked since the last run, asks for; empty without one."""
    event = (st.session_state.get(KEY) or {}).get("followed")
    if not isinstance(event, Mapping) or event.get("stamp") == st.session_state.get("followed"):
        return {}
    st.session_state["followed"] = event.get("stamp")
    return dict(parse_qsl(str(event.get("query"))[:20_000]))
