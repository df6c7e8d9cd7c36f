"""What networks there are: papers, default inputs, options with their ranges, builders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from torch import nn

from cnnviz.models.families import (
    alexnet,
    densenet,
    free,
    garments,
    googlenet,
    lenet,
    nin,
    resnet,
    vgg,
)
from cnnviz.models.options import Option

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Network:
    """One network of the catalogue.

    `family` is what its variants have in common: those of a family stand together.
    """

    name: str
    title: str
    family: str
    paper: str
    year: int
    input_shape: Shape  # (C, H, W)
    builder: Callable[..., nn.Module]
    own_options: tuple[Option, ...] = ()
    classes: int = 10

    @property
    def options(self) -> dict[str, Option]:
        """All its options by name: the input's channels and the classes are the first."""
        first = (
            Option("c_in", self.input_shape[0], 1, 512),
            Option("classes", self.classes, 1, 22_000),
        )
        return {option.name: option for option in (*first, *self.own_options)}


def whole(name: str, default: int, low: int, high: int) -> Option:
    return Option(name, default, low, high)


def share(name: str, default: float) -> Option:
    return Option(name, default, 0.0, 0.9)


def switch(name: str, default: bool) -> Option:
    return Option(name, default)


def choice(name: str, *choices: str) -> Option:
    """The first is the default."""
    return Option(name, choices[0], choices=choices)


def wholes(
    name: str,
    default: Shape,
    low: int,
    high: int,
    fewest: int = 0,
    most: int = 0,
    like: str = "",
) -> Option:
    """As many as the default has, unless a number of them is given."""
    count = len(default)
    return Option(name, default, low, high, (), fewest or count, most or count, like=like)


def hidden(*default: int) -> Option:
    return wholes("hidden", default, 1, 16_384, 1, 4)


def size(side: int) -> Option:
    """The height and width of the input that the first dense layer is made for."""
    return wholes("size", (side, side), 1, 1024)


HEAD = choice("head", "dense", "average")
STEM = choice("stem", "7x7", "3x3")
ZERO = switch("zero_init_residual", False)
DROPOUT = share("dropout", 0.5)


