"""Networks as data: what their layers see, and what they compute.

Only torch, `cnnviz.ops` and `cnnviz.data` are known here.
"""

from cnnviz.models.effective_field import effective_field, effective_size, feature_maps, growth
from cnnviz.models.receptive_field import FieldRow, Layer, Span, field_of, field_table
from cnnviz.models.stacks import STACKS, read_stack, write_stack

__all__ = [
    "STACKS",
    "FieldRow",
    "Layer",
    "Span",
    "effective_field",
    "effective_size",
    "feature_maps",
    "field_of",
    "field_table",
    "growth",
    "read_stack",
    "write_stack",
]
