"""The table of all products of the stage's current step; it follows the stage in the browser."""

from __future__ import annotations

from collections.abc import Mapping

from cnnviz.components import register

_products = register("products", "shared/format.js", "shared/planes.css")


def products(key: str, strings: Mapping[str, str]) -> None:
    """Show the table; `strings` are its headings, from the catalogue."""
    _products(key=key, data={"strings": dict(strings)})
