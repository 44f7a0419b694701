"""Padding layers: a border of a constant, of mirrored, repeated or wrapped-around elements (:func:`pad`)."""

from __future__ import annotations

from typing import Any

from ...core.tensor import Tensor
from ...ops.nn.padding import pad
from .family import Family
from .module import Module
from .utils import _ntuple


class _Pad(Family, Module):
    """The last ``n`` dimensions are padded, each at both ends; see the modes of :func:`pad`.

    Parameters
    ----------
    padding : int or tuple of ints
        How many elements are added: everywhere, or (before, after) of the last dimension, then of the one before it, and so on.
        Negative numbers take elements away.

    See Also
    --------
    pad : The function that does the same.
    """

    _n, _mode = 1, "constant"
    padding: tuple[int, ...]

    def __init__(self, padding: Any):
        super().__init__()
        self.padding = _ntuple(2 * self._n)(padding)

    def forward(self, input: Tensor) -> Tensor:
        """Add the border.

        Parameters
        ----------
        input : Tensor of shape (N, C, ...) or (C, ...)
            With as many dimensions after the channels C as the layer's name says.

        Returns
        -------
        Tensor
            Of the input's dtype; each padded dimension is larger by both of its numbers.

        Raises
        ------
        RuntimeError
            If the border is larger than the mode allows.
        """
        return pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ConstantPad(_Pad):
    """
    Parameters
    ----------
    value : number
        What the border is made of.
    """

    def __init__(self, padding: Any, value: float):
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Add the border.

        Parameters
        ----------
        input : Tensor of shape (..., H, W), say
            With at least as many dimensions as the layer's name says.

        Returns
        -------
        Tensor
            Of the input's dtype; each padded dimension is larger by both of its numbers.
        """
        return pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Any):
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _CircularPad(_Pad, mode="circular"):
    def forward(self, input: Tensor) -> Tensor:
        """Add the border.

        Parameters
        ----------
        input : Tensor of shape (N, C, ...) or (C, ...)
            With as many dimensions after the channels C as the layer's name says.

        Returns
        -------
        Tensor
            Of the input's dtype; each padded dimension is larger by both of its numbers.

        Raises
        ------
        ValueError
            For another number of dimensions.
        """
        if input.ndim not in (self._n + 1, self._n + 2):
            raise ValueError(
                f"{type(self).__name__}: expected {self._n + 1} or {self._n + 2} dimensions, but got shape {list(input.shape)}"
            )
        return super().forward(input)


class ConstantPad1d(_ConstantPad, n=1):
    """A border of one value at both ends of the last dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConstantPad1d((1, 2), 9.0)(torch.zeros(1, 2))
    tensor([[9., 0., 0., 9., 9.]])
    """


class ConstantPad2d(_ConstantPad, n=2):
    """A border of one value around the last two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConstantPad2d(1, 9.0)(torch.zeros(1, 1, 1))
    tensor([[[9., 9., 9.],
             [9., 0., 9.],
             [9., 9., 9.]]])
    """


class ConstantPad3d(_ConstantPad, n=3):
    """A border of one value around the last three dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ConstantPad3d(1, 9.0)(torch.zeros(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """


class ZeroPad1d(_ZeroPad, n=1):
    """A border of zeros at both ends of the last dimension.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ZeroPad1d((1, 2))(torch.ones(1, 2))
    tensor([[0., 1., 1., 0., 0.]])
    """


class ZeroPad2d(_ZeroPad, n=2):
    """A border of zeros around the last two dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ZeroPad2d((1, 1, 0, 1))(torch.ones(1, 1, 1))
    tensor([[[0., 1., 0.],
             [0., 0., 0.]]])
    """


class ZeroPad3d(_ZeroPad, n=3):
    """A border of zeros around the last three dimensions.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ZeroPad3d(1)(torch.zeros(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """


class ReflectionPad1d(_Pad, n=1, mode="reflect"):
    """The last dimension continued by its mirror image.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReflectionPad1d(2)(torch.arange(3.0).reshape(1, 3))
    tensor([[2., 1., 0., 1., 2., 1., 0.]])
    """


class ReflectionPad2d(_Pad, n=2, mode="reflect"):
    """The last two dimensions continued by their mirror images.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReflectionPad2d((1, 1, 0, 0))(torch.arange(4.0).reshape(1, 2, 2))
    tensor([[[1., 0., 1., 0.],
             [3., 2., 3., 2.]]])
    """


class ReflectionPad3d(_Pad, n=3, mode="reflect"):
    """The last three dimensions continued by their mirror images.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReflectionPad3d(1)(torch.zeros(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """


class ReplicationPad1d(_Pad, n=1, mode="replicate"):
    """The last dimension continued by its outermost elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReplicationPad1d(2)(torch.arange(3.0).reshape(1, 3))
    tensor([[0., 0., 0., 1., 2., 2., 2.]])
    """


class ReplicationPad2d(_Pad, n=2, mode="replicate"):
    """The last two dimensions continued by their outermost elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReplicationPad2d((1, 1, 0, 0))(torch.arange(4.0).reshape(1, 2, 2))
    tensor([[[0., 0., 1., 1.],
             [2., 2., 3., 3.]]])
    """


class ReplicationPad3d(_Pad, n=3, mode="replicate"):
    """The last three dimensions continued by their outermost elements.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.ReplicationPad3d(1)(torch.zeros(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """


class CircularPad1d(_CircularPad, n=1):
    """The last dimension continued from its other end.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.CircularPad1d(2)(torch.arange(3.0).reshape(1, 3))
    tensor([[1., 2., 0., 1., 2., 0., 1.]])
    """


class CircularPad2d(_CircularPad, n=2):
    """The last two dimensions continued from their other ends.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.CircularPad2d((1, 1, 0, 0))(torch.arange(4.0).reshape(1, 2, 2))
    tensor([[[1., 0., 1., 0.],
             [3., 2., 3., 2.]]])
    """


class CircularPad3d(_CircularPad, n=3):
    """The last three dimensions continued from their other ends.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.CircularPad3d(1)(torch.zeros(1, 2, 3, 4)).shape
    torch.Size([1, 4, 5, 6])
    """
