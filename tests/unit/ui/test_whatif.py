"""The settings of two networks, and amounts as they are read."""

from dataclasses import fields, replace

import pytest

from cnnviz.models.compare import Change
from cnnviz.models.comparisons import COMPARISONS, plan
from cnnviz.ui import links
from cnnviz.ui.networks import with_option
from cnnviz.ui.whatif.numbers import amount, memory, ratio_text
from cnnviz.ui.whatif.sides import (
    AFTER,
    BEFORE,
    OWN,
    SidesSettings,
    comparison_of,
    mode_of,
    plans_of,
    swapped,
    with_plans,
)

START = SidesSettings()


@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_survives_its_link(name: str) -> None:
    now = with_plans(START, *COMPARISONS[name])
    read, rejected = links.read(SidesSettings, links.write(now))
    assert not rejected
    assert read == now
    assert comparison_of(read) == name
    for here, there in zip(plans_of(read), COMPARISONS[name], strict=True):
        assert (here.name, dict(here.options), here.input_shape) == (
            there.name,
            dict(there.options),
            there.input_shape,
        )


def test_page_begins_with_alexnet_against_vgg() -> None:
    assert comparison_of(START) == "alexnet-vgg"


def test_comparison_that_was_changed_is_ones_own() -> None:
    assert comparison_of(with_option(START, "dropout", 0.25, AFTER)) == OWN


def test_same_network_on_both_sides_is_one_network_changed() -> None:
    assert mode_of(START) == "two"
    assert mode_of(replace(START, after_network="alexnet")) == "change"


# ---- one network, changed

CHANGED = with_plans(START, plan("resnet50"), plan("resnet50", groups=32, width_per_group=4))


def test_change_before_is_carried_to_what_was_the_same_after() -> None:
    now = with_option(CHANGED, "c_in", 1, BEFORE)
    assert [plan.values["c_in"] for plan in plans_of(now)] == [1, 1]
    assert [plan.values["groups"] for plan in plans_of(now)] == [1, 32]


def test_change_before_leaves_what_was_changed_after() -> None:
    now = with_option(CHANGED, "groups", 2, BEFORE)
    assert [plan.values["groups"] for plan in plans_of(now)] == [2, 32]


def test_option_set_back_before_is_set_back_after() -> None:
    now = with_option(with_option(CHANGED, "c_in", 1, BEFORE), "c_in", 3, BEFORE)
    assert now == CHANGED


def test_change_after_leaves_what_is_before() -> None:
    now = with_option(CHANGED, "c_in", 1, AFTER)
    assert [plan.values["c_in"] for plan in plans_of(now)] == [3, 1]


def test_size_before_is_carried_only_where_it_was_the_same() -> None:
    same = BEFORE.put(CHANGED, size=(96, 96))
    assert (same.before_size, same.after_size) == ((96, 96), (96, 96))
    other = BEFORE.put(AFTER.put(CHANGED, size=(64, 64)), size=(96, 96))
    assert (other.before_size, other.after_size) == ((96, 96), (64, 64))


def test_another_network_before_is_another_after() -> None:
    now = BEFORE.put(CHANGED, network="lenet", options=(), size=(0, 0), made_for="input")
    assert mode_of(now) == "change"
    assert len(set(map(str, plans_of(now)))) == 1


def test_of_two_networks_each_is_changed_alone() -> None:
    now = with_option(START, "c_in", 1, BEFORE)
    assert [plan.values["c_in"] for plan in plans_of(now)] == [1, 3]


def test_swapping_twice_leaves_everything_as_it_was() -> None:
    assert plans_of(swapped(CHANGED)) == plans_of(CHANGED)[::-1]
    assert swapped(swapped(CHANGED)) == CHANGED
    names = {field.name.partition("_")[2] for field in fields(SidesSettings)}
    assert len(fields(SidesSettings)) == 2 * len(names)


# ---- amounts


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0"),
        (61_706, "61,706"),
        (999_999, "999,999"),
        (1_000_000, "1 M"),
        (61_100_840, "61.1 M"),
        (999_499_999, "999 M"),
        (999_500_000, "1 G"),
        (15_470_264_320, "15.5 G"),
        (10**18, "1,000 P"),
    ],
)
def test_amount_has_three_digits_from_a_million_on(n: int, text: str) -> None:
    assert amount(n) == text


@pytest.mark.parametrize(("n", "text"), [(0, "0 B"), (1024, "1 KiB"), (60_481_440, "57.7 MiB")])
def test_memory_is_told_in_powers_of_1024(n: int, text: str) -> None:
    assert memory(n) == text


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        (61_100_840, 138_357_544, "× 2.26"),
        (138_357_544, 15_227_688, "÷ 9.09"),
        (61_706, 61_750, "+0.071 %"),
        (25_557_032, 25_028_904, "−2.1 %"),
        (5, 5, ""),
        (0, 5, ""),
        (5, 0, "−100 %"),
    ],
)
def test_ratio_is_told_in_percent_where_it_is_near_one(before: int, after: int, text: str) -> None:
    assert ratio_text(Change(before, after)) == text
