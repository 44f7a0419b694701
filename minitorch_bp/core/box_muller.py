"""Normal deviates as PyTorch computes them: the Box-Muller transform, to the last bit.

Two uniforms ``u1, u2`` give two independent normals, ``sqrt(-2 ln u1) cos(2 pi u2)`` and the same with ``sin``. PyTorch
fills large float32 tensors in blocks of 16 with vectorized polynomials for ln, sin and cos (from the Cephes library),
every multiply-add rounded once. NumPy has no fused multiply-add; but the product of two float32 numbers is exact in
float64, so one float64 multiply-add rounded back to float32 gives the same bits (the algorithms and the checks are in the
design chapter).
"""

from __future__ import annotations

import math
import threading
from typing import Any

import numpy as np

from .libm import exact

_F32 = np.float32


def fma64(a: Any, b: Any, c: Any) -> Any:
    """round(a*b + c) in float64: Dekker product + two-sum (arrays or scalars).

    Exact up to rare double-rounding ties; no overflow handling. A power of two as factor needs none of it: 1 us in place of 11
    for ten numbers.
    """
    if b.__class__ is float and math.frexp(b)[0] == 0.5:
        return a * b + c
    split = 134217729.0
    p = a * b
    t = split * a
    ah = t - (t - a)
    al = a - ah
    t = split * b
    bh = t - (t - b)
    bl = b - bh
    e = ((ah * bh - p) + ah * bl + al * bh) + al * bl
    s = p + c
    bb = s - p
    d = (p - (s - bb)) + (c - bb)
    return s + (d + e)


def _constants(*values: float) -> list[np.ndarray]:
    """float32 constants as 0-d float64 arrays (a ufunc takes those faster than Python numbers)."""
    return [np.array(_F32(v), np.float64) for v in values]


def _integer(value: int) -> np.ndarray:
    return np.array(value, np.int32)


_LOG = _constants(7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
                  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1)  # fmt: skip
