"""A recipe has one text, takes nothing that is not allowed, and knows what has no effect."""

import json
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.models.options import Option
from cnnviz.problems import Problem
from cnnviz.training.recipe import FIELDS, LONGEST, Recipe, identity, read


def values(option: Option) -> st.SearchStrategy[object]:
    if isinstance(option.default, bool):
        return st.booleans()
    if isinstance(option.default, str):
        return st.sampled_from(option.choices)
    if isinstance(option.default, int):
        return st.integers(int(option.low), int(option.high))
    return st.floats(option.low, option.high)


recipes = st.builds(
    Recipe,
    data=st.sampled_from(["fashion-mnist", "mnist", "shapes"]),
    data_options=st.sampled_from([(), (("examples", 77),)]),
    network=st.sampled_from(["lenet", "lenet-modern"]),
    network_options=st.sampled_from(
        [(), (("pooling", "max"), ("activation", "relu")), (("channels", [3, 5]),)]
    ),
    **{name: values(option) for name, option in FIELDS.items()},
)


def refusal(text: str) -> str:
    with pytest.raises(Problem) as caught:
        read(text)
    return caught.value.kind


@given(recipe=recipes)
def test_text_brings_the_same_recipe_back(recipe: Recipe) -> None:
    assert read(recipe.text) == recipe
    assert read(recipe.text).digest == recipe.digest


@given(recipe=recipes, other=recipes)
def test_recipes_are_equal_where_their_texts_are(recipe: Recipe, other: Recipe) -> None:
    assert (recipe == other) == (recipe.text == other.text) == (recipe.digest == other.digest)


def test_text_is_json_with_sorted_keys() -> None:
    found = json.loads(Recipe(network_options=(("pooling", "max"),)).text)
    assert list(found) == sorted(found)
    assert found["network_options"] == [["pooling", "max"]]
    assert found["lr"] == 0.1


def test_what_a_text_leaves_out_is_as_usual() -> None:
    assert read("{}") == Recipe()
    assert read('{"lr": 1}').lr == 1.0


@pytest.mark.parametrize(
    "same",
    [
        Recipe(network_options=(("pooling", "max"), ("activation", "relu"))),
        Recipe(network_options=(("activation", "relu"), ("pooling", "max"))),
        Recipe(
            network_options=(("kernel_size", 5), ("activation", "relu"), ("pooling", "max")),
            data_options=(("subset", "bundled"), ("examples", 0)),
        ),
    ],
)
def test_order_and_usual_options_make_no_other_recipe(same: Recipe) -> None:
    assert same == Recipe(network_options=(("activation", "relu"), ("pooling", "max")))
    assert len(same.network_options) == 2


def test_what_has_no_effect_makes_no_other_recipe() -> None:
    assert Recipe(optimizer="adam", momentum=0.9) == Recipe(optimizer="adam")
    assert Recipe(steps=50, epochs=3) == Recipe(steps=50, epochs=7)
    assert Recipe(momentum=0.9) != Recipe()
    assert Recipe(lr=1) == Recipe(lr=1.0)
    assert Recipe(lr=1).text == Recipe(lr=1.0).text


def test_every_other_field_makes_another_recipe() -> None:
    base = Recipe()
    for name, option in FIELDS.items():
        for value in option.choices or (option.high,):
            if value != option.default and name != "steps":
                changed = replace(base, **{name: type(option.default)(value)})
                assert changed.digest != base.digest, name


@pytest.mark.parametrize("name", [name for name, o in FIELDS.items() if not o.choices])
def test_value_beyond_a_limit_is_refused_with_the_limits(name: str) -> None:
    option = FIELDS[name]
    wrong: list[object] = ["yes", None]
    if not isinstance(option.default, bool):
        wrong += [option.low - 1, option.high + 1, float("nan"), float("inf")]
    for value in wrong:
        with pytest.raises(Problem) as caught:
            replace(Recipe(), **{name: value})
        assert caught.value.values["allowed"] == option.allowed


@pytest.mark.parametrize("name", [name for name, o in FIELDS.items() if o.choices])
def test_unknown_word_is_refused_with_the_choices(name: str) -> None:
    with pytest.raises(Problem, match=", ".join(FIELDS[name].choices)):
        replace(Recipe(), **{name: "other"})


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"network": "lenet-9"}, "network_unknown"),
        ({"data": "emnist"}, "dataset_unknown"),
        ({"network_options": (("colour", 1),)}, "option_unknown"),
        ({"network_options": (("pooling", "min"),)}, "option_value"),
        ({"network_options": (("c_in", 3),)}, "option_unknown"),
        ({"network_options": (("classes", 3),)}, "option_unknown"),
        ({"network_options": (("size", (8, 8)),)}, "option_unknown"),
        ({"data_options": (("examples", 10**6),)}, "option_value"),
        ({"network": "free", "network_options": (("blocks", "import os"),)}, "free_word"),
    ],
)
def test_unknown_names_and_options_are_refused(changes: dict[str, object], kind: str) -> None:
    with pytest.raises(Problem) as caught:
        Recipe(**changes)  # type: ignore[arg-type]
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "17",
        '{"lr"}',
        '{"colour": 1}',
        '{"data": 5}',
        '{"data": ["mnist"]}',
        '{"network": {}}',
        '{"network_options": 5}',
        '{"network_options": ["ab", "c"]}',
        '{"network_options": [["a"]]}',
        "[" * 10_000,
        '{"seed": ' + "9" * LONGEST + "}",
    ],
)
def test_text_that_is_no_recipe_is_refused(text: str) -> None:
    assert refusal(text) in ("recipe_damaged", "option_unknown")


NOTHINGS = st.dictionaries(st.sampled_from([*FIELDS, "data"]), st.none(), min_size=1)


@given(text=st.text() | NOTHINGS.map(json.dumps))
def test_any_other_text_is_refused(text: str) -> None:
    assert refusal(text) in ("recipe_damaged", "option_value")


def test_run_is_known_by_its_recipe_and_its_pictures() -> None:
    images, labels = torch.zeros(2, 1, 4, 4, dtype=torch.uint8), torch.tensor([0, 1])
    split, other = Split(images, labels), Split(images + 1, labels)
    one = TrainingSet("own", split, split, ("a", "b"))
    two = TrainingSet("own", other, split, ("a", "b"))
    again = TrainingSet("own", Split(images.clone(), labels.clone()), split, ("a", "b"))
    assert identity(Recipe(), one.digest) == identity(Recipe(), again.digest)
    assert len({identity(r, d.digest) for r in (Recipe(), Recipe(seed=1)) for d in (one, two)}) == 4
