"""Initialization: how the parameters of a new layer are drawn, so that signals neither vanish nor explode.

Everything is written in place, under ``no_grad``, and returned.
"""

from __future__ import annotations

import functools
import inspect
import math
import warnings
from typing import Any

from ..core.grad_mode import no_grad
from ..core.tensor import Tensor
from ..ops.creation import empty_like
from ..ops.creation import eye as _identity
from ..ops.pointwise.compare import where
from ._structured_init import dirac_, orthogonal_, sparse_


def calculate_gain(nonlinearity: str, param: Any = None) -> float:
    r"""The factor that keeps the variance through a nonlinearity: :math:`\sqrt 2` for relu, 5/3 for tanh, ...

    Parameters
    ----------
    nonlinearity : str
        'linear', 'sigmoid', 'tanh', 'relu', 'leaky_relu', 'selu', or the name of a convolution.
    param : float, optional
        The slope of 'leaky_relu'; 0.01 unless given.

    Returns
    -------
    float
        The factor.

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
    """Fill with samples from the uniform distribution U(a, b).

    Parameters
    ----------
    tensor : Tensor
    a, b : float
        The bounds.

    Returns
    -------
    Tensor
        The same tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.nn.init.uniform_(torch.empty(2), -1.0, 1.0)
    tensor([-0.0075,  0.5364])
    """
    with no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Any:
    """Fill with samples from the normal distribution N(mean, std squared).

    Parameters
    ----------
    tensor : Tensor
    mean, std : float
        Mean and standard deviation.

    Returns
    -------
    Tensor
        The same tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> torch.nn.init.normal_(torch.empty(2), std=0.01)
    tensor([ 0.0154, -0.0029])
    """
    with no_grad():
        return tensor.normal_(mean, std, generator=generator)


def constant_(tensor: Any, val: float) -> Any:
    """Fill with one value.

    Parameters
    ----------
    tensor : Tensor
    val : number
        The value.

    Returns
    -------
    Tensor
        The same tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.constant_(torch.empty(2), 0.3)
    tensor([0.3000, 0.3000])
    """
    with no_grad():
        return tensor.fill_(val)


def ones_(tensor: Any) -> Any:
    """Fill with ones.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    Tensor
        The same tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.ones_(torch.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Any) -> Any:
    """Fill with zeros.

    Parameters
    ----------
    tensor : Tensor

    Returns
    -------
    Tensor
        The same tensor.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.zeros_(torch.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def eye_(tensor: Any) -> Any:
    """Fill with the identity matrix.

    Parameters
    ----------
    tensor : Tensor of shape (m, n)

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        Unless the tensor has 2 dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.eye_(torch.empty(2, 3))
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if tensor.ndim != 2:
        raise ValueError(f"the identity needs a tensor of 2 dimensions, but this one has {tensor.ndim}")
    with no_grad():
        return tensor.copy_(_identity(*tensor.shape))


