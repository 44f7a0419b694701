"""The frequencies of discrete Fourier transforms, and shifts of the zero frequency."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._base import Tensor, dtypes, public, wrap
from ..creation import no_options
from ..requires_grad import require_grad
from ..shape.rearrange import roll


@public("fft")
def fftshift(input: Tensor, dim: Any = None) -> Tensor:
    """Move the zero frequency to the middle.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        All dimensions by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.fftshift(torch.tensor([0, 1, -1]))
    tensor([-1,  0,  1])
    """
    dims = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    return roll(input, tuple(input.shape[d] // 2 for d in dims), dims)


@public("fft")
def ifftshift(input: Tensor, dim: Any = None) -> Tensor:
    """The inverse of :func:`fftshift`.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of ints, optional
        All dimensions by default.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.ifftshift(torch.tensor([-1, 0, 1]))
    tensor([ 0,  1, -1])
    """
    dims = tuple(range(input.ndim)) if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    return roll(input, tuple((input.shape[d] + 1) // 2 for d in dims), dims)


def _frequencies(values: np.ndarray, dtype: Any, requires_grad: bool) -> Tensor:
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    t = wrap(values.astype(kind.numpy))
    require_grad(t, requires_grad)
    return t


@public("fft")
def fftfreq(
    n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """The frequencies of the elements of :func:`fft`, in cycles per unit of ``d``.

    Parameters
    ----------
    n : int
        The length of the signal.
    d : float
        The time between two samples.

    Returns
    -------
    Tensor
        Of shape (n,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.fftfreq(4)
    tensor([ 0.0000,  0.2500, -0.5000, -0.2500])
    """
    no_options(options)
    return _frequencies(np.fft.fftfreq(n, d), dtype, requires_grad)


@public("fft")
def rfftfreq(
    n: int, d: float = 1.0, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """The frequencies of the elements of :func:`rfft`.

    Parameters
    ----------
    n : int
        The length of the signal.
    d : float
        The time between two samples.

    Returns
    -------
    Tensor
        Of shape (n // 2 + 1,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.rfftfreq(4)
    tensor([0.0000, 0.2500, 0.5000])
    """
    no_options(options)
    return _frequencies(np.fft.rfftfreq(n, d), dtype, requires_grad)
