"""The four kinds of convolution on one page: their inputs, kernels and controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import streamlit as st
import torch
from torch import Tensor

from cnnviz.components.stage import Edit
from cnnviz.data import signals
from cnnviz.data.volumes import DEPTH, SIDE, VOLUMES
from cnnviz.ops import Walk, Window, correlate, kernels
from cnnviz.ops.kinds import KINDS
from cnnviz.problems import Problem
from cnnviz.ui.desk import Desk
from cnnviz.ui.grids import edit_cell
from cnnviz.ui.i18n import t
from cnnviz.ui.settings import LARGEST, choice, limits, numbers, whole

BOUNDS = (-int(LARGEST), int(LARGEST))
Numbers = tuple[float, ...]
FEWEST, MOST = 5, 16  # cells of a signal that is shown as numbers
LARGEST_KERNEL = 11
COURSE = (0.25, 0.5, 0.25)
SIGNALS = ("ones", "step", "sine", "own")
KERNELS = {  # kind → the values of its setting `kernel_<kind>`
    "1d": (*kernels.ON_A_LINE, "own"),
    "2d": ("laplacian", "sobel-x", "mean"),
    "3d": kernels.IN_SPACE,
    "volume": ("laplacian", "mean", "mix"),
}


@dataclass(frozen=True, kw_only=True)
class DimensionSettings:
    """The kind, and for each kind its input and kernel; stride, padding, dilation for all."""

    kind: str = choice("1d", KINDS)
    signal: str = choice("ones", SIGNALS)
    cells: int = whole(5, FEWEST, MOST)
    cycles: int = whole(2, 1, MOST // 2 - 1)
    values: Numbers = numbers((1.0,) * 5, *BOUNDS, FEWEST, MOST)
    kernel_1d: str = choice("gaussian", KERNELS["1d"])
    taps: int = whole(3, 1, LARGEST_KERNEL)
    weights: Numbers = numbers(COURSE, *BOUNDS, 1, LARGEST_KERNEL)
    volume: str = choice("moving", tuple(VOLUMES))
    slice: int = whole(1, 1, DEPTH)
    kernel_2d: str = choice("laplacian", KERNELS["2d"])
    kernel_3d: str = choice("edge", KERNELS["3d"])
    kernel_volume: str = choice("laplacian", KERNELS["volume"])
    mix: Numbers = numbers((1.0, 0.0, 0.0, -1.0), *BOUNDS, DEPTH, DEPTH)
    size: int = whole(3, 1, SIDE - 1)
    depth: int = whole(3, 1, DEPTH)
    stride: int = whole(1, 1, 4)
    padding: int = whole(0, 0, 3)
    dilation: int = whole(1, 1, 3)


S = TypeVar("S", bound=DimensionSettings)


def input_of(settings: DimensionSettings) -> Tensor:
    """The input: (n,), (rows, cols), or a volume (depth, rows, cols)."""
    if settings.kind == "1d":
        return _signal(settings)
    volume = VOLUMES[settings.volume]()
    return volume[settings.slice - 1] if settings.kind == "2d" else volume


def _signal(settings: DimensionSettings) -> Tensor:
    if settings.signal == "own":
        return torch.tensor(settings.values)
    if settings.signal == "sine":
        return signals.sine(settings.cells, settings.cycles)
    return (signals.step if settings.signal == "step" else signals.ones)(settings.cells)


def kernel_of(settings: DimensionSettings) -> Tensor:
    """The kernel: (k,), (k, k), (kernel_depth, k, k), or over a volume (1, depth, k, k)."""
    if settings.kind == "1d":
        own = settings.kernel_1d == "own"
        made = settings.weights if own else kernels.on_a_line(settings.kernel_1d, settings.taps)
        return torch.as_tensor(made)
    if settings.kind == "2d":
        return _plane(settings.kernel_2d, settings.size)
    if settings.kind == "3d":
        return kernels.in_space(settings.kernel_3d, settings.depth, settings.size)
    if settings.kernel_volume == "mix":
        return torch.tensor(settings.mix).reshape(1, DEPTH, 1, 1)
    if settings.kernel_volume == "mean":
        return kernels.in_space("mean", DEPTH, settings.size)[None]
    return kernels.named(settings.kernel_volume).expand(1, DEPTH, -1, -1)


def _plane(name: str, size: int) -> Tensor:
    return torch.full((size, size), 1 / size**2) if name == "mean" else kernels.named(name)


def window_of(settings: DimensionSettings, kernel: Tensor) -> Window:
    """The window of a kernel: a volume is padded around its slices, not before and behind."""
    axes = {"1d": 1, "3d": 3}.get(settings.kind, 2)
    padding = (*(0,) * (axes - 2), *(settings.padding,) * min(axes, 2))
    return Window(tuple(kernel.shape[-axes:]), settings.stride, padding, settings.dilation)


def walk_of(settings: DimensionSettings) -> Walk:
    """The walk that these settings make; raises `Problem` where the kernel does not fit."""
    kernel = kernel_of(settings)
    return correlate(input_of(settings), kernel, window_of(settings, kernel))


def ways_to_fit(settings: DimensionSettings) -> dict[str, dict[str, Any]]:
    """What makes a kernel fit that is too large for its input: buttons' labels → changes."""
    _, most = limits(DimensionSettings, "padding")
    more = range(settings.padding + 1, most + 1)
    ways: dict[str, dict[str, Any]] = {t("refusal.dilation"): {"dilation": 1}}
    ways |= {t("refusal.padding", padding=p): {"padding": p} for p in more}
    ways |= {t("refusal.both", padding=p): {"padding": p, "dilation": 1} for p in more}
    return dict([way for way in ways.items() if _fits(replace(settings, **way[1]))][:2])


