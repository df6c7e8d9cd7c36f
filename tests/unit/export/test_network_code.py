"""The code that is handed out rebuilds the network, and finds out a table that is not its own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cnnviz.export.network_code import network_code
from cnnviz.models.registry import network, table


def code_of(name: str, **options: Any) -> str:
    found = network(name)
    values = {option.name: option.default for option in found.options.values()} | options
    rows = table(name, tuple(options.items()), found.input_shape)
    return network_code(found.builder, values, found.input_shape, rows)


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """In a Python that knows nothing of cnnviz."""
    return subprocess.run(
        [sys.executable, "-I", "-c", code], cwd=folder, capture_output=True, text=True, check=False
    )


CHANGED: dict[str, dict[str, Any]] = {
    "lenet": {"activation": "relu", "channels": (8, 20)},
    "garment-dense": {"hidden": (64,)},
    "resnet-d2l": {"blocks": (1, 1), "channels": (8, 16), "shortcuts": False},
    "googlenet-d2l": {"reductions": False},
    "densenet-d2l": {"convs": (2, 2), "growth": 8},
    "resnet18": {"classes": 5, "stem": "3x3", "c_in": 3},
    "free": {"blocks": "conv8-inception32-resnext32g4s2-dense4n2-max2-linear30"},
}


@pytest.mark.parametrize("name", CHANGED)
def test_code_runs_alone_and_agrees_with_the_table(name: str, tmp_path: Path) -> None:
    done = run(code_of(name, **CHANGED[name]), tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("right", "wrong"), [("== 61_706", "== 61_707"), ('"3": (16, 10, 10)', '"3": (16, 10, 11)')]
)
def test_code_with_another_table_fails(right: str, wrong: str, tmp_path: Path) -> None:
    code = code_of("lenet")
    assert right in code
    done = run(code.replace(right, wrong), tmp_path)
    assert "AssertionError" in done.stderr


def test_code_of_a_network_that_does_not_fit_says_where() -> None:
    found = network("lenet")
    rows = table("lenet", (), (1, 32, 32))
    values = {option.name: option.default for option in found.options.values()}
    code = network_code(found.builder, values, (1, 32, 32), rows)
    compile(code, "network", "exec")
    assert code.splitlines()[-1].startswith("# 7: This layer expects 400")


def test_code_of_a_papers_network_is_torchvisions() -> None:
    code = code_of("resnet50")
    assert 'models, f"resnet{depth}"' in code
    assert "class Residual" not in code
