"""The page of training on a cluster that somebody started by hand: CNNVIZ_SCHEDULER."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cnnviz.training.service import Service, service
from tests.app import reader
from tests.app.reader import address, click
from tests.unit.training.service.clusters import by_hand

QUICK = {"data": "shapes", "data_options": "examples:64", "batch_size": "16", "epochs": "2"}
PATIENCE = 90.0  # seconds until the test gives up


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service of this process, on that cluster."""
    started = sys.modules["cnnviz.training.service.service"]._service  # type: ignore[attr-defined]
    with by_hand() as cluster:
        monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
        monkeypatch.setenv("CNNVIZ_SCHEDULER", cluster)
        started.cache_clear()
        yield service()
        service().close()
        started.cache_clear()


def test_page_trains_on_the_cluster_and_shows_what_came_of_it(served: Service) -> None:
    app = click(reader.visit(QUICK, page="train", reader={"id": "0" * 32}), "Train")
    run = address(app)["run"]
    until = time.monotonic() + PATIENCE
    while (found := served.run(run)) and found.status != "finished":
        assert time.monotonic() < until, found
        time.sleep(0.05)
    app.run()
    assert any("Finished." in str(element.value) for element in app.markdown)
