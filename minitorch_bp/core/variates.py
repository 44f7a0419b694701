"""Random variates beyond uniform, normal, integer and coin: each from the stream of :mod:`random`, as PyTorch draws it.

Most invert a distribution function at a 53-bit uniform. Poisson and gamma variates are drawn by rejection, one after the
other: how many words one takes depends on the words before, so there is nothing to vectorize.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .box_muller import fma64
from .layout import laid_out
from .libm import exact
from .mersenne import PASS
from .random import Generator, by_way_of_float

_F64 = np.dtype(np.float64)
_FEW = 256  # up to so many are slices of a function of the generator's whole lot


def _function(name: str, dtype: np.dtype) -> Callable[[np.ndarray], np.ndarray]:
    """The elementary function in the precision that the result's type shows."""
    return exact(name) if dtype == _F64 else getattr(np, name)


def _inverted(g: Generator, n: int, dtype: np.dtype, inverse: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """``inverse`` of n uniforms, in passes that stay in the processor's cache."""
    if n <= PASS // 2:
        return by_way_of_float(inverse(g.uniform64(n)), dtype)
    out = np.empty(n, dtype)
    for start in range(0, n, PASS // 2):
        part = out[start : start + PASS // 2]
        part[...] = by_way_of_float(inverse(g.uniform64(len(part))), dtype)
    return out


def exponential(g: Generator, n: int, rate: float, dtype: np.dtype, out: np.ndarray | None = None) -> np.ndarray:
    r""":math:`-\ln(1 - u) / \text{rate}` (into ``out``, if given)."""
    scale = -1.0 / rate
    if n <= _FEW:
        few = g.mapped64(n, "exact log1p" if dtype == _F64 else "log1p", lambda u: _function("log1p", dtype)(-u)) * scale
        if out is None or dtype.itemsize == 2:
            return by_way_of_float(few, dtype)
        out[...] = few
        return out
    log1p = _function("log1p", dtype)
    return _inverted(g, n, dtype, lambda u: log1p(-u) * scale)


def cauchy(g: Generator, n: int, median: float, sigma: float, dtype: np.dtype) -> np.ndarray:
    r""":math:`\text{median} + \sigma \tan(\pi (u - 1/2))`."""
    tan = _function("tan", dtype)
    if n <= _FEW:
        return by_way_of_float(spread(g.mapped64(n, "tan" + dtype.char, lambda u: tan((u - 0.5) * math.pi)), median, sigma), dtype)
    return _inverted(g, n, dtype, lambda u: spread(tan((u - 0.5) * math.pi), median, sigma))


def spread(x: np.ndarray, median: float, sigma: float) -> np.ndarray:
    """``x * sigma + median``, rounded once."""
    if math.isinf(median):
        return np.full_like(x, median)
    return x * sigma + 0.0 if median == 0 else fma64(x, float(sigma), median)


def geometric(g: Generator, n: int, p: float, dtype: np.dtype) -> np.ndarray:
    r"""The number of trials up to the first success: :math:`\lceil \ln u / \ln(1 - p) \rceil`."""
    log, scale = exact("log") if dtype == _F64 else np.log, math.log1p(-p)
    if n <= _FEW:
        return by_way_of_float(np.ceil(g.mapped64(n, "log" + dtype.char, log) / scale), dtype)
    return _inverted(g, n, dtype, lambda u: np.ceil(log(u) / scale))


def log_normal(g: Generator, n: int, mean: float, std: float, dtype: np.dtype) -> np.ndarray:
    """``exp`` of normals, which are always drawn in pairs."""
    x = g.normal_pairs(n)
    return by_way_of_float(_function("exp", dtype)(x * std if mean == 0 else fma64(x, float(std), mean)), dtype)


def categories(g: Generator, weights: np.ndarray, n: int, replacement: bool) -> np.ndarray:
    """``n`` indices per row, drawn in proportion to the weights.

    Without replacement, the race of exponentials: of times with rates ``w``, the first to ring is i with probability
    proportional to ``w[i]``.
    """
    if not replacement or n == 1:
        times = laid_out(exponential(g, weights.size, 1.0, weights.dtype), weights)
        speed = weights / times
        first = speed.argmax(-1)[..., None] if n == 1 else np.argsort(-speed, axis=-1, kind="stable")[..., :n].copy()
        return np.asarray(first, np.int64)
    rows = weights.reshape(-1, weights.shape[-1])
    out = np.empty((len(rows), n), np.int64)
    for row, picked in zip(rows, out, strict=True):
        steps = np.cumsum(row, dtype=row.dtype)
        steps /= steps[-1]
        steps[-1] = 1
        picked[...] = np.searchsorted(steps.astype(np.float64), g.uniform64(n), "left")
    return out.reshape(*weights.shape[:-1], n)


# ---------------------------------------------------------------------- by rejection
class _OneByOne:
    """Uniforms of the stream one at a time, by list; those that remain are put back at the end."""

    def __init__(self, g: Generator):
        self.g = g
        self.rest: Iterator[float] = iter(())

    def __call__(self) -> float:
        u = next(self.rest, None)
        if u is not None:
            return u
        left = (self.g._end - self.g._position) // 2
        self.rest = iter(self.g.uniform64(max(min(left, 32), 1)).tolist())
        return next(self.rest)

    def close(self) -> None:
        self.g._position -= 2 * sum(1 for _ in self.rest)

    def normal(self) -> float:
        """The next normal of the stream's pairs."""
        g = self.g
        if g._next_normal is not None:
            waiting, g._next_normal = g._next_normal, None
            return waiting
        u1, u2 = self(), self()
        radius, angle = math.sqrt(-2.0 * math.log1p(-u2)), (2.0 * math.pi) * u1
        g._next_normal = radius * math.sin(angle)
        return radius * math.cos(angle)


def poisson(g: Generator, rates: np.ndarray) -> np.ndarray:
    """One Poisson variate per rate: products of uniforms below 10, Hörmann's transformed rejection (1993) above."""
    draw = _OneByOne(g)
    values = [_poisson(rate, draw) for rate in rates.reshape(-1).astype(np.float64).tolist()]
    draw.close()
    return np.array(values, np.float64).astype(rates.dtype).reshape(rates.shape)


def _poisson(rate: float, draw: Callable[[], float]) -> int:
    if rate == 0:
        return 0
    if rate < 10:
        bound, product, count = math.exp(-rate), 1.0, 0
        while True:
            product *= draw()
            if product <= bound:
                return count
            count += 1
    root, log_rate = math.sqrt(rate), math.log(rate)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    squeeze = 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = draw() - 0.5, draw()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43) if us else -1
        if us >= 0.07 and v <= squeeze:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        if math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b) <= -rate + k * log_rate - math.lgamma(k + 1.0):
            return k


def standard_gamma(g: Generator, shapes: np.ndarray) -> np.ndarray:
    """One gamma variate per shape parameter, by Marsaglia and Tsang (2000)."""
    draw = _OneByOne(g)
    kind: Any = shapes.dtype.type
    drawn = [_gamma(*_gamma_constants(alpha, kind), draw) for alpha in shapes.reshape(-1).tolist()]
    draw.close()
    values: np.ndarray = np.array(drawn, np.float64).astype(shapes.dtype).reshape(shapes.shape)
    return values.clip(min=np.finfo(shapes.dtype).tiny)


@functools.lru_cache(maxsize=4096)
def _gamma_constants(alpha: float, kind: Any) -> tuple[float, float, float]:
    """1 / alpha if alpha < 1, else 0; then the method's d and c. PyTorch keeps alpha in the tensor's type, some constants in float32."""
    single, shape, power = np.float32, kind(alpha), 0.0
    if alpha < 1:
        power = float(kind(1) / shape) if alpha else math.inf
        shape = shape + kind(1)
    third = single(1) / single(3)
    d = float(shape - third) if kind is single else float(shape) - float(third)
    return power, d, 1.0 / math.sqrt(9.0 * d)


_SQUEEZE = float(np.float32(0.0331))


def _gamma(power: float, d: float, c: float, draw: _OneByOne) -> float:
    scale = 1.0
    if d != d:
        return math.nan
    if power:
        if power == math.inf:
            return 0.0
        scale = math.pow(1 - draw(), power)
    while True:
        x = draw.normal()
        y = 1.0 + c * x
        while y <= 0:
            x = draw.normal()
            y = 1.0 + c * x
        v = y * y * y
        u = 1 - draw()
        xx = x * x
        if u < 1.0 - _SQUEEZE * xx * xx or math.log(u) < 0.5 * xx + d * (1.0 - v + math.log(v)):
            return scale * d * v


def dirichlet(g: Generator, alphas: np.ndarray) -> np.ndarray:
    """Gamma variates in float64 over their sums along the last axis, kept inside of (0, 1)."""
    gammas = standard_gamma(g, alphas.astype(np.float64))
    info = np.finfo(alphas.dtype)
    values: np.ndarray = (gammas / gammas.sum(-1, keepdims=True)).astype(alphas.dtype)
    return values.clip(info.tiny, alphas.dtype.type(1) - info.epsneg)


def binomial(g: Generator, counts: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """One binomial variate per pair (n, p): sums of geometric variates for np < 10, Hörmann's rejection (1993) above."""
    draw = _OneByOne(g)
    values = [_binomial(n, p, draw) for n, p in zip(counts.reshape(-1).tolist(), chances.reshape(-1).tolist(), strict=True)]
    draw.close()
    return np.array(values, np.float64).astype(counts.dtype).reshape(counts.shape)


def _binomial(n: float, p: float, draw: Callable[[], float]) -> float:
    if n <= 0 or p <= 0:
        return 0
    if p >= 1:
        return n
    if math.isnan(p) or math.isnan(n):
        return math.nan
    if p > 0.5:
        return n - _binomial(n, 1 - p, draw)
    if n * p >= 10:
        return _binomial_by_rejection(n, p, draw)
    trials, successes = 0.0, 0
    while True:
        u = draw()
        trials += math.ceil(math.log(u) / math.log1p(-p)) if u else math.inf
        if trials > n:
            return successes
        successes += 1


def _binomial_by_rejection(n: float, p: float, draw: Callable[[], float]) -> float:
    """Algorithm BTRS of W. Hörmann, "The generation of binomial random variates", 1993."""
    spread = math.sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * spread
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    squeeze = 0.92 - 4.2 / b
    odds = p / (1 - p)
    alpha = (2.83 + 5.1 / b) * spread
    m = math.floor((n + 1) * p)
    while True:
        u, v = draw() - 0.5, draw()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + c) if us else -1
        if us >= 0.07 and v <= squeeze:
            return k
        if k < 0 or k > n:
            continue
        bound = (m + 0.5) * math.log((m + 1) / (odds * (n - m + 1)))
        bound += (n + 1) * math.log((n - m + 1) / (n - k + 1))
        bound += (k + 0.5) * math.log(odds * (n - k + 1) / (k + 1))
        bound += _stirling_tail(m) + _stirling_tail(n - m) - _stirling_tail(k) - _stirling_tail(n - k)
        if math.log(v * alpha / (a / (us * us) + b)) <= bound:
            return k


def _stirling_tail(k: float) -> float:
    r"""What Stirling's formula misses of :math:`\ln k!`; by its definition for small k, else by its series."""
    if k <= 9:
        return math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi))
    square = (k + 1) ** 2
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)
