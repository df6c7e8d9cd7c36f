"""Recipes that are quick, and waiting for what workers do."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from cnnviz.training.recipe import Recipe
from cnnviz.training.service import Run, Service

SMALL = (("examples", 64),)
ROOT = Path(__file__).parents[4]
PATIENCE = 90.0  # seconds until a test gives up


def quick(seed: int = 0, **values: object) -> Recipe:
    """A training of 2 × 4 steps."""
    given = {"data": "shapes", "data_options": SMALL, "batch_size": 16, "epochs": 2, "seed": seed}
    return Recipe(**(given | values))  # type: ignore[arg-type]


def endless(seed: int = 0) -> Recipe:
    """One that is still at it when the test is over."""
    return quick(seed, steps=200_000)


def wait(service: Service, run: str, what: Callable[[Run], bool]) -> Run:
    """The run once it is so; the last state of it in the failure otherwise."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = service.run(run)
        assert found is not None
        if what(found):
            return found
        time.sleep(0.02)
    pytest.fail(f"Still {found.status}: {found.history.progress}, {found.history.failed}")


def ended(run: Run) -> bool:
    return run.status not in ("waiting", "running")


def seen(run: Run) -> bool:
    """Whether it has begun to learn."""
    return run.history.progress is not None


@contextmanager
def served(root: Path) -> Iterator[Service]:
    """A service with workers of its own; at the end none of its processes is left."""
    # other tests run beside this one, and a niced process waits for all of them
    os.environ["CNNVIZ_NICE"] = "0"
    before = set(psutil.Process().children(recursive=True))
    # a worker imports the main module again, which a test of a page leaves as the page's script
    main, sys.modules["__main__"] = sys.modules["__main__"], ModuleType("__main__")
    service = Service(root)
    try:
        yield service
    finally:
        service.close()
        sys.modules["__main__"] = main
        if "CNNVIZ_SCHEDULER" not in os.environ:  # whose workers are others'
            own = set(psutil.Process().children(recursive=True)) - before
            _, alive = psutil.wait_procs(
                [p for p in own if "multiprocessing.spawn" in _line(p)], 20
            )
            assert not alive, f"Orphans: {alive}"


def _line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
