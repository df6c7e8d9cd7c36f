"""Learning the kernel is watched step by step; divergence is shown and explained."""

import base64
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from streamlit.testing.v1 import AppTest

from tests.app.reader import click, control, labels, run, sent, stage, toasts, visit

COURSE = {"panel": "learn", "pair": "course"}
MINE = {"panel": "learn", "pair": "mine"}


def path(app: AppTest) -> dict[str, Any]:
    """Kernels, gradients and losses, as the component was sent them."""
    data = sent(app, "learning")
    assert data is not None
    floats = {
        name: np.frombuffer(base64.b64decode(data[name]), dtype="<f4")
        for name in ("kernels", "gradients", "losses")
    }
    assert all(np.isfinite(numbers).all() for numbers in floats.values())
    size = (-1, data["meta"]["rows"], data["meta"]["cols"])
    return {
        "kernels": floats["kernels"].reshape(size),
        "gradients": floats["gradients"].reshape(size),
        "losses": floats["losses"],
    }


def test_course_pair_is_learned() -> None:
    app = visit(COURSE)
    assert path(app)["losses"][-1] < 0.2
    assert abs(path(app)["kernels"][-1] - [[1, -1]]).max() < 0.1
    assert not app.warning


def test_path_is_gradient_descent_as_torch_does_it() -> None:
    found = path(visit({**COURSE, "lr": "0.02", "updates": "4", "seed": "3"}))
    x = torch.ones(1, 1, 6, 8)
    x[..., 2:6] = 0
    y = F.conv2d(x, torch.tensor([[[[1.0, -1.0]]]]))
    kernel = torch.tensor(found["kernels"][:1])[None].requires_grad_()
    optimizer = torch.optim.SGD([kernel], lr=0.02)
    for i in range(5):
        optimizer.zero_grad()
        loss = ((F.conv2d(x, kernel) - y) ** 2).sum()
        loss.backward()
        assert found["losses"][i] == pytest.approx(loss.item(), rel=1e-4)
        np.testing.assert_allclose(found["gradients"][i], kernel.grad[0, 0], rtol=1e-3, atol=1e-4)
        np.testing.assert_allclose(found["kernels"][i], kernel.detach()[0, 0], rtol=1e-4)
        optimizer.step()


def test_updates_and_seed_are_chosen() -> None:
    app = visit(COURSE)
    before = path(app)
    control(app, "number_input", "updates").set_value(3)
    control(app, "number_input", "seed").set_value(5)
    after = path(run(app))
    assert len(after["losses"]) == 4
    assert not (after["kernels"][0] == before["kernels"][0]).all()


def test_pages_own_input_and_output_are_learned_from() -> None:
    link = {"input": "pattern", "kernel": "cross", "lr": "0.01", "updates": "200"}
    app = visit({**MINE, **link})
    expected = stage(app).kernel[0].numpy()
    np.testing.assert_allclose(path(app)["kernels"][-1], expected, atol=0.1)


def test_flipped_kernel_is_learned_flipped() -> None:
    app = visit({**MINE, "operation": "convolution", "lr": "0.001", "updates": "5"})
    assert path(app)["kernels"].shape == (6, 2, 2)


def test_divergence_is_shown_and_explained() -> None:
    app = visit({**COURSE, "lr": "0.05"})
    (warning,) = app.warning
    assert "diverges" in warning.value
    losses = path(app)["losses"]
    assert losses[-1] > losses[0]


def test_button_brings_a_learning_rate_that_converges() -> None:
    app = visit({**COURSE, "lr": "0.05"})
    (label,) = [label for label in labels(app) if label.startswith("Use learning rate")]
    click(app, label)
    assert not app.warning
    losses = path(app)["losses"]
    assert losses[-1] < losses[0]


def test_no_button_where_the_rate_converges() -> None:
    assert not [label for label in labels(visit(COURSE)) if label.startswith("Use learning rate")]


def test_divergence_ends_before_the_numbers_do() -> None:
    app = visit({**COURSE, "lr": "10", "updates": "200"})
    assert 1 < len(path(app)["losses"]) < 201
    assert "diverges" in app.warning[0].value


@pytest.mark.parametrize("largest", ["255", "1000000"])
def test_large_cells_can_be_learned_from_with_the_offered_rate(largest: str) -> None:
    cells = "_".join([" ".join([largest, "0", largest, largest] * 4)] * 16)
    app = visit({**MINE, "input": "own", "cells": cells, "kernel": "sobel-x"})
    (label,) = [label for label in labels(app) if label.startswith("Use learning rate")]
    click(app, label)
    losses = path(app)["losses"]
    assert losses[-1] < losses[0]


def test_empty_drawing_is_not_told_of_an_infinite_learning_rate() -> None:
    app = visit({**MINE, "input": "draw", "kernel": "sobel-x"})
    said = [element.value for element in (*app.markdown, *app.info, *app.warning)]
    assert not [text for text in said if "inf" in text.split()]


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("lr", ["0.03", "0.05", "10"])
def test_verdict_is_given_in_both_languages(lang: str, lr: str) -> None:
    app = visit({**COURSE, "lr": lr, "lang": lang})
    said = [element.value for element in (*app.markdown, *app.warning)]
    assert any(("학습률" in text) == (lang == "ko") and lr in text for text in said)


def target(rows: str, **link: str) -> AppTest:
    app = visit({"panel": "learn", "pair": "target", **link})
    control(app, "text_area", "target").set_value(rows)
    return run(app)


def test_own_output_starts_as_that_of_the_page() -> None:
    app = visit({"panel": "learn"})
    control(app, "selectbox", "pair").select("target")
    assert control(run(app), "text_area", "target").value == "19 25\n37 43"


def test_kernel_is_learned_from_ones_own_output() -> None:
    # twice what an identity at the window's first cell would give
    found = path(target("0 2\n6 8", lr="0.002", updates="200", seed="1"))
    x = torch.arange(9.0).reshape(1, 1, 3, 3)
    output = F.conv2d(x, torch.tensor(found["kernels"][-1])[None, None])[0, 0]
    assert (output - torch.tensor([[0.0, 2.0], [6.0, 8.0]])).abs().max() < 0.3


def test_own_output_of_another_shape_is_explained() -> None:
    app = target("1 2 3")
    assert any("target has shape (1, 3)" in warning.value for warning in app.warning)
    click(app, "Start from this page’s output")
    assert control(app, "text_area", "target").value == "19 25\n37 43"


@pytest.mark.parametrize("rows", ["", "one two", "1 2\n3", "nan 1\n2 3", "1e9 1\n2 3"])
def test_own_output_that_is_no_grid_is_refused(rows: str) -> None:
    app = visit({"panel": "learn", "pair": "target", "target": "1 2_3 4"})
    control(app, "text_area", "target").set_value(rows)
    assert "equally many numbers" in toasts(run(app))
    assert control(app, "text_area", "target").value == "1 2\n3 4"


def test_learning_that_would_take_minutes_is_refused() -> None:
    weights = "_".join([" ".join(["1"] * 11)] * 11)
    link = {"input": "photo", "side": "256", "kernel": "own", "weights": weights}
    app = visit({"panel": "learn", "pair": "mine", "updates": "200", **link})
    assert any("million products" in warning.value for warning in app.warning)
