"""Made signals in one dimension, and sounds that a browser can play.

Every signal is a float32 tensor (n,), the same for the same arguments. Sounds stay within −1 and
1.
"""

from __future__ import annotations

import io
import math
import wave

import torch
from torch import Tensor

from cnnviz.problems import Problem

MOST = 1_000_000  # samples of one signal


def ones(n: int) -> Tensor:
    """A signal that says nothing: n ones."""
    return torch.ones(_length(n))


def step(n: int) -> Tensor:
    """0 in the first half, 1 in the second."""
    return (torch.arange(_length(n)) >= n // 2).float()


def sine(n: int, cycles: float) -> Tensor:
    """So many cycles of a sine, from a zero that is 0, as the others are."""
    phase = 2 * math.pi * cycles * torch.arange(_length(n), dtype=torch.float64) / n
    return phase.sin().round(decimals=7).float()


def noisy(signal: Tensor, noise: float, seed: int) -> Tensor:
    """The signal with Gaussian noise of this standard deviation added."""
    drawn = torch.randn(signal.shape, generator=torch.Generator().manual_seed(seed))
    return signal + noise * drawn


def tone(seconds: float, rate: int, frequency: float) -> Tensor:
    """A pure tone of amplitude ½ that fades in and out, so that it does not click.

    Raises:
        Problem: (a `ValueError`) for a frequency that `rate` samples a second cannot hold.
    """
    time = _time(seconds, rate, frequency)
    return (0.5 * _fade(time, seconds) * (2 * math.pi * frequency * time).sin()).float()


def chirp(seconds: float, rate: int, low: float, high: float) -> Tensor:
    """A tone whose frequency grows evenly from `low` to `high`, in amplitude as `tone`."""
    time = _time(seconds, rate, low, high)
    # the phase is the integral of the frequency low + (high − low) · time / seconds
    cycles = low * time + (high - low) * time.square() / (2 * seconds)
    return (0.5 * _fade(time, seconds) * (2 * math.pi * cycles).sin()).float()


def birdcall(seconds: float, rate: int, seed: int = 0) -> Tensor:
    """Two whistled syllables with overtones and the hiss of a recording; made, not recorded.

    Each syllable rises from 2 to 3.8 kHz and falls back half of the way; its overtones have twice
    and three times that. What `rate` cannot hold is left out, as a recorder's filter would do.
    """
    time = _time(seconds, rate)
    sound = torch.zeros_like(time)
    length = 0.36 * seconds
    for start in (0.08 * seconds, 0.54 * seconds):
        within = ((time - start) / length).clamp(0, 1)
        pitch = 2000 + 1800 * (math.pi * 0.83 * within).sin()
        phase = 2 * math.pi * pitch.cumsum(0) / rate
        loud = (math.pi * within).sin().square()  # 0 outside of the syllable
        for overtone, share in ((1, 0.6), (2, 0.2), (3, 0.1)):
            held = overtone * pitch < rate / 2
            sound += share * loud * held * (overtone * phase).sin()
    return noisy((0.9 * sound).float(), 0.002, seed).clamp(-1, 1)


def wav(signal: Tensor, rate: int) -> bytes:
    """A WAV file, mono, 16 bits a sample; what lies beyond −1 and 1 is cut off.

    Streamlit would make one of an array as well, but as loud as it goes: then what a filter
    took away could not be heard.

    Raises:
        Problem: (a `ValueError`) for numbers that are not finite.
    """
    if not torch.isfinite(signal).all():
        raise Problem("not_finite")
    levels = (signal.clamp(-1, 1) * 32767).round().to(torch.int16).contiguous()
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(levels.numpy().astype("<i2").tobytes())
    return file.getvalue()


def _length(n: int) -> int:
    if not 1 <= n <= MOST:
        raise Problem("signal_length", high=f"{MOST:,}", n=n)
    return n


def _time(seconds: float, rate: int, *frequencies: float) -> Tensor:
    """When the samples are taken, in seconds; float64, for a phase of thousands of cycles."""
    for frequency in frequencies:
        if not 0 <= frequency <= rate / 2:
            raise Problem("frequency_range", high=f"{rate / 2:,g}", frequency=frequency)
    return torch.arange(_length(round(seconds * rate)), dtype=torch.float64) / rate


def _fade(time: Tensor, seconds: float) -> Tensor:
    """From 0 to 1 within 20 ms, and back at the end."""
    return (torch.minimum(time, seconds - time) / 0.02).clamp(0, 1)
