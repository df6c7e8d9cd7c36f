"""The details below the picture: tabs, of which only the open one is computed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t


def panels(desk: Desk[Any], names: Sequence[str], draw: Callable[[str], None]) -> None:
    """Tabs with the labels `panel.<name>`; the setting `panel` says which is open.

    `draw(name)` shows one of them. Where the open one is not among `names`, the first is open.
    """
    labels = {t(f"panel.{name}"): name for name in names}
    panel = desk.now.panel if desk.now.panel in names else names[0]
    shown = t(f"panel.{panel}")

    def take(now: Any, label: str) -> Any:
        return replace(now, panel=labels[label])

    # tabs with other labels are new ones to the browser, and need a key of their own
    opened = st.tabs(list(labels), **desk.bind(f"panel/{'/'.join(names)}", shown, take))
    for tab, name in zip(opened, names, strict=True):
        if tab.open:
            with tab:
                draw(name)
