"""Pooling layers. Each holds the options of a function of :mod:`minitorch_bp.nn.functional` of the same name."""

from __future__ import annotations

from typing import Any

from ...ops.nn.conv import as_tuple
from ...ops.nn.fractional_pooling import as_ratio
from .. import functional as F
from .module import Module


class _Pool(Module):
    """Options that are kept under their names, and printed."""

    _shown: tuple[str, ...] = ()

    def extra_repr(self) -> str:
        return ", ".join(f"{name}={getattr(self, name)}" for name in self._shown)


# ---------------------------------------------------------------------- the largest
class _MaxPool(_Pool):
    _shown = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    _function: Any = None

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def forward(self, input: Any) -> Any:
        return type(self)._function(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )


class MaxPool1d(_MaxPool):
    """:func:`max_pool1d` as a module."""

    _function = staticmethod(F.max_pool1d)


class MaxPool2d(_MaxPool):
    """:func:`max_pool2d` as a module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.MaxPool2d(2)(torch.zeros(1, 1, 4, 4)).shape
    torch.Size([1, 1, 2, 2])
    """

    _function = staticmethod(F.max_pool2d)


class MaxPool3d(_MaxPool):
    """:func:`max_pool3d` as a module."""

    _function = staticmethod(F.max_pool3d)


class _MaxUnpool(_Pool):
    _shown = ("kernel_size", "stride", "padding")
    _n = 1
    _function: Any = None

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0):
        super().__init__()
        self.kernel_size, self.padding = as_tuple(kernel_size, self._n), as_tuple(padding, self._n)
        self.stride = as_tuple(kernel_size if stride is None else stride, self._n)

    def forward(self, input: Any, indices: Any, output_size: Any = None) -> Any:
        """Put each element where its window's largest came from."""
        return type(self)._function(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool1d(_MaxUnpool):
    """:func:`max_unpool1d` as a module: undoes :class:`MaxPool1d`, with zeros where no largest element was."""

    _n, _function = 1, staticmethod(F.max_unpool1d)


class MaxUnpool2d(_MaxUnpool):
    """:func:`max_unpool2d` as a module: undoes :class:`MaxPool2d`, with zeros where no largest element was.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> values, places = torch.nn.MaxPool2d(2, return_indices=True)(torch.arange(4.0).reshape(1, 1, 2, 2))
    >>> torch.nn.MaxUnpool2d(2)(values, places)
    tensor([[[[0., 0.],
              [0., 3.]]]])
    """

    _n, _function = 2, staticmethod(F.max_unpool2d)


class MaxUnpool3d(_MaxUnpool):
    """:func:`max_unpool3d` as a module: undoes :class:`MaxPool3d`, with zeros where no largest element was."""

    _n, _function = 3, staticmethod(F.max_unpool3d)


# ---------------------------------------------------------------------- the average
class AvgPool1d(_Pool):
    """:func:`avg_pool1d` as a module."""

    _shown = ("kernel_size", "stride", "padding")

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True
    ):
        super().__init__()
        self.kernel_size, self.padding = as_tuple(kernel_size, 1), as_tuple(padding, 1)
        self.stride = as_tuple(kernel_size if stride is None else stride, 1)
        self.ceil_mode, self.count_include_pad = ceil_mode, count_include_pad

    def forward(self, input: Any) -> Any:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


class _AvgPool(_Pool):
    _shown = ("kernel_size", "stride", "padding")
    _function: Any = None

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: Any = None,
    ):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, kernel_size if stride is None else stride, padding
        self.ceil_mode, self.count_include_pad, self.divisor_override = ceil_mode, count_include_pad, divisor_override

    def forward(self, input: Any) -> Any:
        return type(self)._function(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad, self.divisor_override
        )


class AvgPool2d(_AvgPool):
    """:func:`avg_pool2d` as a module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AvgPool2d(2)(torch.arange(4.0).reshape(1, 1, 2, 2))
    tensor([[[[1.5000]]]])
    """

    _function = staticmethod(F.avg_pool2d)


class AvgPool3d(_AvgPool):
    """:func:`avg_pool3d` as a module."""

    _function = staticmethod(F.avg_pool3d)


class _LPPool(_Pool):
    _shown = ("norm_type", "kernel_size", "stride", "ceil_mode")
    _function: Any = None

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False):
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Any) -> Any:
        return type(self)._function(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class LPPool1d(_LPPool):
    """:func:`lp_pool1d` as a module."""

    _function = staticmethod(F.lp_pool1d)


class LPPool2d(_LPPool):
    """:func:`lp_pool2d` as a module."""

    _function = staticmethod(F.lp_pool2d)


class LPPool3d(_LPPool):
    """:func:`lp_pool3d` as a module."""

    _function = staticmethod(F.lp_pool3d)


# ---------------------------------------------------------------------- to a given size
class _AdaptiveAvgPool(_Pool):
    _shown = ("output_size",)
    _function: Any = None

    def __init__(self, output_size: Any):
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Any) -> Any:
        return type(self)._function(input, self.output_size)


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """:func:`adaptive_avg_pool1d` as a module."""

    _function = staticmethod(F.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """:func:`adaptive_avg_pool2d` as a module.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.AdaptiveAvgPool2d(1)(torch.ones(1, 8, 7, 5)).shape
    torch.Size([1, 8, 1, 1])
    """

    _function = staticmethod(F.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """:func:`adaptive_avg_pool3d` as a module."""

    _function = staticmethod(F.adaptive_avg_pool3d)


class _AdaptiveMaxPool(_Pool):
    _shown = ("output_size",)
    _function: Any = None

    def __init__(self, output_size: Any, return_indices: bool = False):
        super().__init__()
        self.output_size, self.return_indices = output_size, return_indices

    def forward(self, input: Any) -> Any:
        return type(self)._function(input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """:func:`adaptive_max_pool1d` as a module."""

    _function = staticmethod(F.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """:func:`adaptive_max_pool2d` as a module."""

    _function = staticmethod(F.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """:func:`adaptive_max_pool3d` as a module."""

    _function = staticmethod(F.adaptive_max_pool3d)


# ---------------------------------------------------------------------- windows drawn at random
class _FractionalMaxPool(Module):
    _n = 2
    _function: Any = None

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Any = None,
    ):
        super().__init__()
        name = type(self).__name__
        if (output_size is None) == (output_ratio is None):
            raise ValueError(f"{name}: give either output_size or output_ratio")
        self.kernel_size, self.return_indices = as_tuple(kernel_size, self._n), return_indices
        self.output_size = None if output_size is None else as_tuple(output_size, self._n)
        self.output_ratio = None if output_ratio is None else as_ratio(output_ratio, self._n)
        if self.output_ratio is not None and not all(0 < r < 1 for r in self.output_ratio):
            raise ValueError(f"{name}: output_ratio must lie between 0 and 1, but is {output_ratio}")
        self.register_buffer("_random_samples", _random_samples)

    def forward(self, input: Any) -> Any:
        return type(self)._function(
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples
        )


class FractionalMaxPool2d(_FractionalMaxPool):
    """:func:`fractional_max_pool2d` as a module."""

    _n, _function = 2, staticmethod(F.fractional_max_pool2d)


class FractionalMaxPool3d(_FractionalMaxPool):
    """:func:`fractional_max_pool3d` as a module."""

    _n, _function = 3, staticmethod(F.fractional_max_pool3d)
