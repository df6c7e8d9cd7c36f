"""Every network of the catalogue is built, and has the shapes and sizes that are printed."""

import copy
import math

import pytest
import torch
from torch import nn

from cnnviz.models.options import Option
from cnnviz.models.registry import build, catalogue, network, outline, table
from cnnviz.models.summary import LayerRow, totals
from cnnviz.problems import Problem
from tests.unit.models.torchinfos import assert_torchinfo_agrees

NAMES = tuple(catalogue())


def rows_of(name: str, **options: object) -> tuple[LayerRow, ...]:
    channels = options.get("c_in", network(name).input_shape[0])
    return table(name, tuple(options.items()), (channels, *network(name).input_shape[1:]))


def shapes(name: str, *kinds: str) -> list[tuple[int, ...]]:
    return [row.output_shape for row in rows_of(name) if row.kind in kinds]


# ---- the course's tables, to the letter


def test_lenet_has_the_courses_table() -> None:
    assert [(row.kind, row.output_shape) for row in rows_of("lenet")] == [
        ("Conv2d", (6, 28, 28)),
        ("Sigmoid", (6, 28, 28)),
        ("AvgPool2d", (6, 14, 14)),
        ("Conv2d", (16, 10, 10)),
        ("Sigmoid", (16, 10, 10)),
        ("AvgPool2d", (16, 5, 5)),
        ("Flatten", (400,)),
        ("Linear", (120,)),
        ("Sigmoid", (120,)),
        ("Linear", (84,)),
        ("Sigmoid", (84,)),
        ("Linear", (10,)),
    ]
    assert [row.receptive_field[0] for row in rows_of("lenet")][:7] == [5, 5, 6, 14, 14, 16, 28]
    assert totals(rows_of("lenet"))[:2] == (61_706, 416_520)


def test_vgg_11_has_the_courses_table() -> None:
    assert shapes("vgg-d2l", "MaxPool2d", "Flatten", "Linear") == [
        (64, 112, 112),
        (128, 56, 56),
        (256, 28, 28),
        (512, 14, 14),
        (512, 7, 7),
        (25088,),
        (4096,),
        (4096,),
        (10,),
    ]
    head = [row.kind for row in rows_of("vgg-d2l")][-8:]
    assert head == ["Flatten", *(["Linear", "ReLU", "Dropout"] * 2), "Linear"]


def test_narrow_vgg_has_a_quarter_of_the_channels() -> None:
    assert [shape[0] for shape in shapes("vgg-narrow", "MaxPool2d")] == [16, 32, 64, 128, 128]


def test_resnet_18_has_the_courses_table() -> None:
    rows = rows_of("resnet-d2l")
    stages = {}
    for row in rows:
        if row.group:
            stages[row.group.split(".")[0]] = row.output_shape
    assert rows[3].output_shape == (64, 24, 24)
    assert list(stages.values()) == [(64, 24, 24), (128, 12, 12), (256, 6, 6), (512, 3, 3)]
    assert rows[-1].output_shape == (10,)
    assert sum(row.kind in ("Conv2d", "Linear") and row.branch != "shortcut" for row in rows) == 18


def test_the_korean_courses_networks_have_their_table() -> None:
    assert shapes("garment-dense", "Flatten", "Linear") == [(784,), (256,), (128,), (10,)]
    assert shapes("garment-conv", "Conv2d", "MaxPool2d", "Flatten", "Linear") == [
        (32, 28, 28),
        (32, 14, 14),
        (64, 12, 12),
        (64, 6, 6),
        (2304,),
        (600,),
        (120,),
        (10,),
    ]


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("alexnet-d2l", [(96, 26, 26), (256, 12, 12), (256, 5, 5)]),
        ("nin", [(96, 26, 26), (256, 12, 12), (384, 5, 5)]),
        ("googlenet-d2l", [(64, 24, 24), (192, 12, 12), (480, 6, 6), (832, 3, 3)]),
    ],
)
def test_course_form_halves_where_the_book_prints_it(
    name: str, printed: list[tuple[int, ...]]
) -> None:
    between = [row for row in rows_of(name) if row.kind == "MaxPool2d" and not row.branch]
    assert [row.output_shape for row in between] == printed


