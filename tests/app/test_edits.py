"""What is edited or drawn on the stage comes back computed; damaged edits change nothing."""

import math

import pytest
import torch
import torch.nn.functional as F

from tests.app.reader import PAGE, act, control, ids, mail, run, stage, toasts, visit

RAMP = torch.arange(9.0).reshape(1, 3, 3)
K = torch.tensor([[[0.0, 1.0], [2.0, 3.0]]])
CELL = {"kind": "cell", "plane": "input", "at": [0, 0, 0], "value": 1}
OUTPUT = [[[19, 25], [37, 43]]]


def test_edited_cell_gives_torchs_new_output() -> None:
    app = act(visit(), kind="cell", plane="input", at=[0, 1, 2], value=9.5)
    edited = RAMP.clone()
    edited[0, 1, 2] = 9.5
    assert stage(app).input.equal(edited)
    assert stage(app).output.equal(F.conv2d(edited[None], K[None])[0])
    assert not app.toast


def test_edited_weight_gives_torchs_new_output() -> None:
    app = act(visit(), kind="cell", plane="kernel", at=[0, 0, 1], value=-4)
    edited = torch.tensor([[[0.0, -4.0], [2.0, 3.0]]])
    assert stage(app).kernel.equal(edited)
    assert stage(app).output.equal(F.conv2d(RAMP[None], edited[None])[0])


def test_weight_of_a_flipped_kernel_is_edited_where_it_is_shown() -> None:
    app = visit({"operation": "convolution"})
    assert stage(app).kernel.tolist() == [[[3, 2], [1, 0]]]
    act(app, kind="cell", plane="kernel", at=[0, 0, 0], value=7)
    assert stage(app).kernel.tolist() == [[[7, 2], [1, 0]]]


def test_edit_is_applied_once() -> None:
    app = act(visit(), **CELL)
    act(app, kind="undo")
    assert stage(run(app)).output.tolist() == OUTPUT


@pytest.mark.parametrize("value", [1e6, -1e6, 1e-30, 0, -0.0, 123456])
def test_every_number_in_range_is_taken(value: float) -> None:
    app = act(visit(), **{**CELL, "value": value})
    assert stage(app).input[0, 0, 0] == pytest.approx(value)
    assert not app.toast


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize(
    "damage",
    [
        {"value": math.nan},
        {"value": math.inf},
        {"value": -math.inf},
        {"value": 1e7},
        {"value": -1e308},
        {"value": 10**400},
        {"value": "5"},
        {"value": None},
        {"value": [5]},
        {"at": [0, 0]},
        {"at": [0, 3, 0]},
        {"at": [0, 0, -1]},
        {"at": [0, 10**30, 0]},
        {"at": [0, 0.5, 0]},
        {"at": [0, math.nan, 0]},
        {"at": "000"},
        {"at": None},
        {"at": {"0": 0}},
        {"plane": "kernel", "at": [0, 2, 0]},
        {"plane": "kernel", "value": math.nan},
        {"kind": "draw"},
        {"kind": "draw", "values": None},
        {"kind": "draw", "values": "0" * 784},
        {"kind": "draw", "values": [0] * 783},
        {"kind": "draw", "values": [0] * 785},
        {"kind": "draw", "values": [256] * 784},
        {"kind": "draw", "values": [-1] * 784},
        {"kind": "draw", "values": [0.5] * 784},
        {"kind": "draw", "values": [math.nan] * 784},
        {"kind": "draw", "values": [None] * 784},
        {"kind": "draw", "values": [[0] * 28] * 28},
        {"kind": "draw", "values": [10**400] * 784},
    ],
    ids=lambda damage: str(damage)[:40],
)
def test_damaged_edit_is_told_and_changes_nothing(damage: dict[str, object], lang: str) -> None:
    app = act(visit({"lang": lang}), **{**CELL, **damage})
    assert len(app.toast) == 1
    assert stage(app).input.equal(RAMP)
    assert stage(app).output.tolist() == OUTPUT
    assert not stage(app).meta["undo"]


@pytest.mark.parametrize("event", [{}, {"kind": "nonsense"}, {"kind": None}, {"kind": [1]}])
def test_unknown_act_changes_nothing(event: dict[str, object]) -> None:
    app = act(visit(), **event)
    assert stage(app).output.tolist() == OUTPUT


@pytest.mark.parametrize("event", [None, "text", 5, [1, 2]])
def test_what_is_no_event_changes_nothing(event: object) -> None:
    app = visit()
    app.session_state[f"{PAGE}.stage"] = {"edits": event}
    assert stage(run(app)).output.tolist() == OUTPUT


