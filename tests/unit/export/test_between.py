"""The code of each topic, run: it gives the numbers of the page."""

import contextlib
import io
from typing import Any

import pytest
import torch

from cnnviz.data.batches import batch
from cnnviz.export.between import activation_code, batch_norm_code, dropout_code, softmax_code
from cnnviz.ops import correlate, kernels
from cnnviz.ops.activations import NAMES, activate
from cnnviz.ops.dropout import dropout
from cnnviz.ops.normalisation import Statistics, batch_norm, feature_maps, statistics
from cnnviz.ops.softmax import softmax

GARMENT = batch("fashion-mnist", 1, 0)[0].float() / 255


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, names)
    return {**names, "printed": printed.getvalue()}


@pytest.mark.parametrize("name", NAMES)
def test_activation_and_its_derivative_are_the_pages(name: str) -> None:
    walk = correlate(GARMENT, kernels.named("sobel-x"))
    done = activate(2.5 * walk.output, name)
    made = run(activation_code(walk, name, 2.5))
    torch.testing.assert_close(made["Y"], done.output)
    torch.testing.assert_close(made["derivative"], done.derivative)
    assert f"{done.saturated:.0%} of the cells" in made["printed"]


@pytest.mark.parametrize("training", [True, False])
def test_statistics_of_torchs_own_layer_are_the_pages(training: bool) -> None:
    images, stack = batch("fashion-mnist", 6, 2), torch.stack([kernels.named("box")] * 2)
    gamma, beta = torch.tensor([1.5, -1.0]), torch.tensor([0.5, 0.0])
    running = Statistics(torch.tensor([0.3, 0.1]), torch.tensor([0.2, 0.4]))
    code = batch_norm_code(
        images.float() / 255, stack, gamma, beta, running, training=training, momentum=0.25
    )
    maps = feature_maps(images, stack)
    done = batch_norm(maps, gamma, beta, running, training=training, momentum=0.25)
    rows = [
        each
        for pair in (done.batch, done.running, statistics(done.output))
        for each in (pair.mean, pair.var)
    ]
    torch.testing.assert_close(run(code)["Y"], torch.stack(rows).float())


def test_mask_comes_back_with_its_seed() -> None:
    x = torch.linspace(0, 2, 36).reshape(6, 6)
    made = run(dropout_code(x, 0.3, 17, training=True))
    torch.testing.assert_close(made["Y"], dropout(x, 0.3, 17).output)
    assert run(dropout_code(x, 0.3, 17, training=False))["Y"].equal(x)


def test_probabilities_are_the_pages() -> None:
    logits = torch.tensor([3.0, -1.0, 90.5])
    made = run(softmax_code(logits, 7.5))
    torch.testing.assert_close(made["Y"][0], softmax(logits, 7.5).probabilities)
