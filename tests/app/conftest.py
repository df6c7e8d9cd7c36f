"""What holds for every test of the app."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import app_test

from cnnviz.training.service import engine, service


@pytest.fixture(autouse=True)
def warm(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that knows of `st.navigation`, as it does for good after the first visitor.

    AppTest forgets it before each run, and would start the files in pages/ without app.py.
    """

    class Remembering(PagesManager):
        """AppTest resets its own; Streamlit asks the original."""

    monkeypatch.setattr(PagesManager, "uses_pages_directory", False)
    monkeypatch.setattr(app_test, "PagesManager", Remembering)


@pytest.fixture
def cold(warm: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server before its first visitor: it takes pages/ for its older kind of app."""
    monkeypatch.undo()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for the runs; there are no workers, so what is asked for goes on waiting."""
    monkeypatch.setenv("CNNVIZ_RUNS", str(tmp_path))
    monkeypatch.setenv("CNNVIZ_SCHEDULER", "tcp://127.0.0.1:9")
    started = sys.modules["cnnviz.training.service.service"]._service  # type: ignore[attr-defined]
    monkeypatch.setattr(engine, "AGAIN", 0.1)  # seconds that its end waits for the connection
    started.cache_clear()
    yield tmp_path
    service().close()
    started.cache_clear()
