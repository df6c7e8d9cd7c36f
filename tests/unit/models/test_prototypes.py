"""The classifier of mean images: a linear layer that is also the nearest mean."""

import pytest
import torch
from torch import nn

from cnnviz.data import datasets
from cnnviz.models.prototypes import logits, mean_images


@pytest.mark.parametrize("name", ["fashion-mnist", "mnist"])
def test_largest_logit_is_the_nearest_mean(name: str) -> None:
    test = datasets.load(name)
    means = mean_images(name).flatten(1)
    for image in test.images[:50].float() / 255:
        distances = (means - image.flatten()).square().sum(1)
        scores = logits(name, image)
        assert scores.argmax() == distances.argmin()
        # −½‖x − μ‖², but for ½‖x‖², which is the same for every class
        differences = -distances / 2 + image.square().sum() / 2
        torch.testing.assert_close(scores, differences, atol=1e-3, rtol=1e-4)


def test_it_is_a_linear_layer() -> None:
    layer = nn.Linear(784, 10)
    means = mean_images("mnist").flatten(1)
    layer.load_state_dict({"weight": means, "bias": -means.square().sum(1) / 2})
    image = datasets.pick("mnist", 3, 0).float() / 255
    torch.testing.assert_close(layer(image.flatten()).detach(), logits("mnist", image))


@pytest.mark.parametrize(("name", "share"), [("fashion-mnist", 0.6), ("mnist", 0.75)])
def test_it_knows_most_images_that_it_never_saw(name: str, share: float) -> None:
    test = datasets.load(name)
    guessed = torch.stack([logits(name, image.float() / 255) for image in test.images]).argmax(1)
    assert float((guessed == test.labels).float().mean()) > share
