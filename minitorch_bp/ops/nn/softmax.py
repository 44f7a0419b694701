"""Softmax, its logarithm and its relatives."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from ...core.sums import max_kept, sum_kept
from .._base import Tensor, dtypes, primitive, public, wrap
from .._shapes import check_tensor, wrap_dim
from ..random.fill import exponential_
from ..reduction.extremes import max as max_


# ---------------------------------------------------------------------- softmax
def _prepare(name: str, input: Tensor, dim: Any, dtype: Any) -> tuple[Tensor, int]:
    check_tensor(name, input)
    if dtype is not None:
        input = input.to(dtype)
    dim = wrap_dim(dim, input._array.ndim, name)
    if input.dtype.category < dtypes.FLOATING:
        raise NotImplementedError(f"{name} is not defined for {input.dtype!r}: convert with .float() or pass dtype=")
    return input, dim


def _default_dim(name: str, input: Tensor) -> int:
    """torch's old rule where no dimension is given: the second, but the first of 0, 1 and 3 dimensions."""
    warnings.warn(f"{name} without dim= chooses a dimension by an old rule; pass dim=", stacklevel=3)
    return 0 if input.ndim in (0, 1, 3) else 1


def _softmax_rule(xp: Any, grad: Any, result: Any, dim: Any) -> Any:
    g = grad * result
    return g - result * xp._sum_over(g, dim, True)


def _wide(x: np.ndarray) -> np.ndarray:
    return x.astype(np.float32) if x.dtype.itemsize == 2 else x


@primitive(reals_only=True, grad_name="SoftmaxBackward0", input=_softmax_rule)
def _softmax(input, dim):
    if not input.size or not input.ndim:
        return np.ones_like(input)
    x = _wide(input)
    out = np.subtract(x, max_kept(x, dim))
    np.exp(out, out)
    out /= sum_kept(out, dim)
    return out.astype(input.dtype, copy=False)


@public("torch", "Tensor", "special", exact=True)
def softmax(input: Tensor, dim: int, dtype: Any = None, *, out: Any = None) -> Tensor:
    r"""Exponentials normalized to sum 1 along ``dim``: :math:`e^{x_i} / \sum_j e^{x_j}`.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    dim : int
        :func:`minitorch_bp.nn.functional.softmax` can do without.
    dtype : dtype, optional
        Convert to this type first.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.log_softmax : Its logarithm, computed without overflow.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return _softmax(*_prepare("softmax", input, dim, dtype))


@public("nn.functional", name="softmax", aliases=False)
def _softmax_by_default(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    r"""Exponentials normalized to sum 1 along ``dim``: :math:`e^{x_i} / \sum_j e^{x_j}`.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    dim : int
        A missing one is chosen by an old rule, with a warning.
    dtype : dtype, optional
        Convert to this type first.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.log_softmax : Its logarithm, computed without overflow.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    if dim is None:
        dim = _default_dim("softmax", input)
    return _softmax(*_prepare("softmax", input, dim, dtype))


@primitive(
    reals_only=True,
    grad_name="LogSoftmaxBackward0",
    input=lambda xp, grad, result, dim: grad - xp.exp(result) * xp._sum_over(grad, dim, True),
)
def _log_softmax(input, dim):
    if not input.size or not input.ndim:
        return np.zeros_like(input)
    x = _wide(input)
    out = np.subtract(x, max_kept(x, dim))
    np.subtract(out, np.log(sum_kept(np.exp(out), dim)), out)
    return out if x is input else out.astype(input.dtype)


@public("torch", "Tensor", "special", exact=True)
def log_softmax(input: Tensor, dim: int, dtype: Any = None, *, out: Any = None) -> Tensor:
    r"""The logarithm of :func:`softmax`, computed without overflow: :math:`x_i - \ln \sum_j e^{x_j}`.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    dim : int
        :func:`minitorch_bp.nn.functional.log_softmax` can do without.
    dtype : dtype, optional
        Convert to this type first.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.softmax : Without the logarithm.
    minitorch_bp.logsumexp : What is taken off.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.log_softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    return _log_softmax(*_prepare("log_softmax", input, dim, dtype))


@public("nn.functional", name="log_softmax", aliases=False)
def _log_softmax_by_default(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    r"""The logarithm of :func:`softmax`, computed without overflow: :math:`x_i - \ln \sum_j e^{x_j}`.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    dim : int
        A missing one is chosen by an old rule, with a warning.
    dtype : dtype, optional
        Convert to this type first.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.softmax : Without the logarithm.
    minitorch_bp.logsumexp : What is taken off.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.log_softmax(torch.tensor([0.0, 0.0]), dim=0)
    tensor([-0.6931, -0.6931])
    """
    if dim is None:
        dim = _default_dim("log_softmax", input)
    return _log_softmax(*_prepare("log_softmax", input, dim, dtype))


@public("nn.functional", aliases=False)
def softmin(input: Tensor, dim: Any = None, dtype: Any = None) -> Tensor:
    """:func:`softmax` of the negative.

    Parameters
    ----------
    input : Tensor
        Of floating-point type.
    dim : int
        A missing one is chosen by an old rule, with a warning.
    dtype : dtype, optional
        Convert to this type first.

    Returns
    -------
    Tensor
        Of ``input``'s shape.

    See Also
    --------
    minitorch_bp.softmax : Of the input itself.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.softmin(torch.tensor([0.0, 0.0]), dim=0)
    tensor([0.5000, 0.5000])
    """
    return softmax(-input, _default_dim("softmin", input) if dim is None else dim, dtype)


@public("nn.functional", aliases=False)
def gumbel_softmax(logits: Tensor, tau: float | Tensor = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    r"""A sample of a relaxed categorical distribution: :math:`\text{softmax}((x + g) / \tau)` with Gumbel noise g.

    ``hard`` returns one-hot vectors, with the gradient of the soft ones.

    Source: Jang et al., "Categorical reparameterization with Gumbel-softmax", 2017.

    Parameters
    ----------
    logits : Tensor
        Log-probabilities, up to a constant.
    tau : float
        The temperature.
    hard : bool
        Return one-hot vectors, with the gradient of the soft ones.
    eps : float
        Without effect, as in torch.
    dim : int

    Returns
    -------
    Tensor
        Of the shape of ``logits``.

    See Also
    --------
    minitorch_bp.softmax : Without noise.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.gumbel_softmax(torch.zeros(1, 3), hard=True).sum()
    tensor(1.)
    """
    noise = wrap(np.empty(logits._array.shape, logits._array.dtype))
    gumbels = -exponential_(noise).log()
    soft = softmax((logits + gumbels) / tau, dim)
    if not hard:
        return soft
    index = max_(soft, dim, keepdim=True)[1]
    one_hot = wrap(np.zeros_like(logits._array)).scatter_(dim, index, 1.0)
    return one_hot - soft.detach() + soft
