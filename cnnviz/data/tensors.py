"""Tensors in a file, as safetensors: numbers and text only, so that reading one runs nothing."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor


def write(path: Path, tensors: Mapping[str, Tensor], about: Mapping[str, str]) -> None:
    """Write the file whole or not at all: under another name first, then moved to its place.

    Raises:
        OSError: where it cannot be written, as on a full disk; what was there before stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # two names for one memory, as of views, are refused
    own = {key: x.clone(memory_format=torch.contiguous_format) for key, x in tensors.items()}
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    try:
        try:
            save_file(own, name, dict(about))
        except SafetensorError as error:  # a full disk, for one
            raise OSError(f"{path.name} cannot be written: {error}") from error
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """The tensors by name, and what was written about them.

    Raises:
        OSError: where it cannot be read; SafetensorError: where it is no such file.
    """
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return tensors, file.metadata() or {}
