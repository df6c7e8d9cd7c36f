"""What runs are called: as their reader named them, else after their network."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from cnnviz.training.service import Run
from cnnviz.ui.networks import network_title

# no more than has to be: a label's backslashes are read out by screen readers
SPECIAL = re.compile(r"([\\`*_\[\]$<~:&]|^[#+>=-]|(?<=^\d)[.)])")


def run_titles(runs: Iterable[Run]) -> dict[str, str]:
    """By id; runs of one name get a number, the oldest first.

    What comes back may be what a reader typed: escape it for HTML and Markdown.
    """
    found: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for run in sorted(runs, key=lambda run: (run.created, run.id)):
        title = run.name or network_title(run.recipe.network)
        seen[title] += 1
        found[run.id] = title if seen[title] == 1 else f"{title} ({seen[title]})"
    return found


def as_markdown(text: str) -> str:
    """Any text so that Markdown shows it letter by letter."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
