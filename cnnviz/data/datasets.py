"""The data sets that come with the app: subsets of Fashion-MNIST and MNIST.

The files keep the original IDX format (http://yann.lecun.com/exdb/mnist/); where they come from,
their licences and the counts per class are in assets/data/README.md.
"""

import gzip
import math
import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from cnnviz.problems import Problem

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "data"

CLASSES: dict[str, tuple[str, ...]] = {
    "fashion-mnist": (
        "t-shirt",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle-boot",
    ),
    "mnist": tuple("0123456789"),
}
PARTS = {"train": "train", "test": "t10k"}  # split -> how the original files call it


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled grey images, classes mixed. `load` shares one copy: read the tensors, never write.

    images: uint8 (N, 28, 28), 0 is black. labels: int64 (N,), indices into `classes`.
    classes: language-neutral slugs, for the page to translate.
    """

    name: str
    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]


def load(name: str, split: str = "test") -> Dataset:
    """The bundled data set `name` ("fashion-mnist" or "mnist"), `split` "train" or "test".

    Read once a process. Raises Problem (a ValueError) for any other name or split.
    """
    if name not in CLASSES:
        raise Problem("dataset_unknown", name=name, allowed=", ".join(CLASSES))
    if split not in PARTS:
        raise Problem("split_unknown", split=split, allowed=", ".join(PARTS))
    return _load(name, split)


@lru_cache
def _load(name: str, split: str) -> Dataset:
    images = read_idx(FOLDER / name / f"{PARTS[split]}-images-idx3-ubyte.gz")
    labels = read_idx(FOLDER / name / f"{PARTS[split]}-labels-idx1-ubyte.gz")
    return Dataset(name, images, labels.long(), CLASSES[name])


def pick(name: str, label: int, nth: int, split: str = "test") -> Tensor:
    """The `nth` image (from 0) of class `label` (0 to 9): uint8 (28, 28), the caller's own copy.

    Raises Problem (a ValueError) when there is no such set, split, class or image.
    """
    dataset = load(name, split)
    if not 0 <= label < len(dataset.classes):
        raise Problem("label_range", label=label, count=len(dataset.classes))
    members = (dataset.labels == label).nonzero().flatten()
    if not 0 <= nth < len(members):
        raise Problem("item_range", nth=nth, count=len(members))
    return dataset.images[members[nth]].clone()


def read_idx(path: Path) -> Tensor:
    """A gzipped IDX file of unsigned bytes as a uint8 tensor of the shape that its header gives.

    Raises ValueError when it is not gzip, not IDX, of another type, or longer or shorter than its
    header says; FileNotFoundError when it is missing.
    """
    try:
        data = gzip.decompress(path.read_bytes())
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise ValueError("The file is not a complete gzip file.") from error
    if len(data) < 4 or data[:3] != b"\0\0\x08" or data[3] == 0:
        raise ValueError(
            f"An IDX file of bytes starts with 0, 0, 8 and the number of axes; "
            f"this one starts with {list(data[:4])}."
        )
    start = 4 + 4 * data[3]
    shape = [int.from_bytes(data[i : i + 4], "big") for i in range(4, start, 4)]
    items = math.prod(shape)
    if items == 0 or len(data) != start + items:
        raise ValueError(
            f"The header says {shape}, {items} bytes; {max(0, len(data) - start)} follow it."
        )
    # a bytearray, because torch warns about memory that it could not write to
    return torch.frombuffer(bytearray(data), dtype=torch.uint8, offset=start).reshape(shape)
