"""A scheduler and a worker that were started by hand serve the same pages: CNNVIZ_SCHEDULER."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from cnnviz.problems import Problem
from tests.unit.training.service.runs import ROOT, ended, endless, quick, served, wait


@contextmanager
def started(*arguments: str, until: str) -> Iterator[str]:
    """A `dask` command that runs; what it said of its address."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CNNVIZ_NICE": "0"}
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


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with one worker."""
    local = ("--host", "127.0.0.1", "--no-dashboard")
    with ExitStack() as stack:
        scheduler = started("dask_scheduler", *local, "--port", "0", until=r"(tcp://\S+)")
        address = stack.enter_context(scheduler)
        worker = ("dask_worker", address, *local, "--nthreads", "1", "--name", "by-hand")
        stack.enter_context(started(*worker, until=r"(Start worker at)"))
        yield address


def test_cluster_by_hand_trains_what_is_asked_for(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_SCHEDULER", cluster)
    with served(tmp_path) as found:
        (run,) = found.submit([quick(1)], "ann")
        done = wait(found, run.id, ended)
        assert done.status == "finished"
        assert found.weights(run.id)
        assert found.devices() == ("cpu",)
        with pytest.raises(Problem) as refused:
            found.submit([quick(1, device="cuda")], "ann")
        assert refused.value.kind == "device_missing"


def test_run_on_a_cluster_whose_server_is_gone_ends_with_a_checkpoint(
    cluster: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_SCHEDULER", cluster)
    with served(tmp_path) as first:
        (run,) = first.submit([endless(2)], "ann")
        wait(first, run.id, lambda found: bool(found.history.epochs))
    with served(tmp_path) as second:  # whose only worker is free again
        (other,) = second.submit([quick(3)], "bob")
        assert wait(second, other.id, ended).status == "finished"
        assert second.weights(run.id)


def test_runs_wait_while_the_cluster_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_SCHEDULER", "tcp://127.0.0.1:9")
    with served(tmp_path) as found:
        (run,) = found.submit([quick(4)], "ann")
        assert run.status == "waiting"
        assert run.waiting
        found.stop(run.id, "ann")
        stopped = found.run(run.id)
        assert stopped
        assert stopped.status == "stopped"
