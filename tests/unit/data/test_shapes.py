"""Generated shapes lie where, and are as large and as noisy, as it was asked."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.data.shapes import PLACES, SHAPES, SIDE, Look, generate
from cnnviz.problems import Problem

MIDDLE = SIDE // 2


def drawn(place: str, radius: tuple[float, float] = (5, 7), noise: float = 0.0) -> Tensor:
    return generate(200, Look(place, radius, noise), seed=4)[0]


def extent(images: Tensor) -> Tensor:
    """How many columns each shape touches."""
    return (images.amax((1, 2)) > 0).sum(1)


@pytest.mark.parametrize("place", PLACES)
def test_pictures_are_bytes_with_a_white_shape_on_black(place: str) -> None:
    images = drawn(place)
    assert images.shape == (200, 1, SIDE, SIDE)
    assert images.dtype == torch.uint8
    assert (images.amax((1, 2, 3)) == 255).all()
    assert (images.float().mean((1, 2, 3)) < 64).all()


@pytest.mark.parametrize(
    ("place", "empty"), [("left", slice(MIDDLE, None)), ("right", slice(MIDDLE))]
)
def test_shape_of_one_half_leaves_the_other_black(place: str, empty: slice) -> None:
    for radius in ((3, 8), (8, 8)):
        assert not drawn(place, radius)[..., empty].any()


def test_shape_in_the_middle_is_there_for_every_seed() -> None:
    images, labels = generate(40, Look("middle", (6, 6), 0), seed=1)
    for label in range(len(SHAPES)):
        same = images[labels == label]
        assert (same == same[0]).all()


def test_shapes_anywhere_are_in_both_halves_and_across_the_middle() -> None:
    images = drawn("anywhere")
    left, right = images[..., :MIDDLE].amax((1, 2, 3)) > 0, images[..., MIDDLE:].amax((1, 2, 3)) > 0
    for found in (left & ~right, right & ~left, left & right):
        assert found.any()


def test_radius_limits_the_size_in_either_order() -> None:
    small, large = extent(drawn("anywhere", (3, 3))), extent(drawn("anywhere", (8, 8)))
    assert small.max() <= 8
    assert large.min() >= 11
    assert torch.equal(drawn("anywhere", (3, 8)), drawn("anywhere", (8, 3)))


def test_noise_has_its_standard_deviation() -> None:
    clean, noisy = drawn("left"), drawn("left", noise=0.1)
    dark = clean == 0
    above = noisy[dark].float() / 255
    # of a normal distribution cut at 0, the mean is σ/√(2π)
    assert above.mean().item() == pytest.approx(0.1 / (2 * torch.pi) ** 0.5, rel=0.02)


@given(count=st.integers(1, 60), seed=st.integers(0, 10**6))
def test_classes_are_balanced_and_follow_the_seed(count: int, seed: int) -> None:
    look = Look("anywhere", (4, 6), 0.2)
    images, labels = generate(count, look, seed)
    counts = torch.bincount(labels, minlength=len(SHAPES))
    assert counts.max() - counts.min() <= 1
    again = generate(count, look, seed)
    assert torch.equal(images, again[0])
    assert torch.equal(labels, again[1])


def test_more_pictures_than_one_chunk_are_drawn_alike() -> None:
    look = Look("middle", (6, 6), 0)
    images, labels = generate(2100, look, 0)
    few, of = generate(8, look, 1)
    for label in range(len(SHAPES)):
        assert (images[labels == label] == few[of == label][0]).all()


def test_unknown_place_is_refused_with_what_there_is() -> None:
    with pytest.raises(Problem, match="anywhere, middle, left, right"):
        generate(4, Look("top", (4, 5), 0), 0)
