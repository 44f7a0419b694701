"""Pooling layers: each holds the options of the function of :mod:`minitorch_bp.nn.functional` that it is made of.

With ``return_indices``, a pair is returned; ``forward`` promises a tensor all the same, which type checkers let both ways of
using it pass: ``pool(x).shape`` and ``values, indices = pool(x)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...core.tensor import Tensor
from ...ops.nn.fractional_pooling import as_ratio
from .. import functional as F
from .functional_module import FunctionalModule, UnaryModule
from .utils import _ntuple, _single


# ---------------------------------------------------------------------- maxima
class _MaxPool(UnaryModule):
    _by_name = True
    _shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, return_indices: bool = False,
        ceil_mode: bool = False,
    ):  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode


class MaxPool1d(_MaxPool, of=F.max_pool1d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MaxPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[3., 2.]])
    """


class MaxPool2d(_MaxPool, of=F.max_pool2d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MaxPool2d(2)(torch.arange(16.0).reshape(1, 1, 4, 4))
    tensor([[[[ 5.,  7.],
              [13., 15.]]]])
    """


class MaxPool3d(_MaxPool, of=F.max_pool3d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MaxPool3d(2)(torch.zeros(1, 1, 4, 4, 4)).shape
    torch.Size([1, 1, 2, 2, 2])
    """


class _MaxUnpool(FunctionalModule):
    _n = 1

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0):
        super().__init__()
        each = _ntuple(self._n)
        self.kernel_size, self.padding, self.stride = (
            each(kernel_size),
            each(padding),
            each(kernel_size if stride is None else stride),
        )

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Put each element at the place that its window's maximum came from."""
        return self._function(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool1d(_MaxUnpool, of=F.max_unpool1d, n=1):
    """It is the partial inverse of :class:`MaxPool1d`, and zero elsewhere.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> values, places = torch.nn.MaxPool1d(2, return_indices=True)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
    >>> torch.nn.MaxUnpool1d(2)(values, places)
    tensor([[0., 3., 2., 0.]])
    """


class MaxUnpool2d(_MaxUnpool, of=F.max_unpool2d, n=2):
    """It is the partial inverse of :class:`MaxPool2d`, and zero elsewhere.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> values, places = torch.nn.MaxPool2d(2, return_indices=True)(torch.arange(4.0).reshape(1, 1, 2, 2))
    >>> torch.nn.MaxUnpool2d(2)(values, places)
    tensor([[[[0., 0.],
              [0., 3.]]]])
    """


class MaxUnpool3d(_MaxUnpool, of=F.max_unpool3d, n=3):
    """It is the partial inverse of :class:`MaxPool3d`, and zero elsewhere.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> values, places = torch.nn.MaxPool3d(2, return_indices=True)(torch.zeros(1, 1, 4, 4, 4))
    >>> torch.nn.MaxUnpool3d(2)(values, places).shape
    torch.Size([1, 1, 4, 4, 4])
    """


# ---------------------------------------------------------------------- averages
class AvgPool1d(UnaryModule, of=F.avg_pool1d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AvgPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[2., 1.]])
    """

    _shown = ("kernel_size", "stride", "padding")

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
    ):
        super().__init__()
        self.kernel_size, self.padding = _single(kernel_size), _single(padding)
        self.stride = _single(kernel_size if stride is None else stride)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad


class _AvgPool(UnaryModule):
    _shown = ("kernel_size", "stride", "padding")

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
        divisor_override: int | None = None,
    ):  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, kernel_size if stride is None else stride, padding
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override


class AvgPool2d(_AvgPool, of=F.avg_pool2d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AvgPool2d(2)(torch.arange(4.0).reshape(1, 1, 2, 2))
    tensor([[[[1.5000]]]])
    """


