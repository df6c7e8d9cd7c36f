"""One's own pictures come back from the disk as they were, or not at all."""

from pathlib import Path

import pytest
import torch
from safetensors import SafetensorError

from cnnviz.data import sets, store, tensors
from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.problems import Problem


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def data() -> TrainingSet:
    images = torch.arange(6 * 3 * 4 * 4, dtype=torch.int64).reshape(6, 3, 4, 4).to(torch.uint8)
    labels = torch.tensor([0, 1, 0, 1, 1, 0])
    names = ("<script>alert(1)</script>", '한글 / \u202e "q"')
    return TrainingSet("own", Split(images, labels), Split(images[:2], labels[:2]), names)


def test_kept_set_comes_back_as_it_was(data: TrainingSet) -> None:
    found = store.recall(store.keep(data))
    assert found.classes == data.classes
    assert found.digest == data.digest
    for one, other in zip((*found.train, *found.test), (*data.train, *data.test), strict=True):
        assert torch.equal(one, other)


def test_recipe_finds_it_by_its_digest(data: TrainingSet) -> None:
    store.keep(data)
    options = (("digest", data.digest),)
    assert sets.load("own", options).digest == data.digest
    assert sets.facts("own", options) == data.facts


def test_keeping_twice_writes_once(data: TrainingSet, place: Path) -> None:
    store.keep(data)
    (file,) = (place / "own").iterdir()
    written = file.stat().st_ino
    store.keep(data)
    assert [f.stat().st_ino for f in (place / "own").iterdir()] == [written]


@pytest.mark.parametrize("content", [b"", b"text", b"\x80\x04K\x01.", b"\xff" * 64])
def test_file_that_is_none_is_refused(data: TrainingSet, place: Path, content: bytes) -> None:
    digest = store.keep(data)
    (place / "own" / f"{digest}.safetensors").write_bytes(content)
    with pytest.raises(Problem) as caught:
        store.recall(digest)
    assert caught.value.kind == "data_damaged"


def test_file_that_cannot_be_written_leaves_no_part_of_itself(
    data: TrainingSet, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: object, name: str, about: object) -> None:
        Path(name).write_bytes(b"half")
        raise SafetensorError("No space left on device")

    monkeypatch.setattr(tensors, "save_file", full)
    with pytest.raises(OSError, match="No space left"):
        store.keep(data)
    assert not list((place / "own").iterdir())
