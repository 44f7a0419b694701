"""Margin, ranking and embedding losses, and the Poisson and Gaussian likelihoods."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np

from .._base import Tensor, one_node, primitive, public
from .._composite import is_half, less, plus, rounded_once, times
from .._shapes import check_tensor
from ..pointwise.arithmetic import minimum
from ..pointwise.clamp import clamp_min
from ..pointwise.compare import where
from .distance import pairwise_distance
from .loss import loss_dtype
from .loss_reduction import check_reduction, reduced


@public("torch", "nn.functional")
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    r"""The ranking loss :math:`\max(0, -y (x_1 - x_2) + \text{margin})`: the first should rank higher where y = 1.

    Parameters
    ----------
    input1, input2, target : Tensor
        Of one shape; ``target`` holds 1 and -1.
    margin : float
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> F = torch.nn.functional
    >>> F.margin_ranking_loss(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([1.0]))
    tensor(2.)
    """
    reduction = check_reduction("margin_ranking_loss", reduction, size_average, reduce)
    if not input1.ndim == input2.ndim == target.ndim:
        raise RuntimeError(
            f"margin_ranking_loss: inputs and target must have as many dimensions, but got shapes {list(input1.shape)}, "
            f"{list(input2.shape)} and {list(target.shape)}"
        )
    return reduced(clamp_min(plus(-target * (input1 - input2), margin), 0), reduction)


@public("torch", "nn.functional")
def hinge_embedding_loss(
    input: Tensor, target: Tensor, margin: float = 1.0, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    r"""The hinge loss of a distance: x where y = 1, :math:`\max(0, \text{margin} - x)` where y = -1.

    Parameters
    ----------
    input, target : Tensor
        Of one shape; ``target`` holds 1 and -1.
    margin : float
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.hinge_embedding_loss(torch.tensor([0.3, 0.4]), torch.tensor([1.0, -1.0]))
    tensor(0.4500)
    """
    reduction = check_reduction("hinge_embedding_loss", reduction, size_average, reduce)
    away = where(target != 1, clamp_min(less(margin, input), 0), (input * 0).detach())
    near = where(target != -1, input, (input * 0).detach())
    return reduced(away + near, reduction)


@primitive(input=lambda xp, grad, input: -grad * xp.exp(xp.logsigmoid(-input)))
def _logistic(input):
    """ln(1 + e^-x); its slope is a product in every order, where the quotient e^-x / (1 + e^-x) would lose its digits to a difference."""
    return np.log1p(np.exp(-input))


@public("nn.functional")
def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    r"""The logistic loss of two classes, :math:`\ln(1 + e^{-y x})`.

    Parameters
    ----------
    input, target : Tensor
        Of one shape; ``target`` holds 1 and -1.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.soft_margin_loss(torch.tensor([0.0]), torch.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = check_reduction("soft_margin_loss", reduction, size_average, reduce)
    margin = input * target
    plain = input.dtype == target.dtype and input.is_floating_point() and not is_half(input)
    losses = _logistic(margin) if plain else (-margin).exp().log1p()
    if losses.dtype != input.dtype:
        losses = losses.to(loss_dtype("soft_margin_loss", input, losses))
    return reduced(losses, reduction, "SoftMarginLossBackward0", input)


@public("torch", "nn.functional")
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0, size_average: Any = None, reduce: Any = None,
    reduction: str = "mean",
) -> Tensor:  # fmt: skip
    r""":math:`1 - \cos(x_1, x_2)` where y = 1, :math:`\max(0, \cos(x_1, x_2) - \text{margin})` where y = -1.

    Parameters
    ----------
    input1, input2 : Tensor of shape (N, D) or (D,)
    target : Tensor of shape (N,) or ()
        Of 1 and -1.
    margin : float
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> a = torch.tensor([[1.0, 0.0]])
    >>> torch.nn.functional.cosine_embedding_loss(a, a, torch.tensor([-1.0]))
    tensor(1.)
    """
    reduction = check_reduction("cosine_embedding_loss", reduction, size_average, reduce)
    if target.ndim not in (0, 1) or target.ndim + 1 != input1.ndim or target.ndim + 1 != input2.ndim:
        raise RuntimeError(
            f"cosine_embedding_loss: shapes {list(input1.shape)}, {list(input2.shape)} and target {list(target.shape)} do not fit"
        )
    eps = 1e-12
    product = (input1 * input2).sum(-1)
    first, second = plus((input1 * input1).sum(-1), eps), plus((input2 * input2).sum(-1), eps)
    cosine = product / (first * second).sqrt()
    zero = (cosine * 0).detach()
    losses = where(target == 1, less(1, cosine), zero) + where(
        target == -1, clamp_min(one_node("SubBackward1", cosine - margin, cosine), 0), zero
    )
    return reduced(losses, reduction)


