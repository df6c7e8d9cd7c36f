"""The page of function classes as PyTorch code that gives its numbers when it is run."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from cnnviz.export.code import tensor_code
from cnnviz.models.function_classes import Disc, Point
from cnnviz.models.function_fits import MOST_SIZE, POINTS
from cnnviz.models.identity import BATCH, CHANNELS, SIDE, Start

TARGETS = {
    "step": "(x > 0).to(x.dtype)",
    "wave": "torch.sin(1.5 * math.pi * x)",
    "corner": "(x - 0.2).abs()",
    "bell": "1 / (1 + 25 * x**2)",
    "stairs": "torch.floor(1.5 * (x + 1)) / 2",
}
UNITS = f"""

def units(count, seed):
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand({MOST_SIZE}, 2, generator=generator, dtype=torch.float64)[:count]
    sign = torch.where(drawn[:, 0] < 0.5, -1.0, 1.0)
    bends = torch.relu(sign * (x[:, None] - 2 * drawn[:, 1] + 1))
    return torch.cat([torch.ones(len(x), 1), bends], dim=1)  # (points, count + 1)

"""
BASES = {
    "polynomial": "torch.stack([x**n for n in range(k)], dim=1)",
    "added": "units(k - 1, {seed})",
    "pieces": "F.one_hot(((x + 1) / 2 * k).long(), k).to(x.dtype)",
    "redrawn": "units(k - 1, {redrawn} + k)",
}


def regions_code(discs: Sequence[Disc], truth: Point) -> str:
    """Leaves X, the discs, and Y: the distance of each from the truth."""
    rows = "\n".join(f"    ({disc.x}, {disc.y}, {disc.radius})," for disc in discs)
    return f"""\
import torch

X = torch.tensor([  # each class: x, y, radius
{rows}
])
truth = torch.tensor([{truth[0]}, {truth[1]}])
away = (truth - X[:, :2]).norm(dim=1)  # from each middle
Y = (away - X[:, 2]).clamp(min=0)  # 0 where the truth is in the class
print(Y, "the distance rises:", bool((Y.diff() > 0).any()))
"""


def fits_code(target: str, families: Sequence[str], seed: int) -> str:
    """Leaves X, the target, and Y: a row of errors for each family, by size from 1."""
    draws = any(family in ("added", "redrawn") for family in families)
    bases = ",\n".join(
        f'    "{family}": lambda k: {BASES[family].format(seed=seed, redrawn=1000 * (seed + 1))}'
        for family in families
    )
    return f"""\
{"import math" + chr(10) * 2 if target == "wave" else ""}import torch
import torch.nn.functional as F

x = torch.linspace(-1, 1, {2 * POINTS + 1}, dtype=torch.float64)[1::2]  # {POINTS} points
X = {TARGETS[target]}
X = X[None]  # the target's values, as a row
{UNITS if draws else ""}
# the functions that a class of size k adds up with free coefficients
bases = {{
{bases},
}}


def error(A):
    coefficients = torch.linalg.lstsq(A, X.T, driver="gelsd").solution
    return (A @ coefficients - X.T).square().mean().sqrt()


rows = [[error(basis(k)) for k in range(1, {MOST_SIZE + 1})] for basis in bases.values()]
Y = torch.tensor(rows).float()  # the distance to the best function of each class
for name, errors in zip(bases, Y):
    print(name, errors, "rises:", bool((errors.diff() > 1e-6).any()))
"""


def _block(how: Start) -> str:
    """A function that makes a block, and applies it with and without its shortcut."""
    lines = [
        "def new_block(channels):",
        "    convs = [nn.Conv2d(channels, channels, 3, padding=1).double() for _ in range(2)]",
        "    for conv in convs:  # PyTorch's usual start, from a generator that can be repeated",
        "        bound = (9 * channels) ** -0.5",
        "        for parameter in conv.parameters():",
        "            nn.init.uniform_(parameter, -bound, bound, generator=generator)",
    ]
    if how.norm:
        lines.append("    norms = [nn.BatchNorm2d(channels).double() for _ in range(2)]")
    if how.start == "zero":
        last = "norms[1]" if how.norm else "convs[1]"
        lines += [
            f"    for parameter in {last}.parameters():  # g starts as 0",
            "        nn.init.zeros_(parameter)",
        ]
    if how.norm:
        layers = "convs[0], norms[0], nn.ReLU(), convs[1], norms[1]"
    else:
        layers = "convs[0], nn.ReLU(), convs[1]"
    last = "F.relu(y)" if how.relu else "y"
    return "\n".join(
        [
            *lines,
            f"    return nn.Sequential({layers})  # g",
            "",
            "",
            "def apply(g, x, shortcut):",
            "    y = g(x) + x if shortcut else g(x)",
            f"    return {last}",
        ]
    )


def block_code(x: Tensor, how: Start) -> str:
    """Leaves X and Y: g(x), x + g(x), and what the residual and the plain block give."""
    made = tensor_code("X", x)
    return f"""\
import torch
import torch.nn.functional as F
from torch import nn

{chr(10).join(made.lines)}
generator = torch.Generator().manual_seed({how.seed})


{_block(how)}


g, batch = new_block(1), X[None, None].double()
with torch.no_grad():
    planes = [g(batch), batch + g(batch), apply(g, batch, True), apply(g, batch, False)]
Y = torch.cat(planes)[:, 0].float()  # {(4, *x.shape)}
print(Y)
print("the residual block is the identity:", torch.equal(Y[2], X))
"""


def depth_code(how: Start, depth: int) -> str:
    """Leaves Y: signal and gradient of the residual, then of the plain blocks, by depth."""
    return f"""\
import torch
import torch.nn.functional as F
from torch import nn


{_block(how)}


def size(tensor):
    return tensor.detach().square().mean().sqrt()


rows = []
for shortcut in (True, False):
    generator = torch.Generator().manual_seed({how.seed})
    shape = {(BATCH, CHANNELS, SIDE, SIDE)}
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    signals = [{"F.relu(x)" if how.relu else "x"}.requires_grad_()]
    back = torch.randn(shape, generator=generator, dtype=torch.float64)
    for _ in range({depth}):
        signals.append(apply(new_block({CHANNELS}), signals[-1], shortcut))
    gradients = torch.autograd.grad(signals[-1], signals, back / size(back))
    rows += [torch.stack([size(each) for each in path]) for path in (signals, gradients)]
Y = torch.stack(rows).float()  # {(4, depth + 1)}
print(Y)
"""
