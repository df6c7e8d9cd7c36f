"""A block's code gives the page's numbers when it is run; its sheet fills up point by point."""

import io

import pytest
import torch
from PIL import Image

from cnnviz.export.block import block_code, block_panels
from cnnviz.export.sheet import sheet_gif, sheet_png
from cnnviz.models.forms import Form, build
from cnnviz.models.taps import steps_of, tapped
from tests.unit.models.forms import FORMS, picture


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_code_rebuilds_the_block_asserts_its_shapes_and_gives_its_output(form: Form) -> None:
    taps = tapped(build(form), picture(form))
    names: dict[str, object] = {}
    exec(block_code(form, taps), names)
    torch.testing.assert_close(names["Y"], taps[-1].value)
    assert names["shapes"] == {tap.path: tuple(tap.value.shape) for tap in taps if tap.path}


def test_code_fails_where_a_shape_is_not_the_blocks() -> None:
    form = FORMS["residual"]
    code = block_code(form, tapped(build(form), picture(form)))
    with pytest.raises(AssertionError):
        exec(code.replace('"conv1": (3, 7, 9)', '"conv1": (3, 7, 8)'), {})


def test_sheet_shows_what_a_step_has_reached() -> None:
    taps = tapped(build(FORMS["residual"]), picture(FORMS["residual"]))
    add = [tap.kind for tap in taps].index("add")
    panels = block_panels(taps, add, 1)
    assert [panel.blank for panel in panels] == [False] * (add + 1) + [True]
    assert panels[add].shape == "3 × 7 × 9"
    assert panels[add].values[:7, :9].equal(taps[add].value[0])
    assert panels[add].values[:7, 10:19].equal(taps[add].value[1])
    assert not panels[add].values[8:].any()  # the third channel is still to come
    whole = block_panels(taps, len(taps) - 1, -1)
    assert whole[add].values[8:, :9].equal(taps[add].value[2])
    with pytest.raises(ValueError, match="no point"):
        block_panels(taps, len(taps), -1)


def test_sheets_have_rows_of_panels_and_a_frame_a_step() -> None:
    taps = tapped(build(FORMS["vgg"]), picture(FORMS["vgg"]))
    panels = block_panels(taps, 5, -1)
    one = Image.open(io.BytesIO(sheet_png(panels, False, 800)))
    two = Image.open(io.BytesIO(sheet_png(panels, False, 800, across=3)))
    assert one.width == two.width == 800
    assert two.height > 2 * one.height
    frames = [block_panels(taps, *step) for step in steps_of(taps)]
    film = Image.open(io.BytesIO(sheet_gif(frames, True, 300, 500, across=3)))
    assert film.n_frames == len(steps_of(taps))
