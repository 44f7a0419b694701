r"""Discrete Fourier transforms of complex and of real signals.

One primitive computes :math:`y_k = c \sum_n x_n e^{\mp 2 \pi i k n / N}` over some dimensions. As a matrix it is symmetric, so
it is its own derivative. The transforms of real signals cut or complete its spectrum, which has
:math:`y_{N-k} = \overline{y_k}`.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._base import Tensor, dtypes, one_node, primitive, public
from .._shapes import positive, wrap_dim
from ..shape.constant_pad import _pad
from ..shape.joining import cat
from ..shape.rearrange import flip


@primitive(grad_name="FftC2CBackward0", input=lambda xp, grad, dims, inverse, scale: xp._fft(grad, dims, inverse, scale))
def _fft(input, dims, inverse, scale):
    function = np.fft.ifftn if inverse else np.fft.fftn
    out = function(input, axes=dims, norm="forward" if inverse else "backward")
    return (out * scale).astype(input.dtype) if scale != 1 else out.astype(input.dtype)


def _scale(name: str, norm: Any, count: int, inverse: bool) -> float:
    if norm not in (None, "forward", "backward", "ortho"):
        raise RuntimeError(f"fft.{name}: unknown norm {norm!r}")
    if norm == "ortho":
        return 1 / math.sqrt(count)
    return 1 / count if (norm == "forward") != inverse else 1.0


def _checked(name: str, input: Tensor, need_complex: bool = True) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(f"fft.{name}: expected a Tensor, but got {type(input).__name__}")
    if not input.ndim:
        raise IndexError(f"fft.{name}: expected at least one dimension")
    if input.dtype in (dtypes.float16, dtypes.bfloat16):
        raise RuntimeError(f"fft.{name}: half precision is not supported on the CPU")
    if input.dtype.category < dtypes.FLOATING:
        input = input.to(dtypes.get_default_dtype())
    return _as_complex(input) if need_complex and not input.dtype.is_complex else input


# (torch keeps the signal, though its values are not needed; so a later write to it is refused here, too.)
@primitive(elementwise=True, conjugates=True, grad_name="ToCopyBackward0", input=lambda xp, grad, input: xp._real(grad))
def _as_complex(input):
    return input.astype(np.result_type(input.dtype, np.complex64))


def _resized(name: str, input: Tensor, dim: int, n: Any) -> Tensor:
    """Cut or filled with zeros to n elements."""
    if n is None:
        if not input.shape[dim]:
            raise RuntimeError(f"fft.{name}: dimension {dim} of {list(input.shape)} is empty")
        return input
    positive(f"fft.{name}", n=n)
    more = n - input.shape[dim]
    if more <= 0:
        return input.narrow(dim, 0, n) if more else input
    return _pad(input, (0,) * input.ndim, tuple(more if d == dim else 0 for d in range(input.ndim)), 0.0)


def _arguments(name: str, input: Tensor, s: Any, dim: Any) -> tuple[tuple[int, ...], list[Any]]:
    s = (s,) if isinstance(s, int) else s
    if dim is None:
        count = input.ndim if s is None else len(s)
        if count > input.ndim:
            raise RuntimeError(f"fft.{name}: {count} sizes do not fit a tensor of {input.ndim} dimensions")
        dims = tuple(range(input.ndim - count, input.ndim))
    else:
        dims = tuple(wrap_dim(d, input.ndim, name) for d in ((dim,) if isinstance(dim, int) else dim))
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"fft.{name}: a dimension appears twice in {tuple(dims)}")
    sizes = [None] * len(dims) if s is None else [None if n == -1 and name[-1] in "n2" else n for n in s]
    if len(sizes) != len(dims):
        raise RuntimeError(f"fft.{name}: {len(sizes)} sizes do not fit {len(dims)} dimensions")
    return dims, sizes


def _transform(name: str, input: Tensor, s: Any, dim: Any, norm: Any, inverse: bool) -> Tensor:
    real = name in ("fft", "ifft")  # of one dimension: PyTorch has a transform of real signals
    input = _checked(name, input, not real)
    dims, sizes = _arguments(name, input, s, dim)
    for d, n in zip(dims, sizes, strict=True):
        input = _resized(name, input, d, n)
    if not dims:
        return input
    scale = _scale(name, norm, math.prod(input.shape[d] for d in dims), inverse)
    if not real or input.dtype.is_complex:
        return _fft(input, dims, inverse, scale)
    out = one_node("FftR2CBackward0", _fft(_as_complex(input), dims, False, scale), input)
    return out.conj() if inverse else out


def _half(name: str, input: Tensor, s: Any, dim: Any, norm: Any, only_last: bool = False) -> Tensor:
    """Of real signals: the half of the spectrum (in the last dimension) that determines the rest; or the first of several steps to it."""
    if input.dtype.is_complex:
        raise RuntimeError(f"fft.{name}: expected a real tensor, but got one of type {input.dtype!r}")
    input = _checked(name, input, False)
    dims, sizes = _arguments(name, input, s, dim)
    if not dims:
        raise RuntimeError(f"fft.{name}: at least one dimension must be transformed")
    for d, n in zip(dims, sizes, strict=True):
        input = _resized(name, input, d, n)
    count = math.prod(input.shape[d] for d in dims)
    whole = _fft(_as_complex(input), dims[-1:] if only_last else dims, False, _scale(name, norm, count, False))
    return one_node("FftR2CBackward0", whole.narrow(dims[-1], 0, whole.shape[dims[-1]] // 2 + 1), input)


def _whole(name: str, input: Tensor, s: Any, dim: Any, norm: Any, conjugated: bool = False) -> Tensor:
    """Real signals from half of their spectrum, or of its conjugate."""
    input = _checked(name, input)
    dims, sizes = _arguments(name, input, s, dim)
    if not dims:
        raise RuntimeError(f"fft.{name}: at least one dimension must be transformed")
    last = dims[-1]
    n = 2 * (input.shape[last] - 1) if sizes[-1] is None else sizes[-1]
    positive(f"fft.{name}", n=n)
    for d, m in zip(dims, [*sizes[:-1], n // 2 + 1], strict=True):
        input = _resized(name, input, d, m)
    count = math.prod([input.shape[d] for d in dims[:-1]] + [n])
    if conjugated:
        input = (_fft(input, dims[:-1], False, 1.0) if len(dims) > 1 else input).conj()
    given = input
    if len(dims) > 1 and not conjugated:
        input = _fft(input, dims[:-1], True, 1.0)
    # The imaginary parts of the first element, and of the middle one if n is even, can't belong to a real signal.
    mirrored = flip(input.narrow(last, 1, n - n // 2 - 1), (last,)).conj() if n > 2 else None
    parts = [input] if mirrored is None else [input, mirrored]
    spectrum = cat(parts, last) if len(parts) > 1 else input
    spectrum = spectrum.narrow(last, 0, n) if spectrum.shape[last] > n else spectrum
    result: Tensor = _fft(spectrum, (last,), True, _scale(name, norm, count, True)).real
    return one_node("FftC2RBackward0", result, given)


@public("fft")
def fft(input: Tensor, n: Any = None, dim: int = -1, norm: Any = None, *, out: Any = None) -> Tensor:
    r"""The discrete Fourier transform of a dimension, :math:`y_k = \sum_j x_j e^{-2 \pi i j k / n}`.

    Parameters
    ----------
    input : Tensor
    n : int, optional
        The signal is cut or filled with zeros to this length.
    dim : int
    norm : 'backward', 'ortho' or 'forward'
        Multiply by 1 (the default), :math:`1 / \sqrt n` or :math:`1 / n`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.fft(torch.tensor([1.0, 0.0])).real
    tensor([1., 1.])
    """
    return _transform("fft", input, None if n is None else [n], [dim], norm, False)


@public("fft")
def ifft(input: Tensor, n: Any = None, dim: int = -1, norm: Any = None, *, out: Any = None) -> Tensor:
    r"""The inverse of :func:`fft`, :math:`x_j = \frac{1}{n} \sum_k y_k e^{2 \pi i j k / n}`.

    Parameters
    ----------
    input : Tensor
    n, dim, norm : optional
        As in :func:`fft`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.ifft(torch.tensor([2.0, 0.0])).real
    tensor([1., 1.])
    """
    return _transform("ifft", input, None if n is None else [n], [dim], norm, True)


@public("fft")
def fft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: Any = None, *, out: Any = None) -> Tensor:
    """:func:`fft` of two dimensions.

    Parameters
    ----------
    input : Tensor
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.fft2(torch.ones(2, 2)).real
    tensor([[4., 0.],
            [0., 0.]])
    """
    return _transform("fft2", input, s, dim, norm, False)


@public("fft")
def ifft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`fft2`.

    Parameters
    ----------
    input : Tensor
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.ifft2(torch.ones(2, 2)).real
    tensor([[1., 0.],
            [0., 0.]])
    """
    return _transform("ifft2", input, s, dim, norm, True)


