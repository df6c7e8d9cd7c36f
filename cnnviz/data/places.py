"""Where whole data sets lie on this computer, and how they get there: torchvision downloads them.

Looked at in this order: the folder that CNNVIZ_DATA names, ~/.cache/cnnviz, /usr/share/datasets
(there Debian's package `dataset-fashion-mnist` puts it). Downloads go into the first.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

from cnnviz.problems import Problem

SYSTEM = Path("/usr/share/datasets")
IDX = tuple(
    f"{part}-{kind}-ubyte.gz"
    for part in ("train", "t10k")
    for kind in ("images-idx3", "labels-idx1")
)
BATCHES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch", "batches.meta")
LOOK = 0.2  # seconds between two looks at how much has arrived
Tell = Callable[[int, int], None]  # bytes that have arrived, and all of them


class Whole(NamedTuple):
    """A data set that torchvision knows how to download."""

    form: str  # torchvision's class
    folder: str  # that torchvision makes
    inside: str  # where in it the files lie
    files: tuple[str, ...]
    bytes: int  # to download
    also: tuple[str, ...] = ()  # other folders that hold the same files


WHOLE = {
    "fashion-mnist": Whole(
        "FashionMNIST", "FashionMNIST", "raw", IDX, 30_878_645, ("fashion-mnist",)
    ),
    "mnist": Whole("MNIST", "MNIST", "raw", IDX, 11_594_722, ("mnist",)),
    "cifar-10": Whole("CIFAR10", "cifar-10-batches-py", "", BATCHES, 170_498_071),
}


def own_place() -> Path:
    """The folder that is ours to write into; it need not exist yet."""
    named = os.environ.get("CNNVIZ_DATA")
    return Path(named) if named else Path.home() / ".cache" / "cnnviz"


def find(name: str) -> Path | None:
    """The folder that holds all files of the whole set; None where none does."""
    whole = WHOLE[name]
    names = (Path(whole.folder, whole.inside), *map(Path, whole.also))
    roots = (own_place(), Path.home() / ".cache" / "cnnviz", SYSTEM)
    for folder in (root / name for root in roots for name in names):
        if all((folder / file).is_file() for file in whole.files):
            return folder
    return None


def needed(name: str) -> Path:
    """As `find`.

    Raises:
        Problem: (a `ValueError`) where it lies nowhere.
    """
    if found := find(name):
        return found
    raise Problem("data_missing", name=name, megabytes=round(WHOLE[name].bytes / 1e6))


def download(name: str, tell: Tell = lambda arrived, total: None) -> Path:
    """Download the whole set unless it is here; the folder that it lies in.

    `tell` is called a few times a second, from this thread, with the bytes that have arrived. What
    it raises, to stop waiting, is raised here, and what arrives afterwards is thrown away.

    Raises:
        Problem: (a `ValueError`) where it cannot be downloaded, or arrives damaged.
    """
    if found := find(name):
        return found
    whole, failures = WHOLE[name], list[Exception]()
    try:
        own_place().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=own_place(), prefix=".download-", ignore_cleanup_errors=True
        ) as root:
            worker = Thread(target=_fetch, args=(whole.form, root, failures), daemon=True)
            worker.start()
            while worker.is_alive():
                worker.join(LOOK)
                tell(min(_arrived(Path(root)), whole.bytes), whole.bytes)
            if not failures:
                _move(whole, Path(root))
    except OSError as error:
        failures.append(error)
    if failures:
        raise Problem("download_failed", name=name, reason=_reason(failures[0]))
    return needed(name)


def _fetch(form: str, root: str, failures: list[Exception]) -> None:
    from torchvision import datasets

    try:
        loader: Callable[..., Any] = getattr(datasets, form)
        loader(root, download=True)
    except Exception as error:  # network, disk, checksum: whatever it is, it is told
        failures.append(error)


def _arrived(root: Path) -> int:
    """Bytes of archives; what torchvision unpacks of them beside them does not count."""
    found = 0
    for file in root.rglob("*.gz"):
        try:
            found += file.stat().st_size
        except FileNotFoundError:  # gone since it was listed
            continue
    return found


def _move(whole: Whole, root: Path) -> None:
    """File by file, each whole or not at all: only a set that has all of them is found."""
    inside = Path(whole.folder, whole.inside)
    (own_place() / inside).mkdir(parents=True, exist_ok=True)
    for file in whole.files:
        os.replace(root / inside / file, own_place() / inside / file)


def _reason(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
