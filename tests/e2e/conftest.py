"""A running app, a real browser, and an ear for what the browser complains of."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    WebError,
    expect,
)

from tests.browser import HOW_TO_GET_ONE, find, required

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Complaints that are not about this app (a pattern each), and why.
NOT_OURS = {
    r"status of 404 .*/[^/]+/_stcore/(health|host-config)\)$": (
        "Opened at a page's own address, Streamlit asks there first for the server's root."
    ),
}

START_SECONDS = 60


class Server(NamedTuple):
    """The process that serves the app, and the file that it writes to."""

    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self) -> str:
        """The end of the log, and whether the server has ended too."""
        lines = self.log.read_text(errors="replace").splitlines()[-60:]
        code = self.process.poll()
        return "\n".join(lines if code is None else [*lines, f"The server ended with code {code}."])


SERVER = pytest.StashKey[Server]()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The browser that tests/browser.py finds; without one the test is skipped, on CI it fails."""
    path = find()
    if path is None:
        (pytest.fail if required() else pytest.skip)(HOW_TO_GET_ONE)
    return {**browser_type_launch_args, "executable_path": path, "args": CHROMIUM_FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A laptop whose reader speaks English, unless a test says otherwise."""
    return {
        **browser_context_args,
        "locale": "en-US",
        "viewport": {"width": 1366, "height": 768},
    }


@pytest.fixture(scope="session")
def runs_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the server keeps its runs."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture(scope="session")
def app_url(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, runs_folder: Path
) -> Iterator[str]:
    """The address of the app, one server for each xdist worker."""
    port = _free_port()
    options = {
        "port": port,
        "address": "127.0.0.1",
        "headless": "true",
        "fileWatcherType": "none",  # else a file written during the tests reruns their pages
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    command += [f"--server.{name}={value}" for name, value in options.items()]
    folder = tmp_path_factory.mktemp("streamlit")
    log = folder / "server.log"
    # a niced worker, or threads that wait for each other, would wait for all the other tests
    own = {"CNNVIZ_RUNS": str(runs_folder), "CNNVIZ_NICE": "0", "CNNVIZ_THREADS": "1"}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command,
            cwd=pytestconfig.rootpath,
            env={"CNNVIZ_DATA": str(folder / "data"), **os.environ, **own},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    server = pytestconfig.stash[SERVER] = Server(process, log)
    try:
        _wait_until_healthy(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_healthy(server: Server, port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.process.poll() is None:
        if _healthy(port):
            return
        time.sleep(0.1)
    pytest.fail(f"The app's server did not start:\n{server.last_words()}", pytrace=False)


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the server's side of a test that failed: the app tells the reader no details."""
    report = yield
    server = item.config.stash.get(SERVER, None)
    if report.failed and server:
        report.sections.append(("Streamlit's log, its end", server.last_words()))
    return report


class Ear:
    """Hears the console errors and uncaught exceptions of every page of every context."""

    def __init__(self, browser: Browser) -> None:
        self.heard: list[str] = []
        self.opened: list[BrowserContext] = []
        browser.on("context", self._listen)

    def _listen(self, context: BrowserContext) -> None:
        self.opened.append(context)
        context.on("console", self._on_console)
        context.on("weberror", self._on_exception)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._note(f"console error: {message.text} ({message.location['url']})")

    def _on_exception(self, error: WebError) -> None:
        self._note(f"uncaught exception: {error.error}")

    def _note(self, complaint: str) -> None:
        if not any(re.search(pattern, complaint) for pattern in NOT_OURS):
            self.heard.append(complaint)


@pytest.fixture(scope="session", autouse=True)
def _ear(browser: Browser) -> Ear:
    expect.set_options(timeout=15_000)  # milliseconds; the first page imports torch
    return Ear(browser)


@pytest.fixture(autouse=True)
def console_errors(browser: Browser, _ear: Ear) -> Iterator[list[str]]:
    """What the test's pages complained of. A test that means to provoke something clears it;
    anything left at the end fails the test."""
    _ear.opened.clear()
    yield _ear.heard
    # Closing brings in what is still under way, and leaves nothing open for the next test.
    for context in browser.contexts:
        if context in _ear.opened:
            context.close()
    complaints, _ear.heard[:] = list(_ear.heard), []
    if complaints:
        pytest.fail("The browser complained:\n" + "\n".join(complaints), pytrace=False)


@pytest.fixture(scope="session")
def common_context(
    browser: Browser, browser_context_args: dict[str, Any], _ear: Ear
) -> Iterator[BrowserContext]:
    """The browser of all tests that need nothing special. Its cache keeps Streamlit's scripts,
    which opens the app in half the time; each page is a session of its own."""
    context = browser.new_context(**browser_context_args)
    yield context
    context.close()


@pytest.fixture
def tab(common_context: BrowserContext) -> Iterator[Page]:
    """A new page in the common window."""
    page = common_context.new_page()
    yield page
    page.close()


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict[str, Any]) -> Callable[..., Page]:
    """A page in a browser of its own, with other options: `visit(locale="ko-KR")`."""

    def open_browser(**options: Any) -> Page:
        return browser.new_context(**{**browser_context_args, **options}).new_page()

    return open_browser
