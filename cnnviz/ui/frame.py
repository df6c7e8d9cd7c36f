"""What surrounds every page: its link, language, view, navigation and the two columns."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
import torch
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import StreamlitPage

from cnnviz.components.address import address, followed, mark_followed
from cnnviz.figures.tiles import as_uri
from cnnviz.problems import Problem
from cnnviz.ui import links
from cnnviz.ui.desk import Desk, S, sent
from cnnviz.ui.i18n import ASSETS, LANGUAGES, explain, language, t
from cnnviz.ui.links import Rejected
from cnnviz.ui.navigation import PAGES, SECTIONS
from cnnviz.ui.settings import choice

STYLE = Path(__file__).with_name("frame.css")
TYPED = ("word", "value")  # values of a `Problem` that may be a stranger's text
MOST_TOLD = 5  # parts of a link that are complained of one by one
STREAMLITS = ("embed", "embed_options")  # parameters that Streamlit reads


@dataclasses.dataclass(frozen=True)
class FrameSettings:
    """The part of a link that every page has."""

    lang: str = choice("en", tuple(LANGUAGES))
    view: str = choice("page", ("page", "class"))


FRAME = tuple(field.name for field in dataclasses.fields(FrameSettings))


def set_up() -> None:
    """Language and view, once a session from the link or the browser; style, on every run."""
    st.set_page_config(
        page_icon=_icon(),
        layout="wide",
        initial_sidebar_state=240,
    )
    if "lang" not in st.session_state:
        given = {name: text for name, text in st.query_params.items() if name in FRAME}
        frame, rejected = links.read(FrameSettings, given)
        known = "lang" in given and "lang" not in {refused.name for refused in rejected}
        st.session_state["lang"] = frame.lang if known else _browser_language()
        st.session_state["view"] = frame.view
        tell(rejected)
    # st.html puts a file's <style> where it takes no room on the page
    st.html(STYLE)
    if classroom():
        st.html(STYLE.with_name("classroom.css"))


def _browser_language() -> str:
    spoken = (st.context.locale or "en").split("-")[0].lower()
    return spoken if spoken in LANGUAGES else "en"


def classroom() -> bool:
    """Whether the page is shown on a projector: `?view=class`."""
    return bool(st.session_state.get("view") == "class")


def navigation() -> StreamlitPage:
    """The pages in the sidebar; a section appears when it has a page."""
    sections = {"": [st.Page("pages/home.py", title=t("page.home.title"), default=True)]}
    for section in SECTIONS:
        entries = [entry for entry in PAGES if entry.section == section]
        if entries:
            sections[t(f"section.{section}")] = [
                st.Page(
                    f"pages/{entry.name}.py",
                    title=f"{entry.number} {t(f'page.{entry.name}.title')}".strip(),
                )
                for entry in entries
            ]
    # expanded: else Streamlit folds more than twelve pages away under words in English
    page = st.navigation(sections, position="hidden" if classroom() else "sidebar", expanded=True)
    if not classroom():
        _sidebar()
    return page


@cache
def _icon() -> str:
    """Within the page: while others come and go, Streamlit can lose a file for a moment."""
    return as_uri((ASSETS / "icon.png").read_bytes())


def _sidebar() -> None:
    st.logo(str(ASSETS / "logo.svg"), size="large", icon_image=_icon())
    with st.sidebar:
        st.segmented_control(
            t("frame.language"),
            list(LANGUAGES),
            format_func=LANGUAGES.__getitem__,
            default=language(),
            required=True,
            key="frame/lang",
            on_change=_take_language,
            width="stretch",
        )
        st.button(t("frame.classroom"), on_click=_set_view, args=("class",), width="stretch")


def _take_language() -> None:
    st.session_state["lang"] = st.session_state["frame/lang"] or st.session_state["lang"]


def _set_view(view: str) -> None:
    st.session_state["view"] = view


def desk(page: str, settings: type[S]) -> Desk[S]:
    """The reader's settings of this page; what the link asked for in vain is said."""
    if "lang" not in st.session_state:
        _start_over()
    ours = (*FRAME, *STREAMLITS)
    link = {name: text for name, text in st.query_params.items() if name not in ours}
    found = Desk(page, settings, link)
    if clicked := followed():
        found.follow(clicked[1])
        mark_followed(clicked[0])
    tell(found.rejected)
    return found