def xavier_uniform_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    r"""Fill from :math:`U(-a, a)` with :math:`a = \text{gain} \sqrt{6 / (\text{fan in} + \text{fan out})}`.

    It keeps the variance of signals, on average of the forward and the backward pass. The fan in is the number of inputs that an
    output is made of, the fan out the number of outputs that an input goes to.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    Parameters
    ----------
    tensor : Tensor of shape (fan out, fan in), or (out channels, in channels, ...)
    gain : float
        For the nonlinearity that follows, see :func:`calculate_gain`.

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        For fewer than 2 dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.nn.init.xavier_uniform_(torch.empty(2, 4))
    >>> bool((w.abs() <= 1).all())
    True
    """
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(fan_in + fan_out)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Any, gain: float = 1.0, generator: Any = None) -> Any:
    r"""Fill from :math:`N(0, s^2)` with :math:`s = \text{gain} \sqrt{2 / (\text{fan in} + \text{fan out})}`.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.

    Parameters
    ----------
    tensor : Tensor of shape (fan out, fan in), or (out channels, in channels, ...)
    gain : float
        For the nonlinearity that follows, see :func:`calculate_gain`.

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        For fewer than 2 dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.xavier_normal_(torch.empty(2, 4)).shape
    torch.Size([2, 4])
    """
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
    r"""Fill from :math:`U(-b, b)` with :math:`b = \text{gain} \sqrt{3 / \text{fan}}`.

    A signal keeps its variance through layers with rectifiers.

    Source: He et al., "Delving deep into rectifiers", 2015.

    Parameters
    ----------
    tensor : Tensor of shape (fan out, fan in), or (out channels, in channels, ...)
    a : float
        The slope of the rectifier for negative numbers.
    mode : 'fan_in' or 'fan_out'
        Whether the variance is kept in the forward or in the backward pass.
    nonlinearity : str
        Gives the gain, see :func:`calculate_gain`.

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        For fewer than 2 dimensions, or an unknown mode or nonlinearity.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> w = torch.nn.init.kaiming_uniform_(torch.empty(2, 6), nonlinearity="relu")
    >>> bool((w.abs() <= 1).all())
    True
    """
    if 0 in tensor.shape:
        warnings.warn("a tensor without elements has nothing to initialize", stacklevel=2)
        return tensor
    bound = math.sqrt(3.0) * _kaiming_std(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Any, a: float = 0, mode: str = "fan_in", nonlinearity: str = "leaky_relu", generator: Any = None
) -> Any:
    r"""Fill from :math:`N(0, s^2)` with :math:`s = \text{gain} / \sqrt{\text{fan}}`.

    Source: He et al., "Delving deep into rectifiers", 2015.

    Parameters
    ----------
    tensor : Tensor of shape (fan out, fan in), or (out channels, in channels, ...)
    a : float
        The slope of the rectifier for negative numbers.
    mode : 'fan_in' or 'fan_out'
        Whether the variance is kept in the forward or in the backward pass.
    nonlinearity : str
        Gives the gain, see :func:`calculate_gain`.

    Returns
    -------
    Tensor
        The same tensor.

    Raises
    ------
    ValueError
        For fewer than 2 dimensions, or an unknown mode or nonlinearity.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.init.kaiming_normal_(torch.empty(2, 6), mode="fan_out").shape
    torch.Size([2, 6])
    """
    if 0 in tensor.shape:
        warnings.warn("a tensor without elements has nothing to initialize", stacklevel=2)
        return tensor
    return normal_(tensor, 0.0, _kaiming_std(tensor, a, mode, nonlinearity), generator)


def trunc_normal_(tensor: Any, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None) -> Any:
    """Fill with samples from N(mean, std squared), drawn again until they lie in [a, b].

    Where the interval holds most of the bell, normals are drawn; in a tail, uniforms that are kept with the probability
    that the density gives them.

    Parameters
    ----------
    tensor : Tensor
    mean, std : float
        Mean and standard deviation before the tails are cut off.
    a, b : float
        The interval.

    Returns
    -------
    Tensor
        The same tensor.

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


def _deprecated(function: Any) -> Any:
    """The old name of a function: without the underscore, and with a warning."""
    new = function.__name__

    @functools.wraps(function)
    def old(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(f"nn.init.{new[:-1]} is deprecated: use nn.init.{new}", FutureWarning, stacklevel=2)
        return function(*args, **kwargs)

    old.__name__ = old.__qualname__ = new[:-1]
    _, title, sections = (inspect.getdoc(function) or "").partition("Parameters\n")
    old.__doc__ = f"The old name of :func:`{new}`, which warns.\n\n{title}{sections}"
    return old


uniform, normal, constant, eye, dirac = map(_deprecated, (uniform_, normal_, constant_, eye_, dirac_))
xavier_uniform, xavier_normal, kaiming_uniform, kaiming_normal, orthogonal, sparse = map(
    _deprecated, (xavier_uniform_, xavier_normal_, kaiming_uniform_, kaiming_normal_, orthogonal_, sparse_)
)