def networks() -> tuple[Network, ...]:
    """All of them, in the course's order."""
    lenet_paper = ("LeCun, Bottou, Bengio, Haffner", 1998)
    vgg_paper = ("Simonyan, Zisserman", 2014)
    resnet_paper = ("He, Zhang, Ren, Sun", 2016)
    lenet_options = (
        size(28),
        choice("activation", "sigmoid", "relu", "tanh"),
        choice("pooling", "avg", "max"),
        switch("batch_norm", False),
        whole("kernel_size", 5, 1, 11),
        wholes("channels", (6, 16), 1, 1024),
        wholes("hidden", (120, 84), 1, 16_384),
    )
    modern = {"activation": "relu", "pooling": "max", "batch_norm": True}
    modern_options = tuple(
        Option(**{**vars(o), "default": modern.get(o.name, o.default)}) for o in lenet_options
    )
    blocks = (
        wholes("convs", (1, 1, 2, 2, 2), 1, 16, 1, 8),
        wholes("channels", (64, 128, 256, 512, 512), 1, 4096, 1, 8, like="convs"),
    )
    narrow = (blocks[0], Option(**{**vars(blocks[1]), "default": (16, 32, 64, 128, 128)}))
    vgg_options = (HEAD, hidden(4096, 4096), DROPOUT)
    paper_vgg = (switch("batch_norm", False), HEAD, DROPOUT)
    imagenet: Any = {"input_shape": (3, 224, 224), "classes": 1000}
    return (
        Network(
            "garment-dense", "Dense", "dense", "", 0, (1, 28, 28), garments.garment_dense,
            (size(28), hidden(256, 128), share("dropout", 0.25)),
        ),
        Network(
            "garment-conv", "Conv", "conv", "", 0, (1, 28, 28), garments.garment_conv,
            (
                size(28),
                wholes("channels", (32, 64), 1, 2048),
                wholes("hidden", (600, 120), 1, 16_384),
                share("dropout", 0.25),
            ),
        ),
        Network("lenet", "LeNet-5", "lenet", *lenet_paper, (1, 28, 28), lenet.lenet, lenet_options),
        Network(
            "lenet-modern", "LeNet-5, modern", "lenet", *lenet_paper, (1, 28, 28), lenet.lenet,
            modern_options,
        ),
        Network(
            "alexnet", "AlexNet", "alexnet", "Krizhevsky, Sutskever, Hinton", 2012,
            builder=alexnet.alexnet, own_options=(HEAD, DROPOUT), **imagenet,
        ),
        Network(
            "alexnet-d2l", "AlexNet (d2l 8.1)", "alexnet", "Krizhevsky, Sutskever, Hinton", 2012,
            (1, 224, 224), alexnet.alexnet_d2l, (size(224), *vgg_options),
        ),
        Network(
            "vgg-d2l", "VGG-11 (d2l 8.2)", "vgg", *vgg_paper, (1, 224, 224), vgg.vgg_d2l,
            (size(224), *blocks, *vgg_options),
        ),
        Network(
            "vgg-narrow", "VGG-11, narrow (d2l 8.2)", "vgg", *vgg_paper, (1, 224, 224),
            vgg.vgg_d2l, (size(224), *narrow, *vgg_options),
        ),
        *(
            Network(
                f"vgg{depth}", f"VGG-{depth}", "vgg", *vgg_paper, builder=partial(vgg.vgg, depth),
                own_options=paper_vgg, **imagenet,
            )
            for depth in (11, 13, 16, 19)
        ),
        Network(
            "nin", "NiN (d2l 8.3)", "nin", "Lin, Chen, Yan", 2013, (1, 224, 224), nin.nin,
            (wholes("channels", (96, 256, 384), 1, 2048), DROPOUT),
        ),
        Network(
            "googlenet", "GoogLeNet", "googlenet", "Szegedy et al.", 2015,
            builder=googlenet.googlenet, own_options=(share("dropout", 0.2),), **imagenet,
        ),
        Network(
            "googlenet-d2l", "GoogLeNet (d2l 8.4)", "googlenet", "Szegedy et al.", 2015,
            (1, 96, 96), googlenet.googlenet_d2l, (switch("reductions", True),),
        ),
        Network(
            "resnet-d2l", "ResNet-18 (d2l 8.6)", "resnet", *resnet_paper, (1, 96, 96),
            resnet.resnet_d2l,
            (
                wholes("blocks", (2, 2, 2, 2), 1, 36, 1, 6),
                wholes("channels", (64, 128, 256, 512), 1, 4096, 1, 6, like="blocks"),
                STEM,
                switch("shortcuts", True),
                switch("use_1x1conv", True),
            ),
        ),
        Network(
            "resnet-cifar", "ResNet-20 (CIFAR)", "resnet", *resnet_paper, (3, 32, 32),
            resnet.resnet_cifar,
            (
                whole("n", 3, 1, 18),
                wholes("channels", (16, 32, 64), 1, 1024),
                switch("shortcuts", True),
            ),
        ),
        *(
            Network(
                f"resnet{depth}", f"ResNet-{depth}", "resnet", *resnet_paper,
                builder=partial(resnet.resnet, depth), own_options=(STEM, ZERO), **imagenet,
            )
            for depth in (18, 34)
        ),
        *(
            Network(
                f"resnet{depth}", f"ResNet-{depth}", "resnet", *resnet_paper,
                builder=partial(resnet.resnet_bottleneck, depth),
                own_options=(
                    STEM, whole("groups", 1, 1, 64), whole("width_per_group", 64, 1, 128), ZERO
                ),
                **imagenet,
            )
            for depth in (50, 101, 152)
        ),
        Network(
            "resnext50", "ResNeXt-50 32×4d", "resnext", "Xie et al.", 2017,
            builder=partial(resnet.resnet_bottleneck, 50),
            own_options=(
                STEM, whole("groups", 32, 1, 64), whole("width_per_group", 4, 1, 128), ZERO
            ),
            **imagenet,
        ),
        Network(
            "densenet121", "DenseNet-121", "densenet", "Huang et al.", 2017,
            builder=densenet.densenet121,
            own_options=(whole("growth", 32, 1, 128), share("dropout", 0.0)), **imagenet,
        ),
        Network(
            "densenet-d2l", "DenseNet (d2l 8.7)", "densenet", "Huang et al.", 2017, (1, 96, 96),
            densenet.densenet_d2l,
            (
                wholes("convs", (4, 4, 4, 4), 1, 32, 1, 6),
                whole("growth", 32, 1, 256),
                whole("width", 64, 1, 1024),
            ),
        ),
        Network(
            "free", "Own blocks", "free", "", 0, (1, 28, 28), free.free,
            (size(28), Option(
                "blocks", free.START, choices=tuple(free.BLOCKS), reads=free.read_blocks
            )),
        ),
    )  # fmt: skip
