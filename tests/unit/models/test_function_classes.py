"""Discs as function classes: nearest points against a search, nesting against its consequence."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.models.function_classes import ARRANGEMENTS, HEIGHT, TRUTH, WIDTH, Disc, risen

coordinates = st.floats(-20, 20)
truths = st.tuples(coordinates, coordinates)
discs = st.builds(Disc, coordinates, coordinates, st.floats(0.1, 8))


def ring(disc: Disc, count: int = 7200) -> torch.Tensor:
    """Points all along the disc's edge, (count, 2)."""
    turn = torch.linspace(0, 2 * math.pi, count + 1, dtype=torch.float64)[:-1]
    middle = torch.tensor([disc.x, disc.y], dtype=torch.float64)
    return middle + disc.radius * torch.stack([turn.cos(), turn.sin()], 1)


@given(discs, truths)
def test_nearest_point_of_a_disc_is_what_a_search_finds(
    disc: Disc, truth: tuple[float, float]
) -> None:
    star = torch.tensor(truth, dtype=torch.float64)
    inside = float((star - torch.tensor(disc[:2])).norm()) <= disc.radius
    searched = 0.0 if inside else float((ring(disc) - star).norm(dim=1).min())
    assert disc.distance(truth) == pytest.approx(searched, abs=1e-3)
    assert math.dist(disc.nearest(truth), truth) == pytest.approx(disc.distance(truth), abs=1e-9)


@given(discs, truths)
def test_nearest_point_lies_in_the_disc(disc: Disc, truth: tuple[float, float]) -> None:
    x, y = disc.nearest(truth)
    assert math.hypot(x - disc.x, y - disc.y) <= disc.radius + 1e-9


def test_point_in_a_disc_is_its_own_nearest() -> None:
    assert Disc(1, 2, 3).nearest((2.5, 1.5)) == (2.5, 1.5)
    assert Disc(1, 2, 3).distance((2.5, 1.5)) == 0


@given(truths)
def test_distance_never_rises_where_classes_are_nested(truth: tuple[float, float]) -> None:
    assert risen([disc.distance(truth) for disc in ARRANGEMENTS["nested"]]) == []


@pytest.mark.parametrize("name", ARRANGEMENTS)
def test_only_the_nested_classes_hold_the_one_before(name: str) -> None:
    pairs = itertools.pairwise(ARRANGEMENTS[name])
    assert {larger.holds(smaller) for smaller, larger in pairs} == {name == "nested"}


def test_a_disc_that_holds_another_has_all_of_its_edge() -> None:
    for one, other in itertools.permutations(
        [disc for discs in ARRANGEMENTS.values() for disc in discs], 2
    ):
        inside = all(one.distance((x, y)) < 1e-9 for x, y in ring(other, 360).tolist())
        assert one.holds(other) == inside


def test_larger_class_is_farther_from_the_first_truth_where_nothing_is_nested() -> None:
    assert risen([disc.distance(TRUTH) for disc in ARRANGEMENTS["loose"]]) == [3, 4]


def test_both_arrangements_have_the_same_sizes_and_lie_on_the_plane() -> None:
    nested, loose = ([disc.radius for disc in discs] for discs in ARRANGEMENTS.values())
    assert nested == loose == sorted(nested)
    for x, y, radius in (disc for discs in ARRANGEMENTS.values() for disc in discs):
        assert radius <= x <= WIDTH - radius
        assert radius <= y <= HEIGHT - radius


def test_smallest_class_is_nearer_than_four_larger_ones_to_a_truth_of_the_lesson() -> None:
    first, *others = (disc.distance((1, 1)) for disc in ARRANGEMENTS["loose"])
    assert sum(distance > first for distance in others) == 4