class AvgPool3d(_AvgPool, of=F.avg_pool3d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AvgPool3d(2)(torch.zeros(1, 1, 4, 4, 4)).shape
    torch.Size([1, 1, 2, 2, 2])
    """


class _LPPool(FunctionalModule):
    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False):
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        return self._function(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool1d(_LPPool, of=F.lp_pool1d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LPPool1d(2, 2)(torch.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """


class LPPool2d(_LPPool, of=F.lp_pool2d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LPPool2d(2, 2)(torch.ones(1, 1, 2, 2))
    tensor([[[[2.]]]])
    """


class LPPool3d(_LPPool, of=F.lp_pool3d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LPPool3d(2, 2)(torch.zeros(1, 1, 4, 4, 4)).shape
    torch.Size([1, 1, 2, 2, 2])
    """


# ---------------------------------------------------------------------- to a given size
class _AdaptiveAvgPool(UnaryModule):
    def __init__(self, output_size: Any):
        super().__init__()
        self.output_size = output_size


class AdaptiveAvgPool1d(_AdaptiveAvgPool, of=F.adaptive_avg_pool1d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AdaptiveAvgPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[2., 1.]])
    """


class AdaptiveAvgPool2d(_AdaptiveAvgPool, of=F.adaptive_avg_pool2d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AdaptiveAvgPool2d(1)(torch.ones(1, 8, 7, 5)).shape
    torch.Size([1, 8, 1, 1])
    """


class AdaptiveAvgPool3d(_AdaptiveAvgPool, of=F.adaptive_avg_pool3d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AdaptiveAvgPool3d((1, 2, 3))(torch.ones(1, 8, 7, 5, 6)).shape
    torch.Size([1, 8, 1, 2, 3])
    """


class _AdaptiveMaxPool(UnaryModule):
    _shown = ("output_size",)

    def __init__(self, output_size: Any, return_indices: bool = False):
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices


class AdaptiveMaxPool1d(_AdaptiveMaxPool, of=F.adaptive_max_pool1d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AdaptiveMaxPool1d(2)(torch.tensor([[1.0, 3.0, 2.0, 0.0]]))
    tensor([[3., 2.]])
    """


class AdaptiveMaxPool2d(_AdaptiveMaxPool, of=F.adaptive_max_pool2d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AdaptiveMaxPool2d(1)(torch.ones(1, 8, 7, 5)).shape
    torch.Size([1, 8, 1, 1])
    """


class AdaptiveMaxPool3d(_AdaptiveMaxPool, of=F.adaptive_max_pool3d):
    """
    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AdaptiveMaxPool3d((1, 2, 3))(torch.ones(1, 8, 7, 5, 6)).shape
    torch.Size([1, 8, 1, 2, 3])
    """


# ---------------------------------------------------------------------- windows drawn at random
class _FractionalMaxPool(UnaryModule):
    _n, _shown = 2, ()

    def __init__(
        self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ):  # fmt: skip
        super().__init__()
        name = type(self).__name__
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{name}: give either output_size or output_ratio")
        each = _ntuple(self._n)
        self.kernel_size, self.return_indices = each(kernel_size), return_indices
        self.output_size = None if output_size is None else each(output_size)
        self.output_ratio = None if output_ratio is None else as_ratio(output_ratio, self._n)
        if self.output_ratio is not None and not all(0 < r < 1 for r in self.output_ratio):
            raise ValueError(f"{name}: output_ratio must lie between 0 and 1, but is {output_ratio}")
        self.register_buffer("_random_samples", _random_samples)


class FractionalMaxPool2d(_FractionalMaxPool, of=F.fractional_max_pool2d, n=2):
    """
    Raises
    ------
    ValueError
        Unless one of ``output_size`` and ``output_ratio`` is given, a ratio between 0 and 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.FractionalMaxPool2d(2, output_ratio=0.5)(torch.zeros(1, 1, 6, 6)).shape
    torch.Size([1, 1, 3, 3])
    """


class FractionalMaxPool3d(_FractionalMaxPool, of=F.fractional_max_pool3d, n=3):
    """
    Raises
    ------
    ValueError
        Unless one of ``output_size`` and ``output_ratio`` is given, a ratio between 0 and 1.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.FractionalMaxPool3d(2, output_size=(3, 3, 2))(torch.zeros(1, 1, 6, 6, 6)).shape
    torch.Size([1, 1, 3, 3, 2])
    """
