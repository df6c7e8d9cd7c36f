"""A network composed in one line of text."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.models.families.free import BLOCKS, Piece, free, read_blocks, write_blocks
from cnnviz.models.summary import shape_table
from cnnviz.problems import Problem


def pieces() -> st.SearchStrategy[Piece]:
    def piece(word: str) -> st.SearchStrategy[Piece]:
        spec = BLOCKS[word]
        n = st.integers(*spec.main[1:]) if spec.main else st.just(0)
        letters = [
            st.tuples(st.just(letter), st.integers(low, high))
            for letter, (_, low, high) in spec.letters.items()
        ]
        found = st.builds(Piece, st.just(word), n, st.tuples(*letters))
        pools = word in ("max", "avg")
        return found.filter(lambda p: not pools or 2 * dict(p.letters)["p"] <= p.n)

    return st.sampled_from(sorted(BLOCKS)).flatmap(piece)


@given(st.lists(pieces(), min_size=1, max_size=8))
def test_what_is_written_reads_back(found: list[Piece]) -> None:
    assert read_blocks(write_blocks(tuple(found))) == tuple(found)


def test_what_is_as_usual_is_left_out() -> None:
    assert write_blocks(read_blocks("conv64k3s1p1-max2s2")) == "conv64-max2"


@pytest.mark.parametrize("word", BLOCKS)
def test_every_block_builds_alone_and_answers(word: str) -> None:
    net = free(c_in=3, classes=4, size=(16, 16), blocks=word).eval()
    assert net(torch.randn(2, 3, 16, 16)).shape == (2, 4)


@given(st.lists(st.sampled_from([w for w in BLOCKS if w != "linear"]), min_size=1, max_size=4))
def test_table_ends_with_the_classes_or_says_what_does_not_fit(words: list[str]) -> None:
    text = "-".join(words)
    with torch.device("meta"):
        net = free(c_in=1, classes=7, size=(28, 28), blocks=text)
    last = shape_table(net, (1, 28, 28))[-1]
    assert last.output_shape == (7,) or last.problem is not None


def test_dense_layers_of_ones_own_follow_the_flattening() -> None:
    rows = shape_table(free(blocks="conv4-linear30-linear20"), (1, 28, 28))
    assert [row.kind for row in rows] == [
        "Conv2d", "BatchNorm2d", "ReLU", "Flatten", "Linear", "ReLU", "Linear", "ReLU", "Linear",
    ]  # fmt: skip


def test_inception_without_reductions_has_as_many_channels() -> None:
    both = [shape_table(free(blocks=f"inception256r{r}"), (1, 28, 28)) for r in (0, 1)]
    concats = [[row.output_shape for row in rows if row.kind == "concat"] for rows in both]
    assert concats == [[(256, 28, 28)], [(256, 28, 28)]]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "free_word"),
        ("conv", ""),
        ("conv0", "free_range"),
        ("conv9999", "free_range"),
        ("conv8k3q2", "free_letter"),
        ("conv8k99", "free_range"),
        ("pool2", "free_word"),
        ("conv8--max2", "free_word"),
        ("linear20-conv8", "free_flat"),
        ("resnext30", "free_groups"),
        ("max2p2", "free_padding"),
        ("-".join(["conv8"] * 25), "free_many"),
        ("conv٣", "free_word"),
    ],
)
def test_text_that_is_no_network_is_refused(text: str, kind: str) -> None:
    if not kind:
        assert free(blocks=text)
        return
    with pytest.raises(Problem) as caught:
        free(blocks=text)
    assert caught.value.kind == kind
