"""Every prepared comparison shows its fact, whose numbers the page's question promises."""

import pytest
import torch
from torch import nn

from cnnviz.models.compare import Comparison
from cnnviz.models.comparisons import COMPARISONS, compared
from cnnviz.models.plan import Plan
from cnnviz.models.registry import build
from cnnviz.models.rows import totals


def found(name: str) -> Comparison:
    return compared(*COMPARISONS[name])


def share(name: str, side: int, measure: str, part: str) -> float:
    """The part's share on one side, in percent."""
    here = found(name)
    return 100 * here.change(measure, part)[side] / here.change(measure)[side]


def ratio(name: str, measure: str, part: str | None = None) -> float:
    change = found(name).change(measure, part)
    assert change.ratio is not None
    return change.ratio


@pytest.mark.parametrize("name", COMPARISONS)
def test_sides_are_not_the_same_and_only_two_comparisons_have_one_that_does_not_fit(
    name: str,
) -> None:
    here = found(name)
    assert here.causes
    assert here.failed[0] is None
    assert (here.failed[1] is not None) == (name in ("shortcut", "too-small"))


@pytest.mark.parametrize(
    "name", ["garments", "modern", "average", "reductions", "residual", "width"]
)
def test_weights_of_both_sides_are_those_of_the_networks_themselves(name: str) -> None:
    """Counted on the modules, without the table."""
    with torch.device("meta"):
        nets = [build(plan.name, **dict(plan.options)) for plan in COMPARISONS[name]]
    assert found(name).change("parameters") == tuple(map(weights, nets))
    for part, kinds in (("conv", nn.Conv2d), ("dense", nn.Linear)):
        of_kind = (sum(weights(m) for m in net.modules() if isinstance(m, kinds)) for net in nets)
        assert found(name).change("parameters", part) == tuple(of_kind)


def weights(net: nn.Module) -> int:
    return sum(weight.numel() for weight in net.parameters())


def test_alexnet_keeps_its_weights_in_dense_layers_and_does_its_work_in_convolutions() -> None:
    assert round(share("alexnet-vgg", 0, "parameters", "dense")) == 96
    assert round(share("alexnet-vgg", 0, "macs", "dense")) == 8


def test_vgg_has_twice_the_weights_of_alexnet_and_twenty_times_its_work() -> None:
    assert found("alexnet-vgg").change("parameters") == (61_100_840, 138_357_544)
    assert round(ratio("alexnet-vgg", "parameters"), 1) == 2.3
    assert round(ratio("alexnet-vgg", "macs"), 1) == 21.7
    assert round(share("alexnet-vgg", 1, "macs", "dense"), 1) == 0.8


def test_garments_convolutions_have_most_of_their_networks_weights_behind_them() -> None:
    assert round(ratio("garments", "parameters"), 1) == 6.3
    assert round(share("garments", 1, "parameters", "conv"), 1) == 1.3
    assert round(share("garments", 1, "macs", "conv")) == 66


def test_modern_lenet_costs_44_weights_more_and_no_multiplication() -> None:
    here = found("modern")
    assert here.change("parameters").difference == 44  # 2·6 + 2·16 of two batch norms
    assert here.change("macs").difference == 0


def test_global_average_takes_nine_tenths_of_the_weights_and_a_hundredth_of_the_work() -> None:
    assert round(100 * (1 - ratio("average", "parameters"))) == 89
    assert round(100 * (1 - ratio("average", "macs")), 1) == 0.8
    assert found("average").change("parameters", "conv").difference == 0


def test_inception_without_its_reductions_has_four_times_the_weights_and_thrice_the_work() -> None:
    assert round(ratio("reductions", "macs"), 1) == 2.9
    assert round(ratio("reductions", "parameters"), 1) == 4.1


