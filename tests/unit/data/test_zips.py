"""A zip that is not to be trusted is refused, for its own reason, before a file of it is read."""

import io
import stat
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnviz.data import zips
from cnnviz.data.zips import opened, shown
from cnnviz.problems import Problem
from tests.unit.data.zipped import classes, linked, picture, raw, with_entry, zipped


def refusal(blob: bytes) -> Problem:
    with pytest.raises(Problem) as caught, opened(blob):
        pass
    return caught.value


def paths(blob: bytes) -> list[str]:
    with opened(blob) as archive:
        return ["/".join(entry.path) for entry in archive.entries]


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """No content of a file may be asked for."""

    def read(*_: object) -> None:
        raise AssertionError("a file was unpacked")

    monkeypatch.setattr(zipfile, "ZipExtFile", read)


def test_files_are_listed_without_folders_and_what_systems_add() -> None:
    added = {
        "__MACOSX/cats/._1.png": b"",
        "cats/.DS_Store": b"",
        "cats/Thumbs.db": b"",
        "cats/": b"",
    }
    assert paths(zipped({**classes(1), **added})) == ["cats/0.png", "dogs/0.png"]


def test_content_is_read_and_a_damaged_one_is_none() -> None:
    blob = zipped({"a": b"hello", "b": bytes(range(200))}, zipfile.ZIP_STORED)
    damaged = blob.replace(bytes(range(200)), bytes(range(1, 201)))
    with opened(damaged) as archive:
        assert [archive.read(entry) for entry in archive.entries] == [b"hello", None]


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "above": (lambda: with_entry("../../.bashrc"), "zip_outside"),
    "above-inside": (lambda: with_entry("cats/../../x.png"), "zip_outside"),
    "above-backslash": (lambda: with_entry("..\\..\\x.png"), "zip_outside"),
    "absolute": (lambda: with_entry("/etc/cron.d/x"), "zip_outside"),
    "absolute-backslash": (lambda: with_entry("\\\\server\\x.png"), "zip_outside"),
    "drive": (lambda: with_entry("C:\\Windows\\x.png"), "zip_outside"),
    "drive-here": (lambda: with_entry("c:x.png"), "zip_outside"),
    "nothing": (lambda: with_entry("./"), "zip_outside"),
    "zero-byte": (lambda: raw(b"cats/a.png\0.exe"), "zip_outside"),
    "link": (linked, "zip_link"),
    "device": (
        lambda: with_entry("cats/x.png", external_attr=(stat.S_IFBLK | 0o666) << 16),
        "zip_link",
    ),
    "pipe": (
        lambda: with_entry("cats/x.png", external_attr=(stat.S_IFIFO | 0o666) << 16),
        "zip_link",
    ),
    "encrypted": (lambda: with_entry("cats/x.png", flag_bits=0x1), "zip_encrypted"),
    "strongly-encrypted": (lambda: with_entry("cats/x.png", flag_bits=0x41), "zip_encrypted"),
    "hidden-contents": (lambda: with_entry("cats/x.png", flag_bits=0x2000), "zip_encrypted"),
    "bzip2": (
        lambda: with_entry("cats/x.png", compress_type=zipfile.ZIP_BZIP2),
        "zip_method",
    ),
    "lzma": (lambda: with_entry("cats/x.png", compress_type=zipfile.ZIP_LZMA), "zip_method"),
    "ratio": (lambda: with_entry("cats/x.png", bytes(10**6)), "zip_ratio"),
    "large-file": (lambda: with_entry("cats/x.png", file_size=20 * 2**20 + 1), "zip_file"),
    "long-name": (lambda: with_entry(f"{'a' * 81}/x.png"), "zip_name"),
    "line-break": (lambda: with_entry("cats\n/x.png"), "zip_name"),
    "escape": (lambda: with_entry("\x1b[31mcats/x.png"), "zip_name"),
    "turned-around": (lambda: with_entry("cats\u202egnp.exe/x.png"), "zip_name"),
    "text": (lambda: b"no zip", "zip_format"),
    "empty": (lambda: b"", "zip_format"),
    "picture": (picture, "zip_format"),
    "cut": (lambda: zipped(classes())[:-30], "zip_format"),
}


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize("name", BAD)
def test_bad_zip_is_refused_for_its_own_reason_before_anything_is_unpacked(name: str) -> None:
    make, kind = BAD[name]
    assert refusal(make()).kind == kind


