"""Whole sets are downloaded by torchvision, here from a server of the test's own."""

import gzip
import hashlib
import io
import pickle
import tarfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import torch
from torchvision.datasets import CIFAR10, MNIST

from cnnviz.data import sets
from cnnviz.data.places import BATCHES, IDX, download, find
from cnnviz.problems import Problem

CIFAR = "cifar-10-python.tar.gz"


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that CNNVIZ_DATA names, with no set anywhere."""
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cnnviz.data.places.SYSTEM", tmp_path / "system")
    sets._load.cache_clear()
    yield tmp_path / "data"
    sets._load.cache_clear()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose files torchvision downloads in place of the real ones."""
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/"
    monkeypatch.setattr(MNIST, "mirrors", [address])
    monkeypatch.setattr(CIFAR10, "url", address + CIFAR)
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield folder
    server.shutdown()
    thread.join()
    server.server_close()


def md5(blob: bytes) -> str:
    return hashlib.md5(blob, usedforsecurity=False).hexdigest()


def serve_digits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small MNIST with checksums of its own."""
    resources = []
    for name in IDX:
        count = 20 if name.startswith("train") else 10
        shape = (count, 28, 28) if "images" in name else (count,)
        sizes = b"".join(size.to_bytes(4, "big") for size in shape)
        content = bytes(i % 10 for i in range(int(np.prod(shape))))
        blob = gzip.compress(bytes([0, 0, 8, len(shape)]) + sizes + content)
        (folder / name).write_bytes(blob)
        resources.append((name, md5(blob)))
    monkeypatch.setattr(MNIST, "resources", resources)


def serve_cifar(folder: Path, monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """A small CIFAR-10 in its own format; the pictures of the five training batches, as stored."""
    pictures = np.random.default_rng(0).integers(0, 256, (30, 3072), dtype=np.uint8)
    files = {}
    for i, name in enumerate(BATCHES[:6]):
        files[name] = pickle.dumps({"data": pictures[5 * i : 5 * i + 5], "labels": [0, 3, 9, i, 1]})
    files["batches.meta"] = pickle.dumps({"label_names": list(sets.CIFAR_CLASSES)})
    with tarfile.open(folder / CIFAR, "w:gz") as archive:
        for name, blob in files.items():
            entry = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            entry.size = len(blob)
            archive.addfile(entry, io.BytesIO(blob))
    sums = {name: md5(blob) for name, blob in files.items()}
    monkeypatch.setattr(CIFAR10, "tgz_md5", md5((folder / CIFAR).read_bytes()))
    monkeypatch.setattr(CIFAR10, "train_list", [[name, sums[name]] for name in BATCHES[:5]])
    monkeypatch.setattr(CIFAR10, "test_list", [[BATCHES[5], sums[BATCHES[5]]]])
    monkeypatch.setattr(CIFAR10, "meta", {**CIFAR10.meta, "md5": sums["batches.meta"]})
    return pictures


def test_digits_are_downloaded_and_found_and_nothing_else_stays(
    place: Path, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_digits(served, monkeypatch)
    told: list[tuple[int, int]] = []
    folder = download("mnist", lambda *news: told.append(news))
    assert folder == find("mnist") == place / "MNIST/raw"
    assert [path.name for path in place.iterdir()] == ["MNIST"]
    assert told
    assert all(0 <= arrived <= total == 11_594_722 for arrived, total in told)
    found = sets.load("mnist", (("subset", "full"),))
    assert (found.facts.train, found.facts.test) == (20, 10)
    assert found.train.labels.tolist() == [i % 10 for i in range(20)]


def test_what_is_here_is_not_downloaded_again(
    place: Path, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_digits(served, monkeypatch)
    folder = download("mnist")
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:1/"])
    assert download("mnist") == folder


def test_cifar_is_read_as_torchvision_reads_it(
    place: Path, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = serve_cifar(served, monkeypatch)
    assert download("cifar-10") == place / "cifar-10-batches-py"
    found = sets.load("cifar-10")
    stored = torch.from_numpy(pictures).reshape(-1, 3, 32, 32)
    assert torch.equal(found.train.images, stored[:25])
    assert torch.equal(found.test.images, stored[25:])
    assert found.train.labels[:10].tolist() == [0, 3, 9, 0, 1, 0, 3, 9, 1, 1]
    assert found.classes == sets.CIFAR_CLASSES


def test_cifar_file_of_another_checksum_is_never_opened(
    place: Path, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_cifar(served, monkeypatch)
    folder = download("cifar-10")
    (folder / "data_batch_3").write_bytes(b"cos\nsystem\n(S'touch hacked'\ntR.")
    with pytest.raises(Problem) as caught:
        sets.load("cifar-10")
    assert caught.value.kind == "data_damaged"


def test_archive_that_arrives_damaged_is_refused_and_thrown_away(
    place: Path, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_digits(served, monkeypatch)
    (served / IDX[1]).write_bytes(b"half of it")
    with pytest.raises(Problem) as caught:
        download("mnist")
    assert caught.value.kind == "download_failed"
    assert not list(place.iterdir())
    assert find("mnist") is None


def test_server_that_cannot_be_reached_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MNIST, "mirrors", ["http://127.0.0.1:1/"])
    with pytest.raises(Problem, match="free space on the disk"):
        download("mnist")


def test_reader_who_stops_waiting_ends_the_download(
    place: Path, served: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_digits(served, monkeypatch)

    class LeftError(Exception):
        pass

    def stop(arrived: int, total: int) -> None:
        raise LeftError

    with pytest.raises(LeftError):
        download("mnist", stop)
    assert find("mnist") is None
