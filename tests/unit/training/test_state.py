"""A training goes on from a file as from memory, and from no file that is not its own."""

import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from cnnviz.problems import Problem
from cnnviz.training.events import Failed, Point, Progress
from cnnviz.training.loop import Training, train
from cnnviz.training.plan import longer
from cnnviz.training.recipe import Recipe
from cnnviz.training.state import State, load, save

SMALL = (("channels", (2, 3)), ("hidden", (8, 8)))
RECIPE = Recipe(
    data="shapes", data_options=(("examples", 48),), network="lenet-modern",
    network_options=SMALL, batch_size=16, epochs=1, lr=0.05, momentum=0.9,
)  # fmt: skip


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(recipe: Recipe) -> State:
    training = Training(recipe)
    list(training.events())
    return training.state()


def points(recipe: Recipe, start: State | None = None) -> list[Point]:
    events = [e for e in train(recipe, start=start) if isinstance(e, Progress)]
    return [point for event in events for point in event.points]


def refusal(recipe: Recipe, start: State) -> tuple[str, object]:
    (last,) = train(recipe, start=start)
    assert isinstance(last, Failed)
    return last.kind, last.values.get("reason")


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_training_goes_on_from_a_file_as_if_it_had_not_stopped(
    optimizer: str, momentum: float, tmp_path: Path
) -> None:
    recipe = replace(RECIPE, optimizer=optimizer, momentum=momentum)
    save(trained(recipe), tmp_path / "a.safetensors")
    more = longer(recipe, 2)
    assert points(more, load(tmp_path / "a.safetensors")) == points(more)[3:]


def test_file_holds_recipe_step_and_the_networks_own_names(tmp_path: Path) -> None:
    state = trained(RECIPE)
    save(state, tmp_path / "a.safetensors")
    found = load(tmp_path / "a.safetensors")
    assert (found.recipe, found.step) == (RECIPE, 3)
    assert list(found.weights) == sorted(Training(RECIPE).network.state_dict())
    assert set(found.memory) == {f"{i}.momentum_buffer" for i in range(14)}
    for name, x in load_file(tmp_path / "a.safetensors").items():
        kind, _, own = name.partition("/")
        assert torch.equal(x, (state.weights if kind == "weights" else state.memory)[own])


def test_saving_again_replaces_the_file_and_leaves_nothing_else(tmp_path: Path) -> None:
    state = trained(RECIPE)
    save(state, tmp_path / "a.safetensors")
    save(replace(state, step=99), tmp_path / "a.safetensors")
    assert load(tmp_path / "a.safetensors").step == 99
    assert [path.name for path in tmp_path.iterdir()] == ["a.safetensors"]


def test_failed_save_leaves_the_file_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = trained(RECIPE)
    save(state, tmp_path / "a.safetensors")

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("cnnviz.data.tensors.save_file", full)
    with pytest.raises(OSError, match="No space"):
        save(replace(state, step=99), tmp_path / "a.safetensors")
    assert load(tmp_path / "a.safetensors").step == 3
    assert len(list(tmp_path.iterdir())) == 1


class Opened:
    """What a pickle runs when it is opened."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return exec, ("raise SystemExit",)


@pytest.mark.parametrize(
    "content",
    [b"", b"x" * 100, pickle.dumps(Opened()), b"\xff" * 8 + b"{}"],
    ids=["empty", "text", "pickle", "huge-header"],
)
def test_file_that_is_no_state_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(Problem) as caught:
        load(tmp_path / "a")
    assert caught.value.kind == "state_damaged"


@pytest.mark.parametrize(
    "about",
    [
        {},
        {"recipe": "{}"},
        {"recipe": "{}", "step": "1"},
        {"recipe": "{}", "step": "x", "seen": "[[0,0,0],[0,0,0],0]"},
        {"recipe": "{}", "step": "1", "seen": "[[0,0],[0,0,0],0]"},
        {"recipe": "{}", "step": "1", "seen": "7"},
        {"recipe": '{"lr": -1}', "step": "1", "seen": "[[0,0,0],[0,0,0],0]"},
    ],
)
def test_safetensors_of_something_else_is_refused(about: dict[str, str], tmp_path: Path) -> None:
    save_file({"weights/a": torch.zeros(2)}, tmp_path / "a", about)
    with pytest.raises(Problem) as caught:
        load(tmp_path / "a")
    assert caught.value.kind == "state_damaged"


def test_state_of_another_recipe_is_refused() -> None:
    state = trained(RECIPE)
    for other in (replace(RECIPE, lr=0.1, epochs=3), replace(RECIPE, seed=1, epochs=3)):
        assert refusal(other, state) == ("state_other", "recipe")


def test_weights_that_do_not_fit_are_refused_by_name() -> None:
    state, more = trained(RECIPE), longer(RECIPE, 1)
    wrong = [
        (replace(state, weights={**state.weights, "0.weight": torch.zeros(1)}), "0.weight"),
        (replace(state, weights={**state.weights, "0.bias": torch.zeros(2).double()}), "0.bias"),
        (replace(state, weights={**state.weights, "new": torch.zeros(1)}), "new"),
        (replace(state, weights={}), "0.bias"),
        (replace(state, memory={"99.momentum_buffer": torch.zeros(2)}), "99.momentum_buffer"),
        (replace(state, memory={"0.momentum_buffer": torch.zeros(3)}), "0.momentum_buffer"),
        (replace(state, memory={"x": torch.zeros(3)}), "x"),
    ]
    for start, name in wrong:
        assert refusal(more, start) == ("state_other", name)
