"""Messages from a component in the browser, each taken once.

Streamlit keeps a component's last value and hands it to every run, also to the first run of a new
session after the old one was lost. So a message carries the session's token and a rising number.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import streamlit as st


def token() -> str:
    """This session's own word, for the browser to send back."""
    if "token" not in st.session_state:
        st.session_state["token"] = secrets.token_hex(8)
    return str(st.session_state["token"])


def messages(key: str, name: str, after: int) -> list[Mapping[str, Any]]:
    """What came in the component's state `name` with an `id` above `after`, oldest first.

    Comes from a browser: whatever is not a message is left out.
    """
    state = (st.session_state.get(key) or {}).get(name)
    if not isinstance(state, Mapping) or state.get("token") != token():
        return []
    found = state.get("messages")
    if not isinstance(found, list):
        return []
    new = [m for m in found if isinstance(m, Mapping) and _number(m.get("id")) > after]
    return sorted(new, key=lambda message: _number(message.get("id")))


def _number(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else -1
