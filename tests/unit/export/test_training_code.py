"""The script that goes along runs without cnnviz and comes to the numbers of the run.

It is a second expression of the loop: torch's schedules, another crop, its own order of things.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from cnnviz.data import sets
from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.export import training_code
from cnnviz.export.network_code import Source
from cnnviz.export.notebook import notebook
from cnnviz.export.training_code import training_cells, training_script
from cnnviz.training.events import Epoch, Progress
from cnnviz.training.history import History, history
from cnnviz.training.loop import Training
from cnnviz.training.presets import PRESETS
from cnnviz.training.recipe import Recipe

RECIPE = Recipe(
    data="shapes", data_options=(("examples", 40),), network="lenet-modern",
    network_options=(("channels", (2, 3)), ("hidden", (8, 8))), batch_size=16, epochs=2, lr=0.05,
)  # fmt: skip
EVERYTHING = replace(
    RECIPE, network="garment-conv", network_options=(("channels", (2, 2)), ("hidden", (8, 8))),
    input_size=24, scaling="standard", flip=True, crop=2, init="kaiming", loss="squared-error",
    optimizer="adamw", lr=0.01, weight_decay=0.02, schedule="one-cycle", seed=7,
)  # fmt: skip
RECIPES: dict[str, Recipe] = {
    "plain": RECIPE,
    "everything": EVERYTHING,
    "momentum, decay and a cosine": replace(
        RECIPE, momentum=0.9, weight_decay=0.01, schedule="cosine"
    ),
    "adam on larger pictures": replace(RECIPE, optimizer="adam", lr=0.01, input_size=40, flip=True),
    "one-cycle of a single step": replace(RECIPE, schedule="one-cycle", steps=1),
    "steps that end within an epoch": replace(RECIPE, steps=5, init="xavier", crop=1),
    "zeros": replace(RECIPE, init="zeros"),
    "own layers": replace(
        RECIPE, network="free", network_options=(("blocks", "conv4-residual8-linear9"),)
    ),
    "shapes that move": replace(
        RECIPE, data_options=(("draw", 3), ("examples", 40), ("place", "left"), ("noise", 0.3))
    ),
}

FEW = (("examples", 64),)
HANDED = Source(
    (),
    (),
    "train_images, train_labels = DATA.train\ntest_images, test_labels = DATA.test",
)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def trained(recipe: Recipe) -> tuple[Training, History]:
    training = Training(recipe)
    return training, history(training.events())


def run(script: str, **given: object) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "script", **given}
    exec(compile(script, "script", "exec"), names)
    return names


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
def test_script_comes_to_the_numbers_of_the_run(recipe: Recipe) -> None:
    training, past = trained(recipe)
    names = run(training_script(recipe, training.data, past))
    losses = torch.tensor(names["losses"])
    assert torch.allclose(losses, torch.tensor([p.loss for p in past.points]), rtol=1e-4)
    tests = torch.tensor(names["tests"])
    assert torch.allclose(tests, torch.tensor([(e.loss, e.accuracy) for e in past.epochs]), 1e-3)


@pytest.mark.parametrize("name", PRESETS)
def test_script_of_a_courses_recipe_begins_as_the_run(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On bundled pictures, which are handed to it here."""
    recipe = replace(PRESETS[name].short, data="mnist", data_options=FEW, batch_size=8, steps=2)
    data = sets.load("mnist", FEW)
    few = TrainingSet("mnist", data.train, Split(*(x[:8] for x in data.test)), data.classes)
    past = history(Training(recipe, few).events())
    monkeypatch.setattr(training_code, "data_source", lambda *_: HANDED)
    names = run(training_script(recipe, few), DATA=few)
    assert names["losses"] == pytest.approx([point.loss for point in past.points], rel=1e-5)


def test_script_runs_in_a_python_without_cnnviz(tmp_path: Path) -> None:
    training, past = trained(EVERYTHING)
    file = tmp_path / "train.py"
    file.write_text(training_script(EVERYTHING, training.data, past), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", str(file)], cwd=tmp_path, capture_output=True, text=True,
        check=False, env={**os.environ, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    last = past.epochs[-1].accuracy
    assert done.stdout.splitlines()[-1] == f"epoch 2: accuracy {last:.4f}, in cnnviz {last:.4f}"


def test_script_that_trains_otherwise_is_found_out() -> None:
    training, past = trained(RECIPE)
    script = training_script(RECIPE, training.data, past)
    assert "SEED = 0\n" in script
    with pytest.raises(AssertionError, match="in cnnviz"):
        run(script.replace("SEED = 0\n", "SEED = 1\n"))


def test_script_of_a_run_that_has_not_begun_compares_nothing() -> None:
    training = Training(RECIPE)
    script = training_script(RECIPE, training.data, History())
    assert "in cnnviz:" not in script
    assert "assert" not in script


def test_points_of_several_steps_are_compared_as_their_mean() -> None:
    training, past = trained(RECIPE)
    one, two, *_ = past.points
    mean = replace_points(past, (two._replace(loss=(one.loss + two.loss) / 2),))
    run(training_script(RECIPE, training.data, mean))
    wrong = replace_points(past, (two._replace(loss=one.loss + 0.1),))
    with pytest.raises(AssertionError):
        run(training_script(RECIPE, training.data, wrong))


def replace_points(past: History, points: tuple[Any, ...]) -> History:
    return replace(past, points=points)


def test_notebook_runs_and_draws_its_curve(tmp_path: Path) -> None:
    training, past = trained(RECIPE)
    cells = training_cells(RECIPE, training.data, past)
    book = nbformat.reads(notebook("t", [], cells, None).decode(), as_version=4)
    nbformat.validate(book)
    NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    assert "epoch 2: test loss" in str(book.cells[4].outputs)
    assert [cell.id for cell in book.cells[:3]] == ["text", "code", "code-2"]


def test_script_of_a_device_that_is_not_here_names_it() -> None:
    data = Training(RECIPE).data
    assert 'DEVICE = "mps"\n' in training_script(replace(RECIPE, device="mps"), data)


def test_script_says_what_it_needs_and_names_nothing_of_cnnviz() -> None:
    for recipe in (RECIPE, EVERYTHING):
        script = training_script(recipe, Training(recipe).data)
        assert "import cnnviz" not in script
        assert "from cnnviz" not in script
        assert "It needs torch and torchvision" in script


def test_epochs_and_progress_are_what_a_history_is_of() -> None:
    """The tests above compare all steps: every step has its point."""
    events = list(Training(RECIPE).events())
    assert sum(len(e.points) for e in events if isinstance(e, Progress)) == 6
    assert sum(isinstance(e, Epoch) for e in events) == 2
