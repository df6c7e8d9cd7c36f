"""Settings write a link that reads back as the same, and no link can break them."""

import base64
import dataclasses
import math
import tracemalloc
import zlib
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from cnnviz.ui.inputs import InputSettings
from cnnviz.ui.kernels import KernelSettings
from cnnviz.ui.learn import LearnSettings
from cnnviz.ui.links import Rejected, allowed, read, write
from cnnviz.ui.operation import OperationSettings
from cnnviz.ui.settings import (
    LARGEST,
    Codec,
    Grid,
    Pair,
    Stack,
    check_grid,
    codec,
    limits,
    numbers,
    pair,
    shortest,
    stack,
    whole,
    words,
)


@dataclass(frozen=True, kw_only=True)
class Settings(InputSettings, KernelSettings, OperationSettings, LearnSettings):
    """Every kind of setting there is, and one that the browser writes."""

    step: int = whole(1, 1, 100, written=False)
    window: Pair = pair((2, 2), 1, 9)
    levels: tuple[float, ...] = numbers((0.0, 1.0), -5, 5, 2, 4)
    names: tuple[str, ...] = words(("red", "blue"), ("red", "green", "blue"), 2)
    planes: Stack = stack((((0.0,),),), 64, 5)


NAMES = [field.name for field in dataclasses.fields(Settings)]
UNWRITTEN = {"step": 1, "shot": 0}  # name → default: the browser or the session keeps these


def grids(side: int) -> st.SearchStrategy[Grid]:
    cells = st.floats(-LARGEST, LARGEST)
    return st.integers(1, side).flatmap(
        lambda cols: st.lists(st.tuples(*[cells] * cols), min_size=1, max_size=side).map(tuple)
    )


def values(of: Codec) -> st.SearchStrategy[object]:
    """Everything that a field may hold."""
    given = of.limits
    if of.allowed == "choice":
        return st.sampled_from(str(given["options"]).split(", "))
    if of.allowed == "whole":
        return st.integers(given["low"], given["high"])
    if of.allowed == "pair":
        return st.tuples(*[st.integers(given["low"], given["high"])] * 2)
    if of.allowed == "number":
        return st.floats(given["low"], given["high"])
    if of.allowed == "numbers":
        each = st.floats(given["low"], given["high"])
        return st.lists(each, min_size=given["fewest"], max_size=given["most"]).map(tuple)
    if of.allowed == "grid":
        return grids(min(4, given["side"]))
    if of.allowed == "words":
        found = st.sampled_from(str(given["options"]).split(", "))
        return st.lists(found, min_size=1, max_size=given["most"], unique=True).map(tuple)
    if of.allowed == "stack":
        return grids(3).flatmap(lambda first: st.integers(1, 4).map(lambda n: (first,) * n))
    return st.binary(min_size=given["side"] ** 2, max_size=given["side"] ** 2)


everything = st.builds(
    Settings, **{name: values(codec(Settings, name)) for name in NAMES if name not in UNWRITTEN}
)
# what strangers type, and what comes near to being a number, a grid, a drawing
texts = st.one_of(
    st.text(),
    st.text("0123456789+-.eE_ nainf"),
    st.text("ABCDEFghij0189-_="),
    st.integers().map(str),
    st.floats().map(str),
    st.characters(codec=None).map(lambda letter: letter * 3),
    st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
    st.binary().map(lambda raw: base64.urlsafe_b64encode(zlib.compress(raw)).decode()),
)


def drawing(pixels: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(pixels, 9)).decode()


@given(everything)
def test_settings_read_their_own_link(settings: Settings) -> None:
    assert read(Settings, write(settings)) == (settings, [])


@pytest.mark.parametrize("name", ["cells", "weights"])
def test_largest_grid_with_the_longest_numbers_fits_into_its_link(name: str) -> None:
    side = codec(Settings, name).limits["side"]
    full = Settings(**{name: ((-0.00012345678901234567,) * side,) * side})
    assert read(Settings, write(full)) == (full, [])


