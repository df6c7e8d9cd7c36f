"""A network's payload is plain JSON that says the table's numbers, folded as its diagram is."""

import json
from pathlib import Path
from typing import Any

import pytest

from cnnviz.components.network import COLUMNS, NetworkTable, payload
from cnnviz.components.network.payload import NOTHING, count_text, percent, size_text
from cnnviz.models.layers import short
from cnnviz.models.summary import totals
from tests.unit.models.networks import table


def given(name: str, size: int = 0, **options: Any) -> NetworkTable:
    rows, shape = table(name, size)
    return NetworkTable(name, shape, rows, **options)


def sent(name: str, **options: Any) -> dict[str, Any]:
    """What the browser gets of one network."""
    found: dict[str, Any] = payload([given(name)], columns=COLUMNS, **options)["tables"][0]
    return found


@pytest.mark.parametrize("name", ["lenet", "resnet50", "densenet121", "vector", "plain"])
def test_payload_is_plain_json(name: str) -> None:
    whole = payload([given(name)], columns=COLUMNS, open=["layer1.0", "features.denseblock1"])
    assert json.loads(json.dumps(whole, allow_nan=False)) == whole


def test_lenets_table_is_the_courses() -> None:
    lines = sent("lenet")["lines"]
    cells = [
        (line["title"], line["cells"]["output"], line["cells"]["parameters"]) for line in lines
    ]
    assert cells[0] == ("Conv2d 6@5×5, p 2", "6×28×28", "156")
    assert cells[3] == ("Conv2d 16@5×5", "16×10×10", "2,416")
    assert cells[7] == ("Linear 120", "120", "48,120")
    assert lines[3]["cells"] == {
        "output": "16×10×10",
        "parameters": "2,416",
        "how": "16·(6·5·5)+16",
        "macs": "240,000",
        "memory": "6.25 KiB",
        "field": "14",
        "jump": "2",
        "path": "3",
        "branch": "",
    }
    assert sent("lenet")["totals"] == {
        "parameters": "61,706",
        "macs": "416,520",
        "memory": "57 KiB",
    }


def test_second_convolution_of_lenet_is_58_percent_of_the_work() -> None:
    shares = sent("lenet")["lines"][3]["shares"]
    assert (shares["macs"], shares["parameters"]) == ("58\u00a0%", "4\u00a0%")
    assert shares["costs"]
    assert not sent("lenet")["lines"][1]["shares"]["costs"]  # a sigmoid


def test_longest_bar_of_each_kind_is_full_and_all_are_in_proportion() -> None:
    lines, rows = sent("lenet")["lines"], table("lenet")[0]
    for which, name in enumerate(("parameters", "macs", "activation_bytes")):
        costs = [getattr(row, name) for row in rows]
        bars = [line["bars"][which] for line in lines]
        assert bars == pytest.approx([cost / max(costs) for cost in costs], abs=1e-4)


def test_two_networks_have_one_measure_and_one_scale() -> None:
    small, large = payload([given("alexnet", 96), given("alexnet")], columns=COLUMNS)["tables"]
    work = [[line["bars"][1] for line in side["lines"]] for side in (small, large)]
    assert max(work[0]) < max(work[1]) == 1
    sides = [side["diagram"]["nodes"][0]["sheet"][0] for side in (small, large)]
    assert sides[0] < sides[1]


def test_folded_block_is_one_line_with_its_sums() -> None:
    line = next(line for line in sent("resnet50")["lines"] if line.get("path") == "layer1.1")
    rows = [r for r in table("resnet50")[0] if r.group in ("layer1.1", "layer1.2")]
    assert (line["kind"], line["form"], line["title"]) == ("block", "bottleneck", "layer1.1")
    assert (line["copies"], line["open"], line["role"]) == (2, False, "conv")
    assert line["cells"]["parameters"] == f"{totals(rows).parameters:,}"
    assert line["cells"]["field"] == str(rows[-1].receptive_field[0])
    assert line["rows"][1] - line["rows"][0] == len(rows)


def test_opened_block_has_its_copies_rows_and_leaves_the_bars_to_them() -> None:
    lines = sent("resnet50", open=["layer1.1"])["lines"]
    at = next(i for i, line in enumerate(lines) if line.get("path") == "layer1.1")
    assert lines[at]["open"]
    assert lines[at]["bars"] == [0, 0, 0]
    inside = [line for line in lines[at + 1 :] if line["depth"]]
    assert [line["title"] for line in inside if line["kind"] == "copy"] == ["layer1.1", "layer1.2"]
    assert len(inside) == 2 + lines[at]["rows"][1] - lines[at]["rows"][0]


