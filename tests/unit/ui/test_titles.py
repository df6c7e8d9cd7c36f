"""Runs have a name each, and it is shown letter by letter."""

from dataclasses import replace

import pytest

from cnnviz.training.history import History
from cnnviz.training.recipe import Recipe
from cnnviz.training.service import Run
from cnnviz.ui.watching.titles import as_markdown, run_titles

RUN = Run("a", "", Recipe(), 0.0, "finished", History(), None, True, frozenset(), 0)


def test_runs_of_one_name_are_numbered_by_age() -> None:
    later, named = replace(RUN, id="b", created=1.0), replace(RUN, id="c", name="mine")
    titles = run_titles([later, named, RUN])
    assert titles["b"] == titles["a"] + " (2)"
    assert titles["c"] == "mine"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LeNet-5, modern (2)", "LeNet-5, modern (2)"),
        ("*a* _b_ `c`", r"\*a\* \_b\_ \`c\`"),
        ("[x](javascript:y)", r"\[x\](javascript\:y)"),
        ("<b> &lt; $x$ :red[a] ~a~ \\", r"\<b> \&lt; \$x\$ \:red\[a\] \~a\~ \\"),
        ("# a", r"\# a"),
        ("- a", r"\- a"),
        ("1. a", r"1\. a"),
        (" a\n# b ", "a # b"),
    ],
)
def test_names_are_no_markdown(text: str, expected: str) -> None:
    assert as_markdown(text) == expected
