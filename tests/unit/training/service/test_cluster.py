"""A scheduler and a worker that were started by hand serve the same pages: CNNVIZ_SCHEDULER."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.problems import Problem
from tests.unit.training.service.clusters import by_hand
from tests.unit.training.service.runs import ended, endless, quick, served, wait


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a scheduler with one worker."""
    with by_hand() as address:
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
