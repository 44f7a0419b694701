"""Batch normalization: each channel over the batch, then scaled and shifted by learned parameters."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.grad_mode import mode
from ...core.replayed import replayed
from ...core.sums import sum_of_columns, sum_of_rows
from ...core.view import bump_version
from .._base import MaybeTensor, Tensor, primitive, public, shown_as
from .._composite import half_with_float
from .._shapes import reals_only


def _over(x: Any) -> tuple[int, ...]:
    """All dimensions but the channels."""
    return (0, *range(2, len(x.shape)))


def _channels(xp: Any, v: Any, x: Any) -> Any:
    return xp._unsafe_view(v, (1, -1, *(1,) * (len(x.shape) - 2)))


def _sum_channels(x: np.ndarray) -> np.ndarray:
    """The sum of each channel of (N, C, places): long rows first, by a product with ones."""
    n, c, places = x.shape
    return sum_of_columns(sum_of_rows(x.reshape(n * c, places)).reshape(n, c) if places > 1 else x.reshape(n, c))


def _dot_channels(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The inner product of each channel, without an array of products in between."""
    if x.dtype.kind == "V":  # einsum does not know bfloat16
        return _sum_channels(x * y)
    return sum_of_columns(np.einsum("ncp,ncp->nc", x, y))


def _batch_norm_rule(
    xp: Any, grad: Any, needs: Any, input: Any, weight: Any, eps: float, result1: Any, result2: Any
) -> Any:  # fmt: skip
    """Mean and variance depend on the input, too: the gradient loses its mean and its part along the output."""
    if not xp.on_arrays:
        over = _over(input)
        mean = xp._mean_over(input, over, True)
        scale = xp.rsqrt(xp._mean_over((input - mean) * (input - mean), over, True) + eps)
        normal = (input - mean) * scale
        g = grad if weight is None else grad * _channels(xp, weight, input)
        inner = scale * (g - xp._mean_over(g, over, True) - normal * xp._mean_over(g * normal, over, True))
        return (
            inner,
            xp._sum_over(grad * normal, over, False) if needs[1] else None,
            xp._sum_over(grad, over, False) if needs[2] else None,
        )
    mean, scale = result1, 1 / np.sqrt(result2 + input.dtype.type(eps))
    g = grad.reshape(*input.shape[:2], math.prod(input.shape[2:]))
    centered = input.reshape(g.shape) - mean[:, None]
    along, total = _dot_channels(g, centered) * scale, _sum_channels(g)
    if not needs[0]:
        return None, along, total
    # factor * (g - total / n - centered * scale * along / n): the numbers of a channel first, then five passes over the images.
    count = input.dtype.type(g.shape[0] * g.shape[2] or 1)
    factor = scale if weight is None else scale * weight
    centered *= (factor * scale * along / count)[:, None]
    out = g - (total / count)[:, None]
    out *= factor[:, None]
    out -= centered
    return out.reshape(input.shape), along, total


@primitive(
    outputs=("output",),
    grad_name="NativeBatchNormBackward0",
    joint=(("input", "weight", "bias"), _batch_norm_rule),
)
def _batch_norm(input, weight, bias, eps):
    """The result, and the mean and variance of each channel."""
    x = input.reshape(*input.shape[:2], math.prod(input.shape[2:]))
    count = input.dtype.type(x.shape[0] * x.shape[2] or 1)
    mean = _sum_channels(x) / count
    out = x - mean[:, None]
    rest = _sum_channels(out) / count  # what the rounding of the mean has left
    variance = _dot_channels(out, out) / count - rest * rest
    scale = 1 / np.sqrt(variance + input.dtype.type(eps))
    out *= (scale if weight is None else scale * weight)[:, None]
    if bias is not None:
        out += bias[:, None]
    return out.reshape(input.shape), mean, variance


def _fixed_rule(xp: Any, grad: Any, needs: Any, input: Any, mean: Any, variance: Any, weight: Any, eps: float) -> Any:
    """With mean and variance given, the layer is a linear function of each channel."""
    over, scale = _over(input), xp.rsqrt(variance + eps)
    normal = (input - _channels(xp, mean, input)) * _channels(xp, scale, input)
    return (
        grad * _channels(xp, scale if weight is None else scale * weight, input),
        xp._sum_over(grad * normal, over, False) if needs[1] else None,
        xp._sum_over(grad, over, False) if needs[2] else None,
    )


