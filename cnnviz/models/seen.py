"""What is known of a tensor on its way through a network, written on the tensor itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from torch import Tensor

from cnnviz.models.layers import Shape
from cnnviz.models.operations import tensors_in

BATCH = 2  # what runs through: of one, `squeeze` would take the batch away as well


class Seen(NamedTuple):
    """What is known of a tensor on its way through the network."""

    shape: Shape  # without the batch
    times: int  # how many such there are for one input: more than one after a reshape
    rows: tuple[int, ...]  # that it came from
    receptive_field: tuple[int, ...]  # empty where it is not known
    jump: tuple[int, ...] | None


def mark(x: Tensor, seen: Seen) -> Tensor:
    """Write on a tensor what is known of it."""
    x._seen = seen  # type: ignore[attr-defined]
    return x


def seen_of(x: Any) -> Seen | None:
    """What is known of it; None of what did not come from the input."""
    return getattr(x, "_seen", None)


def times_of(x: Tensor) -> int:
    """How many such tensors there are for one input."""
    return x.shape[0] // BATCH if x.ndim and x.shape[0] % BATCH == 0 else 1


def join(values: Iterable[Any]) -> Seen:
    """What is known of several tensors together: of the first, but with the largest field.

    Fields that grew along paths with other jumps lie nowhere evenly.
    """
    found: list[Seen] = [seen for x in tensors_in(values) if (seen := seen_of(x))]
    if len(found) == 1:
        return found[0]
    if not found:
        shapes = [tuple(x.shape[1:]) for x in tensors_in(values)]
        return Seen(shapes[0] if shapes else (), 1, (), (), None)
    rows = tuple(dict.fromkeys(row for seen in found for row in seen.rows))
    fields = [seen.receptive_field for seen in found]
    field = tuple(map(max, zip(*fields, strict=True))) if all(fields) else ()
    even = len({seen.jump for seen in found}) == 1
    return found[0]._replace(rows=rows, receptive_field=field, jump=found[0].jump if even else None)
