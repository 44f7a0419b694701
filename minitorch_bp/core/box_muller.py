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

_F32 = np.float32


def fma64(a: Any, b: Any, c: Any) -> Any:
    """round(a*b + c) in float64: Dekker product + two-sum (arrays or scalars).

    Exact up to rare double-rounding ties; no overflow handling.
    """
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


_LOG_P = [
    float(_F32(v))
    for v in (
        7.0376836292e-2,
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    )
]
_LOG_Q1 = _F32(-2.12194440e-4)
_LOG_Q2 = _F32(0.693359375)
_SQRTHF_BITS = np.int32(0x3F3504F3)
_TWO_PI = _F32(2.0 * math.pi)
_FOPI = _F32(1.27323954473516)
_DP1 = _F32(-0.78515625)
_DP2 = _F32(-2.4187564849853515625e-4)
_DP3 = float(_F32(-3.77489497744594108e-8))
_SIN = [float(_F32(v)) for v in (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)]
_COS = [float(_F32(v)) for v in (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)]

CHUNK = 1024  # blocks of 16 per pass: 8192 pairs, scratch stays in L2


class _Scratch(threading.local):
    """The temporaries of one pass, kept per thread: they stay in the processor's cache."""

    def __init__(self) -> None:
        m = CHUNK * 8
        f, d, i = np.float32, np.float64, np.int32
        self.x = np.empty(m, f)
        self.y = np.empty(m, f)
        self.z = np.empty(m, f)
        self.r = np.empty(m, f)
        self.t = np.empty(m, f)
        self.xd = np.empty(m, d)
        self.yd = np.empty(m, d)
        self.i = np.empty(m, i)
        self.j = np.empty(m, i)


_scratch = _Scratch()


def _horner_fma(coef: Any, xd: Any, yd: Any, y: Any) -> None:
    """y = fma(...fma(c0, x, c1)..., x, cn), every step rounded to float32."""
    np.multiply(xd, coef[0], out=yd)
    np.add(yd, coef[1], out=yd)
    for c in coef[2:]:
        y[...] = yd  # round to f32
        np.multiply(y, xd, out=yd)
        np.add(yd, c, out=yd)
    y[...] = yd


def box_muller_f32(u: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    """In place on ``u`` (float32, shape (k, 16)): AVX2 ``NormalFill16<float>``."""
    mean = _F32(mean)
    std = _F32(std)
    k = u.shape[0]
    s = _scratch
    for lo in range(0, k, CHUNK):
        blk = u[lo : lo + CHUNK]
        n = blk.shape[0] * 8
        x, y, z, r, t = s.x[:n], s.y[:n], s.z[:n], s.r[:n], s.t[:n]
        xd, yd, i, j = s.xd[:n], s.yd[:n], s.i[:n], s.j[:n]
        shape = (blk.shape[0], 8)

        # ---- radius = sqrt(-2 * log(1 - u1)) ----
        np.subtract(_F32(1), blk[:, :8], out=r.reshape(shape))
        bits = r.view(np.int32)
        np.subtract(bits, _SQRTHF_BITS, out=i)
        np.right_shift(i, 23, out=i)  # exponent e
        np.left_shift(i, 23, out=j)
        np.subtract(bits, j, out=x.view(np.int32))
        np.subtract(x, _F32(1), out=x)  # mantissa - 1
        np.multiply(x, x, out=z)
        xd[...] = x
        _horner_fma(_LOG_P, xd, yd, y)
        np.multiply(y, x, out=y)
        r[...] = i  # float(e)
        np.multiply(r, _LOG_Q1, out=t)
        np.multiply(y, z, out=yd, dtype=np.float64)
        np.add(yd, t, out=yd)
        y[...] = yd  # fma(y, z, e*q1)
        np.multiply(z, _F32(0.5), out=z)
        np.subtract(y, z, out=y)
        np.add(x, y, out=x)
        np.multiply(r, _LOG_Q2, out=r)  # exact product
        np.add(x, r, out=r)
        np.multiply(r, _F32(-2), out=r)
        np.sqrt(r, out=r)

        # ---- theta = 2*pi*u2, octant reduction ----
        np.multiply(blk[:, 8:], _TWO_PI, out=x.reshape(shape))
        np.multiply(x, _FOPI, out=y)
        j[...] = y  # truncate
        np.add(j, 1, out=j)
        np.bitwise_and(j, -2, out=j)
        y[...] = j
        np.multiply(y, _DP1, out=t)  # exact
        np.add(x, t, out=x)
        np.multiply(y, _DP2, out=t)  # exact
        np.add(x, t, out=x)
        np.multiply(y, _DP3, out=yd, dtype=np.float64)
        np.add(yd, x, out=yd)
        x[...] = yd
        np.multiply(x, x, out=z)

        # ---- polynomials ----
        xd[...] = z
        _horner_fma(_COS, xd, yd, y)
        np.multiply(y, z, out=y)
        np.multiply(y, xd, out=yd)
        np.multiply(z, _F32(0.5), out=t)
        np.subtract(yd, t, out=yd)
        y[...] = yd
        np.add(y, _F32(1), out=y)  # cos poly
        _horner_fma(_SIN, xd, yd, t)
        np.multiply(t, z, out=t)
        np.multiply(t, x, out=yd, dtype=np.float64)
        np.add(yd, x, out=yd)
        t[...] = yd  # sin poly

        # ---- select, signs, scale ----
        np.bitwise_and(j, 2, out=i)
        swap = i.astype(bool)
        np.copyto(z, t)
        np.copyto(z, y, where=swap)  # sin
        np.copyto(y, t, where=swap)  # cos
        np.left_shift(j, 29, out=i)
        np.bitwise_and(i, np.int32(-(2**31)), out=i)
        zi = z.view(np.int32)
        np.bitwise_xor(zi, i, out=zi)
        np.add(j, 2, out=j)  # ~(j-2)&4 == (j+2)&4
        np.left_shift(j, 29, out=j)
        np.bitwise_and(j, np.int32(-(2**31)), out=j)
        yi = y.view(np.int32)
        np.bitwise_xor(yi, j, out=yi)
        np.multiply(y, r, out=y)
        np.multiply(z, r, out=z)
        for half, v in ((blk[:, :8], y), (blk[:, 8:], z)):
            if mean == 0:
                if std != 1:
                    np.multiply(v, std, out=v)
                np.add(v.reshape(shape), _F32(0), out=half)
            else:
                np.multiply(v, float(std), out=yd, dtype=np.float64)
                np.add(yd, float(mean), out=yd)
                half[...] = yd.reshape(shape)
    return u


def box_muller_f64(u: np.ndarray, mean: Any, std: Any) -> np.ndarray:
    for lo in range(0, u.shape[0], CHUNK):
        blk = u[lo : lo + CHUNK]
        r = 1.0 - blk[:, :8]
        np.log(r, out=r)
        r *= -2.0
        np.sqrt(r, out=r)
        th = blk[:, 8:] * (2.0 * math.pi)
        for half, f in ((blk[:, :8], np.cos), (blk[:, 8:], np.sin)):
            v = f(th)
            v *= r
            if mean == 0:
                v *= std
                np.add(v, 0.0, out=half)
            else:
                half[...] = fma64(v, std, mean)
    return u
