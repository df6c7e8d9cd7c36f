"""The engine behind the queue: Dask's workers, in processes of their own, here or on a cluster.

By default they are on this machine and reached from it alone; CNNVIZ_SCHEDULER names a cluster.
It is started by the first who asks, in the background, and knows attempts, not runs.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import dask
import psutil
from distributed import Client, Future, LocalCluster

from cnnviz.training.recipe import Recipe
from cnnviz.training.service.store import limit
from cnnviz.training.service.work import Prepare, share, threads, work

LOOK = 1.0  # seconds between two looks at the workers
AGAIN = 5.0  # seconds until a cluster that was not there is looked for again
SHARE = 0.7  # of the machine's memory is for the workers
CONFIG = {
    "distributed.admin.low-level-log-length": 200,  # events that Dask itself keeps
    # it would have workers give memory back at once, and a training's step takes thrice as long
    "distributed.nanny.pre-spawn-environ": {},
}
Hear = Callable[[str, dict[str, Any]], None]  # an attempt, and what is told of it


class Job(NamedTuple):
    """What a worker is to do. The attempt's name is new each time."""

    attempt: str
    recipe: Recipe
    checkpoint: str


class Engine:
    """Runs jobs and tells what happens. `hear` and `ready` are called from a thread of its own."""

    def __init__(self, hear: Hear, ready: Callable[[], None]) -> None:
        self._hear, self._ready = hear, ready
        self._address = os.environ.get("CNNVIZ_SCHEDULER", "")
        self._topic = f"cnnviz-{secrets.token_hex(8)}"
        self._inbox: SimpleQueue[tuple[str, dict[str, Any]]] = SimpleQueue()
        self._futures: dict[str, Future[None]] = {}
        self._client: Client | None = None
        self._workers: dict[str, Any] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="engine", daemon=True)
        self._thread.start()
        if not self._address:  # a cluster's share theirs as whoever started them has said
            threading.Thread(target=self._share, name="share", daemon=True).start()

    # ---- what it is asked for

    def slots(self) -> int:
        """How many jobs at once; 0 while there are no workers."""
        if self._client is None:
            return 0
        if not self._address:
            return workers()  # one that is being replaced is there again in a moment
        return sum(worker["nthreads"] for worker in self._workers.values())

    def devices(self) -> tuple[str, ...] | None:
        """The kinds of devices of a cluster; None where this machine's are used."""
        if not self._address:
            return None
        gpus = any(worker["resources"].get("GPU") for worker in self._workers.values())
        return ("cpu", "cuda") if gpus else ("cpu",)

    def submit(self, job: Job) -> None:
        """Let a worker begin. Of a worker that is lost, another takes over from the checkpoint."""
        assert self._client, "no slots, no jobs"
        needs = {"GPU": 1} if self._address and job.recipe.device == "cuda" else None
        arguments = (job.attempt, job.recipe.text, job.checkpoint, self._topic)
        future = self._client.submit(work, *arguments, key=job.attempt, pure=False, resources=needs)
        self._futures[job.attempt] = future
        future.add_done_callback(self._done)

    def halt(self, attempt: str) -> None:
        """Let it end; it tells so, or is ended within two seconds."""
        if future := self._futures.pop(attempt, None):
            future.cancel()

    def close(self) -> None:
        """End all jobs and processes."""
        self._closed.set()
        self._inbox.put(("", {}))  # of no attempt: so that it need not wait for the next one
        self._thread.join()  # it may be about to start workers
        client, self._client = self._client, None
        if client:
            cluster = client.cluster
            client.close()
            if cluster:
                cluster.close()

    # ---- inside

    def _serve(self) -> None:
        """What Dask tells is heard here: its own thread must not wait for anything of ours."""
        while not self._closed.is_set():
            if self._client is None or self._client.status == "closed":
                self._start()
            try:
                attempt, told = self._inbox.get(timeout=LOOK)
            except Empty:
                self._look()
            else:
                self._hear(attempt, told)

    def _start(self) -> None:
        self._client = None
        try:
            client = self._connected()
        except (OSError, RuntimeError, TimeoutError) as error:
            logging.getLogger(__name__).warning("There are no workers to train with: %s", error)
            self._closed.wait(AGAIN)
            return
        client.subscribe_topic(self._topic, self._told)
        client.register_plugin(Prepare())
        self._client = client
        self._look()

    def _connected(self) -> Client:
        if self._address:
            return Client(self._address, name="cnnviz", set_as_default=False, timeout=AGAIN)
        dask.config.set(CONFIG)
        return Client(local_cluster(), set_as_default=False)

    def _look(self) -> None:
        """Who is there; a worker that came may begin at once."""
        if self._client:
            self._workers = self._client.scheduler_info(n_workers=-1)["workers"]
            self._ready()

    def _share(self) -> None:
        """Tell workers how many train, again and again, for one may have been replaced.

        In a thread of its own: a worker that is still loading torch answers late.
        """
        while not self._closed.wait(LOOK / 2):
            client, count = self._client, len(self._futures)
            if client and count:
                with contextlib.suppress(OSError, RuntimeError, ValueError, CancelledError):
                    client.run(share, count, wait=False, on_error="ignore")

    def _told(self, event: tuple[float, Any]) -> None:
        _, message = event
        if isinstance(message, dict) and isinstance(attempt := message.get("attempt"), str):
            self._inbox.put((attempt, message))

    def _done(self, future: Future[None]) -> None:
        """Only what the worker could not tell itself: that it, or the cluster, is gone."""
        attempt = str(future.key)
        if self._futures.pop(attempt, None) is None:
            return  # it was halted
        if future.status == "error":
            self._inbox.put((attempt, {"lost": True}))
        elif future.status in ("cancelled", "lost"):
            self._inbox.put((attempt, {"cancelled": True}))


def local_cluster() -> LocalCluster:
    """Worker processes of this machine, one job each, bound to 127.0.0.1, without a dashboard."""
    count = workers()
    cluster = LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        # a scheduler answers over HTTP even without its dashboard: on any port, until it is stopped
        scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
        memory_limit=int(memory() / count),
        silence_logs=logging.ERROR,
    )
    if scheduler := cluster.scheduler:
        scheduler.http_server.stop()
    return cluster


def workers() -> int:
    """How many run at once: CNNVIZ_WORKERS, or two, of many cores more."""
    return int(limit("CNNVIZ_WORKERS", max(2, (os.cpu_count() or 1) // max(2, threads()))))


def memory() -> float:
    """Bytes for all workers together: CNNVIZ_MEMORY_MB, or most of the machine's."""
    return limit("CNNVIZ_MEMORY_MB", SHARE * psutil.virtual_memory().total / 1e6) * 1e6
