"""Pictures from strangers: shown, or refused with a sentence; the page stands."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.reader import act, control, run, stage, visit
from tests.pictures import CASES

GOOD = [name for name, (_, accepted) in CASES.items() if accepted]
BAD = [name for name in CASES if name not in GOOD]
LINK = {"input": "photo", "photo": "camera", "side": "32", "kernel": "box", "padding": "1"}


def upload(name: str, lang: str = "en") -> AppTest:
    app = visit({**LINK, "lang": lang})
    # the name's ending is Streamlit's to check, what is inside is ours
    app.file_uploader[0].set_value((f"{name.split('.')[0]}.png", CASES[name][0], "image/png"))
    return run(app)


@pytest.mark.parametrize("name", GOOD)
def test_good_picture_takes_the_place_of_the_sample(name: str) -> None:
    app = upload(name)
    assert not app.error
    assert control(app, "selectbox", "photo").value == "own"
    assert not stage(app).input.equal(stage(visit(LINK)).input)


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", BAD)
def test_bad_picture_is_refused_in_words_and_the_sample_stays(name: str, lang: str) -> None:
    app = upload(name, lang)
    (error,) = app.error
    assert bool(re.search("[가-힣]", error.value)) == (lang == "ko")
    assert stage(app).input.equal(stage(visit(LINK)).input)


def test_good_picture_after_a_bad_one_is_shown_without_the_refusal() -> None:
    app = upload(BAD[0])
    app.file_uploader[0].set_value(("good.png", CASES[GOOD[0]][0], "image/png"))
    assert not run(app).error
    assert control(app, "selectbox", "photo").value == "own"


def test_second_photo_is_undone_to_the_first() -> None:
    app = upload("plain.png")
    first = stage(app).input
    app.file_uploader[0].set_value(("second.png", CASES["rotated.png"][0], "image/png"))
    assert not stage(run(app)).input.equal(first)
    assert stage(act(app, kind="undo")).input.equal(first)
