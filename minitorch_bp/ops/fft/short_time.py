"""The short-time Fourier transform: the spectrum of a signal, piece by piece, and the signal of such spectra.

Pieces of ``n_fft`` samples begin every ``hop_length`` samples; each is multiplied by a window and transformed. The inverse adds the
transformed pieces up where they lie, and divides by what the windows add up to.

Source: Griffin and Lim, "Signal estimation from modified short-time Fourier transform", 1984.
"""

from __future__ import annotations

import warnings
from typing import Any

from .._base import Tensor, public
from .._shapes import check_tensor
from ..creation import ones
from ..nn.padding import pad
from ..pointwise.complex_numbers import view_as_real
from ..ranges import arange
from .transforms import fft, ifft, irfft, rfft


def _sizes(name: str, n_fft: int, hop_length: Any, win_length: Any, window: Any) -> tuple[int, int]:
    """The hop and the length of the window, checked."""
    hop = n_fft // 4 if hop_length is None else hop_length
    length = n_fft if win_length is None else win_length
    if hop <= 0:
        raise RuntimeError(f"{name}: hop_length must be positive, but is {hop}")
    if not 0 < length <= n_fft:
        raise RuntimeError(f"{name}: win_length must lie between 1 and n_fft={n_fft}, but is {length}")
    if window is not None and (window.ndim != 1 or window.shape[0] != length):
        raise RuntimeError(f"{name}: the window must be a vector of win_length={length}, but has shape {list(window.shape)}")
    return hop, length


def _window(window: Any, length: int, n_fft: int, like: Tensor) -> Tensor:
    """The window in the middle of ``n_fft`` places."""
    w: Tensor = ones(length, dtype=like.dtype) if window is None else window
    left = (n_fft - length) // 2
    return pad(w, (left, n_fft - length - left)) if length < n_fft else w


@public(aliases=False)
def stft(
    input: Tensor,
    n_fft: int,
    hop_length: Any = None,
    win_length: Any = None,
    window: Any = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: Any = None,
    return_complex: Any = None,
    align_to_window: Any = None,
) -> Tensor:
    r"""The short-time Fourier transform, :math:`X_{f, m} = \sum_k w_k \, x_{m h + k} \, e^{-2 \pi i f k / n}`.

    Parameters
    ----------
    input : Tensor of shape (L,) or (B, L)
        The signal.
    n_fft : int
        The length n of a piece.
    hop_length : int, optional
        The distance h of two pieces; ``n_fft // 4`` by default.
    win_length : int, optional
        The length of the window; ``n_fft`` by default.
    window : Tensor of shape (win_length,), optional
        The weights w; ones by default.
    center : bool
        Extend the signal by half a piece at both ends, so that the pieces' middles lie at multiples of h.
    pad_mode : str
        How to extend it, as :func:`nn.functional.pad` does.
    normalized : bool
        Divide by the square root of n.
    onesided : bool, optional
        Leave out the negative frequencies, which a real signal does not need; by default if it is real.
    return_complex : bool
        To be given for real signals: True for complex numbers, False for pairs of real ones.
    align_to_window : bool, optional
        Only None and False are possible.

    Returns
    -------
    Tensor
        Of shape (..., frequencies, pieces), or (..., frequencies, pieces, 2).

    Raises
    ------
    RuntimeError
        If a length does not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.stft(torch.ones(4), 2, window=torch.ones(2), return_complex=True, hop_length=1).shape
    torch.Size([2, 5])
    """
    check_tensor("stft", input)
    if align_to_window:
        raise NotImplementedError("stft() does not support align_to_window=True")
    if not (input.is_floating_point() or input.is_complex()) or not 1 <= input.ndim <= 2:
        raise RuntimeError(f"stft: expected a floating-point or complex tensor of 1 or 2 dimensions, but got {list(input.shape)}")
    if return_complex is None:
        if not input.is_complex() and not (window is not None and window.is_complex()):
            raise RuntimeError("stft: say return_complex=True for complex results, or False for pairs of real numbers")
        return_complex = True
    elif not return_complex:
        warnings.warn("stft: pairs of real numbers are an old form: use return_complex=True and view_as_real", stacklevel=2)
    x = input.unsqueeze(0) if input.ndim == 1 else input
    if center:
        half = n_fft // 2
        x = pad(x, (half, half), pad_mode)
    if not 0 < n_fft <= x.shape[1]:
        raise RuntimeError(f"stft: n_fft must lie between 1 and the signal's length {x.shape[1]}, but is {n_fft}")
    hop, length = _sizes("stft", n_fft, hop_length, win_length, window)
    pieces = x.unfold(1, n_fft, hop)
    if window is not None or length < n_fft:
        pieces = pieces * _window(window, length, n_fft, x)
    if onesided is None:
        onesided = not pieces.is_complex()
    if onesided and pieces.is_complex():
        raise RuntimeError("stft: a complex signal or window has negative frequencies, too: onesided=True is not possible")
    spectrum: Tensor = (rfft if onesided else fft)(pieces, norm="ortho" if normalized else None).transpose(1, 2)
    if input.ndim == 1:
        spectrum = spectrum.squeeze(0)
    return spectrum if return_complex else view_as_real(spectrum)


