"""Numbers as a reader sees them: short, without noise, with a real minus sign."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

LARGE = 99_999.5  # from here on 1.2e5; below, the whole part is written out
SMALL = 1e-4  # below this 1.2e−5


def short(value: float, digits: int = 4, decimals: int = 9) -> str:
    """The number with up to `digits` significant digits: 19, −0.25, 0.3333, 1.2e5.

    Digits before the point are never dropped up to five of them: 12345 stays 12345. With at
    most `decimals` behind it, what is too small for them is 0.00, so that only 0 is 0.
    """
    if value == 0:
        return "0"  # −0 too
    size = abs(value)
    if SMALL <= size < LARGE:
        behind = min(decimals, max(0, digits - 1 - math.floor(math.log10(size))))
        text = f"{_rounded(value, behind):f}"
        text = _trim(text) if float(text) else text
    elif math.isfinite(value):
        behind = digits - 1 - math.floor(math.log10(size))
        mantissa, exponent = f"{_rounded(value, behind):.{digits - 1}e}".split("e")
        text = f"{_trim(mantissa)}e{int(exponent)}"
    else:
        text = "" if math.isnan(value) else str(value).replace("inf", "∞")
    return text.replace("-", "−")


def _rounded(value: float, behind: int) -> Decimal:
    """To so many decimals, halves away from zero: as JavaScript rounds, and as a reader does."""
    return Decimal(value).quantize(Decimal(1).scaleb(-behind), ROUND_HALF_UP)


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
