"""Repeated blocks are told once, and nothing is lost."""

import pytest

from cnnviz.models.folding import Block, fold
from cnnviz.models.summary import totals
from tests.unit.models.networks import NAMES, table


def blocks(name: str) -> list[tuple[str, str, int]]:
    """Path, form and number of copies of each block."""
    found = fold(table(name)[0])
    return [(b.path, b.form, len(b.copies)) for b in found if isinstance(b, Block)]


def test_resnet50_is_told_as_in_its_paper() -> None:
    assert blocks("resnet50") == [
        (f"layer{stage}.{first}", "bottleneck", copies)
        for stage, times in zip((1, 2, 3, 4), (3, 4, 6, 3), strict=True)
        for first, copies in ((0, 1), (1, times - 1))
    ]


def test_resnet18_has_basic_blocks_and_its_first_two_are_alike() -> None:
    assert blocks("resnet18") == [
        ("layer1.0", "residual", 2),
        *((f"layer{stage}.{i}", "residual", 1) for stage in (2, 3, 4) for i in (0, 1)),
    ]


def test_googlenets_inceptions_all_differ_and_its_stem_stays_rows() -> None:
    names = ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b")
    assert blocks("googlenet") == [(f"inception{name}", "inception", 1) for name in names]


def test_densenet_has_dense_blocks_and_chains_between() -> None:
    forms = [form for _, form, _ in blocks("densenet121")]
    assert forms == ["dense", "chain"] * 3 + ["dense"]


def test_network_without_blocks_stays_rows() -> None:
    assert fold(table("lenet")[0]) == list(range(12))


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_told_once_and_in_order(name: str) -> None:
    rows = table(name)[0]
    told = [i for unit in fold(rows) for i in (unit.rows if isinstance(unit, Block) else [unit])]
    assert told == list(range(len(rows)))


def test_sums_are_over_all_copies() -> None:
    rows = table("resnet50")[0]
    block = next(b for b in fold(rows) if isinstance(b, Block) and b.path == "layer3.1")
    inside = [row for row in rows if row.group in {f"layer3.{i}" for i in range(1, 6)}]
    assert block.costs == totals(inside)
    assert block.costs.parameters == 5 * (1024 * 256 * 2 + 256 * 256 * 9 + 2 * 2 * 256 + 2 * 1024)
    assert [rows[copy[0]].path for copy in block.copies] == [
        f"layer3.{i}.conv1" for i in range(1, 6)
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"output_shape": (1, 2, 3)},
        {"parameters": 1},
        {"kind": "Conv3d"},
        {"detail": "1@9×9"},
        {"branch": "shortcut"},
        {"inputs": (0,)},
    ],
)
def test_block_that_differs_in_anything_is_told_apart(change: dict[str, object]) -> None:
    rows = list(table("resnet50")[0])
    at = next(i for i, row in enumerate(rows) if row.path == "layer1.2.conv2")
    rows[at] = rows[at]._replace(**change)  # type: ignore[arg-type]
    folded = [(b.path, len(b.copies)) for b in fold(rows) if isinstance(b, Block)]
    assert folded[1:3] == [("layer1.1", 1), ("layer1.2", 1)]


def test_block_that_fails_is_told_apart_and_says_so() -> None:
    rows = table("googlenet", 20)[0]
    assert not any(b.failed for b in fold(rows) if isinstance(b, Block))
    fitting = [row for row in table("resnet50")[0] if row.group in ("layer1.1", "layer1.2")]
    broken = fitting[-1]._replace(problem=ValueError("does not fit"))  # type: ignore[arg-type]
    first, second = fold([*fitting[:-1], broken])
    assert isinstance(first, Block)
    assert isinstance(second, Block)
    assert (first.failed, second.failed) == (False, True)
