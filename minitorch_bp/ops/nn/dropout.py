"""Functions that are random in training: the dropout family, the randomized leaky relu, and the Gumbel softmax.

Dropout is a multiplication with random numbers that are 0 or :math:`1 / (1 - p)`; the members of the family differ in what
shares one number (nothing, or a whole channel) and in what a dropped element becomes.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from ...core.layout import laid_out
from ...core.random import default_generator
from ...core.replayed import replayed
from .._base import Tensor, apply_in_place, primitive, public, wrap
from .._shapes import check_tensor
from ..random.fill import is_float


@primitive(elementwise=True, grad_name="MulBackward0", arity=2, input=lambda xp, grad, noise: grad * noise)
def _dropout(input, noise):
    if noise.ndim and noise.shape != input.shape and not input.flags.c_contiguous:  # the layout is the input's, as in PyTorch
        return np.multiply(input, noise, out=np.empty_like(input))
    return input * noise


@primitive(elementwise=True, grad_name="AddBackward0", input=lambda xp, grad, noise: grad * noise)
def _alpha_dropout(input, noise, shift):
    return input * noise + shift


#: What a dropped element becomes in the alpha forms: minus the limit of SELU at minus infinity.
_ALPHA = 1.7580993408473766


def _dropped(
    name: str, input: Tensor, p: float, training: bool, inplace: bool, features: bool = False, alpha: bool = False
) -> Tensor:
    """All members of the family: one Bernoulli number per element or channel; zeros, or the alpha form."""
    check_tensor(name, input)
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: the probability must lie between 0 and 1, but is {p}")
    if training.__class__ is not bool:
        raise TypeError(f"{name}(): training must be True or False, but got {training!r}")
    p = float(p)
    array = input._array
    if features and array.ndim < 2 and not (alpha and not training):
        raise RuntimeError(f"{name}: dropping whole channels needs at least 2 dimensions, but the input has {array.ndim}")
    if not training or p == 0 or not array.size:
        return input
    if not is_float(array.dtype):
        raise RuntimeError(f"{name}: the result is not an integer, so it can't be {input.dtype!r}: convert with .float() first")
    noise, *shift = _noise(input, p, features, alpha)
    op = _alpha_dropout if alpha and p < 1 else _dropout
    return apply_in_place(op.op, input, noise, *shift) if inplace else op(input, noise, *shift)


@replayed
def _noise(input: Tensor, p: float, features: bool, alpha: bool) -> tuple[Tensor, ...]:
    """What the input is multiplied with, and in the alpha forms what is added then."""
    array = input._array
    if p == 1:
        return (wrap(np.zeros((), array.dtype)),)
    like = np.empty((*array.shape[:2], *(1,) * (array.ndim - 2)), array.dtype) if features else array
    with default_generator.lock:
        coins = default_generator.coins(like.size, 1 - p, array.dtype)
    noise = laid_out(coins, like)
    if not alpha:
        return (wrap(_step(np.divide, noise, 1 - p)),)
    scale = 1 / math.sqrt((_ALPHA * _ALPHA * p + 1) * (1 - p))
    shift = _step(np.add, _step(np.multiply, noise - array.dtype.type(1), _ALPHA * scale), _ALPHA * scale * p)
    return wrap(_step(np.multiply, noise, scale)), wrap(shift)


def _step(ufunc: Any, x: np.ndarray, number: float) -> np.ndarray:
    """An operation with a Python number, which half precision computes in float32 and rounds."""
    if x.dtype.itemsize == 2:
        return ufunc(x.astype(np.float32), np.float32(number)).astype(x.dtype)
    return np.asarray(ufunc(x, x.dtype.type(number)))


@public("torch", "nn.functional")
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    r"""Zero each element with probability ``p`` and divide the rest by :math:`1 - p`; nothing unless ``training``.

    Source: Srivastava et al., "Dropout", 2014.

    Parameters
    ----------
    input : Tensor
    p : float
    training : bool

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    ValueError
        If ``p`` is not a probability.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.dropout(torch.ones(3), p=0.5, training=False)
    tensor([1., 1., 1.])
    """
    return _dropped("dropout", input, p, training, inplace)


def _dropped_channels(name: str, n: int, input: Tensor, p: float, training: bool, inplace: bool) -> Tensor:
    """Whole channels, whose places have n dimensions; without a batch, the input is one example."""
    check_tensor(name, input)
    ndim = input._array.ndim
    if ndim not in (n + 1, n + 2):
        if n == 1:
            raise RuntimeError(f"{name}: expected 2 or 3 dimensions, but the input has {ndim}")
        warnings.warn(f"{name} expects {n + 1} or {n + 2} dimensions, but the input has {ndim}", stacklevel=3)
    elif n == 2 and ndim == 3:
        warnings.warn(
            f"{name}: an input of 3 dimensions is taken for a batch of rows, as by dropout1d; write input.unsqueeze(0) for one image",
            stacklevel=3,
        )
    if ndim == n + 2 or n == 2:  # (torch takes an image without a batch for a batch of rows)
        return _dropped(name, input, p, training, inplace, features=True)
    result = _dropped(name, input.unsqueeze(0), p, training, inplace, features=True)
    return input if inplace else result.squeeze(0)


@public("nn.functional")
def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero whole channels of a (N, C, L) or (C, L) input with probability ``p``.

    Source: Tompson et al., "Efficient object localization using convolutional networks", 2015.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    p : float
    training : bool

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.dropout1d(torch.ones(1, 2, 3), p=1.0)
    tensor([[[0., 0., 0.],
             [0., 0., 0.]]])
    """
    return _dropped_channels("dropout1d", 1, input, p, training, inplace)


@public("nn.functional", sized="input")
def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero whole channels of a (N, C, H, W) input with probability ``p``.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W)
    p : float
    training : bool

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.dropout2d(torch.ones(1, 1, 1, 2), p=1.0)
    tensor([[[[0., 0.]]]])
    """
    return _dropped_channels("dropout2d", 2, input, p, training, inplace)


@public("nn.functional")
def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Zero whole channels of a (N, C, D, H, W) or (C, D, H, W) input with probability ``p``.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    p : float
    training : bool

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.dropout3d(torch.ones(1, 1, 1, 2), p=1.0)
    tensor([[[[0., 0.]]]])
    """
    return _dropped_channels("dropout3d", 3, input, p, training, inplace)


@public("torch", "nn.functional")
def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean 0 and variance 1, for networks with :func:`selu`.

    Parameters
    ----------
    input : Tensor
    p : float
    training : bool

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.alpha_dropout(torch.ones(3), 0.5)
    tensor([1., 1., 1.])
    """
    return _dropped("alpha_dropout", input, p, training, inplace, alpha=True)


@public("torch", "nn.functional")
def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """:func:`alpha_dropout` of whole channels.

    Parameters
    ----------
    input : Tensor
    p : float
    training : bool

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.feature_alpha_dropout(torch.ones(1, 1, 2), 0.5)
    tensor([[[1., 1.]]])
    """
    return _dropped("feature_alpha_dropout", input, p, training, inplace, features=True, alpha=True)
