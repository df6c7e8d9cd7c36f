"""Batches come back with their seed, from the right part of the set, without repeats."""

import pytest

from cnnviz.data import datasets
from cnnviz.data.batches import batch, epoch
from cnnviz.problems import Problem


def bytes_of(images: object) -> set[bytes]:
    return {image.numpy().tobytes() for image in images}  # type: ignore[attr-defined]


def test_a_seed_brings_its_batch_back_and_another_one_does_not() -> None:
    first = batch("fashion-mnist", 16, 3)
    assert first.shape == (16, 28, 28)
    assert first.equal(batch("fashion-mnist", 16, 3))
    assert not first.equal(batch("fashion-mnist", 16, 4))


def test_a_larger_batch_begins_with_the_smaller_one() -> None:
    assert batch("mnist", 32, 1)[:8].equal(batch("mnist", 8, 1))


def test_batch_is_of_the_part_that_was_asked_for() -> None:
    test, train = (bytes_of(datasets.load("mnist", split).images) for split in ("test", "train"))
    assert bytes_of(batch("mnist", 64, 0)) <= test - train
    assert bytes_of(batch("mnist", 64, 0, "train")) <= train


def test_epoch_shows_no_image_twice() -> None:
    batches = list(epoch("fashion-mnist", 32, 20))
    assert [len(images) for images in batches] == [32] * 20
    every = datasets.load("fashion-mnist", "train").images
    assert len(set().union(*map(bytes_of, batches))) == 640
    assert bytes_of(batches[0]) <= bytes_of(every)


def test_epoch_without_batches_is_empty() -> None:
    assert list(epoch("mnist", 32, 0)) == []


@pytest.mark.parametrize(("size", "count"), [(0, 1), (2000, 6), (10_001, 1)])
def test_more_than_there_is_is_refused(size: int, count: int) -> None:
    with pytest.raises(Problem) as caught:
        list(epoch("fashion-mnist", size, count))
    assert caught.value.kind == "batch_size"


def test_batch_larger_than_the_set_is_refused() -> None:
    with pytest.raises(Problem, match="1 to 2000 images; got 2001"):
        batch("mnist", 2001, 0)
