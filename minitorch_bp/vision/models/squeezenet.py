"""SqueezeNet: few channels between many.

Source: Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size" (2016).
"""

from __future__ import annotations

from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from ._registry import model, weights

Tensor = torch.Tensor
SqueezeNet1_0_Weights = weights("SqueezeNet1_0", __name__, "squeezenet1_0-b66bff10")
SqueezeNet1_1_Weights = weights("SqueezeNet1_1", __name__, "squeezenet1_1-b8a52dc0")
#: Per version: channels and size of the first convolution, and the blocks (channels squeezed to, and of each half) between poolings.
_VERSIONS: dict[str, tuple[int, int, list[list[tuple[int, int]]]]] = {
    "1_0": (96, 7, [[(16, 64), (16, 64), (32, 128)], [(32, 128), (48, 192), (48, 192), (64, 256)], [(64, 256)]]),
    "1_1": (64, 3, [[(16, 64), (16, 64)], [(32, 128), (32, 128)], [(48, 192), (48, 192), (64, 256), (64, 256)]]),
}


class Fire(nn.Module):
    """Channels squeezed, then expanded by convolutions of 1 x 1 and of 3 x 3 side by side."""

    def __init__(self, inplanes: int, squeeze_planes: int, expand1x1_planes: int, expand3x3_planes: int):
        super().__init__()
        self.inplanes = inplanes
        self.squeeze = nn.Conv2d(inplanes, squeeze_planes, kernel_size=1)
        self.squeeze_activation = nn.ReLU(inplace=True)
        self.expand1x1 = nn.Conv2d(squeeze_planes, expand1x1_planes, kernel_size=1)
        self.expand1x1_activation = nn.ReLU(inplace=True)
        self.expand3x3 = nn.Conv2d(squeeze_planes, expand3x3_planes, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.squeeze_activation(self.squeeze(x))
        return torch.cat([self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))], 1)


class SqueezeNet(nn.Module):
    """Eight blocks, and a convolution that gives the classes.

    Parameters
    ----------
    version : '1_0' or '1_1'
    num_classes : int
    dropout : float
    """

    def __init__(self, version: str = "1_0", num_classes: int = 1000, dropout: float = 0.5):
        super().__init__()
        if version not in _VERSIONS:
            raise ValueError(f"SqueezeNet: version must be '1_0' or '1_1', but is {version!r}")
        self.num_classes = num_classes
        channels, size, groups = _VERSIONS[version]
        layers: list[nn.Module] = [nn.Conv2d(3, channels, kernel_size=size, stride=2), nn.ReLU(inplace=True)]
        for group in groups:
            layers.append(nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True))
            for few, half in group:
                layers.append(Fire(channels, few, half, half))
                channels = 2 * half
        self.features = nn.Sequential(*layers)
        last = nn.Conv2d(512, num_classes, kernel_size=1)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), last, nn.ReLU(inplace=True), nn.AdaptiveAvgPool2d((1, 1)))
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.normal_(m.weight, mean=0.0, std=0.01) if m is last else nn.init.kaiming_uniform_(m.weight)
                if m.bias is not None:
                    nn.init.zeros_(m.bias)

    def forward(self, x: Tensor) -> Tensor:
        return torch.flatten(self.classifier(self.features(x)), 1)


@model(SqueezeNet1_0_Weights)
def squeezenet1_0(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.0; arguments are ``weights`` and those of :class:`SqueezeNet`."""
    return SqueezeNet("1_0", **kwargs)


@model(SqueezeNet1_1_Weights)
def squeezenet1_1(**kwargs: Any) -> SqueezeNet:
    """SqueezeNet 1.1, which computes less; arguments are ``weights`` and those of :class:`SqueezeNet`."""
    return SqueezeNet("1_1", **kwargs)


__all__ = ["SqueezeNet", "SqueezeNet1_0_Weights", "SqueezeNet1_1_Weights", "squeezenet1_0", "squeezenet1_1"]
