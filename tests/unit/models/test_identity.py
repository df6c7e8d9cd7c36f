"""The residual block at the start: its own forward, plain functionals, and a hand-made backward."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from cnnviz.models.blocks import Plain
from cnnviz.models.identity import (
    BATCH,
    CHANNELS,
    KINDS,
    MOST_DEPTH,
    SIDE,
    STARTS,
    Start,
    begin,
    branch,
    course,
    first_signal,
    learn_identity,
    one_block,
)
from cnnviz.problems import Problem

RAMP = torch.arange(9.0).reshape(3, 3)
SIGNED = torch.tensor([[3.0, -1, 12, -1], [-3, 1, 0, 1], [2, -3, 0, 1], [3, -2, 4, -1]])
EVERY = [Start(*options, 5) for options in itertools.product(STARTS, (True, False), (True, False))]


def weights(how: Start, channels: int, generator: torch.Generator) -> list[Tensor]:
    """The two convolutions' weights and biases, by their formula: uniform in ±1/√(9 · channels)."""
    bound, found = (9 * channels) ** -0.5, []
    for shape in 2 * [(channels, channels, 3, 3), (channels,)]:
        share = torch.rand(shape, generator=generator, dtype=torch.float64)
        found.append(2 * bound * share - bound)
    if how.start == "zero" and not how.norm:
        found[2:] = [torch.zeros_like(found[2]), torch.zeros_like(found[3])]
    return found


def normalised(x: Tensor, gamma: float) -> Tensor:
    mean = x.mean((0, 2, 3), keepdim=True)
    var = (x - mean).square().mean((0, 2, 3), keepdim=True)
    return gamma * (x - mean) / (var + 1e-5).sqrt()


def by_hand(x: Tensor, how: Start, generator: torch.Generator, kind: str) -> Tensor:
    """A block with functionals only."""
    w1, b1, w2, b2 = weights(how, x.shape[1], generator)
    y = F.conv2d(x, w1, b1, padding=1)
    y = F.relu(normalised(y, 1) if how.norm else y)
    y = F.conv2d(y, w2, b2, padding=1)
    if how.norm:
        y = normalised(y, float(how.start == "usual"))
    y = y + x if kind == "residual" else y
    return F.relu(y) if how.relu else y


@pytest.mark.parametrize("how", EVERY, ids=str)
def test_one_block_is_what_functionals_give(how: Start) -> None:
    found = one_block(SIGNED, how)
    for kind in KINDS:
        generator = torch.Generator().manual_seed(how.seed)
        expected = by_hand(SIGNED.double()[None, None], how, generator, kind)[0, 0]
        torch.testing.assert_close(getattr(found, kind), expected.float())
    torch.testing.assert_close(found.sum, found.x + found.g)


def test_blocks_are_the_courses_own() -> None:
    """With batch norm and a last ReLU they compute what `Residual` and `Plain` do."""
    how = Start(seed=3)
    block = begin(how, 4, torch.Generator().manual_seed(3))
    x = torch.randn(2, 4, 5, 5, generator=torch.Generator().manual_seed(0)).double()
    g = branch(block, x, norm=True)
    plain = Plain(4, 4).double()
    plain.load_state_dict(block.state_dict())
    torch.testing.assert_close(F.relu(g + x), block(x))
    torch.testing.assert_close(F.relu(g), plain(x))


@pytest.mark.parametrize("norm", [True, False])
@pytest.mark.parametrize("seed", [0, 7, 999])
def test_residual_block_whose_last_layer_is_zero_is_the_identity(norm: bool, seed: int) -> None:
    found = one_block(SIGNED, Start("zero", norm, relu=False, seed=seed))
    assert found.residual.equal(SIGNED)
    assert not found.g.any()
    assert not found.plain.any()


def test_last_relu_cuts_what_is_negative_of_the_identity() -> None:
    assert one_block(SIGNED, Start("zero")).residual.equal(SIGNED.clamp(min=0))
    assert one_block(RAMP, Start("zero")).residual.equal(RAMP)


