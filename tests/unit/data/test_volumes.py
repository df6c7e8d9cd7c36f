"""The small volumes are what they are said to be."""

from itertools import pairwise

import pytest
import torch

from cnnviz.data.volumes import DEPTH, SIDE, VOLUMES, ball, moving


@pytest.mark.parametrize("name", VOLUMES)
def test_volume_is_of_zeros_and_ones(name: str) -> None:
    volume = VOLUMES[name]()
    assert volume.shape == (DEPTH, SIDE, SIDE)
    assert set(volume.unique().tolist()) == {0, 1}


def test_ball_is_the_same_from_every_side_and_largest_in_its_middle() -> None:
    volume = ball()
    for axis in range(3):
        assert volume.equal(volume.flip(axis))
    assert volume.equal(volume.transpose(1, 2))
    areas = volume.sum((1, 2)).tolist()
    assert areas == sorted(areas[:2]) + sorted(areas[2:], reverse=True)


def test_cross_moves_by_a_column_a_picture_and_stops_at_the_last() -> None:
    film = moving()
    for now, then in pairwise(film[:3]):
        assert then.equal(now.roll(1, dims=1))
    assert film[2].equal(film[3])
    assert film.sum((1, 2)).equal(torch.full((DEPTH,), 5.0))
