"""What differs between two networks: aligned row by row, and added up."""

from collections.abc import Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.models.compare import PARTS, Comparison, Pair, compare, part_of
from cnnviz.models.comparisons import compared, plan
from cnnviz.models.summary import LayerRow, totals
from cnnviz.problems import Problem

LENET = plan("lenet").rows
RESNET = plan("resnet-d2l").rows
MEASURES = ("parameters", "macs", "activation_bytes")


def row(kind: str, path: str = "", detail: str = "", width: int = 1, macs: int = 0) -> LayerRow:
    return LayerRow(path, kind, detail, (width,), width, "", macs, 4, (1,), (1,), "", "", (-1,))


def marked(found: Comparison, side: int) -> list[str]:
    rows = (found.before, found.after)[side]
    return [f"{found.marks(side)[i]} {rows[i].kind}" for i in sorted(found.marks(side))]


def beside(found: Comparison) -> set[tuple[str, str]]:
    """The paths of the rows that stand beside each other."""
    return {
        (found.before[pair.before].path, found.after[pair.after].path)
        for pair in found.pairs
        if pair.before is not None and pair.after is not None
    }


rows = st.lists(
    st.builds(
        row,
        st.sampled_from(("Conv2d", "ReLU", "Sigmoid", "MaxPool2d", "Linear", "add")),
        st.sampled_from("abc"),
        st.sampled_from(("", "s 2")),
        st.integers(1, 3),
        st.integers(0, 2),
    ),
    max_size=12,
)


# ---- the alignment


@given(rows, rows)
def test_every_row_of_both_tables_stands_in_one_pair_and_in_order(
    before: list[LayerRow], after: list[LayerRow]
) -> None:
    pairs = compare(before, after).pairs
    assert [p.before for p in pairs if p.before is not None] == list(range(len(before)))
    assert [p.after for p in pairs if p.after is not None] == list(range(len(after)))


@given(rows, rows)
def test_no_other_alignment_is_worth_more(before: list[LayerRow], after: list[LayerRow]) -> None:
    def sort(row: LayerRow) -> str:
        return {"ReLU": "bend", "Sigmoid": "bend"}.get(row.kind, row.kind)

    def worth(a: LayerRow, b: LayerRow) -> int:
        return (
            10
            + 4 * (a.output_shape == b.output_shape)
            + 3 * (a.detail == b.detail)
            + 2 * (a.path == b.path)
            + (a.kind == b.kind)
            + (a.parameters == b.parameters)
            + (a.macs == b.macs)
            + 1  # no branches here
        )

    @cache
    def most(i: int, j: int) -> int:
        if not i or not j:
            return 0
        found = max(most(i - 1, j), most(i, j - 1))
        a, b = before[i - 1], after[j - 1]
        return max(found, most(i - 1, j - 1) + worth(a, b)) if sort(a) == sort(b) else found

    pairs = compare(before, after).pairs
    both = [(p.before, p.after) for p in pairs if p.before is not None and p.after is not None]
    assert all(sort(before[i]) == sort(after[j]) for i, j in both)
    assert sum(worth(before[i], after[j]) for i, j in both) == most(len(before), len(after))


@given(rows, st.data())
def test_rows_that_were_taken_out_are_all_that_is_removed(
    before: list[LayerRow], data: st.DataObject
) -> None:
    kept = [row for row in before if data.draw(st.booleans())]
    marks = [pair.mark for pair in compare(before, kept).pairs if pair.mark]
    assert marks == ["removed"] * (len(before) - len(kept))


@given(rows, rows)
def test_differences_of_all_parts_and_of_all_causes_add_up_to_the_networks(
    before: list[LayerRow], after: list[LayerRow]
) -> None:
    found = compare(before, after)
    for measure in ("parameters", "macs"):
        whole = getattr(totals(after), measure) - getattr(totals(before), measure)
        assert found.change(measure).difference == whole
        assert sum(found.change(measure, part).difference for part in PARTS) == whole
        assert sum(getattr(cause, measure) for cause in found.causes) == whole


def test_network_does_not_differ_from_itself() -> None:
    found = compare(RESNET, RESNET)
    assert not found.causes
    assert found.pairs == tuple(Pair(i, i, "") for i in range(len(RESNET)))


def test_activation_and_pooling_change_into_others_and_batch_norms_come_between() -> None:
    found = compared(plan("lenet"), plan("lenet-modern"))
    bends, pools = ["changed Sigmoid"], ["changed AvgPool2d"]
    assert marked(found, 0) == [*bends, *pools, *bends, *pools, *bends, *bends]
    norm = ["added BatchNorm2d", "changed ReLU", "changed MaxPool2d"]
    assert marked(found, 1) == [*norm, *norm, "changed ReLU", "changed ReLU"]


