"""Activations as modules."""

from __future__ import annotations

from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import empty
from ...ops.pointwise.exponential import sigmoid
from ...ops.pointwise.trigonometric import tanh
from .. import functional as F
from .. import init as _init
from ..parameter import Parameter
from .attention import MultiheadAttention as MultiheadAttention  # where PyTorch has it
from .functional_module import FunctionalModule, UnaryModule
from .module import Module


class _Activation(UnaryModule):
    """What the activations share: ``inplace`` is printed only where it is set."""

    __init__ = Module.__init__  # super().__init__() need not walk up to it: that would be a twentieth of making an nn.ReLU

    def extra_repr(self) -> str:
        names = self._options if self._shown is None else self._shown
        texts = [f"{name}={getattr(self, name)}" for name in names if name != "inplace"]
        return ", ".join([*texts, "inplace=True"] if "inplace" in names and self.inplace else texts)


class _InPlace(_Activation):
    def __init__(self, inplace: bool = False):
        super().__init__()
        self.inplace = inplace


class _Scaled(_Activation):
    def __init__(self, alpha: float = 1.0, inplace: bool = False):
        super().__init__()
        self.alpha, self.inplace = alpha, inplace


class ReLU(_InPlace, of=F.relu):
    """:func:`relu` as a module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReLU()(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return input.relu_() if self.inplace else F.relu(input)


class Sigmoid(_Activation, of=sigmoid):
    """:func:`sigmoid` as a module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Sigmoid()(torch.tensor([0.0]))
    tensor([0.5000])
    """


class Tanh(_Activation, of=tanh):
    """:func:`tanh` as a module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Tanh()(torch.tensor([0.0]))
    tensor([0.])
    """


class LeakyReLU(_Activation, of=F.leaky_relu):
    def __init__(self, negative_slope: float = 0.01, inplace: bool = False):
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace


class RReLU(_Activation, of=F.rrelu):
    """:func:`rrelu` as a module: slopes are drawn in training."""

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False):
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class ELU(_Scaled, of=F.elu): ...


class CELU(_Scaled, of=F.celu): ...


class SELU(_InPlace, of=F.selu): ...


class GELU(_Activation, of=F.gelu):
    def __init__(self, approximate: str = "none"):
        super().__init__()
        self.approximate: Any = approximate

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(_InPlace, of=F.silu): ...


class Mish(_InPlace, of=F.mish): ...


class Softplus(_Activation, of=F.softplus):
    def __init__(self, beta: float = 1.0, threshold: float = 20.0):
        super().__init__()
        self.beta, self.threshold = beta, threshold


class Softsign(_Activation, of=F.softsign): ...


class LogSigmoid(_Activation, of=F.logsigmoid): ...


class Hardsigmoid(_InPlace, of=F.hardsigmoid):
    _shown = ()


class Hardswish(_InPlace, of=F.hardswish):
    _shown = ()


class Hardtanh(_Activation, of=F.hardtanh):
    def __init__(self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False):
        super().__init__()
        if max_val <= min_val:
            raise AssertionError(f"Hardtanh: max_val {max_val} must exceed min_val {min_val}")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace


class ReLU6(Hardtanh):
    r"""The :class:`Hardtanh` from 0 to 6, :math:`\min(\max(x, 0), 6)` (:func:`relu6`).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReLU6()(torch.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """

    _shown = ("inplace",)

    def __init__(self, inplace: bool = False):
        super().__init__(0.0, 6.0, inplace)


class Threshold(_Activation, of=F.threshold):
    def __init__(self, threshold: float, value: float, inplace: bool = False):
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace


# ---------------------------------------------------------------------- shrinking towards 0
class Tanhshrink(_Activation, of=F.tanhshrink): ...


class Hardshrink(_Activation, of=F.hardshrink):
    def __init__(self, lambd: float = 0.5):
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(Hardshrink, of=F.softshrink): ...


# ---------------------------------------------------------------------- along a dimension
class GLU(_Activation, of=F.glu):
    def __init__(self, dim: int = -1):
        super().__init__()
        self.dim = dim


class Softmax(_Activation, of=F.softmax):
    def __init__(self, dim: int | None = None):
        super().__init__()
        self.dim = dim


class LogSoftmax(Softmax, of=F.log_softmax): ...


class Softmin(Softmax, of=F.softmin): ...


class Softmax2d(Module):
    """:func:`softmax` over the channels of (N, C, H, W) or (C, H, W)."""

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected 3 or 4 dimensions, but got shape {list(input.shape)}")
        return F.softmax(input, -3)


# ---------------------------------------------------------------------- learned
class PReLU(FunctionalModule, of=F.prelu):
    r""":func:`prelu` with learned slopes: one, or one per channel.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.PReLU()(torch.tensor([-1.0, 2.0]))
    tensor([-0.2500,  2.0000], grad_fn=<PreluKernelBackward0>)
    """

    _shown = ("num_parameters",)

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None):
        super().__init__()
        self.num_parameters, self.init = num_parameters, init
        self.weight = Parameter(empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Slopes to ``init``."""
        _init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)
