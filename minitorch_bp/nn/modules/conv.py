"""Convolution layers, forward and transposed, and their lazy forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import empty
from ...ops.nn.conv import _convolve, as_tuple
from ...ops.nn.conv_transpose import _convolve_transposed
from ...ops.nn.padding import pad
from .. import init
from ..parameter import Parameter
from .family import Family
from .lazy import LazyParametersMixin
from .module import Module


class _ConvNd(Family, Module):
    """What the convolution layers share; ``_n`` is the number of spatial dimensions."""

    _n = 2
    transposed = False

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
        groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__()
        if groups <= 0 or in_channels % groups or out_channels % groups:
            raise ValueError(f"groups={groups} must divide in_channels={in_channels} and out_channels={out_channels}")
        if padding_mode not in ("zeros", "reflect", "replicate", "circular"):
            raise ValueError(f"padding_mode must be 'zeros', 'reflect', 'replicate' or 'circular', but is {padding_mode!r}")
        n = self._n
        self.in_channels, self.out_channels, self.groups, self.padding_mode = in_channels, out_channels, groups, padding_mode
        self.kernel_size, self.stride, self.dilation = (as_tuple(v, n) for v in (kernel_size, stride, dilation))
        if isinstance(padding, str) and (padding not in ("same", "valid") or (padding == "same" and self.stride != (1,) * n)):
            raise ValueError(f"padding must be numbers, 'valid', or 'same' with stride 1, but is {padding!r}, stride {stride}")
        self.padding: Any = padding if isinstance(padding, str) else as_tuple(padding, n)
        self.transposed, self.output_padding = type(self).transposed, (0,) * n
        self.weight = Parameter(empty(*self._weight_shape(), device=device, dtype=dtype))
        self.register_parameter("bias", Parameter(empty(out_channels, device=device, dtype=dtype)) if bias else None)
        self.reset_parameters()

    def _weight_shape(self) -> tuple[int, ...]:
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def reset_parameters(self) -> None:
        """Draw new parameters."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            if fan_in:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def _border(self) -> list[int]:
        """How much is padded, as :func:`pad` wants it: both ends of the last dimension first."""
        if self.padding == "valid":
            return [0, 0] * self._n
        if self.padding == "same":
            total = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            return [end for t in reversed(total) for end in (t // 2, t - t // 2)]
        return [p for p in reversed(self.padding) for _ in range(2)]

    def forward(self, input: Tensor) -> Tensor:
        """Shapes: (N, C, ...) to (N, O, ...)."""
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self._border(), self.padding_mode), 0
        return _convolve(self._n, input, *self._weight_and_bias(), self.stride, padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        n = self._n
        for name, default in (("padding", (0,) * n), ("dilation", (1,) * n), ("output_padding", (0,) * n), ("groups", 1)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        text += ", bias=False" if self.bias is None else ""
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


class Conv1d(_ConvNd, n=1):
    """:func:`conv1d` with learned weights."""


class Conv2d(_ConvNd, n=2):
    """:func:`conv2d` with learned weights.

    Parameters
    ----------
    in_channels, out_channels : int
    kernel_size, stride, padding, dilation : int or pair
        ``padding`` may be 'valid' or 'same', too.
    groups : int
        Each group of output channels sees one group of input channels.
    padding_mode : 'zeros', 'reflect', 'replicate' or 'circular'

    Attributes
    ----------
    weight : Parameter of shape (out_channels, in_channels / groups, kH, kW)
    bias : Parameter of shape (out_channels,), or None

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Conv2d(1, 4, 3, padding=1)(torch.zeros(2, 1, 8, 8)).shape
    torch.Size([2, 4, 8, 8])
    """


class Conv3d(_ConvNd, n=3):
    """:func:`conv3d` with learned weights."""


# ---------------------------------------------------------------------- transposed
class _ConvTranspose(_ConvNd):
    transposed = True

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
        groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
        dtype: Any = None,
    ):  # fmt: skip
        if padding_mode != "zeros":
            raise ValueError(f"{type(self).__name__} pads with zeros only, but got padding_mode={padding_mode!r}")
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype
        )
        self.output_padding = as_tuple(output_padding, self._n)

    def _weight_shape(self) -> tuple[int, ...]:
        return (self.in_channels, self.out_channels // self.groups, *self.kernel_size)

    def _more(self, input: Tensor, output_size: Sequence[int] | None) -> tuple[int, ...]:
        """The output padding that leads to the output size."""
        n = self._n
        if output_size is None:
            return self.output_padding
        sizes = list(output_size)
        if len(sizes) == input.ndim:
            sizes = sizes[-n:]
        if len(sizes) != n:
            raise ValueError(
                f"{type(self).__name__}: output_size must have {n} or {input.ndim} elements, but has {len(output_size)}"
            )
        padding: Any = self.padding
        least = [
            (m - 1) * s - 2 * p + d * (k - 1) + 1
            for m, s, p, d, k in zip(
                input.shape[-n:], self.stride, padding, self.dilation, self.kernel_size, strict=True
            )
        ]  # fmt: skip
        if any(not low <= m <= low + s - 1 for m, low, s in zip(sizes, least, self.stride, strict=True)):
            most = [low + s - 1 for low, s in zip(least, self.stride, strict=True)]
            raise ValueError(f"{type(self).__name__}: output_size {sizes} must lie between {least} and {most}")
        return tuple(m - low for m, low in zip(sizes, least, strict=True))

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Shapes: (N, C, ...) to (N, O, ...); ``output_size`` chooses among the sizes that lead to the input's."""
        return _convolve_transposed(
            self._n, input, self.weight, self.bias, self.stride, self.padding, self._more(input, output_size), self.groups,
            self.dilation,
        )  # fmt: skip


class ConvTranspose1d(_ConvTranspose, n=1):
    """:func:`conv_transpose1d` with learned weights."""


class ConvTranspose2d(_ConvTranspose, n=2):
    """:func:`conv_transpose2d` with learned weights.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConvTranspose2d(4, 1, 2, stride=2)(torch.zeros(2, 4, 3, 3)).shape
    torch.Size([2, 1, 6, 6])
    """


class ConvTranspose3d(_ConvTranspose, n=3):
    """:func:`conv_transpose3d` with learned weights."""


# ---------------------------------------------------------------------- lazy
class _LazyConv(LazyParametersMixin):
    """The number of input channels comes from the first input."""

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        """As many input channels as the input has."""
        module: Any = self
        if input.ndim not in (module._n + 1, module._n + 2):
            raise RuntimeError(
                f"{type(self).__name__}: expected {module._n + 1} or {module._n + 2} dimensions, but got shape {list(input.shape)}"
            )
        self.in_channels = channels = input.shape[-module._n - 1]
        if self.has_uninitialized_params() and channels % module.groups:
            raise ValueError(f"{type(self).__name__}: groups={module.groups} must divide the input's {channels} channels")
        self._learn("in_channels", channels, weight=module._weight_shape(), bias=(module.out_channels,))


class _LazyForward(_LazyConv):
    def __init__(
        self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1,
        bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device, dtype)
        self.out_channels = out_channels
        self._leave_open(device, dtype, weight=True, bias=bias)


class LazyConv1d(_LazyForward, Conv1d):
    """:class:`Conv1d` that learns ``in_channels`` from its first input."""


class LazyConv2d(_LazyForward, Conv2d):
    """:class:`Conv2d` that learns ``in_channels`` from its first input."""


class LazyConv3d(_LazyForward, Conv3d):
    """:class:`Conv3d` that learns ``in_channels`` from its first input."""


class _LazyTransposed(_LazyConv):
    def __init__(
        self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
        bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__(0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, device, dtype)
        self.out_channels = out_channels
        self._leave_open(device, dtype, weight=True, bias=bias)


class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """:class:`ConvTranspose1d` that learns ``in_channels`` from its first input."""


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """:class:`ConvTranspose2d` that learns ``in_channels`` from its first input."""


class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):
    """:class:`ConvTranspose3d` that learns ``in_channels`` from its first input."""
