"""Networks by name: what there is, with its options, and how it is built."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import torch
from torch import nn

from cnnviz.models.catalogue import Network, networks
from cnnviz.models.options import Value, checked
from cnnviz.models.summary import LayerRow, shape_table
from cnnviz.problems import Problem


@lru_cache(1)
def catalogue() -> Mapping[str, Network]:
    """All networks by name, in the course's order."""
    return MappingProxyType({network.name: network for network in networks()})


def network(name: str) -> Network:
    """One network of the catalogue.

    Raises:
        Problem: (a `ValueError`) where there is none of that name.
    """
    if name not in catalogue():
        raise Problem("network_unknown", name=name[:40], allowed=", ".join(catalogue()))
    return catalogue()[name]


def build(name: str, **options: Value) -> nn.Module:
    """A network with fresh weights; under `torch.device("meta")` without any.

    `network(name).options` are its options; all have `c_in` and `classes`.

    Raises:
        Problem: (a `ValueError`) for an unknown name or option, or a value that is not allowed.
    """
    found = network(name)
    return found.builder(**checked(found.options, options))


Options = tuple[tuple[str, Value], ...]


@lru_cache(16)
def outline(name: str, options: Options) -> nn.Module:
    """The network without weights, to be read only: many readers may share it."""
    with torch.device("meta"):
        return build(name, **dict(options))


@lru_cache(16)
def table(name: str, options: Options, input_shape: tuple[int, ...]) -> tuple[LayerRow, ...]:
    """Its shape table.

    Raises:
        Problem: (a `ValueError`) as `build` and `shape_table` do.
    """
    return tuple(shape_table(outline(name, options), input_shape))
