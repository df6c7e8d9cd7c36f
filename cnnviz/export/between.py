"""What lies between convolutions as PyTorch code that gives the page's numbers when it is run."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from cnnviz.export.code import TensorCode, tensor_code
from cnnviz.ops import Walk
from cnnviz.ops.normalisation import Statistics

CALLS = {
    "sigmoid": "torch.sigmoid",
    "tanh": "torch.tanh",
    "relu": "torch.relu",
    "leaky-relu": "F.leaky_relu",
    "gelu": "F.gelu",
}
MAP = "F.conv2d(X[None, None], K[None, None])[0, 0]"


def activation_code(walk: Walk, name: str, gain: float) -> str:
    """Leaves X, K and Y: the activated map of a bare 2-D walk, and its derivative."""
    return _script(
        [tensor_code("X", walk.input), tensor_code("K", walk.kernel)],
        [
            f"feature_map = {gain} * {MAP}",
            "feature_map.requires_grad_()",
            f"Y = {CALLS[name]}(feature_map)  # {tuple(walk.output.shape)}",
            "# each cell depends on itself alone: the sum's gradient holds every derivative",
            "(derivative,) = torch.autograd.grad(Y.sum(), feature_map)",
            "Y = Y.detach()",
            'print(f"{(derivative.abs() < 0.01).float().mean():.0%} of the cells are saturated")',
        ],
    )


def batch_norm_code(
    images: Tensor,
    kernels: Tensor,
    gamma: Tensor,
    beta: Tensor,
    running: Statistics,
    *,
    training: bool,
    momentum: float,
) -> str:
    """Leaves K and Y: each channel's statistics of the batch, of the layer and of the output.

    Args:
        images: (N, 28, 28) from 0 to 1. kernels: (C, 3, 3). gamma, beta: (C,).
        running: as the layer holds them before this batch.
    """
    batch, stack = tensor_code("images", images), tensor_code("K", kernels)
    state = {
        "weight": gamma,
        "bias": beta,
        "running_mean": running.mean,
        "running_var": running.var,
    }
    lines = [line for name, tensor in state.items() for line in tensor_code(name, tensor).lines]
    return _script(
        [batch, stack, TensorCode((), lines)],
        [
            f"layer = nn.BatchNorm2d({len(gamma)}, momentum={momentum}).double()",
            'state = {"weight": weight, "bias": bias}',
            'state |= {"running_mean": running_mean, "running_var": running_var}',
            "layer.load_state_dict(state, strict=False)",
            f"layer.{'train' if training else 'eval'}()",
            "maps = F.conv2d(images[:, None], K[:, None]).double()  # (N, C, H, W)",
            "output = layer(maps).detach()",
            "",
            "var, mean = torch.var_mean(maps, dim=(0, 2, 3), correction=0)",
            "output_var, output_mean = torch.var_mean(output, dim=(0, 2, 3), correction=0)",
            "rows = [mean, var, layer.running_mean, layer.running_var, output_mean, output_var]",
            "Y = torch.stack(rows).float()  # a column for each channel",
            "print(Y)",
        ],
        modules=("torch", "torch.nn.functional as F"),
        nn=True,
    )


def dropout_code(x: Tensor, p: float, seed: int, *, training: bool) -> str:
    """Leaves X and Y: the values before and after the mask of this seed."""
    mask = [
        f"generator = torch.Generator().manual_seed({seed})",
        f"kept = torch.rand(X.shape, generator=generator) >= {p}",
        f"Y = X * kept / (1 - {p})  # F.dropout does the same with a mask of its own",
    ]
    evaluation = [f"Y = F.dropout(X, {p}, training=False)  # passes everything through"]
    return _script([tensor_code("X", x)], [*(mask if training else evaluation), "print(Y)"])


def softmax_code(logits: Tensor, temperature: float) -> str:
    """Leaves X, the logits, and Y, their probabilities; both (1, classes)."""
    return _script(
        [tensor_code("X", logits[None])],
        [
            f"temperature = {temperature}",
            "Y = torch.softmax(X / temperature, dim=1)",
            "print(Y, Y.sum())",
        ],
        modules=("torch",),
    )


def _script(
    tensors: Sequence[TensorCode],
    lines: Sequence[str],
    modules: Sequence[str] = ("torch", "torch.nn.functional as F"),
    *,
    nn: bool = False,
) -> str:
    """Imports, then tensors, then what is done with them."""
    packed = sorted({name for tensor in tensors for name in tensor.imports})
    imports = [f"import {name}" for name in packed] + ([""] if packed else [])
    imports += [f"import {name}" for name in modules] + (["from torch import nn"] if nn else [])
    made = [line for tensor in tensors for line in tensor.lines]
    return "\n".join([*imports, "", *made, "", *lines, ""])