@pytest.mark.usefixtures("unread")
def test_many_entries_are_refused_before_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"cats/{i}.png": b"" for i in range(5001)}
    monkeypatch.setattr(zips, "ZipFile", None)
    assert refusal(zipped(files)).kind == "zip_entries"


def test_five_thousand_entries_are_allowed() -> None:
    assert len(paths(zipped({f"cats/{i}.png": b"" for i in range(5000)}))) == 5000


@pytest.mark.usefixtures("unread")
def test_total_size_is_limited_though_each_file_is_small() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for i in range(26):
            archive.writestr(f"cats/{i}.png", b"x" * 2**18)
        for info in archive.filelist:
            info.file_size = 20 * 2**20
    problem = refusal(out.getvalue())
    assert problem.kind == "zip_total"
    assert problem.values["megabytes"] == "520.0"


def test_large_archive_is_refused_with_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zips, "MAX_ARCHIVE", 1000)
    problem = refusal(zipped(classes()))
    assert problem.kind == "zip_large"


@pytest.mark.usefixtures("unread")
def test_entries_that_share_their_bytes_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a/1.png", b"x" * 500)
        archive.writestr("a/2.png", b"x" * 500)
        archive.filelist[1].header_offset = archive.filelist[0].header_offset
    assert refusal(out.getvalue()).kind == "zip_damaged"


def test_claim_that_is_too_small_gives_no_more_than_was_claimed() -> None:
    """A bomb whose table of contents says 10 bytes: zipfile stops there, and the checksum fails."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/1.png", bytes(10**7))
        archive.filelist[0].file_size = 10
    with opened(out.getvalue()) as archive:
        assert archive.read(archive.entries[0]) is None


@pytest.mark.parametrize(
    ("name", "flags", "expected"),
    [
        ("고양이/1.png".encode(), 0x800, "고양이/1.png"),
        ("고양이/1.png".encode("cp949"), 0, "고양이/1.png"),
        ("고양이/1.png".encode(), 0, "고양이/1.png"),
        ("\u1100\u1169/1.png".encode(), 0x800, "고/1.png"),
        (b"cats\\1.png", 0, "cats/1.png"),
        (b"./cats//1.png", 0, "cats/1.png"),
        (
            b"<img src=x onerror=alert(1)>/1.png",
            0x800,
            "<img src=x onerror=alert(1)>/1.png",
        ),
        (b"[a](http://b)/*c*.png", 0, "[a](http://b)/*c*.png".replace("//", "/")),
    ],
)
def test_name_is_read_as_its_writer_meant_it(name: bytes, flags: int, expected: str) -> None:
    assert paths(raw(name, flags)) == [expected]


@given(st.text())
def test_shown_name_has_only_what_is_seen(name: str) -> None:
    assert shown(name).isprintable()
    assert len(shown(name)) <= zips.LONGEST_NAME


@given(st.binary(max_size=300), st.integers(0, 400))
def test_any_bytes_are_a_zip_or_a_problem(blob: bytes, at: int) -> None:
    """Random bytes, and a good zip with some of them written over."""
    good = zipped(classes(1))
    for content in (blob, good[:at] + blob + good[at + len(blob) :]):
        try:
            with opened(content) as archive:
                for entry in archive.entries:
                    archive.read(entry)
        except Problem as problem:
            assert problem.kind.startswith("zip_")  # noqa: PT017
