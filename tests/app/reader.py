"""A reader of the app, without a browser: opens pages by link, acts on the stage, looks at it."""

import base64
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import streamlit
import torch
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from torch import Tensor

APP = Path(__file__).parents[2] / "app.py"
PAGE = "cross-correlation"
ids = itertools.count(1)


@dataclass
class Stage:
    """What the stage was sent: `meta`, and the planes (planes, rows, columns)."""

    meta: dict[str, Any]
    input: Tensor
    kernel: Tensor
    output: Tensor


def visit(
    link: Mapping[str, str] | None = None, *, page: str = PAGE, locale: str = "en", **state: Any
) -> AppTest:
    """A new session that opens a page by a link; `state` is what components have told already."""
    app = AppTest.from_file(str(APP), default_timeout=120)
    app.context["locale"] = locale
    for name, text in (link or {}).items():
        app.query_params[name] = text
    for name, value in state.items():
        app.session_state[name] = value
    return go(app, page)


def go(app: AppTest, page: str) -> AppTest:
    """Switch to a page."""
    return run(app.switch_page(f"pages/{page}.py"))


def run(app: AppTest) -> AppTest:
    """Run the page once more; nothing may be raised."""
    if "lang" in app.session_state:
        # AppTest looks up the labels of choices outside of the session
        streamlit.session_state["lang"] = app.session_state["lang"]
    app.run()
    assert not app.exception, [problem.value for problem in app.exception]
    return app


def run_with(app: AppTest, gone: Iterable[WidgetState]) -> AppTest:
    """Run once more, while the browser still holds controls that are gone and sends them along."""
    states = app._tree.get_widget_states()
    states.widgets.extend(gone)
    app._run(states)
    assert not app.exception, [problem.value for problem in app.exception]
    return app


def sent(app: AppTest, component: str) -> dict[str, Any] | None:
    """The data of the component on the page with this name; None where it is not there."""
    for element in app.get("bidi_component"):
        if element.proto.component_name == f"cnnviz.{component}":
            data: dict[str, Any] = json.loads(element.proto.json)
            return data
    return None


def stage(app: AppTest) -> Stage:
    """The page's stage; there has to be one."""
    data = sent(app, "stage")
    assert data is not None
    planes = {}
    for name in ("input", "kernel", "output"):
        about = data["meta"][name]
        floats = np.frombuffer(base64.b64decode(data[name]), dtype="<f4").copy()
        planes[name] = torch.from_numpy(floats).reshape(-1, about["rows"], about["cols"])
    return Stage(data["meta"], **planes)


def mail(app: AppTest, key: str, name: str, *messages: dict[str, Any]) -> None:
    """Send what a component in the browser would send; numbered, if it is not already."""
    numbered = [{"id": next(ids), **message} for message in messages]
    app.session_state[key] = {name: {"token": app.session_state["token"], "messages": numbered}}


def act(app: AppTest, *more: dict[str, Any], page: str = PAGE, **edit: Any) -> AppTest:
    """Do something on the stage, and more before the page hears of it."""
    mail(app, f"{page}.stage", "edits", edit, *more)
    return run(app)


def taken(app: AppTest, kind: str, key: str) -> dict[str, Any]:
    """The file that the buttons with this key hand over for a training's run."""
    mail(app, key, "wish", {"kind": kind, "step": 0, "href": "https://example.org/train?run=x"})
    run(app)
    for element in app.get("bidi_component"):
        data = json.loads(element.proto.json)
        if element.proto.component_name == "cnnviz.take" and data["file"]:
            return dict(data["file"])
    raise AssertionError("no file")


def content(file: dict[str, Any]) -> bytes:
    """What is in a file that was handed over."""
    assert not file["refused"]
    return base64.b64decode(file["data"])


def follow(app: AppTest, query: str) -> AppTest:
    """Click a link on the page."""
    mail(app, "address", "followed", {"query": query})
    return run(app)


def address(app: AppTest) -> dict[str, str]:
    """The link in the address bar, by setting."""
    data = sent(app, "address")
    assert data is not None
    return dict(parse_qsl(data["query"], keep_blank_values=True))


def file_of(app: AppTest, kind: str, *, page: str = PAGE) -> bytes:
    """The file that the page makes when it is wished for."""
    wish = {"kind": kind, "step": 0, "href": f"https://example.org/{page}"}
    mail(app, f"{page}.take", "wish", wish)
    data = sent(run(app), "take")
    assert data is not None
    assert not data["file"]["refused"]
    return base64.b64decode(data["file"]["data"])


def control(app: AppTest, kind: str, name: str, lang: str = "en", *, page: str = PAGE) -> Any:
    """The control of a setting as it stands now: see `Desk._control` on its key."""
    base = f"{page}.{name}.{lang}"
    key = f"{base}/turn"
    turn = app.session_state[key] if key in app.session_state else ""  # noqa: SIM401 (it has no get)
    return getattr(app, kind)(key=f"{base}.{turn}" if turn else base)


def click(app: AppTest, label: str) -> AppTest:
    """Click the button with this label."""
    (button,) = [button for button in app.button if button.label == label]
    button.click()
    return run(app)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def toasts(app: AppTest) -> str:
    return "\n".join(toast.value for toast in app.toast)