def test_largest_stack_with_the_longest_numbers_fits_into_its_link() -> None:
    full = Settings(planes=(((-0.00012345678901234567,) * 5,) * 5,) * 64)
    assert read(Settings, write(full)) == (full, [])


def test_stack_stands_in_the_link_plane_after_plane() -> None:
    planes = (((0.0, 1.0), (2.0, 3.0)), ((1.0, 2.0), (3.0, -0.5)))
    assert write(Settings(planes=planes)) == {"planes": "0 1_2 3;1 2_3 -0.5"}


@given(st.binary(min_size=28 * 28, max_size=28 * 28))
def test_any_drawing_fits_into_its_link(pixels: bytes) -> None:
    settings = Settings(input="draw", drawing=pixels)
    assert read(Settings, write(settings)) == (settings, [])


def test_link_of_the_defaults_is_empty() -> None:
    assert write(Settings()) == {}


def test_only_what_differs_from_the_default_is_in_the_link() -> None:
    settings = Settings(stride=2, kernel="box", cells=((1.0, -0.5), (0.0, 3.0)))
    assert write(settings) == {"stride": "2", "kernel": "box", "cells": "1 -0.5_0 3"}


@pytest.mark.parametrize(
    ("both", "text"), [((3, 3), "3"), ((2, 3), "2x3"), ((3, 2), "3x2"), ((1, 9), "1x9")]
)
def test_pair_stands_in_the_link_as_one_number_where_both_are_equal(both: Pair, text: str) -> None:
    assert write(Settings(window=both)) == {"window": text}
    assert read(Settings, {"window": text}) == (Settings(window=both), [])


def test_pair_of_equal_numbers_may_be_written_out() -> None:
    assert read(Settings, {"window": "3x3"}) == (Settings(window=(3, 3)), [])


def test_setting_that_the_browser_writes_is_read_but_not_written() -> None:
    found, rejected = read(Settings, {"step": "7"})
    assert (found.step, rejected) == (7, [])
    assert write(found) == {}


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_shortest_text_reads_back_as_the_same_number(value: float) -> None:
    assert float(shortest(value)) == value


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (-0.5, "-0.5"), (1e-05, "1e-05")])
def test_shortest_text_has_no_needless_zeros(value: float, text: str) -> None:
    assert shortest(value) == text


# ---- links that ask for what there is not


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stride", "0"),
        ("stride", "9"),
        ("stride", "-1"),
        ("stride", "2.5"),
        ("stride", "two"),
        ("stride", ""),
        ("stride", "nan"),
        ("stride", "inf"),
        ("stride", "9" * 39),
        ("stride", "1" * 5000),
        ("stride", "0" * 40 + "2"),
        ("padding", "11"),
        ("nth", "1e2"),
        ("window", "0"),
        ("window", "10"),
        ("window", "2x"),
        ("window", "x2"),
        ("window", "2x10"),
        ("window", "2x3x4"),
        ("window", "2,3"),
        ("window", "2.5x3"),
        ("lr", "nan"),
        ("lr", "inf"),
        ("lr", "-0.1"),
        ("lr", "0"),
        ("lr", "1e999"),
        ("lr", "11"),
        ("kernel", "Sobel-x"),
        ("kernel", "nonsense"),
        ("kernel", ""),
        ("operation", "correlation "),
        ("cells", ""),
        ("cells", "_"),
        ("cells", "1 2_3"),
        ("cells", "1 nan"),
        ("cells", "1 inf"),
        ("cells", "1 -1e999"),
        ("cells", "1e7"),
        ("cells", "one"),
        ("cells", " ".join(["1"] * 17)),
        ("cells", "_".join(["1"] * 17)),
        ("cells", " ".join(["1"] * 10_000)),
        ("cells", "1" + " " * 20_000),
        ("weights", " ".join(["1"] * 12)),
        ("names", ""),
        ("names", "red,red"),
        ("names", "red,pink"),
        ("names", "red,green,blue"),
        ("planes", ""),
        ("planes", "1;"),
        ("planes", "1 2;3"),
        ("planes", "1;1e7"),
        ("planes", ";".join(["1"] * 65)),
        ("planes", "1 2 3 4 5 6"),
        ("drawing", ""),
        ("drawing", "!"),
        ("drawing", "AAAA"),
        ("levels", "1"),
        ("levels", "1 2 3 4 5"),
        ("levels", "1 6"),
        ("levels", "1 nan"),
        ("levels", "1,2"),
        ("levels", ""),
        ("drawing", "Zürich"),
        ("drawing", drawing(bytes(28 * 28 - 1))),
        ("drawing", drawing(bytes(28 * 28 + 1))),
        ("drawing", drawing(bytes(range(196)) * 4)[:99]),
        ("drawing", drawing(bytes(28 * 28)) + "A" * 5000),
    ],
)
def test_bad_value_falls_back_and_is_reported(name: str, value: str) -> None:
    found, rejected = read(Settings, {"angle": "90", name: value})
    told = codec(Settings, name)
    assert found == Settings(angle=90)
    assert rejected == [Rejected(name, value, told.allowed, told.limits)]


