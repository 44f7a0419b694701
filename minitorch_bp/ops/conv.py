"""Convolution in one, two or three dimensions, as one matrix product over windows of the input.

The three maps (input, weight) -> output, (gradient, weight) -> input and (gradient, input) -> weight are each bilinear, and
the derivative of any of them is made of the other two. So three primitives give derivatives of every order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.primitive import primitive
from ..core.tensor import Tensor
from ._shapes import no_booleans


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


def _padded(x: np.ndarray, padding: Any) -> np.ndarray:
    return np.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding))) if any(padding) else x


def _out_sizes(shape: Any, kernel: Any, stride: Any, padding: Any, dilation: Any) -> tuple[int, ...]:
    return tuple(
        (n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in zip(shape[2:], kernel, stride, padding, dilation, strict=True)
    )


def _grouped(function: Any, groups: int, *arrays: tuple[np.ndarray, int]) -> list[np.ndarray]:
    """Call a function on each group's part of the arrays, each cut along its own axis."""
    parts = [np.split(a, groups, axis) if groups > 1 else [a] for a, axis in arrays]
    return [function(*group) for group in zip(*parts, strict=True)]


# (Both rules read both arrays, of which one is needed for its shape only: torch keeps both, so a later write is refused here, too.)
@primitive(
    method=False,
    grad_name="ConvolutionBackward0",
    input=lambda xp, grad, input, weight, stride, padding, dilation, groups: xp._conv_input(
        grad, weight, tuple(input.shape), stride, padding, dilation, groups
    ),
    weight=lambda xp, grad, input, weight, stride, padding, dilation, groups: xp._conv_weight(
        grad, input, tuple(weight.shape), stride, padding, dilation, groups
    ),
    bias=lambda xp, grad: xp._sum_over(grad, (0, *range(2, len(grad.shape))), False),
)
def _conv(input, weight, bias, stride, padding, dilation, groups):
    n = input.ndim - 2
    kernel = weight.shape[2:]
    sizes = _out_sizes(input.shape, kernel, stride, padding, dilation)
    x = _padded(input, padding)

    def one(x: np.ndarray, w: np.ndarray) -> np.ndarray:
        axes = (1, *range(2 + n, 2 + 2 * n)), (1, *range(2, 2 + n))
        return np.tensordot(_windows(x, kernel, stride, dilation, sizes), w, axes)

    out = np.moveaxis(np.concatenate(_grouped(one, groups, (x, 1), (weight, 0)), -1), -1, 1)
    return out if bias is None else out + bias.reshape(-1, *(1,) * n)


@primitive(
    method=False,
    grad_name="ConvolutionBackward0",
    grad=lambda xp, g, weight, grad_shape, stride, padding, dilation, groups: _front(
        xp._conv(g, weight, None, stride, padding, dilation, groups), grad_shape
    ),
    weight=lambda xp, g, grad, weight_shape, stride, padding, dilation, groups: xp._conv_weight(
        grad, g, weight_shape, stride, padding, dilation, groups
    ),
)
def _conv_input(grad, weight, shape, stride, padding, dilation, groups):
    n = grad.ndim - 2
    kernel, sizes = weight.shape[2:], grad.shape[2:]
    columns = _grouped(lambda g, w: np.tensordot(g, w, (1, 0)), groups, (grad, 1), (weight, 0))
    columns = np.concatenate(columns, 1 + n)  # (N, *out, C, *kernel)
    out = np.zeros((*shape[:2], *(s + 2 * p for s, p in zip(shape[2:], padding, strict=True))), grad.dtype)
    for place in np.ndindex(*kernel):
        where = tuple(slice(i * d, i * d + s * m, s) for i, d, s, m in zip(place, dilation, stride, sizes, strict=True))
        out[(slice(None), slice(None), *where)] += np.moveaxis(columns[(..., *place)], -1, 1)
    return out[(slice(None), slice(None), *(slice(p, p + s) for p, s in zip(padding, shape[2:], strict=True)))]


