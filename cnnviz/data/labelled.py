"""A set of labelled pictures to train and to test with, whole in memory as bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.problems import Problem


class Facts(NamedTuple):
    """What has to be known of a set before it is read."""

    shape: tuple[int, int, int]  # of one picture: (C, H, W)
    classes: int
    train: int  # pictures
    test: int


class Split(NamedTuple):
    """Pictures and what they are. Shared by all who read the set: never write into them."""

    images: Tensor  # uint8 (N, C, H, W), 0 is black
    labels: Tensor  # int64 (N,), indices into the classes


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """A data set as networks are trained with it.

    Raises:
        Problem: (a `ValueError`) where the tensors do not belong together.
    """

    name: str
    train: Split
    test: Split
    classes: tuple[str, ...]  # slugs for the page to translate, or the names of one's own folders

    def __post_init__(self) -> None:
        for images, labels in (self.train, self.test):
            fits = images.dtype == torch.uint8 and images.ndim == 4 and len(images) > 0
            fits &= labels.dtype == torch.int64 and labels.shape == images.shape[:1]
            fits &= images.shape[1:] == self.train.images.shape[1:]
            if not fits or not 0 <= int(labels.min()) <= int(labels.max()) < len(self.classes):
                raise Problem("data_damaged", name=self.name)

    @property
    def facts(self) -> Facts:
        channels, height, width = self.train.images.shape[1:]
        counts = len(self.train.labels), len(self.test.labels)
        return Facts((channels, height, width), len(self.classes), *counts)

    @cached_property
    def digest(self) -> str:
        """Tells this set from any other, whatever both are called: of its pictures and labels."""
        found = hashlib.sha256(repr((self.facts, self.classes)).encode())
        for tensor in (*self.train, *self.test):
            found.update(tensor.contiguous().numpy().data)
        return found.hexdigest()

    def first(self, examples: int) -> TrainingSet:
        """The same with only the first so many training pictures; 0 for all."""
        if examples == 0 or examples >= len(self.train.labels):
            return self
        train = Split(self.train.images[:examples], self.train.labels[:examples])
        return TrainingSet(self.name, train, self.test, self.classes)