def test_every_row_lies_in_one_line_that_shows_its_cost() -> None:
    for opened in ([], ["layer1.1", "layer3.0"]):
        lines = sent("resnet50", open=opened)["lines"]
        held = [
            i for line in lines
            if line["kind"] == "row" or (line["kind"] == "block" and not line["open"])
            for i in range(*line["rows"])
        ]  # fmt: skip
        assert held == list(range(len(table("resnet50")[0])))


def test_layer_that_does_not_fit_says_so_in_the_readers_words() -> None:
    whole = payload(
        [given("alexnet", 40)], columns=COLUMNS, say=lambda problem: f"<{problem.kind}>"
    )
    *fitting, last = whole["tables"][0]["lines"]
    assert last["problem"].startswith("<")
    assert last["role"] == "failed"
    assert not any(line["problem"] for line in fitting)


def test_marks_stand_at_their_rows_and_at_the_node_and_block_that_hold_them() -> None:
    rows, shape = table("resnet50")
    marks = {0: "added", 5: "changed"}
    whole = payload([NetworkTable("", shape, rows, marks)], columns=COLUMNS)["tables"][0]
    assert whole["lines"][0]["mark"] == "added"
    assert [line["mark"] for line in whole["lines"] if line.get("path") == "layer1.0"] == [
        "changed"
    ]
    assert whole["diagram"]["nodes"][1]["mark"] == "changed"  # one of its three rows is new
    assert not whole["lines"][1]["mark"]
    removed = NetworkTable("", shape, rows, dict.fromkeys(range(len(rows)), "removed"))
    assert removed.mark(range(4, 9)) == "removed"


def test_what_is_no_mark_row_or_column_is_refused() -> None:
    rows, shape = table("lenet")
    with pytest.raises(ValueError, match="mark is one of"):
        NetworkTable("", shape, rows, {0: "new"})
    with pytest.raises(ValueError, match="no rows"):
        NetworkTable("", shape, rows, {12: "added"})
    with pytest.raises(ValueError, match="no \\['flops'\\]"):
        payload([given("lenet")], columns=["flops"])


def test_layers_name_is_always_the_first_column() -> None:
    assert payload([given("lenet")], columns=["macs"])["meta"]["columns"] == ["layer", "macs"]
    chosen = payload([given("lenet")], columns=["output", "layer"])["meta"]["columns"]
    assert chosen == ["layer", "output"]


def test_click_on_a_node_picks_the_layer_that_it_is_named_for() -> None:
    rows = table("densenet121")[0]
    nodes = sent("densenet121", open=["features.denseblock1"])["diagram"]["nodes"]
    picked = [rows[node["pick"]].kind for node in nodes if node["word"] == "conv"]
    assert set(picked) == {"Conv2d"}
    assert nodes[0]["pick"] == -1


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 0, "0 %"), (0, 9, "0 %"), (1, 2000, "< 0.1 %"), (4, 1000, "0.4 %"), (96, 10000, "1 %"),
     (576, 1000, "58 %"), (7, 7, "100 %")],
)  # fmt: skip
def test_share_is_said_as_one_would(part: int, whole: int, text: str) -> None:
    assert percent(part, whole).replace("\u00a0", " ") == text


@pytest.mark.parametrize(
    ("n", "text"),
    [(0, "–"), (12, "12 B"), (1023, "1023 B"), (1024, "1 KiB"), (18_816, "18.4 KiB"),
     (1_047_552, "1023 KiB"), (2**20, "1 MiB"), (5 * 2**30, "5 GiB"), (3 * 2**50, "3072 TiB")],
)  # fmt: skip
def test_size_is_said_with_three_digits(n: int, text: str) -> None:
    assert size_text(n) == text


def test_numbers_have_separators_and_shapes_of_equal_sides_are_said_once() -> None:
    assert (count_text(61706), count_text(0)) == ("61,706", "–")
    assert (short((5, 5)), short((5, 7)), short(()) or NOTHING) == ("5", "5×7", "–")


def test_no_text_is_ever_read_as_html() -> None:
    scripts = list((Path(__file__).parents[3] / "cnnviz/components/network").glob("*.js"))
    assert len(scripts) == 4
    assert not [file.name for file in scripts if "HTML" in file.read_text(encoding="utf-8")]