@public("torch", "nn.functional")
def poisson_nll_loss(
    input: Tensor, target: Tensor, log_input: bool = True, full: bool = False, size_average: Any = None, eps: float = 1e-8,
    reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    r"""The negative log-likelihood of a Poisson distribution: :math:`e^x - y x`, or :math:`x - y \ln(x + \epsilon)`.

    Parameters
    ----------
    input : Tensor
        Rates, or their logarithms if ``log_input``.
    target : Tensor
        Counts.
    log_input : bool
    full : bool
        Add Stirling's approximation of :math:`\ln y!`.
    eps : float
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.poisson_nll_loss(torch.tensor([0.0]), torch.tensor([2.0]))
    tensor(1.)
    """
    if is_half(input):
        return rounded_once(poisson_nll_loss, input, target, log_input, full, size_average, eps, reduce, reduction)
    reduction = check_reduction("poisson_nll_loss", reduction, size_average, reduce)
    losses = input.exp() - target * input if log_input else input - target * plus(input, eps).log()
    if full:
        stirling = target * target.log() - target + times(times(target, 2 * math.pi).log(), 0.5)
        losses = losses + stirling.masked_fill(target <= 1, 0.0)
    return reduced(losses, reduction)


@public("nn.functional", sized="input")
def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Any, full: bool | int = False, eps: float | Tensor = 1e-6, reduction: str = "mean"
) -> Tensor:
    r"""The negative log-likelihood of a normal distribution: :math:`\frac12 (\ln v + (x - y)^2 / v)`, with v at least eps.

    Parameters
    ----------
    input, target : Tensor
        The means and what was observed.
    var : Tensor or float
        The variances v.
    full : bool
        Add the constant :math:`\frac12 \ln 2\pi`.
    eps : float
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.gaussian_nll_loss(torch.tensor([1.0]), torch.tensor([3.0]), torch.tensor([1.0]))
    tensor(2.)
    """
    if not isinstance(var, Tensor):
        if var < 0:
            raise ValueError(f"gaussian_nll_loss: a variance can't be negative, but is {var}")
        var = (input * 0).detach() + var
    if var.shape != input.shape:
        if tuple(input.shape[:-1]) == tuple(var.shape):
            var = var.unsqueeze(-1)
        elif var.ndim != input.ndim or sum(v for s, v in zip(input.shape, var.shape, strict=True) if s != v) != 1:
            raise ValueError(f"gaussian_nll_loss: a var of shape {list(var.shape)} does not fit {list(input.shape)}")
    reduction = check_reduction("gaussian_nll_loss", reduction)
    if (var < 0).any():
        raise ValueError("gaussian_nll_loss: a variance can't be negative")
    if not var.dtype.is_floating_point:
        raise RuntimeError(f"gaussian_nll_loss: variances must be floating-point numbers, but are of type {var.dtype!r}")
    v = one_node("CloneBackward0", var + (var.detach().clamp(min=eps) - var.detach()), var)
    difference = input - target
    losses = 0.5 * (v.log() + difference**2 / v)
    return reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


@public("torch", "nn.functional")
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2, eps: float = 1e-6,
    swap: bool = False, size_average: Any = None, reduce: Any = None, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    r"""The triplet loss, :math:`\max(0, d(a, p) - d(a, n) + \text{margin})` with :func:`pairwise_distance` as d.

    Source: Balntas et al., "Learning shallow convolutional feature descriptors with triplet losses", 2016.

    Parameters
    ----------
    anchor, positive, negative : Tensor of shape (N, D) or (D,)
    margin : float
    p, eps : float
        As in :func:`pairwise_distance`.
    swap : bool
        Use :math:`d(p, n)` where that is smaller than :math:`d(a, n)`.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> a, b = torch.zeros(1, 2), torch.ones(1, 2)
    >>> torch.nn.functional.triplet_margin_loss(a, b, b)
    tensor(1.0000)
    """
    reduction = check_reduction("triplet_margin_loss", reduction, size_average, reduce)
    for t in (anchor, positive, negative):
        check_tensor("triplet_margin_loss", t)
    distance = lambda a, b: pairwise_distance(a, b, p, eps)
    return _triplet_loss("triplet_margin_loss", anchor, positive, negative, distance, margin, swap, reduction, plus)


def _triplet_loss(
    name: str,
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    distance: Any,
    margin: float,
    swap: bool,
    reduction: str,
    add: Any = operator.add,
) -> Tensor:
    if margin <= 0:
        raise ValueError(f"{name}: the margin must be positive, but is {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        shapes = ", ".join(str(list(t.shape)) for t in (anchor, positive, negative))
        raise RuntimeError(f"{name}: all three must have as many dimensions, but got shapes {shapes}")
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = minimum(far, distance(positive, negative))
    return reduced(clamp_min(add(near, margin) - far, 0), reduction)


@public("nn.functional")
def triplet_margin_with_distance_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, *, distance_function: Any = None, margin: float = 1.0,
    swap: bool = False, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """:func:`triplet_margin_loss` with any distance function.

    Parameters
    ----------
    anchor, positive, negative : Tensor
    distance_function : function, optional
        Of two tensors; :func:`pairwise_distance` by default.
    margin : float
    swap : bool
        Use :math:`d(p, n)` where that is smaller than :math:`d(a, n)`.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> a, b = torch.zeros(1, 2), torch.ones(1, 2)
    >>> torch.nn.functional.triplet_margin_with_distance_loss(a, b, b)
    tensor(1.0000)
    """
    name = "triplet_margin_with_distance_loss"
    distance = pairwise_distance if distance_function is None else distance_function
    return _triplet_loss(name, anchor, positive, negative, distance, margin, swap, check_reduction(name, reduction))
