"""Data sets for training: their options, their pictures, and what is foretold of them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from cnnviz.data import datasets, sets
from cnnviz.data.labelled import Facts, Split, TrainingSet
from cnnviz.data.places import SYSTEM, find
from cnnviz.data.sets import facts, load
from cnnviz.problems import Problem


def idx(x: Tensor) -> bytes:
    sizes = b"".join(size.to_bytes(4, "big") for size in x.shape)
    return gzip.compress(bytes([0, 0, 8, x.ndim]) + sizes + x.numpy().tobytes())


def write_idx(folder: Path, train: int = 30, test: int = 10, labels: int = 10) -> Tensor:
    """A whole set in the original format, but small; its training pictures."""
    folder.mkdir(parents=True)
    random = torch.Generator().manual_seed(0)
    for part, count in (("t10k", test), ("train", train)):
        images = torch.randint(256, (count, 28, 28), dtype=torch.uint8, generator=random)
        said = (torch.arange(count) % labels).to(torch.uint8)
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(images))
        (folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(said))
    return images


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that CNNVIZ_DATA names, and no other place where sets could lie."""
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("cnnviz.data.places.SYSTEM", tmp_path / "system")
    sets._load.cache_clear()
    yield tmp_path
    sets._load.cache_clear()


@pytest.mark.parametrize("name", ["fashion-mnist", "mnist"])
def test_bundled_pictures_are_those_of_the_files_with_a_channel(name: str) -> None:
    found = load(name)
    for split, part in (("train", found.train), ("test", found.test)):
        bundled = datasets.load(name, split)
        assert torch.equal(part.images.squeeze(1), bundled.images)
        assert torch.equal(part.labels, bundled.labels)
    assert found.classes == datasets.CLASSES[name]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("fashion-mnist", ()),
        ("mnist", (("examples", 100),)),
        ("mnist", (("examples", 9000),)),
        ("shapes", (("examples", 40),)),
        ("shapes", ()),
    ],
)
def test_facts_are_those_of_the_loaded_set(name: str, options: sets.Options) -> None:
    assert facts(name, options) == load(name, options).facts


def test_fewer_examples_are_the_first_and_leave_the_test_alone() -> None:
    few, all_of_them = load("mnist", (("examples", 50),)), load("mnist")
    assert torch.equal(few.train.images, all_of_them.train.images[:50])
    assert torch.equal(few.train.labels, all_of_them.train.labels[:50])
    assert torch.equal(few.test.images, all_of_them.test.images)


def test_same_choice_is_read_once_however_it_is_written() -> None:
    assert load("mnist") is load("mnist", (("subset", "bundled"),))


def test_digest_tells_sets_apart_by_every_picture_label_and_name() -> None:
    images = torch.zeros(4, 1, 2, 2, dtype=torch.uint8)
    labels = torch.tensor([0, 1, 0, 1])
    other = images.clone()
    other[3, 0, 1, 1] = 1
    base, classes = Split(images, labels), ("a", "b")
    turned = Split(images.reshape(4, 2, 2, 1), labels)
    found = [
        TrainingSet("x", base, base, classes),
        TrainingSet("x", Split(other, labels), base, classes),
        TrainingSet("x", base, Split(images, 1 - labels), classes),
        TrainingSet("x", base, base, ("b", "a")),
        TrainingSet("x", turned, turned, classes),
    ]
    assert len({data.digest for data in found}) == len(found)
    assert found[0].digest == TrainingSet("y", Split(images.clone(), labels), base, classes).digest


def test_shapes_of_test_have_their_own_place() -> None:
    found = load(
        "shapes", (("place", "left"), ("test_place", "right"), ("noise", 0.0), ("test_noise", 0.0))
    )
    assert not found.train.images[..., 16:].any()
    assert not found.test.images[..., :16].any()


def test_shapes_for_testing_are_no_training_shapes() -> None:
    found = load("shapes", (("noise", 0.0), ("test_noise", 0.0)))
    train = {image.numpy().tobytes() for image in found.train.images}
    assert not train & {image.numpy().tobytes() for image in found.test.images}


@pytest.mark.parametrize("folder", ["FashionMNIST/raw", "fashion-mnist"])
def test_whole_set_is_found_where_the_variable_says(place: Path, folder: str) -> None:
    images = write_idx(place / folder)
    found = load("fashion-mnist", (("subset", "full"),))
    assert torch.equal(found.train.images[:, 0], images)
    assert found.facts == Facts((1, 28, 28), 10, 30, 10)


def test_whole_set_is_found_in_the_home_and_on_the_system(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find("mnist") is None
    write_idx(place / "system/mnist")
    assert find("mnist") == place / "system/mnist"
    write_idx(place / "home/.cache/cnnviz/MNIST/raw")
    assert find("mnist") == place / "home/.cache/cnnviz/MNIST/raw"
    monkeypatch.delenv("CNNVIZ_DATA")
    assert find("mnist") == place / "home/.cache/cnnviz/MNIST/raw"


def test_set_that_lacks_a_file_is_not_there(place: Path) -> None:
    write_idx(place / "mnist")
    (place / "mnist/t10k-labels-idx1-ubyte.gz").unlink()
    assert find("mnist") is None


def test_missing_set_is_refused_with_what_to_do(place: Path) -> None:
    with pytest.raises(Problem, match=r"Download it \(31 MB\).*CNNVIZ_DATA"):
        load("fashion-mnist", (("subset", "full"),))
    with pytest.raises(Problem, match="170 MB"):
        load("cifar-10")


@pytest.mark.parametrize("damage", ["cut", "counts", "labels"])
def test_damaged_set_is_refused(place: Path, damage: str) -> None:
    write_idx(place / "mnist", labels=11 if damage == "labels" else 10)
    file = place / "mnist/train-images-idx3-ubyte.gz"
    if damage == "cut":
        file.write_bytes(file.read_bytes()[:-20])
    if damage == "counts":
        file.write_bytes(idx(torch.zeros(29, 28, 28, dtype=torch.uint8)))
    with pytest.raises(Problem, match="damaged") as caught:
        load("mnist", (("subset", "full"),))
    assert caught.value.kind == "data_damaged"


@pytest.mark.skipif(not (SYSTEM / "fashion-mnist").is_dir(), reason="no dataset-fashion-mnist")
def test_debians_package_is_the_whole_set() -> None:
    found = load("fashion-mnist", (("subset", "full"),))
    assert found.facts == facts("fashion-mnist", (("subset", "full"),))
    assert torch.bincount(found.train.labels).tolist() == [6000] * 10
    bundled = {image.numpy().tobytes() for image in load("fashion-mnist").train.images}
    assert bundled <= {image.numpy().tobytes() for image in found.train.images}


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("emnist", (), "dataset_unknown"),
        ("mnist", (("subset", "half"),), "option_value"),
        ("mnist", (("examples", -1),), "option_value"),
        ("cifar-10", (("subset", "full"),), "option_unknown"),
        ("shapes", (("examples", 0),), "option_value"),
        ("shapes", (("radius", (5, 9)),), "option_value"),
        ("own", (("digest", "../../etc/passwd"),), "own_digest"),
        ("own", (("digest", "a" * 64),), "own_missing"),
        ("own", (), "own_missing"),
    ],
)
def test_wrong_choice_is_refused(name: str, options: sets.Options, kind: str, place: Path) -> None:
    with pytest.raises(Problem) as caught:
        load(name, options)
    assert caught.value.kind == kind
