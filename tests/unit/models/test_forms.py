"""Forms build the blocks they describe, the same each time, and refuse what cannot be added."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings

from cnnviz.models import blocks
from cnnviz.models.forms import Form, build, last_norm, stem
from cnnviz.problems import Problem
from tests.unit.models.forms import FORMS, forms, picture


@settings(max_examples=60, deadline=None)
@given(forms())
def test_call_is_code_that_makes_a_block_of_the_same_shapes(form: Form) -> None:
    made = eval(form.call, vars(blocks))
    assert type(made) is type(build(form))
    shapes = [{name: p.shape for name, p in b.named_parameters()} for b in (made, build(form))]
    assert shapes[0] == shapes[1]


def test_seed_decides_the_weights_and_nothing_else_does() -> None:
    form = FORMS["residual"]
    torch.manual_seed(1)
    one = build(form).state_dict()
    torch.manual_seed(2)
    again, other = build(form).state_dict(), build(replace(form, seed=1)).state_dict()
    assert all(one[name].equal(again[name]) for name in one)
    assert not one["conv1.weight"].equal(other["conv1.weight"])


def test_building_leaves_the_random_numbers_of_others_alone() -> None:
    torch.manual_seed(3)
    expected = torch.rand(3)
    torch.manual_seed(3)
    build(FORMS["dense"])
    assert torch.rand(3).equal(expected)


@pytest.mark.parametrize("kind", ["residual", "bottleneck", "resnext"])
def test_block_with_zero_init_starts_as_relu_of_its_input(kind: str) -> None:
    form = Form(kind, 4, 4, zero_init_residual=True)
    x = picture(form) - 0.5
    block = build(form)
    torch.testing.assert_close(block(x[None])[0], x.relu(), atol=0, rtol=0)
    assert not last_norm(block).weight.any()
    assert build(replace(form, zero_init_residual=False)).bn1.weight.all()


def test_mode_is_the_batch_norms() -> None:
    assert build(FORMS["residual"]).training
    assert not build(FORMS["eval"]).training


@pytest.mark.parametrize(
    ("options", "kind"),
    [
        ({"kind": "lstm"}, "block_unknown"),
        ({"kind": "residual", "c_out": 4}, "block_shortcut"),
        ({"kind": "bottleneck", "stride": 2}, "block_shortcut"),
        ({"kind": "resnext", "groups": 2}, "block_groups"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, object], kind: str) -> None:
    with pytest.raises(Problem) as caught:
        Form(**{"c_in": 3, **options})  # type: ignore[arg-type]
    assert caught.value.kind == kind


def test_stem_makes_feature_maps_that_are_nowhere_negative() -> None:
    x = torch.rand(3, 8, 10)
    maps = stem(x, 5, seed=0)
    assert maps.shape == (5, 8, 10)
    assert maps.min() == 0
    assert maps.equal(stem(x, 5, seed=0))
    assert not maps.equal(stem(x, 5, seed=1))
    assert stem(x, 0, seed=0) is x
    assert stem(torch.zeros(1, 8, 8), 2, 0).isfinite().all()


def test_naive_inception_keeps_all_that_its_pooling_reads() -> None:
    x = torch.randn(1, 4, 5, 5)
    y = blocks.NaiveInception(4, 1, 2, 3)(x)
    assert y.shape == (1, 10, 5, 5)
    torch.testing.assert_close(y[:, 6:], torch.max_pool2d(x, 3, 1, 1))
