"""AlexNet.

Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014).
"""

from __future__ import annotations

from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from ._registry import model, weights

AlexNet_Weights = weights("AlexNet", __name__, "alexnet-owt-7be5be79")


def _conv(inputs: int, outputs: int, size: int, padding: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(inputs, outputs, kernel_size=size, stride=stride, padding=padding), nn.ReLU(inplace=True)]


class AlexNet(nn.Module):
    """Five convolutions and three linear layers.

    Parameters
    ----------
    num_classes : int
    dropout : float
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.5):
        super().__init__()
        self.features = nn.Sequential(
            *_conv(3, 64, 11, 2, stride=4),
            nn.MaxPool2d(kernel_size=3, stride=2),
            *_conv(64, 192, 5, 2),
            nn.MaxPool2d(kernel_size=3, stride=2),
            *_conv(192, 384, 3, 1),
            *_conv(384, 256, 3, 1),
            *_conv(256, 256, 3, 1),
            nn.MaxPool2d(kernel_size=3, stride=2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(inplace=True),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(inplace=True),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


@model(AlexNet_Weights)
def alexnet(**kwargs: Any) -> AlexNet:
    """AlexNet; arguments are ``weights`` and those of :class:`AlexNet`."""
    return AlexNet(**kwargs)


__all__ = ["AlexNet", "AlexNet_Weights", "alexnet"]
