"""What is taken along of a dense layer beside a convolution: code, a picture, the shift as GIF."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from cnnviz.data.glyphs import SHARES
from cnnviz.export.code import tensor_code
from cnnviz.export.numbers import short
from cnnviz.export.sheet import Panel, sheet_gif, sheet_png
from cnnviz.ops.dense import LEVELS, Layer, shift, shifted

Shift = tuple[int, int]  # rows down, columns to the right
ERROR = "|f(Sx) − S f(x)| / |f(x)|"


def dense_code(dense: Layer, shared: Layer, x: Tensor, by: Shift, seed: int) -> str:
    """Runnable PyTorch that draws the same weights again, and checks the page's numbers.

    It leaves X, K and Y: what the dense layer and the convolution give of the shifted X, stacked,
    (2, c_out, H, W). What `expected` gives is what Y must be.
    """
    (c_out, c_in, rows, cols), (h, w) = shared.weights.shape, (shared.height, shared.width)
    wide = (c_out, c_in, 2 * h - 1, 2 * w - 1)
    cut = f"[:, :, {h - 1 - rows // 2}:{h + rows // 2}, {w - 1 - cols // 2}:{w + cols // 2}]"
    local = cut if (rows, cols) != wide[2:] else ""
    down, right = by
    errors = ", ".join(f"{shifted(layer, x, down, right).error:.6f}" for layer in (dense, shared))
    draw = f"torch.randint({-LEVELS}, {LEVELS + 1}, {{}}, generator=torch.manual_seed({seed}))"
    draw += f" / {LEVELS}"
    lines = [
        "import torch",
        "import torch.nn.functional as F",
        "",
        *_input_lines(x),
        "# a weight for every pair of an output and an input cell",
        f"W = {draw.format(tuple(dense.weights.shape))}",
        "# a weight for every offset: translation invariance"
        + (f"; of these the middle {rows} × {cols}: locality" if local else ""),
        f"V = {draw.format(wide)}",
        f"K = V{local}  # {tuple(shared.weights.shape)}",
        f"assert (W.numel(), K.numel()) == ({dense.weights.numel()}, {shared.weights.numel()})",
        "",
        "def dense(x):",
        f"    return (W @ x.flatten()).reshape({c_out}, {h}, {w})",
        "",
        "def convolution(x):",
        f"    return F.conv2d(x[None], K, padding=({rows // 2}, {cols // 2}))[0]",
        "",
        "def shift(x):  # zeros come in",
        f"    return F.pad(x, ({right}, {-right}, {down}, {-down}))",
        "",
        "def error(layer):",
        "    difference = layer(shift(X)) - shift(layer(X))",
        "    return difference.norm() / layer(X).norm().clamp(min=1e-12)  # an empty X has none",
        "",
        "errors = torch.stack([error(dense), error(convolution)])",
        "print(errors)",
        f"torch.testing.assert_close(errors, torch.tensor([{errors}]))",
        f"Y = torch.stack([dense(shift(X)), convolution(shift(X))])  # (2, {c_out}, {h}, {w})",
        "",
    ]
    return "\n".join(lines)


def _input_lines(x: Tensor) -> list[str]:
    """Code for the drawing, and each channel's share of its brightness."""
    shares = ", ".join(map(str, SHARES[: len(x)]))
    lines = [*tensor_code("X", x[0]).lines]
    return [*lines, f"X = X * torch.tensor([{shares}])[:, None, None]  # {tuple(x.shape)}"]


def expected(dense: Layer, shared: Layer, x: Tensor, by: Shift) -> Tensor:
    """What the code's Y must be: (2, c_out, H, W)."""
    return torch.stack([layer(shift(x, *by)) for layer in (dense, shared)])


def dense_png(dense: Layer, shared: Layer, x: Tensor, by: Shift, *, dark: bool) -> bytes:
    """The shifted input, both matrices and both outputs side by side."""
    x_panel, *outputs = _frame(dense, shared, x, by)
    matrices = [
        Panel("W", dense.matrix, "kernel", caption=f"{dense.weights.numel():,}"),
        Panel("V", shared.matrix, "kernel", caption=f"{shared.weights.numel():,}"),
    ]
    return sheet_png([x_panel, matrices[0], outputs[0], matrices[1], outputs[1]], dark)


def dense_gif(dense: Layer, shared: Layer, x: Tensor, by: Shift, *, dark: bool) -> bytes:
    """The input moves cell by cell, and both outputs follow, each with its error."""
    frames = [_frame(dense, shared, x, at) for at in way(by)]
    return sheet_gif(frames, dark, milliseconds=800)


def way(by: Shift) -> list[Shift]:
    """From no shift to this one, cell by cell: down first, then across.

    Where there is none, once around, so that something moves.
    """
    if by == (0, 0):
        return [(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)]
    return list(_way(by))


def _way(by: Shift) -> Iterator[Shift]:
    down = right = 0
    yield down, right
    while (down, right) != by:
        if down != by[0]:
            down += 1 if by[0] > down else -1
        else:
            right += 1 if by[1] > right else -1
        yield down, right


def _frame(dense: Layer, shared: Layer, x: Tensor, by: Shift) -> list[Panel]:
    panels = [Panel("x", _stacked(shift(x, *by)), "input", caption=f"({by[1]}, {by[0]})")]
    for name, layer in (("Wx", dense), ("Vx", shared)):
        found = shifted(layer, x, *by)
        panels.append(
            Panel(
                name,
                _stacked(found.moved_first),
                "output",
                caption=f"{ERROR} = {short(found.error, 3)}",
            )
        )
    return panels


def _stacked(planes: Tensor) -> Tensor:
    """Channels one under the other: (C, H, W) → (C·H, W)."""
    return planes.flatten(0, 1)
