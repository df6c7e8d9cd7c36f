"""The shape table says what a real forward pass would show, without one."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torchvision import models

from cnnviz.models.blocks import DenseBlock, Inception, Residual
from cnnviz.models.summary import INPUT, LayerRow, shape_table, totals
from tests.unit.models.modules import KINDS, on_meta
from tests.unit.models.torchinfos import assert_torchinfo_agrees

PUBLISHED = {  # millions of parameters and of multiply-accumulates at 224, as torchvision prints
    "alexnet": (61.10, 714),
    "vgg11": (132.86, 7609),
    "vgg16": (138.36, 15470),
    "vgg19": (143.67, 19632),
    "googlenet": (6.62, 1498),
    "resnet18": (11.69, 1814),
    "resnet34": (21.80, 3664),
    "resnet50": (25.56, 4089),
    "resnet101": (44.55, 7801),
    "resnet152": (60.19, 11514),
    "resnext50_32x4d": (25.03, 4230),
    "densenet121": (7.98, 2834),
}


def leaves(model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    own = ((path, m) for path, m in model.named_modules() if not list(m.children()))
    return ((path, m) for path, m in own if type(m).__module__.startswith("torch.nn."))


# ---- the same as a forward pass shows


@pytest.mark.parametrize("name", KINDS)
def test_every_layer_has_the_shape_that_pytorch_gives_it(name: str) -> None:
    model = on_meta(name)
    seen: dict[str, list[tuple[int, ...]]] = {}
    for path, module in leaves(model):
        module.register_forward_hook(
            lambda _, __, y, path=path: seen.setdefault(path, []).append(tuple(y.shape[1:]))
        )
    model(torch.empty(1, 3, 224, 224, device="meta"))
    for _, module in leaves(model):
        module._forward_hooks.clear()
    table: dict[str, list[tuple[int, ...]]] = {}
    for row in shape_table(model, (3, 224, 224)):
        if row.path in seen and row.kind == type(model.get_submodule(row.path)).__name__:
            table.setdefault(row.path, []).append(row.output_shape)
    assert table == seen


# those of the catalogue are compared in test_registry.py; of ConvNeXt's dense layers, which it has
# at every pixel, torchinfo counts one
@pytest.mark.parametrize(
    "name", ["squeezenet1_0", "mobilenet_v3_small", "shufflenet_v2_x0_5", "inception_v3"]
)
def test_totals_agree_with_torchinfo(name: str) -> None:
    model = on_meta(name)
    assert_torchinfo_agrees(model, (3, 224, 224))


@pytest.mark.parametrize("name", PUBLISHED)
def test_paper_network_has_the_published_size_and_cost(name: str) -> None:
    found = totals(shape_table(on_meta(name), (3, 224, 224)))
    assert (round(found.parameters / 1e6, 2), round(found.macs / 1e6)) == PUBLISHED[name]


def test_model_is_only_read() -> None:
    model = models.resnet18()
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    attributes = {path: set(vars(m)) for path, m in model.named_modules()}
    shape_table(model, (3, 64, 64))
    assert model.training
    assert all(m.training for m in model.modules())
    assert {path: set(vars(m)) for path, m in model.named_modules()} == attributes
    torch.testing.assert_close(dict(model.state_dict()), before)
    assert model(torch.randn(2, 3, 64, 64)).device.type == "cpu"


def test_the_same_network_gives_the_same_table_each_time() -> None:
    model = on_meta("googlenet")
    assert shape_table(model, (3, 224, 224)) == shape_table(model, (3, 224, 224))
    assert shape_table(on_meta("googlenet"), (3, 224, 224)) == shape_table(model, (3, 224, 224))


def test_weights_on_the_cpu_and_on_meta_give_the_same_table() -> None:
    assert shape_table(models.resnet18(), (3, 96, 96)) == shape_table(
        on_meta("resnet18"), (3, 96, 96)
    )


# ---- what a row says


def test_row_of_a_convolution_says_how_its_parameters_add_up() -> None:
    row = shape_table(nn.Sequential(nn.Conv2d(1, 6, 5, padding=2)), (1, 28, 28))[0]
    assert row == LayerRow(
        "0", "Conv2d", "6@5×5, p 2", (6, 28, 28), 156, "6·(1·5·5)+6", 117_600, 18_816,
        (5, 5), (1, 1), "", "", (INPUT,),
    )  # fmt: skip


def test_every_formula_of_parameters_is_true() -> None:
    rows = shape_table(on_meta("resnext50_32x4d"), (3, 224, 224))
    for row in rows:
        formula = row.parameters_formula.replace("·", "*") or "0"
        assert eval(formula) == row.parameters


def test_operations_of_a_forward_are_rows_too() -> None:
    kinds = [row.kind for row in shape_table(on_meta("densenet121"), (3, 224, 224))]
    assert kinds[-5:] == ["BatchNorm2d", "ReLU", "AdaptiveAvgPool2d", "Flatten", "Linear"]
    assert kinds.count("concat") == 6 + 12 + 24 + 16
    adds = [r for r in shape_table(on_meta("resnet50"), (3, 224, 224)) if r.kind == "add"]
    assert len(adds) == 16


def test_what_is_changed_in_place_takes_no_memory() -> None:
    net = nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU(inplace=True), nn.ReLU(), nn.Flatten())
    assert [row.activation_bytes for row in shape_table(net, (1, 2, 2))] == [16, 0, 16, 0]


def test_one_and_three_dimensions_have_tables_too() -> None:
    line = nn.Sequential(nn.Conv1d(1, 2, 3), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(6, 2))
    assert [row.output_shape for row in shape_table(line, (1, 8))] == [(2, 6), (2, 3), (6,), (2,)]
    volume = nn.Sequential(nn.Conv3d(1, 2, 3), nn.AvgPool3d(2))
    assert [row.output_shape for row in shape_table(volume, (1, 6, 6, 6))][-1] == (2, 2, 2, 2)


# ---- blocks, branches and shortcuts


def test_branches_of_an_inception_block_are_numbered() -> None:
    rows = shape_table(Inception(4, 1, (2, 3), (2, 2), 2), (4, 8, 8))
    by_branch = {n: [r.path for r in rows if r.branch == n and r.kind != "ReLU"] for n in "1234"}
    assert by_branch == {
        "1": ["b1_1"],
        "2": ["b2_1", "b2_2"],
        "3": ["b3_1", "b3_2"],
        "4": ["b4_1", "b4_2"],
    }
    assert rows[-1].kind == "concat"
    assert len(rows[-1].inputs) == 4


def test_shortcut_with_a_convolution_is_told_from_the_main_way() -> None:
    rows = shape_table(Residual(3, 6, use_1x1conv=True, stride=2), (3, 6, 6))
    assert [r.path for r in rows if r.branch == "shortcut"] == ["conv3"]
    assert [r.path for r in rows if r.branch == "main"][-1] == "bn2"


def test_shortcut_without_layers_leads_to_the_addition_itself() -> None:
    rows = shape_table(Residual(3, 3), (3, 6, 6))
    add = next(row for row in rows if row.kind == "add")
    assert INPUT in add.inputs
    assert not [row for row in rows if row.branch == "shortcut"]


def test_dense_block_concatenates_what_it_got_with_what_it_made() -> None:
    rows = shape_table(DenseBlock(3, 10, 2), (3, 8, 8))
    assert [r.output_shape[0] for r in rows if r.kind == "concat"] == [13, 23]


def test_rows_of_a_block_have_its_path_as_their_group() -> None:
    groups = {row.path: row.group for row in shape_table(on_meta("resnet50"), (3, 224, 224))}
    assert groups["layer2.0.downsample.0"] == groups["layer2.0"] == "layer2.0"
    assert groups["conv1"] == groups["fc"] == ""
    dense = {row.group for row in shape_table(on_meta("densenet121"), (3, 224, 224))}
    assert {"features.denseblock1", "features.transition1"} <= dense
