"""An environment of its own for d2l, whose pins nothing else here could live with.

It is made once, in `.venv-bench`, and sees this environment's packages through a .pth file: torch
is there once, and both sides compute with the same one.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

FOLDER = Path(__file__).parents[1] / ".venv-bench"
ALONE = ("d2l==1.0.3",)  # without what it pins
# What its torch module imports; those that are here already are not installed again.
IMPORTED = (
    "numpy",
    "torch",
    "torchvision",
    "pillow",
    "pandas",
    "requests",
    "ipython",
    "matplotlib",
    "matplotlib-inline",
    "scipy",
)
MINUTES = 10  # that installing may take


class Unavailable(Exception):
    """Something to measure against is not on this computer; the text says what, and what to do."""


def python() -> Path:
    """The Python of the environment, made where it is not there or was made for another one.

    Raises:
        Unavailable: where the packages cannot be had.
    """
    found = FOLDER / ("Scripts" if os.name == "nt" else "bin") / "python"
    shared = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    made_of = "\n".join((sys.version, *shared, *ALONE, *IMPORTED))
    stamp = FOLDER / "made-of"
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == made_of:
        return found
    print(f"Making {FOLDER.name} with {ALONE[0]}, once ...", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    venv.create(FOLDER, symlinks=os.name != "nt")
    query = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([found, "-c", query], capture_output=True, text=True, check=True)
    Path(packages.stdout.strip(), "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    _install(found, "--no-deps", *ALONE)
    _install(found, *IMPORTED)
    stamp.write_text(made_of, encoding="utf-8")
    return found


def _install(python: Path, *packages: str) -> None:
    """By pip, which the environment sees among the shared packages."""
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    try:
        done = subprocess.run(
            [*command, "--retries=1", *packages],
            capture_output=True,
            text=True,
            timeout=60 * MINUTES,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"pip did not end within {MINUTES} minutes.") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["pip failed without a word."]
        raise Unavailable(
            f"{packages[-1]} could not be installed: {lines[-1].removeprefix('ERROR: ')} "
            "Is there a network? Once it is there, none is needed."
        )