@primitive(
    method=False,
    grad=lambda xp, g, input, grad_shape, stride, padding, dilation, groups: _front(
        xp._conv(input, g, None, stride, padding, dilation, groups), grad_shape
    ),
    input=lambda xp, g, grad, input_shape, stride, padding, dilation, groups: xp._conv_input(
        grad, g, input_shape, stride, padding, dilation, groups
    ),
)
def _conv_weight(grad, input, shape, stride, padding, dilation, groups):
    n = grad.ndim - 2
    x = _padded(input, padding)
    over = (0, *range(2, 2 + n))

    def one(g: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.tensordot(g, _windows(x, shape[2:], stride, dilation, grad.shape[2:]), (over, over))

    return np.concatenate(_grouped(one, groups, (grad, 1), (x, 1)), 0)


def _front(x: Any, shape: Any) -> Any:
    """Without what only an output padding reaches."""
    return x if tuple(x.shape) == tuple(shape) else x[tuple(slice(0, n) for n in shape)]


def as_tuple(value: Any, n: int) -> tuple[int, ...]:
    """An int for every dimension, or one for each."""
    return (value,) * n if isinstance(value, int) else tuple(value) * (n if len(value) == 1 else 1)


def _check_geometry(name: str, stride: Any, padding: Any, dilation: Any) -> None:
    if any(s <= 0 for s in stride) or any(d <= 0 for d in dilation):
        raise RuntimeError(f"{name}: stride and dilation must be positive, but are {list(stride)} and {list(dilation)}")
    if any(p < 0 for p in padding):
        raise RuntimeError(f"{name}: the padding can't be negative, but is {list(padding)}")


def _convolve(n: int, input: Tensor, weight: Tensor, bias: Any, stride: Any, padding: Any, dilation: Any, groups: int) -> Tensor:
    name = f"conv{n}d"
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
    if bias is not None and bias._array.dtype != w.dtype:
        raise RuntimeError(f"{name}: weight and bias must have one dtype, but got {weight.dtype!r} and {bias.dtype!r}")
    if groups <= 0 or w.shape[0] % groups:
        raise RuntimeError(f"{name}: {w.shape[0]} output channels can't be divided into {groups} groups")
    if x.dtype != w.dtype:
        raise RuntimeError(f"{name}: input and weight must have one dtype, but got {input.dtype!r} and {weight.dtype!r}")
    stride, dilation = as_tuple(stride, n), as_tuple(dilation, n)
    if isinstance(padding, str):
        if padding not in ("same", "valid") or (padding == "same" and any(s != 1 for s in stride)):
            raise RuntimeError(f"{name}: padding must be numbers, 'valid', or 'same' with stride 1, but got {padding!r}")
        total = [d * (k - 1) if padding == "same" else 0 for d, k in zip(dilation, w.shape[2:], strict=True)]
        if any(t % 2 for t in total):  # one more at the end
            from .padding import _pad

            input = _pad(input, (0,) * (n + 2), (0, 0, *(t % 2 for t in total)), 0.0)
            x = input._array
        padding = tuple(t // 2 for t in total)
    padding = as_tuple(padding, n)
    _check_geometry(name, stride, padding, dilation)
    if any(m <= 0 for m in _out_sizes(x.shape, w.shape[2:], stride, padding, dilation)):
        raise RuntimeError(f"{name}: the kernel {list(w.shape[2:])} does not fit into the padded input of shape {list(x.shape)}")
    return _conv(input, weight, bias, stride, padding, dilation, groups)


def conv1d(
    input: Tensor, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:
    """Convolution over one dimension; see :func:`conv2d`."""
    return _convolve(1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:
    r"""Convolution (cross-correlation) of images: :math:`y_{n,o} = b_o + \sum_c w_{o,c} \star x_{n,c}`.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    weight : Tensor of shape (O, C / groups, kH, kW)
    bias : Tensor of shape (O,), optional
    stride, padding, dilation : int or pair
        ``padding`` may also be 'valid' or 'same'.
    groups : int

    Raises
    ------
    RuntimeError
        If the shapes do not fit.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> image = torch.arange(9.0).reshape(1, 1, 3, 3)
    >>> torch.nn.functional.conv2d(image, torch.ones(1, 1, 2, 2))
    tensor([[[[ 8., 12.],
              [20., 24.]]]])
    """
    return _convolve(2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
) -> Tensor:
    """Convolution over three dimensions; see :func:`conv2d`."""
    return _convolve(3, input, weight, bias, stride, padding, dilation, groups)


# ---------------------------------------------------------------------- transposed
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
    if x.dtype != w.dtype:
        raise RuntimeError(f"{name}: input and weight must have one dtype, but got {input.dtype!r} and {weight.dtype!r}")
    no_booleans(name, x)
    stride, padding, more, dilation = (as_tuple(v, n) for v in (stride, padding, output_padding, dilation))
    if any(o >= max(s, d) for o, s, d in zip(more, stride, dilation, strict=True)):
        raise RuntimeError(f"{name}: output_padding {list(more)} must be smaller than the stride {list(stride)} or the dilation")
    sizes = tuple(
        (m - 1) * s - 2 * p + d * (k - 1) + o + 1
        for m, s, p, d, k, o in zip(x.shape[2:], stride, padding, dilation, w.shape[2:], more, strict=True)
    )
    if any(m <= 0 for m in sizes):
        raise RuntimeError(f"{name}: the output would have shape {list(sizes)}")
    out: Tensor = _conv_input(input, weight, (x.shape[0], w.shape[1] * groups, *sizes), stride, padding, dilation, groups)
    return out if bias is None else out + bias.reshape(-1, *(1,) * n)


def conv_transpose1d(
    input: Tensor, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution over one dimension; see :func:`conv_transpose2d`."""
    return _convolve_transposed(1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Tensor, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution: each element of the input lays down a copy of the kernel.

    Parameters
    ----------
    input : Tensor of shape (N, C, H, W) or (C, H, W)
    weight : Tensor of shape (C, O / groups, kH, kW)
    output_padding : int or pair
        More rows and columns at one end.

    Examples
    --------
    >>> import minitorch_bp as torch
    >>> torch.nn.functional.conv_transpose2d(torch.ones(1, 1, 2, 2), torch.ones(1, 1, 2, 2))
    tensor([[[[1., 2., 1.],
              [2., 4., 2.],
              [1., 2., 1.]]]])
    """
    return _convolve_transposed(2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Tensor, weight: Tensor, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
    dilation: Any = 1,
) -> Tensor:  # fmt: skip
    """Transposed convolution over three dimensions; see :func:`conv_transpose2d`."""
    return _convolve_transposed(3, input, weight, bias, stride, padding, output_padding, groups, dilation)
