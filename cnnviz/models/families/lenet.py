"""LeNet-5: LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document
Recognition* (1998), as in d2l 7.6. Its modern form has today's activation, pooling and norms.
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.head import flat_features


def lenet(
    c_in: int = 1,
    classes: int = 10,
    size: tuple[int, int] = (28, 28),
    activation: str = "sigmoid",
    pooling: str = "avg",
    batch_norm: bool = False,
    kernel_size: int = 5,
    channels: tuple[int, int] = (6, 16),
    hidden: tuple[int, int] = (120, 84),
) -> nn.Sequential:
    """Two convolutions with pooling, three dense layers."""
    bends = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU, "tanh": nn.Tanh}[activation]
    pool = {"avg": nn.AvgPool2d, "max": nn.MaxPool2d}[pooling]

    def norm(width: int) -> list[nn.Module]:
        return [nn.BatchNorm2d(width)] if batch_norm else []

    body = nn.Sequential(
        nn.Conv2d(c_in, channels[0], kernel_size, padding=kernel_size // 2),  # (6, 28, 28)
        *norm(channels[0]),
        bends(),
        pool(kernel_size=2, stride=2),  # (6, 14, 14)
        nn.Conv2d(channels[0], channels[1], kernel_size),  # (16, 10, 10)
        *norm(channels[1]),
        bends(),
        pool(kernel_size=2, stride=2),  # (16, 5, 5)
    )
    return nn.Sequential(
        *body,
        nn.Flatten(),  # (400,)
        nn.Linear(flat_features(body, c_in, size), hidden[0]),  # (120,)
        bends(),
        nn.Linear(hidden[0], hidden[1]),  # (84,)
        bends(),
        nn.Linear(hidden[1], classes),  # (10,)
    )
