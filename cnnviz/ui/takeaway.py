"""Take it along: link, PNG, GIF and notebook of a walk."""

from __future__ import annotations

from collections.abc import Callable
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
    """What is taken along: the walk, and the kernel as the reader gave it."""

    walk: Walk
    kernel: Tensor
    flip: bool
    title: str
    paragraphs: tuple[str, ...]

    @property
    def code(self) -> str:
        return pytorch_code(self.walk.input, self.kernel, self.walk.window, flip=self.flip)


MIME = {
    "png": ("image/png", "png"),
    "gif": ("image/gif", "gif"),
    "notebook": ("application/x-ipynb+json", "ipynb"),
}


def takeaway(key: str, name: str, scene: Takeaway | None) -> None:
    """The buttons; `name` is the files' stem. Without a scene only the link is to be had."""
    asked = wish(key)
    file = _file(asked, name, scene) if asked else None
    take(key, texts("take"), file, ready=scene is not None)


def _file(wish: Wish, name: str, scene: Takeaway | None) -> File:
    if scene is None:
        return File(wish, refused=t("take.failed"))
    dark = st.context.theme.type == "dark"  # as the reader sees it
    makers: dict[str, Callable[[], bytes]] = {
        "png": lambda: png(scene.walk, wish.step, flip=scene.flip, dark=dark),
        "gif": lambda: gif(scene.walk, flip=scene.flip, dark=dark),
        "notebook": lambda: notebook(
            scene.title, scene.paragraphs, scene.code, scene.walk.output, _web_link(wish.href)
        ),
    }
    try:
        mime, suffix = MIME[wish.kind]
        with st.spinner(t("take.making")):
            content = makers[wish.kind]()
    except (KeyError, ValueError):  # no such kind, or no such step
        return File(wish, refused=t("take.failed"))
    return File(wish, f"{name}.{suffix}", mime, content)


def _web_link(href: str) -> str | None:
    """The page's address, if it is one: it came from a browser and goes into a file."""
    plain = href.startswith(("http://", "https://")) and not set(href) & set("<> \n\t\"'`")
    return href if plain else None
