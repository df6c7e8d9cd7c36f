"""The code that goes along gets the very same pictures, in the same order."""

import gzip
import importlib.util
import io
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cnnviz.data import sets
from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.data.places import SYSTEM
from cnnviz.export import training_data
from cnnviz.export.training_data import CHOOSE, data_source, in_zip, pictures_zip
from cnnviz.problems import Problem
from cnnviz.training.recipe import Recipe

FOLDERS = {"fashion-mnist": "FashionMNIST", "mnist": "MNIST"}


def run(recipe: Recipe, data: TrainingSet) -> TrainingSet:
    names: dict[str, Any] = {"__name__": "script", "torch": torch}
    exec(data_source(recipe, data).text, names)
    found = [names[f"{part}_{kind}"] for part in ("train", "test") for kind in ("images", "labels")]
    return TrainingSet("again", Split(*found[:2]), Split(*found[2:]), data.classes)


def random_split(count: int, classes: int, shape: tuple[int, ...], seed: int) -> Split:
    chance = torch.Generator().manual_seed(seed)
    images = torch.randint(256, (count, *shape), dtype=torch.uint8, generator=chance)
    return Split(images, torch.randint(classes, (count,), generator=chance))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


# ---- whole sets


def write_raw(folder: Path, data: TrainingSet) -> None:
    """As torchvision leaves them after a download."""
    folder.mkdir(parents=True)
    for part, (images, labels) in (("train", data.train), ("t10k", data.test)):
        for kind, x in (("images-idx3", images[:, 0]), ("labels-idx1", labels.byte())):
            sizes = b"".join(size.to_bytes(4, "big") for size in x.shape)
            blob = bytes([0, 0, 8, x.ndim]) + sizes + x.numpy().tobytes()
            (folder / f"{part}-{kind}-ubyte").write_bytes(blob)


@pytest.mark.parametrize("name", FOLDERS)
@pytest.mark.parametrize("examples", [0, 7])
def test_whole_set_comes_from_torchvision(name: str, examples: int, here: Path) -> None:
    splits = (random_split(count, 10, (1, 28, 28), count) for count in (30, 20))
    data = TrainingSet(name, *splits, tuple("0123456789"))
    write_raw(here / "data" / FOLDERS[name] / "raw", data)
    options = (("examples", examples), ("subset", "full"))
    found = run(Recipe(data=name, data_options=options), data)
    assert found.digest == data.first(examples).digest


def test_coloured_set_comes_from_torchvision(monkeypatch: pytest.MonkeyPatch) -> None:
    data = TrainingSet(
        "cifar-10", random_split(12, 10, (3, 32, 32), 0), random_split(5, 10, (3, 32, 32), 1),
        sets.CIFAR_CLASSES,
    )  # fmt: skip

    class Cifar:
        """What torchvision's class gives: pictures with the channel last, labels as a list."""

        def __init__(self, root: str, train: bool, download: bool) -> None:
            images, labels = data.train if train else data.test
            self.data: np.ndarray[Any, Any] = images.permute(0, 2, 3, 1).numpy()
            self.targets = labels.tolist()

    monkeypatch.setattr("torchvision.datasets.CIFAR10", Cifar)
    recipe = Recipe(data="cifar-10", data_options=(("examples", 9),))
    assert run(recipe, data).digest == data.first(9).digest


# ---- the bundled part of Fashion-MNIST


def make() -> Any:
    """The program that made the bundled files."""
    file = Path(__file__).parents[3] / "assets/data/make.py"
    spec = importlib.util.spec_from_file_location("make", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_choice_is_that_of_the_program_that_made_the_files() -> None:
    labels = np.random.default_rng(0).integers(0, 10, 500).astype(np.uint8)
    module = make()
    numbers = np.arange(500)
    kept = module.divide((numbers, labels), 30)[0][0]
    expected = kept[module.shuffled(len(kept))]
    names: dict[str, Any] = {}
    exec("import random\n" + CHOOSE, names)
    assert names["chosen"](labels.tolist(), 30) == expected.tolist()


@pytest.mark.skipif(not (SYSTEM / "fashion-mnist").is_dir(), reason="no dataset-fashion-mnist")
def test_chosen_pictures_are_the_bundled_ones(here: Path) -> None:
    raw = here / "data/FashionMNIST/raw"
    raw.mkdir(parents=True)
    for file in (SYSTEM / "fashion-mnist").glob("*.gz"):
        with gzip.open(file) as packed, (raw / file.stem).open("wb") as out:
            shutil.copyfileobj(packed, out)
    data = sets.load("fashion-mnist")
    found = run(Recipe(), data)
    assert torch.equal(found.train.images, data.train.images)
    assert torch.equal(found.train.labels, data.train.labels)
    assert found.digest == data.digest


# ---- generated


@pytest.mark.parametrize("options", [(), (("draw", 5), ("examples", 9), ("test_place", "right"))])
def test_shapes_are_generated_again(options: sets.Options) -> None:
    data = sets.load("shapes", options)
    assert run(Recipe(data="shapes", data_options=options), data).digest == data.digest


# ---- those that go along in a zip


def unpacked(data: TrainingSet, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(pictures_zip(data))) as archive:
        archive.extractall(folder)


def test_bundled_digits_go_along_and_are_read_in_their_order(here: Path) -> None:
    data = sets.load("mnist", (("examples", 60),))
    few = TrainingSet("mnist", data.train, Split(*(x[:40] for x in data.test)), data.classes)
    unpacked(few, here)
    recipe = Recipe(data="mnist", data_options=(("examples", 60),))
    assert in_zip(recipe)
    assert run(recipe, few).digest == few.digest


@pytest.mark.parametrize(
    "classes", [("b", "a"), ("../up", "con:"), ("고양이", "개"), ("", "/"), ("x" * 99, "..")]
)
def test_own_pictures_go_along_whatever_their_classes_are_called(
    classes: tuple[str, ...], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, test = (random_split(count, 2, (3, 8, 8), count) for count in (9, 5))
    data = TrainingSet("own", train, test, classes)
    unpacked(data, here / "inside")
    assert [path.name for path in here.iterdir()] == ["inside"]
    monkeypatch.chdir(here / "inside")
    assert run(Recipe(data="mnist"), data).digest == data.digest


def test_class_without_test_pictures_keeps_the_others_numbers(here: Path) -> None:
    train = random_split(30, 3, (1, 8, 8), 0)
    test = Split(train.images[:4], torch.tensor([2, 0, 2, 2]))
    data = TrainingSet("own", train, test, ("a", "b", "c"))
    unpacked(data, here)
    assert run(Recipe(data="mnist"), data).test.labels.tolist() == [2, 0, 2, 2]


def test_same_pictures_give_the_same_zip() -> None:
    data = TrainingSet("own", *(random_split(4, 2, (1, 8, 8), i) for i in (0, 1)), ("a", "b"))
    assert pictures_zip(data) == pictures_zip(data)


def test_too_many_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_data, "MOST_BYTES", 300)
    data = TrainingSet("own", *(random_split(4, 2, (1, 8, 8), i) for i in (0, 1)), ("a", "b"))
    with pytest.raises(Problem) as caught:
        pictures_zip(data)
    assert caught.value.kind == "pictures_large"


def test_only_pictures_that_nobody_else_has_go_along() -> None:
    assert not in_zip(Recipe())
    assert not in_zip(Recipe(data="mnist", data_options=(("subset", "full"),)))
    assert not in_zip(Recipe(data="cifar-10"))
    assert not in_zip(Recipe(data="shapes"))
