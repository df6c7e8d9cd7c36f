"""Comparisons that say something: two networks each, chosen for the fact that they show."""

from __future__ import annotations

from types import MappingProxyType

from cnnviz.models.compare import Comparison, compare
from cnnviz.models.options import Value
from cnnviz.models.plan import Plan
from cnnviz.models.registry import network


def plan(name: str, size: int = 0, **options: Value) -> Plan:
    """A network with some options; `size` is its own where it is not given."""
    c_in, height, width = network(name).input_shape
    return Plan(name, tuple(options.items()), (c_in, size or height, size or width))


def compared(before: Plan, after: Plan) -> Comparison:
    """The two networks' tables, aligned."""
    return compare(before.rows, after.rows)


COMPARISONS = MappingProxyType(
    {
        "alexnet-vgg": (plan("alexnet"), plan("vgg16")),
        "garments": (plan("garment-dense"), plan("garment-conv")),
        "modern": (plan("lenet"), plan("lenet-modern")),
        "average": (plan("vgg16"), plan("vgg16", head="average")),
        "reductions": (plan("googlenet-d2l"), plan("googlenet-d2l", reductions=False)),
        "residual": (plan("resnet-d2l", shortcuts=False), plan("resnet-d2l")),
        "shortcut": (plan("resnet-d2l"), plan("resnet-d2l", use_1x1conv=False)),
        "bottleneck": (plan("resnet34"), plan("resnet50")),
        "groups": (plan("resnet50"), plan("resnet50", groups=32, width_per_group=4)),
        "depth": (plan("vgg11"), plan("vgg19")),
        "deeper": (plan("resnet50"), plan("resnet152")),
        "width": (plan("resnet-d2l"), plan("resnet-d2l", channels=(128, 256, 512, 1024))),
        "smaller": (plan("resnet18"), plan("resnet18", 96)),
        "too-small": (plan("vgg-d2l"), plan("vgg-d2l", 96)),
    }
)
