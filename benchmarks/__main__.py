"""The benchmarks, one after another, and their table. A missed limit is said, not an error."""

import argparse
import os
import platform
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import torch

from benchmarks import browser, kernels, networks, table, training
from benchmarks.table import Row
from tests.browser import HOW_TO_GET_ONE, find

NOTES = """Every number is a median, a ratio too.
Published: a fixed number of that page, as given for it elsewhere, not measured here.
The empty page is stock Streamlit with one radio button and a component that shows its value; it
collects garbage after every click, which the app is set not to (`.streamlit/config.toml`)."""


def main() -> None:
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that servers and browser end too
    facts = machine()
    print(facts, flush=True)
    rows = list(measure())
    print(f"{table.as_text(rows)}\nLoad average after: {load()}. {NOTES}")
    if arguments.json:
        arguments.json.write_text(
            table.as_json(f"{facts} After: {load()}.", rows), encoding="utf-8"
        )


def measure() -> Iterator[Row]:
    """All rows, in the table's order."""
    yield kernels.large_picture()
    yield kernels.walk()
    yield networks.shape_table_of_resnet()
    yield networks.memory_of_a_table()
    yield from training.rows()
    path = find()
    if path is None:
        print(HOW_TO_GET_ONE)
        return
    with browser.bench(path) as bench:
        # starts the servers that the others use, so it runs first and is shown last
        start = browser.from_process_start(bench)
        yield from browser.clicks_to_redraw(bench)
        yield browser.click_while_training(bench)
        yield browser.playing(bench)
        yield browser.hover_to_paint(bench)
        yield from browser.first_visit(bench)
        yield start


def machine() -> str:
    """What the numbers were measured on."""
    return (
        f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"torch {torch.__version__} with {torch.get_num_threads()} threads. "
        f"Load average before: {load()} (other work on this machine slows every number)."
    )


def load() -> str:
    """The machine's load over the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers here as well")
    return parser.parse_args()


if __name__ == "__main__":
    main()
