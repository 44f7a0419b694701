"""Clipping gradients before a step, so that one bad batch cannot throw the parameters far away."""

from __future__ import annotations

import warnings
from typing import Any

from ...core.grad_mode import no_grad
from ...core.tensor import Tensor
from ...ops.creation import tensor
from ...ops.shape.joining import stack


def _as_list(tensors: Any) -> list[Any]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def get_total_norm(tensors: Any, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None) -> Tensor:
    """The norm of all tensors together, as if they were one vector.

    Parameters
    ----------
    tensors : Tensor, or iterable of Tensors
    norm_type : float
        Which norm.
    error_if_nonfinite : bool
        Whether infinity and NaN are errors.
    foreach : bool, optional
        One of PyTorch's ways to compute the same; without effect.

    Returns
    -------
    Tensor
        One number.

    Raises
    ------
    RuntimeError
        If it is not finite and ``error_if_nonfinite``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.utils.get_total_norm([torch.tensor([3.0]), torch.tensor([4.0])])
    tensor(5.)
    """
    tensors, norm_type = _as_list(tensors), float(norm_type)
    if not tensors:
        return tensor(0.0)
    with no_grad():
        total: Tensor = stack([t.norm(norm_type) for t in tensors]).norm(norm_type)
    if error_if_nonfinite and not bool(total.isfinite()):  # type: ignore[attr-defined]
        raise RuntimeError(f"the norm of the gradients is {total.item()}, so they cannot be clipped")  # type: ignore[attr-defined]
    return total


def clip_grads_with_norm_(parameters: Any, max_norm: float, total_norm: Any, foreach: Any = None) -> None:
    """Scale all gradients by ``max_norm / total_norm``, if that is less than 1.

    Parameters
    ----------
    parameters : Tensor, or iterable of Tensors
    max_norm : float
        What the norm is scaled down to.
    total_norm : Tensor
        The norm of all gradients, see :func:`get_total_norm`.
    foreach : bool, optional
        One of PyTorch's ways to compute the same; without effect.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3.0, 4.0])
    >>> torch.nn.utils.clip_grads_with_norm_([w], 1.0, torch.tensor(5.0))
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    max_norm = float(max_norm)
    with no_grad():
        factor = (max_norm / (total_norm + 1e-6)).clamp(max=1.0)
        for p in _as_list(parameters):
            if p._grad is not None:
                p._grad.mul_(factor)


def clip_grad_norm_(
    parameters: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: Any = None
) -> Tensor:
    """Scale all gradients so that their common norm is at most ``max_norm``; returns the norm before.

    Parameters
    ----------
    parameters : Tensor, or iterable of Tensors
        Those without a gradient do not count.
    max_norm : float
        What the norm is scaled down to, if it is larger.
    norm_type : float
        Which norm.
    error_if_nonfinite : bool
        Whether infinity and NaN are errors.
    foreach : bool, optional
        One of PyTorch's ways to compute the same; without effect.

    Returns
    -------
    Tensor
        The norm of all gradients together, before.

    Raises
    ------
    RuntimeError
        If the norm is not finite and ``error_if_nonfinite``.

    See Also
    --------
    clip_grad_value_ : Limits each element instead.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3.0, 4.0])
    >>> torch.nn.utils.clip_grad_norm_([w], 1.0), w.grad
    (tensor(5.), tensor([0.6000, 0.8000]))
    """
    parameters = _as_list(parameters)
    total = get_total_norm([p._grad for p in parameters if p._grad is not None], norm_type, error_if_nonfinite)
    clip_grads_with_norm_(parameters, max_norm, total)
    return total


def clip_grad_norm(*args: Any, **kwargs: Any) -> Tensor:
    """:func:`clip_grad_norm_` under an old name, with a warning.

    Parameters
    ----------
    *args, **kwargs : any
        The arguments of :func:`clip_grad_norm_`.

    Returns
    -------
    Tensor
        The norm of all gradients together, before.

    Examples
    --------
    >>> import warnings
    >>> import minitorch_bp as torch
    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3.0, 4.0])
    >>> with warnings.catch_warnings(action="ignore"):
    ...     torch.nn.utils.clip_grad_norm([w], 1.0)
    tensor(5.)
    """
    warnings.warn("nn.utils.clip_grad_norm is an old name: use clip_grad_norm_", FutureWarning, stacklevel=2)
    return clip_grad_norm_(*args, **kwargs)


def clip_grad_value_(parameters: Any, clip_value: float, foreach: Any = None) -> None:
    """Limit every element of the gradients to [-clip_value, clip_value].

    Parameters
    ----------
    parameters : Tensor, or iterable of Tensors
        Those without a gradient stay as they are.
    clip_value : float
        The limit of the absolute values.
    foreach : bool, optional
        One of PyTorch's ways to compute the same; without effect.

    See Also
    --------
    clip_grad_norm_ : Keeps the direction of the gradient.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.zeros(2, requires_grad=True)
    >>> w.grad = torch.tensor([3.0, -0.5])
    >>> torch.nn.utils.clip_grad_value_([w], 1.0)
    >>> w.grad
    tensor([ 1.0000, -0.5000])
    """
    limit = float(clip_value)
    with no_grad():
        for p in _as_list(parameters):
            if p._grad is not None:
                p._grad.clamp_(-limit, limit)
