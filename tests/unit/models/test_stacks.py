"""Stacks as text: read back as they were written, and nothing else is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.models import STACKS, Layer, field_table, read_stack, write_stack
from tests.unit.models.stacks import layers


@given(st.lists(layers(), min_size=1, max_size=6))
def test_stack_is_read_as_it_was_written(stack: list[Layer]) -> None:
    assert read_stack(write_stack(stack)) == tuple(stack)


def test_text_is_short_and_means_what_it_says() -> None:
    stack = (Layer("conv", 3, 2, 1, 4), Layer("max", 2, 2), Layer("avg", 3))
    assert write_stack(stack) == "c3s2p1d4-m2s2-a3"
    assert read_stack("c3s2p1d4-m2s2-a3") == stack


@pytest.mark.parametrize(
    "text", ["", "-", "c", "x3", "c3-", "c3p", "c3d1s2", "c0", "m3p2", "a3d2", "c3 ", "c1000", "c٣"]
)
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        read_stack(text)


@pytest.mark.parametrize(
    ("name", "field", "jump"),
    [
        ("three", 7, 1),
        ("one", 7, 1),
        ("lenet", 16, 4),
        ("vgg", 44, 8),
        ("dilated", 15, 1),
        ("gridding", 13, 1),
        ("alexnet", 195, 32),
    ],
)
def test_named_stack_sees_what_its_name_promises(name: str, field: int, jump: int) -> None:
    row = field_table(STACKS[name], (128, 128))[-1]
    assert (row.receptive_field, row.jump) == (field, jump)
    assert set(STACKS) == {"three", "one", "lenet", "vgg", "dilated", "gridding", "alexnet"}


def test_lenet_has_the_books_sizes() -> None:
    sizes = [row.size for row in field_table(STACKS["lenet"], (28, 28))]
    assert sizes == [(28, 28), (28, 28), (14, 14), (10, 10), (5, 5)]
