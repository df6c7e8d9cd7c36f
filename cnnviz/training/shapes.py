"""Learn shapes on the left half of a picture, be asked about the right half (d2l 7.1).

A dense and a convolutional classifier of about the same number of weights are trained on the same
pictures. The data are drawn here, so that nothing but a shape's place tells the halves apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.data.shapes import SHAPES, draw
from cnnviz.problems import Problem

SIDE = 32  # pixels of a picture; a shape lies whole within one half
RADII = (5.5, 7.0)  # from a shape's middle to its farthest point, in pixels
TRAIN, TEST = 1920, 240  # pictures; TEST for each half
BATCH = 32
LOOKS = 4  # at both networks in an epoch
LEARNING_RATE = 5e-3
MOST_EPOCHS = 12
HALVES = ("left", "right")
NETWORKS = ("dense", "convolution")


class Pictures(NamedTuple):
    """Shapes and what they are."""

    images: Tensor  # (N, 1, SIDE, SIDE), from 0 to 1
    labels: Tensor  # (N,), indices into SHAPES


@dataclass(frozen=True)
class Score:
    """How one network does on one half that it was not trained with."""

    accuracy: float
    answers: tuple[int, ...]  # how often it said each of SHAPES


@dataclass(frozen=True)
class Look:
    """Both networks after so many passes over the training pictures."""

    epoch: float  # 0 before training, 0.25 after a quarter of the first pass
    scores: dict[str, dict[str, Score]]  # network → half


def shapes(count: int, half: str, seed: int) -> Pictures:
    """`count` pictures of one shape each, at random sizes and places within "left" or "right".

    All four shapes come equally often (to within one), in random order.
    """
    if half not in HALVES:
        raise Problem("half_unknown", half=half, allowed=", ".join(HALVES))
    random = torch.Generator().manual_seed(seed)
    labels = (torch.arange(count) % len(SHAPES))[torch.randperm(count, generator=random)]
    radii = _between(*RADII, torch.rand(count, generator=random))
    places = torch.rand(2, count, generator=random)
    x = _between(radii, SIDE / 2 - radii, places[0]) + (SIDE / 2 if half == "right" else 0)
    y = _between(radii, SIDE - radii, places[1])
    return Pictures(draw(labels, x, y, radii, SIDE), labels)


def _between(low: Tensor | float, high: Tensor | float, share: Tensor) -> Tensor:
    return low + (high - low) * share


@cache
def specimens(half: str, scale: int = 4) -> Tensor:
    """One of each shape side by side: (rows, cols) bytes, `scale` for every pixel, for a page."""
    images, labels = shapes(4 * len(SHAPES), half, 0)
    chosen = [images[labels == label][0, 0] for label in range(len(SHAPES))]
    framed = [F.pad(image, (1, 1, 1, 1), value=0.35) for image in chosen]  # where a picture ends
    levels = (torch.cat(framed, dim=1) * 255).round().to(torch.uint8)
    return levels.repeat_interleave(scale, 0).repeat_interleave(scale, 1)


# ---- the two networks


def dense_network() -> nn.Sequential:
    """Every pixel has its own weight to each of 13 hidden units."""
    return nn.Sequential(
        nn.Flatten(),  # (N, 1024)
        nn.Linear(SIDE * SIDE, 13),
        nn.ReLU(),
        nn.Linear(13, len(SHAPES)),
    )


def convolutional_network() -> nn.Sequential:
    """Two convolutions, then the largest answer anywhere: no weight knows a place."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),  # (N, 16, 16, 16)
        nn.Conv2d(16, 32, 5, padding=2),
        nn.ReLU(),
        nn.AdaptiveMaxPool2d(1),
        nn.Flatten(),  # (N, 32)
        nn.Linear(32, len(SHAPES)),
    )


def networks(seed: int) -> dict[str, nn.Sequential]:
    """Both networks, drawn as PyTorch draws them, but from the seed's own random numbers.

    Other readers may be training at the same time, and PyTorch's global numbers are for all.
    """
    random = torch.Generator().manual_seed(seed)
    both = {"dense": dense_network(), "convolution": convolutional_network()}
    for layer in (layer for network in both.values() for layer in network):
        if isinstance(layer, nn.Linear | nn.Conv2d):
            bound = 1 / math.sqrt(layer.weight[0].numel())
            for parameter in layer.parameters():
                nn.init.uniform_(parameter, -bound, bound, generator=random)
    return both


@cache
def weight_counts() -> dict[str, int]:
    """How many numbers each network learns, biases included."""
    return {
        name: sum(parameter.numel() for parameter in network.parameters())
        for name, network in networks(0).items()
    }


# ---- the experiment


def train_both(epochs: int, seed: int) -> Iterator[Look]:
    """Train both networks on the left half; a look at them before, and `LOOKS` in each epoch.

    The same arguments give the same looks. The networks see the same pictures in the same order,
    with Adam and the cross-entropy of PyTorch. Whoever takes no more looks ends the training.

    Raises:
        Problem: (a `ValueError`) where `epochs` is out of range.
    """
    if not 1 <= epochs <= MOST_EPOCHS:
        raise Problem("shapes_epochs", low=1, high=MOST_EPOCHS, epochs=epochs)
    # disjoint seeds: no test picture is a training picture
    data = shapes(TRAIN, "left", 3 * seed)
    tests = {
        "left": shapes(TEST, "left", 3 * seed + 1),
        "right": shapes(TEST, "right", 3 * seed + 2),
    }
    both = networks(seed)
    optimizers = {
        name: torch.optim.Adam(network.parameters(), LEARNING_RATE)
        for name, network in both.items()
    }
    random = torch.Generator().manual_seed(seed)
    yield _examined(0.0, both, tests)
    for epoch in range(epochs):
        batches = torch.randperm(TRAIN, generator=random).reshape(LOOKS, -1, BATCH)
        for i, quarter in enumerate(batches):
            for batch in quarter:
                for name, network in both.items():
                    _step(network, optimizers[name], data.images[batch], data.labels[batch])
            yield _examined(epoch + (i + 1) / LOOKS, both, tests)


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, x: Tensor, y: Tensor) -> None:
    optimizer.zero_grad()
    torch.autograd.backward(F.cross_entropy(network(x), y))
    optimizer.step()


def _examined(epoch: float, both: dict[str, nn.Sequential], tests: dict[str, Pictures]) -> Look:
    scores = {
        name: {half: score(network, pictures) for half, pictures in tests.items()}
        for name, network in both.items()
    }
    return Look(epoch, scores)


@torch.no_grad()
def score(network: nn.Module, pictures: Pictures) -> Score:
    """What the network says of these pictures, and how often it is right."""
    said = network(pictures.images).argmax(1)
    accuracy = float((said == pictures.labels).double().mean())
    return Score(accuracy, tuple(torch.bincount(said, minlength=len(SHAPES)).tolist()))
