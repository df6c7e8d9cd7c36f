"""The pages, in the course's order: one line each."""

from __future__ import annotations

from typing import NamedTuple

SECTIONS = ("watch", "inspect", "train", "practise")


class Entry(NamedTuple):
    """A page: `pages/<name>.py`, at `/<name>`, titled by `page.<name>.title`."""

    name: str
    section: str
    number: str  # the course's section; empty where it has none


PAGES = (
    Entry("dense-to-convolution", "watch", "7.1"),
    Entry("cross-correlation", "watch", "7.2"),
    Entry("padding-and-stride", "watch", "7.3"),
    Entry("channels", "watch", "7.4"),
    Entry("pooling", "watch", "7.5"),
    Entry("dimensions", "watch", ""),
    Entry("four-views", "watch", ""),
    Entry("between", "watch", ""),
    Entry("receptive-field", "watch", ""),
    Entry("architecture", "inspect", ""),
    Entry("what-if", "inspect", ""),
    Entry("blocks", "inspect", "8.2–8.7"),
    Entry("function-classes", "inspect", "8.6"),
    Entry("train", "train", ""),
    Entry("duel", "train", ""),
    Entry("runs", "train", ""),
)
