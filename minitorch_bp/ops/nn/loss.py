"""Losses: the lecture's squared loss and softmax regression loss, and their relatives.

Every loss first has one value per element or example; ``reduction`` then takes the mean, the sum, or nothing (``loss_reduction``).
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from .._base import MaybeTensor, Tensor, dtypes, primitive, public
from .._shapes import check_tensor, chosen, floats_only, not_negative, positive, same_type
from ..shape.expand import broadcast_tensors
from ..special.entropy import xlogy
from .loss_reduction import _reduce, check_reduction, reduced
from .smooth_activation import logsigmoid  # noqa: F401  (a rule says xp.logsigmoid)


def _weighted_mean(name: str, values: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """The reduction of weighted losses, where the mean divides by the sum of the weights."""
    if weight._array.shape != values._array.shape:
        raise ValueError(f"{name}: a weight of shape {list(weight.shape)} does not fit {list(values.shape)}")
    weighted = values * weight
    return weighted.sum() / weight.sum() if reduction == "mean" else reduced(weighted, reduction)


def loss_dtype(name: str, input: Tensor, target: Tensor) -> Any:
    """The input's dtype, which some losses keep whatever the target's is; RuntimeError if it can't hold the loss."""
    wanted = dtypes.result_dtype([input._array, target._array])
    if wanted.category > input.dtype.category:
        raise RuntimeError(f"{name}: the result, of type {wanted!r}, does not fit into the type of the input, {input.dtype!r}")
    return input.dtype


def _per_element(grad: Any, shape: Any, reduction: str) -> Any:
    """The gradient of each element's loss, given that of the reduced loss."""
    return grad / int(np.prod(shape)) if reduction == "mean" else grad


def _of_one_shape(name: str, input: Tensor, target: Any) -> tuple[Tensor, Tensor]:
    """Two operands of one shape, with torch's warning where broadcasting is about to surprise."""
    if input._array.shape != target._array.shape:
        warnings.warn(
            f"{name}: the target's size {list(target.shape)} differs from the input's {list(input.shape)}; both are broadcast, "
            "which is probably not what was meant",
            stacklevel=4,
        )
        input, target = broadcast_tensors(input, target)
    return input, target


def _pair(name: str, input: Tensor, target: Any) -> tuple[Tensor, Tensor]:
    """Two operands of one shape and dtype."""
    input, target = _of_one_shape(name, input, target)
    if input._array.dtype != target._array.dtype:
        wanted = dtypes.result_dtype([input._array, target._array])
        input, target = input.to(wanted), target.to(wanted)
    return input, target


# ---------------------------------------------------------------------- regression
@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="MseLossBackward0",
    input=lambda xp, grad, input, target, reduction: _per_element(grad, input.shape, reduction) * 2 * (input - target),
    target=lambda xp, grad, input, target, reduction: _per_element(grad, input.shape, reduction) * 2 * (target - input),
)
def _mse_loss(input, target, reduction):
    floats_only("mse_loss", input)
    d = np.subtract(input, target)
    return _reduce(d * d, reduction)


@public("nn.functional", sized="input target weight")
def mse_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: MaybeTensor = None
) -> Tensor:
    r"""The squared error, :math:`(x_i - y_i)^2`, averaged by default.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    reduction : 'mean', 'sum' or 'none'
    weight : Tensor, optional
        A factor for each element.

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Raises
    ------
    ValueError
        For another reduction.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(2.)
    """
    reduction = check_reduction("mse_loss", reduction, size_average, reduce)
    if weight is None:
        return _mse_loss(*_pair("mse_loss", input, target), reduction)
    input, target = _of_one_shape("mse_loss", input, target)
    return _weighted_mean("mse_loss", (input - target) ** 2, weight, reduction)


