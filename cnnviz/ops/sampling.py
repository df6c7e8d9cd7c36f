"""What a stride does to a sound: fewer samples a second, and tones that fold back.

Samples taken `rate` times a second tell tones up to `rate / 2` apart, the Nyquist frequency; a
higher tone gives the same samples as one below it, its alias (Shannon 1949; Oppenheim and
Schafer, *Discrete-Time Signal Processing*, ch. 4). The same holds for a network's strided
convolutions (Zhang 2019, *Making Convolutional Networks Shift-Invariant Again*).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.ops.correlation import Walk, correlate
from cnnviz.ops.windows import Window

QUIETEST = -100.0  # decibels that are told apart from silence


class Spectrum(NamedTuple):
    """How loud each frequency is."""

    hertz: Tensor  # (frequencies,), from 0 to the Nyquist frequency
    decibels: Tensor  # (frequencies,); 0 is a sine of amplitude 1


class Spectrogram(NamedTuple):
    """A spectrum at each time."""

    seconds: Tensor  # (times,)
    hertz: Tensor  # (frequencies,)
    decibels: Tensor  # (frequencies, times)


def decimate(signal: Tensor, stride: int, kernel: Tensor | None = None) -> Tensor:
    """Every stride-th sample of a signal (n,), smoothed by an odd kernel first where one is given.

    One convolution: with the kernel [1] its stride only picks samples. Padded, so that
    (⌈n / stride⌉,) samples are left and stay at their time.
    """
    kernel = torch.ones(1) if kernel is None else kernel
    return smooth(signal, kernel, stride).output


def smooth(signal: Tensor, kernel: Tensor, stride: int = 1) -> Walk:
    """A kernel over a whole signal (n,), with half of the kernel as padding on each side."""
    return correlate(signal, kernel, Window(len(kernel), stride, len(kernel) // 2))


def alias(frequency: float, rate: float) -> float:
    """The frequency below rate / 2 whose samples are the same: |f − k · rate|."""
    return abs(frequency - round(frequency / rate) * rate)


def gain(kernel: Tensor, frequency: float, rate: float) -> float:
    """What a kernel (k,) makes of the amplitude of a tone: 1 keeps it, 0 takes it away."""
    turns = -2j * math.pi * frequency / rate * torch.arange(len(kernel), dtype=torch.float64)
    return float((kernel.to(torch.float64) * turns.exp()).sum().abs())


def noise_gain(*kernels: Tensor) -> float:
    """What kernels (k,), one after the other, make of the standard deviation of white noise.

    Independent noise adds up by its squares: it is the length of the one kernel that equals them.
    """
    one = torch.ones(1)
    for kernel in kernels:
        padded = Window(len(kernel), padding=len(kernel) - 1)
        one = correlate(one, kernel, padded, flip=True).output
    return float(one.norm())


def spectrum(signal: Tensor, rate: float) -> Spectrum:
    """Of a signal (n,) as a whole, seen through a Hann window."""
    n = len(signal)
    window = torch.hann_window(n)
    amplitude = 2 * torch.fft.rfft(signal * window).abs() / window.sum()
    return Spectrum(torch.fft.rfftfreq(n, 1 / rate), _decibels(amplitude))


def spectrogram(signal: Tensor, rate: float, seconds: float = 1 / 75) -> Spectrogram:
    """Spectra through Hann windows of so many seconds, half of that apart."""
    size = round(seconds * rate)
    hop = size // 2
    window = torch.hann_window(size)
    bins = torch.stft(
        signal, size, hop, window=window, center=True, pad_mode="constant", return_complex=True
    )
    amplitude = 2 * bins.abs() / window.sum()  # (frequencies, times)
    times = torch.arange(amplitude.shape[1]) * hop / rate
    return Spectrogram(times, torch.fft.rfftfreq(size, 1 / rate), _decibels(amplitude))


def _decibels(amplitude: Tensor) -> Tensor:
    return (20 * amplitude.clamp_min(1e-12).log10()).clamp_min(QUIETEST)
