"""Who reads, so that a reader finds her runs again: a random id that her browser keeps."""

from __future__ import annotations

from cnnviz.components.reader import reader_id


def reader() -> str | None:
    """The reader's id, secret to others; None until the browser has told it.

    Call it once a run, outside of fragments, and hand it on.
    """
    return reader_id()
