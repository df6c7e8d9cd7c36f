"""Shapes learned on the left half: the convolution knows them on the right, the dense does not."""

import itertools

import pytest
import torch
from torch import Tensor

from cnnviz.data.shapes import SHAPES, draw
from cnnviz.problems import Problem
from cnnviz.training.shapes import (
    MOST_EPOCHS,
    NETWORKS,
    SIDE,
    Look,
    networks,
    score,
    shapes,
    train_both,
    weight_counts,
)

MIDDLE = SIDE // 2


@pytest.fixture(scope="module")
def looks() -> list[Look]:
    return list(train_both(4, seed=0))


# ---- the pictures


@pytest.mark.parametrize("half", ["left", "right"])
def test_shape_lies_whole_within_its_half(half: str) -> None:
    images = shapes(400, half, 5).images
    assert images.shape == (400, 1, SIDE, SIDE)
    assert (images.amax((1, 2, 3)) == 1).all()
    other = images[..., MIDDLE:] if half == "left" else images[..., :MIDDLE]
    assert not other.any()


def test_shapes_come_equally_often_and_in_no_order() -> None:
    labels = shapes(400, "left", 3).labels
    assert torch.bincount(labels).tolist() == [100] * len(SHAPES)
    assert labels.tolist() != sorted(labels.tolist())


def test_pictures_follow_the_seed() -> None:
    one, same, other = (shapes(8, "left", seed) for seed in (1, 1, 2))
    assert torch.equal(one.images, same.images)
    assert not torch.equal(one.images, other.images)


def test_sizes_and_places_differ() -> None:
    images = shapes(100, "left", 0).images
    assert len({image.sum().item() for image in images}) > 90
    across, down = images.sum((1, 2)).argmax(1), images.sum((1, 3)).argmax(1)
    assert len(across.unique()) >= 3
    assert len(down.unique()) >= 10


def test_unknown_half_is_refused() -> None:
    with pytest.raises(Problem, match="left, right"):
        shapes(4, "top", 0)


def drawn(label: str, radius: float) -> Tensor:
    """One shape in the middle of a picture."""
    place = torch.tensor([SIDE / 2])
    return draw(torch.tensor([SHAPES.index(label)]), place, place, torch.tensor([radius]), SIDE)[
        0, 0
    ]


@pytest.mark.parametrize(
    ("label", "area"),
    [
        ("circle", torch.pi),
        ("square", 2.0),
        ("triangle", 3 * 3**0.5 / 4),
        ("cross", 2 * 2 * 0.95 * 2 * 0.3 - (2 * 0.3) ** 2),
    ],
)
def test_shape_covers_its_area(label: str, area: float) -> None:
    assert drawn(label, 10).sum() == pytest.approx(area * 100, rel=0.02)


@pytest.mark.parametrize("label", SHAPES)
def test_shape_has_soft_edges_and_mirrors_itself(label: str) -> None:
    image = drawn(label, 6.3)
    assert ((image > 0) & (image < 1)).any()
    torch.testing.assert_close(image, image.flip(1))


def test_moved_shape_is_the_same_shape() -> None:
    label, radius = torch.tensor([2]), torch.tensor([6.0])
    here, there = (
        draw(label, torch.tensor([x]), torch.tensor([12.0]), radius, SIDE) for x in (8.0, 24.0)
    )
    torch.testing.assert_close(here.roll(16, -1), there)


# ---- the networks


def test_networks_learn_equally_many_numbers() -> None:
    dense, convolution = (weight_counts()[name] for name in NETWORKS)
    assert abs(dense - convolution) <= 0.01 * dense


def test_networks_follow_the_seed_whatever_others_draw() -> None:
    def first(seed: int) -> Tensor:
        return torch.cat([p.flatten() for net in networks(seed).values() for p in net.parameters()])

    one = first(1)
    torch.manual_seed(5)
    assert torch.equal(first(1), one)
    assert not torch.equal(first(2), one)


@pytest.mark.parametrize("name", NETWORKS)
def test_networks_start_within_pytorchs_bounds(name: str) -> None:
    for layer in networks(0)[name]:
        if hasattr(layer, "weight"):
            bound = layer.weight[0].numel() ** -0.5
            for parameter in layer.parameters():
                assert parameter.abs().max() <= bound
            assert layer.weight.std().item() == pytest.approx(bound / 3**0.5, rel=0.25)


def test_score_counts_what_is_right_and_what_was_said() -> None:
    pictures = shapes(40, "left", 0)

    def says_square_only(images: Tensor) -> Tensor:
        answers = torch.zeros(len(images), len(SHAPES))
        answers[:, 1] = 1
        return answers

    network = torch.nn.Module()
    network.forward = says_square_only  # type: ignore[assignment]
    found = score(network, pictures)
    assert found.accuracy == 0.25
    assert found.answers == (0, 40, 0, 0)


# ---- the experiment


def test_there_is_a_look_before_training_and_four_in_each_epoch(looks: list[Look]) -> None:
    assert [look.epoch for look in looks] == [i / 4 for i in range(17)]


def test_both_networks_learn_the_left_half(looks: list[Look]) -> None:
    assert looks[0].scores["dense"]["left"].accuracy < 0.5
    assert looks[-1].scores["dense"]["left"].accuracy > 0.85
    assert looks[-1].scores["convolution"]["left"].accuracy > 0.97


def test_convolution_knows_the_shapes_on_the_right_half(looks: list[Look]) -> None:
    assert looks[-1].scores["convolution"]["right"].accuracy > 0.95


def test_dense_network_guesses_on_the_right_half(looks: list[Look]) -> None:
    assert looks[-1].scores["dense"]["right"].accuracy < 0.4


def test_same_arguments_give_the_same_looks(looks: list[Look]) -> None:
    assert list(itertools.islice(train_both(4, seed=0), 2)) == looks[:2]
    assert next(train_both(4, seed=1)) != looks[0]


@pytest.mark.parametrize("epochs", [0, -1, MOST_EPOCHS + 1])
def test_training_out_of_range_is_refused(epochs: int) -> None:
    with pytest.raises(Problem, match=f"from 1 to {MOST_EPOCHS}"):
        next(train_both(epochs, 0))
