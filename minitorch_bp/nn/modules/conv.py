"""Convolution layers, forward and transposed, and their lazy forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ...core.tensor import Tensor
from ...ops.creation import empty
from ...ops.nn.conv import conv1d, conv2d, conv3d
from ...ops.nn.conv_transpose import conv_transpose1d, conv_transpose2d, conv_transpose3d
from ...ops.nn.padding import pad
from .. import init
from ..parameter import Parameter
from .family import Family
from .lazy import LazyParametersMixin
from .module import Module
from .utils import _ntuple


class _ConvNd(Family, Module):
    r"""What the convolution layers share; ``_n`` is the number of spatial dimensions.

    Parameters
    ----------
    in_channels : int
        How many channels the input has.
    out_channels : int
        How many channels the output has.
    kernel_size : int or tuple of ints
        The size of the window that slides over the input.
    bias : bool
        Whether a number is added to each output channel.
    padding_mode : 'zeros', 'reflect', 'replicate' or 'circular'
        What the border is made of (see :func:`pad`).

    Attributes
    ----------
    weight : Parameter of shape (out_channels, in_channels / groups, kernel size...)
    bias : Parameter of shape (out_channels,), or None

    Raises
    ------
    ValueError
        If the groups do not divide both numbers of channels, or for an unknown padding.
    RuntimeError
        When called, if the shapes do not fit.

    Notes
    -----
    Weight and bias are drawn from :math:`U(-\sqrt k, \sqrt k)`, where :math:`1 / k` is the number of inputs that an output is made
    of: the input channels of a group times the size of the kernel.
    """

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
        self.kernel_size, self.stride, self.dilation = (_ntuple(n)(v) for v in (kernel_size, stride, dilation))
        if isinstance(padding, str) and (padding not in ("same", "valid") or (padding == "same" and self.stride != (1,) * n)):
            raise ValueError(f"padding must be numbers, 'valid', or 'same' with stride 1, but is {padding!r}, stride {stride}")
        self.padding: Any = padding if isinstance(padding, str) else _ntuple(n)(padding)
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
        """Convolve the input.

        Parameters
        ----------
        input : Tensor of shape (N, C, ...) or (C, ...)
            As many dimensions follow the channels C as the layer's name says.

        Returns
        -------
        Tensor
            Of shape (N, out_channels, ...) or (out_channels, ...). Each dimension of size L becomes
            ``(L + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1``.
        """
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad(input, self._border(), self.padding_mode), 0
        convolve = (conv1d, conv2d, conv3d)[self._n - 1]  # the public functions, which autocast and modes look after
        return convolve(input, *self._weight_and_bias(), self.stride, padding, self.dilation, self.groups)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        n = self._n
        for name, default in (("padding", (0,) * n), ("dilation", (1,) * n), ("output_padding", (0,) * n), ("groups", 1)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        text += ", bias=False" if self.bias is None else ""
        return text + (f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else "")


class Conv1d(_ConvNd, n=1, like="conv1d"):
    """The kernels w and the bias b are learned.

    See Also
    --------
    minitorch_bp.nn.ConvTranspose1d : Its transpose.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Conv1d(4, 8, 3, stride=2)(torch.zeros(2, 4, 9)).shape
    torch.Size([2, 8, 4])
    """


class Conv2d(_ConvNd, n=2, like="conv2d"):
    """The kernels w and the bias b are learned.

    See Also
    --------
    minitorch_bp.nn.ConvTranspose2d : Its transpose.
    minitorch_bp.nn.LazyConv2d : Learns ``in_channels`` from its first input.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Conv2d(1, 4, 3, padding=1)(torch.zeros(2, 1, 8, 8)).shape
    torch.Size([2, 4, 8, 8])
    """


class Conv3d(_ConvNd, n=3, like="conv3d"):
    """The kernels w and the bias b are learned.

    See Also
    --------
    minitorch_bp.nn.ConvTranspose3d : Its transpose.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.Conv3d(1, 2, 3, padding="same")(torch.zeros(2, 1, 4, 5, 6)).shape
    torch.Size([2, 2, 4, 5, 6])
    """


# ---------------------------------------------------------------------- transposed
class _ConvTranspose(_ConvNd):
    """What the transposed convolution layers share.

    Parameters
    ----------
    output_padding : int or tuple of ints
        More elements at one end of each dimension, which decide between the sizes that the stride leaves open.
    padding_mode : 'zeros'
        There is no other.

    Attributes
    ----------
    weight : Parameter of shape (in_channels, out_channels / groups, kernel size...)
    bias : Parameter of shape (out_channels,), or None

    Raises
    ------
    ValueError
        If the groups do not divide both numbers of channels, or for a padding mode other than 'zeros'.
    RuntimeError
        When called, if the shapes do not fit.
    """

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
        self.output_padding = _ntuple(self._n)(output_padding)

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
        """Add a multiple of the kernel to the output for every element of the input.

        Parameters
        ----------
        input : Tensor of shape (N, C, ...) or (C, ...)
        output_size : sequence of ints, optional
            Which of the sizes that lead to the input's is meant, in the place of ``output_padding``.

        Returns
        -------
        Tensor
            Of shape (N, out_channels, ...) or (out_channels, ...). Each dimension of size L becomes
            ``(L - 1) * stride - 2 * padding + dilation * (kernel_size - 1) + output_padding + 1``.

        Raises
        ------
        ValueError
            If no output padding leads to ``output_size``.
        """
        convolve = (conv_transpose1d, conv_transpose2d, conv_transpose3d)[self._n - 1]
        return convolve(
            input, self.weight, self.bias, self.stride, self.padding, self._more(input, output_size), self.groups, self.dilation
        )


class ConvTranspose1d(_ConvTranspose, n=1, like="conv_transpose1d"):
    """The kernels and the bias are learned.

    See Also
    --------
    minitorch_bp.nn.Conv1d : What it transposes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConvTranspose1d(4, 1, 2, stride=2)(torch.zeros(2, 4, 3)).shape
    torch.Size([2, 1, 6])
    """


class ConvTranspose2d(_ConvTranspose, n=2, like="conv_transpose2d"):
    """The kernels and the bias are learned.

    See Also
    --------
    minitorch_bp.nn.Conv2d : What it transposes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConvTranspose2d(4, 1, 2, stride=2)(torch.zeros(2, 4, 3, 3)).shape
    torch.Size([2, 1, 6, 6])
    """


class ConvTranspose3d(_ConvTranspose, n=3, like="conv_transpose3d"):
    """The kernels and the bias are learned.

    See Also
    --------
    minitorch_bp.nn.Conv3d : What it transposes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConvTranspose3d(4, 1, 2, stride=2)(torch.zeros(2, 4, 3, 3, 3)).shape
    torch.Size([2, 1, 6, 6, 6])
    """


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
    """:class:`Conv1d` that learns ``in_channels`` from its first input.

    See Also
    --------
    minitorch_bp.nn.Conv1d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyConv1d(8, 3)
    >>> layer(torch.zeros(2, 4, 9)).shape, layer
    (torch.Size([2, 8, 7]), Conv1d(4, 8, kernel_size=(3,), stride=(1,)))
    """


class LazyConv2d(_LazyForward, Conv2d):
    """:class:`Conv2d` that learns ``in_channels`` from its first input.

    See Also
    --------
    minitorch_bp.nn.Conv2d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> layer = torch.nn.LazyConv2d(8, 3)
    >>> layer(torch.zeros(2, 4, 9, 9)).shape, layer
    (torch.Size([2, 8, 7, 7]), Conv2d(4, 8, kernel_size=(3, 3), stride=(1, 1)))
    """


class LazyConv3d(_LazyForward, Conv3d):
    """:class:`Conv3d` that learns ``in_channels`` from its first input.

    See Also
    --------
    minitorch_bp.nn.Conv3d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LazyConv3d(8, 3)(torch.zeros(2, 4, 9, 9, 9)).shape
    torch.Size([2, 8, 7, 7, 7])
    """


class _LazyTransposed(_LazyConv):
    def __init__(
        self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
        bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None, dtype: Any = None,
    ):  # fmt: skip
        super().__init__(0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode, device, dtype)
        self.out_channels = out_channels
        self._leave_open(device, dtype, weight=True, bias=bias)


class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """:class:`ConvTranspose1d` that learns ``in_channels`` from its first input.

    See Also
    --------
    minitorch_bp.nn.ConvTranspose1d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LazyConvTranspose1d(1, 2, stride=2)(torch.zeros(2, 4, 3)).shape
    torch.Size([2, 1, 6])
    """


class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """:class:`ConvTranspose2d` that learns ``in_channels`` from its first input.

    See Also
    --------
    minitorch_bp.nn.ConvTranspose2d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LazyConvTranspose2d(1, 2, stride=2)(torch.zeros(2, 4, 3, 3)).shape
    torch.Size([2, 1, 6, 6])
    """


class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):
    """:class:`ConvTranspose3d` that learns ``in_channels`` from its first input.

    See Also
    --------
    minitorch_bp.nn.ConvTranspose3d : What it becomes.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.LazyConvTranspose3d(1, 2, stride=2)(torch.zeros(2, 4, 3, 3, 3)).shape
    torch.Size([2, 1, 6, 6, 6])
    """
