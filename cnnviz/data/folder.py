"""A data set of one's own pictures: a zip in the layout of torchvision's ImageFolder.

    cats/1.jpg, cats/2.jpg, dogs/1.jpg, ...             a fifth of each class is kept for testing
    train/cats/1.jpg, ..., test/cats/1.jpg, ...         where the zip itself divides them

A folder around all of it does not matter. Pictures are decoded once, to squares of one size.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.data.headers import claimed_size
from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.data.pictures import decode, square
from cnnviz.data.zips import Archive, Entry, opened
from cnnviz.problems import Problem

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")
TRAIN, TEST = ("train", "training"), ("test", "val", "valid", "validation")
SIDES = (8, 128)
MOST_CLASSES = 100
MOST_MEGAPIXELS = 5000  # of all pictures; 300 of a telephone's
TEST_SHARE = 5  # one in so many
Tell = Callable[[int, int], None]  # pictures read, and all of them


@dataclass(frozen=True, eq=False)
class Folder:
    """What a zip held."""

    data: TrainingSet
    damaged: tuple[str, ...]  # names of the pictures that could not be read, as they may be shown
    others: int  # files that are no pictures, or lie in no class


class Place(NamedTuple):
    """Where a picture belongs."""

    entry: Entry
    part: str  # "train", "test", or "" where the zip does not say
    label: str


def read(blob: bytes, side: int = 64, tell: Tell = lambda done, total: None) -> Folder:
    """The pictures of a zip, as squares of `side` pixels with red, green and blue.

    All checks of the archive come before the first picture is unpacked. What `tell` raises ends it.

    Raises:
        Problem: (a `ValueError`) for an archive that is not to be trusted (`cnnviz.data.zips`), or
            that does not hold at least two classes with two pictures in each.
    """
    if not SIDES[0] <= side <= SIDES[1]:
        raise Problem("own_side", low=SIDES[0], high=SIDES[1], side=side)
    with opened(blob) as archive:
        places = _places(archive.entries)
        _check_classes(places)
        pictures, damaged = _decoded(archive, places, side, tell)
        others = len(archive.entries) - len(places)
    found = [place for place, _ in pictures]
    _check_classes(found)
    return Folder(_divided(found, [x for _, x in pictures]), tuple(damaged), others)


def _places(entries: Sequence[Entry]) -> list[Place]:
    """The pictures that lie in a class, in the order of their names."""
    pictures = [entry for entry in entries if _is_picture(entry)]
    pictures.sort(key=lambda entry: entry.path)
    skipped = _folders_around([entry.path for entry in pictures])
    paths = [entry.path[skipped:] for entry in pictures]
    first = {path[0].lower() for path in paths if len(path) > 1}
    divided = first & set(TRAIN) and first & set(TEST) and first <= {*TRAIN, *TEST}
    found = []
    for entry, path in zip(pictures, paths, strict=True):
        if divided and len(path) > 2:
            part = "train" if path[0].lower() in TRAIN else "test"
            found.append(Place(entry, part, path[1]))
        elif not divided and len(path) > 1:
            found.append(Place(entry, "", path[0]))
    return found


def _is_picture(entry: Entry) -> bool:
    return PurePosixPath(entry.path[-1]).suffix.lower() in SUFFIXES


def _folders_around(paths: Sequence[tuple[str, ...]]) -> int:
    """How many folders lie around the folders of the classes."""
    count = 0
    while paths and all(len(path) > count + 2 and path[count] == paths[0][count] for path in paths):
        count += 1
    return count


def _check_classes(places: Sequence[Place]) -> None:
    counts = Counter(place.label for place in places)
    if len(counts) < 2:
        raise Problem("own_classes", found=len(counts))
    if len(counts) > MOST_CLASSES:
        raise Problem("own_many", found=len(counts), most=MOST_CLASSES)
    trained = Counter(place.label for place in places if place.part != "test")
    tested = any(place.part == "test" for place in places)
    for label in counts:
        needed = 1 if tested else 2
        if trained[label] < needed:
            raise Problem("own_few", name=label, found=trained[label], needed=needed)


def _decoded(
    archive: Archive, places: Sequence[Place], side: int, tell: Tell
) -> tuple[list[tuple[Place, Tensor]], list[str]]:
    """The pictures that can be read, each (3, side, side), and the names of the others."""
    found, damaged, pixels = [], [], 0
    for done, place in enumerate(places):
        tell(done, len(places))
        blob = archive.read(place.entry)
        width, height = (blob and claimed_size(blob)) or (0, 0)
        pixels += width * height
        if pixels > MOST_MEGAPIXELS * 10**6:
            raise Problem("own_pixels", most=f"{MOST_MEGAPIXELS:,}")
        try:
            found.append((place, square(decode(blob or b""), side)))
        except Problem:
            damaged.append(place.entry.shown)
    return found, damaged


def _divided(places: Sequence[Place], pictures: Sequence[Tensor]) -> TrainingSet:
    """The set, in an order in which classes are mixed."""
    classes = tuple(sorted({place.label for place in places}))
    labels = torch.tensor([classes.index(place.label) for place in places])
    tested = torch.tensor([place.part == "test" for place in places])
    random = torch.Generator().manual_seed(0)
    order = torch.randperm(len(places), generator=random)
    if not tested.any():
        for label in range(len(classes)):
            own = order[labels[order] == label]
            tested[own[: max(1, len(own) // TEST_SHARE)]] = True
    images = torch.stack(list(pictures))
    train, test = order[~tested[order]], order[tested[order]]
    return TrainingSet(
        "own", Split(images[train], labels[train]), Split(images[test], labels[test]), classes
    )
