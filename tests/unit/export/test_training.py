"""Curves and weights that go along hold what was computed, and what is needed to use them."""

import csv
import io
import json

import pytest
import torch
from safetensors.torch import load, safe_open

from cnnviz.data import sets
from cnnviz.export.training import COLUMNS, curves_csv, weights_file
from cnnviz.training import weights
from cnnviz.training.history import History, history
from cnnviz.training.loop import Training
from cnnviz.training.recipe import Recipe

RECIPE = Recipe(
    data="shapes", data_options=(("examples", 48),), network="lenet-modern",
    network_options=(("channels", (2, 3)), ("hidden", (8, 8))), batch_size=16, epochs=2,
    scaling="standard",
)  # fmt: skip


@pytest.fixture(scope="module")
def run() -> tuple[Training, History]:
    training = Training(RECIPE)
    return training, history(training.events())


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_curves_hold_every_point_as_it_was_computed(run: tuple[Training, History]) -> None:
    found = rows(curves_csv([("one", run[1]), ("two", run[1])]))
    assert [row["run"] for row in found] == 8 * ["one"] + 8 * ["two"]
    first, last = found[0], found[7]
    assert tuple(first) == COLUMNS
    point, test = run[1].points[0], run[1].epochs[-1]
    assert (first["part"], first["step"], first["epoch"]) == ("training", "1", "0.333333")
    assert (float(first["loss"]), float(first["accuracy"])) == (point.loss, point.accuracy)
    assert (last["part"], last["step"], last["epoch"]) == ("validation", "6", "2")
    assert (float(last["loss"]), float(last["accuracy"])) == (test.loss, test.accuracy)


def test_run_without_a_point_has_no_line() -> None:
    assert curves_csv([("new", History())]) == ",".join(COLUMNS) + "\n"


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1"])
def test_name_is_not_computed_by_a_spreadsheet(name: str, run: tuple[Training, History]) -> None:
    assert rows(curves_csv([(name, run[1])]))[0]["run"] == "'" + name


def test_names_with_commas_quotes_and_lines_stay_whole(run: tuple[Training, History]) -> None:
    name = 'a,"b"\nc 가'
    assert {row["run"] for row in rows(curves_csv([(name, run[1])]))} == {name}


def test_weights_are_the_networks_alone_and_can_be_brought_back(
    run: tuple[Training, History],
) -> None:
    training, _ = run
    blob = weights_file(training.state(), training.data)
    assert load(blob).keys() == training.network.state_dict().keys()
    recipe = weights.recipe_of(blob)
    assert recipe == RECIPE
    found = weights.evaluate(recipe, weights.read(blob, recipe))
    assert found.epoch.confusion == run[1].epochs[-1].confusion


def test_text_in_the_file_is_enough_to_use_the_weights_elsewhere(
    run: tuple[Training, History], tmp_path: object
) -> None:
    training, past = run
    file = f"{tmp_path}/weights.safetensors"
    with open(file, "wb") as out:
        out.write(weights_file(training.state(), training.data))
    with safe_open(file, "pt") as opened:
        about = opened.metadata()
        values = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    mean, deviation = (torch.tensor(json.loads(about[n])) for n in ("mean", "deviation"))
    assert json.loads(about["classes"]) == ["circle", "square", "triangle", "cross"]
    assert json.loads(about["input_shape"]) == [1, 32, 32]
    images, labels = sets.load(RECIPE.data, RECIPE.data_options).test
    x = (images / 255 - mean[:, None, None]) / deviation[:, None, None]
    network = Training(RECIPE).network.eval()
    network.load_state_dict(values)
    with torch.no_grad():
        right = (network(x).argmax(1) == labels).float().mean()
    assert float(right) == pytest.approx(past.epochs[-1].accuracy)


def test_scaling_of_pixels_from_0_to_1_is_none() -> None:
    training = Training(Recipe(data="mnist", data_options=(("examples", 64),), epochs=1))
    with_text = weights_file(training.state(), training.data)
    assert b'\\"mean' not in with_text
    assert b'"mean":"[0.0]"' in with_text
    assert b'"deviation":"[1.0]"' in with_text
