"""The page of one's runs, with real runs: list, comparison, files, weights that are brought."""

import csv
import io
import json
import pickle
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import load, save
from streamlit.testing.v1 import AppTest

from cnnviz.training.recipe import Recipe
from cnnviz.training.service import Run, Service
from cnnviz.training.weights import recipe_of
from tests.app.reader import click, content, control, labels, run, sent, taken, visit
from tests.unit.training.service.runs import ended, served, wait

PAGE = "runs"
FIRST = f"{PAGE}.take.0"  # the buttons of the first run
ANN, BEA = "a" * 32, "b" * 32
SMALL = (("channels", (2, 3)), ("hidden", (8, 8)))
BASE = Recipe(
    data="shapes", data_options=(("examples", 96),), network="lenet-modern",
    network_options=SMALL, batch_size=16, epochs=2, lr=0.05, optimizer="adam",
)  # fmt: skip
RECIPES = {
    "base": BASE,
    "seed": replace(BASE, seed=1),
    "rate": replace(BASE, lr=0.001),
    "digits": replace(BASE, data="mnist"),
    "dense": replace(BASE, network="garment-dense", network_options=(("hidden", (8,)),)),
}


@pytest.fixture(scope="module")
def served_here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(tmp_path_factory.mktemp("runs")) as service:
        for recipe in RECIPES.values():
            (begun,) = service.submit([recipe], ANN)
            assert wait(service, begun.id, ended).status == "finished"
        yield service


@pytest.fixture
def service(served_here: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service that the page finds, with five runs of Ann's."""
    module = sys.modules["cnnviz.training.service.service"]
    monkeypatch.setattr(module, "_service", lambda process: served_here)
    return served_here


def of(service: Service, name: str) -> Run:
    return next(one for one in service.runs(ANN) if one.recipe == RECIPES[name])


def open_page(
    service: Service, *names: str, reader: str = ANN, locale: str = "en", **link: str
) -> AppTest:
    """The page with these runs compared, as a reader's browser opens it."""
    if names:
        link["compare"] = ",".join(of(service, name).id for name in names)
    app = visit(link, page="home", locale=locale)
    app.session_state["reader"] = {"id": reader}
    for name, text in link.items():
        app.query_params[name] = text
    app.switch_page(f"pages/{PAGE}.py")
    return run(app)


def words(app: AppTest) -> str:
    """All that the page says outside of controls."""
    kinds = ("markdown", "html", "info", "error", "success", "caption")
    return "\n".join(str(getattr(e.proto, "body", "")) for kind in kinds for e in app.get(kind))


def boxes(app: AppTest) -> dict[str, Any]:
    return {box.label: box for box in app.checkbox}


def curves(app: AppTest) -> list[str]:
    data = sent(app, "curves")
    assert data
    return [one["name"] for one in data["meta"]["runs"]]


# ---- the list


def test_runs_are_listed_newest_first_with_what_came_of_them(service: Service) -> None:
    app = open_page(service)
    names = ["LeNet-5, modern", "LeNet-5, modern (2)", "LeNet-5, modern (3)"]
    listed = list(boxes(app))
    assert listed[1:] == ["LeNet-5, modern (4)", *reversed(names)]
    accuracy = of(service, "base").history.epochs[-1].accuracy
    assert f"{accuracy:.1%}" in words(app)
    assert words(app).count(" finished</span>") == 5


@pytest.mark.parametrize(("locale", "said"), [("en", "finished"), ("ko", "완료")])
def test_page_speaks_both_languages(locale: str, said: str, service: Service) -> None:
    app = open_page(service, "base", "seed", locale=locale)
    assert f" {said}</span>" in words(app)


def test_newest_run_is_shown_where_none_was_chosen(service: Service) -> None:
    app = open_page(service)
    assert len(curves(app)) == 1
    assert [box.value for box in app.checkbox] == [True, False, False, False, False]


def test_runs_are_put_in_order_of_accuracy(service: Service) -> None:
    app = open_page(service, order="accuracy")
    best = max(RECIPES, key=lambda name: of(service, name).history.epochs[-1].accuracy)
    assert app.checkbox[0].key.endswith(f"chosen.{of(service, best).id}.en")


def test_reader_without_runs_is_told_how_to_get_one(service: Service) -> None:
    app = open_page(service, reader=BEA)
    assert "You have not trained anything yet" in words(app)
    assert not app.checkbox


def test_run_is_renamed_and_nothing_of_its_name_is_read_as_markup(service: Service) -> None:
    app = open_page(service, "rate")
    name = "*my* <b>run</b> $x$"
    field = app.text_input(key=f"{PAGE}.name.{of(service, 'rate').id}")
    field.set_value(name)
    app = run(app)
    assert of(service, "rate").name == name
    assert r"\*my\* \<b>run\</b> \$x\$" in boxes(app)
    assert "&lt;b&gt;run&lt;/b&gt;" in words(app)
    assert "<b>run</b>" not in words(app)
    app.text_input(key=f"{PAGE}.name.{of(service, 'rate').id}").set_value("")
    run(app)
    assert not of(service, "rate").name


def test_run_is_removed_from_the_list_and_stays_for_whoever_has_its_link(service: Service) -> None:
    (mine,) = service.submit([RECIPES["base"]], BEA)
    app = open_page(service, reader=BEA)
    assert len(app.checkbox) == 1
    app = click(app, "Remove from the list")
    assert not app.checkbox
    assert not service.runs(BEA)
    assert of(service, "base").id == mine.id


# ---- the comparison


def test_ticked_runs_lie_over_each_other(service: Service) -> None:
    app = open_page(service)
    control(app, "checkbox", f"chosen.{of(service, 'base').id}", page=PAGE).check()
    app = run(app)
    assert len(curves(app)) == 2
    assert "More than one thing differs" in words(app)
    control(app, "checkbox", f"chosen.{of(service, 'base').id}", page=PAGE).uncheck()
    app = run(app)
    assert len(curves(app)) == 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("base",), "One run."),
        (("base", "seed"), "Only the **seed** differs"),
        (("base", "rate"), "One thing differs: **Learning rate**"),
        (("seed", "rate"), "**Learning rate** differs, and the seed too"),
        (("base", "digits"), "tested on **different pictures** (Data)"),
    ],
)
def test_page_says_what_a_comparison_can_show(
    names: tuple[str, ...], said: str, service: Service
) -> None:
    assert said in words(open_page(service, *names))


