"""ResNet, and its kin of more groups (ResNeXt) or wider blocks.

Sources: He et al., "Deep Residual Learning for Image Recognition" (2016); Xie et al., "Aggregated Residual Transformations for Deep Neural
Networks" (2017); Zagoruyko and Komodakis, "Wide Residual Networks" (2016).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import minitorch_bp as torch
from minitorch_bp import nn

from ._registry import initialize, model, weights

Tensor = torch.Tensor
Norm = Callable[..., nn.Module]


ResNet18_Weights = weights("ResNet18", __name__, "resnet18-f37072fd")
ResNet34_Weights = weights("ResNet34", __name__, "resnet34-b627a593")
ResNet50_Weights = weights("ResNet50", __name__, "resnet50-0676ba61", "resnet50-11ad3fa6")
ResNet101_Weights = weights("ResNet101", __name__, "resnet101-63fe2227", "resnet101-cd907fc2")
ResNet152_Weights = weights("ResNet152", __name__, "resnet152-394f9c45", "resnet152-f82ba261")
ResNeXt50_32X4D_Weights = weights("ResNeXt50_32X4D", __name__, "resnext50_32x4d-7cdf4587", "resnext50_32x4d-1a0047aa")
ResNeXt101_32X8D_Weights = weights("ResNeXt101_32X8D", __name__, "resnext101_32x8d-8ba56ff5", "resnext101_32x8d-110c445d")
ResNeXt101_64X4D_Weights = weights("ResNeXt101_64X4D", __name__, "resnext101_64x4d-173b62eb", only=True)
Wide_ResNet50_2_Weights = weights("Wide_ResNet50_2", __name__, "wide_resnet50_2-95faca4d", "wide_resnet50_2-9ba9bcbe")
Wide_ResNet101_2_Weights = weights("Wide_ResNet101_2", __name__, "wide_resnet101_2-32ee1156", "wide_resnet101_2-d733dc28")


def conv3x3(in_planes: int, out_planes: int, stride: int = 1, groups: int = 1, dilation: int = 1) -> nn.Conv2d:
    """A convolution of 3 x 3 that keeps the size (by the stride)."""
    return nn.Conv2d(
        in_planes, out_planes, kernel_size=3, stride=stride, padding=dilation, groups=groups, bias=False, dilation=dilation
    )


def conv1x1(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    """A linear map of the channels of each pixel."""
    return nn.Conv2d(in_planes, out_planes, kernel_size=1, stride=stride, bias=False)


class BasicBlock(nn.Module):
    """Two convolutions, added to what came in."""

    expansion = 1

    def __init__(
        self, inplanes: int, planes: int, stride: int = 1, downsample: nn.Module | None = None, groups: int = 1, base_width: int = 64,
        dilation: int = 1, norm_layer: Norm | None = None,
    ):  # fmt: skip
        super().__init__()
        norm = norm_layer or nn.BatchNorm2d
        if groups != 1 or base_width != 64:
            raise ValueError(f"BasicBlock has one group of 64 channels, but got groups={groups} and base_width={base_width}")
        if dilation > 1:
            raise NotImplementedError(f"BasicBlock has no dilation, but got {dilation}")
        self.conv1 = conv3x3(inplanes, planes, stride)
        self.bn1 = norm(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = norm(planes)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class Bottleneck(nn.Module):
    """A convolution of 3 x 3 between two of 1 x 1, which make the channels fewer and more again, added to what came in."""

    expansion = 4

    def __init__(
        self, inplanes: int, planes: int, stride: int = 1, downsample: nn.Module | None = None, groups: int = 1, base_width: int = 64,
        dilation: int = 1, norm_layer: Norm | None = None,
    ):  # fmt: skip
        super().__init__()
        norm = norm_layer or nn.BatchNorm2d
        width = int(planes * (base_width / 64.0)) * groups
        self.conv1 = conv1x1(inplanes, width)
        self.bn1 = norm(width)
        self.conv2 = conv3x3(width, width, stride, groups, dilation)
        self.bn2 = norm(width)
        self.conv3 = conv1x1(width, planes * self.expansion)
        self.bn3 = norm(planes * self.expansion)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = downsample
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        out += x if self.downsample is None else self.downsample(x)
        return self.relu(out)


class ResNet(nn.Module):
    """A convolution, four groups of blocks, and a linear layer.

    Parameters
    ----------
    block : BasicBlock or Bottleneck
    layers : list of 4 int
        How many blocks a group has.
    num_classes : int
    zero_init_residual : bool
        Let each block begin as the identity.
    groups, width_per_group : int
        Of the convolutions in the middle of blocks.
    replace_stride_with_dilation : list of 3 bool, optional
    norm_layer : callable, optional
    """

    def __init__(
        self, block: Any, layers: list[int], num_classes: int = 1000, zero_init_residual: bool = False, groups: int = 1,
        width_per_group: int = 64, replace_stride_with_dilation: list[bool] | None = None, norm_layer: Norm | None = None,
    ):  # fmt: skip
        super().__init__()
        norm = self._norm_layer = norm_layer or nn.BatchNorm2d
        self.inplanes, self.dilation = 64, 1
        dilated = [False] * 3 if replace_stride_with_dilation is None else replace_stride_with_dilation
        if len(dilated) != 3:
            raise ValueError(f"replace_stride_with_dilation has one bool for each of 3 groups, but got {dilated}")
        self.groups, self.base_width = groups, width_per_group
        self.conv1 = nn.Conv2d(3, self.inplanes, kernel_size=7, stride=2, padding=3, bias=False)
        self.bn1 = norm(self.inplanes)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(kernel_size=3, stride=2, padding=1)
        self.layer1 = self._make_layer(block, 64, layers[0])
        self.layer2 = self._make_layer(block, 128, layers[1], stride=2, dilate=dilated[0])
        self.layer3 = self._make_layer(block, 256, layers[2], stride=2, dilate=dilated[1])
        self.layer4 = self._make_layer(block, 512, layers[3], stride=2, dilate=dilated[2])
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        initialize(self.modules())
        if zero_init_residual:
            for m in self.modules():
                if isinstance(m, (BasicBlock, Bottleneck)):
                    nn.init.zeros_((m.bn2 if isinstance(m, BasicBlock) else m.bn3).weight)

    def _make_layer(self, block: Any, planes: int, blocks: int, stride: int = 1, dilate: bool = False) -> nn.Sequential:
        norm, width, before = self._norm_layer, planes * block.expansion, self.dilation
        if dilate:
            self.dilation *= stride
            stride = 1
        shortcut = None
        if stride != 1 or self.inplanes != width:
            shortcut = nn.Sequential(conv1x1(self.inplanes, width, stride), norm(width))
        layers = [block(self.inplanes, planes, stride, shortcut, self.groups, self.base_width, before, norm)]
        self.inplanes = width
        for _ in range(1, blocks):
            layers.append(
                block(width, planes, groups=self.groups, base_width=self.base_width, dilation=self.dilation, norm_layer=norm)
            )
        return nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


@model(ResNet18_Weights)
def resnet18(**kwargs: Any) -> ResNet:
    """ResNet of 18 layers; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(BasicBlock, [2, 2, 2, 2], **kwargs)


