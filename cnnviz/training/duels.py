"""Duels: two to four recipes with one difference, and what came of it.

for side in DUELS["pooling"].sides("mnist", seed=0):
    print(side.name, side.recipe)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cnnviz.training.events import Epoch
from cnnviz.training.history import History
from cnnviz.training.recipe import Recipe

DATA = ("fashion-mnist", "mnist")  # bundled, and of one shape: every duel fits both
SURE = 2.0  # standard errors that are more than chance


class Side(NamedTuple):
    """One of those that are compared."""

    name: str
    recipe: Recipe


@dataclass(frozen=True)
class Duel:
    """A base recipe, and what each side changes of it."""

    base: Recipe
    changes: Mapping[str, Mapping[str, Any]]

    def sides(self, data: str, seed: int) -> tuple[Side, ...]:
        """The recipes, all on the same data and with the same seed."""
        base = replace(self.base, data=data, seed=seed)
        return tuple(Side(name, _changed(base, changes)) for name, changes in self.changes.items())


def _changed(base: Recipe, changes: Mapping[str, Any]) -> Recipe:
    """The recipe with other fields; of the network's options those that are not named stay."""
    fields = dict(changes)
    if "network_options" in fields and "network" not in fields:
        options = {**dict(base.network_options), **dict(fields["network_options"])}
        fields["network_options"] = tuple(options.items())
    return replace(base, **fields)


# ---- what came of it


class Outcome(NamedTuple):
    """What the last test that all sides have done says; sides by their place."""

    epoch: int
    accuracies: tuple[float, ...]
    order: tuple[int, ...]  # the best first
    lead: float  # of the best over the second, as a share of the test pictures
    margin: float  # so large a lead chance alone gives now and then
    idle: tuple[int, ...]  # no better than who always says the same
    pictures: int  # of the test

    @property
    def even(self) -> bool:
        """Whether the lead is within what chance gives."""
        return self.lead <= self.margin


def outcome(histories: Sequence[History]) -> Outcome | None:
    """Who is ahead; None before all have been tested once.

    Two shares p of n pictures differ by chance with a deviation of √(2p(1−p)/n).
    """
    epoch = min(len(history.epochs) for history in histories)
    if epoch == 0:
        return None
    tests = [history.epochs[epoch - 1] for history in histories]
    found = tuple(test.accuracy for test in tests)
    order = tuple(sorted(range(len(found)), key=lambda i: -found[i]))
    best, second = found[order[0]], found[order[1]]
    pictures = sum(map(sum, tests[0].confusion))
    between = (best + second) / 2
    margin = SURE * math.sqrt(2 * between * (1 - between) / pictures)
    idle = tuple(i for i, test in enumerate(tests) if _idle(test))
    return Outcome(epoch, found, order, best - second, margin, idle, pictures)


def _idle(test: Epoch) -> bool:
    """Whether it recognises no more than who always names the commonest class."""
    sizes = [sum(row) for row in test.confusion]
    chance = max(sizes) / sum(sizes)
    return test.accuracy <= chance + SURE * math.sqrt(chance * (1 - chance) / sum(sizes))


# ---- the table


def _network(**options: Any) -> dict[str, Any]:
    return {"network_options": tuple(options.items())}


# The course's LeNet with a rate at which it learns in less than a minute, and its printed one.
RELU = (("activation", "relu"),)
LENET = Recipe(network="lenet", init="xavier", batch_size=64, epochs=4, lr=0.1)
ADAM = Recipe(network="lenet", optimizer="adam", lr=0.001, init="xavier", batch_size=64, epochs=4)
RESNET = Recipe(
    network="resnet-d2l",
    network_options=(("blocks", (6, 6)), ("channels", (8, 16))),
    data_options=(("examples", 3000),),
    scaling="standard",
    init="kaiming",
    batch_size=64,
    epochs=4,
)
DENSE = Recipe(network="garment-dense", optimizer="adam", lr=0.001, batch_size=64, epochs=3)

DUELS: Mapping[str, Duel] = {
    "activation": Duel(
        LENET,
        {"sigmoid": {}, "tanh": _network(activation="tanh"), "relu": _network(activation="relu")},
    ),
    "pooling": Duel(
        replace(ADAM, network_options=RELU), {"avg": {}, "max": _network(pooling="max")}
    ),
    "batch-norm": Duel(
        replace(LENET, network_options=RELU), {"without": {}, "with": _network(batch_norm=True)}
    ),
    "shortcuts": Duel(RESNET, {"plain": _network(shortcuts=False), "residual": {}}),
    "optimizer": Duel(
        replace(LENET, network_options=RELU, lr=0.01),
        {"sgd": {}, "momentum": {"momentum": 0.9}, "adam": {"optimizer": "adam"}},
    ),
    "dense": Duel(
        DENSE,
        {
            "dense": {},
            "conv": {"network": "garment-conv", **_network(channels=(8, 16), hidden=(64, 32))},
        },
    ),
    "init": Duel(
        replace(LENET, network_options=RELU),
        {name: {"init": name} for name in ("zeros", "default", "xavier", "kaiming")},
    ),
}
