"""Amounts and their changes as a reader sees them."""

from __future__ import annotations

from cnnviz.components.network.payload import size_text
from cnnviz.models.compare import Change

UNITS = ("", "K", "M", "G", "T", "P")
EXACT = 1_000_000  # below this a number is written out
CLOSE = 0.2  # ratios so near to 1 are told in percent


def amount(n: int) -> str:
    """61,706; 61.1 M; 15.5 G: three digits from a million on."""
    if n < EXACT:
        return f"{n:,}"
    value, unit = float(n), 0
    while value >= 999.5 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = f"{value:.3g}" if value < 999.5 else f"{value:,.0f}"
    return f"{digits} {UNITS[unit]}"


def memory(n: int) -> str:
    """18.4 KiB; 0 B for nothing."""
    return size_text(n) if n else "0 B"


def ratio_text(change: Change) -> str:
    """× 2.26, ÷ 9.09, +0.07 %; empty where there was nothing before, or nothing changed."""
    ratio = change.ratio
    if ratio is None or ratio == 1:
        return ""
    if abs(ratio - 1) < CLOSE:
        return f"{100 * (ratio - 1):+.2g} %".replace("-", "−")
    if ratio == 0:
        return "−100 %"
    return f"× {ratio:.3g}" if ratio > 1 else f"÷ {1 / ratio:.3g}"
