"""Two networks taken along: files that say what the tables say, code that runs."""

import csv
import io

import pytest
import torch
from PIL import Image

from cnnviz.export.comparison import comparison_code, comparison_csv, comparison_png
from cnnviz.export.drawing import DARK, LIGHT
from cnnviz.export.network_code import network_code
from cnnviz.models.comparisons import COMPARISONS, compared, plan
from cnnviz.models.plan import Plan
from cnnviz.models.rows import totals

MODERN = COMPARISONS["modern"]


def lines(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(comparison_csv(compared(*COMPARISONS[name])))))


def code_of(plan: Plan) -> str:
    return network_code(plan.network.builder, plan.values, plan.input_shape, plan.rows)


def code(*plans: Plan) -> str:
    before, after = plans
    return comparison_code(code_of(before), code_of(after), compared(before, after))


def test_csv_holds_every_row_of_both_tables_with_its_mark() -> None:
    found = lines("modern")
    for name, side in zip(("before", "after"), MODERN, strict=True):
        here = [line for line in found if line["side"] == name]
        assert [line["path"] for line in here] == [row.path for row in side.rows]
        assert sum(int(line["parameters"]) for line in here) == totals(side.rows).parameters
    added = [line["kind"] for line in found if line["mark"] == "added"]
    assert added == ["BatchNorm2d", "BatchNorm2d"]


def test_rows_of_one_place_follow_each_other_in_the_csv() -> None:
    places = [(int(line["place"]), line["side"]) for line in lines("modern")]
    assert places == sorted(places, key=lambda place: (place[0], place[1] == "after"))
    both = [line for line in lines("modern") if line["place"] == "3"]
    assert [(line["side"], line["kind"]) for line in both] == [
        ("before", "Sigmoid"),
        ("after", "ReLU"),
    ]


def test_csv_says_why_a_row_does_not_fit_and_what_was_not_reached() -> None:
    found = lines("too-small")
    (problem,) = (line for line in found if line["problem"])
    assert (problem["side"], problem["kind"]) == ("after", "Linear")
    assert "25088" in problem["problem"]
    unreached = [line["kind"] for line in found if line["mark"] == "unreached"]
    assert unreached == ["ReLU", "Dropout", "Linear", "ReLU", "Dropout", "Linear"]


@pytest.mark.parametrize("dark", [False, True])
def test_picture_holds_both_diagrams_one_above_the_other(dark: bool) -> None:
    before, after = MODERN
    found = compared(before, after)
    shapes = (before.input_shape, after.input_shape)
    whole = Image.open(
        io.BytesIO(comparison_png(found, shapes, (["Before"], ["After"]), (), dark))
    ).convert("RGB")
    ground = (DARK if dark else LIGHT).background
    assert whole.getpixel((0, 0)) == whole.getpixel((0, whole.height - 1)) == ground
    # one network against itself gives its picture twice
    twice = Image.open(
        io.BytesIO(comparison_png(compared(before, before), (shapes[0],) * 2, (["x"],) * 2, ()))
    )
    half = twice.height // 2
    upper = twice.crop((0, 0, twice.width, half))
    assert upper.tobytes() == twice.crop((0, half, twice.width, 2 * half)).tobytes()
    assert len(upper.convert("RGB").getcolors(100_000) or ()) > 10


@pytest.mark.parametrize("name", ["modern", "residual", "garments"])
def test_code_builds_both_networks_and_asserts_what_they_differ_by(name: str) -> None:
    scope: dict[str, object] = {}
    text = code(*COMPARISONS[name])
    exec(compile(text, name, "exec"), scope)  # it asserts both tables
    here = compared(*COMPARISONS[name]).change("parameters")
    assert (scope["before"], scope["after"]) == here
    assert isinstance(scope["Y"], torch.Tensor)


def test_code_that_was_changed_fails_its_assertion() -> None:
    text = code(plan("lenet"), plan("lenet", kernel_size=3))
    assert f"after - before == {COMPARED.difference:_}" in text
    wrong = text.replace(f"== {COMPARED.difference:_}", "== 1")
    with pytest.raises(AssertionError):
        exec(compile(wrong, "wrong", "exec"), {})


COMPARED = compared(plan("lenet"), plan("lenet", kernel_size=3)).change("parameters")


def test_code_of_a_network_that_does_not_fit_asserts_only_the_other() -> None:
    text = code(*COMPARISONS["shortcut"])
    assert "after - before" not in text
    assert text.count("register_forward_hook") == 1
    compile(text, "shortcut", "exec")
