"""Initialization: how the parameters of a new layer are drawn, so that signals neither vanish nor explode.

Everything is written in place, under ``no_grad``, and returned.
"""

from __future__ import annotations

import functools
import math
import warnings
from typing import Any

import numpy as np

from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.creation import empty, empty_like, from_numpy
from ..ops.creation import eye as _identity
from ..ops.pointwise.compare import where
from ..ops.random.draw import randperm


def calculate_gain(nonlinearity: str, param: Any = None) -> float:
    r"""The factor that keeps the variance through a nonlinearity: :math:`\sqrt 2` for relu, 5/3 for tanh, ...

    Raises
    ------
    ValueError
        For an unknown nonlinearity.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity in (
        "linear", "sigmoid", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
    ):  # fmt: skip
        return 1
    if nonlinearity == "leaky_relu":
        slope = 0.01 if param is None else param
        if isinstance(slope, bool) or not isinstance(slope, (int, float)):
            raise ValueError(f"the slope of leaky_relu must be a number, but got {param!r}")
        return math.sqrt(2.0 / (1 + slope**2))
    gains = {"tanh": 5.0 / 3, "relu": math.sqrt(2.0), "selu": 3.0 / 4}
    if nonlinearity not in gains:
        raise ValueError(f"unsupported nonlinearity {nonlinearity!r}")
    return gains[nonlinearity]


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    if tensor.ndim < 2:
        raise ValueError(f"fan in and fan out need a tensor of at least 2 dimensions, but this one has {tensor.ndim}")
    field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * field, tensor.shape[0] * field


def uniform_(tensor: Any, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Any:
    """Fill with samples from the uniform distribution U(a, b)."""
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
    """Fill with samples from the normal distribution N(mean, std squared)."""
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def constant_(tensor: Any, val: float) -> Any:
    """Fill with one value."""
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Any) -> Any:
    """Fill with ones."""
    return constant_(tensor, 1.0)


def zeros_(tensor: Any) -> Any:
    """Fill with zeros."""
    return constant_(tensor, 0.0)


def eye_(tensor: Any) -> Any:
    """Fill with the identity matrix."""
    if tensor.ndim != 2:
        raise ValueError(f"the identity needs a tensor of 2 dimensions, but this one has {tensor.ndim}")
    with no_grad():
        return tensor.copy_(_identity(*tensor.shape))


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    r"""Glorot and Bengio (2010): :math:`U(-a, a)` with :math:`a = \text{gain} \sqrt{6 / (\text{fan in} + \text{fan out})}`."""
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(fan_in + fan_out)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    """Glorot and Bengio (2010), normal form."""
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / float(fan_in + fan_out)), generator)


def _calculate_correct_fan(tensor: Tensor, mode: str) -> int:
    if mode.lower() not in ("fan_in", "fan_out"):
        raise ValueError(f"mode must be 'fan_in' or 'fan_out', but got {mode!r}")
    return _calculate_fan_in_and_fan_out(tensor)[mode.lower() == "fan_out"]


def _kaiming_std(tensor: Any, a: float, mode: str, nonlinearity: str) -> float:
    return calculate_gain(nonlinearity, a) / math.sqrt(_calculate_correct_fan(tensor, mode))


def kaiming_uniform_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    r"""He et al. (2015): :math:`U(-b, b)` with :math:`b = \text{gain} \sqrt{3 / \text{fan}}`."""
    if 0 in tensor.shape:
        warnings.warn("a tensor without elements has nothing to initialize", stacklevel=2)
        return tensor
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    """He et al. (2015), normal form."""
    if 0 in tensor.shape:
        warnings.warn("a tensor without elements has nothing to initialize", stacklevel=2)
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def trunc_normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None) -> Any:
    """Fill with samples from N(mean, std squared), drawn again until they lie in [a, b].

    Where the interval holds most of the bell, normals are drawn; in a tail, uniforms that are kept with the probability
    that the density gives them.

    Raises
    ------
    ValueError
        If the interval is empty or the standard deviation is not positive.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> bool((torch.nn.init.trunc_normal_(torch.empty(100)).abs() <= 2).all())
    True
    """
    if not std > 0:
        raise ValueError(f"trunc_normal_: std must be positive, but is {std}")
    if not a < b:
        raise ValueError(f"trunc_normal_: the interval from {a} to {b} is empty")

    def below(x: float) -> float:
        return (1.0 + math.erf((x - mean) / std / math.sqrt(2.0))) / 2.0

    if not a - 2 * std <= mean <= b + 2 * std:
        warnings.warn("trunc_normal_: the interval lies more than two standard deviations from the mean", stacklevel=2)

    with no_grad():
        if below(b) - below(a) > 0.3:
            lowest, highest = tensor.new_tensor((a, b)).tolist()  # as the tensor's type holds them
            tensor.normal_(mean, std, generator=generator)
            outside = (tensor < lowest) | (tensor > highest)
            while outside.any():
                fresh = empty_like(tensor).normal_(mean, std, generator=generator)
                tensor.copy_(where(outside, fresh, tensor))
                outside = (tensor < lowest) | (tensor > highest)
            return tensor
        peak = -0.5 * ((max(a, min(mean, b)) - mean) / std) ** 2

        def log_density(x: Any) -> Any:
            return ((x - mean) / std).square() * -0.5 - peak

        def log_uniform() -> Any:
            return empty_like(tensor).uniform_(generator=generator).log()

        tensor.uniform_(a, b, generator=generator)
        refused = log_uniform() > log_density(tensor)
        while refused.any():
            fresh = empty_like(tensor).uniform_(a, b, generator=generator)
            tensor.copy_(where(refused, fresh, tensor))
            refused = refused & (log_uniform() > log_density(fresh))
        return tensor


def orthogonal_(tensor: Any, gain: float = 1, generator: Any = None) -> Any:
    """A random matrix with orthonormal rows or columns, from the QR decomposition of normals.

    Equal to PyTorch's up to rounding (3.4e-7 in float32): the decompositions round differently.

    Source: Saxe et al., "Exact solutions to the nonlinear dynamics of learning in deep linear neural networks", 2013.

    Raises
    ------
    ValueError
        For fewer than 2 dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.nn.init.orthogonal_(torch.empty(2, 5))
    >>> torch.allclose(w @ w.T, torch.eye(2), atol=1e-6)
    True
    """
    if tensor.ndim < 2:
        raise ValueError(f"orthogonal_ needs a tensor of at least 2 dimensions, but this one has {tensor.ndim}")
    if not tensor.numel():
        return tensor
    rows, columns = tensor.shape[0], tensor.numel() // tensor.shape[0]
    drawn = empty(rows, columns, dtype=tensor.dtype).normal_(generator=generator)._array
    q, r = np.linalg.qr(drawn.T if rows < columns else drawn)
    q = q * np.sign(np.diag(r))
    q = q.T if rows < columns else q
    with no_grad():
        return tensor.copy_(from_numpy(np.ascontiguousarray(q)).view_as(tensor)).mul_(gain)


def sparse_(tensor: Any, sparsity: float, std: float = 0.01, generator: Any = None) -> Any:
    """Fill with samples from N(0, std squared), and a share ``sparsity`` of each column with zeros.

    Source: Martens, "Deep learning via Hessian-free optimization", 2010.

    Raises
    ------
    ValueError
        Unless the tensor has 2 dimensions.
    """
    if tensor.ndim != 2:
        raise ValueError(f"sparse_ needs a tensor of 2 dimensions, but this one has {tensor.ndim}")
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    with no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            # The order of the rows comes from the default generator even if another one draws the numbers, as in PyTorch.
            tensor[randperm(rows)[:zeros], column] = 0
    return tensor


def dirac_(tensor: Any, groups: int = 1) -> Any:
    """The convolution that returns its input: a one in the middle of the kernel of each channel to itself.

    Raises
    ------
    ValueError
        Unless the tensor has 3 to 5 dimensions and its first divides by ``groups``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.dirac_(torch.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    if tensor.ndim not in (3, 4, 5):
        raise ValueError(f"dirac_ needs a tensor of 3 to 5 dimensions, but this one has {tensor.ndim}")
    if tensor.shape[0] % groups:
        raise ValueError(f"dirac_: the first dimension, {tensor.shape[0]}, must be a multiple of groups, {groups}")
    per_group = tensor.shape[0] // groups
    middle = tuple(n // 2 for n in tensor.shape[2:])
    with no_grad():
        tensor.zero_()
        for g in range(groups):
            for k in range(min(per_group, tensor.shape[1])):
                tensor[(g * per_group + k, k, *middle)] = 1
    return tensor


def _deprecated(function: Any) -> Any:
    """The old name of a function: without the underscore, and with a warning."""
    new = function.__name__

    @functools.wraps(function)
    def old(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"nn.init.{new[:-1]} is deprecated: use nn.init.{new}", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    old.__name__ = old.__qualname__ = new[:-1]
    old.__doc__ = f"The old name of :func:`{new}`."
    return old


uniform, normal, constant, eye, dirac = map(_deprecated, (uniform_, normal_, constant_, eye_, dirac_))
xavier_uniform, xavier_normal, kaiming_uniform, kaiming_normal, orthogonal, sparse = map(
    _deprecated, (xavier_uniform_, xavier_normal_, kaiming_uniform_, kaiming_normal_, orthogonal_, sparse_)
)
