"""What a reader takes along of trainings: their curves as CSV, their weights as safetensors.

The script that repeats a training is `cnnviz.export.training_code`'s.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace

from safetensors.torch import save

from cnnviz.data.labelled import TrainingSet
from cnnviz.training.batches import statistics
from cnnviz.training.history import History
from cnnviz.training.plan import check
from cnnviz.training.recipe import Recipe
from cnnviz.training.state import State

COLUMNS = ("run", "part", "step", "epoch", "loss", "accuracy")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is computed by Excel


def curves_csv(runs: Iterable[tuple[str, History]]) -> str:
    """The curves of named runs, a line a point: of training, and of the test after an epoch.

    Losses and accuracies are as they were computed, unrounded. A training point's epoch is the
    share of all pictures that was seen, as 0.25.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, history in runs:
        for row in _rows(history):
            writer.writerow((_plain(name), *row))
    return out.getvalue()


def _rows(history: History) -> Iterator[tuple[object, ...]]:
    per_epoch = history.started.steps_per_epoch if history.started else 1
    for point in history.points:
        epoch = f"{point.step / per_epoch:.6g}"
        yield ("training", point.step, epoch, point.loss, point.accuracy)
    for test in history.epochs:
        yield ("validation", test.step, test.epoch, test.loss, test.accuracy)


def _plain(name: str) -> str:
    """A name from a reader as a cell that no program computes."""
    return f"'{name}" if name.startswith(FORMULA) else name


def weights_file(state: State, data: TrainingSet) -> bytes:
    """The weights alone as safetensors, with the text that is needed to use them elsewhere.

    The text (`safetensors.safe_open(...).metadata()`): the recipe, the number of steps, the names
    of the classes in the order of the outputs, and what a picture has to go through:
    (pixels / 255 − mean) / deviation, a number for each channel, at the size `input_shape`.
    """
    return save({name: x.contiguous() for name, x in state.weights.items()}, _about(state, data))


def _about(state: State, data: TrainingSet) -> dict[str, str]:
    mean, deviation = scaling(state.recipe, data)
    plan = check(replace(state.recipe, device="cpu"), data.facts)  # here may be no other
    return {
        "format": "pt",
        "recipe": state.recipe.text,
        "step": str(state.step),
        "classes": json.dumps(data.classes, ensure_ascii=False),
        "input_shape": json.dumps(plan.input_shape),
        "mean": json.dumps(mean),
        "deviation": json.dumps(deviation),
    }


def scaling(recipe: Recipe, data: TrainingSet) -> tuple[list[float], list[float]]:
    """What each channel's shares of white lose, and are divided by, before the network."""
    if recipe.scaling == "standard":
        mean, deviation = statistics(data.train.images)
        return mean.tolist(), deviation.tolist()
    channels = data.facts.shape[0]
    return [0.0] * channels, [1.0] * channels
