"""The place for a file of the reader's."""

from __future__ import annotations

import json

import streamlit as st


def own_words(button: str) -> None:
    """Have the page's file uploaders say this on their button; Streamlit's words are English."""
    st.html(
        "<style>[data-testid=stFileUploaderDropzone] button p {font-size: 0}"
        "[data-testid=stFileUploaderDropzoneInstructions] {display: none}"
        "[data-testid=stFileUploaderDropzone] button p::after {font-size: 1rem;"
        f" content: {_css_string(button)}}}</style>"
    )


def _css_string(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("<", "\\3c ")
