"""The heat map is the gradient, framed as the field; the curves are the sizes."""

import pytest
import torch

from cnnviz.figures.receptive_field import growth_curve, heat_map
from cnnviz.models import Layer, effective_field, field_of

WORDS = {
    name: name for name in ("theoretical", "effective", "row", "column", "share", "layer", "size")
}
LAYERS = [Layer("conv", 3, padding=1)] * 3
PICTURE = torch.rand(12, 16, generator=torch.Generator().manual_seed(2))


def test_heat_map_holds_each_pixels_share_of_the_greatest() -> None:
    found = effective_field(LAYERS, (5, 6), PICTURE)
    figure = heat_map(found, field_of(LAYERS, (5, 6), (12, 16))[0], WORDS)
    shown = torch.tensor(figure.data[0].customdata)
    torch.testing.assert_close(shown, found / found.max())
    torch.testing.assert_close(torch.tensor(figure.data[0].z), shown.sqrt())


def test_frame_runs_along_the_outer_edges_of_the_field() -> None:
    found = effective_field(LAYERS, (0, 6), PICTURE)
    figure = heat_map(found, field_of(LAYERS, (0, 6), (12, 16))[0], WORDS)
    frame = next(trace for trace in figure.data if trace.name == "theoretical")
    # rows 0 − 3 to 0 + 3 counted from 1, columns 6 − 3 to 6 + 3
    assert (min(frame.y), max(frame.y)) == (-2.5, 4.5)
    assert (min(frame.x), max(frame.x)) == (3.5, 10.5)
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < -2.5
    assert bottom > 12.5


def test_gradient_of_zero_has_a_frame_but_no_contour() -> None:
    figure = heat_map(torch.zeros(12, 16), field_of(LAYERS, (5, 6), (12, 16))[0], WORDS)
    assert [trace.name for trace in figure.data if trace.name] == ["theoretical"]


def test_contour_is_drawn_at_the_paper_s_threshold() -> None:
    found = effective_field(LAYERS, (5, 6), PICTURE)
    figure = heat_map(found, field_of(LAYERS, (5, 6), (12, 16))[0], WORDS)
    contour = next(trace for trace in figure.data if trace.name == "effective")
    assert contour.contours.start == contour.contours.end == pytest.approx(0.0455)


def test_curves_are_the_sizes_layer_by_layer() -> None:
    figure = growth_curve([3, 5, 7], [3.0, 4.6, None], WORDS)
    assert [list(trace.y) for trace in figure.data] == [[3, 5, 7], [3.0, 4.6, None]]
    assert list(figure.data[0].x) == [1, 2, 3]
