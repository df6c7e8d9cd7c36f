"""The figures show the numbers that torch computes, and nothing is left out."""

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.figures.between import (
    averages,
    bins,
    curve,
    histograms,
    over_temperature,
    probabilities,
    running,
)
from cnnviz.ops.activations import NAMES
from cnnviz.ops.dropout import averaging
from cnnviz.ops.normalisation import batch_norm, running_path, statistics

CHANNELS = ["one", "two", "three"]
WORDS = {
    name: name
    for name in (
        *("function", "derivative", "share", "value", "cell", "mean", "var", "batch", "running"),
        *("seen", "measured", "expected", "masks", "error", "now", "at_1"),
    )
}


def trace(figure: Any, name: str) -> Any:
    (found,) = [each for each in figure.data if each.name == name]
    return found


def maps(seed: int = 0) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    scale = torch.tensor([1.0, 3.0, 0.2])[None, :, None, None]
    return torch.randn(8, 3, 5, 5, generator=generator) * scale + scale


@given(st.lists(st.floats(-5, 5, width=32), min_size=1, max_size=200).map(torch.tensor))
def test_every_value_is_in_one_bin(values: Tensor) -> None:
    middles, shares = bins(values, -5, 5, 20)
    assert float(shares.sum()) == pytest.approx(1)
    assert len(middles) == len(shares) == 20
    mean = float((middles * shares).sum())
    assert abs(mean - float(values.mean())) <= 0.25 + 1e-5  # half a bin


@pytest.mark.parametrize("name", NAMES)
def test_curve_is_the_function_and_its_derivative(name: str) -> None:
    call = getattr(torch, name, None) or getattr(F, name.replace("-", "_"))
    figure = curve(name, torch.tensor([[-1.0, 2.0]]), WORDS, 2.0)
    line = trace(figure, "function")
    x = torch.tensor(line.x)
    torch.testing.assert_close(torch.tensor(line.y), call(x))
    slope = torch.gradient(torch.tensor(line.y, dtype=torch.float64), spacing=float(x[1] - x[0]))[0]
    shown = torch.tensor(trace(figure, "derivative").y, dtype=torch.float64)
    away = x.abs() > 0.05
    torch.testing.assert_close(shown[away][1:-1], slope[away][1:-1], atol=5e-3, rtol=0)


def test_curve_reaches_as_far_as_the_map() -> None:
    figure = curve("tanh", torch.tensor([[-40.0, 2.0]]), WORDS, 2.0)
    assert trace(figure, "function").x[0] == -40
    assert sum(trace(figure, "share").y) == pytest.approx(1)
    assert {line.x0 for line in figure.layout.shapes} == {2.0}
    assert [note.text for note in figure.layout.annotations] == ["cell"]


def test_histograms_have_a_pair_for_each_channel_and_mark_its_means() -> None:
    x = maps()
    done = batch_norm(x, torch.ones(3), torch.tensor([0.0, 1.0, 2.0]))
    figure = histograms(done, CHANNELS, "before", "after")
    assert [bar.name for bar in figure.data] == [
        f"{name}, {when}" for when in ("before", "after") for name in CHANNELS
    ]
    assert all(sum(bar.y) == pytest.approx(1, abs=1e-5) for bar in figure.data)
    means = [line.x0 for line in figure.layout.shapes]
    expected = [*x.mean((0, 2, 3)).tolist(), 0, 1, 2]
    assert means == pytest.approx(expected, abs=1e-5)


def test_histograms_share_one_axis_so_that_widths_can_be_compared() -> None:
    done = batch_norm(maps(), torch.ones(3), torch.zeros(3))
    figure = histograms(done, CHANNELS, "before", "after")
    assert len({tuple(bar.x) for bar in figure.data}) == 1


def test_running_statistics_start_at_a_new_layers() -> None:
    each = [maps(seed) for seed in range(6)]
    own = [statistics(x, unbiased=True) for x in each]
    path = running_path(own, 3)
    figure = running(path, own, 1, WORDS)
    means, variances = (line for line in figure.data if line.mode != "markers")
    assert (means.y[0], variances.y[0]) == (0, 1)
    assert means.y[-1] == pytest.approx(float(path[-1].mean[1]))
    dots = [line for line in figure.data if line.mode == "markers"]
    assert list(dots[1].y) == pytest.approx([float(x[:, 1].var()) for x in each])


def test_error_of_the_mean_is_shown_beside_the_theory() -> None:
    path = averaging(torch.ones(4, 4), 0.5, 0, 30)
    figure = averages(path, WORDS)
    assert list(trace(figure, "measured").y) == path.error.tolist()
    assert trace(figure, "expected").y[3] == pytest.approx(1 / math.sqrt(4))
    assert list(trace(figure, "measured").x) == list(range(1, 31))


def test_bars_are_torchs_probabilities_and_those_at_1() -> None:
    logits = torch.tensor([2.0, 1.0, -1.0])
    figure = probabilities(logits, 4.0, CHANNELS, WORDS)
    assert trace(figure, "now").y == pytest.approx(torch.softmax(logits / 4, 0).tolist())
    assert trace(figure, "at_1").y == pytest.approx(torch.softmax(logits, 0).tolist())
    assert trace(figure, "now").text[0] == "44%"


def test_at_temperature_1_there_is_nothing_to_compare_with() -> None:
    assert len(probabilities(torch.zeros(3), 1.0, CHANNELS, WORDS).data) == 1


def test_what_is_next_to_nothing_is_not_written_as_0() -> None:
    figure = probabilities(torch.tensor([50.0, 0.0, 44.0]), 1.0, CHANNELS, WORDS)
    assert list(figure.data[0].text) == ["100%", "<0.001%", "0.25%"]


def test_curves_over_temperature_go_from_the_winner_to_all_alike() -> None:
    logits = torch.tensor([2.0, 1.0, -1.0])
    figure = over_temperature(logits, 2.5, CHANNELS, "T")
    assert [line.name for line in figure.data] == CHANNELS
    first = [line.y[0] for line in figure.data]
    assert first == pytest.approx(torch.softmax(logits / 0.1, 0).tolist(), abs=1e-4)
    assert figure.data[0].x[0] == pytest.approx(0.1)
    assert figure.data[0].x[-1] == pytest.approx(10)
    assert figure.layout.shapes[0].x0 == 2.5
