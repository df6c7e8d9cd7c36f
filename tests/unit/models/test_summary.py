"""The shape table says what a real forward pass would show, without one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision import models

from cnnviz.models.blocks import DenseBlock, Inception, Residual
from cnnviz.models.summary import INPUT, LayerRow, shape_table, totals
from tests.unit.models.torchinfos import assert_torchinfo_agrees

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


def on_meta(name: str) -> nn.Module:
    with torch.device("meta"):
        model: nn.Module = getattr(models, name)(**KINDS.get(name, {}))
    return model.eval()


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


# ---- receptive fields


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


def test_after_a_dense_layer_everything_is_seen() -> None:
    rows = shape_table(on_meta("alexnet"), (3, 224, 224))
    assert rows[-1].receptive_field == (224, 224)
    assert rows[-1].jump is None


def test_field_of_a_rectangular_kernel_differs_along_the_axes() -> None:
    net = nn.Sequential(nn.Conv2d(1, 1, (1, 7)), nn.Conv2d(1, 1, (3, 1), stride=(2, 1)))
    assert shape_table(net, (1, 9, 9))[-1].receptive_field == (3, 7)


class Own(nn.Module):
    """A module of a reader's: its forward is the function that it was given."""

    def __init__(self, forward: Callable[[nn.Module, Tensor], Any]) -> None:
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(2, 2, 3, padding=1), nn.Conv2d(2, 2, 3, padding=1)
        self.weight = nn.Parameter(torch.zeros(2, 2, 3, 3))
        self.work = forward

    def forward(self, x: Tensor) -> Any:
        return self.work(self, x)


def fields(work: Callable[[Any, Tensor], Any]) -> list[tuple[int, ...]]:
    return [row.receptive_field for row in shape_table(Own(work), (2, 16, 16))]


def test_field_of_branches_is_the_largest_along_each_axis() -> None:
    wide, high = nn.Conv2d(1, 1, (1, 7), padding=(0, 3)), nn.Conv2d(1, 1, (7, 1), padding=(3, 0))

    class Cross(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wide, self.high = wide, high

        def forward(self, x: Tensor) -> Tensor:
            return self.wide(x) + self.high(x)

    assert shape_table(Cross(), (1, 9, 9))[-1].receptive_field == (7, 7)


def test_field_of_inception_v3_is_that_of_araujo() -> None:
    rows = shape_table(on_meta("inception_v3"), (3, 299, 299))
    last = [row for row in rows if row.kind == "concat"][-1]
    assert last.receptive_field == (1311, 1311)


def test_channel_shuffle_leaves_the_field_as_it_is() -> None:
    rows = shape_table(on_meta("shufflenet_v2_x0_5"), (3, 224, 224))
    last = [row for row in rows if row.kind == "Conv2d"][-1]
    assert last.jump == (32, 32)
    assert last.receptive_field[0] > 224


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


def test_lazy_layers_are_to_be_run_once_first() -> None:
    net = nn.Sequential(nn.LazyConv2d(4, 3))
    with pytest.raises(ValueError, match="lazy"):
        shape_table(net, (1, 8, 8))
    net(torch.zeros(1, 1, 8, 8))
    assert shape_table(net, (1, 8, 8))[0].output_shape == (4, 6, 6)


def test_dilation_widens_the_field_and_keeps_the_weights() -> None:
    row = shape_table(nn.Sequential(nn.Conv2d(1, 2, 3, dilation=4)), (1, 20, 20))[0]
    assert (row.receptive_field, row.parameters) == ((9, 9), 20)


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


def test_layer_without_a_rule_is_asked_of_pytorch() -> None:
    rows = shape_table(nn.Sequential(nn.ConvTranspose2d(3, 2, 2, 2), nn.GroupNorm(1, 2)), (3, 4, 4))
    assert [(row.output_shape, row.parameters, row.macs) for row in rows] == [
        ((2, 8, 8), 26, 24 * 16),
        ((2, 8, 8), 4, 0),
    ]


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


# ---- what does not fit


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
