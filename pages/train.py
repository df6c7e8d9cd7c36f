"""Train: a network on real data by a recipe, watched while it learns."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnviz.training.history import History
from cnnviz.training.recipe import OF_THE_DATA, Recipe
from cnnviz.training.service import Run
from cnnviz.ui import frame
from cnnviz.ui.i18n import lesson, t
from cnnviz.ui.networks import network_title, tell_options
from cnnviz.ui.panels import panels
from cnnviz.ui.reader import reader
from cnnviz.ui.runs.brought import weights_place
from cnnviz.ui.settings import choice, token
from cnnviz.ui.train.controls import (
    form_control,
    more_controls,
    network_control,
    network_options,
    recipe_controls,
    settings_form,
)
from cnnviz.ui.train.data import (
    data_controls,
    data_panel,
    loaded,
    more_data_controls,
    strip,
    tell_data,
)
from cnnviz.ui.train.run import buttons, remarks, run_of
from cnnviz.ui.train.settings import RecipeSettings
from cnnviz.ui.train.start import Outlook, estimate, facts_line, outlook, refused
from cnnviz.ui.train.take import code_panel, take_panel
from cnnviz.ui.watching.look import status_line, watch
from cnnviz.ui.watching.pictures import show_live, show_result

PAGE = "train"
PANELS = ("result", "data", "code", "take", "weights", "lesson")


@dataclass(frozen=True, kw_only=True)
class Settings(RecipeSettings):
    """Everything that is on this page."""

    run: str = token(view=True)
    panel: str = choice("result", PANELS, view=True)


def main() -> None:
    """The page: the run first, for it is what a reader watches."""
    desk = frame.desk(PAGE, Settings)
    tell_options(desk, without=OF_THE_DATA)
    tell_data(desk)
    who = reader()
    found, run = outlook(desk.now), run_of(desk.now, who)
    controls, picture = frame.workbench(t("page.train.title"), lead(desk.now))
    with picture:
        # each in a place of its own: a fragment that is late must find its own where it was
        with st.container():
            if frame.classroom():  # the controls are folded away, but not these
                buttons(desk, found, run, who)
        with st.container():
            refused(desk, found)
            remarks(desk, found, run, who)
        with st.container():
            show(found, run, who)
    with controls:
        data_controls(desk)
        network_control(desk)
        form_control(desk)
        recipe_controls(desk)
        place = facts_line(found)
        if not frame.classroom():
            buttons(desk, found, run, who)
        more_controls(desk)
        network_options(desk)
        more_data_controls(desk)
        if found.recipe:
            strip(found.recipe)
    with picture:
        panels(desk, PANELS, lambda name: panel(name, found, run, who))
    frame.close(desk)
    frame.settle()  # or the estimate would be one of two threads
    estimate(place, found)  # the only thing here that may take a moment


def lead(now: Settings) -> str:
    """Which network learns what, and by whose recipe."""
    network, data = network_title(now.network), t(f"data.name.{now.data}")
    form = t(f"train.lead.{settings_form(now)}")
    return t("page.train.lead", network=network, data=data, form=form)


def show(found: Outlook, run: Run | None, who: str | None) -> None:
    """The run; while there is none, the room that it will take."""
    recipe = run.recipe if run else found.recipe
    if recipe is None:
        return
    data = loaded(recipe)
    classes = data.classes if data else ()

    def draw(now: Run | None) -> None:
        st.markdown(status_line(now))
        show_live(PAGE, now.history if now else History(), recipe, classes)

    if run:
        watch(run, who, draw)
    else:
        draw(None)


def panel(name: str, found: Outlook, run: Run | None, who: str | None) -> None:
    """One of the tabs; those of a run show the controls' recipe where there is none."""
    recipe = run.recipe if run else found.recipe
    if name == "lesson":
        st.markdown(lesson("train"))
    elif recipe is None:
        return
    elif name == "result":
        result(recipe, run, who)
    elif name == "data":
        data_panel(found.recipe or recipe)
    elif name == "code":
        code_panel(recipe, run)
    elif name == "take":
        take_panel(PAGE, run)
    else:
        st.markdown(t("runs.weights.lead"))
        weights_place(PAGE, found.recipe or recipe)


def result(recipe: Recipe, run: Run | None, who: str | None) -> None:
    """What is taken for what, after each epoch; the mistakes at the end."""
    data = loaded(recipe)
    classes = data.classes if data else ()

    def draw(history: History) -> None:
        show_result(PAGE, history, recipe, classes, data)

    if run:
        watch(run, who, lambda now: draw(now.history), seldom=True)
    else:
        draw(History())


main()
