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
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnnviz.models.layers import POINT, RULES, UNKNOWN, Effect, Rule, Shape
from cnnviz.models.operations import Call, carries, check, effect_of, kind_of, run, tensors_in
from cnnviz.models.rows import INPUT, LayerRow
from cnnviz.models.seen import BATCH, Seen, join, mark, seen_of, times_of
from cnnviz.problems import Problem

PLAIN = (nn.Sequential, nn.ModuleList, nn.ModuleDict)  # they hold blocks, and are none
LOOKS = {"empty", "__len__", "dim", "size"}  # functions that only look at a tensor
MOST = 10**12  # numbers in one layer's weights or output: 4 TB
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Stopped(BaseException):
    """A layer did not fit; its row is the last. No reader's `except Exception` is to catch it."""


def trace(model: nn.Module, input_shape: Shape) -> list[LayerRow]:
    """The rows, without branches, up to the first that does not fit."""
    walk = Trace(model, input_shape)
    ones = (1,) * (len(input_shape) - 1)
    x = torch.empty((BATCH, *input_shape), device="meta")
    mark(x, Seen(input_shape, 1, (INPUT,), ones, ones))
    with torch.no_grad(), walk, contextlib.suppress(Stopped):
        walk.model(x)
    return walk.rows


class Trace(TorchFunctionMode):
    """One walk through a model; `rows` grows as its forward runs."""

    def __init__(self, model: nn.Module, input_shape: Shape) -> None:
        super().__init__()
        self.rows: list[LayerRow] = []
        self.input_shape = input_shape
        self.axes = len(input_shape) - 1  # of the picture: the last ones
        self.groups: dict[str, str] = {}  # path → the block that it is part of
        self.blocks = {"": ""}  # path of a block → its class
        self.inside = [""]  # paths of the modules whose forward is running
        self.ran: set[int] = set()  # ids of the shadows whose own forward ran
        self.counted: set[int] = set()  # ids of the weights of known layers that stand in a row
        self.loose: dict[int, Tensor] = {}  # weights that no known layer holds, and no row has yet
        self.shadows: dict[int, nn.Module] = {}  # by the module's id: one may stand in two places
        self.weights: dict[int, Tensor] = {}  # by the weight's id: what stands in for it
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
        parts |= {name: OrderedDict() for name in HOOKS if parts.get(name)}
        if rule:
            weights = [(id(w), w.numel()) for w in module._parameters.values() if w is not None]
            parts["forward"] = partial(self._layer, rule, module, path, weights)
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
        if id(weight) not in self.weights:
            found = torch.empty_like(weight, device="meta", requires_grad=False)
            self.weights[id(weight)] = self.loose[id(found)] = found
        return self.weights[id(weight)]

    # ---- what runs in place of a module's forward

    def _container(self, shadow: nn.Module, path: str, *args: Any, **kwargs: Any) -> Any:
        """A module with a forward of its own; what that refuses is a row."""
        before = len(self.rows)
        self.inside.append(path)
        try:
            out = type(shadow).forward(shadow, *args, **kwargs)
        except Exception as error:
            kind = type(shadow).__name__
            self._fail(path, kind, join(args), _refusal(error))
        self.inside.pop()
        self.ran.add(id(shadow))
        if self.loose:
            self._place_loose(shadow, path, before, out)
        return out

    def _place_loose(self, shadow: nn.Module, path: str, before: int, out: Any) -> None:
        """Weights that reached no function as they are (`weight.t()`) count in the last row."""
        ran = (module for module in shadow.modules() if id(module) in self.ran)
        parameters = self._take_loose(weight for module in ran for weight in _own_weights(module))
        seen = join((out,))
        if parameters and len(self.rows) > before:
            row = self.rows[-1]
            total = row.parameters + parameters
            formula = f"{row.parameters_formula}+{parameters}".lstrip("+")
            self.rows[-1] = row._replace(parameters=total, parameters_formula=formula)
        elif parameters and seen.rows:
            effect = Effect(seen.shape, reach=POINT, copies=False)
            self._row(path, type(shadow).__name__, effect, parameters, seen, tensors_in((out,))[0])

    def _layer(
        self,
        rule: Rule,
        module: nn.Module,
        path: str,
        weights: list[tuple[int, int]],
        *args: Any,
        **kwargs: Any,
    ) -> Tensor:
        """A layer with a rule: nothing of PyTorch's runs."""
        x: Tensor = args[0] if args else kwargs["input"]
        seen: Seen = seen_of(x) or join((x,))
        kind = type(module).__name__
        parameters = 0
        for key, numbers in weights:  # a weight may serve twice, and counts once
            if key not in self.counted:
                parameters += numbers
                self.counted.add(key)
        try:
            if not seen.shape:
                raise Problem("row_batch")
            effect = rule(module, seen.shape)
            most = max(parameters, math.prod(effect.output_shape))
            if most > MOST:
                raise Problem("row_huge", numbers=f"{most:,}", terabytes=4 * most // 10**12)
        except Problem as problem:
            self._fail(path, kind, seen, problem)
        kept = effect.output_shape == seen.shape and not effect.copies
        size = (BATCH * seen.times, *effect.output_shape)
        out = x if kept else torch.empty(size, device="meta")
        return self._row(path, kind, effect, parameters, seen, out, seen.times)

    def _unknown(self, shadow: nn.Module, path: str, *args: Any, **kwargs: Any) -> Any:
        """A layer of PyTorch without a rule: PyTorch says its shape, nobody how far it reaches."""
        seen, kind = join((*args, *kwargs.values())), type(shadow).__name__
        with torch._C.DisableTorchFunction():
            try:
                out = type(shadow).forward(shadow, *args, **kwargs)
            except Exception as error:
                self._fail(path, kind, seen, _refusal(error))
        self.ran.add(id(shadow))
        tensors = tensors_in((out,))
        if not seen.rows or not tensors:  # it works on weights
            return out
        shape, macs = tuple(tensors[0].shape[1:]), 0
        if kind.startswith("ConvTranspose"):
            macs = _own_weights(shadow)[0].numel() * math.prod(seen.shape[1:])
        same = carries(seen.shape, shape, self.axes) or "Pad" in kind
        effect = Effect(shape, macs=macs, reach=POINT if same else UNKNOWN)
        parameters = self._take_loose(_own_weights(shadow))
        self._row(path, kind, effect, parameters, seen, tensors[0])
        return out

    # ---- what a forward does between its modules

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs, name = kwargs or {}, getattr(func, "__name__", "")
        tensors = [] if name in LOOKS else tensors_in((*args, *kwargs.values()))
        if not any(map(seen_of, tensors)):
            return func(*args, **kwargs)
        call = Call(name, tuple(tensors), args, kwargs)
        path = self.inside[-1]
        try:
            check(call)
            out = run(func, call)
        except Exception as error:
            self._fail(path, kind_of(call), join(tensors), _refusal(error))
        made = tensors_in((out,))
        if made:
            self._follow(call, path, made)
        return out

    def _follow(self, call: Call, path: str, made: Sequence[Tensor]) -> None:
        """The row of a function, if it is one; else its results are known as its arguments were."""
        seen, first = join(call.tensors), made[0]
        shape = tuple(first.shape[1:])
        effect = effect_of(call, seen.shape, first, self.axes)
        parameters = self._take_loose(call.tensors)
        same = carries(seen.shape, shape, self.axes) or shape == seen.shape
        if not effect and (parameters or len(seen.rows) > 1):  # a reader's own operation
            effect = Effect(shape, reach=POINT if same else UNKNOWN)
        if effect:
            self._row(path, kind_of(call), effect, parameters, seen, first)
            return
        for part in made:
            shape = tuple(part.shape[1:])
            here = seen if same else seen._replace(receptive_field=(), jump=None)
            mark(part, here._replace(shape=shape, times=times_of(part)))

    def _take_loose(self, tensors: Iterable[Tensor]) -> int:
        """The numbers in weights that no known layer holds; each counts in one row only."""
        found = [self.loose.pop(id(x), None) for x in tensors]
        return sum(x.numel() for x in found if x is not None)

    # ---- rows

    def _row(
        self,
        path: str,
        kind: str,
        effect: Effect,
        parameters: int,
        seen: Seen,
        out: Tensor,
        times: int = 0,  # 0: as its shape says
    ) -> Tensor:
        field, jump = self._reach(effect, seen)
        times = times or times_of(out)
        shape = (times, *effect.output_shape) if times != 1 else effect.output_shape
        row = LayerRow(
            path=path,
            kind=kind,
            detail=effect.detail,
            output_shape=shape,
            parameters=parameters,
            parameters_formula=(effect.formula or str(parameters)) if parameters else "",
            macs=times * effect.macs,
            activation_bytes=4 * math.prod(shape) if effect.copies else 0,
            receptive_field=field,
            jump=jump,
            group=self.groups[path],
            branch="",
            inputs=seen.rows,
            block=self.blocks[self.groups[path]],
        )
        self.rows.append(row)
        return mark(out, Seen(effect.output_shape, times, (len(self.rows) - 1,), field, jump))

    def _reach(self, effect: Effect, seen: Seen) -> tuple[tuple[int, ...], tuple[int, ...] | None]:
        """r ← r + (extent − 1)·j and j ← s·j along each axis (Araujo et al. 2019)."""
        whole = self.input_shape[1:]
        if effect.reach is POINT:
            return seen.receptive_field, seen.jump
        if effect.reach is None or (seen.receptive_field == whole and seen.jump is None):
            return whole, None
        if not effect.reach or seen.jump is None or len(effect.reach) != len(seen.jump):
            return (), None
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


def _own_weights(module: nn.Module) -> list[Tensor]:
    return [weight for weight in module._parameters.values() if weight is not None]


def _refusal(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    lines = str(error).strip().splitlines()
    return Problem("row_failed", reason=lines[0][:200] if lines else type(error).__name__)
