"""The browser of the end-to-end tests: `find()` names one, `python -m tests.browser` provides one.

In this order: a Chromium or Chrome on PATH, Playwright's own download, Debian's package. The last
two, and a Korean font for the screenshots, are installed only where that asks nobody a question.
"""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)

HOW_TO_GET_ONE = (
    "No Chromium to test with. Install Chromium or Google Chrome so that it is on PATH "
    "(Debian: apt-get install chromium), or run: .venv/bin/python -m playwright install "
    "--with-deps chromium"
)

MINUTE = 60
LOCK_WAIT = 5 * MINUTE  # that another apt may take


def required() -> bool:
    """On CI a missing browser is a failure, never a skip."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def find() -> str | None:
    """The path of a browser that starts, or None."""
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in on_path if path and _starts(path)), None) or _playwrights_own()


def _starts(path: str) -> bool:
    # Ubuntu's chromium-browser may be a script that only says what to install instead, and a
    # download without its system libraries is there but can't run: so ask it something.
    return _ask(path, "--version").ok


def _playwrights_own() -> str | None:
    # In a process of its own, since Playwright refuses to start twice in one thread.
    code = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as playwright: print(playwright.chromium.executable_path)"
    )
    path = _ask(sys.executable, "-c", code).said
    return path if _starts(path) else None


def provide_driver() -> bool:
    """Make sure that Playwright itself starts: its Node wants a library bare Debians lack."""
    version = (sys.executable, "-m", "playwright", "--version")
    if _ask(*version).ok:
        return True
    _say("Playwright does not start, trying Debian's libatomic1")
    return _apt_install("libatomic1") and _told(_ask(*version))


def provide() -> str | None:
    """Find a browser or install one."""
    found = find()
    for name, install in (
        ("Playwright's Chromium, about 180 MB", _download),
        ("Debian's Chromium, about 100 MB", _package),
    ):
        if not found:
            _say(f"none yet, trying {name}")
            found = find() if install() else None
    return found


def _download() -> bool:
    """Playwright's own build, with the system libraries it needs where they may be installed."""
    os.environ.setdefault("PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT", "10000")  # milliseconds
    playwright = (sys.executable, "-m", "playwright")
    answer = _ask(*playwright, "install", "--no-shell", "chromium", minutes=15)
    if answer.ok and not _playwrights_own() and _as_root() is not None:
        answer = _ask(*playwright, "install-deps", "chromium", minutes=15)
    return _told(answer)


def _package() -> bool:
    """Debian's own. Ubuntu's package of that name only points to a snap, so `find` has the word."""
    return _apt_install("chromium")


def provide_korean() -> bool:
    """Make sure that Korean text is drawn as Korean; macOS brings a font for it."""
    if sys.platform == "darwin" or _has_korean():
        return True
    _say("no Korean font yet, trying Noto Sans CJK, about 60 MB")
    return _apt_install("fontconfig", "fonts-noto-cjk") and _has_korean()


def _has_korean() -> bool:
    listed = _ask("fc-list", ":lang=ko")
    return listed.ok and bool(listed.said)


def _apt_install(*packages: str) -> bool:
    if _as_root() is None:
        _say("apt-get is not here, or not ours to use without a password")
        return False
    _apt_update()
    waiting = ("-o", f"DPkg::Lock::Timeout={LOCK_WAIT}")
    install = ("install", "-qq", "-y", "--no-install-recommends", *waiting)
    return _told(_apt_get(*install, *packages))


@functools.cache
def _apt_update() -> None:
    # Installing waits for another apt, updating says no at once: so ask again for a while. Any
    # other trouble with the lists is no reason to stop, since what apt knows already may do.
    until = time.monotonic() + LOCK_WAIT
    while "Could not get lock" in (answer := _apt_get("update", "-qq")).said:
        if time.monotonic() > until:
            break
        time.sleep(5)
    _told(answer)


def _apt_get(*arguments: str) -> "Answer":
    environment = ("env", "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
    return _ask(*(_as_root() or ()), *environment, "apt-get", *arguments, minutes=20)


@functools.cache
def _as_root() -> tuple[str, ...] | None:
    """What to put before apt-get to run it as root without a question, or None."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return ()
    return ("sudo", "-n") if _ask("sudo", "-n", "true").ok else None


class Answer(NamedTuple):
    """How a command ended and what it said."""

    ok: bool
    said: str


def _ask(*command: str, minutes: float = 1) -> Answer:
    """Run a command without input. One that is not there or takes too long has failed."""
    # Into a file: a pipe would be waited for until the last grandchild has closed it.
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                timeout=minutes * MINUTE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Answer(False, str(error))
        said.seek(0)
        return Answer(done.returncode == 0, said.read().strip())


def _told(answer: Answer) -> bool:
    """Whether it went well; where it did not, its last words are shown."""
    if not answer.ok:
        words = [line for line in answer.said.splitlines() if not line.startswith("    at ")]
        _say("that failed, and said last:\n  " + "\n  ".join(words[-4:]))
    return answer.ok


def _say(text: str) -> None:
    print(f"browser: {text}", flush=True)


def main() -> int:
    """Provide what is missing; 1 where a browser is required and there is none."""
    ready = provide_driver()
    browser = provide()
    _say(browser or HOW_TO_GET_ONE)
    if not provide_korean():
        _say("warning: no Korean font, so screenshots show boxes for Korean text")
    return 1 if required() and not (ready and browser) else 0


if __name__ == "__main__":
    sys.exit(main())
