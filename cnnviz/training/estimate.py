"""How long a training will take on this computer, found by trying a few steps of it."""

from __future__ import annotations

import math
import time
from functools import lru_cache

import torch

from cnnviz.data import sets
from cnnviz.data.labelled import Facts
from cnnviz.training import parts
from cnnviz.training.chance import drawing, generator
from cnnviz.training.pace import GUESS
from cnnviz.training.plan import Plan, check
from cnnviz.training.recipe import Recipe

FEW = 4  # pictures of the first try; four times as many each time
ENOUGH = 0.05  # seconds of a step that can be trusted
LONG = 0.3  # seconds of a step that is not tried again


@lru_cache(256)
def seconds(recipe: Recipe, facts: Facts | None = None) -> float:
    """About how many seconds the recipe needs, tests included; found in a part of one.

    A step with a few pictures is timed, and with more while that is quick, up to the batch: a small
    network needs about as long for one picture as for thirty.

    Raises:
        Problem: (a `ValueError`) as `plan.check`.
    """
    facts = facts or sets.facts(recipe.data, recipe.data_options)
    plan = check(recipe, facts)
    a_picture = _a_picture(recipe, plan, min(recipe.batch_size, facts.train), facts.classes)
    trained = plan.steps / plan.steps_per_epoch * facts.train
    tested = math.ceil(plan.steps / plan.steps_per_epoch) * facts.test
    return a_picture * (trained + GUESS * tested)


def _a_picture(recipe: Recipe, plan: Plan, batch: int, classes: int) -> float:
    """Seconds of training for one picture of a batch, by the quickest try: others are busy."""
    network = parts.network(recipe, plan).to(recipe.device)
    optimizer = parts.optimizer(recipe, network.parameters())
    random = generator(0, "estimate")
    count = min(FEW, batch)

    def step(number: int) -> float:
        x = torch.rand(count, *plan.input_shape, generator=random).to(recipe.device)
        y = torch.randint(classes, (count,), generator=random).to(recipe.device)
        began = time.perf_counter()
        with drawing(0, "estimate", number, recipe.device):
            loss = parts.LOSSES[recipe.loss](network(x), y)
            torch.autograd.backward(loss)
            optimizer.step()
            loss.detach().item()  # a graphics card has done it when its number is here
        return time.perf_counter() - began

    step(0)  # the first one also loads code
    while True:
        taken = step(1)
        if taken < LONG:
            taken = min(taken, step(2), step(3))
        if taken > ENOUGH or count == batch:
            return taken / count
        count = min(4 * count, batch)
