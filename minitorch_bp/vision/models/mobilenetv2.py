"""MobileNetV2: convolutions of single channels, between linear maps of the channels.

Source: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (2018).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from ..ops.misc import Conv2dNormActivation
from ._registry import initialize, model, weights

Tensor = torch.Tensor
MobileNet_V2_Weights = weights("MobileNet_V2", __name__, "mobilenet_v2-b0353104", "mobilenet_v2-7ebf99e0")
#: Per group of blocks: the factor of widening, the channels, how many blocks, the stride of the first.
_GROUPS = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 3, 2], [6, 64, 4, 2], [6, 96, 3, 1], [6, 160, 3, 2], [6, 320, 1, 1]]


def make_divisible(v: float, divisor: int) -> int:
    """The multiple of a divisor next to v, but not less than 90% of it."""
    new = max(divisor, int(v + divisor / 2) // divisor * divisor)
    return new + divisor if new < 0.9 * v else new


class InvertedResidual(nn.Module):
    """More channels, a convolution of each, and fewer channels again; added to what came in where the shapes are equal."""

    def __init__(self, inp: int, oup: int, stride: int, expand_ratio: int, norm_layer: Callable[..., nn.Module] | None = None):
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"InvertedResidual: stride must be 1 or 2, but is {stride}")
        self.stride, self.out_channels = stride, oup
        norm, hidden = norm_layer or nn.BatchNorm2d, round(inp * expand_ratio)
        self.use_res_connect = stride == 1 and inp == oup
        layers: list[nn.Module] = []
        if expand_ratio != 1:
            layers.append(Conv2dNormActivation(inp, hidden, kernel_size=1, norm_layer=norm, activation_layer=nn.ReLU6))
        layers += [
            Conv2dNormActivation(hidden, hidden, stride=stride, groups=hidden, norm_layer=norm, activation_layer=nn.ReLU6),
            nn.Conv2d(hidden, oup, 1, 1, 0, bias=False),
            norm(oup),
        ]
        self.conv = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv(x) if self.use_res_connect else self.conv(x)


class MobileNetV2(nn.Module):
    """The network of the paper's table 2.

    Parameters
    ----------
    num_classes : int
    width_mult : float
        How wide the layers are.
    inverted_residual_setting : list of 4-lists of int, optional
        The groups of blocks.
    round_nearest : int
        Channels are multiples of it.
    block, norm_layer : callable, optional
    dropout : float
    """

    def __init__(
        self, num_classes: int = 1000, width_mult: float = 1.0, inverted_residual_setting: list[list[int]] | None = None,
        round_nearest: int = 8, block: Callable[..., nn.Module] | None = None, norm_layer: Callable[..., nn.Module] | None = None,
        dropout: float = 0.2,
    ):  # fmt: skip
        super().__init__()
        block, norm = block or InvertedResidual, norm_layer or nn.BatchNorm2d
        groups = _GROUPS if inverted_residual_setting is None else inverted_residual_setting
        if not groups or len(groups[0]) != 4:
            raise ValueError(f"inverted_residual_setting is a list of lists of 4 numbers, but got {groups}")
        channels = make_divisible(32 * width_mult, round_nearest)
        self.last_channel = make_divisible(1280 * max(1.0, width_mult), round_nearest)
        layers: list[nn.Module] = [Conv2dNormActivation(3, channels, stride=2, norm_layer=norm, activation_layer=nn.ReLU6)]
        for ratio, width, count, stride in groups:
            width = make_divisible(width * width_mult, round_nearest)
            for k in range(count):
                layers.append(block(channels, width, stride if k == 0 else 1, expand_ratio=ratio, norm_layer=norm))
                channels = width
        layers.append(Conv2dNormActivation(channels, self.last_channel, kernel_size=1, norm_layer=norm, activation_layer=nn.ReLU6))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(p=dropout), nn.Linear(self.last_channel, num_classes))
        initialize(self.modules(), linear=True)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(torch.flatten(x, 1))


@model(MobileNet_V2_Weights)
def mobilenet_v2(**kwargs: Any) -> MobileNetV2:
    """MobileNetV2; arguments are ``weights`` and those of :class:`MobileNetV2`."""
    return MobileNetV2(**kwargs)


__all__ = ["InvertedResidual", "MobileNetV2", "MobileNet_V2_Weights", "mobilenet_v2"]
