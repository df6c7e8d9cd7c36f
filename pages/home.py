"""What the app is, with one live picture, and the way to its pages."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.components.stage import Options, stage
from cnnviz.data import datasets
from cnnviz.ops import Window, correlate, kernels
from cnnviz.ui import frame
from cnnviz.ui.i18n import lesson, t, texts
from cnnviz.ui.navigation import PAGES, SECTIONS, Entry

ANKLE_BOOT = 9
CARD = 310  # pixels of width


@dataclass(frozen=True)
class Settings:
    """The home page has none of its own."""


def main() -> None:
    frame.desk("home", Settings)
    words, picture = st.columns([26, 74], gap="medium", vertical_alignment="center")
    with words:
        st.title(t("page.home.headline"), anchor=False)
        st.markdown(lesson("home"))
    with picture:
        live_picture()
    contents()
    frame.close()


def live_picture() -> None:
    """A real garment under a Sobel kernel, playing by itself."""
    x = datasets.pick("fashion-mnist", ANKLE_BOOT, 0).float() / 255
    walk = correlate(x, kernels.named("sobel-x"), Window(3))
    titles = {name: t(f"stage.{name}") for name in ("input", "kernel", "output")}
    options = Options(
        titles,
        texts("stage") | {"hint": t("page.home.caption")},
        linked=False,
        autoplay=True,
        classroom=frame.classroom(),
        height=None if frame.classroom() else 420,
    )
    stage(walk, "home.stage", options)


def contents() -> None:
    """The pages by the course's section numbers."""
    for section in SECTIONS:
        entries = [entry for entry in PAGES if entry.section == section]
        if not entries:
            continue
        st.subheader(t(f"section.{section}"), anchor=False)
        with st.container(horizontal=True, gap="medium"):
            for entry in entries:
                card(entry)


def card(entry: Entry) -> None:
    """The way to a page, and what it shows."""
    title = f"{entry.number} {t(f'page.{entry.name}.title')}".strip()
    with st.container(border=True, width=CARD, gap="xxsmall"):
        st.page_link(
            f"pages/{entry.name}.py", label=f"**{title}**", icon=":material/arrow_forward:"
        )
        st.caption(t(f"page.{entry.name}.lead"))


main()
