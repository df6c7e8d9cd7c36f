"""Numbers are short, and still what they are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.export.numbers import short

PLAIN = st.floats(-9e4, 9e4).filter(lambda value: abs(value) >= 1e-3)


def read(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (19.0, "19"),
        (-0.25, "−0.25"),
        (1 / 3, "0.3333"),
        (0.10000000149, "0.1"),
        (1234.56, "1235"),
        (12345.0, "12345"),
        (123456.0, "1.235e5"),
        (-120000.0, "−1.2e5"),
        (99999.9, "1e5"),
        (9.99996, "10"),
        (0.00012345, "0.0001234"),
        (1.2e-5, "1.2e−5"),
        (1e20, "1e20"),
    ],
)
def test_numbers_are_written_in_four_digits(value: float, text: str) -> None:
    assert short(value) == text


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_zero_has_no_sign(zero: float) -> None:
    assert short(zero) == "0"


def test_fewer_digits_keep_the_whole_part() -> None:
    assert short(249.3, 2) == "249"
    assert short(0.0625, 2) == "0.063"


def test_few_decimals_tell_a_small_number_from_zero() -> None:
    assert short(0.004, 2, 2) == "0.00"
    assert short(-0.004, 2, 2) == "−0.00"
    assert short(0.504, 2, 2) == "0.5"


@given(PLAIN)
def test_a_short_number_is_near_the_number(value: float) -> None:
    assert math.isclose(read(short(value)), value, rel_tol=5.001e-4)


@given(PLAIN)
def test_there_are_no_zeros_at_the_end(value: float) -> None:
    text = short(value)
    assert "." not in text or text[-1] not in "0."


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_is_at_most_eleven_characters(value: float) -> None:
    assert len(short(value)) <= 11
