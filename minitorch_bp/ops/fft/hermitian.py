"""Discrete Fourier transforms of Hermitian signals, given by half of them: their spectra are real."""

from __future__ import annotations

from typing import Any

from .._base import Tensor, public, shown_as
from ..pointwise.complex_numbers import conj_physical
from .transforms import _arguments, _fft, _half, _whole


def _swapped(norm: Any) -> Any:
    """A transform in the other direction, scaled as this one."""
    return {None: "forward", "backward": "forward", "forward": "backward"}.get(norm, norm)


@public("fft")
def hfft(input: Tensor, n: Any = None, dim: int = -1, norm: Any = None, *, out: Any = None) -> Tensor:
    r""":func:`fft` of a Hermitian signal, :math:`x_{n-k} = \overline{x_k}`, given by half of it.

    Parameters
    ----------
    input : Tensor
        Half of a signal.
    n : int, optional
        The length of the spectrum, even by default.
    dim, norm : optional
        As in :func:`fft`.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.hfft(torch.tensor([1.0, 0.0]))
    tensor([1., 1.])
    """
    return _whole("hfft", input, None if n is None else [n], [dim], _swapped(norm), True)


@public("fft")
def ihfft(input: Tensor, n: Any = None, dim: int = -1, norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`hfft`.

    Parameters
    ----------
    input : Tensor
        Of a real dtype.
    n, dim, norm : optional
        As in :func:`fft`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.ihfft(torch.tensor([2.0, 0.0])).real
    tensor([1., 1.])
    """
    return _half("ihfft", input, None if n is None else [n], [dim], _swapped(norm)).conj()


@public("fft")
def hfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: Any = None, *, out: Any = None) -> Tensor:
    """:func:`hfft` of two dimensions.

    Parameters
    ----------
    input : Tensor
        Half of a signal.
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.hfft2(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return hfftn(input, s, dim, norm)


@public("fft")
def ihfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`hfft2`.

    Parameters
    ----------
    input : Tensor
        Of a real dtype.
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.ihfft2(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return ihfftn(input, s, dim, norm)


@public("fft")
def hfftn(input: Tensor, s: Any = None, dim: Any = None, norm: Any = None, *, out: Any = None) -> Tensor:
    """:func:`hfft` of several dimensions.

    Parameters
    ----------
    input : Tensor
        Half of a signal.
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.hfftn(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return _whole("hfftn", input, s, dim, _swapped(norm), True)


@public("fft")
def ihfftn(input: Tensor, s: Any = None, dim: Any = None, norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`hfftn`.

    Parameters
    ----------
    input : Tensor
        Of a real dtype.
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.ihfftn(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    dims, sizes = _arguments("ihfftn", input, s, dim)
    if len(dims) < 2:
        return _half("ihfftn", input, s, dim, _swapped(norm)).conj()
    last = _half("ihfftn", input, sizes, dims, _swapped(norm), only_last=True)
    last = shown_as(conj_physical(last), "ConjPhysicalBackward0")
    return _fft(last, dims[:-1], True, 1.0)
