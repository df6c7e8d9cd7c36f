"""A kernel stack drawn as it is: output channels down, input channels across.

It follows the stage in the browser: the row of the output channel that the stage is at stands out,
and a click on another row takes the stage there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from cnnviz.components import register
from cnnviz.components.stage import encode

SHARED = ("format.js", "plane.js", "number_plane.js", "mount.js", "planes.css")
_stack = register("stack", *(f"shared/{file}" for file in SHARED))


def kernel_stack(
    stack: Tensor,
    mine: Tensor,
    bias: Tensor | None,
    key: str,
    strings: Mapping[str, str],
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> None:
    """Show a whole stack; see `payload`."""
    _stack(key=key, data=payload(stack, mine, bias, strings, inputs=inputs, outputs=outputs))


def payload(
    stack: Tensor,
    mine: Tensor,
    bias: Tensor | None,
    strings: Mapping[str, str],
    *,
    inputs: Sequence[str] = (),
    outputs: Sequence[str] = (),
) -> dict[str, Any]:
    """What the browser needs.

    Args:
        stack: (c_out, c_in, kernel_height, kernel_width), finite.
        mine: bool (c_out, c_in), which of its planes are used; the others are drawn empty.
        bias: (c_out,).
        strings: the catalogue's `kernel_stack`.
        inputs, outputs: names of the channels, where they have better ones than their numbers.
    """
    c_out, c_in, rows, cols = stack.shape
    return {
        "meta": {
            "c_out": c_out,
            "c_in": c_in,
            "rows": rows,
            "cols": cols,
            "mine": mine.tolist(),
            "bias": None if bias is None else bias.tolist(),
            "inputs": list(inputs) or [str(i + 1) for i in range(c_in)],
            "outputs": list(outputs) or [str(o + 1) for o in range(c_out)],
            "strings": dict(strings),
        },
        "stack": encode(stack),
    }
