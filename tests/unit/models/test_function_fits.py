"""Fits of real functions: NumPy's least squares, projections, and what nesting means for errors."""

import itertools

import numpy as np
import pytest
import torch

from cnnviz.models.function_classes import risen
from cnnviz.models.function_fits import (
    MOST_SIZE,
    NESTED,
    OTHERS,
    POINTS,
    TARGETS,
    basis,
    fits,
    points,
    target_values,
)
from cnnviz.problems import Problem

FAMILIES = (*NESTED, *OTHERS)


@pytest.mark.parametrize("target", TARGETS)
def test_polynomials_are_numpys(target: str) -> None:
    x, y = points().numpy(), target_values(target).numpy()
    for size, fit in enumerate(fits(target, "polynomial", 0), 1):
        expected = np.polynomial.Polynomial.fit(x, y, size - 1)(x)
        np.testing.assert_allclose(fit.values.numpy(), expected, atol=1e-9)


@pytest.mark.parametrize("target", TARGETS)
def test_constant_of_a_piece_is_the_mean_on_it(target: str) -> None:
    x, y = points(), target_values(target)
    for size, fit in enumerate(fits(target, "pieces", 0), 1):
        edges = torch.linspace(-1, 1, size + 1, dtype=torch.float64)
        expected = torch.empty(POINTS, dtype=torch.float64)
        for low, high in itertools.pairwise(edges.tolist()):
            here = (x > low) & (x < high)
            expected[here] = y[here].mean()
        torch.testing.assert_close(fit.values, expected)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("target", TARGETS)
def test_what_is_left_is_perpendicular_to_the_class(target: str, family: str) -> None:
    for size, fit in enumerate(fits(target, family, 3), 1):
        left = target_values(target) - fit.values
        across = basis(family, size, 3).T @ left / POINTS
        assert float(across.abs().max()) < 1e-9
        assert fit.error == pytest.approx(float(left.norm()) / POINTS**0.5)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("family", NESTED)
@pytest.mark.parametrize("target", TARGETS)
def test_error_of_a_nested_family_never_rises(target: str, family: str, seed: int) -> None:
    assert risen([fit.error for fit in fits(target, family, seed)]) == []


@pytest.mark.parametrize("family", OTHERS)
def test_error_of_a_family_that_is_not_nested_rises_for_some_target(family: str) -> None:
    rises = {target: risen([fit.error for fit in fits(target, family, 0)]) for target in TARGETS}
    assert sum(map(bool, rises.values())) >= 3


def test_two_pieces_make_a_step_and_three_do_not() -> None:
    errors = [fit.error for fit in fits("step", "pieces", 0)]
    assert errors[0] == pytest.approx(0.5)
    assert errors[1] == pytest.approx(0, abs=1e-12)
    # a third of the points lie in the middle piece, half of them off by 1/2 to each side
    assert errors[2] == pytest.approx((0.25 / 3) ** 0.5)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", [0, 1, 999])
def test_a_nested_class_holds_the_one_before_and_another_does_not(family: str, seed: int) -> None:
    held = []
    for size in range(2, MOST_SIZE + 1):
        smaller, larger = basis(family, size - 1, seed), basis(family, size, seed)
        assert larger.shape == (POINTS, size)
        again = larger @ torch.linalg.lstsq(larger, smaller, driver="gelsd").solution
        held.append(torch.allclose(again, smaller, atol=1e-8))
    assert all(held) == (family in NESTED)


@pytest.mark.parametrize("size", [0, MOST_SIZE + 1])
def test_size_beyond_the_range_is_refused(size: int) -> None:
    with pytest.raises(Problem, match=f"1 to {MOST_SIZE}; got {size}"):
        basis("polynomial", size, 0)


def test_unknown_family_is_refused_with_those_that_exist() -> None:
    with pytest.raises(Problem, match="splines; choose one of polynomial, added, pieces, redrawn"):
        basis("splines", 2, 0)
