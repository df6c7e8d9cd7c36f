"""Refusals that a page can say in the reader's language.

The core raises `Problem`, a `ValueError` whose text is a plain English sentence. It also
carries what the sentence was made of, so that the user interface can look up the same
sentence in another language under the key `problem.<kind>`.
"""

from __future__ import annotations

from cnnviz.problems import data, models, operations, training

SENTENCES: dict[str, str] = {
    **operations.SENTENCES,
    **models.SENTENCES,
    **data.SENTENCES,
    **training.SENTENCES,
}


class Problem(ValueError):
    """A refusal: `kind` and `values` let a page say it in the reader's language."""

    def __init__(self, kind: str, **values: object) -> None:
        super().__init__(SENTENCES[kind].format(**values))
        self.kind = kind
        self.values = values
