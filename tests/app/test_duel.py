"""The page of duels, with real runs: what differs, the curves, what came of it, its links."""

import csv
import io
import sys
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from cnnviz.training.duels import DUELS, Duel
from cnnviz.training.recipe import Recipe
from cnnviz.training.service import Service
from tests.app.reader import address, click, content, control, run, sent, taken, toasts, visit
from tests.unit.training.service.runs import ended, served, wait

PAGE = "duel"
ANN, BEA = "a" * 32, "b" * 32
BASE = Recipe(
    data_options=(("examples", 480),), network="lenet", optimizer="adam", lr=0.01, batch_size=16,
    network_options=(("channels", (4, 8)), ("hidden", (32, 16)), ("activation", "relu")), epochs=1,
)  # fmt: skip
QUICK = Duel(BASE, {"zeros": {"init": "zeros"}, "xavier": {"init": "xavier"}})
LONG = Duel(BASE, {name: {"init": name, "epochs": 200} for name in ("zeros", "xavier")})


@pytest.fixture(scope="module")
def served_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(tmp_path_factory.mktemp("runs")) as service:
        yield service


@pytest.fixture
def service(served_here: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service that the page finds, and duels that are quicker than those of the course."""
    module = sys.modules["cnnviz.training.service.service"]
    monkeypatch.setattr(module, "_service", lambda process: served_here)
    monkeypatch.setitem(DUELS, "init", QUICK)  # type: ignore[arg-type]
    monkeypatch.setitem(DUELS, "activation", LONG)  # type: ignore[arg-type]
    return served_here


def open_page(reader: str | None = ANN, locale: str = "en", **link: str) -> AppTest:
    app = visit(page="home", locale=locale)
    if reader:
        app.session_state["reader"] = {"id": reader}
    for name, text in link.items():
        app.query_params[name] = text
    app.switch_page(f"pages/{PAGE}.py")
    return run(app)


def trained(service: Service, reader: str = ANN) -> str:
    """The runs of the quick duel at their end, as they stand in a link."""
    sides = QUICK.sides("fashion-mnist", 0)
    runs = service.submit([side.recipe for side in sides], reader)
    for one in runs:
        assert wait(service, one.id, ended).status == "finished"
    return ",".join(one.id for one in runs)


def words(app: AppTest) -> str:
    """All that the page says outside of controls."""
    kinds = ("markdown", "html", "info", "error", "caption")
    return "\n".join(str(getattr(e.proto, "body", "")) for kind in kinds for e in app.get(kind))


def button(app: AppTest, name: str) -> bool:
    """Whether it can be pressed."""
    return not next(b for b in app.button if b.key == f"{PAGE}.{name}").disabled


@pytest.mark.parametrize("name", DUELS)
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_every_duel_has_its_curves_and_its_table_before_it_begins(name: str, locale: str) -> None:
    app = open_page(locale=locale, duel=name)
    data = sent(app, "curves")
    assert data
    sides = DUELS[name].sides("fashion-mnist", 0)
    assert len({one["name"] for one in data["meta"]["runs"]}) == len(sides)
    assert all(one["steps"] > 0 for one in data["meta"]["runs"])
    assert len(app.table[0].value) == len(sides)


def test_press_trains_all_sides_and_the_link_finds_them(service: Service) -> None:
    app = click(open_page(duel="init"), "Train all")
    runs = address(app)["runs"].split(",")
    assert [wait(service, one, ended).status for one in runs] == ["finished"] * 2
    assert {one.name for one in service.runs(ANN)} >= {"LeNet-5, All zeros", "LeNet-5, Xavier"}
    again = open_page(BEA, duel="init", runs=",".join(runs))
    data = sent(again, "curves")
    assert data
    assert all(data["training"])
    assert all(data["validation"])


def test_sentence_says_what_differed_and_what_came_of_it(service: Service) -> None:
    app = open_page(duel="init", runs=trained(service))
    text = words(app)
    assert "One difference, the first weights: All zeros, Xavier." in text
    assert "In the end, Xavier is ahead of All zeros by" in text
    assert "No better than guessing: All zeros (10.0%)." in text
    assert not button(app, "stop")
    assert not button(app, "start")


def test_korean_says_it_too(service: Service) -> None:
    text = words(open_page(locale="ko", duel="init", runs=trained(service)))
    assert "앞섭니다" in text
    assert "찍는 것보다 낫지 않습니다: 모두 0 (10.0%)" in text


def test_curves_of_all_sides_are_one_csv(service: Service) -> None:
    app = open_page(duel="init", panel="take", runs=trained(service))
    text = content(taken(app, "csv", f"{PAGE}.take")).decode("utf-8-sig")
    assert {row["run"] for row in csv.DictReader(io.StringIO(text))} == {"All zeros", "Xavier"}


def test_same_duel_of_another_reader_is_the_same_runs(service: Service) -> None:
    runs = trained(service)
    app = click(open_page(BEA, duel="init"), "Train all")
    assert address(app)["runs"] == runs


def test_another_seed_or_duel_has_runs_of_its_own(service: Service) -> None:
    app = open_page(duel="init", runs=trained(service))
    control(app, "number_input", "seed", page=PAGE).set_value(1)
    run(app)
    assert "runs" not in address(app)
    assert "After the first epoch of all" in words(app)
    assert button(app, "start")


def test_runs_of_another_duel_are_not_taken_for_these(service: Service) -> None:
    app = open_page(duel="pooling", runs=trained(service))
    data = sent(app, "curves")
    assert data
    assert not any(data["training"])
    assert "There is no run at this address" in words(app)


@pytest.mark.parametrize("runs", ["no-such-run", "../../etc", "a,,b", "a,b,c,d,e"])
def test_a_link_to_no_run_is_said_and_the_page_stands(service: Service, runs: str) -> None:
    app = open_page(duel="init", runs=runs)
    assert "There is no run" in words(app) or "`runs`" in toasts(app)
    assert button(app, "start")


def test_stop_ends_all_sides(service: Service) -> None:
    app = click(open_page(duel="activation"), "Train all")
    runs = address(app)["runs"].split(",")
    assert button(app, "stop")
    click(app, "Stop")
    assert [wait(service, one, ended).status for one in runs] == ["stopped"] * 2


def test_reader_who_is_not_known_yet_cannot_train() -> None:
    assert not button(open_page(None), "start")
