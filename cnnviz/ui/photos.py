"""A photo as input: samples that come with the app, and the reader's own, kept in the session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import streamlit as st
from torch import Tensor

from cnnviz.data import pictures
from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import ASSETS, explain, t
from cnnviz.ui.settings import choice, limits, whole
from cnnviz.ui.uploads import own_words

SAMPLES = ("camera", "coffee")
CHANNELS = ("grey", *pictures.CHANNELS)
INKS = ((255, 92, 92), (70, 220, 110), (110, 150, 255))  # of red, green and blue
KEPT = 5  # own photos that an undo can bring back
REFUSED = "photo/refused"


@dataclass(frozen=True, kw_only=True)
class PhotoChoice:
    """Which photo. A link does not carry one's own."""

    photo: str = choice("camera", (*SAMPLES, "own"))
    shot: int = whole(0, 0, 1_000_000, written=False)  # which of one's own


@dataclass(frozen=True, kw_only=True)
class PhotoSettings(PhotoChoice):
    """Which photo, and how it becomes a plane."""

    side: int = whole(128, 8, pictures.MAX_SIDE)
    channel: str = choice("grey", CHANNELS)


C = TypeVar("C", bound=PhotoChoice)
S = TypeVar("S", bound=PhotoSettings)


def photo_plane(settings: PhotoSettings) -> Tensor:
    """The photo's plane, uint8 (rows, cols); a sample where one's own is missing."""
    return pictures.plane(photo_of(settings), settings.side, settings.channel)


def photo_of(settings: PhotoChoice) -> pictures.Picture:
    """The photo; a sample where one's own is missing."""
    sample = settings.photo if settings.photo in SAMPLES else SAMPLES[0]
    return _own(settings) or _sample(sample)


def _own(settings: PhotoChoice) -> pictures.Picture | None:
    if settings.photo != "own":
        return None
    found: pictures.Picture | None = st.session_state.get(f"photo/{settings.shot}")
    return found


@cache
def _sample(name: str) -> pictures.Picture:
    return pictures.decode((ASSETS / "pictures" / f"{name}.jpg").read_bytes())


def _keep(picture: pictures.Picture) -> int:
    """Keep an own photo in the session; returns its number."""
    shot = int(st.session_state.get("photo/count", 0)) + 1
    st.session_state[f"photo/{shot}"] = pictures.shrink(picture)
    st.session_state["photo/count"] = shot
    st.session_state.pop(f"photo/{shot - KEPT}", None)
    return shot


def photo_controls(desk: Desk[S]) -> None:
    """Choose a photo or bring one, its size and its plane."""
    photo_picker(desk)
    st.slider(t("input.side"), *limits(type(desk.now), "side"), **desk.bind("side"))
    st.selectbox(
        t("input.channel"),
        CHANNELS,
        format_func=lambda name: t(f"input.channel_name.{name}"),
        **desk.bind("channel"),
    )


def photo_picker(desk: Desk[C]) -> None:
    """Choose a photo or bring one."""
    own = "photo/count" in st.session_state or desk.now.photo == "own"
    st.selectbox(
        t("input.photo"),
        [*SAMPLES, "own"] if own else SAMPLES,
        format_func=lambda name: t(f"input.photo_name.{name}"),
        **desk.bind("photo"),
    )
    _upload_controls(desk)
    _remarks(desk.now)


def _upload_controls(desk: Desk[C]) -> None:
    """A file, or the camera where the reader asks for it: it wants a permission."""

    def take(key: str) -> None:
        upload = st.session_state[key]
        st.session_state.pop(REFUSED, None)
        if upload is None:
            return
        try:
            shot = _keep(pictures.decode(upload.getvalue()))
        except Problem as problem:
            st.session_state[REFUSED] = problem
        else:
            desk.change(photo="own", shot=shot)

    own_words(t("input.upload_button"))
    st.file_uploader(
        t("input.upload"),
        type=["png", "jpg", "jpeg", "webp", "bmp"],
        key="photo/file",
        on_change=take,
        args=("photo/file",),
    )
    with st.popover(t("input.camera"), icon=":material/photo_camera:", width="stretch"):
        if st.toggle(t("input.camera_on"), key="photo/on"):
            st.camera_input(
                t("input.camera_take"), key="photo/camera", on_change=take, args=("photo/camera",)
            )


def _remarks(settings: PhotoChoice) -> None:
    """Why a file was refused, that a photo is missing, or what was done to it."""
    own = _own(settings)
    if refused := st.session_state.get(REFUSED):
        st.error(explain(refused))
    elif settings.photo == "own" and own is None:
        st.info(t("input.photo_missing"))
    elif own and own.notes:
        st.caption(" ".join(t(f"input.note.{note}") for note in own.notes))
