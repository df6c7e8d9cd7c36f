"""Batches are tensors from bytes: what torchvision and PyTorch make of pictures one by one."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torchvision.transforms import v2
from torchvision.transforms.functional import to_tensor

from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.training.batches import Batches, crop, flip, statistics
from cnnviz.training.recipe import Recipe


def pictures(count: int, channels: int = 3, height: int = 6, width: int = 5) -> Tensor:
    random = torch.Generator().manual_seed(count)
    shape = (count, channels, height, width)
    return torch.randint(256, shape, dtype=torch.uint8, generator=random)


def batches(recipe: Recipe, count: int = 25, size: tuple[int, int] = (6, 5)) -> Batches:
    images = pictures(count)
    split = Split(images, torch.arange(count) % 4)
    return Batches(recipe, TrainingSet("own", split, split, tuple("abcd")), size)


@given(count=st.integers(1, 40), batch_size=st.integers(1, 50), epoch=st.integers(0, 3))
def test_every_epoch_shows_every_picture_once(count: int, batch_size: int, epoch: int) -> None:
    of = batches(Recipe(batch_size=batch_size), count)
    found = [of.batch(epoch * of.per_epoch + i) for i in range(of.per_epoch)]
    assert [len(y) for _, y in found[:-1]] == [batch_size] * (of.per_epoch - 1)
    seen = torch.cat([x for x, _ in found]).flatten(1)
    all_of_them = (pictures(count) / 255).flatten(1)
    assert sorted(seen.tolist()) == sorted(all_of_them.tolist())


def test_labels_go_with_their_pictures() -> None:
    of = batches(Recipe(batch_size=7))
    for step in range(4):
        for x, y in zip(*of.batch(step), strict=True):
            number = next(i for i, p in enumerate(pictures(25)) if torch.equal(p / 255, x))
            assert int(y) == number % 4


def test_epochs_have_orders_of_their_own_that_follow_the_seed() -> None:
    recipe = Recipe(batch_size=25, flip=True, crop=2)
    of = batches(recipe)
    first, second = of.batch(0)[0], of.batch(1)[0]
    assert not torch.equal(first, second)
    assert torch.equal(of.batch(0)[0], first)
    assert torch.equal(batches(recipe).batch(1)[0], second)
    assert not torch.equal(batches(Recipe(batch_size=25, seed=1)).batch(0)[0], first)


def test_unit_scaling_is_that_of_torchvision() -> None:
    images = pictures(4)
    expected = torch.stack([to_tensor(x.permute(1, 2, 0).numpy()) for x in images])
    assert torch.equal(batches(Recipe()).prepare(images), expected)


def test_standard_scaling_is_that_of_torchvision() -> None:
    recipe = Recipe(scaling="standard")
    x = pictures(25).double() / 255
    mean, deviation = x.mean((0, 2, 3)), x.std((0, 2, 3), correction=0)
    expected = v2.functional.normalize(x, mean.tolist(), deviation.tolist())
    torch.testing.assert_close(batches(recipe).prepare(pictures(25)), expected.float())


def test_channel_of_one_level_is_not_divided_by_zero() -> None:
    images = torch.full((3, 2, 4, 4), 51, dtype=torch.uint8)
    mean, deviation = statistics(images)
    assert mean.tolist() == pytest.approx([0.2, 0.2])
    assert deviation.tolist() == [1, 1]


@pytest.mark.parametrize("size", [(12, 10), (3, 3), (6, 9), (4, 10)])
def test_resizing_is_torchvisions(size: tuple[int, int]) -> None:
    images = pictures(4)
    expected = v2.functional.resize(images / 255, list(size), antialias=True)
    torch.testing.assert_close(batches(Recipe(), size=size).prepare(images), expected)


def test_preparing_leaves_the_bytes_alone() -> None:
    images = pictures(3)
    batches(Recipe(scaling="standard")).prepare(images)
    assert torch.equal(images, pictures(3))


def test_flip_exchanges_left_and_right_of_the_chosen() -> None:
    images, chosen = pictures(5), torch.tensor([True, False, True, False, False])
    expected = [v2.functional.hflip(x) if c else x for x, c in zip(images, chosen, strict=True)]
    assert torch.equal(flip(images, chosen), torch.stack(expected))


@given(padding=st.integers(0, 4), seed=st.integers(0, 100))
def test_crop_is_padding_and_cutting_one_by_one(padding: int, seed: int) -> None:
    images, random = pictures(6), torch.Generator().manual_seed(seed)
    offsets = torch.randint(2 * padding + 1, (2, 6), generator=random)
    expected = [
        v2.functional.crop(F.pad(x, (padding,) * 4), int(top), int(left), 6, 5)
        for x, top, left in zip(images, *offsets, strict=True)
    ]
    assert torch.equal(crop(images, padding, offsets), torch.stack(expected))


def test_about_half_are_flipped_and_crops_reach_every_offset() -> None:
    ramp = torch.arange(5, dtype=torch.uint8).repeat(1000, 1, 6, 1) + 1
    split = Split(ramp, torch.zeros(1000, dtype=torch.int64))
    data = TrainingSet("own", split, split, ("a",))
    x, _ = Batches(Recipe(batch_size=1000, flip=True), data, (6, 5)).batch(0)
    assert 430 < int((x[:, 0, 0, 0] > x[:, 0, 0, 4]).sum()) < 570
    x, _ = Batches(Recipe(batch_size=1000, crop=2), data, (6, 5)).batch(0)
    shifts = {tuple(row) for row in (x[:, 0, 3] * 255).round().int().tolist()}
    assert len(shifts) == 5
    assert {int((picture > 0).any(1).sum()) for picture in x[:, 0]} == {4, 5, 6}