@pytest.mark.parametrize("name", ["Stride", "strides", "__class__", "", "한국어"])
def test_unknown_setting_is_reported(name: str) -> None:
    assert read(Settings, {name: "1"}) == (Settings(), [Rejected(name, "1", "unknown", {})])


@given(st.sampled_from(NAMES), texts)
def test_no_text_breaks_a_setting(name: str, text: str) -> None:
    found, rejected = read(Settings, {name: text})
    if rejected:
        assert found == Settings()
    else:
        assert read(Settings, write(found))[0] == dataclasses.replace(found, **UNWRITTEN)


@given(st.dictionaries(st.sampled_from(NAMES) | st.text(), texts))
def test_every_part_of_a_link_is_used_or_reported(link: dict[str, str]) -> None:
    found, rejected = read(Settings, link)
    refused = {part.name for part in rejected}
    untouched = {name: getattr(Settings(), name) for name in NAMES if name not in link}
    assert refused <= set(link)
    assert set(link) - refused <= set(NAMES)
    assert untouched.items() <= dataclasses.asdict(found).items()


@hypothesis(max_examples=20)
@given(st.integers(1_000_000, 2_800_000))
def test_zip_bomb_is_refused_before_it_is_unpacked(size: int) -> None:
    bomb = drawing(bytes(size))
    assert len(bomb) <= codec(Settings, "drawing").longest
    tracemalloc.start()
    _, rejected = read(Settings, {"drawing": bomb})
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [part.name for part in rejected] == ["drawing"]
    assert most < 100_000


# ---- what else takes its ranges from the table


@pytest.mark.parametrize(
    ("name", "expected"), [("stride", (1, 8)), ("padding", (0, 10)), ("side", (8, 256))]
)
def test_controls_take_their_range_from_the_setting(name: str, expected: tuple[int, int]) -> None:
    assert limits(Settings, name) == expected


@given(everything, everything)
def test_what_a_link_could_say_is_allowed(new: Settings, before: Settings) -> None:
    assert allowed(new, before)


@pytest.mark.parametrize(
    "change",
    [
        {"padding": 11},
        {"stride": 0},
        {"kernel": "nonsense"},
        {"lr": math.nan},
        {"lr": math.inf},
        {"cells": ((math.nan,),)},
        {"cells": ((2e6,),)},
        {"cells": ((1.0,) * 17,)},
        {"weights": ((1.0,) * 12,)},
        {"window": (2, 10)},
        {"window": (2,)},
        {"levels": (1.0,)},
        {"levels": (1.0, math.inf)},
        {"drawing": b"short"},
    ],
)
def test_what_no_link_could_say_is_not_allowed(change: dict[str, object]) -> None:
    assert not allowed(dataclasses.replace(Settings(), **change), Settings())


@pytest.mark.parametrize("rows", [(), ((),), ((1.0,), ()), ((1.0, 2.0), (3.0,))])
def test_rows_that_make_no_grid_are_refused(rows: Grid) -> None:
    with pytest.raises(ValueError, match="grid"):
        check_grid(rows, 16)


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().stride = 2  # type: ignore[misc]
