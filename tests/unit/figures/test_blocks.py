"""The two starts of a block are drawn as they were measured."""

from cnnviz.figures.blocks import two_starts


def test_each_start_is_a_line_with_its_own_values_ink_and_dash() -> None:
    figure = two_starts({"zero": [0.0, 0.1], "one": [0.7, 0.6]}, x="update", y="share")
    assert [list(line.y) for line in figure.data] == [[0.0, 0.1], [0.7, 0.6]]
    assert [line.name for line in figure.data] == ["zero", "one"]
    assert len({line.line.color for line in figure.data}) == 2
    assert len({line.line.dash for line in figure.data}) == 2
    assert figure.layout.xaxis.title.text == "update"
    assert figure.layout.yaxis.title.text == "share"
