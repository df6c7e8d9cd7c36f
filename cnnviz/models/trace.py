"""A network's forward pass without its arithmetic: every layer and operation as a row.

The model's own `forward` runs, on tensors of torch's meta device, which have a shape and no
memory. Known layers do not even ask PyTorch: their rule in `cnnviz.models.layers` gives the shape,
which is what makes a table of 500 rows quicker than the network. What a forward does between its
modules (`y + x`, `torch.cat`, `F.relu`) is caught by a torch function mode.

The model itself is only read: what runs is a shadow, with the same modules in the same places, no
weights, and in evaluation mode. So a model may be shared between threads, and on any device.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple, NoReturn

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.models.layers import POINT, RULES, Effect, Rule, Shape
from cnnviz.models.operations import Call, check, effect_of, kind_of, run, tensors_in
from cnnviz.models.rows import INPUT, LayerRow
from cnnviz.problems import Problem

PLAIN = (nn.Sequential, nn.ModuleList, nn.ModuleDict)  # they hold blocks, and are none
LOOKS = {"__get__", "empty", "__len__", "dim", "size"}  # functions that only look at a tensor
MOST = 10**12  # numbers in one layer's weights or output: 4 TB


class Seen(NamedTuple):
    """What is known of a tensor on its way through the network."""

    shape: Shape
    rows: tuple[int, ...]  # that it came from
    receptive_field: tuple[int, ...]
    jump: tuple[int, ...] | None


class Stopped(Exception):
    """A layer did not fit; its row is the last."""


def trace(model: nn.Module, input_shape: Shape) -> list[LayerRow]:
    """The rows, without branches, up to the first that does not fit."""
    walk = Trace(model, input_shape)
    ones = (1,) * (len(input_shape) - 1)
    x = torch.empty((1, *input_shape), device="meta")
    _mark(x, Seen(input_shape, (INPUT,), ones, ones))
    with torch.no_grad(), walk, contextlib.suppress(Stopped):
        walk.model(x)
    return walk.rows


class Trace(TorchFunctionMode):
    """One walk through a model; `rows` grows as its forward runs."""

    def __init__(self, model: nn.Module, input_shape: Shape) -> None:
        super().__init__()
        self.rows: list[LayerRow] = []
        self.input_shape = input_shape
        self.groups: dict[str, str] = {}  # path → the block that it is part of
        self.blocks = {"": ""}  # path of a block → its class
        self.inside = [""]  # paths of the modules whose forward is running
        self.counted: set[int] = set()  # ids of the known layers that have a row
        self.loose: dict[int, Tensor] = {}  # weights that no known layer holds, and no row has yet
        self.shadows: dict[int, nn.Module] = {}  # by the module's id: one may stand in two places
        self.model = self._shadow(model, "", "")

    # ---- the shadow of the model

    def _shadow(self, module: nn.Module, path: str, group: str) -> nn.Module:
        if id(module) in self.shadows:
            return self.shadows[id(module)]
        shadow: nn.Module = object.__new__(type(module))
        self.shadows[id(module)] = shadow
        parts = shadow.__dict__ = {**module.__dict__, "training": False}
        rule, single = RULES.get(type(module)), _is_layer(module)
        if not group and path and not rule and not single and type(module) not in PLAIN:
            group = path  # the outermost module that is more than a list of others
            self.blocks[path] = type(module).__name__.strip("_")
        self.groups[path] = group
        if rule:
            numbers = sum(w.numel() for w in module._parameters.values() if w is not None)
            parts["forward"] = partial(self._layer, rule, module, path, numbers)
            return shadow
        parts["forward"] = partial(self._unknown if single else self._container, shadow, path)
        parts["_parameters"] = {name: self._weight(w) for name, w in module._parameters.items()}
        parts["_buffers"] = {
            name: b if b is None else b.to("meta") for name, b in module._buffers.items()
        }
        parts["_modules"] = {
            name: child and self._shadow(child, f"{path}.{name}" if path else name, group)
            for name, child in module._modules.items()
        }
        return shadow

    def _weight(self, weight: Tensor | None) -> Tensor | None:
        if weight is None:
            return None
        found = torch.empty_like(weight, device="meta", requires_grad=False)
        self.loose[id(found)] = found
        return found

    # ---- what runs in place of a module's forward

    def _container(self, shadow: nn.Module, path: str, *args: Any, **kwargs: Any) -> Any:
        self.inside.append(path)
        out = type(shadow).forward(shadow, *args, **kwargs)
        self.inside.pop()
        return out

    def _layer(
        self, rule: Rule, module: nn.Module, path: str, parameters: int, x: Tensor
    ) -> Tensor:
        """A layer with a rule: nothing of PyTorch's runs."""
        seen: Seen = _seen(x)
        kind = type(module).__name__
        if id(module) in self.counted:  # it runs a second time
            parameters = 0
        self.counted.add(id(module))
        try:
            effect = rule(module, seen.shape)
            most = max(parameters, math.prod(effect.output_shape))
            if most > MOST:
                raise Problem("row_huge", numbers=f"{most:,}", terabytes=4 * most // 10**12)
        except Problem as problem:
            self._fail(path, kind, seen, problem)
        kept = effect.output_shape == seen.shape and not effect.copies
        out = x if kept else torch.empty((1, *effect.output_shape), device="meta")
        return self._row(path, kind, effect, parameters, seen, out)

    def _unknown(self, shadow: nn.Module, path: str, *args: Any, **kwargs: Any) -> Any:
        """A layer of PyTorch without a rule: PyTorch says its shape, nobody how far it reaches."""
        seen, kind = _join(args, self.input_shape), type(shadow).__name__
        with torch._C.DisableTorchFunction():
            try:
                out = type(shadow).forward(shadow, *args, **kwargs)
            except Exception as error:
                self._fail(path, kind, seen, Problem("row_failed", reason=_first_line(error)))
        first = out[0] if isinstance(out, tuple) else out
        macs = 0
        if kind.startswith("ConvTranspose"):
            macs = shadow.weight.numel() * math.prod(seen.shape[1:])  # type: ignore[operator]
        shape = tuple(first.shape[1:])
        effect = Effect(shape, macs=macs, reach=POINT if shape == seen.shape else None)
        parameters = self._take_loose(w for w in shadow._parameters.values() if w is not None)
        self._row(path, kind, effect, parameters, seen, first)
        return out

    # ---- what a forward does between its modules

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs, name = kwargs or {}, getattr(func, "__name__", "")
        tensors = [] if name in LOOKS else tensors_in((*args, *kwargs.values()))
        if not any(map(_seen, tensors)):
            return func(*args, **kwargs)
        call = Call(name, tuple(tensors), args, kwargs)
        seen, path = _join(tensors, self.input_shape), self.inside[-1]
        try:
            check(call)
            out = run(func, call)
        except Problem as problem:
            self._fail(path, kind_of(call), seen, problem)
        except Exception as error:
            reason = _first_line(error)
            self._fail(path, kind_of(call), seen, Problem("row_failed", reason=reason))
        if isinstance(out, Tensor):
            effect, parameters = effect_of(call, seen.shape, out), self._take_loose(tensors)
            if parameters and not effect:  # of a module of the reader's own
                shape = tuple(out.shape[1:])
                effect = Effect(shape, reach=POINT if shape == seen.shape else None)
            if effect:
                return self._row(path, kind_of(call), effect, parameters, seen, out)
        for part in tensors_in((out,)):
            _mark(part, seen._replace(shape=tuple(part.shape[1:])))
        return out

    def _take_loose(self, tensors: Iterable[Tensor]) -> int:
        """The numbers in weights that no known layer holds; each counts in one row only."""
        found = [self.loose.pop(id(x), None) for x in tensors]
        return sum(x.numel() for x in found if x is not None)

    # ---- rows

    def _row(
        self, path: str, kind: str, effect: Effect, parameters: int, seen: Seen, out: Tensor
    ) -> Tensor:
        field, jump = self._reach(effect, seen)
        row = LayerRow(
            path=path,
            kind=kind,
            detail=effect.detail,
            output_shape=effect.output_shape,
            parameters=parameters,
            parameters_formula=(effect.formula or str(parameters)) if parameters else "",
            macs=effect.macs,
            activation_bytes=4 * math.prod(effect.output_shape) if effect.copies else 0,
            receptive_field=field,
            jump=jump,
            group=self.groups[path],
            branch="",
            inputs=seen.rows,
            block=self.blocks[self.groups[path]],
        )
        self.rows.append(row)
        return _mark(out, Seen(effect.output_shape, (len(self.rows) - 1,), field, jump))

    def _reach(self, effect: Effect, seen: Seen) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
        """r ← r + (extent − 1)·j and j ← s·j along each axis (Araujo et al. 2019)."""
        if effect.reach is POINT:
            return seen.receptive_field, seen.jump
        if effect.reach is None or seen.jump is None:
            return self.input_shape[1:], None
        along = list(zip(effect.reach, seen.receptive_field, seen.jump, strict=True))
        field = tuple(r + (reach.extent - 1) * j for reach, r, j in along)
        return field, tuple(reach.stride * j for reach, _, j in along)

    def _fail(self, path: str, kind: str, seen: Seen, problem: Problem) -> NoReturn:
        group = self.groups[path]
        costs, reach = (0, "", 0, 0), ((), None)
        block = self.blocks[group]
        row = LayerRow(path, kind, "", (), *costs, *reach, group, "", seen.rows, problem, block)
        self.rows.append(row)
        raise Stopped


def _is_layer(module: nn.Module) -> bool:
    """Whether it is one of PyTorch's own layers, which is a row and not looked into."""
    return not module._modules and type(module).__module__.startswith("torch.nn.")


def _seen(x: Any) -> Any:
    return getattr(x, "_seen", None)


def _mark(x: Tensor, seen: Seen) -> Tensor:
    x._seen = seen  # type: ignore[attr-defined]
    return x


def _join(values: Iterable[Any], input_shape: Shape) -> Seen:
    """What is known of several tensors together: of the first, but with the largest field.

    A field that grew along paths with other jumps lies nowhere evenly.
    """
    found: list[Seen] = [seen for x in tensors_in(values) if (seen := _seen(x))]
    if not found:
        return Seen((), (), input_shape[1:], None)
    rows = tuple(dict.fromkeys(row for seen in found for row in seen.rows))
    field = max(seen.receptive_field for seen in found)
    even = len({seen.jump for seen in found}) == 1
    return Seen(found[0].shape, rows, field, found[0].jump if even else None)


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
