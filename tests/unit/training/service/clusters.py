"""A scheduler and a worker as somebody starts them by hand, on this machine."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.unit.training.service.runs import ROOT

LOCAL = ("--host", "127.0.0.1", "--no-dashboard")


@contextmanager
def by_hand() -> Iterator[str]:
    """The scheduler's address; it has one worker."""
    scheduler = _started("dask_scheduler", *LOCAL, "--port", "0", until=r"(tcp://\S+)")
    with scheduler as address:
        worker = ("dask_worker", address, *LOCAL, "--nthreads", "1")
        with _started(*worker, until=r"(Start worker at)"):
            yield address


@contextmanager
def _started(*arguments: str, until: str) -> Iterator[str]:
    """A `dask` command that runs; what it said of its address."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CNNVIZ_NICE": "0", "CNNVIZ_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        for line in process.stderr:
            if found := re.search(until, line):
                # what it says later must not fill the pipe
                with subprocess.Popen(["cat"], stdin=process.stderr, stdout=subprocess.DEVNULL):
                    yield found[1]
                    process.terminate()
                break
        else:
            pytest.fail(f"{arguments} did not start")
    finally:
        process.terminate()
        process.wait(30)
