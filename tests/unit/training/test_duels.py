"""Duels differ in one thing, fit, and are judged by what their tests can tell."""

import math
from collections.abc import Sequence

import pytest

from cnnviz.training.duels import DATA, DUELS, Duel, outcome
from cnnviz.training.events import Epoch, Event
from cnnviz.training.history import History, history
from cnnviz.training.loop import train
from cnnviz.training.plan import check
from cnnviz.training.presets import differences
from cnnviz.training.recipe import Recipe, read

# what differs between the sides; what is so by its nature differs with it
DIFFERENCE = {
    "activation": {"activation"},
    "pooling": {"pooling"},
    "batch-norm": {"batch_norm"},
    "shortcuts": {"shortcuts"},
    "optimizer": {"optimizer", "momentum"},
    "dense": {"network", "hidden"},
    "init": {"init"},
}
PICTURES = 1000
MOST_WORK = 3e11  # multiply-accumulates of a side, forwards: less than a minute on a laptop


def scored(*rights: int) -> History:
    """A run of two classes, each half of the test, with so many right answers an epoch."""
    events: list[Event] = []
    for i, right in enumerate(rights):
        first = min(right, PICTURES // 2)
        second = right - first
        counts = ((first, PICTURES // 2 - first), (PICTURES // 2 - second, second))
        events.append(Epoch(i + 1, i + 1, 1.0, 0.5, 1.0, right / PICTURES, (None, None), counts))
    return history(events)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("name", DUELS)
def test_sides_differ_in_one_thing_alone(name: str, data: str) -> None:
    first, *others = (side.recipe for side in DUELS[name].sides(data, 7))
    found = {change.name for other in others for change in differences(first, other)}
    assert found == DIFFERENCE[name]
    assert {recipe.seed for recipe in (first, *others)} == {7}
    assert {recipe.data for recipe in (first, *others)} == {data}
    assert len({first, *others}) == 1 + len(others)


@pytest.mark.parametrize("data", DATA)
@pytest.mark.parametrize("name", DUELS)
def test_every_duel_fits_its_data_and_a_laptop(name: str, data: str) -> None:
    sides = DUELS[name].sides(data, 0)
    assert 2 <= len(sides) <= 4
    for side in sides:
        plan = check(side.recipe)
        assert plan.macs * plan.steps * side.recipe.batch_size < MOST_WORK
        assert read(side.recipe.text) == side.recipe


def test_a_side_of_another_network_takes_no_options_from_the_base() -> None:
    base = Recipe(network="lenet", network_options=(("activation", "relu"),))
    duel = Duel(
        base,
        {
            "one": {"network_options": (("pooling", "max"),)},
            "two": {"network": "nin", "network_options": ()},
        },
    )
    one, two = duel.sides("mnist", 0)
    assert dict(one.recipe.network_options) == {"activation": "relu", "pooling": "max"}
    assert two.recipe.network_options == ()


# ---- what came of it


def judged(*sides: Sequence[int]) -> tuple[int, tuple[int, ...], bool, tuple[int, ...]]:
    found = outcome([scored(*rights) for rights in sides])
    assert found
    return found.epoch, found.order, found.even, found.idle


def test_nothing_is_said_before_all_were_tested() -> None:
    assert outcome([scored(900), scored()]) is None


def test_the_last_epoch_that_all_have_decides() -> None:
    assert judged((600, 700, 950), (800, 900)) == (2, (1, 0), False, ())


def test_a_lead_within_chance_is_even() -> None:
    assert judged((800,), (810,)) == (1, (1, 0), True, ())
    assert judged((800,), (900,)) == (1, (1, 0), False, ())


def test_margin_is_that_of_two_shares_of_so_many_pictures() -> None:
    found = outcome([scored(800), scored(900), scored(700)])
    assert found
    assert found.pictures == 1000
    assert found.lead == pytest.approx(0.1)
    variance = 0.85 * 0.15 / 1000
    assert found.margin == pytest.approx(2 * math.sqrt(variance + variance))


def test_who_always_says_the_same_has_learnt_nothing() -> None:
    assert judged((500,), (900,))[3] == (0,)
    assert judged((520,), (500,))[3] == (0, 1)
    assert judged((560,), (900,))[3] == ()


def test_chance_is_the_commonest_class_of_the_test() -> None:
    counts = ((90, 0), (10, 0))
    always = history([Epoch(1, 1, 1.0, 0.5, 1.0, 0.9, (1.0, 0.0), counts)])
    found = outcome([always, always])
    assert found
    assert found.idle == (0, 1)


def test_sigmoids_learn_nothing_where_relus_learn() -> None:
    small = (("data_options", (("examples", 1500),)), ("epochs", 3), ("batch_size", 32))
    sides = {side.name: side.recipe for side in DUELS["activation"].sides("mnist", 0)}
    found = []
    for name in ("sigmoid", "relu"):
        recipe = Recipe(**{**vars(sides[name]), **dict(small)})  # type: ignore[arg-type]
        found.append(history(train(recipe)))
    result = outcome(found)
    assert result
    assert result.idle == (0,)
    assert result.order == (1, 0)
    assert not result.even
