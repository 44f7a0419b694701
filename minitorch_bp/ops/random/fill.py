"""Overwriting a tensor with random numbers: ``x.uniform_()``, ``x.normal_()`` and their relatives.

All draw from a :class:`Generator`, by default the one that :func:`manual_seed` seeds. What is drawn does not depend on
what was there before, so the gradient that flows to the old values is zero.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ...core import variates
from ...core.grad_mode import mode
from ...core.inplace import overlapping
from ...core.layout import laid_out, memory_axes, memory_order
from ...core.random import Generator, generator_of
from ...core.view import bump_version, check_writable, writable
from .._base import Tensor, apply_in_place, primitive, public
from .._shapes import check_tensor, not_negative, positive


@primitive(
    elementwise=True,
    grad_name=lambda node: node.reads("name"),
    input=lambda xp, grad, name: xp._zeros_of(grad),
)
def _drawn(input, values, name):
    """``values``, the random numbers that replace ``input``."""
    return values


def is_float(d: np.dtype) -> bool:
    """Whether a NumPy dtype is a floating type (NumPy does not know that bfloat16 is one)."""
    return d.kind == "f" or (d.kind == "V" and d.name == "bfloat16")


def _refill(t: Tensor, name: str, generator: Any, draw: Callable[[Generator, int, np.dtype, Any], np.ndarray]) -> Tensor:
    """Overwrite with ``draw(generator, n, dtype, out)``, which may draw straight into the memory ``out``.

    ``out`` is None for a target that is not contiguous. Nothing is drawn if the tensor can't be written to.
    """
    tracked = bool(t._requires_grad and mode.recording)
    check_writable(t, recorded=tracked)
    array, flat = t._array, None
    flags = array.flags
    if not flags.writeable:
        array = writable(array)
        flags = array.flags
        if not flags.writeable:
            raise overlapping("a random fill")
    if flags.c_contiguous:
        flat = np.empty(array.size, array.dtype) if tracked else array if array.ndim == 1 else array.reshape(-1)
    g = generator_of(generator)
    with g.lock:
        values = draw(g, array.size, array.dtype, flat)
    if tracked:
        return apply_in_place(_drawn.op, t, laid_out(values, array), name)
    if flat is not None:
        if values is not flat:
            flat[...] = values
    else:
        target = memory_order(array)
        target[...] = values.reshape(target.shape)
    bump_version(t)
    return t


def _check_inexact(name: str, t: Tensor) -> None:
    """NotImplementedError for integers and booleans."""
    if t._array.dtype.kind not in "fcV":
        raise NotImplementedError(
            f"{name} draws fractions, so it needs a floating-point or complex tensor, but got one of {t.dtype!r}"
        )


def _check_real(name: str, t: Tensor) -> None:
    """NotImplementedError for complex numbers."""
    if t._array.dtype.kind == "c":
        raise NotImplementedError(f"{name} draws real numbers, but got a tensor of {t.dtype!r}")


def _check_float(name: str, t: Tensor) -> None:
    """RuntimeError unless a tensor can hold real numbers."""
    if not is_float(t._array.dtype):
        raise RuntimeError(f"{name} draws real numbers, so it needs a floating-point tensor, but got one of {t.dtype!r}")


def _lower(name: str, from_: Any, options: dict[str, Any]) -> Any:
    """The lower end of an interval, which may be given as ``from``, too: no name of a parameter in Python."""
    unknown = options.keys() - {"from"}
    if unknown:
        raise TypeError(f"{name}() got an unexpected keyword argument {next(iter(unknown))!r}")
    return options["from"]


@public("Tensor")
def uniform_(input: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **kwargs: Any) -> Tensor:
    """Overwrite with numbers drawn uniformly from [from, to).

    Parameters
    ----------
    input : Tensor
    from_, to : float
        The interval; ``from`` as a keyword, too.
    generator : Generator, optional
        The default one unless given.
    **kwargs : float
        ``from``, which is no name of a parameter in Python.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        If the interval is empty or too wide for the type.
    NotImplementedError
        For a tensor of integers or booleans.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])
    """
    from_ = _lower("uniform_", from_, kwargs) if kwargs else from_
    check_tensor("uniform_", input)
    _check_inexact("uniform_", input)
    if not from_ <= to:
        raise RuntimeError(f"uniform_: the interval from {from_} to {to} is empty")
    return _refill(input, "UniformBackward0", generator, lambda g, n, d, out: g.uniform(n, from_, to, d, out))


@public("Tensor")
def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Overwrite with numbers drawn from a normal distribution.

    Parameters
    ----------
    input : Tensor
    mean, std : float
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        If the standard deviation is negative.
    NotImplementedError
        For a tensor of integers or booleans.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).normal_(0, 0.1)
    tensor([ 0.1541, -0.0293])
    """
    if not std >= 0:
        not_negative("normal_", std=std)
    _check_inexact("normal_", input)
    return _refill(input, "NormalBackward0", generator, lambda g, n, d, out: g.normal(n, mean, std, d, out is not None, out))