def test_deeper_network_keeps_its_blocks_beside_those_of_the_same_name() -> None:
    found = compared(plan("resnet152"), plan("resnet50"))
    assert all(a == b for a, b in beside(found))
    assert marked(found, 1) == []
    gone = {found.before[i].group for i in found.marks(0)}
    assert gone == {f"layer2.{i}" for i in range(4, 8)} | {f"layer3.{i}" for i in range(6, 36)}


def test_another_size_changes_every_shape_and_takes_no_row_away() -> None:
    found = compared(plan("resnet18"), plan("resnet18", 96))
    assert {pair.mark for pair in found.pairs} == {"", "changed"}
    same = [found.before[pair.before].kind for pair in found.pairs if pair.before and not pair.mark]
    assert same == ["AdaptiveAvgPool2d", "Flatten", "Linear"]


def test_convolution_without_its_reduction_stays_and_changes_its_weights() -> None:
    found = compared(plan("googlenet-d2l"), plan("googlenet-d2l", reductions=False))
    gone = [found.before[i].path for i, mark in found.marks(0).items() if mark == "removed"]
    blocks = (8, 9, 11, 12, 13, 14, 15, 17, 18)
    assert gone == [f"{i}{end}" for i in blocks for end in (".b2_1", "", ".b3_1", "")]
    assert ("8.b2_2", "8.b2_2") in beside(found)


# ---- networks that do not fit


def failing(at: int, table: Sequence[LayerRow] = LENET) -> list[LayerRow]:
    problem = Problem("row_failed", reason="no")
    bad = table[at]._replace(output_shape=(), parameters=0, macs=0, problem=problem)
    return [*table[:at], bad]


@pytest.mark.parametrize("which", [0, 1])
def test_what_comes_after_a_row_that_does_not_fit_is_neither_removed_nor_added(which: int) -> None:
    tables = [LENET, failing(7)] if which else [failing(7), LENET]
    found = compare(*tables)
    assert found.failed == ((None, 7) if which else (7, None))
    assert found.marks(0) == found.marks(1) == {7: "changed"}
    assert {pair.mark for pair in found.pairs[8:]} == {"unreached"}


def test_sides_are_compared_as_far_as_both_get() -> None:
    found = compare(LENET, failing(7))
    for measure in MEASURES:
        here = getattr(totals(LENET[:7]), measure)
        assert found.change(measure) == (here, here)


def test_row_that_does_not_fit_is_no_cause() -> None:
    assert compare(LENET, failing(7)).causes == ()


# ---- what it costs


def test_ratio_is_after_to_before_and_none_of_nothing() -> None:
    found = compared(plan("garment-dense"), plan("garment-conv"))
    assert found.change("parameters").ratio == pytest.approx(1_475_338 / 235_146)
    assert found.change("macs", "conv").ratio is None
    assert found.change("macs", "conv").difference == 32 * 9 * 28 * 28 + 64 * 32 * 9 * 12 * 12


def test_memory_of_weights_is_four_bytes_each() -> None:
    found = compared(plan("lenet"), plan("lenet-modern"))
    assert found.change("parameter_bytes") == (4 * 61_706, 4 * 61_750)


def test_changes_of_one_kind_are_one_cause() -> None:
    causes = compared(plan("lenet"), plan("lenet-modern")).causes
    titles = [(cause.mark, cause.before, cause.after, cause.rows) for cause in causes]
    assert ("changed", "Sigmoid", "ReLU", 4) in titles
    assert ("added", "", "BatchNorm2d", 2) in titles


def test_largest_causes_stand_first_and_those_of_nothing_nowhere() -> None:
    found = compared(plan("vgg16"), plan("vgg16", head="average"))
    first, second = found.largest("parameters", 5)
    assert (first.mark, first.part, first.before, first.rows) == (
        "removed",
        "dense",
        "Linear 4096",
        2,
    )
    assert first.parameters == -(4096 * 25088 + 4096 + 4096 * 4096 + 4096)
    assert second.parameters == 1000 * (512 - 4096)
    assert found.largest("parameters", 1) == [first]


@pytest.mark.parametrize(
    ("kind", "part"),
    [
        ("Conv2d", "conv"),
        ("ConvTranspose2d", "conv"),
        ("Linear", "dense"),
        ("BatchNorm2d", "other"),
    ],
)
def test_layers_are_convolutional_fully_connected_or_other(kind: str, part: str) -> None:
    assert part_of(row(kind)) == part
