"""A diagram holds every row once, nothing overlaps, and its lines lead where the numbers go."""

from itertools import combinations, pairwise

import pytest
from torch import nn

from cnnviz.models.blocks import Residual
from cnnviz.models.diagram import Diagram, Node, Scale, diagram, scale_of
from cnnviz.models.folding import Block, fold
from cnnviz.models.summary import shape_table
from tests.unit.models.networks import NAMES, table

Box = tuple[float, float, float, float]
EVERYTHING = [(name, opened) for name in NAMES for opened in (False, True)]


def drawn(name: str, opened: bool) -> Diagram:
    rows, shape = table(name)
    blocks = [block.path for block in fold(rows) if isinstance(block, Block)]
    return diagram(rows, shape, blocks if opened else ())


def picture(node: Node) -> Box:
    return node.x, node.y, node.x + node.width, node.y + node.height


def overlap(one: Box, other: Box) -> bool:
    return all(one[i] < other[i + 2] - 0.01 and other[i] < one[i + 2] - 0.01 for i in (0, 1))


def by_word(found: Diagram, word: str) -> list[Node]:
    return [node for node in found.nodes if node.word == word]


@pytest.mark.parametrize(("name", "opened"), EVERYTHING)
def test_every_row_is_in_exactly_one_node(name: str, opened: bool) -> None:
    held = [row for node in drawn(name, opened).nodes for row in node.rows]
    assert sorted(held) == list(range(-1, len(table(name)[0])))


@pytest.mark.parametrize(("name", "opened"), EVERYTHING)
def test_nothing_overlaps_and_all_is_on_the_sheet(name: str, opened: bool) -> None:
    found = drawn(name, opened)
    rooms = [node.room for node in found.nodes]
    assert not [pair for pair in combinations(rooms, 2) if overlap(*pair)]
    frames = [(f.x, f.y, f.x + f.width, f.y + f.height) for f in found.frames]
    assert not [pair for pair in combinations(frames, 2) if overlap(*pair)]
    for left, top, right, bottom in (*rooms, *frames):
        assert 0 <= left <= right <= found.width
        assert 0 <= top <= bottom <= found.height


@pytest.mark.parametrize(("name", "opened"), EVERYTHING)
def test_lines_start_and_end_at_their_nodes_and_pass_no_other(name: str, opened: bool) -> None:
    found = drawn(name, opened)
    for edge in found.edges:
        for number, (x, y) in ((edge.source, edge.points[0]), (edge.target, edge.points[-1])):
            left, top, right, bottom = picture(found.nodes[number])
            assert left - 0.01 <= x <= right + 0.01
            assert top - 0.01 <= y <= bottom + 0.01
        others = [n for i, n in enumerate(found.nodes) if i not in (edge.source, edge.target)]
        for (ax, ay), (bx, by) in pairwise(edge.points):
            line = (min(ax, bx), min(ay, by) - 0.1, max(ax, bx) + 0.1, max(ay, by) + 0.1)
            assert not [node for node in others if overlap(line, picture(node))]


@pytest.mark.parametrize(("name", "opened"), EVERYTHING)
def test_numbers_flow_from_left_to_right(name: str, opened: bool) -> None:
    found = drawn(name, opened)
    assert all(
        found.nodes[e.source].middle[0] < found.nodes[e.target].middle[0] for e in found.edges
    )
    reached = {edge.target for edge in found.edges}
    assert [n.word for i, n in enumerate(found.nodes) if i not in reached] == ["input"]


@pytest.mark.parametrize("name", NAMES)
def test_every_tensor_that_a_row_reads_has_its_line(name: str) -> None:
    found = drawn(name, True)
    home = {row: number for number, node in enumerate(found.nodes) for row in node.rows}
    lines = {(edge.source, edge.target) for edge in found.edges}
    for source, fork in list(lines):
        if found.nodes[fork].figure == "fork":
            lines |= {(source, target) for start, target in lines if start == fork}
    for i, row in enumerate(table(name)[0]):
        for pair in ((home[source], home[i]) for source in row.inputs):
            assert pair in lines or pair[0] >= pair[1]  # in one node, or from copy to copy


def test_lenet_is_drawn_as_in_the_course() -> None:
    found = drawn("lenet", False)
    assert [(node.figure, node.role, node.label, node.word) for node in found.nodes] == [
        ("sheets", "input", "1×28×28", "input"),
        ("sheets", "conv", "6×28×28", "conv"),
        ("sheets", "spatial", "6×14×14", "pool"),
        ("sheets", "conv", "16×10×10", "conv"),
        ("sheets", "spatial", "16×5×5", "pool"),
        ("bar", "dense", "120", "linear"),
        ("bar", "dense", "84", "linear"),
        ("bar", "dense", "10", "linear"),
    ]
    assert [node.rows for node in found.nodes[:5]] == [(-1,), (0, 1), (2,), (3, 4), (5, 6)]


def test_larger_maps_and_more_channels_are_drawn_larger() -> None:
    found = drawn("lenet", False).nodes
    sides = [node.sheet[0] for node in found[:5]]
    assert sides[0] == sides[1] > sides[2] > sides[3] > sides[4]
    assert found[0].sheets < found[1].sheets < found[3].sheets
    assert found[5].height > found[6].height > found[7].height


def test_smallest_map_is_still_seen() -> None:
    assert min(Scale(side=224).along(n) for n in (1, 7)) >= 18
    assert Scale(side=224).sheets(1) == 1
    assert Scale(side=224).sheets(2) == 2


def test_networks_beside_each_other_have_one_scale() -> None:
    small, large = table("alexnet", 96), table("alexnet", 224)
    scale = scale_of(small, large)
    assert scale == Scale(224, 9216)
    widths = [diagram(*given, (), scale).nodes[0].sheet[0] for given in (small, large)]
    assert widths[0] < widths[1] == diagram(*large).nodes[0].sheet[0]