@public("nn.functional", sized="input target weight")
def l1_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean", weight: MaybeTensor = None
) -> Tensor:
    r"""The absolute error, :math:`|x_i - y_i|`; its derivative at 0 is 0.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    reduction : 'mean', 'sum' or 'none'
    weight : Tensor, optional
        A factor for each element.

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.l1_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 4.0]))
    tensor(1.)
    """
    reduction = check_reduction("l1_loss", reduction, size_average, reduce)
    input, target = _of_one_shape("l1_loss", input, target)
    if weight is not None:
        return _weighted_mean("l1_loss", (input - target).abs(), weight, reduction)
    return reduced((input - target).abs(), reduction)


def _huber_slope(xp: Any, d: Any, width: float) -> Any:
    return xp._where(xp.abs(d) >= width, width * xp.sign(d), d)  # NaN stays NaN


def _smooth_slope(xp: Any, d: Any, beta: float) -> Any:
    return xp._where(xp.abs(d) >= beta, xp.sign(d), d / beta)


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="SmoothL1LossBackward0",
    input=lambda xp, grad, input, target, reduction, beta: (
        _per_element(grad, input.shape, reduction) * _smooth_slope(xp, input - target, beta)
    ),
    target=lambda xp, grad, input, target, reduction, beta: (
        _per_element(grad, input.shape, reduction) * _smooth_slope(xp, target - input, beta)
    ),
)
def _smooth_l1_loss(input, target, reduction, beta):
    floats_only("smooth_l1_loss", input)
    d = np.abs(input - target)
    return _reduce(chosen(d < beta, d * d * 0.5 / beta, d - 0.5 * beta).astype(d.dtype), reduction)


@public("nn.functional", sized="input target weight")
def smooth_l1_loss(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean", beta: float = 1.0
) -> Tensor:
    r"""Squared error near 0, absolute beyond ``beta``: :math:`d^2 / 2\beta` for :math:`|d| < \beta`, else :math:`|d| - \beta / 2`.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    reduction : 'mean', 'sum' or 'none'
    beta : float

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.smooth_l1_loss(torch.tensor([0.5, 3.0]), torch.zeros(2), reduction="none")
    tensor([0.1250, 2.5000])
    """
    reduction = check_reduction("smooth_l1_loss", reduction, size_average, reduce)
    not_negative("smooth_l1_loss", beta=beta)
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    return _smooth_l1_loss(*_pair("smooth_l1_loss", input, target), reduction, float(beta))


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="HuberLossBackward0",
    input=lambda xp, grad, input, target, reduction, delta: (
        _per_element(grad, input.shape, reduction) * _huber_slope(xp, input - target, delta)
    ),
    target=lambda xp, grad, input, target, reduction, delta: (
        _per_element(grad, input.shape, reduction) * _huber_slope(xp, target - input, delta)
    ),
)
def _huber_loss(input, target, reduction, delta):
    floats_only("huber_loss", input)
    d = np.abs(input - target)
    return _reduce(chosen(d < delta, 0.5 * d * d, delta * (d - 0.5 * delta)).astype(d.dtype), reduction)


@public("nn.functional", sized="input target weight")
def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: MaybeTensor = None) -> Tensor:
    r"""Huber's loss: :math:`d^2 / 2` for :math:`|d| < \delta`, else :math:`\delta (|d| - \delta / 2)`.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    reduction : 'mean', 'sum' or 'none'
    delta : float
    weight : Tensor, optional
        A factor for each element.

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.huber_loss(torch.tensor([0.5, 3.0]), torch.zeros(2), reduction="none")
    tensor([0.1250, 2.5000])
    """
    if weight is not None:
        if weight.shape != input.shape:
            raise ValueError(f"huber_loss: a weight of shape {list(weight.shape)} does not fit {list(input.shape)}")
        return reduced(huber_loss(input, target, "none", delta) * weight, check_reduction("huber_loss", reduction))
    if not isinstance(delta, (int, float)):
        raise TypeError(f"huber_loss: delta must be a number, but is a {type(delta).__name__}")
    positive("huber_loss", delta=delta)
    reduction = check_reduction("huber_loss", reduction)
    input, target = _of_one_shape("huber_loss", input, target)
    kept = loss_dtype("huber_loss", input, target)
    return _huber_loss(*_pair("huber_loss", input, target), reduction, float(delta)).to(kept)


