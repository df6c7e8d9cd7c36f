"""A kernel that does not fit is explained, with one click to what fits."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.reader import act, click, control, labels, run, sent, stage, visit

LARGE = {"kernel": "own", "weights": "_".join([" ".join(["1"] * 5)] * 5)}  # on the 3 × 3 ramp


def refused(app: AppTest) -> str:
    """The sentence in the stage's place."""
    assert sent(app, "stage") is None
    (warning,) = app.warning
    return str(warning.value)


def test_kernel_that_is_too_large_is_explained_with_its_numbers() -> None:
    sentence = refused(visit(LARGE))
    assert "kernel of 5" in sentence
    assert "only 3" in sentence


def test_refusal_speaks_korean() -> None:
    assert "커널" in refused(visit({**LARGE, "lang": "ko"}))


def test_padding_button_brings_the_stage_back() -> None:
    app = visit(LARGE)
    refused(app)
    click(app, "Use padding 1")
    assert stage(app).output.tolist() == [[[36]]]


def test_padding_button_fits_both_axes_with_one_click() -> None:
    link = {
        "input": "own",
        "cells": "0 0_0 0",
        "kernel": "own",
        "weights": "1 1 1 1 1_1 1 1 1 1_1 1 1 1 1",
    }
    app = click(visit(link), "Use padding 2")
    assert stage(app).output.shape == (1, 4, 2)


def test_dilation_button_brings_the_stage_back() -> None:
    app = visit({"kernel": "ramp", "dilation": "4"})
    refused(app)
    click(app, "Use dilation 1")
    assert stage(app).output.tolist() == [[[19, 25], [37, 43]]]


def test_no_button_offers_a_padding_out_of_range() -> None:
    weights = "_".join([" ".join(["1"] * 11)] * 11)
    app = visit({"kernel": "own", "weights": weights, "dilation": "6"})
    assert "Use padding 29" not in labels(app)
    assert stage(click(app, "Use padding 4 and dilation 1")).output.shape == (1, 1, 1)


def test_undo_button_brings_the_stage_back() -> None:
    app = visit()
    control(app, "slider", "dilation").set_value(6)
    refused(run(app))
    click(app, "Undo the last change")
    assert stage(app).output.tolist() == [[[19, 25], [37, 43]]]


def test_there_is_no_undo_button_where_there_is_nothing_to_undo() -> None:
    assert "Undo the last change" not in labels(visit(LARGE))


def test_controls_stay_and_lead_back() -> None:
    app = visit(LARGE)
    control(app, "selectbox", "kernel").set_value("ramp")
    assert stage(run(app)).output.tolist() == [[[19, 25], [37, 43]]]


@pytest.mark.parametrize("view", ["page", "class"])
def test_only_the_link_can_be_taken_along(view: str) -> None:
    app = visit({**LARGE, "view": view})
    assert not sent(app, "take")["ready"]


def test_edit_that_arrives_late_leaves_the_page_standing() -> None:
    app = act(visit(LARGE), kind="cell", plane="input", at=[0, 0, 0], value=1)
    assert "kernel of 5" in refused(app)


def test_step_of_the_link_is_kept_for_when_the_stage_is_back() -> None:
    app = visit({**LARGE, "step": "2"})
    control(app, "slider", "padding").set_value(3)
    assert stage(run(app)).meta["step"] == 1