_UNSAID: Any = object()  # ``random_(5)`` draws below 5, ``random_(5, None)`` from 5 on
_DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}


def largest(dtype: np.dtype) -> int:
    """The largest integer up to which a type holds all integers."""
    return 1 << _DIGITS[dtype.name] if is_float(dtype) else _range(dtype)[1]


@public("Tensor")
def random_(input: Tensor, from_: Any = None, to: Any = _UNSAID, *, generator: Any = None, **kwargs: Any) -> Tensor:
    """Overwrite with integers from [from, to), or over the whole range that the dtype holds exactly.

    Parameters
    ----------
    input : Tensor
    from_, to : int, optional
        One number alone is ``to``, and the interval begins at 0; with ``to=None`` it ends where the type does.
    generator : Generator, optional
        The default one unless given.
    **kwargs : int
        ``from``, which is no name of a parameter in Python.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        If the interval is empty, or reaches beyond the type.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(3).random_(0, 10)
    tensor([4., 9., 3.])
    """
    from_ = _lower("random_", from_, kwargs) if kwargs else from_
    if from_ is None and to in (None, _UNSAID):
        _check_real("random_", input)
        return _refill(input, "RandomBackward2", generator, lambda g, n, d, out: g.any_integers(n, d))
    name = "RandomBackward1" if to is _UNSAID else "RandomBackward0"
    if to is None:
        low, high = int(from_), largest(input._array.dtype) + 1
        if not is_float(input._array.dtype) and low < high:
            return _refill(input, name, generator, lambda g, n, d, out: g.integers(n, low, high).astype(d, copy=False))
    else:
        low, high = (0, int(from_)) if to is _UNSAID else (int(from_), int(to))
    low, high = integer_bounds("random_", low, high, input._array.dtype)
    return _refill(input, name, generator, lambda g, n, d, out: g.integers(n, low, high).astype(d, copy=False))


@functools.cache
def _range(dtype: np.dtype) -> tuple[int, int]:
    return (0, 1) if dtype.kind == "b" else (int(np.iinfo(dtype).min), int(np.iinfo(dtype).max))


@functools.lru_cache(maxsize=256)  # a table lookup in place of 6 us for a floating type
def integer_bounds(name: str, low: int, high: int, dtype: np.dtype) -> tuple[int, int]:
    """The bounds of [low, high), checked; moved inwards to the nearest numbers that a floating type holds."""
    if low >= high:
        raise RuntimeError(f"{name}: the interval from {low} to {high} is empty")
    if dtype.kind == "c":
        raise RuntimeError(f"{name}: integers are drawn for real types, but the type is torch.{dtype.name}")
    if not is_float(dtype):
        smallest, largest = _range(dtype)
        if low < smallest or high - 1 > largest:
            raise RuntimeError(f"{name}: the interval from {low} to {high} reaches beyond {dtype.name}")
        return low, high
    digits = _DIGITS[dtype.name]
    limit = float(np.finfo(dtype).max) if dtype.name != "bfloat16" else 3.3895e38
    if not -limit <= low <= limit or not -limit <= high - 1 <= limit:
        raise RuntimeError(f"{name}: the interval from {low} to {high} reaches beyond {dtype.name}")
    for what, bound in (("lower", low), ("upper", high - 1)):
        if abs(bound) > 1 << digits:
            warnings.warn(
                f"{name}: the {what} bound {bound} lies beyond 2**{digits}, from where on {dtype.name} does not hold every integer",
                stacklevel=4,
            )
    if low <= int(float(dtype.type(low))) and high > int(float(dtype.type(high - 1))):
        return low, high
    below = int(float(dtype.type(low + 1)))
    if below < low:
        low = below + (1 << (abs(low + 1).bit_length() - digits))
    above = int(float(dtype.type(high - 1)))
    if above >= high:
        high = above - (1 << (abs(high - 1).bit_length() - digits))
    if low >= high:
        raise RuntimeError(f"{name}: no {dtype.name} lies in the interval")
    return low, high


