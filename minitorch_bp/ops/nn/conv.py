"""Convolution in one, two or three dimensions, as one matrix product over windows of the input.

``_conv2d_in_steps`` says in ten lines what is computed; the rest computes the same fast. The three maps (input, weight) ->
output, (gradient, weight) -> input and (gradient, input) -> weight are each bilinear, and the derivative of any of them is made of
the other two. So three primitives give derivatives of every order. With one group all of them go line by line of the kernel, which is
faster (``conv_lines``).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...core.layout import like_image
from .._base import MaybeTensor, Tensor, primitive, public, shown_as
from .._shapes import check_tensor, no_booleans, not_negative, one_each, positive, same_type
from ..shape.constant_pad import _pad
from .conv_lines import (
    around,
    both_gradients,
    conv_by_line,
    input_by_remainder,
    portions,
    suits,
    turned,
    weight_by_line,
    windows,
)
from .padding import pad


def _conv2d_in_steps(input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Tensor:
    """The plain definition, which the fast one is tested against: every place of the kernel sees a shifted image of the input,
    and the output is the sum of these images, each times the weights of its place. The options are pairs."""
    (down, right), (rows, columns) = stride, _out_sizes(input.shape[2:], weight.shape[2:], stride, padding, dilation)
    x = pad(input, (padding[1], padding[1], padding[0], padding[0])).unflatten(1, (groups, 1, -1))  # (N, groups, 1, C, H, W)
    w = weight.unflatten(0, (groups, -1))  # (groups, O, C, kH, kW)
    out: Any = 0 if bias is None else bias.reshape(groups, -1, 1, 1)
    for i, j in np.ndindex(*weight.shape[2:]):
        top, left = i * dilation[0], j * dilation[1]
        seen = x[..., top : top + rows * down : down, left : left + columns * right : right]
        out = out + (w[:, :, :, i, j, None, None] * seen).sum(3)  # over the channels
    return out.flatten(1, 2)


def _windows(x: np.ndarray, kernel: Any, stride: Any, dilation: Any, sizes: Any) -> np.ndarray:
    """A view of shape (N, C, *out, *kernel): every window that the kernel is laid over."""
    steps = x.strides[2:]
    shape = (*x.shape[:2], *sizes, *kernel)
    strides = (
        *x.strides[:2],
        *(s * k for s, k in zip(stride, steps, strict=True)),
        *(d * k for d, k in zip(dilation, steps, strict=True)),
    )
    return np.lib.stride_tricks.as_strided(x, shape, strides, writeable=False)


def padded(x: np.ndarray, before: Any, after: Any, value: Any = 0) -> np.ndarray:
    """The last dimensions with elements added at both ends. (np.pad does so, too, and takes 30 us more.)"""
    if not any(before) and not any(after):
        return x
    lead = x.ndim - len(before)
    shape = (*x.shape[:lead], *(n + b + a for n, b, a in zip(x.shape[lead:], before, after, strict=True)))
    out = np.full(shape, value, x.dtype) if value else np.zeros(shape, x.dtype)
    out[unpadded(before, x.shape[lead:])] = x
    return out


def unpadded(before: Any, shape: Any) -> Any:
    """The index of the elements before padding."""
    return (..., *(slice(b, b + n) for b, n in zip(before, shape, strict=True)))


def _out_sizes(shape: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> tuple[int, ...]:
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(shape, kernel, stride, padding, dilation, strict=True)
    )


def _columns(x: np.ndarray, kernel: Any, stride: Any, dilation: Any, sizes: Any, groups: int) -> np.ndarray:
    """The windows as the columns of a matrix for each sample and group: (N, groups, C/groups * kernel, out).

    The places of the output come last, so that whole rows of the image are copied: a tenth of the time that copying kernel by
    kernel takes.
    """
    n = x.ndim - 2
    windows = np.moveaxis(_windows(x, kernel, stride, dilation, sizes), range(2, 2 + n), range(-n, 0))
    return windows.reshape(x.shape[0], groups, x.shape[1] // max(groups, 1) * math.prod(kernel), math.prod(sizes))


#: Elements of the columns that are laid out at once, 16 MB of float32; the whole batch's would be many times the input.
_AT_ONCE = 2**22


def _conv_rule(xp: Any, grad: Any, needs: Any, input: Any, weight: Any, geometry: Any) -> Any:
    stride, padding, dilation, groups = geometry
    for_bias = xp._sum_over(grad, (0, *range(2, len(grad.shape))), False) if needs[2] else None
    if (
        xp.on_arrays
        and needs[0]
        and needs[1]
        and suits(weight.shape[2:], groups)
        and len(weight) <= 2 * input.shape[1]  # more windows than those of the input
        and set(stride) == {1}
        and min(around(padding, dilation, weight.shape[2:])) >= 0
    ):
        return (*both_gradients(grad, input, weight, padding, dilation), for_bias)
    return (
        xp._conv_input(grad, weight, tuple(input.shape), geometry) if needs[0] else None,
        xp._conv_weight(grad, input, tuple(weight.shape), geometry) if needs[1] else None,
        for_bias,
    )


# The geometry is (stride, padding, dilation, groups).
# (Both rules read both arrays, of which one is needed for its shape only: torch keeps both, so a later write is refused here, too.)
@primitive(grad_name="ConvolutionBackward0", joint=(("input", "weight", "bias"), _conv_rule))
def _conv(input, weight, bias, geometry):
    (stride, padding, dilation, groups), kernel = geometry, weight.shape[2:]
    sizes = _out_sizes(input.shape[2:], kernel, stride, padding, dilation)
    if suits(kernel, groups):
        return conv_by_line(input, weight, bias, geometry, sizes)
    x, w = padded(input, padding, padding), weight.reshape(groups, weight.shape[0] // groups, -1)
    out = np.empty((len(x), groups, w.shape[1], math.prod(sizes)), x.dtype)
    for part in portions(len(x), w.shape[2] * groups * out.shape[3], _AT_ONCE):
        np.matmul(w, _columns(x[part], kernel, stride, dilation, sizes, groups), out[part])
    out = out.reshape(len(x), weight.shape[0], *sizes)
    if bias is not None:
        out += bias.reshape(-1, *(1,) * len(sizes))
    return out


@primitive(
    grad_name="ConvolutionBackward0",
    grad=lambda xp, g, weight, grad_shape, geometry: _front(xp._conv(g, weight, None, geometry), grad_shape),
    weight=lambda xp, g, grad, weight_shape, geometry: xp._conv_weight(grad, g, weight_shape, geometry),
)
def _conv_input(grad, weight, shape, geometry):
    stride, padding, dilation, groups = geometry
    kernel, sizes = weight.shape[2:], grad.shape[2:]
    if suits(kernel, groups):
        zeros = around(padding, dilation, kernel)
        if set(stride) == {1} and min(zeros) >= 0:
            return conv_by_line(grad, turned(weight), None, (stride, zeros, dilation, 1), shape[2:])
        if set(dilation) == {1}:
            return input_by_remainder(grad, weight, shape, stride, padding)[unpadded(padding, shape[2:])]
    whole = tuple(s + 2 * p for s, p in zip(shape[2:], padding, strict=True))
    w = np.ascontiguousarray(weight.reshape(groups, weight.shape[0] // groups, -1).swapaxes(1, 2))
    if all(s == 1 for s in stride):
        grad, places, whole = _in_rows(grad, kernel, dilation, whole)
    else:
        places = [
            (slice(None), slice(None), *(slice(i * d, i * d + s * m, s) for i, d, s, m in zip(k, dilation, stride, sizes, strict=True)))
            for k in np.ndindex(*kernel)
        ]  # fmt: skip
    g = grad.reshape(len(grad), groups, w.shape[2], math.prod(grad.shape[2:]))
    out = np.zeros((*shape[:2], *whole), grad.dtype)
    for part in portions(len(g), w.shape[1] * groups * g.shape[3], _AT_ONCE):
        columns = np.matmul(w, g[part])
        columns = columns.reshape(len(columns), shape[1], len(places), *grad.shape[2:])
        for k, where in enumerate(places):
            out[part][where] += columns[:, :, k]
    if all(s == 1 for s in stride):
        whole = tuple(s + 2 * p for s, p in zip(shape[2:], padding, strict=True))
        out = out[:, :, : math.prod(whole)].reshape((*shape[:2], *whole))
    return out[unpadded(padding, shape[2:])]


def _in_rows(grad: np.ndarray, kernel: Any, dilation: Any, whole: Any) -> Any:
    """With stride 1 every place of the kernel is one shift in the flattened image, if the gradient's rows are as long as the
    image's: then long runs are added instead of short rows, which takes two thirds of the time (of 16x16 images)."""
    strides = [math.prod(whole[k + 1 :]) for k in range(len(whole))]
    rows = np.zeros((*grad.shape[:3], *whole[1:]), grad.dtype)
    inside: Any = (..., *(slice(0, m) for m in grad.shape[3:]))
    rows[inside] = grad
    rows = rows.reshape(*grad.shape[:2], math.prod(rows.shape[2:]))
    shifts = [sum(i * d * s for i, d, s in zip(k, dilation, strides, strict=True)) for k in np.ndindex(*kernel)]
    places = [(slice(None), slice(None), slice(k, k + rows.shape[2])) for k in shifts]
    return rows, places, (max(math.prod(whole), shifts[-1] + rows.shape[2]),)


