"""One correlation in the four ways of `cnnviz.ops.views`: as PyTorch code and as pictures."""

from __future__ import annotations

from cnnviz.export.code import tensor_code
from cnnviz.export.numbers import short
from cnnviz.export.sheet import Panel
from cnnviz.ops import Walk
from cnnviz.ops.views import Views
from cnnviz.ops.windows import Axis


def window_line(walk: Walk, i: int) -> str:
    """The window's i-th place in a bare walk: `Y[0, 0] = (X[0:2, 0:2] * K).sum()  # 19`."""
    step = walk.step(i)
    at = ", ".join(map(str, step.index))
    covered = ", ".join(map(_slice, walk.axes, step.index))
    return f"Y[{at}] = ({_input(walk)}[{covered}] * K).sum()  # {short(step.total)}"


def _input(walk: Walk) -> str:
    return "Xp" if any(axis.padding for axis in walk.axes) else "X"


def _slice(axis: Axis, o: int) -> str:
    start = o * axis.stride
    text = f"{start}:{start + axis.extent}"
    return f"{text}:{axis.dilation}" if axis.dilation > 1 and axis.kernel_size > 1 else text


def four_ways_code(walk: Walk) -> str:
    """Runnable code that computes a bare 2-D walk in all four ways and asserts that they agree.

    It leaves X, K and Y; the other results are `by_columns`, `by_matrix` and `by_torch`.
    """
    (h, w), (out_h, out_w) = walk.input.shape, walk.output.shape
    (k_h, s_h, p_h, d_h, _), (k_w, s_w, p_w, d_w, _) = walk.axes
    window = f"stride={(s_h, s_w)}, padding={(p_h, p_w)}, dilation={(d_h, d_w)}"
    flip = ["K = K.flip(0, 1)  # a convolution mirrors the kernel first"] if walk.flip else []
    rows = f"r * {s_h} : r * {s_h} + {walk.axes[0].extent} : {d_h}"
    cols = f"c * {s_w} : c * {s_w} + {walk.axes[1].extent} : {d_w}"
    return "\n".join(
        [
            "import torch",
            "import torch.nn.functional as F",
            "",
            *tensor_code("X", walk.input).lines,
            *tensor_code("K", walk.given_kernel).lines,
            *flip,
            "",
            "# 1. A sliding window: multiply what overlaps and add it up.",
            f"Xp = F.pad(X, {(p_w, p_w, p_h, p_h)})",
            f"Y = torch.empty({out_h}, {out_w})",
            f"for r in range({out_h}):",
            f"    for c in range({out_w}):",
            f"        Y[r, c] = (Xp[{rows}, {cols}] * K).sum()",
            "",
            "# 2. im2col: what each window reads is a column, the kernel is one row.",
            f"columns = F.unfold(X[None, None], {(k_h, k_w)}, {window})[0]",
            f"by_columns = (K.flatten() @ columns).reshape({out_h}, {out_w})",
            "",
            "# 3. A sparse matrix: each row holds the kernel where its window reads the input.",
            f"A = torch.zeros({out_h * out_w}, {h * w})",
            f"for r in range({out_h}):",
            f"    for c in range({out_w}):",
            f"        for i in range({k_h}):",
            f"            for j in range({k_w}):",
            f"                row, col = {_read('r', 'i', s_h, d_h, p_h)}, "
            f"{_read('c', 'j', s_w, d_w, p_w)}",
            f"                if 0 <= row < {h} and 0 <= col < {w}:  # padding would add 0",
            f"                    A[r * {out_w} + c, row * {w} + col] = K[i, j]",
            f"by_matrix = (A @ X.flatten()).reshape({out_h}, {out_w})",
            "",
            "# 4. PyTorch's own.",
            f"by_torch = F.conv2d(X[None, None], K[None, None], {window})[0, 0]",
            "",
            "rounding = 1e-5 * (K.abs().flatten() @ columns.abs()).max()",
            "for other in (by_columns, by_matrix, by_torch):",
            "    assert (other - Y).abs().max() <= rounding",
            "print(Y)",
            "",
        ]
    )


def _read(output: str, tap: str, stride: int, dilation: int, padding: int) -> str:
    """`r * 2 + i * 3 - 1`, without what changes nothing."""
    parts = [output if stride == 1 else f"{output} * {stride}"]
    parts.append(f" + {tap}" if dilation == 1 else f" + {tap} * {dilation}")
    return "".join(parts) + (f" - {padding}" if padding else "")


def sheet(views: Views, i: int) -> list[Panel]:
    """Input, kernel, both matrices and output, with what belongs to output `i` framed."""
    walk = views.walk
    step = walk.step(i)
    row, col = step.index
    covered = [
        [o * axis.stride + j * axis.dilation for j in range(axis.kernel_size)]
        for axis, o in zip(walk.axes, step.index, strict=True)
    ]
    dilated = any(axis.dilation > 1 for axis in walk.axes)
    block = (covered[0][0], covered[1][0], walk.axes[0].extent, walk.axes[1].extent)
    window = [(r, c, 1, 1) for r in covered[0] for c in covered[1]] if dilated else [block]
    taps, inputs = len(views.columns), views.matrix.shape[1]
    caption = f"Y[{row}, {col}] = {short(step.total)}"
    return [
        Panel("X", walk.padded, "input", tuple(window)),
        Panel("K", walk.kernel, "kernel"),
        Panel("im2col(X)", views.columns, "input", ((0, i, taps, 1),)),
        Panel("A", views.matrix, "kernel", ((i, 0, 1, inputs),)),
        Panel("Y", walk.output, "output", ((row, col, 1, 1),), caption),
    ]
