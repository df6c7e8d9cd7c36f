"""A correlation or a pooling as PyTorch code that gives the same numbers when it is run."""

from __future__ import annotations

import base64
import textwrap
import zlib
from typing import NamedTuple

import torch
from torch import Tensor

from cnnviz.ops import Painting, Pooling, Walk

MOST_WRITTEN = 16 * 16  # numbers; larger tensors are packed as bytes
LINE = 100  # characters, without the comment at its end


class TensorCode(NamedTuple):
    """Code that makes one tensor, and the modules that it needs beside torch."""

    imports: tuple[str, ...]
    lines: list[str]


def pytorch_code(walk: Walk) -> str:
    """Runnable PyTorch code for this walk; it leaves X, K (where there is one) and Y in float32.

    Settings at PyTorch's default are left out. For a convolution the code mirrors the kernel, as
    its reader would.
    """
    tensors = {"X": walk.input}
    if not isinstance(walk, Pooling):
        tensors["K"] = walk.given_kernel
    if walk.bias is not None:
        tensors["B"] = walk.bias
    made = [tensor_code(name, tensor) for name, tensor in tensors.items()]
    modules = sorted({name for code in made for name in code.imports})
    return "\n".join(
        [
            *[f"import {name}" for name in modules],
            *([""] if modules else []),
            "import torch",
            "import torch.nn.functional as F",
            "",
            *[line for code in made for line in code.lines],
            "",
            *_operation(walk),
            "print(Y)" if walk.output.numel() <= MOST_WRITTEN else "print(Y.shape)",
            "",
        ]
    )


def _operation(walk: Walk) -> list[str]:
    """The lines that make Y."""
    call = _pooling(walk) if isinstance(walk, Pooling) else _correlation(walk)
    line = f"Y = {call}  # {tuple(walk.output.shape)}"
    if walk.flip:
        return ["# a convolution mirrors the kernel first", line]
    if _copies(walk):
        sides = [side for pair in reversed(walk.around) for side in pair]
        x = "X[None, None]" if walk.bare else "X[None]"
        return [f'P = F.pad({x}, {tuple(sides)}, mode="{walk.padding_mode}")', line]
    return [line]


def _copies(walk: Walk) -> bool:
    """Whether there is padding that `F.conv2d` does not know."""
    return walk.padding_mode != "zeros" and any(map(any, walk.around))


def _correlation(walk: Walk) -> str:
    """`F.conv2d(X[None, None], K[None, None], stride=2)[0, 0]`, as this walk needs it."""
    axes = len(walk.axes)
    batch, channels = ("[None, None]", "[None, None]") if walk.bare else ("[None]", "")
    last = range(walk.kernel.ndim - axes, walk.kernel.ndim)
    kernel = f"K.flip({', '.join(map(str, last))})" if walk.flip else "K"
    arguments = ["P" if _copies(walk) else f"X{batch}", f"{kernel}{channels}"]
    if walk.bias is not None:
        arguments.append("B")
    defaults = {"stride": 1, "padding": 0, "dilation": 1}
    if _copies(walk):
        del defaults["padding"]
    arguments += _settings(walk, defaults)
    if walk.groups > 1:
        arguments.append(f"groups={walk.groups}")
    return f"F.conv{axes}d({', '.join(arguments)}){'[0, 0]' if walk.bare else '[0]'}"


def _pooling(walk: Pooling) -> str:
    """`F.max_pool2d(X[None], 3, stride=2, padding=1)[0]`; a minimum is −max(−X)."""
    axes, minus = len(walk.axes), "-" if walk.mode == "min" else ""
    x, back = (f"{minus}X[None]", "[0]") if walk.bare else (f"{minus}X", "")
    # the stride is always said: PyTorch's default is the window
    defaults = {"kernel_size": 0, "stride": 0, "padding": 0, "dilation": 1}
    arguments = [x, *_settings(walk, defaults)]
    if walk.window.ceil_mode:
        arguments.append("ceil_mode=True")
    if walk.mode == "avg" and not walk.count_include_pad:
        arguments.append("count_include_pad=False")
    name = "avg" if walk.mode == "avg" else "max"
    return f"{minus}F.{name}_pool{axes}d({', '.join(arguments)}){back}"


