"""Runs in processes of their own: begun, watched, halted, gone on with, whatever happens."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from cnnviz.problems import Problem
from cnnviz.training import state
from cnnviz.training.history import history
from cnnviz.training.loop import train
from cnnviz.training.service import Run, Service
from cnnviz.training.service.records import ENDED
from cnnviz.training.service.store import Store, folder
from tests.unit.training.service.runs import ended, endless, quick, seen, served, wait


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all runs."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="module")
def service(root: Path) -> Iterator[Service]:
    """One service for all: readers and recipes are each test's own."""
    with served(root) as service:
        yield service


def curve(run: Run) -> list[tuple[float, ...]]:
    return [pytest.approx(tuple(point), rel=1e-3, abs=1e-3) for point in run.history.points]


def workers(service: Service) -> list[int]:
    client = service._engine._client
    assert client
    return list(client.run(os.getpid).values())


# ---- to the end


def test_run_trains_to_its_end_and_tells_what_a_plain_training_tells(service: Service) -> None:
    (run,) = service.submit([quick(1)], "ann")
    done = wait(service, run.id, ended)
    plain = history(train(quick(1)))
    assert done.status == "finished"
    assert [tuple(point) for point in plain.points] == curve(done)
    assert [epoch.step for epoch in done.history.epochs] == [4, 8]
    assert done.history.started == plain.started
    assert done.history.filters
    assert done.history.finished
    assert done.kept


def test_ended_run_has_weights_that_can_be_read(service: Service) -> None:
    (run,) = service.submit([quick(2)], "bea")
    wait(service, run.id, ended)
    path = service.weights(run.id)
    assert path
    assert state.load(path).step == 8


def test_id_cannot_be_guessed_and_is_no_path(service: Service) -> None:
    (run,) = service.submit([quick(2)], "bea")
    assert len(run.id) == 22
    for other in ("", "..", "../../etc/passwd", "a" * 22, run.id[:-1], run.id + "/"):
        assert service.run(other) is None
        assert service.weights(other) is None


def test_loss_that_is_not_finite_ends_the_run_with_its_reason(service: Service) -> None:
    (run,) = service.submit([quick(3, lr=10.0, network="garment-dense", batch_size=1)], "cem")
    done = wait(service, run.id, ended)
    assert (done.status, done.history.failed and done.history.failed.kind) == (
        "failed",
        "train_diverged",
    )


def test_recipe_that_does_not_fit_is_refused_before_anything_begins(service: Service) -> None:
    with pytest.raises(Problem):
        service.submit([quick(4, network="alexnet", input_size=8)], "dan")
    assert service.runs("dan") == ()


