"""What the browser computes by itself: the same as Python, value for value."""

import itertools
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from cnnviz.components import HERE
from cnnviz.export.numbers import short
from cnnviz.ops.windows import Axis

SHARED = HERE / "shared"
AXES = [
    (Axis(k, s, p, d, ceil_mode), n)
    for k, s, p, d, n, ceil_mode in itertools.product(
        (1, 2, 3, 5), (1, 2, 3, 7), (0, 1, 4), (1, 2, 3), (1, 2, 5, 8, 13), (False, True)
    )
    if Axis(k, s, p, d).extent <= n + 2 * p
]


def numbers() -> list[float]:
    """Round ones, halves at every digit (they round to even), and some of every size."""
    rng = random.Random(7)
    whole = [float(n) for n in (0, 1, 9, 10, 999, 1000, 9999, 10000, 12345, 99999, 100000, 10**7)]
    halves = [n + 0.5 for n in (0, 1, 2, 9, 99, 999, 9998, 9999, 10000, 99998, 99999)]
    ties = [12.125, 12.375, 2.0625, 2.1875, 123450.0, 123550.0, 0.00048828125]
    edges = [1e-4, 9.9999e-5, 1.5e-5, 0.00099999, 0.1, 1 / 3, 2 / 3, 0.99995, 9.9995, 1e6, 1e-38]
    spread = [10 ** rng.uniform(-12, 12) for _ in range(400)]
    pixels = [pixel / 255 for pixel in range(256)]
    single = [float(np.float32(value)) for value in (*spread, *pixels)]
    positive = [*whole, *halves, *ties, *edges, *spread, *single]
    return [*positive, *(-value for value in positive)]


def in_browser(page: Page, file: Path, body: str, argument: Any) -> Any:
    """Run `body` with what a file of the components defines, in the browser."""
    text = file.read_text(encoding="utf-8")
    return page.evaluate(f"(given) => {{ {text}\n {body} }}", argument)


@pytest.fixture
def geometry(tab: Page) -> list[dict[str, Any]]:
    """For each axis what the browser says about it."""
    given = [
        {**dict(zip("kspd", axis, strict=False)), "o": axis.output_size(n), "n": n}
        for axis, n in AXES
    ]
    body = """
    const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
    return given.map((axis) => {
      return {
        taps: range(0, axis.o).map((o) => taps(axis, o)),
        feeds: range(-axis.p, axis.n + axis.p).map((i) => feeds(axis, i)),
        everRead: range(0, axis.k).map((j) => everRead(axis, j)),
      };
    });
    """
    found: list[dict[str, Any]] = in_browser(tab, SHARED / "geometry.js", body, given)
    return found


def test_geometry_of_the_browser_is_pythons(geometry: list[dict[str, Any]]) -> None:
    for (axis, n), found in zip(AXES, geometry, strict=True):
        size = axis.output_size(n)
        taps = [list(axis.taps(o)) for o in range(size)]
        assert found["taps"] == taps, (axis, n)
        coordinates = range(-axis.padding, n + axis.padding)
        assert found["feeds"] == [list(axis.feeds(i, n)) for i in coordinates], (axis, n)
        assert found["everRead"] == [list(column) for column in zip(*taps, strict=True)], (axis, n)


@pytest.mark.parametrize("digits", [4, 3, 2, 1])
def test_numbers_of_the_browser_are_pythons(tab: Page, digits: int) -> None:
    values = numbers()
    body = "return given.values.map((value) => short(value, given.digits));"
    found = in_browser(tab, SHARED / "format.js", body, {"values": values, "digits": digits})
    differ = {
        value: (shown, short(value, digits))
        for value, shown in zip(values, found, strict=True)
        if shown != short(value, digits)
    }
    assert not differ, "value: (browser, Python)"