def _start_over() -> None:
    """Have a page that Streamlit started by itself started by the app.

    Streamlit knows that there is an `st.navigation` only once it ran. Until then it takes the
    folder `pages` for its older kind of app, and the first visitor's link starts a page alone.
    That is also why a page's file has the name of its address.
    """
    set_up()
    navigation()
    st.rerun()


def tell(rejected: Iterable[Rejected]) -> None:
    """Say which parts of a link were not used, and what they may be."""
    lines = [
        t(
            "link.refused",
            name=as_code(refused.name),
            value=as_code(refused.value),
            allowed=t(f"link.{refused.allowed}", **refused.limits),
        )
        for refused in rejected
    ]
    if len(lines) > MOST_TOLD:
        lines[MOST_TOLD:] = [t("link.more", n=len(lines) - MOST_TOLD)]
    if lines:
        st.toast("\n\n".join(lines), icon=":material/link_off:", duration="infinite")


def check_step(desk: Desk[Any], step: int, steps: int) -> None:
    """Say, once for every link, that its step lies past the end of its walk."""
    history = desk.history
    if history.checked != history.link and step > steps:
        tell([Rejected("step", str(step), "whole", {"low": 1, "high": steps})])
        desk.forget(step=1)
    history.checked = history.link


def say(problem: Problem) -> None:
    """Say a refusal where it does not move the page; what somebody typed stands in it as code."""
    st.toast(explain(plain(problem)), icon=":material/warning:", duration="long")


def plain(problem: Problem, typed: Collection[str] = TYPED) -> Problem:
    """The refusal with its `typed` values, a stranger's text, as code."""
    values = {
        name: as_code(value) if name in typed and isinstance(value, str) else value
        for name, value in problem.values.items()
    }
    return Problem(problem.kind, **values)


def as_code(text: str) -> str:
    """A stranger's text, cut, and as code, so that nothing in it is taken for Markdown."""
    short = text if len(text) <= 40 else f"{text[:40]}…"
    return f"`{' '.join(short.split()).replace('`', 'ˋ') or ' '}`"


def workbench(title: str, lead: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The page's heading, and where its controls and its picture go: side by side."""
    if classroom():
        return _classroom_bar(title), st.container()
    st.title(title, anchor=False)
    st.markdown(lead)
    with st.container(key="workbench"):
        left, right = st.columns([27, 73], gap="medium")
    return left.container(border=True, gap="xsmall"), right


def wide(
    title: str, lead: str, first: Callable[[], None] = lambda: None
) -> tuple[DeltaGenerator, DeltaGenerator]:
    """As `workbench`, for a picture as wide as the page: the controls stand in rows above it.

    `first` draws controls that stand above the picture on a phone as well.
    """
    if classroom():
        controls = _classroom_bar(title)
        with controls:
            first()
        return controls, st.container()
    st.title(title, anchor=False)
    st.markdown(lead)
    first()
    with st.container(key="wide"):
        controls = st.container(horizontal=True, vertical_alignment="bottom", key="wide-controls")
        return controls, st.container()


def _classroom_bar(title: str) -> DeltaGenerator:
    """The heading of a page on a projector, and the controls, which open when they are needed."""
    with st.container(horizontal=True, vertical_alignment="center", key="classroom-bar"):
        st.title(title, anchor=False)
        controls = st.popover(t("frame.settings"), icon=":material/tune:", width="content")
        st.button(t("frame.leave"), on_click=_set_view, args=("page",))
    return controls


def close(desk: Desk[Any] | None = None) -> None:
    """Put the link of what is on screen into the address bar; the home page has no desk."""
    sent()
    frame = {"lang": language()}
    if classroom():
        frame["view"] = "class"
    address({**frame, **(links.write(desk.now) if desk else {})}, language())


@cache
def settle() -> None:
    """Once a process, what makes every click quicker."""
    # what is imported by now is never garbage: looking through torch takes 275 ms
    gc.collect()
    gc.freeze()
    # tensors here are small: a second thread costs more than it saves, and is another reader's
    torch.set_num_threads(1)
