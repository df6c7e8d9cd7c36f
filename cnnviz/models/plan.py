"""A network on an input: all that its shape table is made from."""

from __future__ import annotations

from typing import NamedTuple

from cnnviz.models.catalogue import Network
from cnnviz.models.options import Value
from cnnviz.models.registry import Options, network, outline, table
from cnnviz.models.rows import LayerRow
from cnnviz.problems import Problem

# options that leave the layers, and so the network's name, as they are
HARMLESS = ("c_in", "classes", "dropout", "zero_init_residual", "size")


class Plan(NamedTuple):
    """A network of the catalogue with some options, on an input of some size."""

    name: str
    options: Options  # that differ from their default
    input_shape: tuple[int, int, int]

    @property
    def network(self) -> Network:
        return network(self.name)

    @property
    def changed(self) -> bool:
        """Whether it has other layers than the network of this name."""
        free = self.name == "free"  # its name promises nothing
        return not free and any(name not in HARMLESS for name, _ in self.options)

    @property
    def title(self) -> str:
        """Its name in English: `VGG-11 (d2l 8.2), changed`."""
        return f"{self.network.title}, changed" if self.changed else self.network.title

    @property
    def fits(self) -> bool:
        """Whether its options go together and the input gets through all its layers."""
        return not self.problem and not self.rows[-1].problem

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
