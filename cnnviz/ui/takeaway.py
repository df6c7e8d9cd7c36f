"""Take it along: link, PNG, GIF and notebook of what a page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st
from torch import Tensor

from cnnviz.components.take import File, Wish, take, wish
from cnnviz.export.code import pytorch_code
from cnnviz.export.notebook import notebook
from cnnviz.export.picture import gif, png
from cnnviz.ops import Walk
from cnnviz.ui.i18n import t, texts


class Takeaway(NamedTuple):
    """What can be taken along; the files are made when they are asked for."""

    title: str
    paragraphs: tuple[str, ...]  # Markdown, for the notebook
    code: str  # PyTorch that leaves Y, and X and K where they exist
    expected: Tensor | None  # what Y must be; None where the code asserts by itself what it has to
    png: Callable[[int, bool], bytes]  # of a step, from 0; dark or not
    gif: Callable[[bool], bytes] | None = None  # dark or not; None where nothing moves
    csv: Callable[[], str] | None = None


def walk_takeaway(walk: Walk, title: str, *paragraphs: str) -> Takeaway:
    """All of a walk."""
    return Takeaway(
        title,
        paragraphs,
        pytorch_code(walk),
        walk.output,
        lambda step, dark: png(walk, step, dark=dark),
        lambda dark: gif(walk, dark=dark),
    )


MIME = {
    "png": ("image/png", "png"),
    "gif": ("image/gif", "gif"),
    "csv": ("text/csv", "csv"),
    "notebook": ("application/x-ipynb+json", "ipynb"),
}
USUAL = ("png", "gif", "notebook")


def takeaway(key: str, name: str, scene: Takeaway | None, kinds: Sequence[str] = USUAL) -> None:
    """The buttons of these kinds of files; `name` is the files' stem.

    Without a scene only the link is to be had.
    """
    asked = wish(key)
    file = _file(asked, name, scene) if asked else None
    take(key, texts("take"), file, kinds=kinds, ready=scene is not None)


def _file(wish: Wish, name: str, scene: Takeaway | None) -> File:
    if scene is None:
        return File(wish, refused=t("take.failed"))
    dark = st.context.theme.type == "dark"  # as the reader sees it
    gif, csv = scene.gif, scene.csv
    makers: dict[str, Callable[[], bytes]] = {
        "png": lambda: scene.png(wish.step, dark),
        **({"gif": lambda: gif(dark)} if gif else {}),
        # with a byte order mark, or Excel takes × and Korean for something else
        **({"csv": lambda: csv().encode("utf-8-sig")} if csv else {}),
        "notebook": lambda: notebook(
            scene.title, scene.paragraphs, scene.code, scene.expected, web_link(wish.href)
        ),
    }
    try:
        mime, suffix = MIME[wish.kind]
        with st.spinner(t("take.making")):
            content = makers[wish.kind]()
    except (KeyError, ValueError):  # no such kind, or no such step
        return File(wish, refused=t("take.failed"))
    return File(wish, f"{name}.{suffix}", mime, content)


def web_link(href: str) -> str | None:
    """The page's address, if it is one: it came from a browser and goes into a file."""
    plain = href.startswith(("http://", "https://")) and not set(href) & set("<> \n\t\"'`")
    return href if plain else None
