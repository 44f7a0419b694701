"""Random tensors: uniform, normal, integer, permuted; and dropout.

All draw from a :class:`Generator`, by default the one that :func:`manual_seed` seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.inplace import apply_in_place
from ..core.primitive import primitive
from ..core.random import Generator, default_generator
from ..core.tensor import Tensor, wrap
from ..core.view import bump_version, check_writable
from ._shapes import as_shape
from .creation import _no_options, _numpy_dtype, finish


def manual_seed(seed: int) -> Generator:
    """Seed the default generator: the same seed gives the same numbers, and PyTorch's.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.rand(3)
    tensor([0.4963, 0.7682, 0.0885])
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Seed the default generator from the operating system, and return the seed."""
    return default_generator.seed()


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """The default generator's state, in PyTorch's format: a ByteTensor of 5056 elements."""
    return wrap(default_generator.state_bytes())


def set_rng_state(new_state: Tensor) -> None:
    """Continue the default generator from a saved state."""
    default_generator.set_state_bytes(new_state._array)


def _float_dtype(name: str, dtype: Any) -> np.dtype:
    found = _numpy_dtype(dtype)
    if found.kind in "iub":
        raise NotImplementedError(f"{name} is not defined for {dtype!r}: choose a floating-point dtype")
    if found.kind != "f" or found.name == "bfloat16":
        raise NotImplementedError(f"{name} does not support the argument dtype={dtype!r}")
    return found


def _size(size: Any, options: dict[str, Any]) -> tuple[int, ...]:
    shape = as_shape(size or (options.pop("size", ()),))
    if any(n < 0 for n in shape):
        raise RuntimeError(f"a size can't be negative, but got {list(shape)}")
    return shape


def rand(
    *size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """Numbers drawn uniformly from [0, 1).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.rand(2)
    tensor([0.4963, 0.7682])
    """
    shape, d = _size(size, options), _float_dtype("rand", dtype)
    _no_options(options)
    array = (generator or default_generator).uniform(int(np.prod(shape)), 0.0, 1.0, d).reshape(shape)
    return finish(array, requires_grad, device)


def randn(
    *size: Any, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any
) -> Tensor:
    """Numbers drawn from the normal distribution of mean 0 and standard deviation 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randn(2)
    tensor([ 1.5410, -0.2934])
    """
    shape, d = _size(size, options), _float_dtype("randn", dtype)
    _no_options(options)
    array = (generator or default_generator).normal(int(np.prod(shape)), 0.0, 1.0, d).reshape(shape)
    return finish(array, requires_grad, device)


def randint(
    low: int,
    high: Any = None,
    size: Any = None,
    *,
    generator: Any = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    **options: Any,
) -> Tensor:
    """Integers drawn uniformly from [low, high).

    Raises
    ------
    RuntimeError
        If the interval is empty.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randint(10, (3,))
    tensor([4, 9, 3])
    """
    if size is None:
        low, high, size = 0, low, high
        if high is None or isinstance(size, int):
            raise TypeError("randint() needs a size: randint(high, (2, 3)) or randint(low, high, (2, 3))")
    elif high is None:
        low, high = 0, low
    _no_options(options)
    low, high = int(low), int(high)
    if low >= high:
        raise RuntimeError(f"randint: the interval from {low} to {high} is empty")
    shape = as_shape(size)
    array = (generator or default_generator).integers(int(np.prod(shape)), low, high).reshape(shape)
    wanted = np.dtype(np.int64) if dtype is None else _numpy_dtype(dtype)
    return finish(array.astype(wanted, copy=False), requires_grad, device)


def randperm(n: int, *, generator: Any = None, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A random order of the integers from 0 to n - 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.randperm(5)
    tensor([4, 0, 1, 3, 2])
    """
    if n < 0:
        raise RuntimeError(f"randperm: n can't be negative, but is {n}")
    array = (generator or default_generator).permutation(n)
    return finish(array.astype(np.int64 if dtype is None else _numpy_dtype(dtype), copy=False), requires_grad, device)


def rand_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """:func:`rand` in the shape and dtype of ``input``."""
    return rand(input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad, **options)


def randn_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False, **options: Any) -> Tensor:
    """:func:`randn` in the shape and dtype of ``input``."""
    return randn(input.shape, dtype=dtype or input.dtype, device=device, requires_grad=requires_grad, **options)


def randint_like(input: Tensor, low: int, high: Any = None, *, dtype: Any = None, **options: Any) -> Tensor:
    """:func:`randint` in the shape and dtype of ``input``."""
    if high is None:
        low, high = 0, low
    return randint(low, high, input.shape, dtype=dtype or input.dtype, **options)


def normal(mean: Any, std: Any = 1.0, size: Any = None, *, generator: Any = None, dtype: Any = None, device: Any = None) -> Tensor:
    """Normal numbers with given means and standard deviations: tensors, or numbers and a ``size``.

    Raises
    ------
    RuntimeError
        If a standard deviation is negative.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.normal(10.0, 1.0, (2,))
    tensor([11.5410,  9.7066])
    """
    if (isinstance(std, Tensor) and bool((std < 0).any())) or (not isinstance(std, Tensor) and std < 0):
        raise RuntimeError("normal: standard deviations can't be negative")
    if not isinstance(mean, Tensor) and not isinstance(std, Tensor):
        if size is None:
            raise TypeError("normal() needs a size when mean and std are numbers")
        out = finish(np.empty(as_shape(size), _float_dtype("normal", dtype)), False, device)
        return normal_(out, mean, std, generator=generator)
    if not isinstance(std, Tensor):
        return normal_(mean.clone().detach(), 0.0, std, generator=generator) + mean.detach()
    shape = np.broadcast_shapes(std._array.shape, mean._array.shape if isinstance(mean, Tensor) else ())
    out = wrap(np.empty(shape, std._array.dtype))
    return normal_(out, 0.0, 1.0, generator=generator) * std.detach() + (mean.detach() if isinstance(mean, Tensor) else mean)


