"""``torch.nn.utils.fusion``: a batch norm in evaluation is an affine map, so the layer before it can do its work.

With the running mean :math:`\\mu` and variance :math:`\\sigma^2`, :math:`\\gamma (W x + b - \\mu) / \\sqrt{\\sigma^2 + \\epsilon} + \\beta`
is again a weight times :math:`x` plus a bias.
"""

from __future__ import annotations

import copy
from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import ones_like, zeros_like
from ..parameter import Parameter


def _fused(weight: Tensor, bias: Any, norm: tuple[Any, ...], axis: int) -> tuple[Parameter, Parameter]:
    """Weight and bias with those of a norm ``(mean, var, eps, gamma, beta)`` in them; outputs are counted by ``axis``."""
    mean, var, eps, gamma, beta = norm
    bias = zeros_like(mean) if bias is None else bias
    gamma = ones_like(mean) if gamma is None else gamma
    beta = zeros_like(mean) if beta is None else beta
    factor = gamma * (var + eps).rsqrt()
    shape = [1] * weight.dim()
    shape[axis] = -1
    fused = (weight * factor.reshape(shape)).to(weight.dtype), ((bias - mean) * factor + beta).to(bias.dtype)
    return Parameter(fused[0].detach(), weight.requires_grad), Parameter(fused[1].detach(), bias.requires_grad)


def fuse_conv_bn_weights(
    conv_w: Tensor, conv_b: Any, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Any, bn_b: Any, transpose: bool = False
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a convolution that does what a convolution and a batch norm do.

    Parameters
    ----------
    conv_w : Tensor
    conv_b : Tensor, optional
    bn_rm, bn_rv : Tensor
        Running mean and variance.
    bn_eps : float
    bn_w, bn_b : Tensor, optional
    transpose : bool
        Whether it is a transposed convolution, whose second dimension counts the outputs.

    Returns
    -------
    (Parameter, Parameter)
        Weight and bias.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> one = torch.ones(1)
    >>> torch.nn.utils.fusion.fuse_conv_bn_weights(torch.ones(1, 1, 1), None, one, 4 * one, 0.0, 3 * one, one)[1]
    Parameter containing:
    tensor([-0.5000])
    """
    return _fused(conv_w, conv_b, (bn_rm, bn_rv, bn_eps, bn_w, bn_b), 1 if transpose else 0)


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Any, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor, bn_b: Tensor
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a linear layer that does what a linear layer and a batch norm do.

    Parameters
    ----------
    linear_w : Tensor
    linear_b : Tensor, optional
    bn_rm, bn_rv : Tensor
        Running mean and variance.
    bn_eps : float
    bn_w, bn_b : Tensor

    Returns
    -------
    (Parameter, Parameter)
        Weight and bias.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> one = torch.ones(1)
    >>> torch.nn.utils.fusion.fuse_linear_bn_weights(torch.ones(1, 1), None, one, 4 * one, 0.0, 3 * one, one)[1]
    Parameter containing:
    tensor([-0.5000])
    """
    return _fused(linear_w, linear_b, (bn_rm, bn_rv, bn_eps, bn_w, bn_b), 0)


def _norm_of(bn: Any) -> tuple[Any, ...]:
    if bn.running_mean is None or bn.running_var is None:
        raise AssertionError("only a batch norm with running statistics can be fused, and this one has none")
    return bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """One convolution that does what a convolution and a batch norm do in evaluation.

    Parameters
    ----------
    conv : Module
    bn : Module
    transpose : bool
        Whether it is a transposed convolution.

    Returns
    -------
    Module
        A copy of ``conv`` with other parameters.

    Raises
    ------
    AssertionError
        If one of the two is in training mode.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> conv, norm = torch.nn.Conv1d(1, 2, 3).eval(), torch.nn.BatchNorm1d(2).eval()
    >>> x = torch.ones(1, 1, 4)
    >>> torch.allclose(torch.nn.utils.fusion.fuse_conv_bn_eval(conv, norm)(x), norm(conv(x)))
    True
    """
    if conv.training or bn.training:
        raise AssertionError("fuse_conv_bn_eval: both modules must be in evaluation mode; call .eval() first")
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = _fused(conv.weight, conv.bias, _norm_of(bn), 1 if transpose else 0)
    return fused


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """One linear layer that does what a linear layer and a batch norm do in evaluation.

    Parameters
    ----------
    linear : Module
    bn : Module

    Returns
    -------
    Module
        A copy of ``linear`` with other parameters.

    Raises
    ------
    AssertionError
        If one of the two is in training mode, or their sizes differ.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer, norm = torch.nn.Linear(2, 3).eval(), torch.nn.BatchNorm1d(3).eval()
    >>> x = torch.ones(1, 2)
    >>> torch.allclose(torch.nn.utils.fusion.fuse_linear_bn_eval(layer, norm)(x), norm(layer(x)))
    True
    """
    if linear.training or bn.training:
        raise AssertionError("fuse_linear_bn_eval: both modules must be in evaluation mode; call .eval() first")
    if bn.num_features not in (1, linear.out_features):
        raise AssertionError(
            f"fuse_linear_bn_eval: the norm has {bn.num_features} features, and the layer gives {linear.out_features}"
        )
    fused = copy.deepcopy(linear)
    fused.weight, fused.bias = _fused(linear.weight, linear.bias, _norm_of(bn), 0)
    return fused
