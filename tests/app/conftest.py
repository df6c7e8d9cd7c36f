"""What holds for every test of the app."""

import pytest
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import app_test


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