def test_shortcuts_cost_three_convolutions_of_1_x_1_and_eight_additions() -> None:
    here = found("residual")
    added = [here.after[i] for i, mark in here.marks(1).items() if mark == "added"]
    assert sorted(row.kind for row in added) == ["Conv2d"] * 3 + ["add"] * 8
    assert here.marks(0) == {}
    assert round(100 * (ratio("residual", "parameters") - 1), 1) == 1.6
    assert round(100 * (ratio("residual", "macs") - 1), 1) == 1.1


def test_shortcut_without_its_1_x_1_fails_at_the_first_addition_past_a_stride() -> None:
    here = found("shortcut")
    row = here.after[here.failed[1] or 0]
    assert (row.path, row.kind) == ("5.0", "add")
    assert row.problem
    assert row.problem.kind == "row_add"


def test_bottlenecks_have_16_layers_more_for_a_tenth_more_work() -> None:
    assert [len(blocks(plan)) for plan in COMPARISONS["bottleneck"]] == [16, 16]
    assert round(100 * (ratio("bottleneck", "macs") - 1)) == 12
    assert round(100 * (ratio("bottleneck", "parameters") - 1)) == 17
    assert round(ratio("bottleneck", "activation_bytes"), 1) == 2.9


def blocks(plan: Plan) -> set[str]:
    return {row.group for row in plan.rows if row.group}


def test_groups_make_the_3_x_3_wider_for_the_same_cost() -> None:
    assert round(100 * (ratio("groups", "parameters") - 1)) == -2
    assert round(100 * (ratio("groups", "macs") - 1)) == 3
    before, after = (
        [row for row in plan.rows if row.path.endswith("conv2")] for plan in COMPARISONS["groups"]
    )
    for one, other in zip(before, after, strict=True):
        assert other.output_shape[0] == 2 * one.output_shape[0]
        assert 8 * other.parameters == one.parameters


def test_eight_more_convolutions_are_8_percent_more_weights_and_more_than_twice_the_work() -> None:
    here = found("depth")
    added = [here.after[i].kind for i in here.marks(1)]
    assert sorted(added) == ["Conv2d"] * 8 + ["ReLU"] * 8
    assert round(100 * (ratio("depth", "parameters") - 1)) == 8
    assert round(ratio("depth", "macs"), 1) == 2.6


def test_three_times_the_layers_are_not_three_times_the_weights() -> None:
    assert [layers(plan) for plan in COMPARISONS["deeper"]] == [50, 152]
    assert round(ratio("deeper", "parameters"), 1) == 2.4
    assert round(ratio("deeper", "macs"), 1) == 2.8


def layers(plan: Plan) -> int:
    """With weights, as they are counted in the name: without those on shortcuts."""
    rows = [row for row in plan.rows if row.branch != "shortcut"]
    return sum(row.kind in ("Conv2d", "Linear") for row in rows)


def test_twice_the_width_is_four_times_the_weights_and_the_work_and_twice_the_memory() -> None:
    assert round(ratio("width", "parameters"), 1) == 4.0
    assert round(ratio("width", "macs"), 1) == 4.0
    assert round(ratio("width", "activation_bytes"), 1) == 2.0


def test_smaller_picture_keeps_the_weights_and_saves_the_squares_share_of_work() -> None:
    assert found("smaller").change("parameters").difference == 0
    assert ratio("smaller", "macs", "conv") == pytest.approx((96 / 224) ** 2, rel=1e-3)


def test_vgg_for_224_fails_at_96_in_its_first_dense_layer() -> None:
    here = found("too-small")
    row = here.after[here.failed[1] or 0]
    assert (row.kind, [r.kind for r in here.after].index("Linear")) == ("Linear", here.failed[1])
    assert row.problem
    assert row.problem.kind == "row_features"


@pytest.mark.parametrize("name", ["shortcut", "too-small"])
def test_sides_that_stop_are_compared_as_far_as_both_get(name: str) -> None:
    here = found(name)
    far = here.failed[1] or 0
    assert here.change("macs").after == totals(here.after[:far]).macs
    assert here.change("macs").before < totals(here.before).macs
