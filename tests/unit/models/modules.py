"""Modules whose tables are tested: torchvision's without weights, and a reader's own."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torchvision import models

KINDS = {
    "alexnet": {},
    "vgg11": {},
    "vgg16_bn": {},
    "resnet18": {},
    "resnet50": {},
    "googlenet": {"aux_logits": False, "init_weights": False},
    "resnext50_32x4d": {},
    "densenet121": {},
    "squeezenet1_0": {},
    "mobilenet_v2": {},
    "mobilenet_v3_small": {},
    "shufflenet_v2_x0_5": {},
    "efficientnet_b0": {},
    "convnext_tiny": {},
    "inception_v3": {"aux_logits": False, "init_weights": False},
}


def on_meta(name: str) -> nn.Module:
    with torch.device("meta"):
        model: nn.Module = getattr(models, name)(**KINDS.get(name, {}))
    return model.eval()


class Own(nn.Module):
    """A module of a reader's: its forward is the function that it was given."""

    def __init__(self, forward: Callable[[nn.Module, Tensor], Any]) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(2, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1)
        self.weight = nn.Parameter(torch.zeros(2, 2, 3, 3))
        self.work = forward

    def forward(self, x: Tensor) -> Any:
        return self.work(self, x)
