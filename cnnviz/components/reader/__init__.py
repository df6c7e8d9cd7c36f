"""Who reads: a random id that the browser keeps, the same in all its tabs."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st

from cnnviz.components import register

_reader = register("reader")
KEY = "reader"
FORM = re.compile(r"[0-9a-f]{32}", re.ASCII)  # 128 bits


def reader_id() -> str | None:
    """Ask the browser for its id; None until it has told one. Once a run, or Streamlit complains.

    Comes from a browser: what is not of the form is no id.
    """
    state = st.session_state.get(KEY)
    told = state.get("id") if isinstance(state, Mapping) else None
    found = told if isinstance(told, str) and FORM.fullmatch(told) else None
    with st.container(key="reader-place"):  # which takes no room: see frame.css
        _reader(key=KEY, data={"known": found or ""}, on_id_change=lambda: None)
    return found
