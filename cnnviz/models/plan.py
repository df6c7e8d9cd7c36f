"""A network on an input: all that its shape table is made from."""

from __future__ import annotations

from typing import NamedTuple

from cnnviz.models.catalogue import Network
from cnnviz.models.options import Value
from cnnviz.models.registry import Options, network, outline, table
from cnnviz.models.rows import LayerRow
from cnnviz.problems import Problem


class Plan(NamedTuple):
    """A network of the catalogue with some options, on an input of some size."""

    name: str
    options: Options  # that differ from their default
    input_shape: tuple[int, int, int]

    @property
    def network(self) -> Network:
        return network(self.name)

    @property
    def values(self) -> dict[str, Value]:
        """Every option with its value."""
        defaults = {option.name: option.default for option in self.network.options.values()}
        return defaults | dict(self.options)

    @property
    def rows(self) -> tuple[LayerRow, ...]:
        """The shape table; raises `Problem` where the options do not go together."""
        return table(self.name, self.options, self.input_shape)

    @property
    def problem(self) -> Problem | None:
        """Why the options do not go together, if they do not."""
        try:
            outline(self.name, self.options)
        except Problem as problem:
            return problem
        return None
