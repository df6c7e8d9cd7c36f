"""The page of training and its run, without a browser: asked for, and in every state."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from cnnviz.data import sets
from cnnviz.training import events
from cnnviz.training.events import Epoch, Event, Failed, Finished, Point, Progress, Started
from cnnviz.training.recipe import Recipe, identity
from cnnviz.training.service import Service, service
from cnnviz.training.service.records import Record
from cnnviz.training.service.store import Store
from cnnviz.ui.links import write
from cnnviz.ui.train.settings import RecipeSettings, settings_of
from tests.app.reader import address, click, labels, run
from tests.app.train_page import ME, OTHER, START, button, control, curves, recipe, said, visit

pytestmark = pytest.mark.usefixtures("root")  # a folder for the runs, and no workers

QUICK = Recipe(data="shapes", data_options=(("examples", 64),), batch_size=16, epochs=2)
LEARNED: list[Event] = [
    Started(0, 8, 4, 61_706, 64, 1000, ("circle", "square", "triangle", "cross")),
    Progress(4, tuple(Point(step, 1.5 / step, 0.25 * step) for step in range(1, 5)), 900.0, 1.0),
    Epoch(
        1, 4, 1.0, 0.5, 1.25, 0.5, (0.5, 0.5, 0.5, 0.5), ((2, 2, 0, 0),) * 2 + ((0, 0, 2, 2),) * 2
    ),
]
FINISHED: list[Event] = [*LEARNED, Finished(8, 2.0, 800.0, ())]
Keep = Callable[..., str]


@pytest.fixture
def keep(root: Path) -> Keep:
    """Puts a run on the disk, as a server left it; its id."""
    store = Store(root)

    def kept(
        status: str, found: list[Event], recipe: Recipe = QUICK, who: str = ME, since: int = 0
    ) -> str:
        run = f"{len(list(root.iterdir())):022d}"
        known = identity(recipe, sets.load(recipe.data, recipe.data_options).digest)
        readers, now = frozenset({who}), time.time()
        record = Record(run, known, recipe, now, "gone 1-1", status, readers, since=since)
        store.write(record)
        store.append(run, "".join(events.write(event) + "\n" for event in found))
        return run

    return kept


# ---- asked for


def test_train_asks_for_one_run_however_often_it_is_pressed() -> None:
    app = click(visit(), "Train")
    (found,) = service().runs(ME)
    assert address(app)["run"] == found.id
    assert found.recipe == START
    assert "Waiting, place 1" in said(app)
    assert button(app, "Train").disabled
    again = click(visit(), "Train")  # in a second tab
    assert address(again)["run"] == found.id
    assert len(service().runs(ME)) == 1


def test_undo_leaves_the_run_alone() -> None:
    app = click(visit(batch_size="64"), "Train")
    link = address(app)["run"]
    control(app, "number_input", "batch_size").set_value(32)
    run(app)
    assert address(app)["run"] == link
    assert "differs from the controls: Batch 64 → 32." in said(app)
    app = click(app, "Take the run’s recipe")
    assert recipe(app).batch_size == 64
    assert address(app)["run"] == link


def test_waiting_run_can_be_stopped() -> None:
    app = click(visit(), "Train")
    app = click(app, "Stop")
    assert service().runs(ME)[0].status == "stopped"
    run(app)
    assert "Resume" in labels(app)


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_unknown_run_is_a_friendly_sentence(locale: str) -> None:
    app = visit(locale, run="A" * 22)
    assert ("There is no run" if locale == "en" else "지워졌습니다") in app.info[0].value
    assert not button(app, "Train" if locale == "en" else "학습").disabled


def test_run_of_somebody_else_is_watched_and_not_changed(keep: Keep) -> None:
    found = keep("finished", FINISHED, who=OTHER)
    app = visit(run=found)
    assert "Somebody else" in app.info[0].value
    assert button(app, "Stop").disabled
    assert button(app, "Pause").disabled
    (shown,) = curves(app)["meta"]["runs"]
    assert shown["steps"] == 8


def test_no_control_adds_a_point(keep: Keep) -> None:
    app = visit(run=keep("finished", FINISHED))
    before = curves(app)
    for name, value in (("batch_size", 64), ("epochs", 3)):
        control(app, "number_input", name).set_value(value)
        run(app)
    assert curves(app) == before


def test_recipe_that_is_trained_already_shows_its_run(keep: Keep) -> None:
    found = keep("finished", FINISHED)
    link = write(RecipeSettings(**settings_of(QUICK)))
    app = click(visit(**link), "Train")
    assert address(app)["run"] == found
    assert "gives the same numbers" in said(app)
    app = click(app, "Take seed 1")
    assert recipe(app).seed == 1
    assert len(service().runs(ME)) == 1


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_run_that_failed_says_why_and_offers_a_way(keep: Keep, locale: str) -> None:
    failed = Failed(3, "train_diverged", {"step": 3, "loss": "nan", "lr": 0.1})
    app = visit(locale, run=keep("failed", [*LEARNED, failed]))
    assert bool(re.search("[가-힣]", app.error[0].value)) == (locale == "ko")
    assert "0.1" in app.error[0].value
    app = click(app, "Take learning rate 0.01" if locale == "en" else "학습률 0.01 사용")
    assert recipe(app) == replace(QUICK, lr=0.01)


@pytest.mark.parametrize("status", ["paused", "interrupted", "stopped"])
def test_run_that_was_broken_off_can_go_on(keep: Keep, status: str) -> None:
    found = keep(status, LEARNED)
    click(visit(run=found), "Resume")
    assert service().run(found).status == "waiting"  # type: ignore[union-attr]


def test_run_that_is_done_can_go_on_for_five_epochs(keep: Keep) -> None:
    app = click(visit(run=keep("finished", FINISHED)), "Continue for 5 more epochs")
    assert recipe(app) == replace(QUICK, epochs=7)
    (new, _) = service().runs(ME)
    assert address(app)["run"] == new.id
    assert new.status == "waiting"


@pytest.mark.parametrize("panel", ["code", "take"])
@pytest.mark.parametrize(("schedule", "told"), [("constant", False), ("cosine", True)])
def test_code_of_a_run_that_was_gone_on_with_says_what_it_does_otherwise(
    keep: Keep, panel: str, schedule: str, told: bool
) -> None:
    found = keep("finished", FINISHED, replace(QUICK, schedule=schedule), since=4)
    assert ("went on after 4 steps" in said(visit(run=found, panel=panel))) == told


@pytest.mark.parametrize("panel", ["result", "data", "code", "take", "weights", "lesson"])
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_every_tab_opens_with_and_without_a_run(keep: Keep, panel: str, locale: str) -> None:
    visit(locale, panel=panel)
    visit(locale, panel=panel, run=keep("finished", FINISHED))


def test_service_is_one_for_all() -> None:
    visit()
    assert isinstance(service(), Service)
