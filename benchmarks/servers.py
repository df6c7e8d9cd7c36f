"""Streamlit servers as users start them: processes of their own."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
APP = ROOT / "app.py"
EMPTY = Path(__file__).with_name("empty_page.py")
START_SECONDS = 60


class Server(NamedTuple):
    """A Streamlit server that answers."""

    url: str
    started: float  # `time.perf_counter()` as its process began


@contextmanager
def serve(script: Path) -> Iterator[Server]:
    """`streamlit run` in the script's folder, until it answers; ended afterwards."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", script.name, f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--server.headless=true"]
    command += ["--server.fileWatcherType=none", "--browser.gatherUsageStats=false"]
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile("w+", errors="replace") as log,
        tempfile.TemporaryDirectory(prefix="cnnviz-runs-", ignore_cleanup_errors=True) as runs,
    ):
        process = subprocess.Popen(
            command,
            cwd=script.parent,
            env={**os.environ, "CNNVIZ_RUNS": runs},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            if not _answers(process, port):
                log.seek(0)
                raise RuntimeError(f"{script.name} did not start:\n{log.read()[-3000:]}")
            yield Server(f"http://127.0.0.1:{port}", started)
        finally:
            process.terminate()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _healthy(port):
            return True
        time.sleep(0.02)
    return False


def _healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/_stcore/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