@public(aliases=False)
def istft(
    input: Tensor,
    n_fft: int,
    hop_length: Any = None,
    win_length: Any = None,
    window: Any = None,
    center: bool = True,
    normalized: bool = False,
    onesided: Any = None,
    length: Any = None,
    return_complex: bool = False,
) -> Tensor:
    """The signal whose short-time Fourier transform (:func:`stft`, with the same options) comes nearest to the input.

    Parameters
    ----------
    input : Tensor of shape (frequencies, pieces) or (B, frequencies, pieces)
        Complex.
    n_fft : int
        The length of a piece.
    hop_length : int, optional
        The distance of two pieces; ``n_fft // 4`` by default.
    win_length : int, optional
        The length of the window; ``n_fft`` by default.
    window : Tensor of shape (win_length,), optional
        The weights; ones by default.
    center : bool
        Whether the signal was extended by half a piece at both ends.
    normalized : bool
        Whether the spectra were divided by the square root of n.
    onesided : bool, optional
        Whether the negative frequencies are left out; by default if there are ``n_fft // 2 + 1`` frequencies.
    length : int, optional
        The length of the signal, which is cut or extended by zeros.
    return_complex : bool
        Whether the signal is complex.

    Returns
    -------
    Tensor
        Of shape (L,) or (B, L).

    Raises
    ------
    RuntimeError
        If a length does not fit, or the windows leave a place of the signal at 0.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.hann_window(4)
    >>> x = torch.arange(8.0)
    >>> y = torch.istft(torch.stft(x, 4, window=w, return_complex=True), 4, window=w)
    >>> torch.allclose(x, y, atol=1e-5)
    True
    """
    check_tensor("istft", input)
    if not input.is_complex():
        raise RuntimeError(f"istft: expected complex spectra, but got type {input.dtype!r}: use view_as_complex")
    if input.ndim not in (2, 3) or not input.numel():
        raise RuntimeError(f"istft: expected 2 or 3 dimensions and some elements, but got shape {list(input.shape)}")
    hop, width = _sizes("istft", n_fft, hop_length, win_length, window)
    x = input.unsqueeze(0) if input.ndim == 2 else input
    frequencies, count = x.shape[1:]
    if onesided is None:
        onesided = frequencies != n_fft
    if frequencies != (n_fft // 2 + 1 if onesided else n_fft):
        raise RuntimeError(f"istft: {frequencies} frequencies do not belong to n_fft={n_fft} and onesided={bool(onesided)}")
    if return_complex and onesided:
        raise RuntimeError("istft: a complex signal needs the negative frequencies, too: onesided=True is not possible")
    if window is not None and window.is_complex() and not return_complex:
        raise RuntimeError("istft: with a complex window the signal is complex: give return_complex=True")
    norm = "ortho" if normalized else None
    spectra = x.transpose(1, 2)
    if return_complex:
        pieces = ifft(spectra, n_fft, norm=norm)
    else:
        pieces = irfft(spectra if onesided else spectra[..., : n_fft // 2 + 1], n_fft, norm=norm)
    weights = _window(window, width, n_fft, view_as_real(x) if window is None else x)
    total = n_fft + hop * (count - 1)
    places = (arange(count).unsqueeze(1) * hop + arange(n_fft)).flatten()
    added = _laid_together(pieces * weights, places, total)
    squares = _laid_together((weights * weights).expand(1, count, n_fft), places, total)
    start = n_fft // 2 if center else 0
    end = start + length if length is not None else total - n_fft // 2 if center else total
    end = min(end, total) if length is not None else end
    added, squares = added[:, start:end], squares[:, start:end]
    if not squares.numel() or float(squares.detach().abs().min()) <= 1e-11:
        raise RuntimeError("istft: the windows leave places of the signal at 0, so it can't be recovered: use windows that overlap")
    signal = added / squares
    if length is not None and signal.shape[1] < length:
        warnings.warn(f"istft: the signal of {signal.shape[1]} samples is extended by zeros to the length {length}", stacklevel=2)
        signal = pad(signal, (0, length - signal.shape[1]))
    return signal.squeeze(0) if input.ndim == 2 else signal


def _laid_together(pieces: Tensor, places: Tensor, total: int) -> Tensor:
    """The pieces added up where they lie in the signal."""
    flat = pieces.reshape(pieces.shape[0], -1)
    return flat.new_zeros((flat.shape[0], total)).index_add(1, places, flat)