def test_refused_number_is_said_in_words() -> None:
    app = act(visit(), **{**CELL, "value": math.nan})
    assert "finite numbers" in toasts(app)


def test_cell_of_a_picture_is_not_edited() -> None:
    app = visit({"input": "garment"})
    before = stage(app)
    assert not before.meta["input"]["editable"]
    act(app, **CELL)
    assert stage(app).input.equal(before.input)


# ---- drawing


def test_drawing_gives_torchs_output() -> None:
    values = [(37 * i) % 256 for i in range(784)]
    app = act(visit({"input": "draw", "kernel": "sobel-x"}), kind="draw", values=values)
    drawn = torch.tensor(values, dtype=torch.float32).reshape(1, 1, 28, 28) / 255
    shown = stage(app)
    assert shown.input.equal(drawn[0])
    torch.testing.assert_close(shown.output, F.conv2d(drawn, shown.kernel[None])[0])


@pytest.mark.parametrize("name", ["garment", "digit"])
def test_drawing_on_a_real_image_makes_it_a_drawing(name: str) -> None:
    app = visit({"input": name, "kernel": "sobel-x"})
    assert stage(app).meta["draw"]
    act(app, kind="draw", values=[255] * 784)
    assert stage(app).input.unique().tolist() == [1]
    assert app.get("button_group")[0].value == "draw"


def test_grid_is_not_drawn_on() -> None:
    assert not stage(visit()).meta["draw"]


def test_clear_leaves_an_empty_drawing_that_can_be_undone() -> None:
    app = visit({"input": "digit", "kernel": "sobel-x"})
    before = stage(app).input
    act(app, kind="clear")
    assert not stage(app).input.any()
    act(app, kind="undo")
    assert stage(app).input.equal(before)


# ---- undo, redo


def test_undo_and_redo_go_through_edits_and_controls_alike() -> None:
    app = act(visit(), **CELL)
    control(app, "slider", "padding").set_value(1)
    run(app)

    def state() -> tuple[float, int]:
        shown = stage(app)
        return shown.input[0, 0, 0].item(), shown.meta["window"]["padding"][0]

    seen = [state()]
    for kind in ("undo", "undo", "redo", "redo"):
        act(app, kind=kind)
        seen.append(state())
    assert seen == [(1, 1), (1, 0), (0, 0), (1, 0), (1, 1)]


def test_control_follows_an_undo() -> None:
    app = visit()
    control(app, "slider", "stride").set_value(2)
    act(run(app), kind="undo")
    assert control(app, "slider", "stride").value == 1


def test_stage_knows_whether_there_is_something_to_undo() -> None:
    app = visit()
    buttons = [(stage(app).meta["undo"], stage(app).meta["redo"])]
    for event in (CELL, {"kind": "undo"}):
        act(app, **event)
        buttons.append((stage(app).meta["undo"], stage(app).meta["redo"]))
    assert buttons == [(False, False), (True, False), (False, True)]


def test_undo_where_there_is_nothing_to_undo_changes_nothing() -> None:
    app = act(act(visit(), kind="undo"), kind="redo")
    assert stage(app).output.tolist() == OUTPUT


def test_edit_and_a_control_in_one_run_both_count() -> None:
    app = visit()
    mail(app, f"{PAGE}.stage", "edits", CELL)
    control(app, "slider", "padding").set_value(1)
    shown = stage(run(app))
    assert shown.input[0, 0, 0] == 1
    assert shown.meta["window"]["padding"] == [1, 1]


def test_edits_close_together_all_count() -> None:
    other = {**CELL, "at": [0, 2, 2], "value": 5}
    shown = stage(act(visit(), other, **CELL))
    assert (shown.input[0, 0, 0], shown.input[0, 2, 2]) == (1, 5)


def test_edit_that_is_sent_again_counts_once() -> None:
    app = act(visit(), id=next(ids), **CELL)
    done = stage(app).meta["done"]
    act(app, {"kind": "undo"}, id=done, **CELL)
    assert stage(app).input.equal(RAMP)


def test_edit_of_a_session_that_is_gone_does_not_count() -> None:
    app = visit()
    message = {"id": next(ids), **CELL}
    app.session_state[f"{PAGE}.stage"] = {"edits": {"token": "old", "messages": [message]}}
    assert stage(run(app)).input.equal(RAMP)


def test_undo_leaves_the_open_tab_alone() -> None:
    app = act(visit(), **CELL)
    app.session_state[f"{PAGE}.panel.en"] = "PyTorch code"
    run(app)
    act(run(app), kind="undo")
    assert stage(app).input.equal(RAMP)
