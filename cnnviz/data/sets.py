"""The data sets that networks are trained with, by name, each with its options.

Fashion-MNIST and MNIST come with the app as subsets; in full, and CIFAR-10 (Krizhevsky, *Learning
Multiple Layers of Features from Tiny Images*, 2009), they are read where they lie, and
`cnnviz.data.places` downloads them. Shapes are generated; one's own pictures come from a zip
(`cnnviz.data.folder`) and are known by their digest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from cnnviz.data import datasets, store
from cnnviz.data.labelled import Facts, Split, TrainingSet
from cnnviz.data.places import needed
from cnnviz.data.shapes import PLACES, RADII, SHAPES, SIDE, Look, generate
from cnnviz.models.options import Option, Value, checked
from cnnviz.problems import Problem

Options = tuple[tuple[str, Value], ...]
Chosen = Mapping[str, Value]  # every option with its value
BUNDLED = {"fashion-mnist": (10_000, 2_000), "mnist": (8_000, 2_000)}
FULL = (60_000, 10_000)
CIFAR = (50_000, 10_000)
CIFAR_CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
SHAPES_TEST = 1000
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True)
class Source:
    """A data set of the table: its options, and how it is read and foretold."""

    options: Mapping[str, Option]
    load: Callable[[Chosen], TrainingSet]
    facts: Callable[[Chosen], Facts]


def load(name: str, options: Options = ()) -> TrainingSet:
    """The data set, read or made once a process.

    Raises:
        Problem: (a `ValueError`) for an unknown name or option, or where it is not on this computer
            or damaged.
    """
    return _load(name, tuple(sorted(chosen(name, options).items())))


@lru_cache(4)  # CIFAR-10 is 184 MB
def _load(name: str, options: Options) -> TrainingSet:
    return SOURCES[name].load(dict(options))


def facts(name: str, options: Options = ()) -> Facts:
    """What `load` would give, without reading it where that is known.

    Raises:
        Problem: (a `ValueError`) for an unknown name or option.
    """
    return SOURCES[name].facts(chosen(name, options))


def chosen(name: str, options: Options) -> dict[str, Value]:
    """All options of the set with their values.

    Raises:
        Problem: (a `ValueError`) for an unknown name or option, or a value that is not allowed.
    """
    if name not in SOURCES:
        raise Problem("dataset_unknown", name=name[:40], allowed=", ".join(SOURCES))
    return checked(SOURCES[name].options, dict(options))


# ---- Fashion-MNIST and MNIST


def _grey(name: str) -> Source:
    """A set of 28 × 28 grey pictures, of which a part is bundled."""

    def loads(of: Chosen) -> TrainingSet:
        train, test = (_read_grey(name, of["subset"], split) for split in ("train", "test"))
        found = TrainingSet(name, train, test, datasets.CLASSES[name])
        return found.first(of["examples"])

    def foretells(of: Chosen) -> Facts:
        train, test = FULL if of["subset"] == "full" else BUNDLED[name]
        return Facts((1, 28, 28), 10, _limited(train, of["examples"]), test)

    subset = Option("subset", "bundled", choices=("bundled", "full"))
    return Source(_table(subset, _examples(FULL[0])), loads, foretells)


def _read_grey(name: str, subset: str, split: str) -> Split:
    if subset == "bundled":
        bundled = datasets.load(name, split)
        return Split(bundled.images[:, None], bundled.labels)
    folder, part = needed(name), datasets.PARTS[split]
    try:
        images = datasets.read_idx(folder / f"{part}-images-idx3-ubyte.gz")
        labels = datasets.read_idx(folder / f"{part}-labels-idx1-ubyte.gz")
    except (OSError, ValueError) as error:
        raise Problem("data_damaged", name=name) from error
    return Split(images[:, None], labels.long())


# ---- CIFAR-10


def _load_cifar(of: Chosen) -> TrainingSet:
    folder = needed("cifar-10")
    train, test = (_read_cifar(folder, train) for train in (True, False))
    return TrainingSet("cifar-10", train, test, CIFAR_CLASSES).first(of["examples"])


def _read_cifar(folder: Path, train: bool) -> Split:
    """torchvision compares the files with their published checksums before it opens them."""
    from torchvision.datasets import CIFAR10

    try:
        found = CIFAR10(folder.parent, train)
    except (RuntimeError, OSError, ValueError, KeyError) as error:
        raise Problem("data_damaged", name="cifar-10") from error
    images: Tensor = torch.from_numpy(found.data).permute(0, 3, 1, 2).contiguous()
    return Split(images, torch.tensor(found.targets))


def _cifar_facts(of: Chosen) -> Facts:
    return Facts((3, 32, 32), 10, _limited(CIFAR[0], of["examples"]), CIFAR[1])


# ---- shapes


def _load_shapes(of: Chosen) -> TrainingSet:
    look = Look(of["place"], of["radius"], of["noise"])
    other = Look(of["test_place"], of["test_radius"], of["test_noise"])
    # even and odd seeds: no test picture is a training picture
    train = generate(of["examples"], look, 2 * of["draw"])
    test = generate(SHAPES_TEST, other, 2 * of["draw"] + 1)
    return TrainingSet("shapes", Split(*train), Split(*test), SHAPES)


def _shapes_facts(of: Chosen) -> Facts:
    return Facts((1, SIDE, SIDE), len(SHAPES), of["examples"], SHAPES_TEST)


def _looks(before: str) -> tuple[Option, ...]:
    return (
        Option(f"{before}place", "anywhere", choices=PLACES),
        Option(f"{before}radius", (5, 7), *RADII, fewest=2, most=2),
        Option(f"{before}noise", 0.1, 0.0, 1.0),
    )


# ---- one's own


def _load_own(of: Chosen) -> TrainingSet:
    return store.recall(of["digest"])


def _own_facts(of: Chosen) -> Facts:
    return load("own", tuple(of.items())).facts  # which keeps it, to be trained with


def _read_digest(text: str) -> str:
    if not DIGEST.fullmatch(text):
        raise Problem("own_digest")
    return text


# ---- the table


def _table(*options: Option) -> dict[str, Option]:
    return {option.name: option for option in options}


def _examples(most: int, default: int = 0) -> Option:
    """How many of the training pictures, the first of them; 0 for all."""
    return Option("examples", default, 0, most)


def _limited(count: int, examples: int) -> int:
    return min(count, examples) if examples else count


SOURCES: Mapping[str, Source] = {
    "fashion-mnist": _grey("fashion-mnist"),
    "mnist": _grey("mnist"),
    "cifar-10": Source(_table(_examples(CIFAR[0])), _load_cifar, _cifar_facts),
    "shapes": Source(
        _table(
            Option("examples", 4000, 4, 20_000),
            *_looks(""),
            *_looks("test_"),
            Option("draw", 0, 0, 9999),
        ),
        _load_shapes,
        _shapes_facts,
    ),
    "own": Source(_table(Option("digest", "", reads=_read_digest)), _load_own, _own_facts),
}
