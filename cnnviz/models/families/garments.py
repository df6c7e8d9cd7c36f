"""The two networks for Fashion-MNIST of the Korean course: a dense and a convolutional one."""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.head import flat_features


def garment_dense(
    c_in: int = 1,
    classes: int = 10,
    size: tuple[int, int] = (28, 28),
    hidden: tuple[int, ...] = (256, 128),
    dropout: float = 0.25,
) -> nn.Sequential:
    """784–256–128–10, with dropout after the first hidden layer."""
    features, layers = c_in * size[0] * size[1], []
    for number, width in enumerate(hidden):
        layers += [nn.Linear(features, width), nn.ReLU()]  # (256,), (128,)
        layers += [nn.Dropout(dropout)] if number == 0 else []
        features = width
    return nn.Sequential(nn.Flatten(), *layers, nn.Linear(features, classes))  # (784,) ... (10,)


def garment_conv(
    c_in: int = 1,
    classes: int = 10,
    size: tuple[int, int] = (28, 28),
    channels: tuple[int, int] = (32, 64),
    hidden: tuple[int, int] = (600, 120),
    dropout: float = 0.25,
) -> nn.Sequential:
    """Two convolutions with batch norm, then three dense layers without an activation between."""
    body = nn.Sequential(
        nn.Conv2d(c_in, channels[0], kernel_size=3, padding=1),  # (32, 28, 28)
        nn.BatchNorm2d(channels[0]),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=2, stride=2),  # (32, 14, 14)
        nn.Conv2d(channels[0], channels[1], kernel_size=3),  # (64, 12, 12)
        nn.BatchNorm2d(channels[1]),
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=2, stride=2),  # (64, 6, 6)
    )
    return nn.Sequential(
        *body,
        nn.Flatten(),  # (2304,)
        nn.Linear(flat_features(body, c_in, size), hidden[0]),  # (600,)
        nn.Dropout(dropout),
        nn.Linear(hidden[0], hidden[1]),  # (120,)
        nn.Linear(hidden[1], classes),  # (10,)
    )
