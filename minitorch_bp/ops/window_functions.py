"""The window functions of the Fourier transform, as :func:`stft` takes them; ``signal.windows`` has more of them.

A *periodic* window is one period of an endless one: the symmetric window of one more point, without the last.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ._base import Tensor, dtypes, public
from .creation import finish


def _points(name: str, length: int, periodic: bool, dtype: Any, layout: Any) -> tuple[np.ndarray, int, Any]:
    """The numbers 0, ..., n - 1 in the type that is computed in, the number of points to be returned, and the result's type."""
    kind = dtypes.get_default_dtype() if dtype is None else dtypes.as_dtype(dtype)
    if kind.is_complex:
        raise NotImplementedError(f"{name} is not defined for {kind!r}: a window is real")
    if not kind.is_floating_point:
        raise RuntimeError(f"{name}: a window is of floating-point type, not of type {kind!r}")
    if layout is not None and "sparse" in repr(layout):
        raise RuntimeError(f"{name}: a window is a strided tensor, not one of layout {layout!r}")
    if length < 0:
        raise RuntimeError(f"{name}: the number of points must not be negative, but is {length}")
    return np.arange(length + bool(periodic and length > 1)).astype(kind.numpy), length, kind


def _finished(weights: np.ndarray, length: int, kind: Any, requires_grad: bool, device: Any) -> Tensor:
    whole = weights if length > 1 else np.ones(length)
    return finish(np.array(whole[:length]).astype(kind.numpy), requires_grad, device)


def _cosines(k: np.ndarray, *factors: float) -> np.ndarray:
    """The sum of ``factors[j] * cos(2 pi j k / (n - 1))``, rounded to the type of k after each step."""
    d = k.dtype.type
    total: Any = 0
    for j, factor in enumerate(factors):
        angles = (k * d(j * 2 * math.pi / max(len(k) - 1, 1))).astype(k.dtype)
        total = (total + (np.cos(angles).astype(k.dtype) * d(factor)).astype(k.dtype)).astype(k.dtype) if j else d(factor)
    return np.asarray(total)


@public("torch")
def hann_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    r"""The Hann window, :math:`\frac12 - \frac12 \cos\frac{2 \pi k}{n - 1}`.

    Source: Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform", 1978.

    Parameters
    ----------
    window_length : int
        The number of points.
    periodic : bool
        One period of an endless window; else it is symmetric.

    Returns
    -------
    Tensor
        Of shape (window_length,), and of the default dtype unless another is given.

    Raises
    ------
    RuntimeError
        For a negative length, or a dtype that is not floating-point.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    k, length, kind = _points("hann_window", window_length, periodic, dtype, layout)
    return _finished(_cosines(k, 0.5, -0.5), length, kind, requires_grad, device)


@public("torch")
def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, *, dtype: Any = None, layout: Any = None,
    device: Any = None, requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    r"""The Hamming window, :math:`\alpha - \beta \cos\frac{2 \pi k}{n - 1}`.

    Parameters
    ----------
    window_length : int
        The number of points.
    periodic : bool
        One period of an endless window; else it is symmetric.
    alpha, beta : float
        The coefficients.

    Returns
    -------
    Tensor
        Of shape (window_length,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    k, length, kind = _points("hamming_window", window_length, periodic, dtype, layout)
    return _finished(_cosines(k, alpha, -beta), length, kind, requires_grad, device)


@public("torch")
def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    r"""The Blackman window, :math:`0.42 - 0.5 \cos\frac{2 \pi k}{n - 1} + 0.08 \cos\frac{4 \pi k}{n - 1}`.

    Parameters
    ----------
    window_length : int
        The number of points.
    periodic : bool
        One period of an endless window; else it is symmetric.

    Returns
    -------
    Tensor
        Of shape (window_length,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.blackman_window(3, periodic=False).argmax()
    tensor(1)
    """
    k, length, kind = _points("blackman_window", window_length, periodic, dtype, layout)
    return _finished(_cosines(k, 0.42, -0.5, 0.08), length, kind, requires_grad, device)


@public("torch")
def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    r"""The Bartlett window, a triangle: :math:`1 - \left|\frac{2k}{n - 1} - 1\right|`.

    Parameters
    ----------
    window_length : int
        The number of points.
    periodic : bool
        One period of an endless window; else it is symmetric.

    Returns
    -------
    Tensor
        Of shape (window_length,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    k, length, kind = _points("bartlett_window", window_length, periodic, dtype, layout)
    last = max(len(k) - 1, 1)
    x = k * k.dtype.type(2 / last)
    return _finished(np.where(np.arange(len(k)) <= last // 2, x, 2 - x), length, kind, requires_grad, device)


@public("torch")
def kaiser_window(
    window_length: int, periodic: bool = True, beta: float = 12.0, *, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False, pin_memory: bool = False,
) -> Tensor:  # fmt: skip
    r"""The Kaiser window, :math:`I_0\left(\beta \sqrt{1 - (2k/(n - 1) - 1)^2}\right) / I_0(\beta)`, with the modified Bessel function.

    Parameters
    ----------
    window_length : int
        The number of points.
    periodic : bool
        One period of an endless window; else it is symmetric.
    beta : float
        Larger for a narrower window.

    Returns
    -------
    Tensor
        Of shape (window_length,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.kaiser_window(3, periodic=False, beta=0.0)
    tensor([1., 1., 1.])
    """
    k, length, kind = _points("kaiser_window", window_length, periodic, dtype, layout)
    x = 2 * k.astype(np.float64) / max(len(k) - 1, 1) - 1
    return _finished(np.i0(beta * np.sqrt(np.maximum(1 - x * x, 0))) / np.i0(beta), length, kind, requires_grad, device)
