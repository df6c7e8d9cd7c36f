"""The page of training as tests open it, and what they read off it."""

from typing import Any

from streamlit.testing.v1 import AppTest

from cnnviz.training.presets import PRESETS
from cnnviz.training.recipe import Recipe
from cnnviz.ui.links import read
from cnnviz.ui.train.settings import RecipeSettings, recipe_of, settings_of
from tests.app import reader
from tests.app.reader import address, sent

PAGE = "train"
ME, OTHER = "0" * 32, "f" * 32
START = PRESETS["lenet"].short


def visit(locale: str = "en", who: str | None = ME, **link: str) -> AppTest:
    """The page as a reader sees it whose browser has told who she is."""
    return reader.visit(link, page=PAGE, locale=locale, reader={"id": who})


def control(app: AppTest, kind: str, name: str, lang: str = "en") -> Any:
    return reader.control(app, kind, name, lang, page=PAGE)


def button(app: AppTest, label: str) -> Any:
    (found,) = [button for button in app.button if button.label == label]
    return found


def recipe(app: AppTest) -> Recipe:
    """The recipe that stands in the address."""
    names = settings_of(START)
    link = {name: text for name, text in address(app).items() if name in names}
    found, rejected = read(RecipeSettings, link)
    assert not rejected
    return recipe_of(found)


def said(app: AppTest) -> str:
    kinds = (app.markdown, app.warning, app.error, app.info, app.caption)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def curves(app: AppTest) -> Any:
    data = sent(app, "curves")
    assert data is not None
    return data
