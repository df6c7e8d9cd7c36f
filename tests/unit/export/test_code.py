"""The exported code, run: the same tensors bit for bit, and the same output."""

import contextlib
import io
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.export.code import pytorch_code, tensor_code
from cnnviz.ops import Walk, Window, correlate, pool
from cnnviz.ops.kernels import named
from tests.unit.export.walks import correlations, disc
from tests.unit.ops.strategies import Correlation, PoolCase, poolings
from tests.unit.ops.strategies import correlations as channelled

FLOAT32 = st.floats(width=32, allow_nan=False, allow_infinity=False)
RAMP = torch.arange(9).reshape(3, 3)


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(code, names)
    return {**names, "printed": printed.getvalue()}


def same_bits(a: Tensor, b: Tensor) -> bool:
    return a.dtype == b.dtype and torch.equal(a.view(torch.int32), b.view(torch.int32))


def made(tensor: Tensor) -> Tensor:
    code = tensor_code("T", tensor)
    names = run("\n".join(["import torch", *(f"import {n}" for n in code.imports), *code.lines]))
    back = names["T"]
    assert isinstance(back, Tensor)
    return back


def test_code_of_the_ramp_reads_as_a_person_would_write_it() -> None:
    assert pytorch_code(correlate(RAMP, named("ramp"), Window(2, padding=1))) == (
        "import torch\n"
        "import torch.nn.functional as F\n"
        "\n"
        "X = torch.tensor([[0.0, 1.0, 2.0],\n"
        "                  [3.0, 4.0, 5.0],\n"
        "                  [6.0, 7.0, 8.0]])  # (3, 3)\n"
        "K = torch.tensor([[0.0, 1.0],\n"
        "                  [2.0, 3.0]])  # (2, 2)\n"
        "\n"
        "Y = F.conv2d(X[None, None], K[None, None], padding=1)[0, 0]  # (4, 4)\n"
        "print(Y)\n"
    )


@given(correlations(), st.booleans())
def test_running_the_code_gives_the_same_tensors(
    case: tuple[Tensor, Tensor, Window], flip: bool
) -> None:
    x, kernel, window = case
    names = run(pytorch_code(correlate(x, kernel, window, flip=flip)))
    assert same_bits(names["X"], x)
    assert same_bits(names["K"], kernel)
    assert torch.equal(names["Y"], correlate(x, kernel, window, flip=flip).output)


@given(st.lists(FLOAT32, min_size=1, max_size=20))
def test_a_written_number_comes_back_bit_for_bit(values: list[float]) -> None:
    tensor = torch.tensor(values)
    assert same_bits(made(tensor), tensor)


@given(st.lists(FLOAT32, min_size=1, max_size=9))
def test_a_packed_number_comes_back_bit_for_bit(values: list[float]) -> None:
    tensor = torch.tensor(values).repeat(300).reshape(-1, 30)
    assert same_bits(made(tensor), tensor)


@pytest.mark.parametrize(
    ("value", "text"), [(0.1, "0.1"), (1, "1.0"), (1 / 9, "0.11111111"), (-0.0, "-0.0")]
)
def test_numbers_have_the_fewest_digits(value: float, text: str) -> None:
    assert tensor_code("T", torch.tensor([value])).lines == [f"T = torch.tensor([{text}])  # (1,)"]


def test_a_large_picture_is_written_as_its_bytes() -> None:
    code = pytorch_code(correlate(disc(28), named("box")))
    assert "8-bit pixels" in code
    assert "torch.uint8).reshape(28, 28) / 255" in code
    assert same_bits(run(code)["X"], disc(28))


def test_all_256_levels_of_a_picture_come_back() -> None:
    levels = torch.arange(256, dtype=torch.uint8).repeat(2).reshape(16, 32) / 255
    code = tensor_code("T", levels)
    assert "uint8" in code.lines[-1]
    assert same_bits(made(levels), levels)


def test_other_large_inputs_are_written_as_float32() -> None:
    x = torch.linspace(-1, 1, 17 * 17).reshape(17, 17)
    code = pytorch_code(correlate(x, named("box")))
    assert "float32 numbers" in code
    assert same_bits(run(code)["X"], x)


def test_sixteen_by_sixteen_is_still_written_out() -> None:
    assert tensor_code("T", torch.zeros(16, 16)).imports == ()


def test_a_small_output_is_printed_and_a_large_one_only_measured() -> None:
    assert run(pytorch_code(correlate(RAMP, named("ramp"))))["printed"].startswith("tensor([[19.")
    large = run(pytorch_code(correlate(disc(28), named("box"))))
    assert large["printed"] == "torch.Size([26, 26])\n"


def test_settings_differ_by_axis_only_where_they_must() -> None:
    window = Window((3, 5), stride=(3, 4), padding=(0, 1))
    code = pytorch_code(correlate(torch.zeros(8, 8), torch.zeros(3, 5), window))
    assert "stride=(3, 4), padding=(0, 1))[0, 0]  # (2, 2)" in code
    assert "dilation" not in code


def test_a_convolution_flips_the_kernel_in_the_code() -> None:
    code = pytorch_code(correlate(RAMP, named("ramp"), flip=True))
    assert "[[0.0, 1.0]," in code  # as the reader gave it
    assert "K.flip(0, 1)[None, None]" in code


def test_no_line_is_longer_than_a_hundred() -> None:
    for x in (disc(28), torch.linspace(-1, 1, 200).exp(), torch.rand(16, 16)):
        kernel = torch.ones(3) if x.ndim == 1 else named("box")
        code = pytorch_code(correlate(x, kernel, Window(3, padding=1)))
        assert max(len(line.split("  #")[0]) for line in code.splitlines()) <= 100


# ---- bias, groups, other padding, pooling


def same(walk: Walk) -> bool:
    """Whether the code gives the walk's output."""
    return torch.allclose(run(pytorch_code(walk))["Y"], walk.output, rtol=1e-5, atol=1e-6)


@given(channelled())
def test_bias_and_groups_are_in_the_code(case: Correlation) -> None:
    walk = correlate(case.x, case.kernel, case.window, bias=case.bias, groups=case.groups)
    assert same(walk)
    assert ("groups=" in pytorch_code(walk)) == (case.groups > 1)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
@pytest.mark.parametrize("channels", [(), (2,)])
def test_padding_that_copies_is_done_first(mode: str, channels: tuple[int, ...]) -> None:
    x = torch.arange(20.0).repeat(math.prod(channels)).reshape(*channels, 4, 5)
    kernel = torch.arange(6.0).reshape(2, 3)
    stack = kernel.repeat(3, 2, 1, 1) if channels else kernel
    walk = correlate(x, stack, Window((2, 3), 2, (1, 2)), padding_mode=mode)
    code = pytorch_code(walk)
    assert f'(2, 2, 1, 1), mode="{mode}")' in code
    assert "padding=" not in code
    assert same(walk)


@given(poolings(), st.booleans())
def test_pooling_is_written_as_pytorch_has_it(case: PoolCase, bare: bool) -> None:
    x = case.x[0] if bare else case.x
    include = case.count_include_pad
    walk = pool(x, case.window, case.mode, ceil_mode=case.ceil_mode, count_include_pad=include)
    assert same(walk)


def test_pooling_reads_as_a_person_would_write_it() -> None:
    code = pytorch_code(pool(torch.arange(16).reshape(4, 4), Window(3, 2, 1)))
    assert "Y = F.max_pool2d(X[None], kernel_size=3, stride=2, padding=1)[0]  # (2, 2)" in code
    assert "K =" not in code