def test_spread_and_chance_are_those_of_the_runs(service: Service) -> None:
    shares = [of(service, name).history.epochs[-1].accuracy for name in ("base", "seed")]
    said = words(open_page(service, "base", "seed"))
    assert f"runs, {100 * abs(shares[0] - shares[1]):.1f} percentage points" in said
    best = max(shares)
    assert f"±{200 * (best * (1 - best) / 1000) ** 0.5:.1f} percentage points" in said


def test_table_shows_what_differs(service: Service) -> None:
    said = words(open_page(service, "base", "rate"))
    assert "Learning rate</th><td>0.05</td><td>0.001</td>" in said
    assert "Batch</th>" not in said


def test_more_than_four_cannot_be_ticked(service: Service) -> None:
    app = open_page(service, "base", "seed", "rate", "digits")
    assert [box.disabled for box in app.checkbox].count(True) == 1
    assert len(curves(app)) == 4


def test_link_shows_runs_of_others_and_says_which_are_gone(service: Service) -> None:
    mine = of(service, "base").id
    app = open_page(service, reader=BEA, compare=f"{mine},{'x' * 22}")
    assert len(curves(app)) == 1
    assert "1 of the runs in this link are not here any more" in words(app)
    assert not app.checkbox


# ---- files


def test_curves_of_all_compared_runs_are_one_csv(service: Service) -> None:
    file = taken(open_page(service, "base", "seed"), "csv", f"{PAGE}.take")
    text = content(file).decode("utf-8-sig")
    found = {row["run"] for row in csv.DictReader(io.StringIO(text))}
    assert found == {"LeNet-5, modern", "LeNet-5, modern (2)"}


def test_weights_are_handed_out_with_their_recipe(service: Service) -> None:
    blob = content(taken(open_page(service, "base"), "weights", FIRST))
    assert recipe_of(blob) == BASE


