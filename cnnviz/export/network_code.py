"""PyTorch code that rebuilds a network of the catalogue, and asserts its shape table.

The code is the builder's own source with all that it uses of cnnviz, so that it runs alone.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

from torch import nn

from cnnviz.models.families import free
from cnnviz.models.options import Value
from cnnviz.models.rows import LayerRow, totals

OWN = ("cnnviz.models", "cnnviz.data.shapes")  # what is written out and not imported
FUTURE = "from __future__ import annotations"

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


class Source(NamedTuple):
    """Code in its parts, to be put together with other code."""

    imports: tuple[str, ...]  # a line each, sorted
    definitions: tuple[str, ...]  # functions, classes and constants, each after what it uses
    last: str  # the statement that uses them

    @property
    def text(self) -> str:
        """The whole, which runs alone."""
        head = "\n".join((FUTURE, "", *self.imports))
        return "\n\n\n".join((head, *self.definitions, self.last))


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
    source = network_source(builder, options).text
    if rows and rows[-1].problem:
        last = f"# {rows[-1].path}: {rows[-1].problem}"
    else:
        last = _check(input_shape, rows)
    return f"{source}\n\n{last}\n"


def network_source(builder: Callable[..., nn.Module], options: Mapping[str, Value]) -> Source:
    """The code that leaves `net`."""
    if builder is free.free:
        return _free_source(free.calls(**options))
    return _builders_source(builder, options)


def _builders_source(builder: Callable[..., nn.Module], options: Mapping[str, Value]) -> Source:
    if isinstance(builder, partial):
        function, fixed = builder.func, [*map(repr, builder.args)]
    else:
        function, fixed = builder, []
    arguments = [*fixed, *(f"{name}={value!r}" for name, value in options.items())]
    lines = "".join(f"    {argument},\n" for argument in arguments)
    return source_of([function], f"net = {function.__name__}(\n{lines})")


def _free_source(calls: Sequence[free.Call]) -> Source:
    own = [call.form for call in calls if call.form.__module__.startswith(OWN)]
    lines = "".join(f"    {call},\n" for call in calls)
    return source_of(list(dict.fromkeys(own)), f"net = nn.Sequential(\n{lines})")


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


def source_of(parts: Sequence[Any], last: str) -> Source:
    """The sources of functions and classes with all that they use, and a statement that does."""
    imports = dict.fromkeys(("import torch", "from torch import nn"))
    sources: dict[str, str] = {}
    for part in parts:
        _collect(part, imports, sources)
    return Source(in_order(imports), tuple(sources.values()), last)


def in_order(imports: Iterable[str]) -> tuple[str, ...]:
    """Each line once; plain imports first."""
    return tuple(sorted(set(imports), key=lambda line: (line.startswith("from"), line)))


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
        elif isinstance(found, (int, tuple)) and name.isupper():
            sources[name] = f"{name} = {found!r}"
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