def test_dense_net_has_the_courses_table() -> None:
    blocks = {row.group: row.output_shape for row in rows_of("densenet-d2l") if row.group}
    assert list(blocks.values()) == [
        (192, 24, 24),
        (96, 12, 12),
        (224, 12, 12),
        (112, 6, 6),
        (240, 6, 6),
        (120, 3, 3),
        (248, 3, 3),
    ]


def test_resnet_for_small_images_has_six_n_and_two_layers_and_the_papers_size() -> None:
    rows = rows_of("resnet-cifar")
    weights = [r for r in rows if r.kind in ("Conv2d", "Linear") and r.branch != "shortcut"]
    assert len(weights) == 20
    assert not [row for row in rows if row.kind == "MaxPool2d"]
    assert round(totals(rows).parameters / 1e6, 2) == 0.27  # He et al., table 6


@pytest.mark.parametrize(
    ("name", "millions"),
    [
        ("alexnet", 61.10),
        ("vgg11", 132.86),
        ("vgg13", 133.05),
        ("vgg16", 138.36),
        ("vgg19", 143.67),
        ("googlenet", 6.62),
        ("resnet18", 11.69),
        ("resnet34", 21.80),
        ("resnet50", 25.56),
        ("resnet101", 44.55),
        ("resnet152", 60.19),
        ("resnext50", 25.03),
        ("densenet121", 7.98),
    ],
)
def test_network_of_a_paper_has_its_published_size(name: str, millions: float) -> None:
    assert round(totals(rows_of(name)).parameters / 1e6, 2) == millions


# ---- building


@pytest.mark.parametrize("name", NAMES)
def test_network_on_meta_has_no_memory_and_ends_with_its_classes(name: str) -> None:
    with torch.device("meta"):
        model = build(name)
    assert all(weight.is_meta for weight in model.parameters())
    assert rows_of(name)[-1].output_shape == (network(name).classes,)
    assert rows_of(name)[-1].problem is None


@pytest.mark.parametrize("name", NAMES)
def test_totals_of_every_network_agree_with_torchinfo(name: str) -> None:
    assert_torchinfo_agrees(copy.deepcopy(outline(name, ())), network(name).input_shape)


@pytest.mark.parametrize("name", ["garment-dense", "garment-conv", "lenet-modern", "resnet-cifar"])
def test_real_network_answers_with_the_tables_shape(name: str) -> None:
    model = build(name).eval()
    y = model(torch.randn(2, *network(name).input_shape))
    assert tuple(y.shape[1:]) == rows_of(name)[-1].output_shape
    assert sum(w.numel() for w in model.parameters()) == totals(rows_of(name)).parameters


@pytest.mark.parametrize("name", NAMES)
def test_input_channels_and_classes_can_be_chosen_everywhere(name: str) -> None:
    rows = rows_of(name, c_in=2, classes=7)
    assert rows[-1].problem is None
    assert rows[-1].output_shape == (7,)


CHANGES = [
    (name, option.name, value)
    for name in NAMES
    for option in catalogue()[name].own_options
    for value in (
        [not option.default]
        if isinstance(option.default, bool)
        else option.choices
        or ([] if option.reads or isinstance(option.default, tuple) else [option.low, option.high])
    )
]


@pytest.mark.parametrize(("name", "option", "value"), CHANGES)
def test_every_option_builds_at_its_ends(name: str, option: str, value: object) -> None:
    given = int(value) if isinstance(network(name).options[option].default, int) else value  # type: ignore[call-overload]
    given = bool(given) if isinstance(network(name).options[option].default, bool) else given
    rows = rows_of(name, **{option: given})
    fails_by_nature = option in ("use_1x1conv", "kernel_size")
    assert rows[-1].problem is None or fails_by_nature


