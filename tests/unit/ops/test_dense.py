"""A dense layer gives weights up and becomes a convolution; shifts tell one from the other."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.data.glyphs import GLYPHS, glyph
from cnnviz.ops.dense import (
    STEPS,
    dense_layer,
    equivariance_error,
    shared_layer,
    shift,
    weight_counts,
)
from cnnviz.problems import Problem

sides = st.integers(2, 7)
channels = st.integers(1, 3)
seeds = st.integers(0, 99)


# ---- counts


def test_counts_are_the_courses() -> None:
    counts = weight_counts(8, 8, 1, 3, 2)
    assert [count.step for count in counts] == list(STEPS)
    assert [count.weights for count in counts] == [4096, 225, 9, 54]


def test_megapixel_picture_needs_the_courses_trillion_weights() -> None:
    dense, invariance, *_ = weight_counts(1000, 1000, 3)
    assert dense.weights == 10**12
    assert invariance.weights == 1999**2  # "four million"


def test_formulas_are_the_courses_with_the_numbers_in_them() -> None:
    counts = weight_counts(4, 6, 2, 3, 5)
    assert [count.letters for count in counts] == [
        "(HW)^2",
        "(2H-1)(2W-1)",
        r"(2\Delta+1)^2",
        r"(2\Delta+1)^2 \cdot c_i \cdot c_o",
    ]
    for count in counts:
        text = count.numbers.replace(r" \cdot ", "*").replace(")(", ")*(").replace("^", "**")
        assert eval(text) == count.weights


@given(sides, sides, st.data(), channels, channels)
def test_counts_are_those_of_the_layers(
    height: int, width: int, data: st.DataObject, c_in: int, c_out: int
) -> None:
    delta = data.draw(st.integers(0, min(height, width) - 1))
    layers = [
        dense_layer(height, width),
        shared_layer(height, width),
        shared_layer(height, width, delta),
        shared_layer(height, width, delta, c_in, c_out),
    ]
    for count, layer in zip(weight_counts(height, width, delta, c_in, c_out), layers, strict=True):
        assert layer.weights.numel() == count.weights
        used = layer.which[layer.which >= 0].unique()
        assert used.tolist() == list(range(count.weights))


@pytest.mark.parametrize("delta", [-1, 4, 9])
def test_delta_beyond_the_picture_is_refused(delta: int) -> None:
    with pytest.raises(Problem, match="from 0 to 3") as caught:
        weight_counts(4, 5, delta)
    assert caught.value.kind == "delta_range"
    with pytest.raises(Problem):
        shared_layer(4, 5, delta)


# ---- layers


@given(sides, sides, channels, channels, seeds)
def test_dense_layer_is_torchs(height: int, width: int, c_in: int, c_out: int, seed: int) -> None:
    layer = dense_layer(height, width, c_in, c_out, seed=seed)
    linear = torch.nn.Linear(c_in * height * width, c_out * height * width, bias=False)
    linear.weight.data = layer.matrix
    x = torch.rand(c_in, height, width)
    torch.testing.assert_close(layer(x).flatten(), linear(x.flatten()).detach())
    assert torch.equal(layer.matrix, layer.weights)


@given(sides, sides, channels, channels, seeds)
def test_translation_invariant_layer_is_a_convolution_with_a_kernel_of_twice_the_size(
    height: int, width: int, c_in: int, c_out: int, seed: int
) -> None:
    layer = shared_layer(height, width, None, c_in, c_out, seed=seed)
    x = torch.rand(c_in, height, width)
    expected = F.conv2d(x[None], layer.weights, padding=(height - 1, width - 1))[0]
    torch.testing.assert_close(layer(x), expected, rtol=1e-4, atol=1e-5)


@given(sides, sides, st.data(), channels, channels, seeds)
def test_local_layer_is_torchs_convolution(
    height: int, width: int, data: st.DataObject, c_in: int, c_out: int, seed: int
) -> None:
    delta = data.draw(st.integers(0, min(height, width) - 1))
    layer = shared_layer(height, width, delta, c_in, c_out, seed=seed)
    x = torch.rand(c_in, height, width)
    expected = F.conv2d(x[None], layer.weights, padding=delta)[0]
    torch.testing.assert_close(layer(x), expected, rtol=1e-4, atol=1e-5)


def test_locality_keeps_the_middle_of_the_translation_invariant_weights() -> None:
    wide, local = shared_layer(5, 6, seed=3), shared_layer(5, 6, 1, seed=3)
    assert torch.equal(local.weights, wide.weights[..., 3:6, 4:7])
    kept = local.which >= 0
    assert torch.equal(local.matrix[kept], wide.matrix[kept])
    assert not local.matrix[~kept].any()


def test_widest_delta_takes_nothing_away() -> None:
    assert torch.equal(shared_layer(4, 4, 3).matrix, shared_layer(4, 4).matrix)


def test_weights_follow_the_seed() -> None:
    assert torch.equal(dense_layer(4, 4, seed=1).matrix, dense_layer(4, 4, seed=1).matrix)
    assert not torch.equal(dense_layer(4, 4, seed=1).matrix, dense_layer(4, 4, seed=2).matrix)


# ---- shifts


@given(st.integers(1, 6), st.integers(1, 6), st.integers(-8, 8), st.integers(-8, 8))
def test_shift_moves_every_cell_and_fills_with_zeros(
    height: int, width: int, down: int, right: int
) -> None:
    x = torch.rand(2, height, width) + 1
    moved = shift(x, down, right)
    assert moved.shape == x.shape
    for row in range(height):
        for col in range(width):
            at = (row - down, col - right)
            inside = 0 <= at[0] < height and 0 <= at[1] < width
            expected = x[:, at[0], at[1]] if inside else torch.zeros(2)
            assert torch.equal(moved[:, row, col], expected)


@given(st.sampled_from(GLYPHS), st.integers(-1, 1), st.integers(-1, 1), seeds, channels, channels)
def test_convolution_moves_with_a_drawing_away_from_the_border(
    name: str, down: int, right: int, seed: int, c_in: int, c_out: int
) -> None:
    layer = shared_layer(8, 9, 1, c_in, c_out, seed=seed)
    x = glyph(name, 8, 9, c_in)  # two cells and more from every side
    assert equivariance_error(layer, x, down, right) == 0  # exactly: see LEVELS
    assert torch.equal(layer(shift(x, down, right)), shift(layer(x), down, right))


@given(st.integers(-1, 1), st.integers(-1, 1), seeds)
def test_dense_layer_does_not_move_with_the_drawing(down: int, right: int, seed: int) -> None:
    error = equivariance_error(dense_layer(8, 8, seed=seed), glyph("plus", 8, 8), down, right)
    assert (error > 0.5) == bool(down or right)


def test_error_is_the_ratio_of_norms() -> None:
    layer, x = dense_layer(5, 5, seed=4), glyph("corner", 5, 5)
    moved = torch.zeros_like(x)
    moved[:, :, 1:] = x[:, :, :-1]
    before = (layer.matrix @ x.flatten()).reshape(5, 5)
    after = (layer.matrix @ moved.flatten()).reshape(5, 5)
    after[:, 1:] -= before[:, :-1]
    expected = after.norm() / before.norm()
    assert equivariance_error(layer, x, 0, 1) == pytest.approx(expected.item())


def test_border_shows_where_the_drawing_starts_at_it() -> None:
    layer, x = shared_layer(6, 6, 1, seed=1), torch.zeros(1, 6, 6)
    x[0, 2, 0] = 1  # its response would reach past the left side
    assert equivariance_error(layer, x, 0, 1) > 0
    assert equivariance_error(layer, x, 1, 0) == 0  # along the side nothing comes in


def test_border_shows_where_the_drawing_leaves() -> None:
    layer, x = shared_layer(6, 6, 1, seed=1), torch.zeros(1, 6, 6)
    x[0, 2, 5] = 1
    assert equivariance_error(layer, x, 0, 1) > 0


def test_translation_invariance_alone_reaches_every_border() -> None:
    assert equivariance_error(shared_layer(8, 8), glyph("plus", 8, 8), 0, 1) > 0


def test_empty_picture_has_no_error() -> None:
    assert equivariance_error(dense_layer(4, 4), torch.zeros(1, 4, 4), 1, 1) == 0


# ---- drawings


@pytest.mark.parametrize("name", GLYPHS)
@pytest.mark.parametrize("side", [4, 7, 10])
def test_drawing_lies_whole_in_the_middle(name: str, side: int) -> None:
    board = glyph(name, side, side, 3)
    assert board.shape == (3, side, side)
    rows, cols = board[0].nonzero(as_tuple=True)
    for cells in (rows, cols):
        before, after = int(cells.min()), side - 1 - int(cells.max())
        assert 0 <= after - before <= 1
    assert torch.equal(board[1], board[0] / 2)
