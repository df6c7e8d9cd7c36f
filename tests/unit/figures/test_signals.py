"""Figures of signals hold the numbers that they were given, where they belong."""

import numpy as np
import pytest
import torch

from cnnviz.data import signals
from cnnviz.figures.signals import frequencies, over_each_other, point_out
from cnnviz.figures.style import RED
from cnnviz.ops.sampling import QUIETEST, spectrogram, spectrum

NAMES = {name: f"<{name}>" for name in ("signal", "smoothed", "rough", "clean", "sample")}
AXES = {name: f"<{name}>" for name in ("hertz", "decibels", "seconds", "nyquist")}
TONE = signals.tone(0.5, 8000, 1000)


def test_signal_and_its_differences_are_drawn_over_each_other() -> None:
    lines = [torch.randn(n) for n in (10, 6, 8, 4)]
    figure = over_each_other(*lines, NAMES)
    for trace, line in zip(figure.data, lines, strict=True):
        assert np.array_equal(trace.y, line.numpy())
    assert [trace.name for trace in figure.data] == ["<signal>", "<smoothed>", "<rough>", "<clean>"]
    # above and below share their samples; what is left of three lies at the middle one
    assert [trace.yaxis for trace in figure.data] == ["y", "y", "y2", "y2"]
    assert [trace.x0 for trace in figure.data] == [0, 2, 1, 3]


@pytest.mark.parametrize("hear", [spectrum, spectrogram])
def test_every_figure_of_a_sound_has_the_same_axis_and_its_own_nyquist_line(hear: object) -> None:
    figure = frequencies(hear(TONE, 8000), 4000, 12_000, RED, AXES)
    upright = hear is spectrogram
    axis = figure.layout.yaxis if upright else figure.layout.xaxis
    assert axis.range == (0, 12_000)
    assert axis.title.text == "<hertz>"
    (line,) = figure.layout.shapes
    assert (line.y0 if upright else line.x0) == 4000
    assert figure.layout.annotations[0].text == "<nyquist>"


def test_curve_is_loudest_at_the_tone_and_points_it_out() -> None:
    heard = spectrum(TONE, 8000)
    figure = frequencies(heard, 4000, 4000, RED, AXES)
    point_out(figure, 1000, heard, RED)
    curve, mark = figure.data
    assert curve.x[curve.y.argmax()] == 1000
    assert (mark.x, mark.y, mark.text) == ((1000,), (curve.y.max(),), ("1,000 Hz",))


def test_heat_map_holds_whole_decibels_and_is_clear_where_it_is_quiet() -> None:
    heard = spectrogram(TONE, 8000)
    (heat,) = frequencies(heard, 4000, 4000, RED, AXES).data
    assert np.abs(heat.z - heard.decibels.numpy()).max() <= 0.5
    assert heat.z.min() == QUIETEST
    assert heat.colorscale[0][1].endswith(", 0)")
    assert np.array_equal(heat.y, heard.hertz.numpy())
