"""Made signals are what their names say, and a WAV file gives them back."""

import io
import math
import wave

import numpy as np
import pytest
import torch
from torch import Tensor

from cnnviz.data import signals
from cnnviz.problems import Problem

RATE = 24_000
MADE = [
    signals.ones(7),
    signals.step(16),
    signals.sine(16, 2),
    signals.tone(0.1, RATE, 440),
    signals.chirp(0.1, RATE, 100, 9000),
    signals.birdcall(0.5, RATE),
]


def peak(signal: Tensor, rate: int) -> float:
    """The loudest frequency by NumPy's Fourier transform."""
    loud = np.abs(np.fft.rfft(signal.numpy() * np.hanning(len(signal))))
    return float(np.fft.rfftfreq(len(signal), 1 / rate)[loud.argmax()])


@pytest.mark.parametrize("signal", MADE)
def test_signal_is_one_line_of_finite_float32(signal: Tensor) -> None:
    assert (signal.ndim, signal.dtype) == (1, torch.float32)
    assert torch.isfinite(signal).all()


def test_step_is_nothing_and_then_one() -> None:
    assert signals.step(6).tolist() == [0, 0, 0, 1, 1, 1]


def test_sine_has_its_cycles() -> None:
    assert peak(signals.sine(400, 8), 400) == 8
    assert signals.sine(8, 2).tolist() == [0, 1, 0, -1, 0, 1, 0, -1]


def test_noise_has_its_size_and_is_the_same_for_the_same_seed() -> None:
    step = signals.step(10_000)
    noise = signals.noisy(step, 0.3, 1) - step
    assert noise.std().item() == pytest.approx(0.3, rel=0.05)
    assert noise.mean().item() == pytest.approx(0, abs=0.01)
    assert signals.noisy(step, 0.3, 1).equal(signals.noisy(step, 0.3, 1))
    assert not signals.noisy(step, 0.3, 1).equal(signals.noisy(step, 0.3, 2))


@pytest.mark.parametrize("frequency", [100, 2500, 11_000])
def test_tone_has_its_frequency(frequency: int) -> None:
    assert peak(signals.tone(1, RATE, frequency), RATE) == pytest.approx(frequency, abs=2)


def test_chirp_goes_evenly_from_low_to_high() -> None:
    chirp = signals.chirp(2, RATE, 1000, 9000)
    for middle in (0.5, 1.0, 1.5):
        start = round((middle - 0.02) * RATE)
        piece = chirp[start : start + round(0.04 * RATE)]
        assert peak(piece, RATE) == pytest.approx(1000 + 4000 * middle, abs=100)


def test_birdcall_has_two_syllables_and_overtones_above_six_kilohertz() -> None:
    sound = signals.birdcall(1.5, RATE)
    loud = sound.reshape(-1, 600).square().mean(1).sqrt() > 0.05  # in steps of 25 ms
    assert (loud[1:] & ~loud[:-1]).sum() == 2
    power = torch.fft.rfft(sound).abs().square()
    high = power[torch.fft.rfftfreq(len(sound), 1 / RATE) > 6000].sum() / power.sum()
    assert 0.01 < high < 0.5


@pytest.mark.parametrize("signal", MADE[3:])
def test_sounds_stay_within_one(signal: Tensor) -> None:
    assert signal.abs().max() <= 1


@pytest.mark.parametrize("n", [0, -1, signals.MOST + 1])
def test_length_out_of_range_is_refused(n: int) -> None:
    with pytest.raises(Problem, match="samples"):
        signals.ones(n)


@pytest.mark.parametrize("seconds", [0, 1e6])
def test_sound_of_no_or_endless_length_is_refused(seconds: float) -> None:
    with pytest.raises(Problem, match="samples"):
        signals.tone(seconds, RATE, 440)


@pytest.mark.parametrize("frequency", [-1, 12_001, math.nan])
def test_frequency_that_the_rate_cannot_hold_is_refused(frequency: float) -> None:
    with pytest.raises(Problem, match="half of the rate"):
        signals.tone(1, RATE, frequency)


def test_wav_gives_the_samples_back() -> None:
    sound = torch.tensor([0, 0.5, -0.5, 1, -1, 7, -7])
    with wave.open(io.BytesIO(signals.wav(sound, 8000))) as file:
        assert file.getparams()[:4] == (1, 2, 8000, 7)
        back = np.frombuffer(file.readframes(7), dtype="<i2") / 32767
    assert np.allclose(back, sound.clamp(-1, 1), atol=1e-4)


def test_wav_of_a_quiet_sound_stays_quiet() -> None:
    with wave.open(io.BytesIO(signals.wav(torch.full((10,), 0.01), 8000))) as file:
        assert set(np.frombuffer(file.readframes(10), dtype="<i2")) == {328}


def test_wav_of_what_is_not_finite_is_refused() -> None:
    with pytest.raises(Problem, match="finite"):
        signals.wav(torch.tensor([0, math.nan]), 8000)
