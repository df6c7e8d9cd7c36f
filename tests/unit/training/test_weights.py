"""Weights from strangers: those of the network are taken, all else is told what it is."""

import io
import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors.torch import load, save
from torch import Tensor
from torch.nn import functional as F

from cnnviz.data import sets
from cnnviz.problems import Problem
from cnnviz.training import weights
from cnnviz.training.loop import Training
from cnnviz.training.recipe import Recipe
from cnnviz.training.weights_header import MOST_HEADER, read_header

RECIPE = Recipe(
    data="shapes", data_options=(("examples", 48),), network="lenet-modern",
    network_options=(("channels", (2, 3)), ("hidden", (8, 8))), batch_size=16, epochs=1, lr=0.05,
)  # fmt: skip
Tensors = dict[str, Tensor]


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def fresh(recipe: Recipe = RECIPE) -> Tensors:
    return {name: x.clone() for name, x in Training(recipe).network.state_dict().items()}


GOOD = fresh()
BLOB = save(GOOD)
LENGTH = int.from_bytes(BLOB[:8], "little")
FIRST = next(iter(GOOD))


def entries() -> dict[str, Any]:
    return dict(json.loads(BLOB[8 : 8 + LENGTH]))


def packed(header: bytes, rest: bytes = BLOB[8 + LENGTH :]) -> bytes:
    return len(header).to_bytes(8, "little") + header + rest


def with_header(change: Callable[[dict[str, Any]], object]) -> bytes:
    found = entries()
    change(found)
    return packed(json.dumps(found).encode())


def refused(blob: bytes, recipe: Recipe = RECIPE) -> Problem:
    with pytest.raises(Problem) as caught:
        weights.read(blob, recipe)
    return caught.value


