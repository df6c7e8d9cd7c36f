"""Blocks to be tried: one of each kind, and as many as Hypothesis wants."""

from dataclasses import replace

import torch
from hypothesis import strategies as st
from torch import Tensor

from cnnviz.models.forms import ADDS, BLOCKS, Form

FORMS = {
    "vgg": Form("vgg", 3, c_out=4),
    "inception": Form("inception", 3),
    "naive": Form("inception", 3, reduced=False),
    "residual": Form("residual", 3),
    "halved": Form("residual", 3, 6, use_1x1conv=True, stride=2),
    "eval": Form("residual", 3, training=False),
    "zero": Form("residual", 3, zero_init_residual=True),
    "bottleneck": Form("bottleneck", 3, 4, use_1x1conv=True),
    "resnext": Form("resnext", 4, 4, groups=2),
    "dense": Form("dense", 3, convs=3),
}


def picture(form: Form, rows: int = 7, cols: int = 9) -> Tensor:
    """Something that a form can take, from 0 to 1."""
    return torch.rand(form.c_in, rows, cols, generator=torch.Generator().manual_seed(4))


@st.composite
def forms(draw: st.DrawFn) -> Form:
    kind = draw(st.sampled_from(BLOCKS))
    groups = draw(st.integers(1, 3))
    c_in, c_out = draw(st.integers(1, 4)), groups * draw(st.integers(1, 2))
    form = Form(
        kind if kind not in ADDS else "vgg",
        c_in,
        c_out,
        convs=draw(st.integers(1, 3)),
        c_mid=draw(st.integers(1, 3)),
        growth=draw(st.integers(1, 3)),
        widths=draw(st.tuples(*[st.integers(1, 3)] * 6)),
        reduced=draw(st.booleans()),
        training=draw(st.booleans()),
        seed=draw(st.integers(0, 99)),
    )
    if kind not in ADDS:
        return form
    if draw(st.booleans()):
        return replace(form, kind=kind, c_out=c_in, zero_init_residual=draw(st.booleans()))
    stride = draw(st.integers(1, 2))
    return replace(form, kind=kind, groups=groups, use_1x1conv=True, stride=stride)