def bernoulli(input: Tensor, p: Any = None, *, generator: Any = None) -> Tensor:
    """Ones with the probabilities that ``input`` holds (or ``p``), else zeros.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.bernoulli(torch.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    if p is not None:
        return bernoulli_(input.detach().clone(), p, generator=generator)
    array = input._array
    if array.dtype.kind != "f":
        raise RuntimeError(f"bernoulli: probabilities must be of floating-point type, but got {input.dtype!r}")
    if array.size and not (array.min() >= 0 and array.max() <= 1):
        raise RuntimeError("bernoulli: probabilities must lie between 0 and 1")
    return wrap((generator or default_generator).coins_of(array))


# ---------------------------------------------------------------------- in place
def _memory_order(array: np.ndarray) -> np.ndarray:
    """A view whose last dimension is densest in memory: torch fills strided targets in this order."""
    return array.transpose(sorted(range(array.ndim), key=lambda d: -abs(array.strides[d])))


def _overwrite(t: Tensor, values: np.ndarray) -> Tensor:
    check_writable(t, recorded=False)
    target = t._array if t._array.flags.c_contiguous else _memory_order(t._array)
    target[...] = values.reshape(target.shape)
    bump_version(t)
    return t


def uniform_(input: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Any = None, **kwargs: Any) -> Tensor:
    """Overwrite with numbers drawn uniformly from [from, to).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).uniform_(-1, 1)
    tensor([-0.0075,  0.5364])
    """
    low = kwargs.pop("from", from_)
    if kwargs:
        raise TypeError(f"uniform_() got an unexpected keyword argument {next(iter(kwargs))!r}")
    if low > to:
        raise RuntimeError(f"uniform_: the interval from {low} to {to} is empty")
    _float_dtype("uniform_", input.dtype)
    check_writable(input, recorded=False)
    return _overwrite(input, (generator or default_generator).uniform(input._array.size, low, to, input._array.dtype))


def normal_(input: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Any = None) -> Tensor:
    """Overwrite with normal numbers.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.empty(2).normal_(0, 0.1)
    tensor([ 0.1541, -0.0293])
    """
    if std < 0:
        raise RuntimeError(f"normal_: the standard deviation can't be negative, but is {std}")
    _float_dtype("normal_", input.dtype)
    check_writable(input, recorded=False)
    array = input._array
    values = (generator or default_generator).normal(array.size, mean, std, array.dtype, bool(array.flags.c_contiguous))
    return _overwrite(input, values)


def random_(input: Tensor, from_: Any = None, to: Any = None, *, generator: Any = None) -> Tensor:
    """Overwrite with integers from [from, to), or over the whole range of the dtype."""
    check_writable(input, recorded=False)
    g, array = generator or default_generator, input._array
    if from_ is None:
        return _overwrite(input, g.any_integers(array.size, array.dtype))
    low, high = (0, from_) if to is None else (from_, to)
    if low >= high:
        raise RuntimeError(f"random_: the interval from {low} to {high} is empty")
    return _overwrite(input, g.integers(array.size, int(low), int(high)))


def bernoulli_(input: Tensor, p: Any = 0.5, *, generator: Any = None) -> Tensor:
    """Overwrite with ones of probability ``p`` (a number or a tensor), else zeros."""
    check_writable(input, recorded=False)
    g = generator or default_generator
    if isinstance(p, Tensor):
        return _overwrite(input, g.coins_of(np.broadcast_to(p._array, input._array.shape)))
    if not 0 <= p <= 1:
        raise RuntimeError(f"bernoulli_: the probability must lie between 0 and 1, but is {p}")
    return _overwrite(input, g.coins(input._array.size, p, input._array.dtype))


# ---------------------------------------------------------------------- dropout
@primitive(elementwise=True, method=False, grad_name="MulBackward0", input=lambda xp, grad, noise: grad * noise)
def _dropout(input, noise):
    return input * noise


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    r"""Zero each element with probability ``p`` and divide the rest by :math:`1 - p`; nothing unless ``training``.

    Source: Srivastava et al., "Dropout", 2014.

    Raises
    ------
    ValueError
        If ``p`` is not a probability.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.dropout(torch.ones(3), p=0.5, training=False)
    tensor([1., 1., 1.])
    """
    if not 0 <= p <= 1:
        raise ValueError(f"dropout: the probability must lie between 0 and 1, but is {p}")
    if not training or p == 0 or not input._array.size:
        return input
    array = input._array
    if p == 1:
        noise = np.zeros_like(array)
    else:
        coins = default_generator.coins(array.size, 1 - p, array.dtype)
        coins /= array.dtype.type(1 - p)
        if array.flags.c_contiguous or 0 in array.strides:
            noise = coins.reshape(array.shape)
        else:
            noise = np.empty_like(array)
            dense = _memory_order(noise)
            dense[...] = coins.reshape(dense.shape)
    return apply_in_place(_dropout.op, input, wrap(noise)) if inplace else _dropout(input, wrap(noise))
