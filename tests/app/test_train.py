"""The page of training, without a browser: links, presets, refusals, own pictures, weights."""

import io
import pickle
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from safetensors.torch import save
from streamlit.testing.v1 import AppTest

from cnnviz.data import places
from cnnviz.models.registry import build
from cnnviz.training.plan import check
from cnnviz.training.presets import PRESETS
from cnnviz.training.recipe import FIELDS
from cnnviz.ui.i18n import ASSETS
from cnnviz.ui.links import read, write
from cnnviz.ui.train.controls import LISTED
from cnnviz.ui.train.settings import RecipeSettings, recipe_of, settings_of
from tests.app.reader import address, click, follow, labels, run, toasts
from tests.app.train_page import PAGE, START, button, control, recipe, said, visit

pytestmark = pytest.mark.usefixtures("root")  # a folder for the runs, and no workers
LESSONS = [(ASSETS / "lessons" / lang / f"{PAGE}.md").read_text("utf-8") for lang in ("en", "ko")]
LINKS = sorted({link for text in LESSONS for link in re.findall(r"\]\(\?([^)]*)\)", text)})


# ---- what it opens with


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_page_opens_with_the_courses_lenet_in_its_short_form(locale: str) -> None:
    app = visit(locale)
    assert recipe(app) == START
    assert "61,706" in said(app)
    assert "3,130" in said(app)
    assert not toasts(app)
    assert not button(app, "Train" if locale == "en" else "학습").disabled


def test_train_waits_until_the_browser_has_told_who_reads() -> None:
    assert button(visit(who=None), "Train").disabled


def test_settings_are_the_fields_of_a_recipe_and_write_a_link_that_reads_back() -> None:
    for preset in PRESETS.values():
        for form in (preset.recipe, preset.short):
            link = write(RecipeSettings(**settings_of(form)))
            found, rejected = read(RecipeSettings, link)
            assert not rejected
            assert recipe_of(found) == form
    assert settings_of(START).keys() >= FIELDS.keys()


def test_small_rate_keeps_all_its_digits_in_the_link() -> None:
    exact = replace(START, lr=0.123456789)
    found, _ = read(RecipeSettings, write(RecipeSettings(**settings_of(exact))))
    assert recipe_of(found).lr == 0.123456789


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"lr": "11"}, "1e-06 … 10"),
        ({"optimizer": "adagrad"}, "sgd, adam, adamw"),
        ({"run": "../x"}, "letters, digits"),
        ({"options": "classes:3"}, "activation"),
        ({"data_options": "subset:half"}, "bundled, full"),
        ({"data": "own", "data_options": "digest:../../etc"}, "64 digits"),
    ],
)
def test_what_a_link_asks_for_in_vain_is_said_and_forgotten(
    link: dict[str, str], words: str
) -> None:
    app = visit(**link)
    assert words in toasts(app)
    assert not (link.keys() - {"data"}) & address(app).keys()


# ---- presets


def test_short_form_says_what_was_reduced() -> None:
    assert "Batch 128 → 32" in said(visit())


def test_forms_of_the_course_are_a_click() -> None:
    app = visit(seed="7")
    forms = "form.course.short.fast"
    control(app, "button_group", forms).set_value("course")
    run(app)
    assert recipe(app) == replace(PRESETS["lenet"].recipe, seed=7)
    assert "d2l 7.6" in said(app)
    control(app, "button_group", forms).set_value("fast")
    run(app)
    assert recipe(app) == replace(PRESETS["fast"].recipe, seed=7)


def test_network_of_the_course_comes_with_its_recipe() -> None:
    app = visit()
    control(app, "selectbox", "network").set_value("vgg-narrow")
    run(app)
    assert recipe(app) == PRESETS["vgg"].short
    assert "Input size in pixels 224 → 32" in said(app)


def test_own_recipe_says_what_is_changed() -> None:
    app = visit(batch_size="64")
    assert "Changed: Batch 32 → 64." in said(app)


@pytest.mark.parametrize("name", LISTED)
def test_every_network_that_is_listed_can_be_trained_as_it_comes(name: str) -> None:
    app = visit(batch_size="64")  # no preset's recipe, which would come along
    if name != "lenet":
        control(app, "selectbox", "network").set_value(name)
        run(app)
    assert recipe(app).network == name
    assert not button(app, "Train").disabled


def test_optimizers_usual_rate_comes_along_and_a_chosen_one_stays() -> None:
    app = visit()
    control(app, "selectbox", "optimizer").set_value("adam")
    run(app)
    assert recipe(app).lr == 0.001
    app = visit(lr="0.05")
    control(app, "selectbox", "optimizer").set_value("adam")
    run(app)
    assert recipe(app).lr == 0.05


def test_steps_in_place_of_epochs_are_as_many_for_a_start() -> None:
    app = visit()
    control(app, "button_group", "length").set_value("steps")
    run(app)
    assert recipe(app).steps == 3130
    control(app, "button_group", "length").set_value("epochs")
    run(app)
    assert recipe(app) == START


@pytest.mark.parametrize("link", LINKS)
def test_link_of_the_lesson_leads_to_what_can_be_trained(link: str) -> None:
    app = follow(visit(), link)
    assert not toasts(app)
    assert not button(app, "Train").disabled


def test_only_devices_that_are_there_are_offered() -> None:
    app = visit()
    assert "Device" not in [box.label for box in app.selectbox]  # there is the processor alone


# ---- refusals


@pytest.fixture
def nothing_downloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SYSTEM", tmp_path)
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


