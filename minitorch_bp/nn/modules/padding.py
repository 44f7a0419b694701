"""Padding layers: a border of a constant, of mirrored, repeated or wrapped-around elements (:func:`pad`)."""

from __future__ import annotations

from typing import Any

from ...ops.nn.conv import as_tuple
from ...ops.nn.padding import pad
from .module import Module


class _Pad(Module):
    """``_n`` dimensions are padded, each at both ends, the last dimension first."""

    _n, _mode = 1, "constant"
    padding: tuple[int, ...]

    def __init__(self, padding: Any):
        super().__init__()
        self.padding = as_tuple(padding, 2 * self._n)

    def forward(self, input: Any) -> Any:
        return pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    def __init__(self, padding: Any, value: float):
        super().__init__(padding)
        self.value = value

    def forward(self, input: Any) -> Any:
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """A border of one value at both ends of the last dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConstantPad1d((1, 2), 9.0)(torch.zeros(1, 2))
    tensor([[9., 0., 0., 9., 9.]])
    """

    _n = 1


class ConstantPad2d(_ConstantPad):
    """A border of one value around the last two dimensions."""

    _n = 2


class ConstantPad3d(_ConstantPad):
    """A border of one value around the last three dimensions."""

    _n = 3


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Any):
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class ZeroPad1d(_ZeroPad):
    """A border of zeros at both ends of the last dimension."""

    _n = 1


class ZeroPad2d(_ZeroPad):
    """A border of zeros around the last two dimensions."""

    _n = 2


class ZeroPad3d(_ZeroPad):
    """A border of zeros around the last three dimensions."""

    _n = 3


class ReflectionPad1d(_Pad):
    """The last dimension continued by its mirror image.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReflectionPad1d(2)(torch.arange(3.0).reshape(1, 3))
    tensor([[2., 1., 0., 1., 2., 1., 0.]])
    """

    _n, _mode = 1, "reflect"


class ReflectionPad2d(_Pad):
    """The last two dimensions continued by their mirror images."""

    _n, _mode = 2, "reflect"


class ReflectionPad3d(_Pad):
    """The last three dimensions continued by their mirror images."""

    _n, _mode = 3, "reflect"


class ReplicationPad1d(_Pad):
    """The last dimension continued by its outermost elements."""

    _n, _mode = 1, "replicate"


class ReplicationPad2d(_Pad):
    """The last two dimensions continued by their outermost elements."""

    _n, _mode = 2, "replicate"


class ReplicationPad3d(_Pad):
    """The last three dimensions continued by their outermost elements."""

    _n, _mode = 3, "replicate"


class _CircularPad(_Pad):
    _mode = "circular"

    def forward(self, input: Any) -> Any:
        if input.ndim not in (self._n + 1, self._n + 2):
            raise ValueError(
                f"{type(self).__name__}: expected {self._n + 1} or {self._n + 2} dimensions, but got shape {list(input.shape)}"
            )
        return super().forward(input)


class CircularPad1d(_CircularPad):
    """The last dimension continued from its other end."""

    _n = 1


class CircularPad2d(_CircularPad):
    """The last two dimensions continued from their other ends."""

    _n = 2


class CircularPad3d(_CircularPad):
    """The last three dimensions continued from their other ends."""

    _n = 3
