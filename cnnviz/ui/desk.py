"""The settings of one page in one session: read from the link once, changed by controls, undone.

Streamlit forgets a control when its page is left, so the settings live beside the controls, not
in them: `bind` sets a control from the settings and takes its changes back.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import streamlit as st

from cnnviz.ui import links
from cnnviz.ui.i18n import language
from cnnviz.ui.links import Rejected

S = TypeVar("S")

MOST_UNDO = 50
ITSELF: Any = object()  # the setting's own value


@dataclasses.dataclass
class History(Generic[S]):
    """The settings as they were, are, and were before an undo.

    It changes itself without a look at Streamlit's session, which could end the run halfway.
    """

    past: list[S]
    now: S
    future: list[S]
    link: int = 0  # counts the links that were followed; the stage then goes to the link's step
    checked: int = -1  # the last of these whose step was looked at
    done: int = 0  # the last edit of the stage that is in here

    def set(self, new: S) -> None:
        """Replace the settings; what was before can be undone, unless only the view changed."""
        if new == self.now or not links.allowed(new, self.now):
            return
        if links.keep_view(self.now, new) != new:
            self.past = [*self.past, self.now][-MOST_UNDO:]
            self.future = []
        self.now = new

    def undo(self) -> None:
        if self.past:
            self.future = [self.now, *self.future]
            self.now = links.keep_view(self.past.pop(), self.now)

    def redo(self) -> None:
        if self.future:
            self.past.append(self.now)
            self.now = links.keep_view(self.future.pop(0), self.now)


DRAWN = "controls/drawn"  # in the run under way, or since the last one
STANDING = "controls/standing"  # those that the reader may see besides
UNSURE = "controls/unsure"  # of a new control: when the run that sent it had ended, or None
TRAVEL = 1.0  # seconds after which what a run sent has reached the browser


def started() -> None:
    """Note, at the start of a run, that what was drawn before stands until this run is whole."""
    st.session_state[STANDING] = st.session_state.get(STANDING, set()) | _drawn()
    st.session_state[DRAWN] = set()


def _drawn() -> set[str]:
    drawn: set[str] = st.session_state.setdefault(DRAWN, set())
    return drawn


def _stands(key: str) -> bool:
    return key in _drawn() or key in st.session_state.get(STANDING, ())


def sent() -> None:
    """Note, at the end of a run, which controls stand, and which are on their way to the browser.

    A control that a whole run no longer drew is gone, though the browser may still hold it, and
    send it, for a moment: Streamlit then calls back as if its old value had just been chosen.

    A run that is ended early, or whose messages are still waiting when the next one starts, leaves
    the browser without a new control's value. It would start with a value of its own, the first
    option, and send that: so the value is told again until it must have arrived.
    """
    st.session_state[STANDING] = set()
    unsure = st.session_state.get(UNSURE, {})
    for key, ended in unsure.items():
        if ended is None or not _arrived(ended):
            unsure[key] = time.monotonic()


def _arrived(ended: float | None) -> bool:
    return ended is not None and time.monotonic() - ended > TRAVEL


class Desk(Generic[S]):
    """What a page knows of the reader's settings."""

    def __init__(self, page: str, settings: type[S], link: dict[str, str]) -> None:
        """The page's settings; `link` counts where the session sees the page the first time."""
        self.page = page
        self.settings = settings
        self.rejected: list[Rejected] = []
        started()
        if self._name not in st.session_state:
            now, self.rejected = links.read(settings, link)
            st.session_state[self._name] = History([], now, [])

    @property
    def _name(self) -> str:
        return f"{self.page}/history"

    @property
    def history(self) -> History[S]:
        history: History[S] = st.session_state[self._name]
        return history

    @property
    def now(self) -> S:
        """The settings that everything on the page is made from."""
        return self.history.now

    def change(self, **values: Any) -> None:
        """Replace some settings; the state before can be undone."""
        self.set(dataclasses.replace(self.now, **values))  # type: ignore[type-var]

    def set(self, new: S) -> None:
        """Replace all settings; the state before can be undone."""
        self.history.set(new)

    def forget(self, **values: Any) -> None:
        """Replace some settings without a trace: what a link asked for in vain."""
        self.history.now = dataclasses.replace(self.now, **values)  # type: ignore[type-var]

    def follow(self, link: dict[str, str]) -> None:
        """Change what a link on the page names, and nothing else."""
        found, self.rejected = links.read(self.settings, link)
        refused = {rejected.name for rejected in self.rejected}
        self.change(**{name: getattr(found, name) for name in link if name not in refused})
        self.history.link += 1

    def undo(self) -> None:
        self.history.undo()

    def redo(self) -> None:
        self.history.redo()

    def bind(
        self,
        name: str,
        shown: Any = ITSELF,
        take: Callable[[S, Any], S] | None = None,
    ) -> dict[str, Any]:
        """Arguments that tie a control to a setting: `st.slider(label, 1, 8, **bind("stride"))`.

        Args:
            name: the setting, or any name for a control that stands for several.
            shown: the control's value, where it is not the setting itself; None for no choice.
            take: makes new settings of the control's new value; by default it is the setting.
        """
        value = getattr(self.now, name) if shown is ITSELF else shown
        key = self._control(name, value)
        return {"key": key, "on_change": self._pull, "args": (key, name, take)}

    def _control(self, name: str, value: Any) -> str:
        """The key of a control that shows this value.

        A new key where the value was changed elsewhere, by an edit or an undo: until the browser
        hears of that it goes on sending the old value, which must not be taken for a choice of
        the reader's.
        """
        key = self._key(name)
        if key in st.session_state and st.session_state[key] != value:
            st.session_state[self._turn(name)] = st.session_state.get(self._turn(name), 0) + 1
            key = self._key(name)
        unsure = st.session_state.setdefault(UNSURE, {})
        if key not in st.session_state:
            st.session_state[key] = value
            unsure[key] = None
        if key in unsure and not _arrived(unsure[key]):
            st.session_state[key] = value  # Streamlit then tells the browser the value
        else:
            unsure.pop(key, None)
        _drawn().add(key)
        return key

    def _key(self, name: str) -> str:
        # by language: a choice is kept by its label, which another language does not have
        base = self._base(name)
        turn = st.session_state.get(self._turn(name), 0)
        return f"{base}.{turn}" if turn else base

    def _base(self, name: str) -> str:
        return f"{self.page}.{name}.{language()}"

    def _turn(self, name: str) -> str:
        return f"{self.page}.{name}.{language()}/turn"

    def _pull(self, key: str, name: str, take: Callable[[S, Any], S] | None) -> None:
        if key != self._key(name) or not _stands(key):
            return
        st.session_state.get(UNSURE, {}).pop(key, None)  # the browser knows it
        value = st.session_state[key]
        if value is None:  # a deselected choice: it is selected again
            return
        if take is None:
            self.change(**{name: value})
        else:
            self.set(take(self.now, value))
