"""Long signals: smoothed and differenced as a chart, and strided as a sound to be heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from torch import Tensor

from cnnviz.data import signals
from cnnviz.figures.signals import frequencies, over_each_other, point_out
from cnnviz.figures.style import BLUE, GREEN, RED
from cnnviz.ops import correlate, kernels
from cnnviz.ops.sampling import (
    Spectrum,
    alias,
    decimate,
    gain,
    noise_gain,
    spectrogram,
    spectrum,
)
from cnnviz.ui.charts import chart
from cnnviz.ui.desk import Desk
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import choice, limits, number, whole

SAMPLES = 400  # of a signal in the chart
RATE = 24_000  # samples a second of a sound: all strides up to 6 divide it
SECONDS = 1.5
LOWEST, HIGHEST = 500, 11_500  # Hz of the chirp
LONG = ("sine", "step", "chirp")
SOUNDS = ("birdcall", "chirp", "tone")
CURVES = ("signal", "smoothed", "rough", "clean", "sample")
FREQUENCIES = ("hertz", "decibels", "seconds", "nyquist")
DIFFERENCES = ("central", "difference", "second")


@dataclass(frozen=True, kw_only=True)
class SoundSettings:
    """Which long signal and which sound, and how they are smoothed before the rest."""

    long: str = choice("sine", LONG, view=True)
    noise: float = number(0.2, 0.0, 1.0, view=True)
    seed: int = whole(0, 0, 999, view=True)
    smooth: str = choice("gaussian", kernels.SMOOTHING, view=True)
    reach: int = whole(4, 0, 15, view=True)  # neighbours on each side: the kernel has one more
    differ: str = choice("central", DIFFERENCES, view=True)
    sound: str = choice("birdcall", SOUNDS, view=True)
    frequency: int = whole(5000, 100, 11_900, view=True)
    every: int = whole(3, 1, 6, view=True)


S = TypeVar("S", bound=SoundSettings)


def smoothing_of(settings: SoundSettings) -> Tensor:
    """The kernel (2 · reach + 1,) that smooths."""
    return kernels.on_a_line(settings.smooth, 2 * settings.reach + 1)


def long_signal(settings: SoundSettings) -> Tensor:
    """The signal of the chart, with its noise: (400,)."""
    if settings.long == "chirp":
        made = 2 * signals.chirp(1, SAMPLES, 2, 40)
    else:
        made = signals.step(SAMPLES) if settings.long == "step" else signals.sine(SAMPLES, 3)
    return signals.noisy(made, settings.noise, settings.seed)


def sound_of(settings: SoundSettings) -> Tensor:
    """The sound that is strided: (36000,), 24 000 samples a second."""
    if settings.sound == "tone":
        return signals.tone(SECONDS, RATE, settings.frequency)
    if settings.sound == "chirp":
        return signals.chirp(SECONDS, RATE, LOWEST, HIGHEST)
    return signals.birdcall(SECONDS, RATE)


# ---- smoothed and differenced


def signal_panel(desk: Desk[S]) -> None:
    """A long signal and itself smoothed; below, the differences of both."""
    left, middle, right = st.columns(3)
    left.selectbox(
        t("sound.long"),
        LONG,
        format_func=lambda name: t(f"dimensions.signal_name.{name}"),
        **desk.bind("long"),
    )
    low, high = limits(SoundSettings, "noise")
    middle.slider(t("sound.noise"), low, high, step=0.05, **desk.bind("noise"))
    right.number_input(t("sound.seed"), *limits(SoundSettings, "seed"), **desk.bind("seed"))
    left, middle, right = st.columns(3)
    with left:
        _smoothing_name(desk)
    with middle:
        _smoothing_reach(desk)
    right.selectbox(
        t("sound.differ"),
        DIFFERENCES,
        format_func=lambda name: t(f"dimensions.kernel_name.{name}"),
        **desk.bind("differ"),
    )
    signal, kernel = long_signal(desk.now), smoothing_of(desk.now)
    difference = kernels.on_a_line(desk.now.differ)
    smoothed = correlate(signal, kernel).output  # unpadded: zeros would be edges of their own
    rough, clean = (correlate(x, difference).output for x in (signal, smoothed))
    names = {name: t(f"curves.{name}") for name in CURVES}
    chart(over_each_other(signal, smoothed, rough, clean, names), f"{desk.page}.signal")
    shares = {
        "smoothed": noise_gain(kernel),
        "rough": noise_gain(difference),
        "clean": noise_gain(kernel, difference),
    }
    st.markdown(t("sound.noise_left", **{name: f"{share:.0%}" for name, share in shares.items()}))


def _smoothing_name(desk: Desk[S]) -> None:
    st.selectbox(
        t("sound.smooth"),
        kernels.SMOOTHING,
        format_func=lambda name: t(f"dimensions.kernel_name.{name}"),
        **desk.bind("smooth"),
    )


def _smoothing_reach(desk: Desk[S]) -> None:
    label = t("sound.reach", k=2 * desk.now.reach + 1)
    st.slider(label, *limits(SoundSettings, "reach"), **desk.bind("reach"))


# ---- strided, to be heard


def sound_panel(desk: Desk[S]) -> None:
    """The sound, every n-th sample of it, and the same after smoothing: seen and heard."""
    _sound_controls(desk)
    now, kernel = desk.now, smoothing_of(desk.now)
    sound, rate = sound_of(now), RATE // now.every
    takes = (
        ("original", sound, RATE, BLUE),
        ("strided", decimate(sound, now.every), rate, RED),
        ("smoothed", decimate(sound, now.every, kernel), rate, GREEN),
    )
    hear = spectrum if now.sound == "tone" else spectrogram
    names = {name: t(f"curves.{name}") for name in FREQUENCIES}
    for place, (name, samples, per_second, colour) in zip(st.columns(3), takes, strict=True):
        with place:
            st.markdown(f"**{t(f'sound.take.{name}', s=now.every)}**")
            st.caption(t("sound.rate", rate=f"{per_second:,}"))
            st.audio(signals.wav(samples, per_second), format="audio/wav")
            heard = hear(samples, per_second)
            figure = frequencies(heard, per_second / 2, RATE / 2, colour, names)
            if isinstance(heard, Spectrum):
                point_out(figure, alias(now.frequency, per_second), heard, colour)
            chart(figure, f"{desk.page}.{name}")
    st.markdown(_tone_line(now, kernel) if now.sound == "tone" else t("sound.folds"))


def _sound_controls(desk: Desk[S]) -> None:
    left, middle, right = st.columns(3)
    left.selectbox(
        t("sound.sound"),
        SOUNDS,
        format_func=lambda name: t(f"dimensions.signal_name.{name}"),
        **desk.bind("sound"),
    )
    middle.slider(t("sound.every"), *limits(SoundSettings, "every"), **desk.bind("every"))
    with right:
        _smoothing_name(desk)
    left, right = st.columns([2, 1])
    if desk.now.sound == "tone":
        low, high = limits(SoundSettings, "frequency")
        left.slider(t("sound.frequency"), low, high, step=50, **desk.bind("frequency"))
    with right:
        _smoothing_reach(desk)


def _tone_line(now: SoundSettings, kernel: Tensor) -> str:
    """Where the tone is heard, by the formula, and how much of it the smoothing lets through."""
    rate = RATE / now.every
    folds = round(now.frequency / rate)
    values = {
        "f": f"{now.frequency:,}",
        "k": folds,
        "rate": f"{rate:,.0f}",
        "nyquist": f"{rate / 2:,.0f}",
        "heard": f"{alias(now.frequency, rate):,.0f}",
        "share": f"{gain(kernel, now.frequency, RATE):.1%}",
    }
    return t("sound.tone_folds" if folds else "sound.tone_stays", **values)