# ---------------------------------------------------------------------- two classes
@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="BinaryCrossEntropyBackward0",
    input=lambda xp, grad, input, target, reduction: xp._bce_backward(_per_element(grad, input.shape, reduction), input, target),
    target=lambda xp, grad, input, reduction: _per_element(grad, input.shape, reduction) * (xp.log1p(-input) - xp.log(input)),
)
def _bce(input, target, reduction):
    floats_only("binary_cross_entropy", input)
    if input.size and not (input.min() >= 0 and input.max() <= 1):
        raise RuntimeError(
            "binary_cross_entropy: all inputs must lie between 0 and 1: apply sigmoid first, or use the form with logits"
        )
    if target.size and not (target.min() >= 0 and target.max() <= 1):
        raise RuntimeError("binary_cross_entropy: all targets must lie between 0 and 1")
    return _reduce((target - 1) * np.maximum(np.log1p(-input), -100) - target * np.maximum(np.log(input), -100), reduction)


def _bce_curvature(xp: Any, g: Any, grad: Any, input: Any, target: Any) -> Any:
    """The second derivative; the small numbers keep it finite at 0 and 1, and stand where torch has them."""
    left, right = input + 1e-12, 1 - input + 1e-12
    return g * grad * ((input * input - 2 * input * target + target) / (left * left * (right * right)))


@primitive(
    elementwise=True,
    grad=lambda xp, g, input, target: g * ((input - target) / ((input + 1e-12) * (1 - input + 1e-12))),
    input=_bce_curvature,
    target=lambda xp, g, grad, input: -g * grad / ((1 - input) * input),
)
def _bce_backward(grad, input, target):
    return grad * (input - target) / np.maximum((1 - input) * input, input.dtype.type(np.float32(1e-12)))