def test_script_repeats_the_run(service: Service) -> None:
    file = taken(open_page(service, "base"), "script", FIRST)
    assert file["name"] == "lenet-5-modern.py"
    names: dict[str, Any] = {"__name__": "script"}
    exec(compile(content(file), "script", "exec"), names)
    expected = of(service, "base").history.epochs
    found = [accuracy for _, accuracy in names["tests"]]
    assert found == pytest.approx([epoch.accuracy for epoch in expected], abs=0.02)


def test_notebook_names_the_run_it_is_of(service: Service) -> None:
    book = content(taken(open_page(service, "base"), "notebook", FIRST)).decode()
    assert "<https://example.org/train?run=x>" in book
    assert "torch.optim.Adam(" in book


def test_digits_bring_their_pictures_along(service: Service) -> None:
    app = open_page(service, "digits")
    kinds = [one["kinds"] for one in takes(app)]
    assert kinds == [["link", "csv", "weights", "script", "notebook", "pictures"]]
    assert takes(app)[0]["href"] == f"train?run={of(service, 'digits').id}"


def takes(app: AppTest) -> list[dict[str, Any]]:
    found = [e for e in app.get("bidi_component") if e.proto.component_name == "cnnviz.take"]
    return [json.loads(element.proto.json) for element in found]


# ---- weights that are brought


def bring(app: AppTest, name: str, blob: bytes) -> AppTest:
    app.file_uploader[0].set_value((name, blob, "application/octet-stream"))
    return run(app)


@pytest.fixture(scope="module")
def trained(served_here: Service) -> bytes:
    run_of_base = next(r for r in served_here.runs(ANN) if r.recipe == BASE)
    path = served_here.weights(run_of_base.id)
    assert path
    named = load(path.read_bytes())
    return save({n.removeprefix("weights/"): x for n, x in named.items() if n[0] == "w"})


def test_weights_are_tested_on_the_chosen_runs_data(service: Service, trained: bytes) -> None:
    app = bring(open_page(service, "base", panel="weights"), "a.safetensors", trained)
    accuracy = of(service, "base").history.epochs[-1].accuracy
    assert f"accuracy **{accuracy:.1%}**" in words(app)
    assert "On 1,000 of the 1,000 test pictures of Shapes" in words(app)
    assert app.get("plotly_chart")


def test_weights_with_a_recipe_need_no_run(service: Service, trained: bytes) -> None:
    blob = save(load(trained), {"recipe": BASE.text})
    app = bring(open_page(service, reader=BEA, panel="weights"), "a.safetensors", blob)
    assert "by the recipe in the file" in words(app)


@pytest.mark.parametrize(
    ("locale", "reason"), [("en", "can run any"), ("ko", "실행될 수 있으므로")]
)
def test_pickle_is_refused_with_the_reason(locale: str, reason: str, service: Service) -> None:
    app = open_page(service, "base", panel="weights", locale=locale)
    app = bring(app, "a.pt", pickle.dumps({"weight": [1.0]}))
    assert reason in app.error[0].value


def test_weights_of_another_network_are_refused_with_what_is_missing(
    service: Service, trained: bytes
) -> None:
    app = bring(open_page(service, "dense", panel="weights"), "a.safetensors", trained)
    assert "which the network garment-dense of this recipe has" in app.error[0].value


def test_file_without_a_recipe_and_no_run_is_told_what_to_do(
    service: Service, trained: bytes
) -> None:
    app = bring(open_page(service, reader=BEA, panel="weights"), "a.safetensors", trained)
    assert "does not say what network" in app.error[0].value


def test_names_in_a_refusal_are_code(service: Service) -> None:
    blob = save({"**bold** <b>": torch.zeros(1), **{f"x{i}": torch.zeros(1) for i in range(3)}})
    recipe_less = bring(open_page(service, "base", panel="weights"), "a.safetensors", blob)
    assert "`" in recipe_less.error[0].value


def test_lesson_and_links_of_the_page_work(service: Service) -> None:
    app = open_page(service, panel="lesson")
    assert "Chance has a size" in words(app)
    assert "Only the newest" in labels(app)
