"""A training's weights and its optimizer's memory, to be kept in a file and gone on from.

The file is safetensors, numbers and text: a pickle could run anything when it is opened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import SafetensorError
from torch import Tensor, nn
from torch.optim import Optimizer

from cnnviz.data import tensors
from cnnviz.problems import Problem
from cnnviz.training.recipe import Recipe, read

WEIGHTS, MEMORY = "weights/", "optimizer/"  # how the names of the tensors begin in a file


class Seen(NamedTuple):
    """What was counted and not yet told when a training was left: sums of (loss, right, images)."""

    point: tuple[float, int, int] = (0.0, 0, 0)  # since the last point of the curve
    epoch: tuple[float, int, int] = (0.0, 0, 0)  # since the last test
    tested: int = 0  # the step after which that was


UNSEEN = Seen()


@dataclass(frozen=True, eq=False)
class State:
    """A training after `step` steps by `recipe`; random numbers need none (`training.chance`)."""

    recipe: Recipe
    step: int
    weights: Mapping[str, Tensor]  # as the network's state_dict
    memory: Mapping[str, Tensor]  # the optimizer's: "0.momentum_buffer" is of the first parameter
    seen: Seen = UNSEEN


def capture(
    recipe: Recipe, step: int, network: nn.Module, optimizer: Optimizer, seen: Seen
) -> State:
    """A copy of everything, on the CPU; the training may go on."""
    weights = {name: _copy(x) for name, x in network.state_dict().items()}
    memory = {
        f"{number}.{name}": _copy(x)
        for number, parts in optimizer.state_dict()["state"].items()
        for name, x in parts.items()
        if x is not None
    }
    return State(recipe, step, weights, memory, seen)


def restore(state: State, recipe: Recipe, network: nn.Module, optimizer: Optimizer) -> None:
    """Put it into a fresh network and optimizer of `recipe`, which may be longer or shorter.

    Raises:
        Problem: (a `ValueError`) where they belong to something else. Then nothing was changed.
    """
    epochs, steps, device = recipe.epochs, recipe.steps, recipe.device
    if replace(state.recipe, epochs=epochs, steps=steps, device=device) != recipe:
        raise Problem("state_other", reason="recipe")
    _check_shapes(state.weights, network.state_dict())
    parts: dict[int, dict[str, Tensor]] = {}
    for name, x in state.memory.items():
        number, _, part = name.partition(".")
        if not number.isdecimal():
            raise Problem("state_other", reason=name[:80])
        parts.setdefault(int(number), {})[part] = x
    _check_memory(parts, optimizer)
    network.load_state_dict(dict(state.weights))
    groups = optimizer.state_dict()["param_groups"]
    optimizer.load_state_dict({"state": parts, "param_groups": groups})


def save(state: State, path: Path) -> None:
    """Write it to a file, whole or not at all.

    Raises:
        OSError: where it cannot be written.
    """
    named = {WEIGHTS + name: x for name, x in state.weights.items()}
    named |= {MEMORY + name: x for name, x in state.memory.items()}
    about = {"recipe": state.recipe.text, "step": str(state.step), "seen": json.dumps(state.seen)}
    tensors.write(path, named, about)


def load(path: Path) -> State:
    """The state in a file.

    Raises:
        Problem: (a `ValueError`) where it is none; OSError where there is no file.
    """
    try:
        named, about = tensors.read(path)
        recipe, step = read(about["recipe"]), int(about["step"])
        seen = _seen(*json.loads(about["seen"]))
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise Problem("state_damaged") from error
    return State(recipe, step, _under(WEIGHTS, named), _under(MEMORY, named), seen)


def _seen(point: Sequence[float], epoch: Sequence[float], tested: int) -> Seen:
    return Seen(_sums(*point), _sums(*epoch), int(tested))


def _sums(loss: float, right: float, images: float) -> tuple[float, int, int]:
    return float(loss), int(right), int(images)


def _under(start: str, named: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(start): x for name, x in named.items() if name.startswith(start)}


def _copy(x: Tensor) -> Tensor:
    return x.detach().cpu().clone()


def _check_shapes(found: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> None:
    if other := set(found) ^ set(expected):
        raise Problem("state_other", reason=min(other)[:80])
    for name, x in expected.items():
        if found[name].shape != x.shape or found[name].dtype != x.dtype:
            raise Problem("state_other", reason=name[:80])


def _check_memory(parts: Mapping[int, Mapping[str, Any]], optimizer: Optimizer) -> None:
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for number, found in parts.items():
        for name, x in found.items():
            fits = number < len(parameters) and x.shape in (parameters[number].shape, ())
            if not fits:
                raise Problem("state_other", reason=f"{number}.{name}"[:80])
