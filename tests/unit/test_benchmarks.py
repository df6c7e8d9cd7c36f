"""What the benchmarks press is on the pages: they are run by hand, and seldom."""

import re

import pytest

from benchmarks.browser import CLICKS_ON, Click
from cnnviz.ui.i18n import catalogue


@pytest.mark.parametrize("click", CLICKS_ON.values(), ids=CLICKS_ON.keys())
def test_control_that_a_benchmark_clicks_is_called_so(click: Click) -> None:
    texts = catalogue("en").values()
    if click.group:
        # a text with a number in it, such as "Layer {i}"
        patterns = {re.sub(r"\\{\w+\\}", r"\\d+", re.escape(text)) for text in texts}
        assert any(re.fullmatch(pattern, click.group) for pattern in patterns)
    for choice in click.choices:
        assert any(choice in text for text in texts)