_SIN = _constants(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_COS = _constants(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_LN2_LOW, _LN2_HIGH = np.array(-2.12194440e-4, _F32), np.array(0.693359375, _F32)
_SQRT_HALF_BITS = _integer(0x3F3504F3)
_TWO_PI, _FOUR_OVER_PI = np.array(2.0 * math.pi, _F32), np.array(1.27323954473516, _F32)
# pi / 4 in three parts, negative: the first two are short enough for their products to be exact.
_PIO4_1, _PIO4_2 = np.array(-0.78515625, _F32), np.array(-2.4187564849853515625e-4, _F32)
_PIO4_3 = _constants(-3.77489497744594108e-8)[0]
_ZERO, _HALF, _ONE, _MINUS_TWO = (np.array(v, _F32) for v in (0, 0.5, 1, -2))
_I1, _I2, _I23, _I29, _I30, _I31 = (_integer(v) for v in (1, 2, 23, 29, 30, 31))
_EVEN, _SIGN = _integer(-2), _integer(-(2**31))
_HALF_BLOCK = np.dtype("V32")  # 8 float32 numbers, copied as one

CHUNK = 2048  # blocks of 16 per pass: fewer pay more calls (12.5 ms a million at 512, 9.7 at 1024, 8.2 here), more the cache


class _Scratch(threading.local):
    """The temporaries of one pass, kept per thread: they stay in the processor's cache."""

    def __init__(self) -> None:
        m = CHUNK * 8
        self.floats = [np.empty(m, np.float32) for _ in range(5)]
        self.doubles = [np.empty(m, np.float64) for _ in range(3)]
        self.integers = [np.empty(m, np.int32) for _ in range(2)]


_scratch = _Scratch()


def _horner_fma(coefficients: list[np.ndarray], x: np.ndarray, work: np.ndarray, out: np.ndarray) -> None:
    """``out = fma(...fma(c0, x, c1)..., x, cn)``, every step rounded to float32; ``x`` and ``work`` are float64."""
    np.multiply(x, coefficients[0], work)
    np.add(work, coefficients[1], work)
    for c in coefficients[2:]:
        out[...] = work  # rounds
        work[...] = out
        np.multiply(work, x, work)
        np.add(work, c, work)
    out[...] = work


def box_muller_f32(u: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    """Turn uniforms (float32, shape (k, 16)) into normals, in place: the first eight of a block are ``u1``, the rest ``u2``."""
    mean, std = _F32(mean), _F32(std)
    for low in range(0, len(u), CHUNK):
        block = u[low : low + CHUNK]
        n = block.size // 2
        a, b, z, y, t = (v[:n] for v in _scratch.floats)
        halves = block.view(_HALF_BLOCK)
        a.view(_HALF_BLOCK)[...], b.view(_HALF_BLOCK)[...] = halves[:, 0], halves[:, 1]
        _radius(a, z, y, t)
        _cosine_and_sine(b, z, y, t)
        for k, v in enumerate((y, t)):
            np.multiply(v, a, v)
            _scaled(v, mean, std)
            halves[:, k] = v.view(_HALF_BLOCK)
    return u


def polar_f32(u: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The two halves of the transform for up to 16384 uniforms: each one's radius as a ``u1``, its cosine and sine as a ``u2``."""
    a, b, z, y, t = (v[: len(u)] for v in _scratch.floats)
    a[...] = b[...] = u
    _radius(a, z, y, t)
    _cosine_and_sine(b, z, y, t)
    return a.copy(), np.stack((y, t))


def scaled_f32(v: np.ndarray, mean: Any, std: Any) -> None:
    """``v * std + mean`` in place, of up to 16384 numbers, with the options rounded to float32."""
    _scaled(v, _F32(mean), _F32(std))


def _scaled(v: np.ndarray, mean: Any, std: Any) -> None:
    """``v * std + mean``, rounded once."""
    if mean == 0:
        if std != 1:
            np.multiply(v, std, v)
        np.add(v, _ZERO, v)
    else:
        wide = _scratch.doubles[0][: len(v)]
        wide[...] = v
        np.multiply(wide, float(std), wide)
        np.add(wide, float(mean), wide)
        v[...] = wide


def _radius(a: np.ndarray, z: np.ndarray, y: np.ndarray, t: np.ndarray) -> None:
    """``sqrt(-2 ln(1 - a))`` in place: ln by the exponent, and a polynomial in the mantissa minus one."""
    wide, other, work = (v[: len(a)] for v in _scratch.doubles)
    exponent, j = (v[: len(a)] for v in _scratch.integers)
    np.subtract(_ONE, a, a)
    bits = a.view(np.int32)
    np.subtract(bits, _SQRT_HALF_BITS, exponent)
    np.right_shift(exponent, _I23, exponent)
    np.left_shift(exponent, _I23, j)
    np.subtract(bits, j, bits)
    np.subtract(a, _ONE, a)
    np.multiply(a, a, z)
    wide[...] = a
    _horner_fma(_LOG, wide, work, y)
    np.multiply(y, a, y)
    work[...], other[...] = y, z
    np.multiply(work, other, work)
    y[...] = exponent
    np.multiply(y, _LN2_LOW, t)
    other[...] = t
    np.add(work, other, work)
    t[...] = work
    np.multiply(y, _LN2_HIGH, y)  # exact
    np.multiply(z, _HALF, z)
    np.subtract(t, z, t)
    np.add(a, t, a)
    np.add(a, y, a)
    np.multiply(a, _MINUS_TWO, a)
    np.sqrt(a, a)


def _cosine_and_sine(b: np.ndarray, z: np.ndarray, y: np.ndarray, t: np.ndarray) -> None:
    """cos(2 pi b) into ``y`` and sin(2 pi b) into ``t``."""
    swap, sign = _polynomials(b, z, y, t)
    # Every other octant swaps the two, without a branch: exchange the bits in which they differ, where ``swap`` has all bits
    # set. Then the signs.
    yi, ti, zi = y.view(np.int32), t.view(np.int32), z.view(np.int32)
    np.bitwise_xor(yi, ti, zi)
    np.bitwise_and(zi, swap, zi)
    np.bitwise_xor(yi, zi, yi)
    np.bitwise_xor(ti, zi, ti)
    np.left_shift(sign, _I29, zi)
    np.bitwise_and(zi, _SIGN, zi)
    np.bitwise_xor(ti, zi, ti)
    np.add(sign, _I2, sign)
    np.left_shift(sign, _I29, sign)
    np.bitwise_and(sign, _SIGN, sign)
    np.bitwise_xor(yi, sign, yi)


def _polynomials(b: np.ndarray, z: np.ndarray, y: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The polynomials of cos(2 pi b) into ``y`` and of sin into ``t``, for the angle reduced to an octant.

    Returns the mask of places where the octant swaps the two, and the octant (even numbers), from which the signs follow.
    """
    wide, other, work = (v[: len(b)] for v in _scratch.doubles)
    swap, octant = (v[: len(b)] for v in _scratch.integers)
    np.multiply(b, _TWO_PI, b)
    np.multiply(b, _FOUR_OVER_PI, y)
    octant[...] = y  # truncates
    np.add(octant, _I1, octant)
    np.bitwise_and(octant, _EVEN, octant)
    y[...] = octant
    for part in (_PIO4_1, _PIO4_2):
        np.multiply(y, part, t)
        np.add(b, t, b)
    work[...], other[...] = y, b
    np.multiply(work, _PIO4_3, work)
    np.add(work, other, work)
    b[...] = work
    np.multiply(b, b, z)
    wide[...] = z
    _horner_fma(_COS, wide, work, y)
    np.multiply(y, z, y)
    work[...] = y
    np.multiply(work, wide, work)
    np.multiply(z, _HALF, t)
    other[...] = t
    np.subtract(work, other, work)
    y[...] = work
    np.add(y, _ONE, y)
    _horner_fma(_SIN, wide, work, t)
    np.multiply(t, z, t)
    work[...], other[...] = t, b
    np.multiply(work, other, work)
    np.add(work, other, work)
    t[...] = work
    np.left_shift(octant, _I30, swap)
    np.right_shift(swap, _I31, swap)
    return swap, octant


def box_muller_f64(u: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    """The same for float64, with the C library's functions."""
    log, cosine, sine = exact("log"), exact("cos"), exact("sin")
    for low in range(0, len(u), CHUNK):
        block = u[low : low + CHUNK]
        radius = np.sqrt(log(1.0 - block[:, :8]) * -2.0)
        angle = block[:, 8:] * (2.0 * math.pi)
        for half, function in ((block[:, :8], cosine), (block[:, 8:], sine)):
            v = function(angle) * radius
            half[...] = v * std + 0.0 if mean == 0 else fma64(v, std, mean)
    return u
