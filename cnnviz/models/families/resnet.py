"""ResNet: He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition* (2016), and
ResNeXt: Xie et al., *Aggregated Residual Transformations* (2017).

The course's form is that of d2l 8.6. torchvision's bottlenecks have their stride on the 3×3
convolution ("v1.5"), the paper's on the first 1×1.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.blocks import Plain, Residual


def resnet_d2l(
    c_in: int = 1,
    classes: int = 10,
    blocks: tuple[int, ...] = (2, 2, 2, 2),
    channels: tuple[int, ...] = (64, 128, 256, 512),
    stem: str = "7x7",
    shortcuts: bool = True,
    use_1x1conv: bool = True,
) -> nn.Sequential:
    """ResNet-18 with these numbers; a stage's first block halves the size, but the first stage's.

    Without `shortcuts` it is the plain network of the same depth. Without `use_1x1conv` a shortcut
    that changes the shape does not fit.
    """
    width = channels[0]
    if stem == "7x7":
        layers: list[nn.Module] = [
            nn.Conv2d(c_in, width, kernel_size=7, stride=2, padding=3),  # (64, 48, 48) of 96 × 96
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.MaxPool2d(kernel_size=3, stride=2, padding=1),  # (64, 24, 24)
        ]
    else:  # 3×3, for small images: nothing is halved
        layers = [nn.Conv2d(c_in, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU()]
    for stage, (count, wider) in enumerate(zip(blocks, channels, strict=True)):
        units: list[nn.Module] = []
        for unit in range(count):
            stride = 2 if unit == 0 and stage > 0 else 1
            changes = stride > 1 or width != wider
            if shortcuts:
                units.append(Residual(width, wider, changes and use_1x1conv, stride))
            else:
                units.append(Plain(width, wider, stride))
            width = wider
        layers.append(nn.Sequential(*units))  # (64, 24, 24), (128, 12, 12), (256, 6, 6), ...
    head = [nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(width, classes)]
    return nn.Sequential(*layers, *head)


def resnet_cifar(
    n: int = 3,
    c_in: int = 3,
    classes: int = 10,
    channels: tuple[int, ...] = (16, 32, 64),
    shortcuts: bool = True,
) -> nn.Sequential:
    """For 32 × 32 images (He et al., 4.2): a 3×3 stem, no pooling, 6n + 2 layers with weights."""
    return resnet_d2l(c_in, classes, (n, n, n), channels, "3x3", shortcuts)


def resnet(
    depth: int,
    c_in: int = 3,
    classes: int = 1000,
    stem: str = "7x7",
    zero_init_residual: bool = False,
) -> nn.Module:
    """torchvision's, with 18 or 34 layers: basic blocks."""
    from torchvision import models

    net = getattr(models, f"resnet{depth}")(
        num_classes=classes, zero_init_residual=zero_init_residual
    )
    return with_stem(net, c_in, stem)


def resnet_bottleneck(
    depth: int,
    c_in: int = 3,
    classes: int = 1000,
    stem: str = "7x7",
    groups: int = 1,
    width_per_group: int = 64,
    zero_init_residual: bool = False,
) -> nn.Module:
    """torchvision's, with 50, 101 or 152 layers; ResNeXt-50 has 32 groups of width 4."""
    from torchvision import models

    net = getattr(models, f"resnet{depth}")(
        num_classes=classes,
        groups=groups,
        width_per_group=width_per_group,
        zero_init_residual=zero_init_residual,
    )
    return with_stem(net, c_in, stem)


def with_stem(net: nn.Module, c_in: int, stem: str) -> nn.Module:
    """Another first convolution; with 3×3, for small images, there is no max-pool after it."""
    if stem == "3x3":
        net.conv1 = nn.Conv2d(c_in, 64, kernel_size=3, padding=1, bias=False)
        net.maxpool = nn.Identity()
    elif c_in != 3:
        net.conv1 = nn.Conv2d(c_in, 64, kernel_size=7, stride=2, padding=3, bias=False)
    return net
