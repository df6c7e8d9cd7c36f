"""A stride over a sound picks samples; tones above the new Nyquist frequency fold back."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.data import signals
from cnnviz.ops import kernels
from cnnviz.ops.sampling import (
    QUIETEST,
    alias,
    decimate,
    gain,
    noise_gain,
    smooth,
    spectrogram,
    spectrum,
)

RATE = 24_000
SMOOTHING = [kernels.on_a_line(name, size) for name in kernels.SMOOTHING for size in (3, 9, 31)]


@pytest.mark.parametrize("stride", range(1, 7))
def test_stride_with_the_kernel_one_keeps_every_so_manieth_sample(stride: int) -> None:
    sound = signals.birdcall(0.1, RATE)
    assert decimate(sound, stride).equal(sound[::stride])


@pytest.mark.parametrize("stride", [1, 2, 5])
@pytest.mark.parametrize("kernel", SMOOTHING)
def test_smoothed_samples_are_torchs_and_stay_at_their_time(
    kernel: torch.Tensor, stride: int
) -> None:
    sound = signals.birdcall(0.1, RATE)
    whole = F.conv1d(sound[None, None], kernel[None, None], padding=len(kernel) // 2)[0, 0]
    assert whole.shape == sound.shape
    torch.testing.assert_close(smooth(sound, kernel).output, whole)
    torch.testing.assert_close(decimate(sound, stride, kernel), whole[::stride])


@given(st.floats(0, 12_000), st.integers(1, 6))
def test_alias_gives_the_same_samples_below_the_nyquist_frequency(
    frequency: float, stride: int
) -> None:
    rate = RATE / stride
    found = alias(frequency, rate)
    assert 0 <= found <= rate / 2
    time = torch.arange(200, dtype=torch.float64) / rate
    one, other = ((2 * math.pi * f * time).cos() for f in (frequency, found))
    torch.testing.assert_close(one, other, rtol=0, atol=1e-8)


@given(st.integers(50, 11_950), st.integers(1, 6))
def test_alias_is_the_peak_of_the_decimated_tone(frequency: int, stride: int) -> None:
    decimated = decimate(signals.tone(1, RATE, frequency), stride)
    expected = alias(frequency, RATE / stride)
    # at 0 and at the Nyquist frequency a sine's samples may all be zero
    if 5 < expected < RATE / stride / 2 - 5:
        assert peak(decimated, RATE // stride) == pytest.approx(expected, abs=2)


def peak(sound: torch.Tensor, rate: float) -> float:
    hertz, decibels = spectrum(sound, rate)
    return hertz[decibels.argmax()].item()


def test_frequencies_below_the_nyquist_frequency_stay() -> None:
    assert [alias(f, 6000) for f in (0, 1000, 3000)] == [0, 1000, 3000]
    assert [alias(f, 6000) for f in (3500, 5000, 6000, 7000)] == [2500, 1000, 0, 1000]


@pytest.mark.parametrize("kernel", SMOOTHING)
@pytest.mark.parametrize("frequency", [0, 1000, 5500, 12_000])
def test_gain_is_what_the_kernel_does_to_a_tone(kernel: torch.Tensor, frequency: float) -> None:
    time = torch.arange(2000, dtype=torch.float64) / RATE
    tone = (2 * math.pi * frequency * time).cos().float()
    inner = smooth(tone, kernel).output[100:-100]
    assert inner.abs().max().item() == pytest.approx(gain(kernel, frequency, RATE), abs=2e-3)


@pytest.mark.parametrize("difference", ["central", "difference", "second"])
@pytest.mark.parametrize("kernel", SMOOTHING)
def test_noise_gain_is_what_kernels_do_to_noise(kernel: torch.Tensor, difference: str) -> None:
    noise = torch.randn(200_000, generator=torch.Generator().manual_seed(0))
    for name in ("identity", difference):
        after = kernels.on_a_line(name)
        left = F.conv1d(smooth(noise, kernel).output[None, None], after[None, None]).std().item()
        assert left == pytest.approx(noise_gain(kernel, after), rel=0.05)


def test_mean_of_four_takes_away_what_repeats_every_four_samples() -> None:
    assert gain(kernels.on_a_line("mean", 4), RATE / 4, RATE) == pytest.approx(0, abs=1e-6)


def test_sine_of_amplitude_one_has_zero_decibels() -> None:
    assert spectrum(signals.sine(2400, 100), RATE).decibels.max().item() == pytest.approx(
        0, abs=0.01
    )


def test_silence_is_the_quietest() -> None:
    assert set(spectrum(torch.zeros(100), RATE).decibels.tolist()) == {QUIETEST}


@pytest.mark.parametrize("stride", range(1, 7))
def test_spectrogram_follows_the_chirp_and_folds_it(stride: int) -> None:
    rate = RATE / stride
    chirp = decimate(signals.chirp(1, RATE, 500, 11_500), stride)
    seconds, hertz, decibels = spectrogram(chirp, rate)
    assert decibels.shape == (len(hertz), len(seconds))
    assert hertz.max() <= rate / 2
    apart = hertz[1].item()
    for i in range(10, len(seconds) - 10, 9):
        expected = alias(500 + 11_000 * seconds[i].item(), rate)
        # where the chirp folds, two of its parts lie within one window and one line
        if 4 * apart < expected < rate / 2 - 4 * apart:
            assert hertz[decibels[:, i].argmax()].item() == pytest.approx(expected, abs=2 * apart)
