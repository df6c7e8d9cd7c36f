"""One's own pictures, kept on disk as tensors under their digest.

A worker in another process, or a server after a restart, finds them again by what a recipe says.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from safetensors import SafetensorError

from cnnviz.data import tensors
from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.data.places import own_place
from cnnviz.problems import Problem

PARTS = ("train_images", "train_labels", "test_images", "test_labels")


def keep(data: TrainingSet) -> str:
    """Write the set, if it is not there yet; its digest.

    Raises:
        OSError: where it cannot be written, as on a full disk. Then no part of it stays.
    """
    target = _file(data.digest)
    if target.exists():
        os.utime(target)  # what is in use is not old
    else:
        about = {"name": data.name, "classes": json.dumps(data.classes)}
        tensors.write(target, dict(zip(PARTS, (*data.train, *data.test), strict=True)), about)
    return data.digest


def recall(digest: str) -> TrainingSet:
    """The set with this digest.

    Raises:
        Problem: (a `ValueError`) where it is not, or no longer, here, or damaged.
    """
    try:
        found, about = tensors.read(_file(digest))
        parts = [found[part] for part in PARTS]
        classes = tuple(map(str, json.loads(about["classes"])))
    except FileNotFoundError as error:
        raise Problem("own_missing") from error
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise Problem("data_damaged", name="own") from error
    return TrainingSet(about["name"], Split(*parts[:2]), Split(*parts[2:]), classes)


def _file(digest: str) -> Path:
    return own_place() / "own" / f"{digest}.safetensors"
