"""What a page shows of a training, from before it starts until it has ended."""

import pytest
import torch
from streamlit.testing.v1 import AppTest

from cnnviz.data.labelled import Split, TrainingSet
from cnnviz.training.events import (
    Epoch,
    Event,
    Failed,
    Filters,
    Finished,
    Point,
    Progress,
    Started,
    Validating,
)
from cnnviz.training.history import History, history
from cnnviz.training.metrics import Mistake
from cnnviz.training.recipe import Recipe
from cnnviz.ui.watching.pictures import progress_text, series, warning
from cnnviz.ui.watching.words import class_names, duration
from tests.unit.session import in_session

BAD = "<img src=x onerror=alert(1)>"
STARTED = Started(0, 20, 10, 1234, 100, 8, ("coat", BAD, "none"))
POINTS = tuple(Point(step, 2.0 / step, 0.5) for step in range(1, 11))
PROGRESS = Progress(10, POINTS, 27_400.0, 6.2)
COUNTS = ((3, 1, 0), (3, 1, 0), (0, 0, 0))
EPOCH = Epoch(1, 10, 0.9, 0.5, 1.25, 0.5, (0.75, 0.25, None), COUNTS)
FILTERS = Filters(0, (2, 1, 1, 2), (0.5, -0.25, 0.0, 0.125))
FINISHED = Finished(20, 24.0, 20_000.0, (Mistake(1, 1, 0, (0.97, 0.02, 0.01)),))
EVENTS: list[Event] = [STARTED, FILTERS, PROGRESS, EPOCH, FINISHED]
DATA = TrainingSet(
    "own",
    Split(torch.zeros(2, 1, 4, 4, dtype=torch.uint8), torch.tensor([0, 1])),
    Split(torch.arange(32, dtype=torch.uint8).reshape(2, 1, 4, 4), torch.tensor([0, 1])),
    STARTED.classes,
)


def said(found: History, lang: str = "en") -> str:
    return in_session(lambda: progress_text(found), lang=lang)


def shown(found: History, data: TrainingSet | None = DATA, lang: str = "en") -> AppTest:
    def script(found, recipe, classes, data, lang):  # type: ignore[no-untyped-def]
        import streamlit as st

        from cnnviz.ui.watching.pictures import show_run

        st.session_state["lang"] = lang
        show_run("x", found, recipe, classes, data)

    kwargs = {"found": found, "recipe": Recipe(data="mnist"), "classes": STARTED.classes}
    kwargs |= {"data": data, "lang": lang}
    app = AppTest.from_function(script, kwargs=kwargs, default_timeout=60).run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("count", range(len(EVENTS) + 1))
def test_every_moment_of_a_run_can_be_shown_in_the_same_parts(count: int, lang: str) -> None:
    app = shown(history(EVENTS[:count]), lang=lang)
    assert len(app.get("bidi_component")) == 1
    assert len(app.get("plotly_chart")) == 2
    assert len(app.get("progress")) == 1


def test_a_mistake_is_shown_with_its_picture_and_its_likeliest_classes() -> None:
    text = html(shown(history(EVENTS)))
    assert "taken for coat, 97%" in text
    assert text.count("data:image/png") == 2 + 1  # kernels and the mistake
    assert [text.index(f"{p} ") for p in ("97%", "2%", "1%")] == sorted(
        text.index(f"{p} ") for p in ("97%", "2%", "1%")
    )


def test_a_strangers_class_name_is_never_markup() -> None:
    app = shown(history(EVENTS))
    assert "<img src=x" not in html(app)
    assert "&lt;img src=x" in html(app)
    assert all("onerror" not in element.value for element in app.markdown)


def test_mistakes_wait_for_their_pictures() -> None:
    assert "taken for" not in html(shown(history(EVENTS), data=None))


def test_progress_says_where_it_is() -> None:
    assert said(History()) == "Not started yet"
    assert said(history([STARTED])) == "**Epoch 1 of 2**"
    assert said(history([STARTED, PROGRESS])) == "**Epoch 1 of 2** · 27,400 images/s · 6 s left"
    testing = history([STARTED, PROGRESS, Validating(10, 512, 2000)])
    assert said(testing) == "**Epoch 1 of 2** · testing: 512 of 2,000 pictures"
    assert said(history(EVENTS)) == "**Epoch 2 of 2** · 20,000 images/s · took 24 s"
    failed = history([STARTED, PROGRESS, Failed(11, "train_diverged", {})])
    assert said(failed) == "**Epoch 1 of 2** · ended at step 11"
    assert "6초 남음" in said(history([STARTED, PROGRESS]), "ko")


def test_warning_names_the_class_that_is_recognised_least() -> None:
    text = in_session(lambda: warning(history(EVENTS), ["coat", "shirt", "none"]))
    assert "50.0%" in text
    assert "“shirt” only 25.0%" in text


def test_a_series_has_the_tests_and_the_steps_of_its_run() -> None:
    found = series("a", history(EVENTS))
    assert (found.steps, found.steps_per_epoch) == (20, 10)
    assert found.validation == [(10, 1.25, 0.5)]
    planned = series("a", History(), 40, 20)
    assert (planned.steps, planned.steps_per_epoch) == (40, 20)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-1, "0 s"), (8.4, "8 s"), (180, "3 min"), (5400, "90 min"), (9000, "2.5 h")],
)
def test_a_duration_has_a_fitting_unit(seconds: float, text: str) -> None:
    assert in_session(lambda: duration(seconds)) == text


def test_classes_of_known_sets_are_translated_and_others_left_alone() -> None:
    garments = in_session(lambda: class_names("fashion-mnist", ("",) * 10))
    assert garments[6] == "Shirt"
    assert in_session(lambda: class_names("cifar-10", ("frog",)), lang="ko") == ["개구리"]
    assert in_session(lambda: class_names("own", ("frog", BAD)), lang="ko") == ["frog", BAD]
