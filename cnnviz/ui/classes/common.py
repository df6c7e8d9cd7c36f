"""What the topics share."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table of short texts: the first column to the left, numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    st.markdown("\n".join(f"| {' | '.join(cells)} |" for cells in lines))