def torch_saved(legacy: bool) -> bytes:
    file = io.BytesIO()
    torch.save(GOOD, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


# ---- what is taken


def test_weights_of_the_network_are_read_as_they_are() -> None:
    found = weights.read(BLOB, RECIPE)
    assert list(found) == list(GOOD)
    assert all(torch.equal(found[name], x) for name, x in GOOD.items())


def test_weights_have_memory_of_their_own() -> None:
    weights.read(BLOB, RECIPE)[FIRST].zero_()
    assert torch.equal(weights.read(BLOB, RECIPE)[FIRST], GOOD[FIRST])


def test_recipe_that_a_file_carries_is_found() -> None:
    assert weights.recipe_of(save(GOOD, {"recipe": RECIPE.text})) == RECIPE
    assert weights.recipe_of(BLOB) is None


def test_recipe_in_a_file_is_checked() -> None:
    with pytest.raises(Problem) as caught:
        weights.recipe_of(save(GOOD, {"recipe": '{"lr": 1e9}'}))
    assert caught.value.kind == "option_value"


# ---- what is refused


def test_empty_file_is_refused() -> None:
    assert refused(b"").kind == "weights_empty"


class Trap:
    """A pickle that says so when it is opened."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was opened",)


@pytest.mark.parametrize("protocol", range(2, 6))
def test_pickle_is_refused_and_not_opened(protocol: int) -> None:
    problem = refused(pickle.dumps([Trap()] * 9, protocol))
    assert problem.kind == "weights_pickle"
    assert "can run any program" in str(problem)


@pytest.mark.parametrize("legacy", [False, True])
def test_file_of_torch_save_is_refused_as_a_pickle(legacy: bool) -> None:
    assert refused(torch_saved(legacy)).kind == "weights_pickle"


def test_header_whose_length_looks_like_a_pickle_is_read() -> None:
    header = json.dumps(entries(), separators=(",", ":")).encode().ljust(0x0580)
    assert packed(header).startswith(b"\x80\x05")  # as a pickle of protocol 5
    assert weights.read(packed(header), RECIPE).keys() == GOOD.keys()


@pytest.mark.parametrize(
    "blob", [b"\x89HDF\r\n\x1a\n" + bytes(99), b"a,b\n1,2\n3,4\n", b"\x89PNG\r\n\x1a\nabcdef"]
)
def test_other_files_are_refused(blob: bytes) -> None:
    assert refused(blob).kind == "weights_format"


@pytest.mark.parametrize(
    "header", [b"{", b"{}}", b'{"a": \xff}', b"{" * 9000, b'{"a": ' + b"9" * 5000]
)
def test_header_that_is_no_json_is_refused(header: bytes) -> None:
    assert refused(packed(header)).kind == "weights_format"


@pytest.mark.parametrize("size", [1, 7, 8, 9, 8 + LENGTH - 1, 8 + LENGTH, len(BLOB) - 1])
def test_truncated_file_is_refused(size: int) -> None:
    problem = refused(BLOB[:size])
    assert problem.kind == "weights_short"
    assert f"has {size:,} bytes" in str(problem)


def test_bytes_that_are_left_over_are_refused() -> None:
    assert refused(BLOB + b"\0").kind == "weights_rest"


@pytest.mark.parametrize("length", [MOST_HEADER + 1, 2**62, 2**64 - 1])
def test_header_that_claims_too_much_is_refused(length: int) -> None:
    problem = refused(length.to_bytes(8, "little") + b"{" + bytes(99))
    assert problem.kind == "weights_header"
    assert problem.values["found"] == f"{length:,}"


def test_file_far_larger_than_the_network_is_refused() -> None:
    problem = refused(BLOB + bytes(MOST_HEADER))
    assert (problem.kind, problem.values["most"]) == ("weights_large", "1.1")


def test_name_that_comes_twice_is_refused() -> None:
    header = BLOB[8 : 8 + LENGTH].rstrip()
    twice = header[:-1] + f',"{FIRST}":{json.dumps(entries()[FIRST])}}}'.encode()
    assert refused(packed(twice)).kind == "weights_twice"


@pytest.mark.parametrize(
    "entry",
    [
        None, [], {}, {"dtype": "F32", "shape": [1]},
        {"dtype": 3, "shape": [1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [True], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1.0], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1] * 9, "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]},
        {"dtype": "F32", "shape": [2**70], "data_offsets": [0, 4]},
        {"dtype": "F32", "shape": [1], "data_offsets": [0, 4], "more": 1},
    ],
)  # fmt: skip
def test_damaged_entry_is_refused(entry: object) -> None:
    problem = refused(with_header(lambda found: found.update({FIRST: entry})))
    assert (problem.kind, problem.values["name"]) == ("weights_entry", FIRST)


@pytest.mark.parametrize("about", [None, 3, [], {"recipe": 3}])
def test_damaged_text_about_the_weights_is_refused(about: object) -> None:
    problem = refused(with_header(lambda found: found.update(__metadata__=about)))
    assert problem.values["name"] == "__metadata__"


def test_overlapping_tensors_are_refused() -> None:
    def overlap(found: dict[str, Any]) -> None:
        name = min(found, key=lambda n: found[n]["data_offsets"][0])
        found[name]["data_offsets"] = [4, found[name]["data_offsets"][1] + 4]

    assert refused(with_header(overlap)).kind == "weights_place"


def test_two_tensors_in_one_place_are_refused() -> None:
    shapes: dict[tuple[int, ...], list[str]] = {}
    for name, x in GOOD.items():
        shapes.setdefault(tuple(x.shape), []).append(name)
    one, other = next(names for names in shapes.values() if len(names) > 1)[:2]

    def lay(found: dict[str, Any]) -> None:
        found[one]["data_offsets"] = found[other]["data_offsets"]

    assert refused(with_header(lay)).kind == "weights_place"


def test_missing_tensor_is_named() -> None:
    less = {name: x for name, x in GOOD.items() if name != FIRST}
    problem = refused(save(less))
    assert (problem.kind, problem.values["names"]) == ("weights_missing", FIRST)


def test_extra_tensors_are_named_and_counted() -> None:
    more = {f"extra.{i}": torch.zeros(1) for i in range(9)}
    problem = refused(save(GOOD | more))
    assert problem.kind == "weights_extra"
    assert problem.values["names"] == "extra.0, extra.1, extra.2, … (9)"


def test_names_from_a_file_are_quoted_short_and_without_control_letters() -> None:
    problem = refused(save(GOOD | {"a\x1b\n\u202e" + 400 * "b": torch.zeros(1)}))
    assert problem.values["names"] == "a???" + 56 * "b" + "…"


def test_wrong_shape_is_told_with_the_right_one() -> None:
    problem = refused(save(GOOD | {FIRST: GOOD[FIRST].flatten()}))
    assert problem.kind == "weights_shape"
    assert problem.values["expected"] == f"({', '.join(map(str, GOOD[FIRST].shape))})"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int32])
def test_wrong_type_is_told_with_the_right_one(dtype: torch.dtype) -> None:
    problem = refused(save(GOOD | {FIRST: GOOD[FIRST].to(dtype)}))
    assert (problem.kind, problem.values["expected"]) == ("weights_dtype", "F32")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_weights_that_are_no_numbers_are_refused(value: float) -> None:
    x = GOOD[FIRST].clone()
    x.view(-1)[-1] = value
    problem = refused(save(GOOD | {FIRST: x}))
    assert (problem.kind, problem.values["count"]) == ("weights_not_finite", "1")


def test_weights_of_a_network_of_another_width_are_refused() -> None:
    wide = replace(RECIPE, network_options=(("channels", (4, 3)), ("hidden", (8, 8))))
    assert refused(save(fresh(wide))).kind == "weights_shape"


def test_nothing_is_copied_before_all_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_numbers", lambda *_: pytest.fail("copied"))
    last = list(GOOD)[-1]
    assert refused(save(GOOD | {last: GOOD[last][None]})).kind == "weights_shape"


# ---- whatever a header says

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=12,
)  # fmt: skip
ENTRY = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "I64", "F16"]) | JSON,
        "shape": st.lists(st.integers(-1, 99), max_size=4) | JSON,
        "data_offsets": st.lists(st.integers(-4, len(BLOB)), min_size=2, max_size=2) | JSON,
    }
)


@given(st.dictionaries(st.sampled_from([*GOOD, "__metadata__", "x"]), ENTRY | JSON, max_size=4))
def test_any_header_gives_a_sentence_or_the_weights(changes: dict[str, Any]) -> None:
    blob = packed(json.dumps(entries() | changes).encode())
    try:
        found = weights.read(blob, RECIPE)
    except Problem:
        return
    assert all(torch.equal(x, load(blob)[name]) for name, x in found.items())


@given(st.binary(max_size=200))
@example(b"\x02" + bytes(7) + b"{}")
def test_any_bytes_give_a_sentence(blob: bytes) -> None:
    assert refused(blob).kind.startswith("weights_")


@given(st.integers(0, 8 + LENGTH - 1), st.integers(0, 255))
def test_one_changed_byte_of_the_header_gives_a_sentence_or_safetensors_weights(
    place: int, value: int
) -> None:
    blob = bytearray(BLOB)
    blob[place] = value
    try:
        found = weights.read(bytes(blob), RECIPE)
    except Problem:
        return
    assert all(torch.equal(x, load(bytes(blob))[name]) for name, x in found.items())


def test_header_without_tensors_is_read() -> None:
    assert read_header(packed(b"{}", b"")).tensors == {}


# ---- what is done with them


def test_evaluation_is_what_the_network_says_of_the_test_pictures() -> None:
    found = weights.evaluate(RECIPE, GOOD)
    training = Training(RECIPE)
    training.network.load_state_dict(GOOD)
    images, labels = sets.load(RECIPE.data, RECIPE.data_options).test
    with torch.no_grad():
        logits = training.network.eval()(images.float() / 255)
    said = logits.argmax(1)
    assert found.epoch.accuracy == pytest.approx(float((said == labels).float().mean()))
    assert found.epoch.loss == pytest.approx(float(F.cross_entropy(logits, labels)), rel=1e-4)
    assert sum(map(sum, found.epoch.confusion)) == found.of == len(labels)
    worst = found.mistakes[0]
    assert (said[worst.picture], labels[worst.picture]) == (worst.said, worst.label)


def test_evaluation_tests_as_many_pictures_as_take_some_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = weights.evaluate(RECIPE, GOOD)
    macs = Training(RECIPE).plan.macs
    monkeypatch.setattr(weights, "MOST_MACS", 100 * macs)
    found = weights.evaluate(RECIPE, GOOD)
    assert sum(map(sum, found.epoch.confusion)) == 100
    assert found.of == whole.of == 1000


def test_weights_of_a_run_on_another_device_are_tested_here() -> None:
    elsewhere = replace(RECIPE, device="mps")
    assert weights.evaluate(elsewhere, weights.read(BLOB, elsewhere)).of == 1000


def test_training_goes_on_from_weights_that_were_brought() -> None:
    training = Training(RECIPE)
    list(training.events())
    brought = weights.read(save(dict(training.state().weights)), RECIPE)
    before = weights.evaluate(RECIPE, brought).epoch.loss
    more = Training(RECIPE, start=weights.start(RECIPE, brought))
    assert all(torch.equal(x, brought[n]) for n, x in more.network.state_dict().items())
    list(more.events())
    assert more.test()[0].loss < before
