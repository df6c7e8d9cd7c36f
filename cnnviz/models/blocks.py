"""The building blocks of the course's networks, as *Dive into Deep Learning* writes them.

VGG (8.2, Simonyan and Zisserman 2014), NiN (8.3, Lin et al. 2013), Inception (8.4, Szegedy et al.
2015), residual and bottleneck (8.6, He et al. 2016), ResNeXt (8.6.5, Xie et al. 2017), DenseNet
(8.7, Huang et al. 2017). They take and give (N, C, H, W). Input channels are named where d2l's lazy
layers find them out, so that a block can be read, and counted, before anything runs through it.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvBlock(nn.Sequential):
    """A convolution as it is usual now: with batch norm and ReLU."""

    def __init__(self, c_in: int, c_out: int, kernel_size: int, stride: int, padding: int) -> None:
        super().__init__(
            nn.Conv2d(c_in, c_out, kernel_size, stride, padding), nn.BatchNorm2d(c_out), nn.ReLU()
        )


class VGGBlock(nn.Sequential):
    """`convs` 3×3 convolutions that keep the size, then a pooling that halves it."""

    def __init__(self, c_in: int, c_out: int, convs: int) -> None:
        layers: list[nn.Module] = []
        for _ in range(convs):
            layers += [nn.Conv2d(c_in, c_out, kernel_size=3, padding=1), nn.ReLU()]
            c_in = c_out
        super().__init__(*layers, nn.MaxPool2d(kernel_size=2, stride=2))


class NiNBlock(nn.Sequential):
    """A convolution, then two 1×1 convolutions: a small dense network at every pixel."""

    def __init__(self, c_in: int, c_out: int, kernel_size: int, stride: int, padding: int) -> None:
        super().__init__(
            nn.Conv2d(c_in, c_out, kernel_size, stride, padding),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, kernel_size=1),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, kernel_size=1),
            nn.ReLU(),
        )


class Inception(nn.Module):
    """Four branches over one input, side by side in the output's channels.

    `c1` to `c4` are the branches' channels; the pairs begin with their 1×1 reduction: 0 for none.
    """

    def __init__(
        self, c_in: int, c1: int, c2: tuple[int, int], c3: tuple[int, int], c4: int
    ) -> None:
        super().__init__()
        self.b1_1 = nn.Conv2d(c_in, c1, kernel_size=1)
        self.b2_1 = nn.Conv2d(c_in, c2[0], kernel_size=1) if c2[0] else None
        self.b2_2 = nn.Conv2d(c2[0] or c_in, c2[1], kernel_size=3, padding=1)
        self.b3_1 = nn.Conv2d(c_in, c3[0], kernel_size=1) if c3[0] else None
        self.b3_2 = nn.Conv2d(c3[0] or c_in, c3[1], kernel_size=5, padding=2)
        self.b4_1 = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)
        self.b4_2 = nn.Conv2d(c_in, c4, kernel_size=1)

    def forward(self, x: Tensor) -> Tensor:
        b1 = F.relu(self.b1_1(x))  # (N, c1, H, W)
        b2 = F.relu(self.b2_1(x)) if self.b2_1 else x  # (N, c2[0], H, W)
        b2 = F.relu(self.b2_2(b2))  # (N, c2[1], H, W)
        b3 = F.relu(self.b3_1(x)) if self.b3_1 else x  # (N, c3[0], H, W)
        b3 = F.relu(self.b3_2(b3))  # (N, c3[1], H, W)
        b4 = F.relu(self.b4_2(self.b4_1(x)))  # (N, c4, H, W)
        return torch.cat((b1, b2, b3, b4), dim=1)  # (N, c1 + c2[1] + c3[1] + c4, H, W)


class NaiveInception(nn.Module):
    """Inception as it was first drawn (Szegedy et al. 2015, figure 2a): without 1×1 reductions.

    The 3×3 and the 5×5 read all input channels, and the pooling keeps them all.
    """

    def __init__(self, c_in: int, c1: int, c2: int, c3: int) -> None:
        super().__init__()
        self.b1 = nn.Conv2d(c_in, c1, kernel_size=1)
        self.b2 = nn.Conv2d(c_in, c2, kernel_size=3, padding=1)
        self.b3 = nn.Conv2d(c_in, c3, kernel_size=5, padding=2)
        self.b4 = nn.MaxPool2d(kernel_size=3, stride=1, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        b1, b2, b3 = F.relu(self.b1(x)), F.relu(self.b2(x)), F.relu(self.b3(x))
        return torch.cat((b1, b2, b3, self.b4(x)), dim=1)  # (N, c1 + c2 + c3 + c_in, H, W)


class Residual(nn.Module):
    """Two 3×3 convolutions, to which the input is added: the basic block.

    With another stride or other channels the input has to pass a 1×1 convolution (`conv3`) first.
    """

    def __init__(self, c_in: int, c_out: int, use_1x1conv: bool = False, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, kernel_size=3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, kernel_size=3, padding=1)
        self.conv3 = nn.Conv2d(c_in, c_out, kernel_size=1, stride=stride) if use_1x1conv else None
        self.bn1 = nn.BatchNorm2d(c_out)
        self.bn2 = nn.BatchNorm2d(c_out)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))  # (N, c_out, H / stride, W / stride)
        y = self.bn2(self.conv2(y))
        if self.conv3:
            x = self.conv3(x)  # (N, c_out, H / stride, W / stride)
        return F.relu(y + x)


class Plain(nn.Module):
    """The basic block without its shortcut: what `Residual` is compared with."""

    def __init__(self, c_in: int, c_out: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_out, kernel_size=3, stride=stride, padding=1)
        self.conv2 = nn.Conv2d(c_out, c_out, kernel_size=3, padding=1)
        self.bn1 = nn.BatchNorm2d(c_out)
        self.bn2 = nn.BatchNorm2d(c_out)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        return F.relu(self.bn2(self.conv2(y)))


class Bottleneck(nn.Module):
    """1×1 to few channels, 3×3 on those, 1×1 back to many; the input is added.

    With `groups` above 1 the 3×3 convolution is split, as in ResNeXt.
    """

    def __init__(
        self,
        c_in: int,
        c_mid: int,
        c_out: int,
        groups: int = 1,
        use_1x1conv: bool = False,
        stride: int = 1,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c_mid, kernel_size=1)
        self.conv2 = nn.Conv2d(c_mid, c_mid, 3, stride, padding=1, groups=groups)
        self.conv3 = nn.Conv2d(c_mid, c_out, kernel_size=1)
        self.bn1 = nn.BatchNorm2d(c_mid)
        self.bn2 = nn.BatchNorm2d(c_mid)
        self.bn3 = nn.BatchNorm2d(c_out)
        self.conv4 = nn.Conv2d(c_in, c_out, kernel_size=1, stride=stride) if use_1x1conv else None
        self.bn4 = nn.BatchNorm2d(c_out) if use_1x1conv else None

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))  # (N, c_mid, H, W)
        y = F.relu(self.bn2(self.conv2(y)))  # (N, c_mid, H / stride, W / stride)
        y = self.bn3(self.conv3(y))  # (N, c_out, H / stride, W / stride)
        if self.conv4 and self.bn4:
            x = self.bn4(self.conv4(x))
        return F.relu(y + x)


class ResNeXtBlock(Bottleneck):
    """d2l 8.6.5: a bottleneck of `bottleneck · c_out` channels in `groups` groups."""

    def __init__(
        self,
        c_in: int,
        c_out: int,
        groups: int,
        bottleneck: float = 1.0,
        use_1x1conv: bool = False,
        stride: int = 1,
    ) -> None:
        c_mid = round(c_out * bottleneck)
        super().__init__(c_in, c_mid, c_out, groups, use_1x1conv, stride)


class DenseBlock(nn.Module):
    """`convs` times batch norm, ReLU and 3×3; each reads all that was there before it."""

    def __init__(self, c_in: int, growth: int, convs: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(c_in + i * growth),
                nn.ReLU(),
                nn.Conv2d(c_in + i * growth, growth, kernel_size=3, padding=1),
            )
            for i in range(convs)
        )

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = torch.cat((x, layer(x)), dim=1)  # (N, c_in + (i + 1) · growth, H, W)
        return x


class Transition(nn.Sequential):
    """Between dense blocks: a 1×1 convolution to fewer channels, a pooling to half the size."""

    def __init__(self, c_in: int, c_out: int) -> None:
        super().__init__(
            nn.BatchNorm2d(c_in),
            nn.ReLU(),
            nn.Conv2d(c_in, c_out, kernel_size=1),
            nn.AvgPool2d(kernel_size=2, stride=2),
        )
