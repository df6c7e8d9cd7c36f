"""The bundled data sets hold what assets/data/README.md says, and IDX files are checked."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from cnnviz.data.datasets import load, pick, read_idx
from cnnviz.problems import Problem

MNIST_TRAIN = [801, 927, 791, 832, 780, 663, 814, 870, 744, 778]


def refusal(call: Callable[[], object]) -> Problem:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("name", "split", "counts"),
    [
        ("fashion-mnist", "train", [1000] * 10),
        ("fashion-mnist", "test", [200] * 10),
        ("mnist", "train", MNIST_TRAIN),
        ("mnist", "test", [200] * 10),
    ],
)
def test_each_set_has_its_documented_counts(name: str, split: str, counts: list[int]) -> None:
    found = load(name, split)
    assert found.images.shape == (sum(counts), 28, 28)
    assert found.images.dtype == torch.uint8
    assert found.labels.dtype == torch.int64
    assert torch.bincount(found.labels, minlength=10).tolist() == counts


@pytest.mark.parametrize("name", ["fashion-mnist", "mnist"])
@pytest.mark.parametrize("split", ["train", "test"])
def test_classes_are_mixed_evenly_from_first_to_last(name: str, split: str) -> None:
    labels = load(name, split).labels
    counts = torch.bincount(labels)
    for quarter in labels.chunk(4):
        share = torch.bincount(quarter, minlength=10) / counts
        assert (share - 0.25).abs().max() < 0.1


def test_no_digit_is_in_both_training_and_test() -> None:
    train, test = (load("mnist", split).images.flatten(1).numpy() for split in ("train", "test"))
    assert not {row.tobytes() for row in train} & {row.tobytes() for row in test}


@pytest.mark.parametrize("name", ["fashion-mnist", "mnist"])
def test_images_are_bright_on_black_and_use_all_greys(name: str) -> None:
    images = load(name).images
    assert images[:, 0, 0].float().mean() < 5
    assert torch.bincount(images.flatten().int(), minlength=256).min() > 0


@pytest.mark.parametrize(("name", "expected"), [("fashion-mnist", 0.65), ("mnist", 0.75)])
def test_labels_belong_to_their_images(name: str, expected: float) -> None:
    """The nearest class mean of the training images finds most test images (chance: 0.1)."""
    train, test = load(name, "train"), load(name, "test")
    means = torch.stack([train.images[train.labels == c].float().mean(0) for c in range(10)])
    distances = torch.cdist(test.images.flatten(1).float(), means.flatten(1))
    assert (distances.argmin(1) == test.labels).float().mean() > expected


def test_labels_point_at_the_named_classes() -> None:
    assert load("fashion-mnist").classes[9] == "ankle-boot"
    assert load("mnist").classes == tuple("0123456789")


def test_a_set_is_read_once() -> None:
    assert load("mnist") is load("mnist", "test")


def test_pick_finds_the_nth_image_of_a_class() -> None:
    dataset = load("fashion-mnist")
    third = [i for i, label in enumerate(dataset.labels.tolist()) if label == 8][2]
    assert torch.equal(pick("fashion-mnist", 8, 2), dataset.images[third])


def test_writing_into_a_picked_image_leaves_the_set_alone() -> None:
    before = pick("mnist", 3, 0)
    pick("mnist", 3, 0).fill_(7)
    assert torch.equal(pick("mnist", 3, 0), before)


def test_unknown_names_are_quoted_with_what_is_allowed() -> None:
    assert str(refusal(lambda: load("cifar"))) == (
        "There is no data set called cifar; choose one of fashion-mnist, mnist."
    )
    assert str(refusal(lambda: load("mnist", "val"))) == (
        "A data set has no part called val; choose one of train, test."
    )


@pytest.mark.parametrize("nth", [-1, 200])
def test_an_image_out_of_range_is_refused_with_the_count(nth: int) -> None:
    problem = refusal(lambda: pick("mnist", 0, nth))
    assert (problem.kind, problem.values) == ("item_range", {"nth": nth, "count": 200})


@pytest.mark.parametrize("label", [-1, 10])
def test_a_class_out_of_range_is_refused(label: int) -> None:
    assert refusal(lambda: pick("mnist", label, 0)).kind == "label_range"


def test_idx_of_any_number_of_axes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "small.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6])))
    assert read_idx(path).tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "starts with"),
        (bytes([0, 0, 13, 1, 0, 0, 0, 1, 9]), "starts with"),  # 13: floats
        (bytes([0, 0, 8, 0]), "starts with"),
        (bytes([0, 0, 8, 3, 0, 0]), "header says"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2]), "header says"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 1, 1, 2]), "header says"),
        (bytes([0, 0, 8, 1, 0, 0, 0, 0]), "header says"),
    ],
    ids=["empty", "floats", "no-axes", "cut-header", "too-short", "too-long", "no-items"],
)
def test_a_wrong_idx_file_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "wrong.gz"
    path.write_bytes(gzip.compress(content))
    with pytest.raises(ValueError, match=sentence):
        read_idx(path)


def test_idx_that_is_not_whole_gzip_is_refused(tmp_path: Path) -> None:
    for content in (b"plain text", gzip.compress(bytes(100))[:-9]):
        path = tmp_path / "wrong.gz"
        path.write_bytes(content)
        with pytest.raises(ValueError, match="not a complete gzip file"):
            read_idx(path)
