"""New tensors of random numbers: PyTorch's, bit for bit."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core import variates
from ...core.out import write_out
from ...core.random import generator_of
from .._base import Tensor, dtypes, primitive, public, wrap
from .._shapes import as_shape, check_operands, check_tensor, floats_only, not_negative, positive, several_ints
from ..creation import _like, _numpy_dtype, _size, finish, no_options, possible, type_for
from ..requires_grad import require_grad
from .fill import _drawn, bernoulli_, integer_bounds, is_float, largest, normal_, probabilities, random_, uniform_


def _float_dtype(name: str, dtype: Any) -> np.dtype:
    if dtype is None:
        return dtypes.get_default_dtype().numpy
    kind = _numpy_dtype(dtype)
    if kind.kind not in "fcV":
        raise NotImplementedError(f"{name} is not defined for {dtype!r}: choose a floating-point or complex dtype")
    return kind


@public("torch", own_out=True)
def rand(
    *size: Any, generator: Any = None, out: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    **options: Any,
) -> Tensor:  # fmt: skip
    """Numbers drawn uniformly from [0, 1).

    Parameters
    ----------
    *size : ints
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        Of shape ``size``, and of the default dtype unless another is given.

    Raises
    ------
    NotImplementedError
        If the dtype is neither floating nor complex.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.rand(2)
    tensor([0.4963, 0.7682])
    """
    shape, d = _size(size, options), _float_dtype("rand", dtype if out is None else out.dtype)
    possible(shape, d)
    g = generator_of(generator)
    with g.lock:
        array = g.uniform(math.prod(shape), 0.0, 1.0, d)
    if len(shape) != 1:
        array = array.reshape(shape)
    return finish(array, requires_grad, device) if out is None else write_out("rand", wrap(array), out)


@public("torch", own_out=True)
def randn(
    *size: Any, generator: Any = None, out: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    **options: Any,
) -> Tensor:  # fmt: skip
    """Numbers drawn from the normal distribution of mean 0 and standard deviation 1.

    Parameters
    ----------
    *size : ints
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        Of shape ``size``, and of the default dtype unless another is given.

    Raises
    ------
    NotImplementedError
        If the dtype is neither floating nor complex.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randn(2)
    tensor([ 1.5410, -0.2934])
    """
    shape, d = _size(size, options), _float_dtype("randn", dtype if out is None else out.dtype)
    g = generator_of(generator)
    with g.lock:
        array = g.normal(math.prod(shape), 0, 1, d)
    if len(shape) != 1:
        array = array.reshape(shape)
    return finish(array, requires_grad, device) if out is None else write_out("randn", wrap(array), out)


@public("torch", own_out=True)
def randint(
    low: Any = None,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    out: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **options: Any,
) -> Tensor:
    """Integers drawn uniformly from [low, high), or from [0, low) if ``high`` is missing.

    Parameters
    ----------
    low, high : int
    size : tuple of ints
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        Of shape ``size``, int64 unless another dtype is given.

    Raises
    ------
    RuntimeError
        If the interval is empty, or reaches beyond the dtype.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randint(10, (3,))
    tensor([4, 9, 3])
    """
    if low is None:
        if high is None:
            raise TypeError("randint() needs its bounds: randint(high, (2, 3)) or randint(low, high, (2, 3))")
        low = 0
    elif size is None:
        low, high, size = 0, low, high
        if high is None or isinstance(size, int) or size is None:
            raise TypeError("randint() needs a size: randint(high, (2, 3)) or randint(low, high, (2, 3))")
    elif high is None:
        low, high = 0, low
    if options:
        no_options(options)
    d = out._array.dtype if out is not None else np.dtype(np.int64) if dtype is None else _numpy_dtype(dtype)
    for bound in (low, high):
        if (bound.__class__ is not int and not isinstance(bound, (int, np.integer, Tensor))) or bound.__class__ is bool:
            raise TypeError(f"randint: the bounds must be ints, but got {bound!r}")
        if not -(1 << 63) <= int(bound) < 1 << 63:
            raise ValueError(f"randint: the bound {bound} does not fit into 64 bits")
    several_ints(size)
    low, high = integer_bounds("randint", int(low), int(high), d)
    shape = as_shape(size)
    g = generator_of(generator)
    with g.lock:
        array = g.integers(math.prod(shape), low, high)
    if array.dtype is not d:
        array = array.astype(d, copy=False)
    t = finish(array if len(shape) == 1 else array.reshape(shape), requires_grad, device)
    return t if out is None else write_out("randint", t, out)


@public("torch", own_out=True)
def randperm(
    n: int, *, generator: Any = None, out: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False,
    **options: Any,
) -> Tensor:  # fmt: skip
    """A random permutation of the integers from 0 to n - 1.

    Parameters
    ----------
    n : int
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    LongTensor
        Of shape (n,).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randperm(5)
    tensor([4, 0, 1, 3, 2])
    """
    if not n >= 0:
        not_negative("randperm", n=n)
    if options:
        no_options(options)
    kind = None
    if dtype is not None or out is not None:
        kind = _numpy_dtype(type_for("randperm", dtype, out))
        if kind.kind not in "cV" and n - 1 > largest(kind):  # (of bfloat16 PyTorch does not ask it)
            raise RuntimeError(f"randperm: torch.{kind} does not hold all integers below {n}: give another dtype")
    g = generator_of(generator)
    with g.lock:
        array = g.permutation(n)
    t = finish(array if kind is None else array.astype(kind, copy=False), requires_grad, device)
    return t if out is None else write_out("randperm", t, out)


@public("torch")
def rand_like(
    input: Tensor, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """:func:`rand` in the shape, dtype and memory layout of ``input``.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, and of its dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.rand_like(torch.zeros(2))
    tensor([0.4963, 0.7682])
    """
    return _filled_like(input, dtype, device, requires_grad, options, uniform_, generator)


@public("torch")
def randn_like(
    input: Tensor, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """:func:`randn` in the shape, dtype and memory layout of ``input``.

    Parameters
    ----------
    input : Tensor

    Returns
    -------
    Tensor
        Of ``input``'s shape, and of its dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randn_like(torch.zeros(2))
    tensor([ 1.5410, -0.2934])
    """
    return _filled_like(input, dtype, device, requires_grad, options, normal_, generator)


@public("torch")
def randint_like(
    input: Tensor,
    low: Any = None,
    high: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **options: Any,
) -> Tensor:
    """:func:`randint` in the shape, dtype and memory layout of ``input``.

    Parameters
    ----------
    input : Tensor
    low, high : int
        As in :func:`randint`.

    Returns
    -------
    Tensor
        Of ``input``'s shape, and of its dtype unless another is given.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randint_like(torch.zeros(3), 10)
    tensor([4., 9., 3.])
    """
    if high is None:
        low, high = None, low
        if high is None:
            raise TypeError("randint_like() needs a bound: randint_like(input, high) or randint_like(input, low, high)")
    low = 0 if low is None else low
    return _filled_like(input, dtype, device, requires_grad, options, random_, generator, int(low), int(high))


def _filled_like(
    input: Tensor, dtype: Any, device: Any, requires_grad: bool, options: Any, fill: Any, generator: Any, *arguments: Any
) -> Tensor:
    out = fill(_like(None, input, dtype, device, False, options), *arguments, generator=generator)
    require_grad(out, requires_grad)
    return out


@primitive(
    grad_name="NormalBackward3",
    mean=lambda xp, grad: xp._zeros_of(grad),
    std=lambda xp, grad: xp._zeros_of(grad),
)
def _normal_drawn(mean, std, values):
    """``values``, drawn with means and standard deviations that no gradient reaches."""
    return values


@public("torch", own_out=True)
def normal(
    mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, out: Any = None, dtype: Any = None,
    device: Any = None, requires_grad: bool = False, **options: Any,
) -> Tensor:  # fmt: skip
    """Normal numbers with given means and standard deviations: tensors, or numbers and a ``size``.

    Parameters
    ----------
    mean, std : Tensor or number
        Of broadcastable shapes.
    size : tuple of ints, optional
        For two numbers.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        Of the broadcast shape or of shape ``size``.

    Raises
    ------
    RuntimeError
        If a standard deviation is negative, or the shapes do not broadcast.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.normal(10.0, 1.0, (2,))
    tensor([11.5410,  9.7066])
    """
    no_options(options)
    check_operands("normal", mean=mean, std=std)
    if isinstance(std, Tensor) and std._array.dtype.kind == "c":
        raise RuntimeError("normal: standard deviations must be real, but those given are complex")
    if not (bool((std >= 0).all()) if isinstance(std, Tensor) else std >= 0):
        raise RuntimeError("normal: standard deviations can't be negative")
    g = generator_of(generator)
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        if size is None:
            raise TypeError("normal() needs a size when mean and std are numbers")
        shape = as_shape(size)
        d = _float_dtype("normal", dtype if out is None else out.dtype)
        with g.lock:
            array = g.normal(math.prod(shape), mean, std, d).reshape(shape)
        return write_out("normal", finish(array, requires_grad, device), out)
    d = _float_dtype("normal", (mean if isinstance(mean, Tensor) else std).dtype)
    try:
        shape = np.broadcast_shapes(*(t._array.shape for t in (mean, std) if isinstance(t, Tensor)))
    except ValueError:
        raise RuntimeError(f"normal: the shapes {list(mean.shape)} and {list(std.shape)} do not broadcast") from None
    n = math.prod(shape)
    for t in (mean, std):
        if isinstance(t, Tensor):
            floats_only("normal", t._array)
    if not isinstance(std, Tensor):
        with g.lock:
            values = g.normal(n, 0.0, std, d).reshape(shape) + mean._array
        result = _drawn(mean, values, "NormalBackward1")
    else:
        with g.lock:
            values = (g.normal(n, 0.0, 1.0, d).reshape(shape) * std._array).astype(d, copy=False)
        if not isinstance(mean, Tensor):
            result = _drawn(std, values + d.type(mean), "NormalBackward2")
        else:
            result = _normal_drawn(mean, std, (values + mean._array).astype(d, copy=False))
    return write_out("normal", result, out)


@public(own_out=True, apart=True)
def bernoulli(input: Tensor, p: Any = None, *, generator: Any = None, out: Any = None) -> Tensor:
    """Ones with the probabilities that ``input`` holds (or ``p``), else zeros.

    Parameters
    ----------
    input : Tensor
        The probabilities, of floating-point type.
    p : float, optional
        One probability for all, instead.
    generator : Generator, optional
        The default one unless given.

    Returns
    -------
    Tensor
        Of ``input``'s shape and dtype.

    Raises
    ------
    RuntimeError
        If a number is not a probability.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bernoulli(torch.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    check_tensor("bernoulli", input)
    if p is not None:
        blank = wrap(np.empty(input._array.shape, input._array.dtype))
        return write_out("bernoulli", bernoulli_(blank, p, generator=generator), out)
    array = probabilities("bernoulli", input._array)
    g = generator_of(generator)
    with g.lock:
        coins = g.coins_of(array)
    if out is not None:  # of any type, since only zeros and ones are drawn
        return write_out("bernoulli", wrap(coins.astype(out.dtype.numpy)), out)
    return _drawn(input, coins.astype(array.dtype), "BernoulliBackward0")


@public(apart=True, exact=True)
def multinomial(input: Tensor, num_samples: int, replacement: bool = False, *, generator: Any = None, out: Any = None) -> Tensor:
    """Indices drawn in proportion to the weights that ``input`` holds, for each row.

    Parameters
    ----------
    input : Tensor of shape (C,) or (N, C)
        Weights; they need not sum to 1.
    num_samples : int
    replacement : bool
        Whether an index may be drawn again.

    Returns
    -------
    LongTensor
        Of shape (num_samples,) or (N, num_samples).

    Raises
    ------
    RuntimeError
        If a weight is negative, infinite or NaN, a row sums to 0, or there are fewer weights than samples to draw without
        replacement.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.multinomial(torch.tensor([0.0, 3.0]), 1)
    tensor([1])
    """
    check_tensor("multinomial", input)
    weights = input._array
    if weights.ndim not in (1, 2):
        raise RuntimeError(f"multinomial: the weights must have 1 or 2 dimensions, but have {weights.ndim}")
    if not is_float(weights.dtype):
        raise RuntimeError(f"multinomial: the weights must be of floating-point type, but are of type {input.dtype!r}")
    positive("multinomial", num_samples=num_samples)
    if not replacement and num_samples > weights.shape[-1]:
        raise RuntimeError(
            f"multinomial: {num_samples} samples can't be drawn from {weights.shape[-1]} weights without replacement"
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise RuntimeError("multinomial: the weights must be finite and not negative")
    if weights.size and not (weights.sum(-1) > 0).all():
        raise RuntimeError("multinomial: the weights of a row can't all be zero")
    g = generator_of(generator)
    with g.lock:
        return wrap(variates.categories(g, weights, int(num_samples), replacement))
