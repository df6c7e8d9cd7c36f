"""What a row of a shape table is to a reader who looks at colours: its role, its word."""

from __future__ import annotations

from cnnviz.models.summary import LayerRow

CONVOLUTIONS = ("conv", "lazyconv")


def role_of(row: LayerRow) -> str:
    """By what the row computes: "conv", "spatial", "dense", "other", or "failed"."""
    kind = row.kind.lower()
    if row.problem:
        return "failed"
    if kind.startswith(CONVOLUTIONS):
        return "conv"
    if kind in ("linear", "bilinear"):
        return "dense"
    return "spatial" if "pool" in kind or "upsample" in kind or kind == "mean" else "other"


def word_of(row: LayerRow) -> str:
    """One word for it: "conv", "pool", "linear", "concat", or the kind itself."""
    kind = row.kind.lower()
    if kind.startswith(CONVOLUTIONS):
        return "conv"
    return "pool" if "pool" in kind or kind == "mean" else kind


def joins(row: LayerRow) -> bool:
    """Whether branches meet here."""
    return len(set(row.inputs)) > 1
