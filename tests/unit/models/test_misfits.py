"""Where a layer does not fit, the table ends with it and says why."""

import pytest
import torch
from torch import nn

from cnnviz.models.blocks import Inception, Residual
from cnnviz.models.summary import LayerRow, shape_table


def last(net: nn.Module, *shape: int) -> LayerRow:
    return shape_table(net, shape)[-1]


def test_table_goes_as_far_as_it_can() -> None:
    rows = shape_table(nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 9)), (1, 8, 8))
    assert [row.kind for row in rows] == ["Conv2d", "ReLU", "Conv2d"]
    assert [row.problem is None for row in rows] == [True, True, False]
    assert rows[-1].path == "2"


@pytest.mark.parametrize(
    ("net", "shape", "kind", "words"),
    [
        (nn.Conv2d(3, 4, 3), (1, 8, 8), "row_channels", ["3", "1"]),
        (nn.Conv2d(1, 4, 9), (1, 8, 8), "row_window", ["9×9", "8×8"]),
        (nn.MaxPool2d(9), (1, 8, 8), "row_window", ["9×9", "8×8"]),
        (nn.Conv2d(1, 4, 3), (8,), "row_axes", ["2", "8"]),
        (nn.Linear(100, 10), (4, 5, 5), "row_features", ["100", "4×5×5"]),
        (nn.BatchNorm2d(3), (4, 5, 5), "row_channels", ["3", "4"]),
        (nn.Flatten(0), (4, 5, 5), "row_batch", []),
        (nn.Conv2d(1, 10**9, 1, device="meta"), (1, 5000, 5000), "row_huge", ["TB"]),
        (nn.GroupNorm(3, 3), (4, 5, 5), "row_failed", ["4"]),
        (nn.MaxPool2d(2, 2, 2), (4, 8, 8), "pool_padding", ["1", "2"]),
        (nn.BatchNorm2d(4), (4, 8), "row_axes", ["2", "4×8"]),
        (nn.Conv2d(4, 4, 3, padding=3, padding_mode="reflect"), (4, 3, 3), "padding_mode_room", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_layer_that_does_not_fit_says_why(
    net: nn.Module, shape: tuple[int, ...], kind: str, words: list[str]
) -> None:
    row = last(nn.Sequential(net), *shape)
    assert row.problem is not None
    assert row.problem.kind == kind
    assert all(word in str(row.problem) for word in words)


def test_addition_of_other_channels_names_both_shapes() -> None:
    row = last(Residual(3, 6), 3, 8, 8)
    assert row.kind == "add"
    assert row.problem is not None
    assert "6×8×8 and 3×8×8" in str(row.problem)
    with pytest.raises(RuntimeError):
        Residual(3, 6)(torch.zeros(1, 3, 8, 8))


def test_branches_of_other_sizes_cannot_be_concatenated() -> None:
    block = Inception(4, 1, (2, 3), (2, 2), 2)
    block.b3_2 = nn.Conv2d(2, 2, kernel_size=5)
    row = last(block, 4, 8, 8)
    assert row.problem is not None
    assert (row.kind, row.problem.kind) == ("concat", "row_concat")


@pytest.mark.parametrize("shape", [(), (0, 4, 4), (3, -1, 4), (1, 1, 1, 1, 1)])
def test_input_without_a_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="1 to 4 whole numbers"):
        shape_table(nn.Identity(), shape)


def test_absurd_network_is_refused_by_its_numbers_and_takes_no_memory() -> None:
    with torch.device("meta"):
        net = nn.Sequential(nn.Flatten(), nn.Linear(10**6, 10**7), nn.ReLU())
    row = last(net, 1, 1000, 1000)
    assert row.problem is not None
    assert row.problem.kind == "row_huge"


def test_lazy_layers_are_to_be_run_once_first() -> None:
    net = nn.Sequential(nn.LazyConv2d(4, 3))
    with pytest.raises(ValueError, match="lazy"):
        shape_table(net, (1, 8, 8))
    net(torch.zeros(1, 1, 8, 8))
    assert shape_table(net, (1, 8, 8))[0].output_shape == (4, 6, 6)
