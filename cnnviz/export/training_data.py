"""Code that gets a recipe's pictures without cnnviz: the very same ones, in the same order.

Whole sets come from torchvision, and so does the bundled part of Fashion-MNIST, whose choice is a
rule (`assets/data/make.py`). Generated shapes are generated again. The bundled digits of MNIST
come from a package that does not say which of the 70,000 they are, and nobody else has a reader's
own pictures: these go along in a zip, as torchvision's ImageFolder reads it.
"""

from __future__ import annotations

import io
import zipfile

from PIL import Image
from torch import Tensor

from cnnviz.data import sets, shapes
from cnnviz.data.labelled import TrainingSet
from cnnviz.export.network_code import Source, source_of
from cnnviz.problems import Problem
from cnnviz.training.recipe import Recipe

FORMS = {"fashion-mnist": "FashionMNIST", "mnist": "MNIST", "cifar-10": "CIFAR10"}
MOST_BYTES = 64 * 2**20  # of all pictures in a zip, before they are compressed
DATED = (2025, 1, 1, 0, 0, 0)  # so that the same pictures give the same zip
A_CLASS = (1000, 200)  # of the bundled Fashion-MNIST, to train and to test with

WHOLE = """\
# downloaded into this folder, where it is not there yet
train = datasets.{form}("data", train=True, download=True)
test = datasets.{form}("data", train=False, download=True)"""
GREY = """\
train_images, train_labels = train.data[:, None], train.targets
test_images, test_labels = test.data[:, None], test.targets"""
COLOURED = """\
train_images = torch.from_numpy(train.data).permute(0, 3, 1, 2)
train_labels = torch.tensor(train.targets)
test_images = torch.from_numpy(test.data).permute(0, 3, 1, 2)
test_labels = torch.tensor(test.targets)"""
CHOOSE = '''\
def chosen(labels, a_class):
    """Where the pictures lie that come with cnnviz: so many of each class, by a fixed seed."""

    def shuffled(count):
        source = random.Random(2025)
        return sorted(range(count), key=lambda _: source.random())

    taken, places = [0] * 10, []
    for place in shuffled(len(labels)):
        if taken[labels[place]] < a_class:
            places.append(place)
        taken[labels[place]] += 1
    return [places[i] for i in shuffled(len(places))]'''
CHOSEN = """\
places = chosen(train_labels.tolist(), {train})
train_images, train_labels = train_images[places], train_labels[places]
places = chosen(test_labels.tolist(), {test})
test_images, test_labels = test_images[places], test_labels[places]"""
FIRST = "train_images, train_labels = train_images[:{count}], train_labels[:{count}]"
FOLDER = '''\
def pictures(folder):
    """All pictures of an ImageFolder as bytes, in the order of their numbers."""
    found = datasets.ImageFolder(folder, allow_empty=True)
    samples = sorted(found.samples, key=lambda sample: Path(sample[0]).name)
    images = [pil_to_tensor(Image.open(path).convert("{mode}")) for path, _ in samples]
    return torch.stack(images), torch.tensor([label for _, label in samples])'''
READ = """\
# the folder that pictures.zip unpacks to
train_images, train_labels = pictures("pictures/train")
test_images, test_labels = pictures("pictures/test")"""
GENERATE = """\
# even and odd seeds: no test picture is a training picture
train_images, train_labels = pictures({count}, {look}, {seed})
test_images, test_labels = pictures({tests}, {other}, {other_seed})"""


def in_zip(recipe: Recipe) -> bool:
    """Whether the pictures go along as `pictures_zip`, because nobody else has them."""
    bundled = sets.chosen(recipe.data, recipe.data_options).get("subset") == "bundled"
    return recipe.data == "own" or (recipe.data == "mnist" and bundled)


def data_source(recipe: Recipe, data: TrainingSet) -> Source:
    """Code that leaves train_images (N, C, H, W) as bytes, train_labels (N,), and those to test."""
    of = sets.chosen(recipe.data, recipe.data_options)
    if in_zip(recipe):
        return _folder(data)
    if recipe.data == "shapes":
        looks = [
            shapes.Look(of[f"{part}place"], of[f"{part}radius"], of[f"{part}noise"])
            for part in ("", "test_")
        ]
        seed = 2 * of["draw"]
        counts = {"count": of["examples"], "tests": sets.SHAPES_TEST, "seed": seed}
        made = GENERATE.format(look=looks[0], other=looks[1], other_seed=seed + 1, **counts)
        return source_of([shapes.pictures], made)
    imports, definitions = ["from torchvision import datasets"], []
    lines = [WHOLE.format(form=FORMS[recipe.data])]
    lines.append(COLOURED if recipe.data == "cifar-10" else GREY)
    if of.get("subset") == "bundled":
        imports.append("import random")
        definitions.append(CHOOSE)
        lines.append(CHOSEN.format(train=A_CLASS[0], test=A_CLASS[1]))
    if of["examples"]:
        lines.append(FIRST.format(count=of["examples"]))
    return Source(tuple(imports), tuple(definitions), "\n".join(lines))


def _folder(data: TrainingSet) -> Source:
    imports = (
        "from pathlib import Path",
        "from PIL import Image",
        "from torchvision import datasets",
        "from torchvision.transforms.functional import pil_to_tensor",
    )
    mode = "L" if data.facts.shape[0] == 1 else "RGB"
    return Source(imports, (FOLDER.replace("{mode}", mode),), READ)


def pictures_zip(data: TrainingSet) -> bytes:
    """The pictures as PNG files that ImageFolder reads: pictures/train/003-dress/00042.png.

    The numbers keep the order in which they are trained with.

    Raises:
        Problem: (a `ValueError`) for more than a browser takes at once.
    """
    total = sum(split.images.numel() for split in (data.train, data.test))
    if total > MOST_BYTES:
        megabytes = {"found": round(total / 1e6), "most": round(MOST_BYTES / 1e6)}
        raise Problem("pictures_large", **megabytes)
    folders = [f"{i:03}-{_plain(name)}" for i, name in enumerate(data.classes)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part, (images, labels) in (("train", data.train), ("test", data.test)):
            for folder in folders:  # also of a class without pictures
                archive.writestr(zipfile.ZipInfo(f"pictures/{part}/{folder}/", DATED), b"")
            for number, (image, label) in enumerate(zip(images, labels.tolist(), strict=True)):
                name = f"pictures/{part}/{folders[label]}/{number:05}.png"
                archive.writestr(zipfile.ZipInfo(name, DATED), _png(image))
    return file.getvalue()


def _png(image: Tensor) -> bytes:
    """Of (C, H, W), exactly."""
    planes = image[0] if len(image) == 1 else image.permute(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(planes.contiguous().numpy()).save(file, "PNG")
    return file.getvalue()


def _plain(name: str) -> str:
    """A class's name as any disk takes it."""
    return "".join(letter if letter.isalnum() else "-" for letter in name)[:40].strip("-")
