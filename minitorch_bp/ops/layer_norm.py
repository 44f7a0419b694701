"""Normalization of each sample by itself: over a layer, a group of channels, an instance; by the root mean square; by length."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.primitive import primitive
from ..core.tensor import Tensor
from ._shapes import as_shape, check_tensor, floats_only
from .normalization import batch_norm
from .padding import _pad
from .windows import avg_pool2d, avg_pool3d


def _normalized_shape(name: str, input: Tensor, normalized_shape: Any, weight: Any, bias: Any) -> tuple[int, ...]:
    check_tensor(name, input)
    shape = as_shape(normalized_shape)
    if not shape:
        raise RuntimeError(f"{name}: normalized_shape must have at least one dimension")
    for what, t in (("weight", weight), ("bias", bias)):
        if t is not None and tuple(t.shape) != shape:
            raise RuntimeError(f"{name}: {what} must have shape {list(shape)}, but has {list(t.shape)}")
    if tuple(input.shape[-len(shape) :]) != shape or input.ndim < len(shape):
        raise RuntimeError(f"{name}: an input of shape {list(input.shape)} does not end with normalized_shape {list(shape)}")
    return shape


def _standardized_rule(xp: Any, grad: Any, input: Any, dims: Any, eps: float) -> Any:
    """Mean and variance depend on the input, too: the gradient loses its mean and its part along the output."""
    centred = input - xp._mean_over(input, dims, True)
    scale = xp.rsqrt(xp._mean_over(centred * centred, dims, True) + eps)
    normal = centred * scale
    return scale * (grad - xp._mean_over(grad, dims, True) - normal * xp._mean_over(grad * normal, dims, True))


@primitive(method=False, grad_name="NativeLayerNormBackward0", input=_standardized_rule)
def _standardized(input, dims, eps):
    n = input.dtype.type(math.prod(input.shape[d] for d in dims) or 1)
    centred = input - np.add.reduce(input, dims, keepdims=True) / n
    return centred / np.sqrt(np.add.reduce(centred * centred, dims, keepdims=True) / n + input.dtype.type(eps))


def layer_norm(input: Tensor, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Tensor:
    r"""Mean 0 and variance 1 over the last dimensions: :math:`\frac{x - \bar x}{\sqrt{\sigma^2 + \epsilon}} w + b`.

    Source: Ba, Kiros and Hinton, "Layer normalization", 2016.

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
    floats_only("layer_norm", input._array)
    out = _standardized(input, tuple(range(-len(shape), 0)), eps)
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


def rms_norm(input: Tensor, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Tensor:
    r"""Divide by the root mean square of the last dimensions: :math:`\frac{x}{\sqrt{\overline{x^2} + \epsilon}} w`.

    ``eps`` is the type's unit roundoff unless given.

    Source: Zhang and Sennrich, "Root mean square layer normalization", 2019.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.rms_norm(torch.tensor([3.0, 4.0]), (2,))
    tensor([0.8485, 1.1314])
    """
    shape = _normalized_shape("rms_norm", input, normalized_shape, weight, None)
    eps = dtypes.finfo(input.dtype).eps if eps is None else eps
    out = input * ((input * input).mean(tuple(range(-len(shape), 0)), keepdim=True) + eps).rsqrt()
    return out if weight is None else out * weight


def group_norm(input: Tensor, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5) -> Tensor:
    """Mean 0 and variance 1 over each group of channels of a sample.

    Source: Wu and He, "Group normalization", 2018.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.group_norm(torch.tensor([[1.0, 3.0, 5.0, 9.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    check_tensor("group_norm", input)
    if input.ndim < 2:
        raise RuntimeError(f"group_norm: expected at least 2 dimensions, but got shape {list(input.shape)}")
    n, c, *rest = input.shape
    if num_groups <= 0 or c % num_groups:
        raise RuntimeError(f"group_norm: {c} channels can't be divided into {num_groups} groups")
    if n * c // num_groups * math.prod(rest) == 1:
        raise ValueError(f"group_norm: more than one element per group is needed, but the shape is {list(input.shape)}")
    floats_only("group_norm", input._array)
    for what, t in (("weight", weight), ("bias", bias)):
        if t is not None and tuple(t.shape) != (c,):
            raise RuntimeError(f"group_norm: {what} must have shape [{c}], but has {list(t.shape)}")
    out = _standardized(input.reshape(n, num_groups, c // num_groups * math.prod(rest)), (2,), eps).reshape(input.shape)
    over = (1, c) + (1,) * len(rest)
    out = out if weight is None else out * weight.reshape(over)
    return out if bias is None else out + bias.reshape(over)


def instance_norm(
    input: Tensor, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None,
    use_input_stats: bool = True, momentum: float = 0.1, eps: float = 1e-5,
) -> Tensor:  # fmt: skip
    """Mean 0 and variance 1 over each channel of each sample; with ``use_input_stats=False`` by the running averages.

    Source: Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016.

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
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    dims = tuple(range(2, input.ndim))
    if running_mean is not None:
        x = input.detach()
        running_mean.copy_(running_mean * (1 - momentum) + x.mean(dims).mean(0) * momentum)
        running_var.copy_(running_var * (1 - momentum) + x.var(dims).mean(0) * momentum)
    out = _standardized(input, dims, eps)
    over = (1, c) + (1,) * len(rest)
    out = out if weight is None else out * weight.reshape(over)
    return out if bias is None else out + bias.reshape(over)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    r"""Divide by :math:`(k + \alpha \overline{x^2})^\beta`, the mean over ``size`` neighbouring channels.

    Source: Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep CNNs", 2012.

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


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Any = None) -> Tensor:
    r"""Divide by the length: :math:`x / \max(\|x\|_p, \epsilon)`.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.normalize(torch.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    from ..core.primitive import write_out

    return write_out("normalize", input / input.norm(p, dim, keepdim=True).clamp(min=eps).expand_as(input), out)
