"""Transposed convolution: the gradient of a convolution in its input, taken as a function of its own."""

from __future__ import annotations

from typing import Any

from ...core.layout import like_image
from .._base import MaybeTensor, Tensor, one_node, public
from .._composite import is_half, rounded_once
from .._shapes import no_booleans, not_negative, one_each, positive, same_type
from .conv import _conv_input


def _convolve_transposed(
    n: int, input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, output_padding: Any, groups: int, dilation: Any
) -> Tensor:
    """The gradient of a convolution in its input, taken as a function of its own."""
    name = f"conv_transpose{n}d"
    x, w = input._array, weight._array
    if w.ndim != n + 2 or x.ndim not in (n + 1, n + 2):
        raise RuntimeError(f"{name}: expected an input of {n + 1} or {n + 2} dimensions, but got shape {list(x.shape)}")
    if x.ndim == n + 1:
        whole = _convolve_transposed(n, input.unsqueeze(0), weight, bias, stride, padding, output_padding, groups, dilation)
        return whole.squeeze(0)
    if x.shape[1] != w.shape[0]:
        raise RuntimeError(f"{name}: a weight of shape {list(w.shape)} expects {w.shape[0]} channels, but got {x.shape[1]}")
    if not w.shape[0] or not w.shape[1]:
        raise RuntimeError(f"{name}: a weight must have channels, but has shape {list(w.shape)}")
    same_type(name, input, weight)
    no_booleans(name, x)
    stride, padding = one_each(name, "stride", stride, n), one_each(name, "padding", padding, n)
    more, dilation = one_each(name, "output_padding", output_padding, n), one_each(name, "dilation", dilation, n)
    positive(name, kernel=tuple(w.shape[2:]), stride=stride, dilation=dilation)
    not_negative(name, padding=padding, output_padding=more)
    if any(o >= max(s, d) for o, s, d in zip(more, stride, dilation, strict=True)):
        raise RuntimeError(f"{name}: output_padding {list(more)} must be smaller than the stride {list(stride)} or the dilation")
    sizes = tuple(
        (m - 1) * s - 2 * p + d * (k - 1) + o + 1
        for m, s, p, d, k, o in zip(x.shape[2:], stride, padding, dilation, w.shape[2:], more, strict=True)
    )
    if min(sizes) <= 0:
        raise RuntimeError(f"{name}: the output would have shape {list(sizes)}")
    out: Tensor = _conv_input(input, weight, (x.shape[0], w.shape[1] * groups, *sizes), (stride, padding, dilation, groups))
    out = one_node("ConvolutionBackward0", out if bias is None else out + bias.reshape(-1, *(1,) * n), input, weight, bias)
    return like_image(out, input, weight)


@public("torch", "nn.functional")
def conv_transpose1d(
    input: Tensor, weight: Tensor, bias: MaybeTensor = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution over one dimension; see :func:`conv_transpose2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    weight : Tensor of shape (C, O / groups, k)
    bias : Tensor of shape (O,), optional
    stride, padding, output_padding : int
    groups : int
    dilation : int

    Returns
    -------
    Tensor
        Of shape (N, O, L') or (O, L').

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.conv_transpose1d(torch.tensor([[1.0, 2.0]]), torch.ones(1, 1, 2))
    tensor([[1., 3., 2.]])
    """
    if is_half(input):
        same_type("conv_transpose1d", input, weight)
        return rounded_once(conv_transpose1d, input, weight, bias, stride, padding, output_padding, groups, dilation)
    return _convolve_transposed(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@public("torch", "nn.functional")
def conv_transpose2d(
    input: Tensor, weight: Tensor, bias: MaybeTensor = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution: each element of the input adds a multiple of the kernel to the output.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    weight : Tensor of shape (C, O / groups, kH, kW)
    bias : Tensor of shape (O,), optional
    stride, padding : int or pair of ints
        Those of the convolution that this one transposes.
    output_padding : int or pair of ints
        More rows and columns at one end.
    groups : int
    dilation : int or pair of ints

    Returns
    -------
    Tensor
        Of shape (N, O, H', W') or (O, H', W').

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.conv_transpose2d(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))
    tensor([[[[1., 2., 1.],
              [2., 4., 2.],
              [1., 2., 1.]]]])
    """
    if is_half(input):
        same_type("conv_transpose2d", input, weight)
        return rounded_once(conv_transpose2d, input, weight, bias, stride, padding, output_padding, groups, dilation)
    return _convolve_transposed(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@public("torch", "nn.functional")
def conv_transpose3d(
    input: Tensor, weight: Tensor, bias: MaybeTensor = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution over three dimensions; see :func:`conv_transpose2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    weight : Tensor of shape (C, O / groups, kD, kH, kW)
    bias : Tensor of shape (O,), optional
    stride, padding, output_padding : int or three ints
    groups : int
    dilation : int or three ints

    Returns
    -------
    Tensor
        Of shape (N, O, D', H', W') or (O, D', H', W').

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.conv_transpose3d(torch.ones(1, 1, 1, 2), torch.ones(1, 1, 1, 1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    if is_half(input):
        same_type("conv_transpose3d", input, weight)
        return rounded_once(conv_transpose3d, input, weight, bias, stride, padding, output_padding, groups, dilation)
    return _convolve_transposed(3, input, weight, bias, stride, padding, output_padding, groups, dilation)