@primitive(grad_name="NativeBatchNormBackward0", joint=(("input", "weight", "bias"), _fixed_rule))
def _batch_norm_fixed(input, weight, bias, mean, variance, eps):
    shape = (1, -1) + (1,) * (input.ndim - 2)
    scale = 1 / np.sqrt(variance + input.dtype.type(eps))
    if weight is not None:
        scale = scale * weight
    out = (input - mean.reshape(shape)) * scale.reshape(shape)
    return out if bias is None else out + bias.reshape(shape)


@replayed
def _move(running: Tensor, new: Tensor, factor: float, momentum: float) -> None:
    """Update a running average in place, towards ``new`` times a factor."""
    array = running._array
    array *= array.dtype.type(1 - momentum)
    array += new._array * new._array.dtype.type(factor) * array.dtype.type(momentum)
    bump_version(running)


@public("nn.functional", images=True)
def batch_norm(
    input: Tensor,
    running_mean: Any,
    running_var: Any,
    weight: MaybeTensor = None,
    bias: MaybeTensor = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    r"""Normalize each channel over the batch: :math:`y = \gamma (x - \mu) / \sqrt{\sigma^2 + \epsilon} + \beta`.

    In training, :math:`\mu` and :math:`\sigma^2` are those of the batch, and the running averages move towards them (with
    the unbiased variance); otherwise the running averages are used.

    Source: Ioffe and Szegedy, "Batch Normalization", 2015.

    Parameters
    ----------
    input : Tensor of shape (N, C) or (N, C, ...)
    running_mean, running_var : Tensor of shape (C,), or None in training
    weight, bias : Tensor of shape (C,), optional
        The :math:`\gamma` and :math:`\beta`.
    training : bool
    momentum : float
        How far the running averages move.
    eps : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    ValueError
        In training, if there is only one value per channel.
    RuntimeError
        If the running statistics have another shape, or require grad.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.batch_norm(torch.tensor([[0.0], [2.0]]), None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    x = input._array
    if training and x.ndim > 1 and x.shape[1] and x.size == x.shape[1]:
        raise ValueError(f"batch_norm: training needs more than one value per channel, but the input has shape {list(x.shape)}")
    if eps < 0 or (training and eps == 0):
        raise ValueError(f"batch_norm: eps must be positive, but is {eps}")
    if not training and (running_mean is None or running_var is None):
        raise RuntimeError("batch_norm: running_mean and running_var must be given, unless training=True")
    if (running_mean is None) != (running_var is None):
        raise ValueError("batch_norm: running_mean and running_var are given together, or neither is")
    if x.ndim < 2:
        if not training and x.ndim == 1:  # as one sample
            return batch_norm(input.unsqueeze(0), running_mean, running_var, weight, bias, False, momentum, eps).squeeze(0)
        raise ValueError(f"batch_norm: expected at least 2 dimensions, but got shape {list(x.shape)}")
    for name, t in (("running_mean", running_mean), ("running_var", running_var), ("weight", weight), ("bias", bias)):
        if t is not None and (t._array.size != x.shape[1] or (t._array.ndim != 1 and name.startswith("running"))):
            raise RuntimeError(
                f"batch_norm: {name} must have shape [{x.shape[1]}], one number per channel, but has {list(t.shape)}"
            )
        if name.startswith("running") and t is not None and mode.grad and t.requires_grad:
            raise RuntimeError(f"batch_norm: there is no derivative in {name}, which requires grad: pass its .detach()")
    reals_only("batch_norm", x)
    if half_with_float("batch_norm", input, weight, bias, running_mean, running_var):
        out = batch_norm(input.float(), running_mean, running_var, weight, bias, training, momentum, eps)
        return shown_as(out.to(input.dtype), "NativeBatchNormBackward0")
    weight, bias = (t if t is None or t._array.ndim == 1 else t.reshape(-1) for t in (weight, bias))
    if not training:
        return _batch_norm_fixed(input, weight, bias, running_mean, running_var, eps)
    out, mean, variance = _batch_norm(input, weight, bias, eps)
    if running_mean is not None and x.size:
        count = x.size // x.shape[1]
        _move(running_mean, mean, 1.0, momentum)
        _move(running_var, variance, count / (count - 1), momentum)
    return out
