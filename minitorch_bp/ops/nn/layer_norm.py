"""Normalization of each sample by itself: layer, group, instance and RMS normalization, local response, p-norm."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.sums import mean_of_rows, sum_of_columns, sum_of_rows
from .._base import MaybeTensor, Tensor, dtypes, primitive, public, shown_as, wrap
from .._composite import half_with_float, is_half, plus, rounded_once
from .._shapes import as_shape, check_tensor, floats_only, least_ndim, reals_only
from ..pointwise.clamp import clamp_min
from ..shape.constant_pad import _pad
from .avg_pooling import avg_pool2d, avg_pool3d
from .batch_norm import batch_norm


def _normalized_shape(name: str, input: Tensor, normalized_shape: Any, weight: Any, bias: Any) -> tuple[int, ...]:
    check_tensor(name, input)
    if isinstance(normalized_shape, int):
        raise TypeError(f"{name}(): normalized_shape must be a tuple such as ({normalized_shape},), but got {normalized_shape}")
    shape = as_shape(normalized_shape)
    if not shape:
        raise RuntimeError(f"{name}: normalized_shape must have at least one dimension")
    for what, t in (("weight", weight), ("bias", bias)):
        if t is not None and tuple(t.shape) != shape:
            raise RuntimeError(f"{name}: {what} must have shape {list(shape)}, but has {list(t.shape)}")
    if tuple(input.shape[-len(shape) :]) != shape or input.ndim < len(shape):
        raise RuntimeError(f"{name}: an input of shape {list(input.shape)} does not end with normalized_shape {list(shape)}")
    return shape


def _rows_rule(xp: Any, grad: Any, input: Any, weight: Any, dims: Any, over: Any, needs: Any, eps: float) -> Any:
    """Mean and variance depend on the input, too: the gradient loses its mean and its part along the output.

    On arrays and on tensors alike; ``dims`` are those of the statistics, ``over`` those that weight and bias do not have.
    """
    centred = input - xp._mean_over(input, dims, True)
    scale = xp.rsqrt(xp._mean_over(centred * centred, dims, True) + eps)
    normal = centred * scale
    g = grad if weight is None else grad * weight
    inner = scale * (g - xp._mean_over(g, dims, True) - normal * xp._mean_over(g * normal, dims, True))
    d_weight, d_bias = grad * normal if needs[1] else None, grad if needs[2] else None
    return (inner, *(None if g is None else xp._sum_over(g, over, True) if over else g for g in (d_weight, d_bias)))


def _normal_rows(x: np.ndarray, eps: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each row with mean 0 and variance 1; the means, and one over the deviations."""
    mean = mean_of_rows(x)
    normal = x - mean[:, None]
    scale = 1 / np.sqrt(mean_of_rows(normal * normal) + x.dtype.type(eps))
    normal *= scale[:, None]
    return normal, mean, scale