@model(ResNet34_Weights)
def resnet34(**kwargs: Any) -> ResNet:
    """ResNet of 34 layers; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(BasicBlock, [3, 4, 6, 3], **kwargs)


@model(ResNet50_Weights)
def resnet50(**kwargs: Any) -> ResNet:
    """ResNet of 50 layers; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 6, 3], **kwargs)


@model(ResNet101_Weights)
def resnet101(**kwargs: Any) -> ResNet:
    """ResNet of 101 layers; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], **kwargs)


@model(ResNet152_Weights)
def resnet152(**kwargs: Any) -> ResNet:
    """ResNet of 152 layers; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 8, 36, 3], **kwargs)


@model(ResNeXt50_32X4D_Weights)
def resnext50_32x4d(**kwargs: Any) -> ResNet:
    """ResNet of 50 layers, in 32 groups of 4 channels; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 6, 3], groups=32, width_per_group=4, **kwargs)


@model(ResNeXt101_32X8D_Weights)
def resnext101_32x8d(**kwargs: Any) -> ResNet:
    """ResNet of 101 layers, in 32 groups of 8 channels; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=32, width_per_group=8, **kwargs)


@model(ResNeXt101_64X4D_Weights)
def resnext101_64x4d(**kwargs: Any) -> ResNet:
    """ResNet of 101 layers, in 64 groups of 4 channels; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], groups=64, width_per_group=4, **kwargs)


@model(Wide_ResNet50_2_Weights)
def wide_resnet50_2(**kwargs: Any) -> ResNet:
    """ResNet of 50 layers of twice the width; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 6, 3], width_per_group=128, **kwargs)


@model(Wide_ResNet101_2_Weights)
def wide_resnet101_2(**kwargs: Any) -> ResNet:
    """ResNet of 101 layers of twice the width; arguments are ``weights`` and those of :class:`ResNet`."""
    return ResNet(Bottleneck, [3, 4, 23, 3], width_per_group=128, **kwargs)


__all__ = [
    "BasicBlock", "Bottleneck", "ResNet", "ResNet18_Weights", "ResNet34_Weights", "ResNet50_Weights", "ResNet101_Weights",
    "ResNet152_Weights", "ResNeXt50_32X4D_Weights", "ResNeXt101_32X8D_Weights", "ResNeXt101_64X4D_Weights",
    "Wide_ResNet50_2_Weights", "Wide_ResNet101_2_Weights", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
    "resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
]  # fmt: skip
