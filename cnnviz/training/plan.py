"""What a recipe comes to, found before anything is trained: does it fit, how many steps is it.

The shape table (`cnnviz.models.summary`) walks the network without its arithmetic, so that a layer
that does not fit is told at once, and not by PyTorch minutes later.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import torch

from cnnviz.data import sets
from cnnviz.data.labelled import Facts
from cnnviz.models.registry import network, table
from cnnviz.models.rows import LayerRow, totals
from cnnviz.problems import Problem
from cnnviz.training.recipe import FIELDS, Options, Recipe

TEST_BYTES = 64 * 2**20  # of one layer's activations while testing
MOST_TESTED = 256  # pictures at once


class Plan(NamedTuple):
    """What training by a recipe will be."""

    input_shape: tuple[int, int, int]  # of the network: (C, H, W)
    arguments: Options  # of the network, with those that come from the data
    parameters: int
    macs: int  # multiply-accumulates for one picture forwards
    steps_per_epoch: int
    steps: int  # in all
    test_batch: int  # pictures that are tested at once


def check(recipe: Recipe, facts: Facts | None = None, devices: Sequence[str] | None = None) -> Plan:
    """The plan of a recipe; `facts` where the data are not to be looked up by their name.

    Args:
        recipe: what is to be trained.
        facts: of its data.
        devices: that a training may use, where they are not this computer's.

    Raises:
        Problem: (a `ValueError`) for what would fail: a device that is not there, a layer that does
            not fit, a batch norm that gets one value a channel, or data that are not there.
    """
    facts = facts or sets.facts(recipe.data, recipe.data_options)
    _check_device(recipe.device, devices)
    channels, height, width = facts.shape
    size = (recipe.input_size or height, recipe.input_size or width)
    arguments = _arguments(recipe, facts, size)
    rows = table(recipe.network, arguments, (channels, *size))
    for row in rows:
        if row.problem:
            raise row.problem
    if not rows or rows[-1].output_shape != (facts.classes,):
        ends = "×".join(map(str, rows[-1].output_shape)) if rows else "()"
        raise Problem("train_output", shape=ends, classes=facts.classes)
    per_epoch = math.ceil(facts.train / recipe.batch_size)
    steps = recipe.steps or recipe.epochs * per_epoch
    _check_batch_norm(recipe, facts.train, rows, steps)
    most = max(row.activation_bytes for row in rows)
    together = max(1, min(MOST_TESTED, TEST_BYTES // max(1, most)))
    sums = totals(rows)
    return Plan(
        (channels, *size), arguments, sums.parameters, sums.macs, per_epoch, steps, together
    )


def longer(recipe: Recipe, epochs: int, facts: Facts | None = None) -> Recipe:
    """The recipe for so many more epochs, to be trained on from where it ended."""
    if recipe.steps:
        return replace(recipe, steps=recipe.steps + epochs * check(recipe, facts).steps_per_epoch)
    return replace(recipe, epochs=recipe.epochs + epochs)


def remedy(kind: str, recipe: Recipe, facts: Facts | None = None) -> Recipe | None:
    """The recipe changed so that a failure of this kind is less likely; None where none helps."""
    if kind == "train_diverged" and recipe.lr > FIELDS["lr"].low:
        return replace(recipe, lr=max(FIELDS["lr"].low, float(f"{recipe.lr / 10:.3g}")))
    if kind == "train_memory" and recipe.batch_size > 1:
        return replace(recipe, batch_size=recipe.batch_size // 2)
    if kind == "train_one_value":
        train = (facts or sets.facts(recipe.data, recipe.data_options)).train
        larger = range(max(2, recipe.batch_size), int(FIELDS["batch_size"].high) + 1)
        fitting = (size for size in larger if 1 not in _batch_sizes(size, train))
        size = next(fitting, None)
        return replace(recipe, batch_size=size) if size else None
    if kind == "device_missing":
        return replace(recipe, device="cpu")
    if kind == "data_missing" and dict(recipe.data_options).get("subset") == "full":
        rest = tuple((name, v) for name, v in recipe.data_options if name != "subset")
        return replace(recipe, data_options=rest)
    return None


def _arguments(recipe: Recipe, facts: Facts, size: tuple[int, int]) -> Options:
    of_the_data = {"c_in": facts.shape[0], "classes": facts.classes, "size": size}
    options = network(recipe.network).options
    taken = tuple((name, value) for name, value in of_the_data.items() if name in options)
    return (*taken, *recipe.network_options)


def devices() -> tuple[str, ...]:
    """The kinds of devices of this computer."""
    found = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    return tuple(name for name, there in found.items() if there)


def _check_device(device: str, there: Sequence[str] | None) -> None:
    allowed = there or devices()
    if device not in allowed:
        raise Problem("device_missing", device=device, allowed=", ".join(allowed))


def _batch_sizes(batch_size: int, train: int) -> set[int]:
    """Of full batches and of the last one of an epoch."""
    return {min(batch_size, train), train % batch_size} - {0}


def _check_batch_norm(recipe: Recipe, train: int, rows: Sequence[LayerRow], steps: int) -> None:
    """PyTorch refuses to normalise a channel of one value: its variance has no estimate."""
    sizes = _batch_sizes(recipe.batch_size, train)
    if steps < math.ceil(train / recipe.batch_size):
        sizes = {min(recipe.batch_size, train)}  # the last batch of the epoch is not reached
    if 1 not in sizes:
        return
    for row in rows:
        if row.kind.startswith("BatchNorm") and math.prod(row.output_shape[1:]) == 1:
            batch = recipe.batch_size
            raise Problem("train_one_value", layer=row.path, batch=batch, train=f"{train:,}")
