"""Normalizations and dropout as PyTorch's engine has them: with what the backward pass reads, the statistics or the mask."""

from __future__ import annotations

from typing import Any

from .._base import Tensor, public
from ..random.fill import bernoulli_
from . import batch_norm as _batch_norm
from . import layer_norm as _layer_norm


@public("torch")
def native_layer_norm(input: Tensor, normalized_shape: Any, weight: Any, bias: Any, eps: float) -> tuple[Tensor, Tensor, Tensor]:
    """:func:`nn.functional.layer_norm`, with the mean and one over the standard deviation that it used.

    Parameters
    ----------
    input : Tensor
    normalized_shape : tuple of ints
        The last dimensions, which are normalized over.
    weight, bias : Tensor, or None
    eps : float

    Returns
    -------
    (Tensor, Tensor, Tensor)
        The result, the means and the factors; the last two with size 1 where they were normalized.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.native_layer_norm(torch.tensor([[1.0, 3.0]]), (2,), None, None, 0.0)[1]
    tensor([[2.]])
    """
    dims = tuple(range(input.ndim - len(normalized_shape), input.ndim))
    x = input.detach()
    factor = (x.var(dims, unbiased=False, keepdim=True) + eps).rsqrt()
    return _layer_norm.layer_norm(input, normalized_shape, weight, bias, eps), x.mean(dims, keepdim=True), factor


@public("torch")
def native_group_norm(
    input: Tensor, weight: Any, bias: Any, N: int, C: int, HxW: int, group: int, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """:func:`nn.functional.group_norm`, with the mean and one over the standard deviation of each group.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    weight, bias : Tensor of shape (C,), or None
    N, C, HxW : int
        The sizes: samples, channels, places.
    group : int
        The number of groups.
    eps : float

    Returns
    -------
    (Tensor, Tensor, Tensor)
        The result, and the means and factors of shape (N, group).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.native_group_norm(torch.tensor([[1.0, 3.0]]), None, None, 1, 2, 1, 1, 0.0)[1]
    tensor([[2.]])
    """
    x = input.detach().reshape(N, group, C // group * HxW)
    factor = (x.var(2, unbiased=False) + eps).rsqrt()
    return _layer_norm.group_norm(input, group, weight, bias, eps), x.mean(2), factor


@public("torch")
def native_batch_norm(
    input: Tensor, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: float, eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """:func:`nn.functional.batch_norm`, with the mean and one over the standard deviation of each channel of the batch.

    Parameters
    ----------
    input : Tensor of shape (N, C, ...)
    weight, bias : Tensor of shape (C,), or None
    running_mean, running_var : Tensor of shape (C,), or None in training
    training : bool
    momentum, eps : float

    Returns
    -------
    (Tensor, Tensor, Tensor)
        The result, and the means and factors, which are empty unless ``training``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.native_batch_norm(torch.tensor([[0.0], [2.0]]), None, None, None, None, True, 0.1, 1e-5)[1]
    tensor([1.])
    """
    x = input.detach()
    dims = (0, *range(2, x.ndim))
    mean, factor = (x.mean(dims), (x.var(dims, unbiased=False) + eps).rsqrt()) if training else (x.new_empty(0), x.new_empty(0))
    return _batch_norm.batch_norm(input, running_mean, running_var, weight, bias, training, momentum, eps), mean, factor


@public("torch")
def native_dropout(input: Tensor, p: float, train: Any) -> tuple[Tensor, Tensor]:
    """Dropout, with the mask of the elements that were kept.

    Parameters
    ----------
    input : Tensor
    p : float
    train : bool
        Whether anything is dropped; None counts as true.

    Returns
    -------
    (Tensor, BoolTensor)
        The result and the mask.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.native_dropout(torch.ones(2), 0.5, False)
    (tensor([1., 1.]), tensor([True, True]))
    """
    mask = input.detach().new_empty(input.shape)
    mask = bernoulli_(mask, 1.0 - p) if train is None or train else mask.fill_(1)
    keep = mask.bool()
    if train is not None and not train:
        return input * 1, keep
    return (input * mask * (1.0 / (1.0 - p)) if p != 1 else input * mask), keep