def test_input_that_is_too_small_is_refused_with_one_that_fits() -> None:
    app = visit(network="vgg-narrow")
    assert button(app, "Train").disabled
    app = click(app, "Take an input of 32 × 32")
    assert not button(app, "Train").disabled
    assert recipe(app).input_size == 32


def test_device_that_is_not_there_is_refused_with_the_processor() -> None:
    app = click(visit(device="mps"), "Train on the processor")
    assert recipe(app) == START
    assert not button(app, "Train").disabled


def test_batch_norm_on_one_value_is_refused_with_another_batch() -> None:
    link = {"data": "shapes", "data_options": "examples:65", "network": "resnet-cifar"}
    app = visit(**link, batch_size="64", input_size="4")
    if "variance" not in said(app):
        pytest.fail(said(app))
    (way,) = [label for label in labels(app) if label.startswith("Take a batch of")]
    assert not button(click(app, way), "Train").disabled


@pytest.mark.usefixtures("nothing_downloaded")
def test_full_set_that_is_not_here_can_be_downloaded_or_left() -> None:
    app = visit(data_options="subset:full")
    assert button(app, "Train").disabled
    assert "Download Fashion-MNIST (31 MB)" in labels(app)
    app = click(app, "Take the part that comes with the app")
    assert not button(app, "Train").disabled


@pytest.mark.usefixtures("nothing_downloaded")
def test_download_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision import datasets

    def broken(root: str, download: bool) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(datasets, "CIFAR10", broken)
    app = click(visit(data="cifar-10"), "Download CIFAR-10 (170 MB)")
    assert "Network is unreachable" in app.error[0].value
    assert button(app, "Train").disabled


def test_budget_is_said_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNVIZ_MAX_STEPS", "1000")
    app = visit()
    assert "3,130 steps" in app.warning[0].value
    assert button(app, "Train").disabled
    app = click(app, "Train 1,000 steps")
    assert recipe(app).steps == 1000
    assert "allows 1,000 steps" in said(app)
    assert not button(app, "Train").disabled


def test_options_that_do_not_go_together_are_refused_with_the_usual_ones() -> None:
    app = visit(network="vgg-narrow", options="convs:1.1", input_size="32")
    assert button(app, "Train").disabled
    assert not button(click(app, "Start from the usual options"), "Train").disabled


def test_own_pictures_that_are_gone_are_said() -> None:
    app = visit(data="own", data_options=f"digest:{'0' * 64}")
    assert "Choose their zip again" in said(app)
    assert button(app, "Train").disabled


# ---- one's own pictures


def zipped(*names: str) -> bytes:
    """A zip with a picture under each name; a name that ends in .txt or .bad is none."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, name in enumerate(names):
            picture = io.BytesIO()
            Image.new("RGB", (20, 20), (10 * number, 0, 0)).save(picture, "PNG")
            broken = name.endswith(("txt", "bad.png"))
            archive.writestr(name, b"none" if broken else picture.getvalue())
    return out.getvalue()


def bring(app: AppTest, blob: bytes) -> AppTest:
    (place,) = [place for place in app.file_uploader if place.key == "train/zip"]
    place.set_value(("pictures.zip", blob, "application/zip"))
    return run(app)


def test_own_pictures_are_kept_and_what_was_skipped_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CNNVIZ_DATA", str(tmp_path))
    pictures = [f"{name}/{n}.png" for name in ("<b>cats", "*dogs*") for n in range(5)]
    app = visit(data="own", panel="data", network="garment-conv")
    assert button(app, "Train").disabled
    app = bring(app, zipped(*pictures, "*dogs*/bad.png", "notes.txt"))
    assert recipe(app).data == "own"
    assert not button(app, "Train").disabled
    assert "could not be read, and were left out: 1 (" in app.warning[0].value
    assert "outside the folders of the classes, and were left out: 1." in said(app)
    assert "`<b>cats`" in said(app)  # as code: neither Markdown nor HTML
    assert "8" in said(app)
    again = visit(data="own", data_options=address(app)["data_options"], network="garment-conv")
    assert not button(again, "Train").disabled  # another tab, or another day


@pytest.mark.parametrize("locale", ["en", "ko"])
def test_zip_that_is_not_to_be_trusted_is_refused(locale: str) -> None:
    app = bring(visit(locale, data="own"), zipped("a/1.png", "../../b/2.png"))
    assert "../../b/2.png" in app.error[0].value
    assert bool(re.search("[가-힣]", app.error[0].value)) == (locale == "ko")
    assert button(app, "Train" if locale == "en" else "학습").disabled


# ---- weights


def test_weights_that_fit_are_tested_and_a_pickle_is_refused() -> None:
    app = visit(data="shapes", network="garment-conv", panel="weights")
    place = app.file_uploader[0]
    plan = check(recipe(app))
    net = build("garment-conv", **dict(plan.arguments))
    place.set_value(("w.safetensors", save(net.state_dict()), "application/octet-stream"))
    run(app)
    assert "fit" in app.success[0].value
    app.file_uploader[0].set_value(("w.pt", pickle.dumps({}), "application/octet-stream"))
    run(app)
    assert "pickle" in app.error[0].value


def test_weights_of_another_network_are_refused() -> None:
    app = visit(data="shapes", network="garment-conv", panel="weights")
    other = save(build("lenet").state_dict())
    app.file_uploader[0].set_value(("w.safetensors", other, "application/octet-stream"))
    run(app)
    assert "This file" in app.error[0].value


# ---- code


def test_code_is_the_recipes() -> None:
    app = visit(panel="code", lr="0.05")
    compile(app.code[0].value, "script", "exec")
    assert "0.05" in app.code[0].value
    assert check(recipe(app)).steps == 3130
