"""What is taken along: pictures, an animation and a notebook of what is on the stage."""

import base64
import io
import json
import math
from typing import Any

import nbformat
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from tests.app.reader import PAGE, mail, run, sent, visit

HREF = "https://example.org/cross-correlation?lang=en&step=2"


def wish(app: AppTest, **changes: object) -> dict[str, Any] | None:
    """What the page answers to a wish for a file."""
    mail(app, f"{PAGE}.take", "wish", {"kind": "png", "step": 0, "href": HREF, **changes})
    data = sent(run(app), "take")
    assert data is not None
    file: dict[str, Any] | None = data["file"]
    return file


def content(file: dict[str, Any] | None) -> bytes:
    assert file is not None
    assert not file["refused"]
    return base64.b64decode(file["data"])


def test_nothing_is_made_before_it_is_wished_for() -> None:
    data = sent(visit(), "take")
    assert data is not None
    assert data["ready"]
    assert data["file"] is None


def test_picture_of_a_step() -> None:
    app = visit()
    file = wish(app, step=2)
    picture = Image.open(io.BytesIO(content(file)))
    assert picture.format == "PNG"
    assert picture.width == 1600
    assert (file["name"], file["mime"]) == ("cross-correlation.png", "image/png")
    assert content(wish(app, step=0)) != content(file)


def test_animation_has_a_frame_for_every_step() -> None:
    file = wish(visit(), kind="gif")
    animation = Image.open(io.BytesIO(content(file)))
    assert animation.format == "GIF"
    assert animation.n_frames == 4
    assert file["name"] == "cross-correlation.gif"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_notebook_holds_the_code_on_the_page_and_the_link(lang: str) -> None:
    app = visit({"panel": "code", "lang": lang})
    file = wish(app, kind="notebook")
    book = nbformat.reads(content(file).decode(), as_version=4)
    nbformat.validate(book)
    assert book.cells[1].source == app.code[0].value.rstrip("\n")
    assert HREF in book.cells[0].source
    assert app.title[0].value in book.cells[0].source
    assert file["name"] == "cross-correlation.ipynb"


def test_notebook_shows_the_kernel_before_the_flip() -> None:
    file = wish(visit({"operation": "convolution"}), kind="notebook")
    code = json.loads(content(file))["cells"][1]["source"]
    assert "K.flip(" in "".join(code)
    assert "[0.0, 1.0]" in "".join(code)


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://example.org/> ![x](https://evil.example)",
        "https://example.org/\n# headline",
        "",
    ],
)
def test_address_that_is_none_stays_out_of_the_notebook(href: str) -> None:
    text = json.loads(content(wish(visit(), kind="notebook", href=href)))["cells"][0]["source"]
    assert "<" not in "".join(text)
    assert "evil" not in "".join(text)


@pytest.mark.parametrize("step", [-1, 4, 10**6, 10**400])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_picture_of_a_step_that_is_not_there_is_refused_in_words(step: int, lang: str) -> None:
    file = wish(visit({"lang": lang}), step=step)
    assert file is not None
    assert file["refused"]
    assert not file["data"]


@pytest.mark.parametrize(
    "damage",
    [
        {"kind": "exe"},
        {"kind": None},
        {"step": None},
        {"step": "two"},
        {"step": math.nan},
        {"step": math.inf},
        {"step": []},
    ],
)
def test_damaged_wish_is_refused_in_words(damage: dict[str, object]) -> None:
    file = wish(visit(), **damage)
    assert file
    assert file["refused"]


@pytest.mark.parametrize("event", [None, "png", 5, [], {}])
def test_what_is_no_wish_is_no_wish(event: object) -> None:
    app = visit()
    app.session_state[f"{PAGE}.take"] = {"wish": event}
    assert sent(run(app), "take")["file"] is None


def test_file_is_handed_over_once() -> None:
    app = visit()
    assert wish(app)
    assert sent(run(app), "take")["file"] is None


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_pictures_of_a_garment_are_made(kind: str) -> None:
    link = {"input": "garment", "kernel": "sobel-x", "stride": "4"}
    file = wish(visit(link), kind=kind)
    assert Image.open(io.BytesIO(content(file))).width > 400
