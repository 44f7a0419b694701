"""Blocks that the models are built of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import minitorch_bp as torch
import minitorch_bp.nn.functional as F
from minitorch_bp import nn

Tensor = torch.Tensor


class Conv2dNormActivation(nn.Sequential):
    """A convolution that keeps the size (by the stride), a normalization, and an activation.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, stride, padding, groups, dilation, bias
        As of ``nn.Conv2d``; the padding keeps the size by default, and there is a bias if there is no normalization.
    norm_layer, activation_layer : callable or None
    inplace : bool or None
        Of the activation.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any = 3, stride: Any = 1, padding: Any = None, groups: int = 1,
        norm_layer: Callable[..., nn.Module] | None = nn.BatchNorm2d, activation_layer: Callable[..., nn.Module] | None = nn.ReLU,
        dilation: Any = 1, inplace: bool | None = True, bias: bool | None = None,
    ):  # fmt: skip
        if padding is None:
            sizes, steps = (v if isinstance(v, (tuple, list)) else (v, v) for v in (kernel_size, dilation))
            padding = tuple((k - 1) // 2 * d for k, d in zip(sizes, steps, strict=True))
        bias = norm_layer is None if bias is None else bias
        layers: list[nn.Module] = [
            nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding, dilation=dilation, groups=groups, bias=bias)
        ]
        if norm_layer is not None:
            layers.append(norm_layer(out_channels))
        if activation_layer is not None:
            layers.append(activation_layer(**({} if inplace is None else {"inplace": inplace})))
        super().__init__(*layers)
        self.out_channels = out_channels


class FrozenBatchNorm2d(nn.Module):
    """A batch norm whose statistics and weights are fixed."""

    def __init__(self, num_features: int, eps: float = 1e-5):
        super().__init__()
        self.eps = eps
        for name, value in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
            self.register_buffer(name, torch.full((num_features,), value))

    def forward(self, x: Tensor) -> Tensor:
        weight, bias, mean, var = (getattr(self, n).reshape(1, -1, 1, 1) for n in ("weight", "bias", "running_mean", "running_var"))
        scale = weight * (var + self.eps).rsqrt()
        return x * scale + (bias - mean * scale)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.weight.shape[0]}, eps={self.eps})"


class SqueezeExcitation(nn.Module):
    """Each channel times a factor that the means of all channels decide.

    Source: Hu et al., "Squeeze-and-Excitation Networks" (2018).
    """

    def __init__(
        self, input_channels: int, squeeze_channels: int, activation: Callable[..., nn.Module] = nn.ReLU,
        scale_activation: Callable[..., nn.Module] = nn.Sigmoid,
    ):  # fmt: skip
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(input_channels, squeeze_channels, 1)
        self.fc2 = nn.Conv2d(squeeze_channels, input_channels, 1)
        self.activation, self.scale_activation = activation(), scale_activation()

    def forward(self, input: Tensor) -> Tensor:
        return self.scale_activation(self.fc2(self.activation(self.fc1(self.avgpool(input))))) * input


class MLP(nn.Sequential):
    """Linear layers with normalization, activation and dropout between them."""

    def __init__(
        self, in_channels: int, hidden_channels: list[int], norm_layer: Callable[..., nn.Module] | None = None,
        activation_layer: Callable[..., nn.Module] = nn.ReLU, inplace: bool | None = None, bias: bool = True, dropout: float = 0.0,
    ):  # fmt: skip
        options = {} if inplace is None else {"inplace": inplace}
        layers: list[nn.Module] = []
        for width in hidden_channels[:-1]:
            layers.append(nn.Linear(in_channels, width, bias=bias))
            if norm_layer is not None:
                layers.append(norm_layer(width))
            layers += [activation_layer(**options), nn.Dropout(dropout, **options)]
            in_channels = width
        layers += [nn.Linear(in_channels, hidden_channels[-1], bias=bias), nn.Dropout(dropout, **options)]
        super().__init__(*layers)


class Permute(nn.Module):
    """``permute`` as a module."""

    def __init__(self, dims: list[int]):
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.permute(self.dims)


def stochastic_depth(input: Tensor, p: float, mode: str, training: bool = True) -> Tensor:
    """Dropout of whole samples: each row is 0 with probability p, and the others are divided by 1 - p.

    Parameters
    ----------
    input : Tensor of shape (N, ...)
    p : float
    mode : 'batch' or 'row'
        Whether all rows share their fate.
    training : bool

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If p is no probability, or the mode another.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.stochastic_depth(torch.ones(2), 0.5, "row", training=False)
    tensor([1., 1.])
    """
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"stochastic_depth: p must be a probability, but is {p}")
    if mode not in ("batch", "row"):
        raise ValueError(f"stochastic_depth: mode must be 'batch' or 'row', but is {mode!r}")
    if not training or p == 0.0:
        return input
    shape = ((input.shape[0] if mode == "row" else 1), *([1] * (input.ndim - 1)))
    noise = torch.empty(shape, dtype=input.dtype).bernoulli_(1.0 - p)
    return input * (noise.div_(1.0 - p) if p < 1.0 else noise)


class StochasticDepth(nn.Module):
    """:func:`stochastic_depth` as a module."""

    def __init__(self, p: float, mode: str):
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, input: Tensor) -> Tensor:
        return stochastic_depth(input, self.p, self.mode, self.training)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(p={self.p}, mode={self.mode})"


def sigmoid_focal_loss(inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none") -> Tensor:
    r"""Cross entropy of two classes, with less weight for what is well classified.

    .. math:: -\alpha_t \, (1 - p_t)^\gamma \, \log p_t

    Parameters
    ----------
    inputs : Tensor
        Logits.
    targets : Tensor
        0 or 1.
    alpha : float
        The weight of class 1; negative for none.
    gamma : float
    reduction : 'none', 'mean' or 'sum'

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the reduction is another.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> from minitorch_bp.vision import ops
    >>> ops.sigmoid_focal_loss(torch.zeros(1), torch.ones(1))
    tensor([0.0433])
    """
    p = torch.sigmoid(inputs)
    right = p * targets + (1 - p) * (1 - targets)
    loss = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none") * (1 - right) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"sigmoid_focal_loss: reduction must be 'none', 'mean' or 'sum', but is {reduction!r}")
    return loss if reduction == "none" else loss.mean() if reduction == "mean" else loss.sum()
