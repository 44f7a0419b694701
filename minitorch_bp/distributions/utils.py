"""What the distributions share: broadcasting of parameters, values computed once, and probabilities as logits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.dtype import finfo, get_default_dtype
from ..core.grad_mode import enable_grad
from ..core.tensor import Tensor
from ..ops.creation import tensor, zeros
from ..ops.indexing.indices import tril_indices
from ..ops.nn.softmax import softmax
from ..ops.pointwise.exponential import sigmoid
from ..ops.random.draw import randn
from ..ops.shape.expand import broadcast_tensors

euler_constant = 0.57721566490153286060


def broadcast_all(*values: Any) -> tuple[Tensor, ...]:
    """Tensors of one shape from tensors and numbers, the numbers in the dtype of the first tensor.

    Parameters
    ----------
    *values : Tensor or number

    Returns
    -------
    tuple of Tensors
        As many as there are values.

    Raises
    ------
    ValueError
        If a value is neither a tensor nor one of Python's real numbers.

    Examples
    --------
    >>> from minitorch_bp.distributions.utils import broadcast_all
    >>> import minitorch_bp as torch
    >>> broadcast_all(torch.zeros(2), 1.0)
    (tensor([0., 0.]), tensor([1., 1.]))
    """
    for value in values:
        if not isinstance(value, (Tensor, int, float)):  # of NumPy's numbers only float64 is a float
            raise ValueError(f"a parameter must be a Tensor or a number, but is a {type(value).__name__}: {value!r}")
    dtype = next((v.dtype for v in values if isinstance(v, Tensor)), get_default_dtype())
    return tuple(broadcast_tensors(*(v if isinstance(v, Tensor) else tensor(v, dtype=dtype) for v in values)))


def _sum_rightmost(value: Any, dims: int) -> Any:
    """Sum over the last ``dims`` dimensions (a number, the log-determinant of a constant map, stays as it is)."""
    return value.reshape(*value.shape[:-dims], -1).sum(-1) if dims else value


def _standard_normal(shape: Any, dtype: Any, device: Any = None) -> Tensor:
    """Normal numbers of mean 0 and standard deviation 1, for draws to be functions of."""
    return randn(shape, dtype=dtype, device=device)


def logits_to_probs(logits: Tensor, is_binary: bool = False) -> Tensor:
    """Probabilities from log-odds (``is_binary``), or from unnormalized log-probabilities along the last dimension.

    Parameters
    ----------
    logits : Tensor
    is_binary : bool

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.utils.logits_to_probs(torch.zeros(2)), torch.distributions.utils.logits_to_probs(torch.zeros(4))
    (tensor([0.5000, 0.5000]), tensor([0.2500, 0.2500, 0.2500, 0.2500]))
    """
    return sigmoid(logits) if is_binary else softmax(logits, -1)


def clamp_probs(probs: Tensor) -> Tensor:
    """Probabilities, moved from 0 and 1 by the dtype's precision, so that their logarithms are finite.

    Parameters
    ----------
    probs : Tensor

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.utils.clamp_probs(torch.tensor([0.0, 0.5]))
    tensor([1.1921e-07, 5.0000e-01])
    """
    eps = finfo(probs.dtype).eps
    return probs.clamp(min=eps, max=1 - eps)


def probs_to_logits(probs: Tensor, is_binary: bool = False) -> Tensor:
    """Log-odds (``is_binary``) or log-probabilities; what is 0 or 1 is first moved by the dtype's precision.

    Parameters
    ----------
    probs : Tensor
    is_binary : bool

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.utils.probs_to_logits(torch.tensor([0.5]), is_binary=True)
    tensor([0.])
    """
    inside = clamp_probs(probs)
    return inside.log() - (-inside).log1p() if is_binary else inside.log()


class lazy_property:
    """A property that is computed when first read, and then kept in the instance's ``__dict__``.

    Parameters
    ----------
    wrapped : callable
        The method that computes it.

    Examples
    --------
    >>> from minitorch_bp.distributions.utils import lazy_property
    >>> class Circle:
    ...     radius = 2
    ...     @lazy_property
    ...     def area(self):
    ...         return 3 * self.radius**2
    >>> Circle().area
    12
    """

    def __init__(self, wrapped: Callable[[Any], Any]):
        self.wrapped = wrapped
        self.__doc__ = wrapped.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with enable_grad():  # kept for later uses, which may need the gradient
            value = self.wrapped(instance)
        setattr(instance, self.name, value)
        return value


def tril_matrix_to_vec(mat: Tensor, diag: int = 0) -> Tensor:
    """The elements on and below a diagonal, row by row.

    Parameters
    ----------
    mat : Tensor of shape (..., n, n)
    diag : int
        The diagonal to begin at, between -n and n - 1.

    Returns
    -------
    Tensor
        Of shape (..., number of elements).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.utils.tril_matrix_to_vec(torch.tensor([[1, 2], [3, 4]]))
    tensor([1, 3, 4])
    """
    n = mat.shape[-1]
    if not -n <= diag < n:
        raise ValueError(f"diag must lie between {-n} and {n - 1}, but is {diag}")
    rows, columns = tril_indices(n, n, diag).unbind()
    return mat[..., rows, columns]


def vec_to_tril_matrix(vec: Tensor, diag: int = 0) -> Tensor:
    """The inverse of :func:`tril_matrix_to_vec`: a lower triangular matrix, zero elsewhere.

    Parameters
    ----------
    vec : Tensor of shape (..., k)
    diag : int

    Returns
    -------
    Tensor
        Of shape (..., n, n), where k elements lie on and below the diagonal.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.distributions.utils.vec_to_tril_matrix(torch.tensor([1.0, 3.0, 4.0]))
    tensor([[1., 0.],
            [3., 4.]])
    """
    k = vec.shape[-1]
    n = (-(1 + 2 * diag) + ((1 + 2 * diag) ** 2 + 8 * k + 4 * abs(diag) * (diag + 1)) ** 0.5) / 2
    if round(n) != n:
        raise ValueError(f"no square matrix has {k} elements on and below the diagonal {diag}")
    n = round(n)
    matrix = zeros(*vec.shape[:-1], n, n, dtype=vec.dtype)
    rows, columns = tril_indices(n, n, diag).unbind()
    matrix[..., rows, columns] = vec
    return matrix
