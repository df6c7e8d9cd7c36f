"""The curve of a maximum made of a ReLU."""

from collections.abc import Callable

import pytest

from cnnviz.figures.pooling import REACH, relu_curve


@pytest.mark.parametrize(("mode", "extreme"), [("max", max), ("min", min)])
@pytest.mark.parametrize("b", [-3.3, 0.0, 10.0])
def test_curve_is_the_extreme_and_its_kink_lies_on_it(
    mode: str, extreme: Callable[[float, float], float], b: float
) -> None:
    part, both, here = relu_curve(4.0, b, mode).data
    assert list(both.y) == pytest.approx([extreme(a, b) for a in both.x], abs=1e-5)
    sign = 1 if mode == "max" else -1
    relus = [max(0.0, sign * (a - b)) for a in part.x]
    assert list(part.y) == pytest.approx(relus, abs=1e-5)
    assert min(abs(a - b) for a in both.x) < 1e-5
    assert (both.x[0], both.x[-1]) == (-REACH, REACH)
    assert (here.x[0], here.y[0]) == (4.0, pytest.approx(extreme(4.0, b)))


def test_legend_says_what_the_curves_are() -> None:
    part, both, here = relu_curve(1.0, 2.0, "max").data
    names = part.name, both.name
    assert names == ("ReLU(a − b)", "max(a, b) = ReLU(a − b) + b")
    assert not here.showlegend
