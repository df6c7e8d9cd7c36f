"""AlexNet: Krizhevsky, Sutskever and Hinton, *ImageNet Classification with Deep Convolutional
Neural Networks* (2012). The course's form is that of d2l 8.1; torchvision's is the one-column form
of Krizhevsky, *One weird trick* (2014).
"""

from __future__ import annotations

from torch import nn

from cnnviz.models.families.head import average_head, dense_head, flat_features


def alexnet_d2l(
    c_in: int = 1,
    classes: int = 10,
    size: tuple[int, int] = (224, 224),
    head: str = "dense",
    hidden: tuple[int, ...] = (4096, 4096),
    dropout: float = 0.5,
) -> nn.Sequential:
    """Five convolutions, three poolings, three dense layers."""
    body = nn.Sequential(
        nn.Conv2d(c_in, 96, kernel_size=11, stride=4, padding=1),  # (96, 54, 54)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (96, 26, 26)
        nn.Conv2d(96, 256, kernel_size=5, padding=2),  # (256, 26, 26)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (256, 12, 12)
        nn.Conv2d(256, 384, kernel_size=3, padding=1),  # (384, 12, 12)
        nn.ReLU(),
        nn.Conv2d(384, 384, kernel_size=3, padding=1),  # (384, 12, 12)
        nn.ReLU(),
        nn.Conv2d(384, 256, kernel_size=3, padding=1),  # (256, 12, 12)
        nn.ReLU(),
        nn.MaxPool2d(kernel_size=3, stride=2),  # (256, 5, 5)
    )
    if head == "average":
        return nn.Sequential(*body, *average_head(256, classes))
    features = flat_features(body, c_in, size)  # 6400
    return nn.Sequential(*body, *dense_head(features, hidden, dropout, classes))


def alexnet(
    c_in: int = 3, classes: int = 1000, head: str = "dense", dropout: float = 0.5
) -> nn.Module:
    """torchvision's."""
    from torchvision import models

    net = models.alexnet(num_classes=classes, dropout=dropout)
    if c_in != 3:
        net.features[0] = nn.Conv2d(c_in, 64, kernel_size=11, stride=4, padding=2)
    if head == "average":
        net.avgpool, net.classifier = nn.AdaptiveAvgPool2d(1), nn.Linear(256, classes)
    return net
