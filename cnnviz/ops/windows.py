"""Sliding windows: which cells they read, and the shape of what they leave.

The only home of the shape formula. `padding` is per side, as in PyTorch; *Dive into Deep
Learning* (7.3) writes p for the total of rows added, twice this number. Cells are counted
from 0 at the input's first cell, so padding has negative indices or indices past the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from cnnviz.problems import Problem

PerAxis = int | tuple[int, ...]
Cell = tuple[int, ...]


class Axis(NamedTuple):
    """A window along one axis of an input; `n` is that input's number of cells."""

    kernel_size: int
    stride: int
    padding: int
    dilation: int
    ceil_mode: bool = False

    @property
    def extent(self) -> int:
        """Cells from the window's first to its last, gaps included: d(k−1) + 1."""
        return self.dilation * (self.kernel_size - 1) + 1

    def output_size(self, n: int) -> int:
        """⌊(n + 2p − d(k−1) − 1) / s⌋ + 1 (d2l 7.3; `torch.nn.Conv2d`).

        In ceil mode (`torch.nn.MaxPool2d`) ⌈ ⌉: the last window may reach past the padding, but
        has to start on the input or on the padding before it.
        """
        padded = n + 2 * self.padding
        room = padded - self.extent
        size = room // self.stride + 1
        if self.ceil_mode:
            size = -(-room // self.stride) + 1 - self.drops_last(n)
        if size < 1:
            raise Problem(
                "window_too_large",
                kernel_size=self.kernel_size,
                dilation=self.dilation,
                extent=self.extent,
                padded=padded,
            )
        return size

    def drops_last(self, n: int) -> bool:
        """Whether ceil mode leaves a window out that would start past the input."""
        windows = -(-(n + 2 * self.padding - self.extent) // self.stride)  # without the first
        return self.ceil_mode and windows * self.stride >= n + self.padding

    def overrun(self, n: int) -> int:
        """Cells past the padded end that the last window reaches: only in ceil mode any."""
        end = (self.output_size(n) - 1) * self.stride + self.extent
        return max(0, end - n - 2 * self.padding)

    def transposed_size(self, n: int, output_padding: int = 0) -> int:
        """(n − 1)s − 2p + d(k−1) + 1 + output_padding: back from n outputs to an input's size.

        Of a transposed convolution (d2l 14.10; `torch.nn.ConvTranspose2d`).
        """
        if not 0 <= output_padding < max(self.stride, self.dilation):
            raise Problem(
                "output_padding",
                output_padding=output_padding,
                most=max(self.stride, self.dilation) - 1,
                stride=self.stride,
                dilation=self.dilation,
            )
        canvas = (n - 1) * self.stride + self.extent + output_padding
        if canvas <= 2 * self.padding:
            raise Problem("transposed_empty", canvas=canvas, padding=self.padding)
        return canvas - 2 * self.padding

    def padding_for(self, name: str) -> int | None:
        """The padding per side that "valid", "same" or "full" stand for (Dumoulin and Visin 2016).

        "valid": none. "same": at stride 1 the output is as large as the input, which an even
        extent cannot have with equal padding on both sides: None. "full": every overlap counts.
        """
        if name == "same":
            return None if self.extent % 2 == 0 else self.extent // 2
        return {"valid": 0, "full": self.extent - 1}[name]

    def taps(self, o: int) -> tuple[int, ...]:
        """The coordinates that output `o` reads."""
        start = o * self.stride - self.padding
        return tuple(range(start, start + self.extent, self.dilation))

    def feeds(self, i: int, n: int) -> tuple[int, ...]:
        """The outputs that read coordinate `i`."""
        return tuple(o for o in range(self.output_size(n)) if i in self.taps(o))

    def leftover(self, n: int) -> tuple[int, ...]:
        """The coordinates, padding included, that no output reads."""
        read = {i for o in range(self.output_size(n)) for i in self.taps(o)}
        return tuple(i for i in range(-self.padding, n + self.padding) if i not in read)


LOWEST = {"kernel_size": 1, "stride": 1, "padding": 0, "dilation": 1}


@dataclass(frozen=True)
class Window:
    """A window that slides over one, two or three axes.

    Each field is a whole number for all axes, or a tuple with one per axis; `ceil_mode` is for all.

    Raises:
        Problem: (a `ValueError`) for anything but whole numbers in range, quoting the value.
    """

    kernel_size: PerAxis
    stride: PerAxis = 1
    padding: PerAxis = 0
    dilation: PerAxis = 1
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        for name, low in LOWEST.items():
            _check(name, getattr(self, name), low)
        if len(lengths := self._lengths()) > 1:
            raise Problem("window_mixed_axes", axes=" and ".join(map(str, sorted(lengths))))

    def _lengths(self) -> set[int]:
        values = (getattr(self, name) for name in LOWEST)
        return {len(value) for value in values if isinstance(value, tuple)}

    def along(self, shape: Cell) -> list[Axis]:
        """The window along each axis of an input of this shape (without channels)."""
        if not 1 <= len(shape) <= 3 or self._lengths() - {len(shape)}:
            axes = "/".join(map(str, self._lengths())) or "1 to 3"
            raise Problem("window_input_axes", axes=axes, input_axes=len(shape), shape=tuple(shape))
        if min(shape) < 1:
            raise Problem("window_input_empty", shape=tuple(shape))
        values = (getattr(self, name) for name in LOWEST)
        spread = [v if isinstance(v, tuple) else (v,) * len(shape) for v in values]
        return [Axis(k, s, p, d, self.ceil_mode) for k, s, p, d in zip(*spread, strict=True)]

    def output_shape(self, input_shape: Cell) -> Cell:
        """The shape of what the window leaves of an input (without channels)."""
        axes = self.along(input_shape)
        return tuple(axis.output_size(n) for axis, n in zip(axes, input_shape, strict=True))

    def transposed_shape(self, input_shape: Cell, output_padding: PerAxis = 0) -> Cell:
        """The shape of what a transposed convolution paints (without channels)."""
        axes = self.along(input_shape)
        added = output_padding if isinstance(output_padding, tuple) else (output_padding,)
        sizes = zip(axes, input_shape, added * (len(axes) // len(added)), strict=True)
        return tuple(axis.transposed_size(n, extra) for axis, n, extra in sizes)

    def reads(self, output_cell: Cell, input_shape: Cell) -> list[Cell]:
        """The input cells that an output cell reads, row by row; padding lies outside."""
        shape = self.output_shape(input_shape)
        if len(output_cell) != len(shape) or not all(
            0 <= o < n for o, n in zip(output_cell, shape, strict=True)
        ):
            raise Problem("cell_outside", cell=tuple(output_cell), shape=shape)
        axes = self.along(input_shape)
        return list(product(*(axis.taps(o) for axis, o in zip(axes, output_cell, strict=True))))

    def feeds(self, input_cell: Cell, input_shape: Cell) -> list[Cell]:
        """The output cells that read an input cell (or a cell of the padding)."""
        axes = self.along(input_shape)
        if len(input_cell) != len(axes) or not all(
            -axis.padding <= i < n + axis.padding
            for i, n, axis in zip(input_cell, input_shape, axes, strict=True)
        ):
            raise Problem("cell_outside", cell=tuple(input_cell), shape=tuple(input_shape))
        found = zip(axes, input_cell, input_shape, strict=True)
        return list(product(*(axis.feeds(i, n) for axis, i, n in found)))

    def leftover(self, input_shape: Cell) -> tuple[tuple[int, ...], ...]:
        """Per axis, the rows (columns, ...) that no window reads, padding included.

        They lie past the last window where the stride does not divide, and between windows
        or between a dilated kernel's taps.
        """
        axes = self.along(input_shape)
        return tuple(axis.leftover(n) for axis, n in zip(axes, input_shape, strict=True))


def _check(name: str, value: object, low: int) -> None:
    numbers = value if isinstance(value, tuple) else (value,)
    # bool is an int in Python, but padding=True is a mistake
    whole = all(isinstance(number, int) and not isinstance(number, bool) for number in numbers)
    if not whole or not 1 <= len(numbers) <= 3:
        raise Problem("window_axes", name=name, value=repr(value))
    if min(numbers) < low:
        raise Problem("window_low", name=name, low=low, value=value)
