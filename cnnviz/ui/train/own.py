"""One's own pictures: a zip is read once, kept under its digest, and what was skipped is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from cnnviz.data import store
from cnnviz.data.folder import SIDES, read
from cnnviz.problems import Problem
from cnnviz.ui import frame
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import explain, t
from cnnviz.ui.settings import OptionTexts
from cnnviz.ui.train.fit import fitted
from cnnviz.ui.uploads import own_words

LAST = "train/own"  # what came of the last zip of this session
MOST_MB = 200
USUAL_SIDE = 64
MOST_NAMED = 5  # files that were skipped


class Taken(NamedTuple):
    """What came of a zip."""

    upload: tuple[str, int]  # its id and the pictures' size
    digest: str = ""  # empty where it was refused
    problem: Problem | None = None
    damaged: tuple[str, ...] = ()
    others: int = 0


def own_options() -> OptionTexts:
    """The pictures that this session brought last."""
    last: Taken | None = st.session_state.get(LAST)
    return (("digest", last.digest),) if last and last.digest else ()


def own_controls(desk: Desk[Any]) -> None:
    """The place for a zip, the size of the pictures, and what came of it."""
    own_words(t("train.zip_button"))
    side = st.number_input(
        t("train.zip_side"), *SIDES, USUAL_SIDE, step=8, key="train/side", help=t("train.zip_help")
    )
    upload = st.file_uploader(
        t("train.zip", most=MOST_MB), type=["zip"], key="train/zip", max_upload_size=MOST_MB
    )
    last: Taken | None = st.session_state.get(LAST)
    if upload and (last is None or last.upload != (upload.file_id, side)):
        last = _take(upload.getvalue(), (upload.file_id, side))
        st.session_state[LAST] = last
        if last.digest:
            desk.set(fitted(replace(desk.now, data_options=own_options())))
            st.rerun()
    if last:
        _say(last)


def _take(blob: bytes, upload: tuple[str, int]) -> Taken:
    """Read a zip, with a bar; a click elsewhere ends it, and it is then read anew."""
    bar = st.progress(0.0, t("train.zip_reading", done=0, total=0))

    def tell(done: int, total: int) -> None:
        if done % 20 == 0:
            bar.progress(done / max(1, total), t("train.zip_reading", done=done, total=total))

    try:
        found = read(blob, upload[1], tell)
        digest = store.keep(found.data)
    except Problem as problem:
        return Taken(upload, problem=problem)
    except OSError:
        return Taken(upload, problem=Problem("own_full"))
    finally:
        bar.empty()
    return Taken(upload, digest, None, found.damaged, found.others)


def _say(last: Taken) -> None:
    """Why a zip was refused, or what of it was skipped."""
    if last.problem:
        st.error(explain(frame.plain(last.problem, ("name",))))
        return
    if last.damaged:
        names = ", ".join(map(frame.as_code, last.damaged[:MOST_NAMED]))
        st.warning(t("train.zip_damaged", n=len(last.damaged), names=names))
    if last.others:
        st.caption(t("train.zip_others", n=last.others))
