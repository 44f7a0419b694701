"""VGG: convolutions of 3 x 3, one after the other.

Source: Simonyan and Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition" (2015).
"""

from __future__ import annotations

from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from ._registry import initialize, model, weights

VGG11_Weights = weights("VGG11", __name__, "vgg11-8a719046")
VGG11_BN_Weights = weights("VGG11_BN", __name__, "vgg11_bn-6002323d")
VGG13_Weights = weights("VGG13", __name__, "vgg13-19584684")
VGG13_BN_Weights = weights("VGG13_BN", __name__, "vgg13_bn-abd245e5")
VGG16_Weights = weights("VGG16", __name__, "vgg16-397923af")
VGG16_BN_Weights = weights("VGG16_BN", __name__, "vgg16_bn-6c64b313")
VGG19_Weights = weights("VGG19", __name__, "vgg19-dcbb9e9d")
VGG19_BN_Weights = weights("VGG19_BN", __name__, "vgg19_bn-c79401a0")

#: The columns of the paper's table: how many convolutions of which width stand before each pooling.
_TABLE: dict[str, list[tuple[int, int]]] = {
    "A": [(1, 64), (1, 128), (2, 256), (2, 512), (2, 512)],
    "B": [(2, 64), (2, 128), (2, 256), (2, 512), (2, 512)],
    "D": [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)],
    "E": [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)],
}


def make_layers(column: str, batch_norm: bool = False) -> nn.Sequential:
    """The convolutions of a column of the table."""
    layers: list[nn.Module] = []
    channels = 3
    for count, width in _TABLE[column]:
        for _ in range(count):
            layers.append(nn.Conv2d(channels, width, kernel_size=3, padding=1))
            if batch_norm:
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.ReLU(inplace=True))
            channels = width
        layers.append(nn.MaxPool2d(kernel_size=2, stride=2))
    return nn.Sequential(*layers)


class VGG(nn.Module):
    """The convolutions, and three linear layers.

    Parameters
    ----------
    features : Module
        The convolutions.
    num_classes : int
    init_weights : bool
        Draw the paper's initial values, rather than those of the layers.
    dropout : float
    """

    def __init__(self, features: nn.Module, num_classes: int = 1000, init_weights: bool = True, dropout: float = 0.5):
        super().__init__()
        self.features = features
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )
        if init_weights:
            initialize(self.modules(), linear=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


@model(VGG11_Weights)
def vgg11(**kwargs: Any) -> VGG:
    """VGG of 11 layers; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("A"), **kwargs)


@model(VGG11_BN_Weights)
def vgg11_bn(**kwargs: Any) -> VGG:
    """VGG of 11 layers with batch normalization; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("A", batch_norm=True), **kwargs)


@model(VGG13_Weights)
def vgg13(**kwargs: Any) -> VGG:
    """VGG of 13 layers; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("B"), **kwargs)


@model(VGG13_BN_Weights)
def vgg13_bn(**kwargs: Any) -> VGG:
    """VGG of 13 layers with batch normalization; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("B", batch_norm=True), **kwargs)


@model(VGG16_Weights)
def vgg16(**kwargs: Any) -> VGG:
    """VGG of 16 layers; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("D"), **kwargs)


@model(VGG16_BN_Weights)
def vgg16_bn(**kwargs: Any) -> VGG:
    """VGG of 16 layers with batch normalization; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("D", batch_norm=True), **kwargs)


@model(VGG19_Weights)
def vgg19(**kwargs: Any) -> VGG:
    """VGG of 19 layers; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("E"), **kwargs)


@model(VGG19_BN_Weights)
def vgg19_bn(**kwargs: Any) -> VGG:
    """VGG of 19 layers with batch normalization; arguments are ``weights`` and those of :class:`VGG`."""
    return VGG(make_layers("E", batch_norm=True), **kwargs)


__all__ = [
    "VGG", "VGG11_Weights", "VGG11_BN_Weights", "VGG13_Weights", "VGG13_BN_Weights", "VGG16_Weights", "VGG16_BN_Weights", "VGG19_Weights", "VGG19_BN_Weights", "vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn",
]  # fmt: skip
