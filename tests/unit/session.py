"""A Streamlit session without a page, for what needs `st.session_state`."""

from collections.abc import Callable
from typing import Any, TypeVar

from streamlit.testing.v1 import AppTest

T = TypeVar("T")


def in_session(act: Callable[[], T], **state: Any) -> T:
    """What `act` returns inside a session that starts with this state."""
    results: list[T] = []

    def script(act, results):  # type: ignore[no-untyped-def]
        results.append(act())

    app = AppTest.from_function(script, kwargs={"act": act, "results": results}, default_timeout=60)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert not app.exception, app.exception
    return results[0]
