"""Names and amounts that every page of trainings says alike."""

from __future__ import annotations

from collections.abc import Sequence

from cnnviz.ui.i18n import t


def class_names(data: str, classes: Sequence[str]) -> list[str]:
    """The classes of a data set in the reader's language; those of one's own are as they came.

    What comes back may be a stranger's text: escape it for HTML and Markdown.
    """
    if data == "fashion-mnist":
        return [t(f"input.garment.{i}") for i in range(len(classes))]
    if data in ("cifar-10", "shapes"):
        return [t(f"training.class.{name}") for name in classes]
    return list(classes)


def duration(seconds: float) -> str:
    """About how long: 8 s, 3 min, 1.5 h."""
    if seconds < 99.5:
        return t("training.seconds", n=f"{max(0, seconds):.0f}")
    if seconds < 99.5 * 60:
        return t("training.minutes", n=f"{seconds / 60:.0f}")
    return t("training.hours", n=f"{seconds / 3600:.1f}")