def test_single_cell_is_refused_by_batch_norm_only() -> None:
    with pytest.raises(Problem, match="single cell"):
        one_block(torch.ones(1, 1), Start())
    assert one_block(torch.ones(1, 1), Start("zero", norm=False)).residual.equal(torch.ones(1, 1))


# ---- many in a row


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", EVERY, ids=str)
def test_course_is_what_functionals_and_autograd_give(how: Start, kind: str) -> None:
    generator = torch.Generator().manual_seed(how.seed)
    shape = (BATCH, CHANNELS, SIDE, SIDE)
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    path = [(x.clamp(min=0) if how.relu else x).requires_grad_()]
    back = torch.randn(shape, generator=generator, dtype=torch.float64)
    for _ in range(3):
        path.append(by_hand(path[-1], how, generator, kind))
        path[-1].retain_grad()
    (path[-1] * back / back.square().mean().sqrt()).sum().backward()
    found = course(how, 3, kind)
    sizes = [float(each.detach().square().mean().sqrt()) for each in path]
    assert found.signal == pytest.approx(sizes, rel=1e-9)
    gradients = [float(each.grad.square().mean().sqrt()) for each in path if each.grad is not None]
    assert found.gradient == pytest.approx(gradients, rel=1e-9)
    assert len(gradients) == 4


@pytest.mark.parametrize("norm", [True, False])
def test_thirty_blocks_that_start_as_the_identity_are_the_identity(norm: bool) -> None:
    residual = course(Start("zero", norm, relu=False), MOST_DEPTH, "residual")
    assert residual.signal == pytest.approx([residual.signal[0]] * 31)
    assert residual.gradient == pytest.approx([1] * 31)
    plain = course(Start("zero", norm, relu=False), MOST_DEPTH, "plain")
    assert plain.signal[1:] == [0] * MOST_DEPTH
    assert plain.gradient[:-1] == [0] * MOST_DEPTH


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("relu", [True, False])
def test_plain_gradient_vanishes_without_batch_norm_and_explodes_with_it(
    relu: bool, seed: int
) -> None:
    bare, normed = (
        {kind: course(Start("usual", norm, relu, seed), MOST_DEPTH, kind) for kind in KINDS}
        for norm in (False, True)
    )
    assert bare["plain"].gradient[0] < 1e-12
    assert 0.1 < bare["residual"].gradient[0] < 10
    assert normed["plain"].gradient[0] > 50
    assert normed["residual"].gradient[0] < normed["plain"].gradient[0] / 5


@pytest.mark.parametrize("depth", [0, MOST_DEPTH + 1])
def test_depth_beyond_the_range_is_refused(depth: int) -> None:
    with pytest.raises(Problem, match=f"got {depth}"):
        course(Start(), depth, "plain")


# ---- learned


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", EVERY[::3], ids=str)
def test_learning_is_gradient_descent_on_the_functionals(how: Start, kind: str) -> None:
    """Without the moving weights of batch norm, which by_hand keeps at 1 and 0: two losses."""
    generator = torch.Generator().manual_seed(how.seed)
    x = first_signal(how, generator, 16)
    loss = F.mse_loss(by_hand(x, how, generator, kind), x)
    found = learn_identity(how, 0.1, 5, kind)
    assert found[0] == pytest.approx(float(loss), rel=1e-9, abs=1e-12)
    assert len(found) == 6
    assert found[-1] <= found[0]


def test_residual_block_that_starts_as_the_identity_has_nothing_to_learn() -> None:
    assert learn_identity(Start("zero"), 0.1, 20, "residual") == [0] * 21


def test_plain_block_that_starts_at_zero_below_a_relu_never_learns() -> None:
    losses = learn_identity(Start("zero"), 0.1, 20, "plain")
    assert losses == [losses[0]] * 21
    assert losses[0] > 0.1


@pytest.mark.parametrize("norm", [True, False])
def test_residual_block_is_nearer_to_the_identity_all_along(norm: bool) -> None:
    plain, residual = (learn_identity(Start("usual", norm), 0.1, 100, kind) for kind in KINDS)
    assert all(one > other for one, other in zip(plain, residual, strict=True))
    assert plain[-1] > 2 * residual[-1]
