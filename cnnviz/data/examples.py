"""The course's own small inputs, each with the kernel it is shown with (d2l 7.2, 7.5, notes)."""

from typing import NamedTuple

Rows = tuple[tuple[float, ...], ...]


class Example(NamedTuple):
    """`cells`: the input's rows. `kernel`: a name in `cnnviz.ops.kernels`."""

    cells: Rows
    kernel: str


def _digits(*rows: str) -> Rows:
    return tuple(tuple(float(digit) for digit in row) for row in rows)


def _numbers(*rows: str) -> Rows:
    return tuple(tuple(map(float, row.split())) for row in rows)


EXAMPLES: dict[str, Example] = {
    # d2l 7.2.1
    "ramp": Example(_digits("012", "345", "678"), "ramp"),
    # d2l 7.2.3: white with a black bar in columns 2 to 5
    "bar": Example(_digits(*["11000011"] * 6), "edge"),
    # the Korean notes' 6 × 6 image
    "pattern": Example(
        _digits("100001", "010010", "001100", "100010", "010010", "001010"), "cross"
    ),
    # d2l 7.5.2
    "sixteen": Example(_numbers("0 1 2 3", "4 5 6 7", "8 9 10 11", "12 13 14 15"), "ramp"),
    # the Korean notes' example of pooling
    "notes": Example(_numbers("3 -1 12 -1", "-3 1 0 1", "2 -3 0 1", "3 -2 4 -1"), "ramp"),
    "diagonal": Example(
        _digits(*("0" * (row + 1) + "1" * (7 - row) for row in range(8))), "diagonal-down"
    ),
}