def _through_rows(g: np.ndarray, normal: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """The gradient of the input, from that of the normal rows (which are overwritten)."""
    along = mean_of_rows(g * normal)
    out = g - mean_of_rows(g)[:, None]
    normal *= along[:, None]
    out -= normal
    out *= scale[:, None]
    return out


# ---------------------------------------------------------------------- over the last dimensions
def _layer_norm_rule(
    xp: Any, grad: Any, needs: Any, input: Any, weight: Any, count: int, eps: float, hidden0: Any, hidden1: Any
) -> Any:
    shape = tuple(input.shape)
    lead, last = shape[: len(shape) - count], shape[len(shape) - count :]
    if not xp.on_arrays:
        dims = tuple(range(-count, 0))
        gradients = _rows_rule(xp, grad, input, weight, dims, tuple(range(len(lead))), needs, eps)
        return (gradients[0], *(None if g is None else xp._unsafe_view(g, last) for g in gradients[1:]))
    x, g = (t.reshape(math.prod(lead), math.prod(last)) for t in (input, grad))
    normal = x - hidden0[:, None]
    normal *= hidden1[:, None]
    d_weight = sum_of_columns(g * normal).reshape(last) if needs[1] else None
    d_bias = sum_of_columns(g).reshape(last) if needs[2] else None
    d_input = _through_rows(g if weight is None else g * weight.reshape(-1), normal, hidden1) if needs[0] else None
    return None if d_input is None else d_input.reshape(shape), d_weight, d_bias


@primitive(
    hidden=lambda node, k, array: wrap(array),
    grad_name="NativeLayerNormBackward0",
    joint=(("input", "weight", "bias"), _layer_norm_rule),
)
def _layer_norm(input, weight, bias, count, eps):
    lead, last = input.shape[: input.ndim - count], input.shape[input.ndim - count :]
    out, mean, scale = _normal_rows(input.reshape(math.prod(lead), math.prod(last)), eps)
    if weight is not None:
        out *= weight.reshape(-1)
    if bias is not None:
        out += bias.reshape(-1)
    return out.reshape(input.shape), mean, scale


# ---------------------------------------------------------------------- over groups of channels
def _group_norm_rule(
    xp: Any, grad: Any, needs: Any, input: Any, weight: Any, groups: int, eps: float, hidden0: Any, hidden1: Any
) -> Any:
    n, c, *rest = input.shape
    size, places = c // groups * math.prod(rest), math.prod(rest)
    if not xp.on_arrays:
        each = (n, groups, c // groups, places)
        x, g = xp._unsafe_view(input, each), xp._unsafe_view(grad, each)
        w = None if weight is None else xp._unsafe_view(weight, (1, groups, c // groups, 1))
        gradients = _rows_rule(xp, g, x, w, (2, 3), (0, 3), needs, eps)
        return (
            xp._unsafe_view(gradients[0], (n, c, *rest)),
            *(None if f is None else xp._unsafe_view(f, (c,)) for f in gradients[1:]),
        )
    normal = input.reshape(n * groups, size) - hidden0[:, None]
    normal *= hidden1[:, None]
    g = grad.reshape(n, c, places)
    d_weight = sum_of_columns(sum_of_rows((g * normal.reshape(g.shape)).reshape(n * c, places)).reshape(n, c)) if needs[1] else None
    d_bias = sum_of_columns(sum_of_rows(g.reshape(n * c, places)).reshape(n, c)) if needs[2] else None
    if not needs[0]:
        return None, d_weight, d_bias
    g = g if weight is None else g * weight[:, None]
    return _through_rows(g.reshape(n * groups, size), normal, hidden1).reshape(input.shape), d_weight, d_bias


@primitive(
    hidden=lambda node, k, array: wrap(array),
    grad_name="NativeGroupNormBackward0",
    joint=(("input", "weight", "bias"), _group_norm_rule),
)
def _group_norm(input, weight, bias, groups, eps):
    n, c, *rest = input.shape
    out, mean, scale = _normal_rows(input.reshape(n * groups, c // groups * math.prod(rest)), eps)
    out = out.reshape(n, c, math.prod(rest))
    if weight is not None:
        out *= weight[:, None]
    if bias is not None:
        out += bias[:, None]
    return out.reshape(input.shape), mean, scale


@public("torch", "nn.functional")
def layer_norm(
    input: Tensor, normalized_shape: Any, weight: MaybeTensor = None, bias: MaybeTensor = None, eps: float = 1e-5
) -> Tensor:
    r"""Normalize the last dimensions to mean 0 and variance 1: :math:`\frac{x - \bar x}{\sqrt{\sigma^2 + \epsilon}} w + b`.

    Source: Ba, Kiros and Hinton, "Layer normalization", 2016.

    Parameters
    ----------
    input : Tensor
    normalized_shape : tuple of ints
        The sizes of the last dimensions.
    weight, bias : Tensor, optional
        Of shape ``normalized_shape``.
    eps : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    RuntimeError
        If the shapes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.layer_norm(torch.tensor([[1.0, 3.0]]), (2,))
    tensor([[-1.0000,  1.0000]])
    """
    shape = _normalized_shape("layer_norm", input, normalized_shape, weight, bias)
    if half_with_float("layer_norm", input, weight, bias):
        return layer_norm(input.float(), shape, weight, bias, eps).to(input.dtype)
    reals_only("layer_norm", input._array)
    return _layer_norm(input, weight, bias, len(shape), eps)


@public("torch", "nn.functional")
def rms_norm(input: Tensor, normalized_shape: Any, weight: MaybeTensor = None, eps: Any = None) -> Tensor:
    r"""Divide by the root mean square of the last dimensions: :math:`\frac{x}{\sqrt{\overline{x^2} + \epsilon}} w`.

    Source: Zhang and Sennrich, "Root mean square layer normalization", 2019.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    normalized_shape : tuple of ints
        The sizes of the last dimensions.
    weight : Tensor, optional
        Of shape ``normalized_shape``.
    eps : float, optional
        The dtype's machine epsilon by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.rms_norm(torch.tensor([3.0, 4.0]), (2,))
    tensor([0.8485, 1.1314])
    """
    shape = _normalized_shape("rms_norm", input, normalized_shape, weight, None)
    floats_only("rms_norm", input._array)
    if input.dtype.itemsize == 2:  # as PyTorch: in float32, rounded once
        wide = rms_norm(input.float(), shape, None if weight is None else weight.float(), eps)
        return wide.to(input.dtype)
    eps = dtypes.finfo(input.dtype).eps if eps is None else eps
    out = input * plus((input**2).mean(tuple(range(-len(shape), 0)), keepdim=True), eps).rsqrt()
    return out if weight is None else (out * weight).to(input.dtype)


@public("torch", "nn.functional", images=True)
def group_norm(input: Tensor, num_groups: int, weight: MaybeTensor = None, bias: MaybeTensor = None, eps: float = 1e-5) -> Tensor:
    """Normalize each group of channels of a sample to mean 0 and variance 1.

    Source: Wu and He, "Group normalization", 2018.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    num_groups : int
        A divisor of C.
    weight, bias : Tensor of shape (C,), optional
    eps : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.group_norm(torch.tensor([[1.0, 3.0, 5.0, 9.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    check_tensor("group_norm", input)
    least_ndim("group_norm", 2, input)
    n, c, *rest = input.shape
    if num_groups <= 0 or c % num_groups:
        raise RuntimeError(f"group_norm: {c} channels can't be divided into {num_groups} groups")
    if n * c // num_groups * math.prod(rest) == 1:
        raise ValueError(f"group_norm: more than one element per group is needed, but the shape is {list(input.shape)}")
    for what, t in (("weight", weight), ("bias", bias)):
        if t is not None and tuple(t.shape) != (c,):
            raise RuntimeError(f"group_norm: {what} must have shape [{c}], but has {list(t.shape)}")
    if half_with_float("group_norm", input, weight, bias):
        return group_norm(input.float(), num_groups, weight, bias, eps).to(input.dtype)
    reals_only("group_norm", input._array)
    return _group_norm(input, weight, bias, num_groups, eps)


@public("torch", "nn.functional")
def instance_norm(
    input: Tensor, running_mean: MaybeTensor = None, running_var: MaybeTensor = None, weight: MaybeTensor = None, bias: MaybeTensor = None,
    use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Normalize each channel of each sample to mean 0 and variance 1.

    Source: Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    running_mean, running_var : Tensor of shape (C,), optional
    weight, bias : Tensor of shape (C,), optional
    use_input_stats : bool
        If false, normalize by the running averages.
    momentum : float
        How far the running averages move.
    eps : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.instance_norm(torch.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """
    check_tensor("instance_norm", input)
    if not use_input_stats and running_mean is None:
        raise RuntimeError("instance_norm: with use_input_stats=False the running averages must be given")
    _, c, *rest = input.shape
    if use_input_stats and math.prod(rest) == 1:
        raise ValueError(f"instance_norm: more than one element per channel is needed, but the shape is {list(input.shape)}")
    if not use_input_stats:
        out = batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
        return shown_as(out, "ViewBackward0")
    dims = tuple(range(2, input.ndim))
    if running_mean is not None:
        x = input.detach()
        running_mean.copy_(running_mean * (1 - momentum) + x.mean(dims).mean(0) * momentum)
        running_var.copy_(running_var * (1 - momentum) + x.var(dims).mean(0) * momentum)
    reals_only("instance_norm", input._array)
    if half_with_float("instance_norm", input, weight, bias):
        return shown_as(group_norm(input.float(), c, weight, bias, eps).to(input.dtype), "ViewBackward0")
    return shown_as(_group_norm(input, weight, bias, c, eps), "ViewBackward0")


@public("nn.functional", images=True, sized="input")
def local_response_norm(
    input: Tensor, size: int, alpha: float | Tensor = 1e-4, beta: float | Tensor = 0.75, k: float | Tensor = 1.0
) -> Tensor:
    r"""Divide by :math:`(k + \alpha \overline{x^2})^\beta`, the mean over ``size`` neighbouring channels.

    Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep CNNs", 2012.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    size : int
        How many channels make a neighbourhood.
    alpha, beta, k : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.local_response_norm(torch.ones(1, 1, 2), 1, alpha=1.0, beta=1.0)
    tensor([[[0.5000, 0.5000]]])
    """
    check_tensor("local_response_norm", input)
    if input.ndim < 3:
        raise ValueError(f"local_response_norm: expected 3 dimensions or more, but got shape {list(input.shape)}")
    if not input.numel():
        return input
    square = (input * input).unsqueeze(1)
    before, after = size // 2, (size - 1) // 2
    if input.ndim == 3:
        square = avg_pool2d(_pad(square, (0, 0, before, 0), (0, 0, after, 0), 0.0), (size, 1), stride=1).squeeze(1)
    else:
        n, c, *rest = input.shape
        square = square.reshape(n, 1, c, rest[0], -1)
        square = avg_pool3d(_pad(square, (0, 0, before, 0, 0), (0, 0, after, 0, 0), 0.0), (size, 1, 1), stride=1)
        square = square.squeeze(1).reshape(input.shape)
    return input / (square * alpha + k) ** beta


@public("nn.functional", aliases=False, sized="input")
def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float | Tensor = 1e-12, out: Any = None) -> Tensor:
    r"""Divide by the p-norm: :math:`x / \max(\|x\|_p, \epsilon)`.

    Parameters
    ----------
    input : Tensor
    p : float
    dim : int or tuple of ints
        The dimension of the vectors.
    eps : float

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.normalize(torch.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    if is_half(input):
        return rounded_once(normalize, input, p, dim, eps)
    return input / clamp_min(input.norm(p, dim, keepdim=True), eps).expand_as(input)