@primitive(
    grad=lambda xp, g, input, grad_shape, geometry: _front(xp._conv(input, g, None, geometry), grad_shape),
    input=lambda xp, g, grad, input_shape, geometry: xp._conv_input(grad, g, input_shape, geometry),
)
def _conv_weight(grad, input, shape, geometry):
    stride, padding, dilation, groups = geometry
    if suits(shape[2:], groups):
        return weight_by_line(grad, shape, windows(input, shape[2:], stride, padding, dilation, grad.shape[2:]))
    x, sizes = padded(input, padding, padding), grad.shape[2:]
    g = grad.reshape(len(grad), groups, shape[0] // groups, math.prod(sizes))
    out = np.zeros((groups, shape[0] // groups, math.prod(shape[1:])), grad.dtype)
    for part in portions(len(x), math.prod(shape[1:]) * groups * g.shape[3], _AT_ONCE):
        columns = _columns(x[part], shape[2:], stride, dilation, sizes, groups)
        out += np.add.reduce(np.matmul(g[part], columns.swapaxes(2, 3)), 0)
    return out.reshape(shape)


def _front(x: Any, shape: Any) -> Any:
    """The part that is not output padding."""
    return x if tuple(x.shape) == tuple(shape) else x[tuple(slice(0, n) for n in shape)]


def _convolve(n: int, input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Tensor:
    name = f"conv{n}d"
    check_tensor(name, input)
    check_tensor(name, weight, "weight")
    x, w = input._array, weight._array
    if w.ndim != n + 2 or x.ndim not in (n + 1, n + 2):
        raise RuntimeError(f"{name}: expected an input of {n + 1} or {n + 2} dimensions, but got shape {list(x.shape)}")
    if x.ndim == n + 1:
        return _convolve(n, input.unsqueeze(0), weight, bias, stride, padding, dilation, groups).squeeze(0)
    if x.shape[1] != w.shape[1] * groups:
        raise RuntimeError(
            f"{name}: weight of shape {list(w.shape)} and groups={groups} expect {w.shape[1] * groups} input channels, but the "
            f"input has shape {list(x.shape)}"
        )
    if not w.shape[0] or 0 in x.shape[2:]:
        raise RuntimeError(
            f"{name}: only the batch and the channels may be empty, but got an input of shape {list(x.shape)} and a weight of "
            f"shape {list(w.shape)}"
        )
    no_booleans(name, x)
    same_type(name, input, weight, bias)
    if groups <= 0 or w.shape[0] % groups:
        raise RuntimeError(f"{name}: {w.shape[0]} output channels can't be divided into {groups} groups")
    stride, dilation = one_each(name, "stride", stride, n), one_each(name, "dilation", dilation, n)
    if isinstance(padding, str):
        if padding not in ("same", "valid") or (padding == "same" and any(s != 1 for s in stride)):
            raise RuntimeError(f"{name}: padding must be numbers, 'valid', or 'same' with stride 1, but got {padding!r}")
        total = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilation, w.shape[2:], strict=True)]
        if any(t % 2 for t in total):  # one more at the end
            input = _pad(input, (0,) * (n + 2), (0, 0, *(t % 2 for t in total)), 0.0)
            x = input._array
        padding = tuple(t // 2 for t in total)
    padding = one_each(name, "padding", padding, n)
    positive(name, kernel=w.shape[2:], stride=stride, dilation=dilation)
    not_negative(name, padding=padding)
    if min(_out_sizes(x.shape[2:], w.shape[2:], stride, padding, dilation)) <= 0:
        raise RuntimeError(f"{name}: the kernel {list(w.shape[2:])} does not fit into the padded input of shape {list(x.shape)}")
    return like_image(_conv(input, weight, bias, (stride, padding, dilation, groups)), input, weight)


@public("torch", "nn.functional")
def conv1d(
    input: Tensor, weight: Tensor, bias: MaybeTensor = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:
    """Convolution over one dimension; see :func:`conv2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, L) or (C, L)
    weight : Tensor of shape (O, C / groups, k)
    bias : Tensor of shape (O,), optional
    stride, padding, dilation : int
        ``padding`` may also be 'valid' or 'same'.
    groups : int
        How many parts the channels are split into, each with its own kernels.

    Returns
    -------
    Tensor
        Of shape (N, O, L') or (O, L').

    See Also
    --------
    minitorch_bp.conv_transpose1d : Its transpose.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.conv1d(torch.tensor([[1.0, 2.0, 3.0]]), torch.ones(1, 1, 2))
    tensor([[3., 5.]])
    """
    return _convolve(1, input, weight, bias, stride, padding, dilation, groups)


@public("torch", "nn.functional")
def conv2d(
    input: Tensor, weight: Tensor, bias: MaybeTensor = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:
    r"""Convolution (cross-correlation) of images: :math:`y_{n,o} = b_o + \sum_c w_{o,c} \star x_{n,c}`.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    weight : Tensor of shape (O, C / groups, kH, kW)
    bias : Tensor of shape (O,), optional
    stride, padding, dilation : int or pair of ints
        ``padding`` may also be 'valid' or 'same'.
    groups : int
        How many parts the channels are split into, each with its own kernels.

    Returns
    -------
    Tensor
        Of shape (N, O, H', W') or (O, H', W').

    Raises
    ------
    RuntimeError
        If the shapes do not fit.

    See Also
    --------
    minitorch_bp.conv_transpose2d : Its transpose.
    minitorch_bp.nn.functional.unfold : The windows as columns.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> image = torch.arange(9.0).reshape(1, 1, 3, 3)
    >>> torch.nn.functional.conv2d(image, torch.ones(1, 1, 2, 2))
    tensor([[[[ 8., 12.],
              [20., 24.]]]])
    """
    return _convolve(2, input, weight, bias, stride, padding, dilation, groups)


@public("torch", "nn.functional")
def conv3d(
    input: Tensor, weight: Tensor, bias: MaybeTensor = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:
    """Convolution over three dimensions; see :func:`conv2d`.

    Parameters
    ----------
    input : Tensor of shape (N, C, D, H, W) or (C, D, H, W)
    weight : Tensor of shape (O, C / groups, kD, kH, kW)
    bias : Tensor of shape (O,), optional
    stride, padding, dilation : int or three ints
        ``padding`` may also be 'valid' or 'same'.
    groups : int
        As in :func:`conv2d`.

    Returns
    -------
    Tensor
        Of shape (N, O, D', H', W') or (O, D', H', W').

    See Also
    --------
    minitorch_bp.conv_transpose3d : Its transpose.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.conv3d(torch.ones(1, 2, 2, 3), torch.ones(1, 1, 2, 2, 2))
    tensor([[[[8., 8.]]]])
    """
    return _convolve(3, input, weight, bias, stride, padding, dilation, groups)


@public("torch", "nn.functional")
def conv_tbc(input: Tensor, weight: Tensor, bias: Tensor, pad: int = 0) -> Tensor:
    """Convolution of sequences: :func:`conv1d` with time as the first dimension.

    Parameters
    ----------
    input : Tensor of shape (time, batch, channels)
    weight : Tensor of shape (kernel, channels, out channels)
    bias : Tensor of shape (out channels,)
    pad : int
        Zeros at both ends of the time.

    Returns
    -------
    Tensor
        Of shape (time', batch, out channels).

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.conv_tbc(torch.ones(3, 1, 2), torch.ones(2, 2, 1), torch.zeros(1)).flatten()
    tensor([4., 4.])
    """
    if input.ndim != 3 or weight.ndim != 3 or bias.ndim != 1:
        raise RuntimeError(
            f"conv_tbc: expected 3, 3 and 1 dimensions, but got shapes {list(input.shape)}, {list(weight.shape)}, {list(bias.shape)}"
        )
    out = _convolve(1, input.permute(1, 2, 0), weight.permute(2, 1, 0), bias, 1, pad, 1, 1)
    return shown_as(out.permute(2, 0, 1).contiguous(), "ConvTbcBackward0")