@public("Tensor")
def bernoulli_(input: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Overwrite with ones of probability ``p`` (a number or a tensor), else zeros.

    Parameters
    ----------
    input : Tensor
    p : float or Tensor
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        If ``p`` is not a probability.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty(3).bernoulli_(1.0)
    tensor([1., 1., 1.])
    """
    _check_real("bernoulli_", input)
    if isinstance(p, Tensor):
        try:
            chances = probabilities("bernoulli_", np.broadcast_to(p._array, input._array.shape))
        except ValueError:
            raise RuntimeError(
                f"bernoulli_: probabilities of shape {list(p.shape)} do not fit a tensor of shape {list(input.shape)}"
            ) from None
        if not input._array.flags.c_contiguous:  # in the order of memory, in which they are drawn
            chances = chances.transpose(memory_axes(input._array)[::-1])
        chances = chances.reshape(-1)
        return _refill(input, "BernoulliBackward1", generator, lambda g, n, d, out: g.coins_of(chances).astype(d))
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_: the probability must lie between 0 and 1, but is {p}")
    return _refill(input, "BernoulliBackward2", generator, lambda g, n, d, out: g.coins(n, p, d, out))


def probabilities(name: str, p: np.ndarray) -> np.ndarray:
    """The array, checked to hold probabilities."""
    if not is_float(p.dtype):
        raise NotImplementedError(f"{name}: probabilities must be of floating-point type, but are of type torch.{p.dtype}")
    if p.size and not (p.min() >= 0 and p.max() <= 1):
        raise RuntimeError(f"{name}: probabilities must lie between 0 and 1")
    return p


@public("Tensor")
def exponential_(input: Tensor, lambd: float = 1.0, *, generator: Any = None) -> Tensor:
    r"""Overwrite with numbers drawn from an exponential distribution, of density :math:`\lambda e^{-\lambda x}`.

    Parameters
    ----------
    input : Tensor
    lambd : float
        The rate.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        Unless the rate is positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> (torch.empty(100).exponential_() > 0).all().item()
    True
    """
    if not lambd > 0:
        positive("exponential_", lambd=lambd)
    _check_float("exponential_", input)
    return _refill(input, "ExponentialBackward0", generator, lambda g, n, d, out: variates.exponential(g, n, lambd, d, out))


@public("Tensor")
def cauchy_(input: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Any = None) -> Tensor:
    r"""Overwrite with numbers drawn from a Cauchy distribution, of density :math:`\frac{\sigma}{\pi (\sigma^2 + (x - m)^2)}`.

    Parameters
    ----------
    input : Tensor
    median, sigma : float
        Where the density has its maximum m, and its half width at half of that.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        Unless ``sigma`` is positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.empty(2).cauchy_().shape
    torch.Size([2])
    """
    if not sigma > 0:
        positive("cauchy_", sigma=sigma)
    _check_float("cauchy_", input)
    return _refill(input, "CauchyBackward0", generator, lambda g, n, d, out: variates.cauchy(g, n, median, sigma, d))


@public("Tensor")
def log_normal_(input: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Any = None) -> Tensor:
    """Overwrite with numbers drawn from a log-normal distribution: their logarithms are normal.

    Parameters
    ----------
    input : Tensor
    mean, std : float
        Of the logarithms.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        Unless ``std`` is positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> (torch.empty(100).log_normal_() > 0).all().item()
    True
    """
    if not std > 0:
        positive("log_normal_", std=std)
    _check_float("log_normal_", input)
    return _refill(input, "LogNormalBackward0", generator, lambda g, n, d, out: variates.log_normal(g, n, mean, std, d))


@public("Tensor")
def geometric_(input: Tensor, p: float, *, generator: Any = None) -> Tensor:
    """Overwrite with numbers drawn from a geometric distribution: the trials up to the first success.

    Parameters
    ----------
    input : Tensor
    p : float
        The probability of success, between 0 and 1.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        The same object.

    Raises
    ------
    RuntimeError
        If ``p`` is 0 or 1, or lies outside of them.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> (torch.empty(100).geometric_(0.5) >= 1).all().item()
    True
    """
    _check_real("geometric_", input)
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_: p must lie between 0 and 1, but is {p}")
    return _refill(input, "GeometricBackward0", generator, lambda g, n, d, out: variates.geometric(g, n, p, d))
