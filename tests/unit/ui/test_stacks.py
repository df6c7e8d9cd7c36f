"""Stacks as settings: what a link may hold, what an edit allows, what makes a stack fit."""

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.models import STACKS, Layer, field_table, read_stack, write_stack
from cnnviz.models.effective_field import WEIGHTS
from cnnviz.ui import links, settings
from cnnviz.ui.i18n import LANGUAGES, catalogue
from cnnviz.ui.settings import LAYER_LIMITS
from cnnviz.ui.stacks import (
    CHOICES,
    KINDS,
    MOST_LAYERS,
    StackSettings,
    _allowed,
    _swapped,
    layer_line,
    layers_of,
    ways_to_fit,
    with_layers,
)
from tests.unit.session import in_session


@dataclass(frozen=True, kw_only=True)
class Settings(StackSettings):
    """A page of nothing but a stack."""


def own(text: str, **values: Any) -> Settings:
    return Settings(stack="own", layers=read_stack(text), **values)


def from_link(**link: str) -> tuple[Settings, list[links.Rejected]]:
    return links.read(Settings, link)


def test_layers_come_back_from_their_link() -> None:
    settings = own("c11s4p8d16-m2s2-a3p1")
    assert links.write(settings)["layers"] == "c11s4p8d16-m2s2-a3p1"
    assert from_link(**links.write(settings)) == (settings, [])


@pytest.mark.parametrize(
    "text",
    ["", "c12", "c3s5", "c3p9", "c3d17", "c0", "m3p2", "a3d2", "lstm", "-".join(["c1"] * 13)],
)
def test_layers_that_are_not_allowed_are_rejected_with_what_is(text: str) -> None:
    settings, (rejected,) = from_link(layers=text)
    assert settings == Settings()
    assert rejected.allowed == "layers"
    for language in LANGUAGES:
        sentence = catalogue(language)["link.layers"].format(**rejected.limits)
        assert str(MOST_LAYERS) in sentence


def test_longest_allowed_stack_fits_into_its_link() -> None:
    layers = (Layer("conv", 11, 4, 8, 16),) * MOST_LAYERS
    settings, rejected = from_link(layers=write_stack(layers))
    assert not rejected
    assert settings.layers == layers


def test_own_layers_count_only_where_they_are_chosen() -> None:
    assert layers_of(replace(own("c1"), stack="vgg")) == STACKS["vgg"]
    assert layers_of(own("c1")) == (Layer("conv", 1),)


def test_every_named_stack_could_be_ones_own() -> None:
    codec = settings.codec(Settings, "layers")
    for stack in STACKS.values():
        assert codec.read(codec.write(stack)) == stack


def test_edited_layer_stays_within_the_stack() -> None:
    assert with_layers(own("c1-c1-c1", edited=3), read_stack("c1-c1")).edited == 2


@given(
    st.sampled_from(KINDS),
    *(st.integers(*limits) for limits in LAYER_LIMITS.values()),
    st.sampled_from(KINDS),
)
def test_change_of_kind_makes_a_layer_that_exists(
    kind: str, k: int, s: int, p: int, d: int, other: str
) -> None:
    layer = _allowed(Layer("conv", k, s, p, d), kind=kind)
    changed = _allowed(layer, kind=other)
    assert changed.kind == other
    assert (changed.kernel_size, changed.stride) == (k, s)
    assert settings.codec(Settings, "layers").read(write_stack([changed])) == (changed,)


def test_swap_beyond_the_ends_changes_nothing() -> None:
    layers = read_stack("c1-c2-c3")
    assert write_stack(_swapped(layers, 1)) == "c1-c3-c2"
    assert _swapped(layers, -1) == _swapped(layers, 2) == layers


# ---- refusals


@pytest.mark.parametrize(
    ("text", "size"),
    [("c3-c9", (8, 8)), ("m2s2-c5-c3", (6, 9)), ("c11d16-c3", (28, 28)), ("c3-m4", (5, 20))],
)
def test_every_way_out_fits(text: str, size: tuple[int, int]) -> None:
    ways = in_session(lambda: ways_to_fit(own(text), size))
    assert ways
    for changes in ways.values():
        field_table(layers_of(replace(Settings(), **changes)), size)


def test_least_padding_that_fits_is_offered() -> None:
    ways = in_session(lambda: ways_to_fit(own("c3-c9"), (8, 9)))
    assert list(ways) == ["Layer 2 with padding 2", "Leave layer 2 out"]
    assert write_stack(ways["Layer 2 with padding 2"]["layers"]) == "c3-c9p2"


def test_pooling_is_offered_no_padding_that_it_cannot_have() -> None:
    ways = in_session(lambda: ways_to_fit(own("c5-m9"), (8, 8)))
    assert list(ways) == ["Layer 2 with padding 3", "Leave layer 2 out"]
    ways = in_session(lambda: ways_to_fit(own("c5-m11d3"), (8, 8)))
    assert list(ways) == ["Leave layer 2 out", "Stop before layer 2"]


def test_first_layer_is_not_left_out_of_a_stack_of_one() -> None:
    assert in_session(lambda: ways_to_fit(own("m11"), (2, 2))) == {
        "Layer 1 with padding 5": {"stack": "own", "layers": read_stack("m11p5")}
    }


# ---- words


def test_layer_is_written_with_what_is_not_as_usual() -> None:
    line = in_session(lambda: layer_line(2, Layer("conv", 3, 2, 1, 4)))
    assert line == "2. Conv 3 × 3 · s 2 · p 1 · d 4"
    assert in_session(lambda: layer_line(1, Layer("max", 2))) == "1. Max 2 × 2"


@pytest.mark.parametrize(
    ("prefix", "names"), [("stack.name", CHOICES), ("stack.weights", ("label", *WEIGHTS))]
)
def test_every_choice_has_its_label(prefix: str, names: tuple[str, ...]) -> None:
    keys = catalogue("en")
    assert {key.removeprefix(f"{prefix}.") for key in keys if key.startswith(f"{prefix}.")} == set(
        names
    )
