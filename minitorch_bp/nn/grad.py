"""``torch.nn.grad``: the gradients of a convolution in its input and in its weight, as functions."""

from __future__ import annotations

from typing import Any

from ..autograd.gradients import grad as _gradient
from ..core.grad_mode import enable_grad
from ..core.tensor import Tensor
from ..ops import find
from ..ops.creation import zeros


def _input(name: str, input_size: Any, weight: Tensor, grad_output: Tensor, *options: Any) -> Tensor:
    with enable_grad():
        x = zeros(tuple(input_size), dtype=grad_output.dtype, requires_grad=True)
        y = find("nn.functional", name)(x, weight.detach(), None, *options)
        return _gradient(y, x, grad_output.detach())[0]


def _weight(name: str, input: Tensor, weight_size: Any, grad_output: Tensor, *options: Any) -> Tensor:
    with enable_grad():
        w = zeros(tuple(weight_size), dtype=grad_output.dtype, requires_grad=True)
        y = find("nn.functional", name)(input.detach(), w, None, *options)
        return _gradient(y, w, grad_output.detach())[0]


def conv1d_input(
    input_size: Any, weight: Tensor, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    """The gradient of :func:`conv1d` in its input.

    Parameters
    ----------
    input_size : tuple of ints
        The shape of the input.
    weight : Tensor
    grad_output : Tensor
        The gradient of the output.
    stride, padding, dilation : int or tuple of ints
    groups : int

    Returns
    -------
    Tensor
        Of the input's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.grad.conv1d_input((1, 1, 2), torch.ones(1, 1, 2), torch.ones(1, 1, 1)).sum()
    tensor(2.)
    """
    return _input("conv1d", input_size, weight, grad_output, stride, padding, dilation, groups)


def conv1d_weight(
    input: Tensor, weight_size: Any, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    """The gradient of :func:`conv1d` in its weight.

    Parameters
    ----------
    input : Tensor
    weight_size : tuple of ints
        The shape of the weight.
    grad_output : Tensor
        The gradient of the output.
    stride, padding, dilation : int or tuple of ints
    groups : int

    Returns
    -------
    Tensor
        Of the weight's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.grad.conv1d_weight(torch.ones(1, 1, 2), (1, 1, 2), torch.ones(1, 1, 1)).sum()
    tensor(2.)
    """
    return _weight("conv1d", input, weight_size, grad_output, stride, padding, dilation, groups)


def conv2d_input(
    input_size: Any, weight: Tensor, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    """The gradient of :func:`conv2d` in its input.

    Parameters
    ----------
    input_size : tuple of ints
        The shape of the input.
    weight : Tensor
    grad_output : Tensor
        The gradient of the output.
    stride, padding, dilation : int or tuple of ints
    groups : int

    Returns
    -------
    Tensor
        Of the input's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.grad.conv2d_input((1, 1, 1, 2), torch.ones(1, 1, 1, 2), torch.ones(1, 1, 1, 1)).sum()
    tensor(2.)
    """
    return _input("conv2d", input_size, weight, grad_output, stride, padding, dilation, groups)


def conv2d_weight(
    input: Tensor, weight_size: Any, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    """The gradient of :func:`conv2d` in its weight.

    Parameters
    ----------
    input : Tensor
    weight_size : tuple of ints
        The shape of the weight.
    grad_output : Tensor
        The gradient of the output.
    stride, padding, dilation : int or tuple of ints
    groups : int

    Returns
    -------
    Tensor
        Of the weight's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.grad.conv2d_weight(torch.ones(1, 1, 1, 2), (1, 1, 1, 2), torch.ones(1, 1, 1, 1)).sum()
    tensor(2.)
    """
    return _weight("conv2d", input, weight_size, grad_output, stride, padding, dilation, groups)


def conv3d_input(
    input_size: Any, weight: Tensor, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    """The gradient of :func:`conv3d` in its input.

    Parameters
    ----------
    input_size : tuple of ints
        The shape of the input.
    weight : Tensor
    grad_output : Tensor
        The gradient of the output.
    stride, padding, dilation : int or tuple of ints
    groups : int

    Returns
    -------
    Tensor
        Of the input's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.grad.conv3d_input((1, 1, 1, 1, 2), torch.ones(1, 1, 1, 1, 2), torch.ones(1, 1, 1, 1, 1)).sum()
    tensor(2.)
    """
    return _input("conv3d", input_size, weight, grad_output, stride, padding, dilation, groups)


def conv3d_weight(
    input: Tensor, weight_size: Any, grad_output: Tensor, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:  # fmt: skip
    """The gradient of :func:`conv3d` in its weight.

    Parameters
    ----------
    input : Tensor
    weight_size : tuple of ints
        The shape of the weight.
    grad_output : Tensor
        The gradient of the output.
    stride, padding, dilation : int or tuple of ints
    groups : int

    Returns
    -------
    Tensor
        Of the weight's shape.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.grad.conv3d_weight(torch.ones(1, 1, 1, 1, 2), (1, 1, 1, 1, 2), torch.ones(1, 1, 1, 1, 1)).sum()
    tensor(2.)
    """
    return _weight("conv3d", input, weight_size, grad_output, stride, padding, dilation, groups)
