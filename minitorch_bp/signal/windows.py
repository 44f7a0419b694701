"""Window functions: weights that fade out at both ends of a piece of a signal.

With ``sym=False`` the window is one period of an endless one (for spectra); it is the symmetric window of one more point
without the last. Source: Harris, "On the use of windows for harmonic analysis with the discrete Fourier transform", 1978.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..core import dtype as dtypes
from ..core.public import public
from ..core.tensor import Tensor, strided, wrap
from ..ops import names_of
from ..ops.requires_grad import requiring_grad


def _window(name: str, M: int, sym: bool, dtype: Any, requires_grad: bool, weights: Any, layout: Any = None) -> Tensor:
    """``weights(k, n)`` at the points k = 0, ..., of a window of n points, in [0, n - 1]."""
    kind = dtypes.get_default_dtype() if dtype is None else dtype
    if M < 0:
        raise ValueError(f"{name}: the number of points must not be negative, but is {M}")
    if layout is not None and layout is not strided:
        raise ValueError(f"{name}: a window is a strided tensor, not one of layout {layout!r}")
    if kind not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"{name}: a window is of type float32 or float64, not {kind!r}")
    n = M if sym else M + 1
    values = np.ones(1) if M == 1 else weights(np.arange(M, dtype=np.float64), n) if M else np.empty(0)
    t = wrap(np.asarray(values).astype(kind.numpy))
    return requiring_grad(t) if requires_grad else t


def _cosines(a: Any) -> Any:
    """The sum of cosines :math:`\\sum_j (-1)^j a_j \\cos(2 \\pi j k / (n - 1))`."""
    return lambda k, n: sum((-1) ** j * v * np.cos(2 * np.pi * j * k / (n - 1)) for j, v in enumerate(a))


@public("signal.windows")
def general_cosine(
    M: int, *, a: Any, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    r"""A sum of cosines, :math:`\sum_j (-1)^j a_j \cos\frac{2 \pi j k}{n - 1}`.

    Parameters
    ----------
    M : int
        The number of points.
    a : list of floats
        The coefficients.
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    if not isinstance(a, (list, tuple)) and not hasattr(a, "__iter__"):
        raise TypeError("general_cosine: the coefficients must be a list")
    if not len(a):
        raise ValueError("general_cosine: the list of coefficients is empty")
    return _window("general_cosine", M, sym, dtype, requires_grad, _cosines(list(a)), layout)


@public("signal.windows")
def general_hamming(
    M: int, *, alpha: float = 0.54, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    r"""The generalized Hamming window, :math:`\alpha - (1 - \alpha) \cos\frac{2 \pi k}{n - 1}`.

    Parameters
    ----------
    M : int
        The number of points.
    alpha : float
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.general_hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return general_cosine(M, a=[alpha, 1.0 - alpha], sym=sym, dtype=dtype, requires_grad=requires_grad, layout=layout)


@public("signal.windows")
def hamming(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    r"""The Hamming window, :math:`0.54 - 0.46 \cos\frac{2 \pi k}{n - 1}`.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return general_hamming(M, sym=sym, dtype=dtype, requires_grad=requires_grad, layout=layout)


@public("signal.windows")
def hann(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    r"""The Hann window, one arch of a squared sine: :math:`\sin^2\frac{\pi k}{n - 1}`.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.hann(3)
    tensor([0., 1., 0.])
    """
    return general_hamming(M, alpha=0.5, sym=sym, dtype=dtype, requires_grad=requires_grad, layout=layout)


@public("signal.windows")
def blackman(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    r"""The Blackman window, :math:`0.42 - 0.5 \cos\frac{2 \pi k}{n - 1} + 0.08 \cos\frac{4 \pi k}{n - 1}`.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.blackman(3).abs().round(decimals=4)
    tensor([0., 1., 0.])
    """
    return general_cosine(M, a=[0.42, 0.5, 0.08], sym=sym, dtype=dtype, requires_grad=requires_grad, layout=layout)


@public("signal.windows")
def nuttall(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The Nuttall window: a sum of four cosines with low side lobes.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.nuttall(3)
    tensor([3.6280e-04, 1.0000e+00, 3.6280e-04])
    """
    return general_cosine(
        M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], sym=sym, dtype=dtype, requires_grad=requires_grad, layout=layout
    )


@public("signal.windows")
def bartlett(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The Bartlett window, a triangle.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.bartlett(3)
    tensor([0., 1., 0.])
    """
    return _window("bartlett", M, sym, dtype, requires_grad, lambda k, n: 1 - np.abs(2 * k / (n - 1) - 1), layout)


@public("signal.windows")
def cosine(
    M: int, *, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """The cosine window, one arch of a sine.

    Parameters
    ----------
    M : int
        The number of points.
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    return _window("cosine", M, sym, dtype, requires_grad, lambda k, n: np.sin(np.pi * (k + 0.5) / n), layout)


@public("signal.windows")
def exponential(
    M: int, *, center: Any = None, tau: float = 1.0, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    r"""The exponential window, :math:`e^{-|k - c| / \tau}`.

    Parameters
    ----------
    M : int
        The number of points.
    center : float, optional
        The c; the middle by default, and always if ``sym``.
    tau : float
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    if tau <= 0:
        raise ValueError(f"exponential: tau must be positive, but is {tau}")
    if sym and center is not None:
        raise ValueError("exponential: a symmetric window has its center in the middle")
    middle = lambda n: (n - 1) / 2 if center is None else center
    return _window("exponential", M, sym, dtype, requires_grad, lambda k, n: np.exp(-np.abs(k - middle(n)) / tau), layout)


@public("signal.windows")
def gaussian(
    M: int, *, std: float = 1.0, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    r"""The Gaussian window, a bell around the middle c: :math:`e^{-(k - c)^2 / 2 \sigma^2}`.

    Parameters
    ----------
    M : int
        The number of points.
    std : float
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    if std <= 0:
        raise ValueError(f"gaussian: std must be positive, but is {std}")
    return _window("gaussian", M, sym, dtype, requires_grad, lambda k, n: np.exp(-(((k - (n - 1) / 2) / std) ** 2) / 2), layout)


@public("signal.windows")
def kaiser(
    M: int, *, beta: float = 12.0, sym: bool = True, dtype: Any = None, layout: Any = None, device: Any = None,
    requires_grad: bool = False,
) -> Tensor:  # fmt: skip
    r"""The Kaiser window, :math:`I_0(\beta \sqrt{1 - t^2}) / I_0(\beta)` with t from -1 to 1.

    Parameters
    ----------
    M : int
        The number of points.
    beta : float
    sym : bool
        Symmetric (for filters), else one period (for spectra).

    Returns
    -------
    Tensor
        Of shape (M,), and of the default dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.signal.windows.kaiser(3, beta=0.0)
    tensor([1., 1., 1.])
    """
    if beta < 0:
        raise ValueError(f"kaiser: beta must not be negative, but is {beta}")

    def weights(k: np.ndarray, n: int) -> np.ndarray:
        return np.i0(beta * np.sqrt(np.maximum(1 - (2 * k / (n - 1) - 1) ** 2, 0))) / np.i0(beta)

    return _window("kaiser", M, sym, dtype, requires_grad, weights, layout)


windows: Any = sys.modules[__name__]  # PyTorch's package has its file of this name, too
_, __dir__, __all__ = names_of("signal.windows", globals())