def _fits(settings: DimensionSettings) -> bool:
    try:
        walk_of(settings)
    except Problem:
        return False
    return True


# ---- what the reader does on the stage


def editable(settings: DimensionSettings) -> frozenset[str]:
    """What can be edited on the stage: a signal and its kernel, and how channels are mixed."""
    if settings.kind == "1d":
        return frozenset({"input", "kernel"})
    mixing = settings.kind == "volume" and settings.kernel_volume == "mix"
    return frozenset({"kernel"} if mixing else ())


def edit(settings: S, edit: Edit) -> S:
    """The settings after an edit on the stage; raises `Problem` for nonsense."""
    column = edit.detail.get("plane")
    if edit.kind != "cell" or column not in editable(settings):
        raise Problem("edit_damaged")
    if column == "input":
        (values,) = edit_cell(_signal(settings)[None], edit)
        return replace(settings, signal="own", values=values)
    if settings.kind == "1d":
        (weights,) = edit_cell(kernel_of(settings)[None], edit)
        return replace(settings, kernel_1d="own", weights=weights)
    # the stage shows a 1×1 kernel as a plane for each channel; here they are one row
    at = edit.detail.get("at")
    turned = [0, at[1], at[0]] if isinstance(at, list) and len(at) == 3 else at
    (mix,) = edit_cell(
        torch.tensor(settings.mix)[None], replace(edit, detail={**edit.detail, "at": turned})
    )
    return replace(settings, mix=mix)


# ---- the controls


def dimension_controls(desk: Desk[S]) -> None:
    """The kind, and what matters for it."""
    kind = desk.now.kind
    st.radio(
        t("dimensions.kind"),
        KINDS,
        format_func=lambda name: t(f"kinds.name.{name}"),
        **desk.bind("kind"),
    )
    st.caption(t(f"dimensions.moves.{kind}"))
    if kind == "1d":
        _signal_controls(desk)
    else:
        _volume_controls(desk)
    for name in ("padding", "stride", "dilation"):
        st.slider(t(f"operation.{name}"), *limits(DimensionSettings, name), **desk.bind(name))


def _signal_controls(desk: Desk[S]) -> None:
    st.selectbox(
        t("dimensions.signal"),
        SIGNALS,
        format_func=lambda name: t(f"dimensions.signal_name.{name}"),
        **desk.bind("signal", take=_take_signal),
    )
    left, right = st.columns(2)
    cells = len(_signal(desk.now))
    left.number_input(t("dimensions.cells"), FEWEST, MOST, **desk.bind("cells", cells, _take_cells))
    if desk.now.signal == "sine":
        right.number_input(
            t("dimensions.cycles"), *limits(DimensionSettings, "cycles"), **desk.bind("cycles")
        )
    if _kernel_control(desk, _take_kernel) in (*kernels.SMOOTHING, "own"):
        low, high = limits(DimensionSettings, "taps")
        taps = len(kernel_of(desk.now))
        st.slider(t("dimensions.taps"), low, high, **desk.bind("taps", taps, _take_taps))


def _take_signal(settings: S, name: str) -> S:
    if name == "own":  # start from what is there
        return replace(settings, signal=name, values=tuple(_signal(settings).tolist()))
    return replace(settings, signal=name, cells=5 if name == "ones" else MOST)


def _take_cells(settings: S, n: int) -> S:
    if settings.signal != "own":
        return replace(settings, cells=n)
    return replace(settings, values=_resized(settings.values, n))


def _take_kernel(settings: S, name: str) -> S:
    if name == "own":  # start from what is there
        return replace(settings, kernel_1d=name, weights=tuple(kernel_of(settings).tolist()))
    return replace(settings, kernel_1d=name)


def _take_taps(settings: S, n: int) -> S:
    if settings.kernel_1d != "own":
        return replace(settings, taps=n)
    return replace(settings, weights=_resized(settings.weights, n))


def _resized(values: Numbers, n: int) -> Numbers:
    """Cut or filled up with zeros at the end."""
    return (*values[:n], *(0.0,) * (n - len(values)))


def _volume_controls(desk: Desk[S]) -> None:
    kind = desk.now.kind
    st.selectbox(
        t("dimensions.volume"),
        tuple(VOLUMES),
        format_func=lambda name: t(f"dimensions.volume_name.{name}"),
        **desk.bind("volume"),
    )
    if kind == "2d":
        st.slider(t("dimensions.slice"), *limits(DimensionSettings, "slice"), **desk.bind("slice"))
    if _kernel_control(desk) != "mean":
        return
    st.slider(t("dimensions.size"), *limits(DimensionSettings, "size"), **desk.bind("size"))
    if kind == "3d":
        st.slider(t("dimensions.depth"), *limits(DimensionSettings, "depth"), **desk.bind("depth"))


def _kernel_control(desk: Desk[S], take: Callable[[S, str], S] | None = None) -> str:
    """Choose the kernel of the kind, and say what it shows; returns its name."""
    kind = desk.now.kind
    setting = f"kernel_{kind}"
    st.selectbox(
        t("kernel.label"),
        KERNELS[kind],
        format_func=lambda name: t(f"dimensions.kernel_name.{name}"),
        **desk.bind(setting, take=take),
    )
    name: str = getattr(desk.now, setting)
    st.caption(t(f"dimensions.kernel_shows.{name}"))
    return name
