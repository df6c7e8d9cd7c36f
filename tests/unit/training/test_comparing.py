"""What differs between recipes is found, and what their comparison can show."""

from dataclasses import replace

import pytest

from cnnviz.training.comparing import Varying, lesson_of, varying
from cnnviz.training.recipe import Recipe

BASE = Recipe()


def test_differences_come_in_the_order_of_the_fields_with_a_value_for_each() -> None:
    other = replace(BASE, lr=0.01, network_options=(("activation", "relu"),))
    assert varying([BASE, other, BASE]) == (
        Varying("activation", ("sigmoid", "relu", "sigmoid")),
        Varying("lr", (0.1, 0.01, 0.1)),
    )


def test_of_different_networks_only_shared_options_are_compared() -> None:
    names = [one.name for one in varying([BASE, replace(BASE, network="garment-dense")])]
    assert names[0] == "network"
    assert "kernel_size" not in names


def test_equal_recipes_differ_in_nothing() -> None:
    assert varying([BASE, Recipe()]) == ()


@pytest.mark.parametrize(
    ("changes", "lesson"),
    [
        ([], "alone"),
        ([{}], "same"),
        ([{"seed": 1}, {"seed": 2}], "chance"),
        ([{"seed": 1, "device": "cuda"}], "chance"),
        ([{"lr": 0.01}], "one"),
        ([{"network_options": (("activation", "relu"),)}], "one"),
        ([{"data_options": (("examples", 100),)}], "one"),
        ([{"lr": 0.01, "seed": 1}], "seeds"),
        ([{"lr": 0.01}, {"batch_size": 16}], "several"),
        ([{"data": "mnist"}], "data"),
        ([{"data_options": (("subset", "full"),)}], "data"),
    ],
)
def test_what_a_comparison_can_show(changes: list[dict[str, object]], lesson: str) -> None:
    assert lesson_of([BASE, *(replace(BASE, **change) for change in changes)]) == lesson


@pytest.mark.parametrize(
    ("option", "lesson"), [(("place", "left"), "one"), (("test_place", "left"), "data")]
)
def test_shapes_of_another_test_are_other_pictures(option: tuple[str, str], lesson: str) -> None:
    shapes = Recipe(data="shapes")
    assert lesson_of([shapes, replace(shapes, data_options=(option,))]) == lesson