@public("fft")
def fftn(input: Tensor, s: Any = None, dim: Any = None, norm: Any = None, *, out: Any = None) -> Tensor:
    """The discrete Fourier transform of several dimensions, one after the other.

    Parameters
    ----------
    input : Tensor
    s : tuple of ints, optional
        The sizes that the dimensions are cut or filled with zeros to.
    dim : tuple of ints, optional
        All dimensions, or the last ``len(s)``, by default.
    norm : 'backward', 'ortho' or 'forward'
        As in :func:`fft`, with n the product of the sizes.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.fftn(torch.ones(2, 2)).real.sum()
    tensor(4.)
    """
    return _transform("fftn", input, s, dim, norm, False)


@public("fft")
def ifftn(input: Tensor, s: Any = None, dim: Any = None, norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`fftn`.

    Parameters
    ----------
    input : Tensor
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a complex dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.ifftn(torch.ones(2, 2)).real.sum()
    tensor(1.)
    """
    return _transform("ifftn", input, s, dim, norm, True)


@public("fft")
def rfft(input: Tensor, n: Any = None, dim: int = -1, norm: Any = None, *, out: Any = None) -> Tensor:
    """:func:`fft` of a real signal: the first n // 2 + 1 elements, which determine the rest.

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
    >>> torch.fft.rfft(torch.tensor([1.0, 0.0, 0.0])).real
    tensor([1., 1.])
    """
    return _half("rfft", input, None if n is None else [n], [dim], norm)


@public("fft")
def irfft(input: Tensor, n: Any = None, dim: int = -1, norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`rfft`; n is even unless given.

    Parameters
    ----------
    input : Tensor
        Half of a spectrum.
    n : int, optional
        The length of the signal, even by default.
    dim, norm : optional
        As in :func:`fft`.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.irfft(torch.tensor([2.0, 0.0]))
    tensor([1., 1.])
    """
    return _whole("irfft", input, None if n is None else [n], [dim], norm)


@public("fft")
def rfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: Any = None, *, out: Any = None) -> Tensor:
    """:func:`rfft` of two dimensions.

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
    >>> torch.fft.rfft2(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return _half("rfft2", input, s, dim, norm)


@public("fft")
def irfft2(input: Tensor, s: Any = None, dim: Any = (-2, -1), norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`rfft2`.

    Parameters
    ----------
    input : Tensor
        Half of a spectrum.
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.irfft2(torch.ones(2, 2)).shape
    torch.Size([2, 2])
    """
    return _whole("irfft2", input, s, dim, norm)


@public("fft")
def rfftn(input: Tensor, s: Any = None, dim: Any = None, norm: Any = None, *, out: Any = None) -> Tensor:
    """:func:`rfft` of several dimensions: half of the spectrum in the last of them.

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
    >>> torch.fft.rfftn(torch.ones(2, 4)).shape
    torch.Size([2, 3])
    """
    return _half("rfftn", input, s, dim, norm)


@public("fft")
def irfftn(input: Tensor, s: Any = None, dim: Any = None, norm: Any = None, *, out: Any = None) -> Tensor:
    """The inverse of :func:`rfftn`.

    Parameters
    ----------
    input : Tensor
        Half of a spectrum.
    s, dim, norm : optional
        As in :func:`fftn`.

    Returns
    -------
    Tensor
        Of a real dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.fft.irfftn(torch.ones(2, 3)).shape
    torch.Size([2, 4])
    """
    return _whole("irfftn", input, s, dim, norm)
