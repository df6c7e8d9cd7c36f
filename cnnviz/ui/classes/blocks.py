"""What the topics of blocks share: how a block is built and how it starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from cnnviz.models.identity import STARTS, Start
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import choice, limits, whole

NORMS, LASTS = ("batch", "none"), ("relu", "none")


@dataclass(frozen=True, kw_only=True)
class BlockSettings:
    """The first weights, and what of batch norm and a last ReLU a block has."""

    start: str = choice("usual", STARTS)
    norm: str = choice("batch", NORMS)
    last: str = choice("relu", LASTS)
    seed: int = whole(0, 0, 999)


S = TypeVar("S", bound=BlockSettings)


def how_of(settings: BlockSettings) -> Start:
    """The same for the core."""
    return Start(settings.start, settings.norm == "batch", settings.last == "relu", settings.seed)


def block_controls(desk: Desk[S]) -> None:
    """The start, the batch norm, the last ReLU and the seed."""
    for name, options in (("start", STARTS), ("norm", NORMS), ("last", LASTS)):
        labels = {option: t(f"classes.{name}_name.{option}") for option in options}
        st.segmented_control(
            t(f"classes.{name}"),
            options,
            format_func=labels.__getitem__,
            width="stretch",
            required=True,
            **desk.bind(name),
        )
    low, high = limits(BlockSettings, "seed")
    st.number_input(t("classes.seed"), low, high, **desk.bind("seed"))


def block_says(desk: Desk[S]) -> None:
    """What g is, and how it starts; its length changes, so nothing may stand below it."""
    now = desk.now
    st.caption(
        f"{t(f'classes.g_says.{now.norm}')} {t(f'classes.start_says.{now.norm}_{now.start}')}"
    )
