"""One's own pictures become a data set, or a sentence that says what is missing."""

import zipfile
from pathlib import Path

import pytest
import torch

from cnnviz.data import folder
from cnnviz.data.folder import read
from cnnviz.problems import Problem
from tests.unit.data.zipped import BLUE, GREEN, RED, classes, linked, picture, zipped


def refusal(files: dict[str, bytes]) -> Problem:
    with pytest.raises(Problem) as caught:
        read(zipped(files))
    return caught.value


def colours(split: object) -> set[tuple[int, ...]]:
    images = split.images  # type: ignore[attr-defined]
    return {tuple(image[:, 0, 0].tolist()) for image in images}


def test_pictures_become_squares_of_bytes_with_the_labels_of_their_folders() -> None:
    data = read(zipped(classes(10)), side=16).data
    assert data.classes == ("cats", "dogs")
    assert data.facts == ((3, 16, 16), 2, 16, 4)
    for split in (data.train, data.test):
        for image, label in zip(split.images, split.labels, strict=True):
            assert image[0 if label == 0 else 2].eq(200).all()


def test_every_picture_is_in_training_or_test_and_in_one_only() -> None:
    data = read(zipped(classes(10))).data
    assert not colours(data.train) & colours(data.test)
    assert len(colours(data.train) | colours(data.test)) == 20
    assert torch.bincount(data.test.labels).tolist() == [2, 2]


def test_classes_are_mixed() -> None:
    labels = read(zipped(classes(20))).data.train.labels.tolist()
    assert labels not in (sorted(labels), sorted(labels, reverse=True))


def test_same_zip_is_the_same_set() -> None:
    one, two = (
        read(zipped(files)).data for files in (classes(), dict(reversed(classes().items())))
    )
    assert one.digest == two.digest
    assert one.digest != read(zipped(classes(6))).data.digest


@pytest.mark.parametrize("before", ["", "pets/", "my/pets/"])
def test_folder_around_the_classes_does_not_matter(before: str) -> None:
    assert read(zipped(classes(before=before))).data.digest == read(zipped(classes())).data.digest


@pytest.mark.parametrize("before", ["", "hymenoptera_data/"])
@pytest.mark.parametrize("test", ["test", "val", "Validation"])
def test_zips_own_division_is_kept(before: str, test: str) -> None:
    files = {
        f"{before}train/ants/1.png": picture(RED),
        f"{before}train/bees/1.png": picture(GREEN),
        f"{before}{test}/ants/2.png": picture(BLUE),
    }
    data = read(zipped(files)).data
    assert data.classes == ("ants", "bees")
    assert colours(data.train) == {RED, GREEN}
    assert colours(data.test) == {BLUE}


def test_folders_called_train_and_something_else_are_classes() -> None:
    files = {f"{name}/{i}.png": picture() for name in ("train", "bus") for i in range(2)}
    assert read(zipped(files)).data.classes == ("bus", "train")


def test_pictures_deeper_in_a_class_belong_to_it() -> None:
    files = {f"cats/{place}/1.png": picture() for place in "ab"}
    files |= {f"dogs/{place}/1.png": picture() for place in "ab"}
    assert read(zipped(files)).data.classes == ("cats", "dogs")


def test_damaged_pictures_are_skipped_and_named() -> None:
    files = classes()
    files["cats/half.png"] = picture()[:-30]
    files["dogs/text.jpg"] = b"no picture"
    files["dogs/empty.png"] = b""
    found = read(zipped(files))
    assert sorted(found.damaged) == ["cats/half.png", "dogs/empty.png", "dogs/text.jpg"]
    assert found.data.digest == read(zipped(classes())).data.digest


def test_picture_damaged_in_the_zip_is_skipped() -> None:
    blob = zipped({**classes(), "cats/x.png": picture(GREEN)}, zipfile.ZIP_STORED)
    damaged = blob.replace(picture(GREEN), picture(GREEN)[:-20] + bytes(20))
    assert read(damaged).damaged == ("cats/x.png",)


def test_files_that_are_no_pictures_are_counted() -> None:
    found = read(zipped({**classes(), "readme.txt": b"", "cats/notes.doc": b"", "top.png": b""}))
    assert found.others == 3
    assert found.damaged == ()


def test_class_names_of_any_letters_are_kept_as_they_are() -> None:
    names = ("<script>alert(1)</script>", "고양이", "a & b", "*[x](javascript:1)*")
    names = tuple(name.replace("/", "∕") for name in names)
    files = {f"{name}/{i}.png": picture() for name in names for i in range(2)}
    assert read(zipped(files)).data.classes == tuple(sorted(names))


@pytest.mark.parametrize(
    ("files", "kind"),
    [
        ({}, "own_classes"),
        ({"readme.txt": b""}, "own_classes"),
        ({"1.png": picture(), "2.png": picture()}, "own_classes"),
        ({f"cats/{i}.png": picture() for i in range(9)}, "own_classes"),
        ({f"pets/cats/{i}.png": picture() for i in range(9)}, "own_classes"),
        ({**classes(), "birds/1.png": picture()}, "own_few"),
        ({**classes(), "birds/1.png": picture(), "birds/2.png": b"x"}, "own_few"),
        (
            {**classes(1, "train/"), "val/cats/9.png": picture(), "val/birds/1.png": picture()},
            "own_few",
        ),
        ({f"{c}/{i}.png": b"" for c in range(101) for i in range(2)}, "own_many"),
    ],
)
def test_zip_that_makes_no_data_set_is_refused(files: dict[str, bytes], kind: str) -> None:
    assert refusal(files).kind == kind


def test_refusal_names_the_class_and_what_it_lacks() -> None:
    problem = refusal({**classes(), "birds/1.png": picture()})
    assert problem.values == {"name": "birds", "found": 1, "needed": 2}


@pytest.mark.parametrize("side", [7, 129, 0])
def test_side_out_of_range_is_refused(side: int) -> None:
    with pytest.raises(Problem, match="8 to 128"):
        read(zipped(classes()), side)


def test_too_many_pixels_are_refused_by_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MOST_MEGAPIXELS", 1)
    monkeypatch.setattr(folder, "decode", lambda blob: pytest.fail("it was decoded"))
    files = {f"{c}/{i}.png": picture(size=(1200, 900)) for c in "ab" for i in range(2)}
    assert refusal(files).kind == "own_pixels"


def test_archive_that_is_not_to_be_trusted_is_refused_here_too() -> None:
    with pytest.raises(Problem) as caught:
        read(linked())
    assert caught.value.kind == "zip_link"


def test_progress_is_told_and_what_it_raises_ends_it() -> None:
    class LeftError(Exception):
        pass

    told: list[tuple[int, int]] = []
    read(zipped(classes(3)), tell=lambda *news: told.append(news))
    assert told == [(i, 6) for i in range(6)]

    def leave(done: int, total: int) -> None:
        raise LeftError

    with pytest.raises(LeftError):
        read(zipped(classes(3)), tell=leave)


def test_nothing_is_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    read(zipped(classes()))
    assert not list(tmp_path.iterdir())
