"""torchinfo's count of a network, an independent one, beside ours."""

from collections.abc import Sequence

import torchinfo
from torch import nn

from cnnviz.models.summary import LayerRow, shape_table, totals


def assert_torchinfo_agrees(model: nn.Module, input_shape: tuple[int, ...]) -> None:
    """The totals are torchinfo's, but for what it counts besides."""
    rows = shape_table(model, input_shape)
    summary = torchinfo.summary(model, (1, *input_shape), device="meta", verbose=0)
    found = totals(rows)
    assert found.parameters == summary.total_params == sum(p.numel() for p in model.parameters())
    assert found.macs + added_by_torchinfo(model, rows) == summary.total_mult_adds


def added_by_torchinfo(model: nn.Module, rows: Sequence[LayerRow]) -> int:
    """What torchinfo counts besides: a bias once a cell, and one for each weight of a norm."""
    extra = 0
    for row in rows:
        module = model.get_submodule(row.path)
        if row.kind == "Conv2d" and module.bias is not None:
            extra += row.output_shape[0] * row.output_shape[1] * row.output_shape[2]
        elif row.kind == "Linear" and module.bias is not None:
            extra += row.output_shape[-1]
        elif not row.macs:  # a norm, and ConvNeXt's `layer_scale`
            extra += row.parameters
    return extra