def _settings(walk: Walk | Painting, defaults: dict[str, int]) -> list[str]:
    """The keyword arguments that are not at these defaults."""
    settings = []
    for name, default in defaults.items():
        values = tuple(getattr(axis, name) for axis in walk.axes)
        if len(set(values)) > 1:
            settings.append(f"{name}={values}")
        elif values[0] != default:
            settings.append(f"{name}={values[0]}")
    return settings


def transposed_code(painting: Painting) -> str:
    """Runnable PyTorch code for a transposed convolution; it leaves X, K and Y in float32."""
    axes = painting.input.ndim
    arguments = [
        "X[None, None]",
        "K[None, None]",
        *_settings(painting, {"stride": 1, "padding": 0}),
    ]
    if any(added := painting.output_padding):
        arguments.append(f"output_padding={added[0] if len(set(added)) == 1 else added}")
    arguments += _settings(painting, {"dilation": 1})
    return "\n".join(
        [
            "import torch",
            "import torch.nn.functional as F",
            "",
            *tensor_code("X", painting.input).lines,
            *tensor_code("K", painting.kernel).lines,
            "",
            f"Y = F.conv_transpose{axes}d({', '.join(arguments)})[0, 0]"
            f"  # {tuple(painting.output.shape)}",
            "print(Y)",
            "",
        ]
    )


def tensor_code(name: str, tensor: Tensor) -> TensorCode:
    """Code that makes this tensor in float32, bit for bit, under this variable's name."""
    tensor = tensor.detach().to("cpu", torch.float32)
    if tensor.numel() > MOST_WRITTEN:
        return TensorCode(("base64", "zlib"), _packed(name, tensor))
    head = f"{name} = torch.tensor("
    code = f"{head}{_nested(tensor, len(head))})  # {tuple(tensor.shape)}"
    return TensorCode((), code.split("\n"))


def _nested(tensor: Tensor, column: int) -> str:
    """Brackets in brackets, one row a line, with what follows a line break indented."""
    if tensor.ndim == 0:
        return _number(tensor.item())
    gap = "\n" + " " * (column + 1)
    if tensor.ndim > 1:
        return "[" + ("," + gap).join(_nested(row, column + 1) for row in tensor) + "]"
    row = ", ".join(_number(value) for value in tensor.tolist())
    lines = textwrap.wrap(row, LINE - column - len(",]]]])"), break_on_hyphens=False)
    return "[" + gap.join(lines) + "]"


def _number(value: float) -> str:
    """The fewest digits that come back as this float32: 0.1, 1.0, 0.11111111."""
    for digits in range(1, 10):  # nine always do
        text = f"{value:.{digits}g}"
        # as the code will read it: a Python float first, then rounded to float32
        if torch.tensor(float(text)).item() == value:
            break
    return repr(float(text))


def _packed(name: str, tensor: Tensor) -> list[str]:
    """The tensor's bytes, compressed, and two lines that unpack them."""
    shape, levels = tuple(tensor.shape), _levels(tensor)
    if levels is None:
        raw, what, kind, scale = tensor, "float32 numbers", "float32", ""
    else:
        raw, what, kind, scale = levels, "8-bit pixels", "uint8", " / 255"
    letters = base64.b64encode(zlib.compress(raw.numpy().tobytes(), 9)).decode("ascii")
    packed = f"{name.lower()}_bytes"
    tensor_of = f"torch.frombuffer(bytearray({name}), dtype=torch.{kind})"
    return [
        f"{packed} = (  # {what}, compressed",
        *(f'    "{line}"' for line in textwrap.wrap(letters, LINE - 6)),
        ")",
        f"{name} = zlib.decompress(base64.b64decode({packed}))",
        f"{name} = {tensor_of}.reshape({', '.join(map(str, shape))}){scale}  # {shape}",
    ]


def _levels(tensor: Tensor) -> Tensor | None:
    """The whole numbers 0 to 255 of an 8-bit picture whose values are all k/255, or None."""
    levels = (tensor * 255).round().clamp(0, 255).to(torch.uint8)
    again = levels / 255
    return levels if torch.equal(again.view(torch.int32), tensor.view(torch.int32)) else None
