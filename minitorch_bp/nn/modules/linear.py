"""The linear layer: the lecture's building block ``y = W x + b``."""

from __future__ import annotations

import math
from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import empty
from ...ops.nn.linear import bilinear, linear
from .. import init
from ..parameter import Parameter
from .lazy import LazyParametersMixin
from .module import Module


class Identity(Module):
    """Return the input: a layer in the place of one that is left out.

    Parameters
    ----------
    *args : any
        Ignored.
    **kwargs : any
        Ignored.

    See Also
    --------
    minitorch_bp.nn.Sequential : Where such a layer may stand.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Identity()(3)
    3
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__()

    def forward(self, input: Tensor) -> Tensor:
        """Return the input.

        Parameters
        ----------
        input : any

        Returns
        -------
        any
            The same object.
        """
        return input


class Linear(Module):
    r"""The weight W and the bias b are learned.

    Parameters
    ----------
    in_features, out_features : int
        The sizes of the last dimension of input and output.
    bias : bool
        Whether there is a b.

    Attributes
    ----------
    weight : Parameter of shape (out_features, in_features)
    bias : Parameter of shape (out_features,), or None

    See Also
    --------
    minitorch_bp.nn.Bilinear : Of two inputs.
    minitorch_bp.nn.LazyLinear : Learns ``in_features`` from its first input.

    Notes
    -----
    Weight and bias are drawn from :math:`U(-1/\sqrt{d}, 1/\sqrt{d})`, where d is ``in_features``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> _ = torch.manual_seed(0)
    >>> layer = torch.nn.Linear(2, 1)
    >>> layer.weight
    Parameter containing:
    tensor([[-0.0053,  0.3793]], requires_grad=True)
    >>> layer(torch.zeros(5, 2)).shape
    torch.Size([5, 1])
    """

    _like = "linear"

    def __init__(self, in_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = Parameter(empty(out_features, in_features, device=device, dtype=dtype))
        if bias:
            self.bias = Parameter(empty(out_features, device=device, dtype=dtype))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new parameters."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Compute :math:`x W^T + b`.

        Parameters
        ----------
        input : Tensor of shape (..., in_features)
            Of the weight's dtype.

        Returns
        -------
        Tensor
            Of shape (..., out_features).

        Raises
        ------
        RuntimeError
            If the last dimension is not ``in_features``.
        """
        weight, bias = self._weight_and_bias()
        return linear(input, weight, bias)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class NonDynamicallyQuantizableLinear(Linear):
    """A Linear under the name that PyTorch prints inside of attention."""


class Bilinear(Module):
    r"""The weight W and the bias b are learned.

    Parameters
    ----------
    in1_features, in2_features, out_features : int
        The sizes of the last dimensions of the two inputs and the output.
    bias : bool
        Whether there is a b.

    Attributes
    ----------
    weight : Parameter of shape (out_features, in1_features, in2_features)
    bias : Parameter of shape (out_features,), or None

    Raises
    ------
    ValueError
        If ``in1_features`` is not positive.

    Notes
    -----
    Weight and bias are drawn from :math:`U(-1/\sqrt{d}, 1/\sqrt{d})`, where d is ``in1_features``.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Bilinear(2, 3, 4)(torch.ones(5, 2), torch.ones(5, 3)).shape
    torch.Size([5, 4])
    """

    _like = "bilinear"

    def __init__(
        self, in1_features: int, in2_features: int, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None
    ):
        super().__init__()
        if in1_features <= 0:
            raise ValueError(f"Bilinear: in1_features must be positive, but is {in1_features}")
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = Parameter(empty(out_features, in1_features, in2_features, device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_features, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw new parameters."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Compute :math:`x_1^T W_k x_2 + b_k` for each output k.

        Parameters
        ----------
        input1, input2 : Tensor of shape (..., in1_features) and (..., in2_features)

        Returns
        -------
        Tensor
            Of shape (..., out_features).
        """
        return bilinear(input1, input2, self.weight, self.bias)

    def extra_repr(self) -> str:
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )


class LazyLinear(LazyParametersMixin, Linear):
    """:class:`Linear` that learns ``in_features`` from its first input.

    See Also
    --------
    minitorch_bp.nn.Linear : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyLinear(3)
    >>> layer(torch.ones(2, 5)).shape, layer
    (torch.Size([2, 3]), Linear(in_features=5, out_features=3, bias=True))
    """

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None):
        super().__init__(0, 0, False)
        self.out_features = out_features
        self._leave_open(device, dtype, weight=True, bias=bias)

    def initialize_parameters(self, input: Any) -> None:
        """As many input features as the input has."""
        n = input.shape[-1]
        self._learn("in_features", n, weight=(self.out_features, n), bias=(self.out_features,))
