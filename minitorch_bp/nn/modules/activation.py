"""Activations as modules."""

from __future__ import annotations

import warnings
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
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReLU()(torch.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def forward(self, input: Tensor) -> Tensor:
        return input.relu_() if self.inplace else F.relu(input)


class Sigmoid(_Activation, of=sigmoid):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Sigmoid()(torch.tensor([0.0]))
    tensor([0.5000])
    """


class Tanh(_Activation, of=tanh):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Tanh()(torch.tensor([0.0]))
    tensor([0.])
    """


class LeakyReLU(_Activation, of=F.leaky_relu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LeakyReLU(0.1)(torch.tensor([-2.0, 2.0]))
    tensor([-0.2000,  2.0000])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False):
        super().__init__()
        self.negative_slope, self.inplace = negative_slope, inplace


class RReLU(_Activation, of=F.rrelu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.RReLU(0.25, 0.75).eval()(torch.tensor([-2.0, 2.0]))
    tensor([-1.,  2.])
    """

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False):
        super().__init__()
        self.lower, self.upper, self.inplace = lower, upper, inplace

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class ELU(_Scaled, of=F.elu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ELU()(torch.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """


class CELU(_Scaled, of=F.celu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.CELU(alpha=0.5)(torch.tensor([-1.0, 2.0]))
    tensor([-0.4323,  2.0000])
    """


class SELU(_InPlace, of=F.selu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.SELU()(torch.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """


class GELU(_Activation, of=F.gelu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.GELU()(torch.tensor([-1.0, 1.0]))
    tensor([-0.1587,  0.8413])
    >>> torch.nn.GELU("tanh")(torch.tensor([-1.0, 1.0]))
    tensor([-0.1588,  0.8412])
    """

    def __init__(self, approximate: str = "none"):
        super().__init__()
        self.approximate: Any = approximate

    def extra_repr(self) -> str:
        return f"approximate={self.approximate!r}"


class SiLU(_InPlace, of=F.silu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.SiLU()(torch.tensor([-1.0, 1.0]))
    tensor([-0.2689,  0.7311])
    """


class Mish(_InPlace, of=F.mish):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Mish()(torch.tensor([-1.0, 1.0]))
    tensor([-0.3034,  0.8651])
    """


class Softplus(_Activation, of=F.softplus):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Softplus()(torch.tensor([0.0, 100.0]))
    tensor([  0.6931, 100.0000])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0):
        super().__init__()
        self.beta, self.threshold = beta, threshold


class Softsign(_Activation, of=F.softsign):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Softsign()(torch.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """


class LogSigmoid(_Activation, of=F.logsigmoid):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LogSigmoid()(torch.tensor([0.0, -100.0]))
    tensor([  -0.6931, -100.0000])
    """


class Hardsigmoid(_InPlace, of=F.hardsigmoid):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Hardsigmoid()(torch.tensor([-4.0, 0.0, 4.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """

    _shown = ()


class Hardswish(_InPlace, of=F.hardswish):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Hardswish()(torch.tensor([-4.0, 1.0, 4.0]))
    tensor([-0.0000, 0.6667, 4.0000])
    """

    _shown = ()


class Hardtanh(_Activation, of=F.hardtanh):
    """
    Parameters
    ----------
    min_value, max_value : float, optional
        The old names of ``min_val`` and ``max_val``.

    Raises
    ------
    AssertionError
        If ``max_val`` is not above ``min_val``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Hardtanh(-2.0, 2.0)(torch.tensor([-3.0, 1.0, 3.0]))
    tensor([-2.,  1.,  2.])
    """

    def __init__(
        self, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False, min_value: Any = None, max_value: Any = None
    ):
        super().__init__()
        for name, value in (("min_val", min_value), ("max_val", max_value)):
            if value is not None:
                warnings.warn(f"Hardtanh: {name}ue is the old name of {name}", FutureWarning, stacklevel=2)
        min_val, max_val = (new if old is None else old for new, old in ((min_val, min_value), (max_val, max_value)))
        if max_val <= min_val:
            raise AssertionError(f"Hardtanh: max_val {max_val} must exceed min_val {min_val}")
        self.min_val, self.max_val, self.inplace = min_val, max_val, inplace


class ReLU6(Hardtanh):
    r"""The :class:`Hardtanh` from 0 to 6, :math:`\min(\max(x, 0), 6)` (:func:`relu6`).

    See Also
    --------
    relu6 : The function that does the same.

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
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Threshold(1.0, 20.0)(torch.tensor([0.5, 1.5]))
    tensor([20.0000,  1.5000])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False):
        super().__init__()
        self.threshold, self.value, self.inplace = threshold, value, inplace


# ---------------------------------------------------------------------- shrinking towards 0
class Tanhshrink(_Activation, of=F.tanhshrink):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Tanhshrink()(torch.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """


class Hardshrink(_Activation, of=F.hardshrink):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Hardshrink()(torch.tensor([-0.4, 0.6]))
    tensor([0.0000, 0.6000])
    """

    def __init__(self, lambd: float = 0.5):
        super().__init__()
        self.lambd = lambd

    def extra_repr(self) -> str:
        return str(self.lambd)


class Softshrink(Hardshrink, of=F.softshrink):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Softshrink()(torch.tensor([-1.0, 0.25, 1.0]))
    tensor([-0.5000,  0.0000,  0.5000])
    """


# ---------------------------------------------------------------------- along a dimension
class GLU(_Activation, of=F.glu):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.GLU()(torch.tensor([[2.0, 0.0]]))
    tensor([[1.]])
    """

    def __init__(self, dim: int = -1):
        super().__init__()
        self.dim = dim


class Softmax(_Activation, of=F.softmax):
    """
    See Also
    --------
    minitorch_bp.nn.LogSoftmax : Its logarithm, for :class:`minitorch_bp.nn.NLLLoss`.
    minitorch_bp.nn.CrossEntropyLoss : The loss that takes scores, and needs no softmax before it.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Softmax(dim=1)(torch.tensor([[0.0, 0.0], [1.0, 2.0]]))
    tensor([[0.5000, 0.5000],
            [0.2689, 0.7311]])
    """

    def __init__(self, dim: int | None = None):
        super().__init__()
        self.dim = dim


class LogSoftmax(Softmax, of=F.log_softmax):
    """
    See Also
    --------
    minitorch_bp.nn.NLLLoss : The loss that takes log-probabilities.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LogSoftmax(dim=1)(torch.tensor([[0.0, 0.0], [1.0, 2.0]]))
    tensor([[-0.6931, -0.6931],
            [-1.3133, -0.3133]])
    """


class Softmin(Softmax, of=F.softmin):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Softmin(dim=1)(torch.tensor([[1.0, 2.0]]))
    tensor([[0.7311, 0.2689]])
    """


class Softmax2d(Module):
    """:func:`softmax` over the channels of an image: at each place, the channels sum up to 1.

    It is called with a tensor of shape (N, C, H, W) or (C, H, W), and returns one of the same shape.

    Raises
    ------
    ValueError
        For an input of other than 3 or 4 dimensions.

    See Also
    --------
    softmax : The function that it calls.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Softmax2d()(torch.zeros(1, 4, 1, 2))
    tensor([[[[0.2500, 0.2500]],
    <BLANKLINE>
             [[0.2500, 0.2500]],
    <BLANKLINE>
             [[0.2500, 0.2500]],
    <BLANKLINE>
             [[0.2500, 0.2500]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.ndim not in (3, 4):
            raise ValueError(f"Softmax2d: expected 3 or 4 dimensions, but got shape {list(input.shape)}")
        return F.softmax(input, -3)


# ---------------------------------------------------------------------- learned
class PReLU(FunctionalModule, of=F.prelu):
    """The slopes are learned: one for all channels, or one for each.

    Parameters
    ----------
    num_parameters : int
        1, or the number of channels (dimension 1 of the input).
    init : float
        What the slopes start as.

    Attributes
    ----------
    weight : Parameter of shape (num_parameters,)

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
