"""Normalization of each sample by itself: layer, group and root-mean-square norm, local response."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from ...core.graph import shown_as
from ...core.tensor import Tensor
from ...ops.creation import empty
from .. import functional as F
from .. import init
from ..parameter import Parameter
from .functional_module import UnaryModule
from .module import Module


class _Norm(Module):
    """A learned weight and bias of one shape, which start as 1 and 0."""

    weight: Parameter | None
    bias: Parameter | None

    def _add_affine(self, shape: Any, weight: bool, bias: bool, device: Any, dtype: Any) -> None:
        for name, wanted in (("weight", weight), ("bias", bias)):
            self.register_parameter(name, Parameter(empty(shape, device=device, dtype=dtype)) if wanted else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Weights to 1, biases to 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self._parameters.get("bias") is not None:
            init.zeros_(self.bias)


class LayerNorm(_Norm):
    """The weight w and the bias b are learned; they start as 1 and 0.

    Parameters
    ----------
    normalized_shape : int or sequence of ints
        The sizes of the last dimensions of the input, which are normalized together.
    eps : float
        What is added to the variance, so that it is never 0.
    elementwise_affine : bool
        Whether there are a weight and a bias.
    bias : bool
        Whether there is a bias, if ``elementwise_affine``.

    Attributes
    ----------
    weight, bias : Parameter of shape normalized_shape, or None

    See Also
    --------
    minitorch_bp.nn.RMSNorm : Without the mean and the bias.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LayerNorm(2)(torch.tensor([[1.0, 3.0]])).tolist()
    [[-0.9999949932098389, 0.9999949932098389]]
    """

    _like = "layer_norm"

    def __init__(
        self, normalized_shape: Any, eps: float = 1e-5, elementwise_affine: bool = True, bias: bool = True, device: Any = None,
        dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, Integral) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        self._add_affine(self.normalized_shape, elementwise_affine, elementwise_affine and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        r"""Normalize the last dimensions.

        Parameters
        ----------
        input : Tensor of shape (..., \*normalized_shape)

        Returns
        -------
        Tensor
            Of the input's shape and dtype.
        """
        return F.layer_norm(input, self.normalized_shape, *self._weight_and_bias(), self.eps)

    def extra_repr(self) -> str:
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, bias={self.bias is not None}"
        )


class RMSNorm(_Norm):
    """The weight w is learned; it starts as 1.

    Parameters
    ----------
    normalized_shape : int or sequence of ints
        The sizes of the last dimensions of the input, which are normalized together.
    elementwise_affine : bool
        Whether there is a weight.

    Attributes
    ----------
    weight : Parameter of shape normalized_shape, or None

    See Also
    --------
    minitorch_bp.nn.LayerNorm : With the mean taken off, and a bias.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.RMSNorm(2)(torch.tensor([3.0, 4.0]))
    tensor([0.8485, 1.1314], grad_fn=<MulBackward0>)
    """

    _like = "rms_norm"

    def __init__(
        self, normalized_shape: Any, eps: Any = None, elementwise_affine: bool = True, device: Any = None, dtype: Any = None
    ):
        super().__init__()
        self.normalized_shape = (normalized_shape,) if isinstance(normalized_shape, Integral) else tuple(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        weight = Parameter(empty(self.normalized_shape, device=device, dtype=dtype)) if elementwise_affine else None
        self.register_parameter("weight", weight)
        self.reset_parameters()

    def forward(self, input: Tensor) -> Tensor:
        r"""Normalize the last dimensions.

        Parameters
        ----------
        input : Tensor of shape (..., \*normalized_shape)

        Returns
        -------
        Tensor
            Of the input's shape and dtype.
        """
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class GroupNorm(_Norm):
    """A weight and a bias per channel are learned; they start as 1 and 0.

    Parameters
    ----------
    num_groups : int
        A divisor of ``num_channels``; 1 normalizes all channels together, ``num_channels`` each by itself.
    num_channels : int
        The number of channels C of the input.
    eps : float
        What is added to the variance, so that it is never 0.
    affine : bool
        Whether there are a weight and a bias.
    bias : bool
        Whether there is a bias, if ``affine``.

    Attributes
    ----------
    weight, bias : Parameter of shape (num_channels,), or None

    Raises
    ------
    ValueError
        If the channels can't be divided into the groups.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.GroupNorm(2, 4)(torch.tensor([[1.0, 3.0, 5.0, 9.0]]))
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]],
           grad_fn=<NativeGroupNormBackward0>)
    """

    _like = "group_norm"

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True, device: Any = None, dtype: Any = None,
        *, bias: bool = True,
    ):  # fmt: skip
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"GroupNorm: {num_channels} channels can't be divided into {num_groups} groups")
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self._add_affine(num_channels, affine, affine and bias, device, dtype)

    def forward(self, input: Tensor) -> Tensor:
        """Normalize each group of channels of each sample.

        Parameters
        ----------
        input : Tensor of shape (N, num_channels, ...)

        Returns
        -------
        Tensor
            Of the input's shape and dtype.
        """
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"


class LocalResponseNorm(UnaryModule, of=F.local_response_norm):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LocalResponseNorm(1, alpha=1.0, beta=1.0)(torch.ones(1, 1, 2))
    tensor([[[0.5000, 0.5000]]])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0):
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def extra_repr(self) -> str:
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class CrossMapLRN2d(LocalResponseNorm):
    """:class:`LocalResponseNorm` of images, (N, C, H, W), under an old name.

    See Also
    --------
    minitorch_bp.nn.LocalResponseNorm : For any number of dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.CrossMapLRN2d(1, alpha=1.0, beta=1.0)(torch.ones(1, 1, 1, 2))
    tensor([[[[0.5000, 0.5000]]]])
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1):
        super().__init__(size, alpha, beta, k)

    def forward(self, input: Tensor) -> Tensor:
        return shown_as(super().forward(input), "CrossMapLRN2dBackward")
