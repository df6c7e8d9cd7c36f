"""The kernel stack's payload is plain JSON and holds exactly the stack's numbers."""

import base64
import json
import math

import numpy as np
import pytest
import torch

from cnnviz.components.stack import payload
from cnnviz.ops.stacks import course_stack, in_group

STRINGS = {"label": "Kernels"}


def test_stack_arrives_whole_with_what_groups_leave_of_it() -> None:
    stack = course_stack(4, 2)
    mine = in_group(4, 2, 2)
    sent = payload(stack, mine, torch.tensor([0.5, 0, -1, 2]), STRINGS)
    assert json.loads(json.dumps(sent, allow_nan=False)) == sent
    floats = np.frombuffer(base64.b64decode(sent["stack"]), dtype="<f4").copy()
    assert torch.from_numpy(floats).reshape(4, 2, 2, 2).equal(stack)
    meta = sent["meta"]
    assert (meta["c_out"], meta["c_in"], meta["rows"], meta["cols"]) == (4, 2, 2, 2)
    assert meta["mine"] == [[True, False], [True, False], [False, True], [False, True]]
    assert meta["bias"] == [0.5, 0, -1, 2]


def test_channels_are_numbered_unless_they_have_names() -> None:
    stack, mine = course_stack(2, 3), in_group(2, 3, 1)
    assert payload(stack, mine, None, STRINGS)["meta"]["inputs"] == ["1", "2", "3"]
    named = payload(stack, mine, None, STRINGS, inputs=["r", "g", "b"], outputs=["x", "y"])["meta"]
    assert (named["inputs"], named["outputs"], named["bias"]) == (["r", "g", "b"], ["x", "y"], None)


def test_number_that_json_does_not_know_is_refused() -> None:
    stack = course_stack(1, 1)
    stack[0, 0, 0, 0] = math.nan
    with pytest.raises(ValueError, match="finite"):
        payload(stack, in_group(1, 1, 1), None, STRINGS)
