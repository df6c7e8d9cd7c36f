"""PyTorch code that rebuilds a network of the catalogue, and asserts its shape table.

The code is the builder's own source with all that it uses of cnnviz, so that it runs alone.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

from torch import nn

from cnnviz.models.families import free
from cnnviz.models.options import Value
from cnnviz.models.rows import LayerRow, totals

OWN = "cnnviz.models"

CHECK = """\
# every layer's output, and the number of weights
seen = {{}}


def note(path):
    def hook(layer, x, y):
        seen.setdefault(path, tuple(y.shape[1:]))

    return hook


for path, layer in net.named_modules():
    layer.register_forward_hook(note(path))
net.eval()
with torch.no_grad():
    Y = net(torch.zeros(1, {shape}))
shapes = {{
{shapes}
}}
for path, shape in shapes.items():
    assert seen[path] == shape, (path, seen[path], shape)
assert sum(weight.numel() for weight in net.parameters()) == {parameters:_}"""


def network_code(
    builder: Callable[..., nn.Module],
    options: Mapping[str, Value],
    input_shape: Sequence[int],
    rows: Sequence[LayerRow],
) -> str:
    """Runnable code that leaves `net`, and `Y`, what it answers to zeros.

    Args:
        builder: as in the catalogue: a function of `cnnviz.models.families`, or a partial of one.
        options: its arguments.
        input_shape: (C, H, W).
        rows: its shape table; where the last does not fit, only what is before it is asserted.
    """
    if builder is free.free:
        source = _free_source(free.calls(**options))
    else:
        source = _builders_source(builder, options)
    if rows and rows[-1].problem:
        last = f"# {rows[-1].path}: {rows[-1].problem}"
    else:
        last = _check(input_shape, rows)
    return f"{source}\n\n{last}\n"


def _builders_source(builder: Callable[..., nn.Module], options: Mapping[str, Value]) -> str:
    if isinstance(builder, partial):
        function, fixed = builder.func, [*map(repr, builder.args)]
    else:
        function, fixed = builder, []
    arguments = [*fixed, *(f"{name}={value!r}" for name, value in options.items())]
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return f"{standalone([function])}\n\n\nnet = {function.__name__}(\n{lines})"


def _free_source(calls: Sequence[free.Call]) -> str:
    own = [call.form for call in calls if call.form.__module__.startswith(OWN)]
    lines = "".join(f"    {call},\n" for call in calls)
    return f"{standalone(list(dict.fromkeys(own)))}\n\n\nnet = nn.Sequential(\n{lines})"


def _check(input_shape: Sequence[int], rows: Sequence[LayerRow]) -> str:
    layers: dict[str, tuple[int, ...]] = {}
    for row in rows:
        if row.kind[0].isupper() and row.path:
            layers.setdefault(row.path, row.output_shape)
    # an operation stands at its module's path, whose own output may come later
    ends = {row.path for row in rows if not row.kind[0].isupper()}
    return CHECK.format(
        shape=", ".join(map(str, input_shape)),
        shapes="\n".join(f'    "{p}": {shape},' for p, shape in layers.items() if p not in ends),
        parameters=totals(rows).parameters,
    )


def standalone(parts: Sequence[Any]) -> str:
    """The sources of functions and classes, after the imports and sources of all that they use."""
    imports = dict.fromkeys(("import torch", "from torch import nn"))
    sources: dict[str, str] = {}
    for part in parts:
        _collect(part, imports, sources)
    head = "\n".join(sorted(imports, key=lambda line: (line.startswith("from"), line)))
    return "\n\n\n".join(["from __future__ import annotations\n\n" + head, *sources.values()])


def _collect(part: Any, imports: dict[str, None], sources: dict[str, str]) -> None:
    """Put in the sources what `part` needs, before itself."""
    if part.__name__ in sources:
        return
    source = inspect.getsource(part)
    around = vars(inspect.getmodule(part))
    used = [node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)]
    for name in dict.fromkeys(used):
        found = around.get(name)
        if isinstance(found, (type, FunctionType)) and found.__module__.startswith(OWN):
            if found is not part:
                _collect(found, imports, sources)
        elif name in around:
            line = _import(name, found)
            if line:
                imports[line] = None
    sources[part.__name__] = source.rstrip()


def _import(name: str, found: Any) -> str:
    """How a module gets this name; empty where it needs no import."""
    if isinstance(found, ModuleType):
        module = found.__name__
        package, _, last = module.rpartition(".")
        if module == name:
            return f"import {name}"
        return f"from {package} import {name}" if last == name else f"import {module} as {name}"
    module = getattr(found, "__module__", "")
    if module == "torch" and name == "Tensor":
        return "from torch import Tensor"
    return f"from {module} import {name}" if module not in ("", "builtins") else ""
