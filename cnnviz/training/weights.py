"""Weights that a reader brings: compared with the network first, then tested or trained on from.

They come as safetensors, numbers and text. A pickle (.pt, .pth) is refused: opening one can run
anything (https://docs.python.org/3/library/pickle.html).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.data import sets
from cnnviz.data.labelled import Facts, Split, TrainingSet
from cnnviz.models.registry import outline
from cnnviz.problems import Problem
from cnnviz.training import recipe as recipes
from cnnviz.training.events import Epoch
from cnnviz.training.loop import Training
from cnnviz.training.metrics import Mistake
from cnnviz.training.plan import check
from cnnviz.training.recipe import Recipe
from cnnviz.training.state import State
from cnnviz.training.weights_header import MOST_HEADER, Entry, Header, read_header, shown

NAMES = {torch.float32: "F32", torch.int64: "I64"}  # all that our networks keep; in a header
MOST_MACS = 2 * 10**11  # of a test: some seconds of a processor
LISTED = 3  # names in a sentence


class Tested(NamedTuple):
    """How well weights do on a recipe's test pictures."""

    epoch: Epoch  # number 0, without numbers of training
    mistakes: tuple[Mistake, ...]  # the surest first
    of: int  # test pictures there are; `epoch.confusion` counts those that were tested


def read(blob: bytes, recipe: Recipe, facts: Facts | None = None) -> dict[str, Tensor]:
    """The weights in a safetensors file, for the network of this recipe.

    Names, shapes and types are compared before a number is copied.

    Args:
        blob: the file.
        facts: of the data, where they are not to be looked up by their name.

    Raises:
        Problem: (a `ValueError`) that says what was found and what is allowed.
    """
    expected = _expected(recipe, facts)
    most = MOST_HEADER + sum(x.nbytes for x in expected.values())
    if len(blob) > most:
        raise Problem("weights_large", found=_megabytes(len(blob)), most=_megabytes(most))
    header = read_header(blob)
    _check_names(header, expected, recipe)
    for name, x in expected.items():
        _check_tensor(name, header.tensors[name], x)
    _check_places(header, expected)
    found = {name: _numbers(blob, header, name, x) for name, x in expected.items()}
    for name, x in found.items():
        if count := int((~x.isfinite()).sum()):
            raise Problem("weights_not_finite", name=name, count=f"{count:,}", of=f"{x.numel():,}")
    return found


def recipe_of(blob: bytes) -> Recipe | None:
    """The recipe that a file says its weights were trained by, as ours do; else None.

    Raises:
        Problem: (a `ValueError`) where the file is none, or its recipe is not allowed.
    """
    text = read_header(blob).about.get("recipe")
    return recipes.read(text) if text else None


def start(recipe: Recipe, weights: Mapping[str, Tensor]) -> State:
    """Where a training by this recipe begins with these weights: for `Training(..., start=...)`."""
    return State(recipe, 0, dict(weights), {})


def evaluate(
    recipe: Recipe, weights: Mapping[str, Tensor], data: TrainingSet | None = None
) -> Tested:
    """Test weights on the recipe's test pictures, on so many that it takes some seconds.

    Raises:
        Problem: (a `ValueError`) as `plan.check`, and where they are not of this network.
    """
    recipe = replace(recipe, device="cpu")  # of a cluster's devices this process has none
    data = data or sets.load(recipe.data, recipe.data_options)
    plan = check(recipe, data.facts)
    some = max(1, MOST_MACS // max(1, plan.macs))
    few = replace(data, test=Split(data.test.images[:some], data.test.labels[:some]))
    training = Training(recipe, few, start(recipe, weights))
    epoch, mistakes = training.test()
    return Tested(epoch, mistakes, len(data.test.labels))


def _expected(recipe: Recipe, facts: Facts | None) -> dict[str, Tensor]:
    """The network's tensors by name, without numbers."""
    plan = check(replace(recipe, device="cpu"), facts)
    found: dict[str, Tensor] = outline(recipe.network, plan.arguments).state_dict()
    return found


def _check_names(header: Header, expected: Mapping[str, Tensor], recipe: Recipe) -> None:
    if missing := [name for name in expected if name not in header.tensors]:
        raise Problem("weights_missing", names=_listed(missing), network=recipe.network)
    if extra := [name for name in header.tensors if name not in expected]:
        raise Problem("weights_extra", names=_listed(extra), network=recipe.network)


def _check_tensor(name: str, found: Entry, expected: Tensor) -> None:
    if found.shape != tuple(expected.shape):
        shapes = {"found": _shape(found.shape), "expected": _shape(tuple(expected.shape))}
        raise Problem("weights_shape", name=name, **shapes)
    if found.dtype != NAMES[expected.dtype]:
        dtypes = {"found": shown(found.dtype), "expected": NAMES[expected.dtype]}
        raise Problem("weights_dtype", name=name, **dtypes)


def _check_places(header: Header, expected: Mapping[str, Tensor]) -> None:
    """Each tensor has the bytes that it needs, and each byte belongs to one tensor."""
    next_one = 0
    for name, entry in sorted(header.tensors.items(), key=lambda item: item[1].start):
        needed = expected[name].nbytes
        if entry.start != next_one or entry.end - entry.start != needed:
            places = {"start": f"{entry.start:,}", "end": f"{entry.end:,}"}
            allowed = {"first": f"{next_one:,}", "last": f"{next_one + needed:,}"}
            raise Problem("weights_place", name=name, **places, **allowed)
        next_one = entry.end


def _numbers(blob: bytes, header: Header, name: str, expected: Tensor) -> Tensor:
    """A tensor of the file, with memory of its own."""
    entry = header.tensors[name]
    part = bytearray(blob[header.end + entry.start : header.end + entry.end])
    return torch.frombuffer(part, dtype=expected.dtype).reshape(expected.shape)


def _listed(names: list[str]) -> str:
    some = ", ".join(map(shown, names[:LISTED]))
    return some if len(names) <= LISTED else f"{some}, … ({len(names)})"


def _shape(shape: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, shape))})"


def _megabytes(count: int) -> str:
    return f"{math.ceil(count / 1e5) / 10:,}"