def test_groups_divide_the_weights_of_a_resnet() -> None:
    dense, grouped = rows_of("resnet50"), rows_of("resnet50", groups=32, width_per_group=4)
    assert totals(grouped).parameters == totals(rows_of("resnext50")).parameters
    assert totals(grouped).macs > totals(dense).macs


def test_global_average_pooling_leaves_few_of_alexnets_weights() -> None:
    dense, average = (totals(rows_of("alexnet", head=h)) for h in ("dense", "average"))
    assert average.parameters < dense.parameters / 20
    assert average.macs > dense.macs * 0.9


def test_inception_without_reductions_costs_more() -> None:
    with_them, without = (totals(rows_of("googlenet-d2l", reductions=r)) for r in (True, False))
    assert without.parameters > with_them.parameters
    assert without.macs > 2 * with_them.macs


def test_dense_layer_follows_the_size_that_it_is_made_for() -> None:
    rows = table("lenet", (("size", (32, 40)),), (1, 32, 40))
    assert rows[-1].problem is None
    small = table("lenet", (), (1, 32, 32))[-1].problem
    assert small is not None
    assert "400" in str(small)
    assert "576" in str(small)


def test_network_that_its_input_does_not_get_through_has_a_table_up_to_there() -> None:
    rows = table("lenet", (("size", (4, 4)),), (1, 4, 4))
    assert rows[-1].kind == "Conv2d"
    assert rows[-1].problem is not None


def test_shortcut_without_its_convolution_fails_at_the_addition() -> None:
    last = rows_of("resnet-d2l", use_1x1conv=False)[-1]
    assert last.kind == "add"
    assert "64×24×24" in str(last.problem)


def test_zero_init_residual_makes_every_block_a_relu_at_the_start() -> None:
    model = build("resnet18", zero_init_residual=True, c_in=3, classes=5)
    x = torch.randn(2, 64, 8, 8)
    torch.testing.assert_close(model.get_submodule("layer1.0")(x), x.relu())


def test_modern_lenet_differs_in_its_options_only() -> None:
    modern = {"activation": "relu", "pooling": "max", "batch_norm": True}
    assert rows_of("lenet", **modern) == rows_of("lenet-modern")


# ---- options


@pytest.mark.parametrize(
    ("name", "options", "kind"),
    [
        ("letnet", {}, "network_unknown"),
        ("lenet", {"colour": 1}, "option_unknown"),
        ("lenet", {"activation": "step"}, "option_value"),
        ("lenet", {"channels": (6,)}, "option_value"),
        ("lenet", {"channels": (6, 0)}, "option_value"),
        ("lenet", {"batch_norm": 1}, "option_value"),
        ("lenet", {"kernel_size": 5.0}, "option_value"),
        ("lenet", {"kernel_size": True}, "option_value"),
        ("lenet", {"classes": 0}, "option_value"),
        ("alexnet", {"dropout": math.nan}, "option_value"),
        ("vgg-d2l", {"convs": (1, 2)}, "option_lengths"),
        ("free", {"blocks": "conv8-soup3"}, "free_word"),
    ],
)
def test_wrong_option_is_refused_with_a_sentence(
    name: str, options: dict[str, object], kind: str
) -> None:
    with pytest.raises(Problem) as caught:
        build(name, **options)
    assert caught.value.kind == kind


@pytest.mark.parametrize("name", NAMES)
def test_every_default_reads_back_from_a_link(name: str) -> None:
    for option in network(name).options.values():
        assert option.read(option.write(option.default)) == option.default


@pytest.mark.parametrize("text", ["", "x", "1.2.3", "0", "-1", "99999999", "nan", "1e3"])
def test_list_in_a_link_is_checked(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Option("channels", (6, 16), 1, 1024, fewest=2, most=2).read(text)


def test_switch_in_a_link_is_one_or_zero() -> None:
    option = Option("batch_norm", False)
    assert [option.read(text) for text in "01"] == [False, True]
    with pytest.raises(ValueError, match="True"):
        option.read("True")


def test_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        catalogue()["mine"] = network("lenet")  # type: ignore[index]


def test_networks_are_modules() -> None:
    assert isinstance(build("lenet"), nn.Module)