@public("nn.functional", sized="input target weight")
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: MaybeTensor = None, size_average: Any = None, reduce: Any = None, reduction: str = "mean"
) -> Tensor:
    r"""The cross entropy of a probability: :math:`-y \ln x - (1 - y) \ln(1 - x)`, each logarithm at least -100.

    Parameters
    ----------
    input : Tensor
        Probabilities.
    target : Tensor
        Of the same shape.
    weight : Tensor, optional
        A factor for each element.
    reduction : 'mean', 'sum' or 'none'

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Raises
    ------
    ValueError
        If the shapes differ.
    RuntimeError
        If an input lies outside [0, 1].

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = check_reduction("binary_cross_entropy", reduction, size_average, reduce)
    if input._array.shape != target._array.shape:
        raise ValueError(f"binary_cross_entropy: the target's size {list(target.shape)} must equal the input's {list(input.shape)}")
    same_type("binary_cross_entropy", input, target)
    if weight is None:
        return _bce(input, target, reduction)
    losses = _bce(input, target, "none") * weight.to(input.dtype)
    return reduced(losses, reduction, "BinaryCrossEntropyBackward0", input, target)


def _weighted(grad: Any, input: Any, weight: Any, reduction: str) -> Any:
    g = _per_element(grad, input.shape, reduction)
    return g if weight is None else g * weight


def _logits_rule(xp: Any, grad: Any, input: Any, target: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    g = _weighted(grad, input, weight, reduction)
    if pos_weight is None:
        return g * (xp.sigmoid(input) - target)
    return g * ((1 - target) - ((pos_weight - 1) * target + 1) * xp.sigmoid(-input))


def _target_rule(xp: Any, grad: Any, input: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    g = _weighted(grad, input, weight, reduction)
    return g * (-input if pos_weight is None else -input - (pos_weight - 1) * xp.logsigmoid(input))


@primitive(
    reals_only=True,
    elementwise=True,
    grad_name="BinaryCrossEntropyWithLogitsBackward0",
    input=_logits_rule,
    target=_target_rule,
)
def _bce_with_logits(input, target, weight, pos_weight, reduction):
    floats_only("binary_cross_entropy_with_logits", input)
    values = np.maximum(-input, 0) + np.log1p(np.exp(-np.abs(input)))
    if pos_weight is not None:
        values = values * ((pos_weight - 1) * target + 1)
    values = (1 - target) * input + values
    return _reduce(values if weight is None else values * weight, reduction)


@public("nn.functional", sized="input target")
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: MaybeTensor = None,
    size_average: Any = None,
    reduce: Any = None,
    reduction: str = "mean",
    pos_weight: MaybeTensor = None,
) -> Tensor:
    r""":func:`binary_cross_entropy` of :math:`\sigma(x)`, computed without overflow.

    Parameters
    ----------
    input, target : Tensor
        Of one shape.
    weight : Tensor, optional
        A factor for each element.
    reduction : 'mean', 'sum' or 'none'
    pos_weight : Tensor, optional
        A factor for the positive examples.

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Raises
    ------
    ValueError
        If the shapes differ.
    RuntimeError
        If the target holds integers or booleans.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor([0.0]), torch.tensor([1.0]))
    tensor(0.6931)
    """
    reduction = check_reduction("binary_cross_entropy_with_logits", reduction, size_average, reduce)
    for argument, x in (("weight", weight), ("pos_weight", pos_weight)):
        if x is not None:
            check_tensor("binary_cross_entropy_with_logits", x, argument)
    if input._array.shape != target._array.shape:
        raise ValueError(
            f"binary_cross_entropy_with_logits: the target's size {list(target.shape)} must equal the input's {list(input.shape)}"
        )
    floats_only("binary_cross_entropy_with_logits", input._array)
    if pos_weight is not None and pos_weight._array.dtype.kind == "b":
        raise RuntimeError(
            "binary_cross_entropy_with_logits: pos_weight must hold numbers, but is of type torch.bool: use .float()"
        )
    if target._array.dtype != input._array.dtype and not target.dtype.is_floating_point:
        raise RuntimeError(
            f"binary_cross_entropy_with_logits: the result does not fit into targets of type {target.dtype!r}: use .float()"
        )
    weight, pos_weight = (x if x is None else x.to(target.dtype) for x in (weight, pos_weight))
    return _bce_with_logits(input.to(target.dtype), target, weight, pos_weight, reduction)  # the targets decide on the type


# ---------------------------------------------------------------------- distributions
@public("nn.functional")
def kl_div(
    input: Tensor, target: Tensor, size_average: Any = None, reduce: Any = None, reduction: str = "mean", log_target: bool = False
) -> Tensor:
    r"""The Kullback-Leibler divergence of log-probabilities: :math:`y (\ln y - x)`.

    Parameters
    ----------
    input : Tensor
        Log-probabilities x.
    target : Tensor
        Probabilities y.
    reduction : 'mean', 'batchmean', 'sum' or 'none'
        Only 'batchmean' is the divergence of the definition.
    log_target : bool
        Whether ``target`` holds logarithms, too.

    Returns
    -------
    Tensor
        One number, or each loss with ``reduction='none'``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.kl_div(torch.tensor([0.0]), torch.tensor([1.0]), reduction="sum")
    tensor(0.)
    """
    if reduction == "batchmean":
        total = kl_div(input, target, reduction="sum", log_target=log_target)
        return total / input._array.shape[0] if input.ndim else total
    reduction = check_reduction("kl_div", reduction, size_average, reduce)
    if reduction == "mean":
        warnings.warn(
            "kl_div: reduction='mean' divides by the number of elements, which is not the divergence; 'batchmean' gives that",
            stacklevel=3,
        )
    check_tensor("kl_div", input)
    check_tensor("kl_div", target, "target")
    if input.dtype.category < dtypes.FLOATING or target.dtype.category < dtypes.FLOATING:
        raise RuntimeError(f"kl_div needs floating-point tensors, but got {input.dtype!r} and {target.dtype!r}")
    if log_target:
        values = target.exp() * (target - input)
    else:
        values = xlogy(target, target) - target * input
    return reduced(values, reduction)
