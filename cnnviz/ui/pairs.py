"""A number of rows and one of columns: one control while they are equal, two where they differ."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import Pair, limits

Take = Callable[[Any, Any], Any]  # settings, what was chosen → settings


def pair_control(
    desk: Desk[Any],
    name: str,
    label: str,
    *,
    low: int | None = None,
    high: Pair | None = None,
    take: Callable[[Any, Pair], Any] | None = None,
) -> None:
    """A slider for both axes, and a button that parts it into one for rows and one for columns.

    Args:
        name: a setting made by `settings.pair`.
        low, high: the numbers that may be chosen now, where other settings limit them more.
        take: makes new settings of the chosen pair; by default the pair is all that changes.
    """
    bottom, top = limits(desk.settings, name)
    least, most = bottom if low is None else low, high or (top, top)

    def set_pair(now: Any, both: Pair) -> Any:
        return take(now, both) if take else replace(now, **{name: both})

    def set_rows(now: Any, rows: int) -> Any:
        return set_pair(now, (rows, getattr(now, name)[1]))

    def set_cols(now: Any, cols: int) -> Any:
        return set_pair(now, (getattr(now, name)[0], cols))

    rows, cols = getattr(desk.now, name)
    # a number from a link may lie beyond: the page says so, and its slider has to reach it
    most = max(most[0], rows), max(most[1], cols)
    key = f"{desk.page}/{name}/apart"
    apart = rows != cols or bool(st.session_state.get(key))

    def turn() -> None:
        st.session_state[key] = not apart
        if apart and rows != cols:
            desk.set(set_pair(desk.now, (min(rows, most[1]),) * 2))

    with st.container(horizontal=True, vertical_alignment="bottom", key=f"pair-{name}"):
        if apart:
            names = t("pair.rows", label=label), t("pair.cols", label=label)
            _slider(desk, f"{name}.rows", names[0], least, most[0], rows, set_rows)
            _slider(desk, f"{name}.cols", names[1], least, most[1], cols, set_cols)
        else:

            def set_both(now: Any, value: int) -> Any:
                return set_pair(now, (value, value))

            _slider(desk, name, label, least, min(most), rows, set_both)
        words = t("pair.together" if apart else "pair.apart", label=label)
        icon = ":material/link:" if apart else ":material/call_split:"
        # a toggle's state would outlive its settings: a link or an undo can part the two
        st.button(words, icon=icon, help=words, type="tertiary", on_click=turn, key=f"{key}/button")


def _slider(
    desk: Desk[Any], name: str, label: str, low: int, high: int, shown: int, take: Take
) -> None:
    # with its range in its name: Streamlit sets a slider back whose range changes
    control = desk.bind(f"{name}.{high}", shown, take)
    # a slider needs two places to stand
    st.slider(label, low, max(high, low + 1), disabled=high == low, **control)
