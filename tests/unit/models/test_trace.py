"""A reader's own modules: whatever their forward does, no weight is lost and nothing is raised."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnviz.models.summary import shape_table, totals
from tests.unit.models.modules import Own


@pytest.mark.parametrize(
    "work",
    [
        lambda m, x: F.conv2d(x, m.weight, padding=1),
        lambda m, x: F.conv2d(x, m.weight.data, padding=1),
        lambda m, x: F.conv2d(x, m.weight - m.weight.mean(), padding=1),
        lambda m, x: x + m.weight.sum(),
    ],
)
def test_no_weight_is_lost_however_it_is_used(work: Callable[[Any, Tensor], Any]) -> None:
    block = Own(lambda m, x: m.conv2(work(m, m.conv1(x))))
    for net in (block, nn.Sequential(block, nn.ReLU())):
        found = totals(shape_table(net, (2, 8, 8))).parameters
        assert found == sum(weight.numel() for weight in net.parameters())


def test_weight_that_two_layers_share_counts_once() -> None:
    net = nn.Sequential(nn.Conv2d(2, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1))
    net[1].weight = net[0].weight
    found = totals(shape_table(net, (2, 8, 8))).parameters
    assert found == sum(weight.numel() for weight in net.parameters())


def test_weights_that_run_twice_count_once() -> None:
    layer = nn.Conv2d(2, 2, 3, padding=1)
    rows = shape_table(nn.Sequential(layer, layer), (2, 8, 8))
    assert [row.parameters for row in rows] == [38, 0]
    assert rows[0].macs == rows[1].macs


def test_weights_of_a_module_of_ones_own_are_counted_where_they_are_used() -> None:
    class Own(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(4, 3, 3, 3))

        def forward(self, x: Tensor) -> Tensor:
            return F.conv2d(x, self.weight).mean((2, 3))

    rows = shape_table(Own(), (3, 8, 8))
    assert [(row.kind, row.parameters, row.macs) for row in rows] == [
        ("conv2d", 108, 108 * 36),
        ("mean", 0, 0),
    ]


@pytest.mark.parametrize(
    "work",
    [
        lambda m, x: m.conv1(input=x),
        lambda m, x: m.conv1(x.mT),
        lambda m, x: m.conv1(x.data),
        lambda m, x: m.conv1(torch.zeros(2, 2, 8, 8, device="meta")),
        lambda m, x: F.adaptive_avg_pool2d(m.conv1(x), 1).squeeze(),
        lambda m, x: {"out": m.conv1(x)},
    ],
)
def test_unusual_forward_has_a_table(work: Callable[[Any, Tensor], Any]) -> None:
    rows = shape_table(Own(work), (2, 8, 8))
    assert rows[0].kind in ("Conv2d", "AdaptiveAvgPool2d")
    assert not any(row.problem for row in rows)


def test_forward_that_raises_ends_the_table_with_its_words() -> None:
    def work(m: Any, x: Tensor) -> Tensor:
        m.conv1(x)
        raise RuntimeError("nothing more here")

    rows = shape_table(Own(work), (2, 8, 8))
    assert [row.kind for row in rows] == ["Conv2d", "Own"]
    assert "nothing more here" in str(rows[-1].problem)


def test_forward_that_swallows_exceptions_does_not_go_on_after_a_misfit() -> None:
    def work(m: Any, x: Tensor) -> Tensor:
        try:
            return nn.functional.relu(m.conv1(x[:, :1]))
        except Exception:
            return m.conv1(x)

    rows = shape_table(Own(work), (2, 8, 8))
    assert rows[-1].problem is not None
    assert len(rows) == 1


def test_pieces_of_a_picture_in_the_batch_are_all_counted() -> None:
    dense = nn.Linear(4, 3)

    class Patches(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.dense = dense

        def forward(self, x: Tensor) -> Tensor:
            return self.dense(x.reshape(-1, 4))

    last = shape_table(Patches(), (1, 8, 8))[-1]
    assert last.output_shape == (16, 3)
    assert last.macs == 16 * 12


def test_a_hook_of_the_readers_does_not_run() -> None:
    ran = []
    net = nn.Sequential(nn.Conv2d(1, 1, 1))
    net[0].register_forward_hook(lambda *_: ran.append(1))
    net.register_forward_pre_hook(lambda *_: ran.append(2))
    shape_table(net, (1, 4, 4))
    assert not ran


def test_layer_without_a_rule_is_asked_of_pytorch() -> None:
    rows = shape_table(nn.Sequential(nn.ConvTranspose2d(3, 2, 2, 2), nn.GroupNorm(1, 2)), (3, 4, 4))
    assert [(row.output_shape, row.parameters, row.macs) for row in rows] == [
        ((2, 8, 8), 26, 24 * 16),
        ((2, 8, 8), 4, 0),
    ]
