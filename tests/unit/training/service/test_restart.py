"""A server that is killed, what stands behind it, and what the next one finds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from cnnviz.training.service import Run, Service
from tests.unit.training.service.runs import ROOT, ended, quick, served, wait

SERVER = """
import sys
import time
from cnnviz.training.recipe import read
from cnnviz.training.service import service
from cnnviz.training.state import load

if __name__ == "__main__":
    found = service()
    (run,) = found.submit([read(sys.argv[1])], "ann")
    found.submit([read(sys.argv[2])], "ann")
    print(run.id, flush=True)
    while not (path := found.weights(run.id)) or load(path).step < 80:
        time.sleep(0.05)
    print("two epochs", flush=True)
    while True:
        time.sleep(0.05)
"""
LONG = quick(1, epochs=200, data_options=(("examples", 640),))  # 8,000 steps


@pytest.fixture(autouse=True)
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """As few processes as will do: each has to load torch first."""
    monkeypatch.setenv("CNNVIZ_WORKERS", "1")


def killed_server(root: Path) -> tuple[str, list[psutil.Process]]:
    """The run of a server that was killed in the middle of it, and all processes that it had."""
    script = root.parent / "server.py"
    script.write_text(SERVER)
    environment = {**os.environ, "CNNVIZ_RUNS": str(root), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(
        [sys.executable, str(script), LONG.text, quick(2).text],
        env=environment | {"CNNVIZ_NICE": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    run = server.stdout.readline().strip()
    assert server.stdout.readline() == "two epochs\n"
    processes = psutil.Process(server.pid).children(recursive=True)
    server.send_signal(signal.SIGKILL)
    server.wait()
    server.stdout.close()
    return run, processes


def test_killed_server_leaves_no_process_and_its_run_is_gone_on_with(tmp_path: Path) -> None:
    run, processes = killed_server(tmp_path / "runs")
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert not alive
    with served(tmp_path / "runs") as again:
        found = {run.recipe.seed: run for run in again.runs("ann")}
        assert {run.status for run in found.values()} == {"interrupted"}
        before = found[1].history
        assert len(before.epochs) >= 2
        assert again.weights(run)
        again.resume(run, "ann")
        after = wait(again, run, lambda r: len(r.history.epochs) > len(before.epochs))
        assert after.history.epochs[:2] == before.epochs[:2]
        assert after.history.started
        assert after.history.started.step >= 80  # from its checkpoint, and not again from the start
        again.stop(run, "ann")
        again.resume(found[2].id, "ann")  # the one that only waited
        assert wait(again, found[2].id, ended).status == "finished"


def test_run_of_a_server_that_lives_is_not_interrupted_by_another(tmp_path: Path) -> None:
    with served(tmp_path) as one:
        (run,) = one.submit([LONG], "ann")
        wait(one, run.id, lambda found: found.status == "running")
        with served(tmp_path) as other:
            (seen,) = other.runs("ann")
            assert seen.status == "running"
        one.stop(run.id, "ann")


def test_old_runs_are_cleared_and_young_ones_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS_DAYS", "2")
    with served(tmp_path) as found:
        runs = [finished(found, seed) for seed in (1, 2)]
        for file in (tmp_path / runs[0].id).iterdir():
            os.utime(file, (time.time() - 3 * 86_400,) * 2)
        third = finished(found, 3)
        assert found.run(runs[0].id) is None
        assert {run.id for run in found.runs("ann")} == {runs[1].id, third.id}


def test_oldest_runs_make_room_for_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served(tmp_path) as found:
        first = finished(found, 1)
        held = sum(file.stat().st_size for file in (tmp_path / first.id).iterdir())
        monkeypatch.setenv("CNNVIZ_RUNS_MB", str((2**20 + 1.5 * held) / 1e6))
        second = finished(found, 2)
        assert found.run(first.id)
        third = finished(found, 3)
        assert found.run(first.id) is None
        assert {run.id for run in found.runs("ann")} == {second.id, third.id}


def finished(found: Service, seed: int) -> Run:
    (run,) = found.submit([quick(seed)], "ann")
    done = wait(found, run.id, ended)
    assert done.status == "finished"
    return done


def test_training_that_needs_more_memory_than_there_is_fails_with_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_MEMORY_MB", "1200")
    large = quick(1, network="vgg16", input_size=224, batch_size=256, steps=1)
    with served(tmp_path) as found:
        (run,) = found.submit([large], "ann")
        done = wait(found, run.id, ended)
        assert done.history.failed
        assert done.history.failed.kind == "train_memory"
        assert finished(found, 1).history.finished  # the worker takes the next
