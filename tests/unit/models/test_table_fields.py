"""Receptive fields in the shape table: those of Araujo et al., and never a guess."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.models.summary import shape_table
from tests.unit.models.modules import Own, on_meta


class SlimResNet(nn.Module):
    """ResNet v1 of TF-Slim, which Araujo et al. measured: a stage's *last* unit has the stride."""

    def __init__(self, units: tuple[int, ...]) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3), nn.MaxPool2d(3, 2, 1))
        self.units = nn.ModuleList()
        for stage, count in enumerate(units):
            for unit in range(count):
                stride = 2 if unit == count - 1 and stage < 3 else 1
                self.units.append(nn.Conv2d(8, 8, 3, stride, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        for unit in self.units:
            x = unit(x) + F.max_pool2d(x, 1, unit.stride[0])
        return x


@pytest.mark.parametrize(
    ("units", "field"),
    [((3, 4, 6, 3), 483), ((3, 4, 23, 3), 1027), ((3, 8, 36, 3), 1507)],
    ids=["resnet50", "resnet101", "resnet152"],
)
def test_field_of_slim_resnet_is_that_of_araujo(units: tuple[int, ...], field: int) -> None:
    last = shape_table(SlimResNet(units), (3, 224, 224))[-1]
    assert (last.receptive_field, last.jump) == ((field, field), (32, 32))


@pytest.mark.parametrize(("name", "field"), [("alexnet", 195), ("vgg16", 212)])
def test_field_of_paper_network_is_that_of_araujo(name: str, field: int) -> None:
    rows = shape_table(on_meta(name), (3, 224, 224))
    last = next(row for row in reversed(rows) if row.kind == "MaxPool2d")
    assert (last.receptive_field, last.jump) == ((field, field), (32, 32))


def test_field_of_inception_v3_is_that_of_araujo() -> None:
    rows = shape_table(on_meta("inception_v3"), (3, 299, 299))
    last = [row for row in rows if row.kind == "concat"][-1]
    assert last.receptive_field == (1311, 1311)


def test_after_a_dense_layer_everything_is_seen() -> None:
    rows = shape_table(on_meta("alexnet"), (3, 224, 224))
    assert rows[-1].receptive_field == (224, 224)
    assert rows[-1].jump is None


def test_field_of_a_rectangular_kernel_differs_along_the_axes() -> None:
    net = nn.Sequential(nn.Conv2d(1, 1, (1, 7)), nn.Conv2d(1, 1, (3, 1), stride=(2, 1)))
    assert shape_table(net, (1, 9, 9))[-1].receptive_field == (3, 7)


def test_field_of_branches_is_the_largest_along_each_axis() -> None:
    wide, high = nn.Conv2d(1, 1, (1, 7), padding=(0, 3)), nn.Conv2d(1, 1, (7, 1), padding=(3, 0))

    class Cross(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wide, self.high = wide, high

        def forward(self, x: Tensor) -> Tensor:
            return self.wide(x) + self.high(x)

    assert shape_table(Cross(), (1, 9, 9))[-1].receptive_field == (7, 7)


def test_channel_shuffle_leaves_the_field_as_it_is() -> None:
    rows = shape_table(on_meta("shufflenet_v2_x0_5"), (3, 224, 224))
    last = [row for row in rows if row.kind == "Conv2d"][-1]
    assert last.jump == (32, 32)
    assert last.receptive_field[0] > 224


def test_dilation_widens_the_field_and_keeps_the_weights() -> None:
    row = shape_table(nn.Sequential(nn.Conv2d(1, 2, 3, dilation=4)), (1, 20, 20))[0]
    assert (row.receptive_field, row.parameters) == ((9, 9), 20)


def fields(work: Callable[[Any, Tensor], Any]) -> list[tuple[int, ...]]:
    return [row.receptive_field for row in shape_table(Own(work), (2, 16, 16))]


@pytest.mark.parametrize(
    ("work", "field"),
    [
        (lambda m, x: m.conv2(F.conv2d(x, m.weight, None, 2, 1)), (7, 7)),
        (lambda m, x: m.conv2(F.conv2d(x, m.weight, None, 1, 2, 2)), (7, 7)),
        (lambda m, x: m.conv2(F.avg_pool2d(x, 2)), (6, 6)),
        (lambda m, x: m.conv2(x - m.conv1(x)), (5, 5)),
        (lambda m, x: m.conv2(torch.maximum(x, m.conv1(x))), (5, 5)),
        (lambda m, x: m.conv2(x * m.conv1(x).mean(1, keepdim=True)), (5, 5)),
        (lambda m, x: m.conv2(m.conv1(x)[:, :, ::2, ::2]), ()),  # not known, and not guessed
        (lambda m, x: m.conv2(F.interpolate(m.conv1(x), scale_factor=2)), ()),
    ],
)
def test_field_after_a_forward_of_ones_own(
    work: Callable[[Any, Tensor], Any], field: tuple[int, ...]
) -> None:
    assert fields(work)[-1] == field