def test_steps_over_the_budget_are_refused(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_MAX_STEPS", "7")
    with pytest.raises(Problem) as refused:
        service.submit([quick(5)], "dan")
    assert refused.value.kind == "steps_budget"
    monkeypatch.setenv("CNNVIZ_MAX_STEPS", "8")
    service.submit([quick(5)], "dan")


# ---- many at once


def test_thirty_readers_of_one_recipe_watch_one_run(service: Service) -> None:
    readers = [f"class {n}" for n in range(30)]
    with ThreadPoolExecutor(30) as pool:
        runs = list(pool.map(lambda reader: service.submit([quick(6)], reader)[0], readers))
    assert len({run.id for run in runs}) == 1
    done = wait(service, runs[0].id, ended)
    assert done.status == "finished"
    assert done.readers == set(readers)


def test_thirty_readers_of_thirty_recipes_all_come_to_an_end(service: Service) -> None:
    with ThreadPoolExecutor(30) as pool:
        runs = list(pool.map(lambda n: service.submit([quick(100 + n)], f"one {n}")[0], range(30)))
    ids = [run.id for run in runs]
    assert len(set(ids)) == 30
    most = 0
    for run in ids:

        def counted(found: Run) -> bool:
            nonlocal most
            with service._changed:  # all at one moment
                states = [r.status for other in ids if (r := service.run(other))]
            most = max(most, states.count("running"))
            return ended(found)

        wait(service, run, counted)
    assert most <= service._engine.slots()
    assert {r.status for run in ids if (r := service.run(run))} == {"finished"}


def test_third_training_of_a_reader_is_refused_until_one_has_ended(service: Service) -> None:
    (first,) = service.submit([endless(7)], "eve")
    (second,) = service.submit([endless(8)], "eve")
    with pytest.raises(Problem) as refused:
        service.submit([endless(9)], "eve")
    assert refused.value.kind == "queue_reader"
    waits = service.run(second.id)
    assert waits
    assert waits.waiting
    assert waits.waiting.place == 1
    service.stop(second.id, "eve")
    service.stop(first.id, "eve")
    assert {run.status for run in service.runs("eve")} == {"stopped"}


def test_duel_is_one_ticket(service: Service) -> None:
    runs = service.submit([quick(10), quick(11), quick(12)], "fay")
    service.submit([quick(13)], "fay")
    assert [wait(service, run.id, ended).status for run in runs] == ["finished"] * 3


# ---- halted, gone on with


def test_paused_run_goes_on_as_if_nothing_had_been(service: Service) -> None:
    recipe = replace(quick(14), epochs=30)
    (run,) = service.submit([recipe], "gil")
    wait(service, run.id, seen)
    service.pause(run.id, "gil")
    paused = service.run(run.id)
    assert paused
    assert paused.status == "paused"
    assert not paused.history.finished
    service.resume(run.id, "gil")
    done = wait(service, run.id, ended)
    assert done.status == "finished"
    assert [tuple(point) for point in history(train(recipe)).points] == curve(done)


def test_stopped_run_ends_with_what_it_has_learnt(service: Service) -> None:
    (run,) = service.submit([endless(15)], "hal")
    wait(service, run.id, seen)
    service.stop(run.id, "hal")
    stopped = service.run(run.id)
    assert stopped
    assert stopped.status == "stopped"
    assert stopped.history.progress
    path = service.weights(run.id)
    assert path
    assert state.load(path).step > 0


def test_step_that_takes_long_is_ended_by_force(service: Service) -> None:
    slow = quick(16, network="resnet34", input_size=224, batch_size=64)
    (run,) = service.submit([slow], "ida")
    wait(service, run.id, lambda found: found.history.filters is not None)
    before = workers(service)
    service.stop(run.id, "ida")
    stopped = service.run(run.id)
    assert stopped
    assert stopped.status == "stopped"
    assert not stopped.history.points
    (next_one,) = service.submit([quick(17)], "ida")
    assert wait(service, next_one.id, ended).status == "finished"
    assert set(workers(service)) != set(before)  # another process is in its place


def test_shared_run_ends_when_all_have_stopped_it(service: Service) -> None:
    for reader in ("jon", "kim"):
        (run,) = service.submit([endless(18)], reader)
    wait(service, run.id, seen)
    with pytest.raises(Problem) as refused:
        service.stop(run.id, "jon")
    assert refused.value.kind == "run_shared"
    (own,) = service.submit([quick(19)], "jon")  # which the one he left does not count for
    wait(service, own.id, ended)
    found = service.run(run.id)
    assert found
    assert found.status == "running"
    service.stop(run.id, "kim")
    found = service.run(run.id)
    assert found
    assert found.status == "stopped"


def test_stranger_can_watch_and_change_nothing(service: Service) -> None:
    (run,) = service.submit([endless(20)], "lea")
    assert service.run(run.id)
    for change in (service.stop, service.pause, service.resume, service.forget):
        with pytest.raises(Problem) as refused:
            change(run.id, "stranger")
        assert refused.value.kind == "run_foreign"
    found = service.run(run.id)
    assert found
    assert not ended(found)
    service.stop(run.id, "lea")


def test_longer_run_goes_on_where_the_first_ended(service: Service) -> None:
    (run,) = service.submit([quick(21)], "max")
    wait(service, run.id, ended)
    longer = service.longer(run.id, "max", epochs=3)
    done = wait(service, longer.id, ended)
    assert (done.status, done.since) == ("finished", 8)
    assert [epoch.step for epoch in done.history.epochs] == [4, 8, 12, 16, 20]
    plain = history(train(replace(quick(21), epochs=5)))
    assert [tuple(point) for point in plain.points] == curve(done)
    first = service.run(run.id)
    assert first
    assert len(first.history.epochs) == 2


# ---- a reader's list


def test_names_are_each_readers_own(service: Service) -> None:
    for reader in ("noa", "ole"):
        (run,) = service.submit([quick(22)], reader)
    service.rename(run.id, "noa", "  my   first ")
    assert [found.name for found in service.runs("noa")] == ["my first"]
    assert [found.name for found in service.runs("ole")] == [""]


def test_forgotten_run_is_off_the_list_and_still_at_its_link(service: Service) -> None:
    (run,) = service.submit([quick(23)], "pia")
    with pytest.raises(Problem):
        service.forget(run.id, "pia")
    wait(service, run.id, ended)
    service.forget(run.id, "pia")
    assert service.runs("pia") == ()
    assert service.run(run.id)


def test_newest_run_is_first_in_the_list(service: Service) -> None:
    for seed in (24, 25):
        (run,) = service.submit([quick(seed)], "quy")
        wait(service, run.id, ended)
    assert [run.recipe.seed for run in service.runs("quy")] == [25, 24]


# ---- what goes wrong


def test_killed_worker_is_replaced_and_the_run_goes_on(service: Service) -> None:
    recipe = replace(quick(26), epochs=60)
    (run,) = service.submit([recipe], "rui")
    wait(service, run.id, lambda found: len(found.history.epochs) > 1)
    for worker in workers(service):
        os.kill(worker, signal.SIGKILL)
    done = wait(service, run.id, ended)
    assert done.status == "finished"
    assert [tuple(point) for point in history(train(recipe)).points] == curve(done)


def test_full_disk_loses_no_point_that_is_watched(service: Service, root: Path) -> None:
    (run,) = service.submit([endless(27)], "sue")
    wait(service, run.id, seen)
    lines = root / run.id / "events.jsonl"
    lines.unlink()
    lines.symlink_to("/dev/full")  # every write says: no space left on device
    before = wait(service, run.id, lambda found: not found.kept).history.points
    after = wait(service, run.id, lambda found: len(found.history.points) > len(before) + 1)
    assert after.history.points[: len(before)] == before
    steps = [point.step for point in after.history.points]
    assert steps == [100 * (n + 1) for n in range(len(steps))]
    service.stop(run.id, "sue")
    found = service.run(run.id)
    assert found
    assert found.status == "stopped"
    assert len(found.history.points) >= len(after.history.points)


def test_store_without_room_refuses_a_new_run(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS_MB", "0.5")
    with pytest.raises(Problem) as refused:
        service.submit([quick(28)], "tea")
    assert refused.value.kind == "runs_full"


def test_every_run_is_in_a_final_state_at_last(service: Service, root: Path) -> None:
    assert {record.status for record in Store(root).records()} <= set(ENDED)


def test_runs_lie_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path / "there"))
    assert folder() == tmp_path / "there"
