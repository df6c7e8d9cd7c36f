"""Random numbers that follow from a seed and from what they are for, and from nothing else.

Not from what was drawn before: so a training that is continued, or another in the same process,
draws what it would have drawn anyway.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import torch


def number(seed: int, purpose: str, at: int = 0) -> int:
    """A seed for one purpose and, say, one step: 63 bits that look like chance."""
    return int.from_bytes(hashlib.sha256(f"{seed} {purpose} {at}".encode()).digest()[:8]) >> 1


def generator(seed: int, purpose: str, at: int = 0) -> torch.Generator:
    """A generator on the CPU for one purpose."""
    return torch.Generator().manual_seed(number(seed, purpose, at))


@contextmanager
def drawing(seed: int, purpose: str, at: int = 0, device: str = "cpu") -> Iterator[None]:
    """Within, PyTorch's global numbers, which dropout and layers draw, follow from these alone.

    Afterwards the CPU's go on for everybody else as if nothing had been drawn.
    """
    others = torch.default_generator.get_state()
    if device == "cpu":
        torch.default_generator.manual_seed(number(seed, purpose, at))
    else:
        torch.manual_seed(number(seed, purpose, at))  # on all devices
    try:
        yield
    finally:
        torch.default_generator.set_state(others)