def test_folded_block_is_one_node_with_its_copies() -> None:
    found = drawn("resnet50", False)
    titles = [(node.title, node.copies, node.label) for node in found.nodes if node.title]
    assert titles[:2] == [("layer1.0", 1, "256×56×56"), ("layer1.1", 2, "256×56×56")]
    assert not found.frames
    node = next(node for node in found.nodes if node.path == "layer1.1")
    groups = {table("resnet50")[0][i].group for i in node.rows}
    assert groups == {"layer1.1", "layer1.2"}


def test_opened_block_has_a_frame_and_its_nodes_stand_for_all_copies() -> None:
    rows, shape = table("resnet50")
    found = diagram(rows, shape, ["layer1.1"])
    (frame,) = found.frames
    assert (frame.title, frame.path, frame.copies, frame.form) == (
        "layer1.1", "layer1.1", 2, "bottleneck",
    )  # fmt: skip
    inside = [n for n in found.nodes if frame.x < n.x and n.x + n.width < frame.x + frame.width]
    assert [n.figure for n in inside] == ["fork", "sheets", "sheets", "sheets", "sum"]
    paths = {rows[i].path for i in inside[1].rows}
    assert paths == {f"layer1.{i}.{name}" for i in (1, 2) for name in ("conv1", "bn1", "relu")}


def test_inceptions_branches_stand_under_each_other_between_fork_and_concatenation() -> None:
    found = drawn("inceptions", True)
    fork, *_ = [i for i, node in enumerate(found.nodes) if node.figure == "fork"]
    first = [found.nodes[e.target] for e in found.edges if e.source == fork]
    assert len({node.middle[1] for node in first}) == len(first) == 4
    concat = next(i for i, node in enumerate(found.nodes) if node.figure == "concat")
    last = [found.nodes[e.source] for e in found.edges if e.target == concat]
    assert {node.middle[1] for node in last} == {node.middle[1] for node in first}
    bar = found.nodes[concat]
    assert all(bar.y < node.middle[1] < bar.y + bar.height for node in last)
    assert [node.label for node in last] == ["64×28×28", "128×28×28", "32×28×28", "32×28×28"]


def test_shortcut_is_an_arc_over_its_block_unless_a_convolution_is_on_it() -> None:
    found = drawn("residuals", True)
    arcs = [edge for edge in found.edges if edge.shortcut]
    assert [found.nodes[edge.target].figure for edge in arcs] == ["sum", "sum"]
    for edge in arcs:
        top = min(y for _, y in edge.points)
        passed = [
            n for n in found.nodes
            if edge.points[0][0] < n.middle[0] < edge.points[-1][0]
        ]  # fmt: skip
        assert len(passed) >= 2
        assert all(top < node.room[1] for node in passed)
    sums = [i for i, node in enumerate(found.nodes) if node.figure == "sum"]
    with_conv = [e for e in found.edges if e.target in sums and len(e.points) == 3]
    assert {found.nodes[e.source].word for e in with_conv} == {"conv"}
    assert len(with_conv) == 2  # the first pair's and the first bottleneck's


def test_dense_block_is_one_node_folded_and_arcs_opened() -> None:
    assert not [edge for edge in drawn("densenet121", False).edges if edge.shortcut]
    assert len([edge for edge in drawn("densenet121", True).edges if edge.shortcut]) > 100


@pytest.mark.parametrize("name", ["densenet121", "densenet-d2l", "plain"])
def test_arcs_of_different_tensors_never_run_along_each_other(name: str) -> None:
    arcs = [edge for edge in drawn(name, True).edges if edge.shortcut]
    for one, other in combinations(arcs, 2):
        (a, height), (b, _) = one.points[1:3]
        (c, other_height), (d, _) = other.points[1:3]
        if one.source != other.source and max(a, c) < min(b, d):
            assert height != other_height


def test_layer_that_does_not_fit_ends_the_diagram() -> None:
    rows, shape = table("alexnet", 40)
    assert rows[-1].problem
    found = diagram(rows, shape)
    assert (found.nodes[-1].figure, found.nodes[-1].role) == ("failed", "failed")
    assert [found.nodes[e.target].figure for e in found.edges if e.failed] == ["failed"]


def test_block_in_which_a_layer_does_not_fit_is_open() -> None:
    rows = shape_table(nn.Sequential(Residual(4, 4), Residual(4, 8)), (4, 8, 8))
    assert rows[-1].problem  # 4 and 8 channels cannot be added
    assert rows[-1].kind == "add"
    found = diagram(rows, (4, 8, 8))
    assert [frame.path for frame in found.frames] == ["1"]
    assert found.nodes[-1].figure == "failed"


def test_network_whose_first_layer_fails_and_one_without_layers_are_drawn() -> None:
    rows = shape_table(nn.Conv2d(4, 8, 3), (3, 8, 8))
    found = diagram(rows, (3, 8, 8)).nodes
    assert [(node.figure, node.word) for node in found] == [("sheets", "input"), ("failed", "conv")]
    assert [node.word for node in diagram([], (3, 8, 8)).nodes] == ["input"]


def test_element_wise_layers_before_a_blocks_first_node_stand_with_it() -> None:
    rows, shape = table("densenet121")
    found = diagram(rows, shape, ["features.denseblock1"])
    node = next(
        n
        for n in found.nodes
        if any(rows[i].path.endswith("denselayer1.conv1") for i in n.rows if i >= 0)
    )
    kinds = [rows[i].kind for i in node.rows]
    assert kinds[-3:] in (["Conv2d", "BatchNorm2d", "ReLU"],)
    assert kinds[:2] == ["BatchNorm2d", "ReLU"]
