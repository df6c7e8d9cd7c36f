"""What the browser is sent of a stack: plain JSON, the maps' own numbers, and room for padding."""

import base64
import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings

from cnnviz.components.field import MOST_MARGIN, FieldOptions, payload
from cnnviz.models import STACKS, Layer, feature_maps, field_of
from tests.unit.models.stacks import Stack, stacks

PICTURE = torch.rand(28, 28, generator=torch.Generator().manual_seed(2))


def shown(layers: Any, picture: torch.Tensor = PICTURE, **options: Any) -> dict[str, Any]:
    """The payload, as it arrives in the browser."""
    maps = feature_maps(layers, picture)
    options = {"at": (len(layers), 0, 0), **options}
    titles = [f"plane {i}" for i in range(len(maps))]
    sent = payload(maps, layers, FieldOptions(titles, {"play": "Play"}, **options))
    arrived: dict[str, Any] = json.loads(json.dumps(sent, allow_nan=False))
    assert arrived == sent
    return arrived


@settings(max_examples=40, deadline=None)
@given(stacks())
def test_maps_arrive_bit_for_bit(stack: Stack) -> None:
    picture = torch.rand(stack.size, generator=torch.Generator().manual_seed(1))
    data = shown(stack.layers, picture)
    maps = feature_maps(stack.layers, picture)
    for plane, about, text in zip(maps, data["meta"]["planes"], data["planes"], strict=True):
        floats = np.frombuffer(base64.b64decode(text), dtype="<f4")
        assert (about["rows"], about["cols"]) == tuple(plane.shape)
        assert floats.tolist() == plane.flatten().tolist()


@settings(max_examples=40, deadline=None)
@given(stacks())
def test_margin_has_room_for_the_field_of_every_cell(stack: Stack) -> None:
    data = shown(stack.layers, torch.rand(stack.size))
    for cell in ((0, 0), stack.cell):
        for about, spans in zip(
            data["meta"]["planes"], field_of(stack.layers, cell, stack.size), strict=True
        ):
            most = int(MOST_MARGIN * max(about["rows"], about["cols"]))
            for span, n in zip(spans, (about["rows"], about["cols"]), strict=True):
                assert about["margin"] >= min(most, -span.first, span.last - (n - 1))
                assert about["margin"] <= most


def test_windows_are_what_geometry_takes() -> None:
    layers = shown([Layer("conv", 3, 2, 1, 4)])["meta"]["layers"]
    assert layers == [{"k": 3, "s": 2, "p": 1, "d": 4}]


def test_cell_is_sent_with_its_layer() -> None:
    assert shown(STACKS["three"], at=(2, 5, 6))["meta"]["at"] == {"layer": 2, "cell": [5, 6]}


@pytest.mark.parametrize("at", [(4, 0, 0), (3, 22, 0), (3, 0, 22), (-1, 0, 0), (1, -1, 0)])
def test_cell_that_does_not_exist_is_refused(at: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no cell"):
        shown(STACKS["three"], at=at)


def test_maps_of_other_layers_are_refused() -> None:
    maps = feature_maps(STACKS["three"], PICTURE)
    with pytest.raises(ValueError, match="These layers make"):
        payload(maps, STACKS["one"], FieldOptions(["a", "b"], {}, (1, 0, 0)))
